package io.chatty.maintenance.database.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.Erasure;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.presence.LastSeenStore;
import io.chatty.maintenance.presence.LastSeenStore.Seen;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the database's user may not do with what is kept of when users were last seen is told at the start; the guide's rights will do. */
final class LastSeenRightsTest {

    private static final ChatSchema SCHEMA = ChatSchema.builder()
            .messages(
                    "messages",
                    m -> m.key("id").sentAt("sent_at", TimeKind.epochMillis()).sender("user_id"))
            .build();
    private static final String MARKS = "chatty_maintenance_online";
    private static final String TIMES = "chatty_maintenance_last_seen";
    private static final Instant AT = Instant.parse("2026-07-01T12:00:00Z");

    private static void prepare(TestDatabase database, OtherUser user) throws SQLException {
        ChatDatabase.of(database.dataSource(), SCHEMA).migrate();
        database.execute("CREATE TABLE messages (id BIGINT NOT NULL PRIMARY KEY, sent_at BIGINT, user_id VARCHAR(20))");
        database.execute("CREATE TABLE users (id VARCHAR(20) NOT NULL PRIMARY KEY, seen BIGINT, online INT)");
        database.execute("INSERT INTO users (id) VALUES ('anna')");
        switch (database.server()) {
            case H2 -> database.execute("GRANT SELECT ON SCHEMA PUBLIC TO " + user.account());
            case POSTGRESQL -> database.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + user.account());
            case MARIADB -> {} // he may read all from the begin
        }
    }

    /** In small letters, since H2 tells its tables' names in capital ones. */
    private static List<String> problems(LastSeenStore store) throws Exception {
        return store.problems().stream()
                .map(problem -> problem.toLowerCase(Locale.ROOT))
                .toList();
    }

    private static void writes(LastSeenStore store) throws Exception {
        assertThat(store.problems()).isEmpty();
        store.write("a", List.of(new Seen("anna", AT, true)));
        store.write("a", List.of(new Seen("anna", AT.plusSeconds(1), false)));
        assertThat(store.find(List.of("anna"))).isEqualTo(Map.of("anna", AT.plusSeconds(1)));
    }

    @ParameterizedTest
    @EnumSource
    void those_that_a_store_lacks_are_named_and_with_them_it_writes(TestServer server) throws Exception {
        try (TestDatabase database = server.open();
                OtherUser user = new OtherUser(database)) {
            prepare(database, user);
            ChatDatabase chat = ChatDatabase.of(user.pool(), SCHEMA, 2);
            LastSeenStore hosts = chat.lastSeen(
                    "users",
                    t -> t.user("id").seenAt("seen", TimeKind.epochSeconds()).online("online", "1", "0"));
            assertThat(problems(chat.lastSeen()))
                    .hasSize(4)
                    .anyMatch(problem -> problem.startsWith("rights: insert on " + MARKS))
                    .anyMatch(problem -> problem.startsWith("rights: delete on " + MARKS))
                    .anyMatch(problem -> problem.startsWith("rights: select and update on ") && problem.contains(TIMES))
                    .anyMatch(problem -> problem.startsWith("rights: insert on ") && problem.contains(TIMES));
            database.execute("GRANT SELECT, INSERT, DELETE ON " + MARKS + " TO " + user.account());
            assertThat(problems(hosts))
                    .singleElement()
                    .asString()
                    .startsWith("rights: select and update on ")
                    .contains("users");
            database.execute("GRANT SELECT, UPDATE ON users TO " + user.account());
            writes(hosts);
            database.execute("GRANT SELECT, INSERT, UPDATE ON " + TIMES + " TO " + user.account());
            writes(chat.lastSeen());
        }
    }

    @ParameterizedTest
    @EnumSource
    void that_which_an_erasure_lacks_is_named(TestServer server) throws Exception {
        try (TestDatabase database = server.open();
                OtherUser user = new OtherUser(database)) {
            prepare(database, user);
            Erasure erasure = ChatDatabase.of(user.pool(), SCHEMA, 2).erasure();
            assertThat(erasure.problems())
                    .filteredOn(problem -> problem.startsWith("rights: SELECT and DELETE on " + TIMES + " is needed"))
                    .hasSize(1);
            database.execute("GRANT DELETE ON " + TIMES + " TO " + user.account());
            assertThat(erasure.problems()).isNotEmpty().noneMatch(problem -> problem.contains(TIMES));
        }
    }
}
