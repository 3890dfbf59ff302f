package io.chatty.maintenance.database.presence;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.presence.LastSeenStore;
import org.junit.jupiter.api.Nested;

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
    }

    @Nested
    final class OnMariadb extends Ours {
        OnMariadb() {
            super(TestServer.MARIADB);
        }
    }
}
