package io.chatty.maintenance.database.files;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.testkit.FileLedgerContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** The ledger of file sweeps in each database, held to the contract. */
final class JdbcFileLedgerTest {

    private static final ChatSchema UNUSED = ChatSchema.builder()
            .messages("messages", m -> m.key("id").sentAt("sent_at"))
            .build();

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    private abstract static class OnServer extends FileLedgerContract {

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
        protected FileLedger emptyLedger() throws SQLException {
            database.dropOwnTables();
            ChatDatabase chat = ChatDatabase.of(database.dataSource(), UNUSED);
            chat.migrate();
            chat.migrate(); // a second time does nothing
            return chat.fileLedger();
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
