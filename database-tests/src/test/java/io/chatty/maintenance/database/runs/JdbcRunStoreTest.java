package io.chatty.maintenance.database.runs;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.testkit.RunStoreContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** The run store on each database, held to the contract. */
final class JdbcRunStoreTest {

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    private abstract static class OnServer extends RunStoreContract {

        private final TestServer server;
        private TestDatabase database;

        OnServer(TestServer server) {
            this.server = server;
        }

        @BeforeAll
        void openDatabase() {
            database = server.open();
        }

        @Override
        protected RunStore emptyStore() throws SQLException {
            database.dropOwnTables();
            ChatDatabase chat = Nodes.chat(database.dataSource());
            chat.migrate();
            chat.migrate(); // a second time does nothing
            return chat.runStore();
        }

        @AfterAll
        void closeDatabase() {
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
