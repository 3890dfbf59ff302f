package io.chatty.maintenance.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A connection that has read at REPEATABLE READ and does not end its transaction: what it could see has to be kept. */
final class OldSnapshot implements AutoCloseable {

    private final Connection connection;

    private OldSnapshot(Connection connection) {
        this.connection = connection;
    }

    static OldSnapshot hold(DataSource dataSource) throws SQLException {
        Connection connection = dataSource.getConnection();
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT MIN(id) FROM messages")) {
            row.next();
        }
        return new OldSnapshot(connection);
    }

    @Override
    public void close() throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
        connection.close();
    }
}
