package io.chatty.maintenance.database.servers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** The databases that the library runs on, with sessions in a time zone that nobody would guess. */
public enum TestServer {
    /** In the memory of this JVM. */
    H2 {
        @Override
        String url(String database) {
            // MODE is left alone: the library must work on H2 as it comes.
            return "jdbc:h2:mem:" + database + ";DB_CLOSE_DELAY=-1";
        }

        @Override
        String user() {
            return "sa";
        }

        @Override
        String password() {
            return "";
        }

        @Override
        String hostileZone() {
            return "SET TIME ZONE 'Pacific/Chatham'";
        }

        @Override
        void create(String database) {} // the first connection does

        @Override
        void drop(String database) {
            execute(url(database), this, "SHUTDOWN");
        }
    },

    /** A server of its own process, which writes as durably as it does where it is installed. */
    POSTGRESQL {
        @Override
        String url(String database) {
            return PostgresServer.running().getJdbcUrl(user(), database);
        }

        @Override
        String user() {
            return "postgres";
        }

        @Override
        String password() {
            return "postgres";
        }

        @Override
        String hostileZone() {
            return "SET TIME ZONE 'Pacific/Chatham'";
        }

        @Override
        void create(String database) {
            execute(url("postgres"), this, "CREATE DATABASE " + database);
        }

        @Override
        void drop(String database) {
            execute(url("postgres"), this, "DROP DATABASE " + database + " WITH (FORCE)");
        }
    },

    /** A server of its own process. It knows no zone names, only offsets. */
    MARIADB {
        @Override
        String url(String database) {
            return "jdbc:mariadb://127.0.0.1:"
                    + MariaDbServer.running().getConfiguration().getPort() + "/" + database + "?sslMode=disable";
        }

        @Override
        String user() {
            return "chat";
        }

        @Override
        String password() {
            return "chat";
        }

        @Override
        String hostileZone() {
            return "SET time_zone = '+12:45'";
        }

        @Override
        void create(String database) {
            execute(url("mysql"), this, "CREATE DATABASE " + database);
        }

        @Override
        void drop(String database) {
            execute(url("mysql"), this, "DROP DATABASE " + database);
        }
    };

    private static final int POOL_SIZE = 8;
    private static final AtomicInteger DATABASES = new AtomicInteger();

    /** A database of its own with nothing in it, until it is closed. Starts the server if none runs yet. */
    public TestDatabase open() {
        // Not test_…: there MariaDB lets every user do everything.
        String name = "chat_" + DATABASES.incrementAndGet();
        create(name);
        HikariConfig config = new HikariConfig();
        config.setPoolName(this + "-" + name);
        config.setJdbcUrl(url(name));
        config.setUsername(user());
        config.setPassword(password());
        config.setMaximumPoolSize(POOL_SIZE);
        config.setMinimumIdle(0); // most tests need one or two
        config.setConnectionInitSql(hostileZone());
        return new TestDatabase(
                this, name, new HikariDataSource(config), url(name), user(), password(), () -> drop(name));
    }

    abstract String url(String database);

    abstract String user();

    abstract String password();

    /** A statement that sets the session's time zone. */
    abstract String hostileZone();

    abstract void create(String database);

    abstract void drop(String database);

    private static void execute(String url, TestServer server, String sql) {
        try (Connection connection = DriverManager.getConnection(url, server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(server + ": " + sql, e);
        }
    }
}
