package io.chatty.maintenance.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The fastest that plain SQL does: one statement a table, all in one transaction. */
record RawDelete(Workload workload) implements Purge {

    @Override
    public String title() {
        return "raw delete";
    }

    @Override
    public Job prepare(DataSource dataSource) {
        return () -> {
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                for (String sql : statements()) {
                    delete(connection, sql);
                }
                connection.commit();
            }
        };
    }

    private List<String> statements() {
        String due = workload.dueMessages("m");
        List<String> statements = new ArrayList<>();
        Workload.CHILDREN.forEach(child -> statements.add(workload.database().deleteChildren(child.table(), due)));
        statements.add("DELETE FROM messages WHERE " + workload.dueMessages("messages"));
        return statements;
    }

    private void delete(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            workload.setCutOff(statement);
            statement.executeUpdate();
        }
    }
}
