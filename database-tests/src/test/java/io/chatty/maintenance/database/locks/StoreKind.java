package io.chatty.maintenance.database.locks;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.run.RunStore;

/** The run stores that the library has. */
enum StoreKind {
    IN_MEMORY,
    H2,
    POSTGRESQL,
    MARIADB;

    /**
     * A store.
     *
     * @param store empty
     * @param release lets go of what it is in
     */
    record Opened(RunStore store, Runnable release) implements AutoCloseable {
        @Override
        public void close() {
            release.run();
        }
    }

    Opened open() {
        if (this == IN_MEMORY) {
            return new Opened(new InMemoryRunStore(), () -> {});
        }
        TestDatabase database = TestServer.valueOf(name()).open();
        ChatSchema unused = ChatSchema.builder()
                .messages("messages", m -> m.key("id").sentAt("sent_at"))
                .build();
        ChatDatabase chat = ChatDatabase.of(database.dataSource(), unused);
        chat.migrate();
        return new Opened(chat.runStore(), database::close);
    }
}
