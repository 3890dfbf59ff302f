package io.chatty.maintenance.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The loop that is usually written: select 1000 keys, delete by key in JDBC batches, commit, again. */
record UsualLoop(Workload workload) implements Purge {

    private static final int KEYS = 1_000;

    @Override
    public String title() {
        return "usual loop";
    }

    @Override
    public Job prepare(DataSource dataSource) {
        return () -> {
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                while (deleteSome(connection)) {
                    connection.commit();
                }
                connection.commit();
            }
        };
    }

    private boolean deleteSome(Connection connection) throws SQLException {
        List<Long> keys = new ArrayList<>(KEYS);
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT m.id FROM messages m WHERE " + workload.dueMessages("m") + " LIMIT " + KEYS)) {
            workload.setCutOff(select);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    keys.add(rows.getLong(1));
                }
            }
        }
        if (keys.isEmpty()) {
            return false;
        }
        for (Workload.Child child : Workload.CHILDREN) {
            delete(connection, "DELETE FROM " + child.table() + " WHERE message_id = ?", keys);
        }
        delete(connection, "DELETE FROM messages WHERE id = ?", keys);
        return true;
    }

    private static void delete(Connection connection, String sql, List<Long> keys) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            for (long key : keys) {
                delete.setLong(1, key);
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }
}
