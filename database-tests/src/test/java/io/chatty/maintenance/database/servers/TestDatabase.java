package io.chatty.maintenance.database.servers;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A database of a test's own. Closing it closes the pool and drops the database.
 *
 * @param server the server that it is on
 * @param name its name
 * @param dataSource a pool of eight connections at most, whose sessions are in an odd time zone
 * @param jdbcUrl for connections beside the pool, as of a second process; their time zone is the driver's choice
 * @param user for the URL
 * @param password for the URL
 * @param drop drops the database
 */
public record TestDatabase(
        TestServer server,
        String name,
        HikariDataSource dataSource,
        String jdbcUrl,
        String user,
        String password,
        Runnable drop)
        implements AutoCloseable {

    /** Executes a statement on a connection of the pool. */
    public void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of what a query finds, as text. */
    public List<String> strings(String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    /** Drops all tables of the library's own. */
    public void dropOwnTables() throws SQLException {
        List<String> own = strings("SELECT table_name FROM information_schema.tables WHERE LOWER(table_name) LIKE"
                + " 'chatty_maintenance_%' AND LOWER(table_schema) IN ('public', LOWER('" + name + "'))");
        for (String table : own) {
            execute("DROP TABLE " + table);
        }
    }

    @Override
    public void close() {
        dataSource.close();
        drop.run();
    }
}
