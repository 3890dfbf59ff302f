package io.chatty.maintenance.database.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.presence.LastSeenStore;
import io.chatty.maintenance.presence.LastSeenStore.Seen;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The library's own table of when users were last seen, in each database, held to the contract. */
final class OwnTableTest {

    private abstract static class Ours extends OnServer {

        Ours(TestServer server) {
            super(server);
        }

        @Override
        LastSeenStore store(ChatDatabase chat) {
            return chat.lastSeen();
        }

        @Test
        void a_time_is_kept_to_the_microsecond() throws Exception {
            LastSeenStore store = emptyStore();
            Instant at = Instant.parse("2026-03-29T01:30:00.123456Z");
            store.write("a", List.of(new Seen("anna", at.plusNanos(999), true)));
            assertThat(store.find(List.of("anna"))).isEqualTo(Map.of("anna", at));
            store.write("a", List.of(new Seen("anna", at.plusNanos(1_000), true)));
            assertThat(store.find(List.of("anna"))).isEqualTo(Map.of("anna", at.plusNanos(1_000)));
        }
    }

    @Nested
    final class OnH2 extends Ours {
        OnH2() {
            super(TestServer.H2);
        }
    }

    @Nested
    final class OnPostgresql extends Ours {
        OnPostgresql() {
            super(TestServer.POSTGRESQL);
        }

        @Test
        void its_names_go_by_their_bytes_whatever_the_databases_collation() throws Exception {
            assertThat(database.strings("SELECT collation_name FROM information_schema.columns WHERE table_name IN"
                            + " ('chatty_maintenance_last_seen', 'chatty_maintenance_online')"
                            + " AND column_name IN ('node', 'user_id')"))
                    .containsExactly("C", "C", "C");
        }
    }

    @Nested
    final class OnMariadb extends Ours {
        OnMariadb() {
            super(TestServer.MARIADB);
        }

        @Test
        void its_times_are_in_utc_whatever_the_sessions_zone() throws Exception {
            emptyStore().write("a", List.of(new Seen("anna", Instant.parse("2026-07-01T12:00:00.5Z"), true)));
            assertThat(database.strings("SELECT CAST(seen_at AS CHAR(26)) FROM chatty_maintenance_last_seen"))
                    .containsExactly("2026-07-01 12:00:00.500000");
        }
    }
}
