package io.chatty.maintenance.database.presence;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.presence.LastSeenStore;
import io.chatty.maintenance.testkit.LastSeenStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract on a database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnServer extends LastSeenStoreContract {

    static final ChatSchema SCHEMA = ChatSchema.builder()
            .messages("messages", m -> m.key("id").sentAt("sent_at"))
            .build();

    private final TestServer server;
    TestDatabase database;

    OnServer(TestServer server) {
        this.server = server;
    }

    @BeforeAll
    void openDatabase() {
        database = server.open();
        ChatDatabase chat = chat();
        chat.migrate();
        chat.migrate(); // a second time does nothing
    }

    private ChatDatabase chat() {
        return ChatDatabase.of(database.dataSource(), SCHEMA, 8);
    }

    /** In a database where our tables are empty. */
    abstract LastSeenStore store(ChatDatabase chat) throws Exception;

    @Override
    protected LastSeenStore emptyStore() throws Exception {
        database.execute("DELETE FROM chatty_maintenance_last_seen");
        database.execute("DELETE FROM chatty_maintenance_online");
        return store(chat());
    }

    @AfterAll
    void closeDatabase() {
        database.close();
    }
}
