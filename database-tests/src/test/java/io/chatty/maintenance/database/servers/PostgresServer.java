package io.chatty.maintenance.database.servers;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The one PostgreSQL server of this JVM. Its starter stops it and removes its files when the JVM ends. */
final class PostgresServer {

    private static final EmbeddedPostgres RUNNING = start();

    private PostgresServer() {}

    static EmbeddedPostgres running() {
        return RUNNING;
    }

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.builder()
                    // The starter switches these off; tests of crashes need what a server does in earnest.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("max_prepared_transactions", "10")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
