package io.chatty.maintenance.database.runs;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.testkit.RunStoreContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The run store on each database, held to the contract. */
final class JdbcRunStoreTest {

    private abstract static class OnServer extends RunStoreContract {

        private final TestServer server;
        private TestDatabase database;

        OnServer(TestServer server) {
            this.server = server;
        }

        @Override
        protected RunStore emptyStore() {
            database = server.open();
            ChatSchema unused = ChatSchema.builder()
                    .messages("messages", m -> m.key("id").sentAt("sent_at"))
                    .build();
            ChatDatabase chat = ChatDatabase.of(database.dataSource(), unused);
            chat.migrate();
            chat.migrate(); // a second time does nothing
            return chat.runStore();
        }

        @AfterEach
        void close() {
            database.close();
        }
    }

    @Nested
    final class OnH2 extends OnServer {
        OnH2() {
            super(TestServer.H2);
        }
    }

    @Nested
    final class OnPostgresql extends OnServer {
        OnPostgresql() {
            super(TestServer.POSTGRESQL);
        }
    }

    @Nested
    final class OnMariadb extends OnServer {
        OnMariadb() {
            super(TestServer.MARIADB);
        }
    }
}
