package io.chatty.maintenance.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;

/** A database server with one data set to start from, and a copy of it to work on. */
interface Server extends AutoCloseable {

    /** Its version and what decides about its durability and speed, as the server itself says. */
    Map<String, String> settings() throws SQLException;

    /** The data set's own database. */
    DataSource template();

    /** Makes the loaded data set ready to be copied. */
    void sealTemplate(Workload workload) throws Exception;

    /** How {@link #restore} does it, for the report. */
    String restoring();

    /** Replaces the copy by a fresh one, with statistics up to date and written to disk. The caller closes the pool. */
    HikariDataSource restore(Workload workload) throws Exception;

    @Override
    void close() throws SQLException, IOException;

    /** Executes statements, each on its own. */
    static void execute(DataSource dataSource, String... statements) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of the only row of each query, by the query's name. */
    static Map<String, String> ask(DataSource dataSource, Map<String, String> queries) throws SQLException {
        Map<String, String> answers = new LinkedHashMap<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (Map.Entry<String, String> query : queries.entrySet()) {
                try (ResultSet row = statement.executeQuery(query.getValue())) {
                    row.next();
                    answers.put(query.getKey(), row.getString(1));
                }
            }
        }
        return answers;
    }

    /** A small pool, with its connections open. */
    static HikariDataSource pool(DataSource dataSource) {
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource(dataSource);
        pool.setMinimumIdle(4);
        pool.setMaximumPoolSize(20); // MessageCleanup takes one more than it has workers
        return pool;
    }
}
