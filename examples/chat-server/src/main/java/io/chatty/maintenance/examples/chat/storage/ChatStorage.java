package io.chatty.maintenance.examples.chat.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The chat's database with its tables, behind a connection pool. */
public final class ChatStorage implements AutoCloseable {

    private final DatabaseKind kind;
    private final String title;
    private final @Nullable TemporaryFolder folder;
    private final HikariDataSource pool;

    private ChatStorage(DatabaseKind kind, String title, @Nullable TemporaryFolder folder, HikariDataSource pool) {
        this.kind = kind;
        this.title = title;
        this.folder = folder;
        this.pool = pool;
    }

    /** A new embedded database in a folder of its own, which goes when this is closed. */
    public static ChatStorage embedded() throws SQLException, IOException {
        TemporaryFolder folder = TemporaryFolder.of("chat-server-");
        HikariConfig config = new HikariConfig();
        // Not closed by H2's own hook: at a shutdown the engine's last batch still needs it.
        config.setJdbcUrl("jdbc:h2:file:" + folder.path().resolve("chat") + ";DB_CLOSE_ON_EXIT=FALSE");
        return open(DatabaseKind.H2, "H2, embedded, in " + folder.path() + " (removed at the end)", folder, config);
    }

    /**
     * An empty database on a server.
     *
     * @throws ChatServerException if it cannot be reached, or has tables that are named like the chat's
     */
    public static ChatStorage onServer(DatabaseKind kind, String url, @Nullable String user, @Nullable String password)
            throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        if (user != null) {
            config.setUsername(user);
        }
        if (password != null) {
            config.setPassword(password);
        }
        String shown = url.replaceAll("[?;].*", ""); // what follows can have a password in it
        return open(kind, kind.title() + " at " + shown, null, config);
    }

    private static ChatStorage open(
            DatabaseKind kind, String title, @Nullable TemporaryFolder folder, HikariConfig config)
            throws SQLException {
        config.setPoolName("chat");
        config.setMaximumPoolSize(8);
        kind.sessionSetting().ifPresent(config::setConnectionInitSql);
        kind.driverProperties().forEach(config::addDataSourceProperty);
        HikariDataSource pool;
        try {
            pool = new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ChatServerException("No connection to " + title + ": " + cause.getMessage(), e);
        } catch (RuntimeException e) {
            throw new ChatServerException("No connection to " + title + ": the driver does not take the URL", e);
        }
        ChatStorage storage = new ChatStorage(kind, title, folder, pool);
        try (Connection connection = pool.getConnection()) {
            ChatTables.create(connection, kind);
            return storage;
        } catch (SQLException | RuntimeException e) {
            storage.close();
            throw e;
        }
    }

    /** What kind of database it is. */
    public DatabaseKind kind() {
        return kind;
    }

    /** What and where it is, for people. */
    public String title() {
        return title;
    }

    /** The connections. */
    public DataSource dataSource() {
        return pool;
    }

    /** Lets the ids of messages and users go on from there. */
    public void countOnFrom(long nextMessage, long nextUser) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            ChatTables.countOnFrom(connection, kind, "messages", nextMessage);
            ChatTables.countOnFrom(connection, kind, "users", nextUser);
        }
    }

    /** How many rows one of the chat's tables has. */
    public long count(String table) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Override
    public void close() {
        pool.close();
        if (folder != null) {
            folder.close();
        }
    }
}
