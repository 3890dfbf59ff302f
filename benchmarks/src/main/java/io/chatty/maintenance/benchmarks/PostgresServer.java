package io.chatty.maintenance.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** PostgreSQL, as durable and with autovacuum as it ships, with buffers for a machine of 8 GB or more. */
final class PostgresServer implements Server {

    private static final List<String> SHOWN = List.of(
            "server_version",
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "autovacuum",
            "shared_buffers",
            "max_wal_size",
            "work_mem");

    private final EmbeddedPostgres postgres;

    private PostgresServer(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static PostgresServer start() throws IOException, SQLException {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                // The starter switches these off.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("shared_buffers", "1GB")
                .setServerConfig("max_wal_size", "4GB")
                .setServerConfig("work_mem", "64MB")
                .setServerConfig("maintenance_work_mem", "256MB")
                .start();
        Server.execute(postgres.getPostgresDatabase(), "CREATE DATABASE chat_template");
        return new PostgresServer(postgres);
    }

    @Override
    public Map<String, String> settings() throws SQLException {
        Map<String, String> queries = new LinkedHashMap<>();
        SHOWN.forEach(name -> queries.put(name, "SHOW " + name));
        return Server.ask(postgres.getPostgresDatabase(), queries);
    }

    @Override
    public DataSource template() {
        return postgres.getDatabase("postgres", "chat_template");
    }

    /** For connections to the data set's own database, from another process. */
    String url() {
        return postgres.getJdbcUrl("postgres", "chat_template");
    }

    @Override
    public void sealTemplate(Workload workload) throws SQLException {
        Server.execute(template(), "VACUUM ANALYZE", "CHECKPOINT");
    }

    @Override
    public String restoring() {
        return "the database is dropped and created from the loaded one (CREATE DATABASE ... TEMPLATE, STRATEGY"
                + " FILE_COPY; the statistics come along), then CHECKPOINT";
    }

    @Override
    public HikariDataSource restore(Workload workload) throws SQLException {
        Server.execute(
                postgres.getPostgresDatabase(),
                "DROP DATABASE IF EXISTS chat WITH (FORCE)",
                "CREATE DATABASE chat TEMPLATE chat_template STRATEGY FILE_COPY",
                "CHECKPOINT");
        return Server.pool(postgres.getDatabase("postgres", "chat"));
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
