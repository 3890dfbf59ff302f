package io.chatty.maintenance.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What is left, or ought to be: of each table the number of rows and the sum of their keys, so that a row that went
 * wrongly shows even where another stayed wrongly; and how many due messages and how many children without a message.
 *
 * @param tables by table, its number of rows and sum of keys
 * @param due messages that are due
 * @param orphans children whose message is gone
 */
record Remainder(Map<String, String> tables, long due, long orphans) {

    /** What must be left of the loaded data. */
    static Remainder ofKept(DataSource loaded, Workload workload) throws SQLException {
        String kept = "NOT (" + workload.dueMessages("m") + ")";
        Map<String, String> tables = new TreeMap<>();
        try (Connection connection = loaded.getConnection()) {
            tables.put("messages", sums(connection, workload, "m.id", "messages m WHERE " + kept));
            for (Workload.Child child : Workload.CHILDREN) {
                String from = child.table() + " c JOIN messages m ON m.id = c.message_id WHERE " + kept;
                tables.put(child.table(), sums(connection, workload, "c.id", from));
            }
            if (workload.rules().inTable()) {
                tables.put("cut_offs", sums(connection, null, "t.room_id", "cut_offs t"));
            }
            long due = number(connection, workload, "messages m WHERE " + workload.dueMessages("m"));
            if (due != workload.dueRows()) {
                throw new IllegalStateException("loaded " + due + " due messages instead of " + workload.dueRows());
            }
        }
        return new Remainder(tables, 0, 0);
    }

    /** What is left. */
    static Remainder of(DataSource dataSource, Workload workload) throws SQLException {
        Map<String, String> tables = new TreeMap<>();
        long orphans = 0;
        try (Connection connection = dataSource.getConnection()) {
            for (String table : workload.tables()) {
                String key = table.equals("cut_offs") ? "t.room_id" : "t.id";
                tables.put(table, sums(connection, null, key, table + " t"));
            }
            for (Workload.Child child : Workload.CHILDREN) {
                orphans += number(
                        connection,
                        null,
                        child.table() + " c LEFT JOIN messages m ON m.id = c.message_id WHERE m.id IS NULL");
            }
            return new Remainder(
                    tables, number(connection, workload, "messages m WHERE " + workload.dueMessages("m")), orphans);
        }
    }

    /** The same of the messages alone. */
    Remainder ofMessages() {
        return new Remainder(Map.of("messages", tables.getOrDefault("messages", "")), due, 0);
    }

    long rows(String table) {
        String sums = tables.getOrDefault(table, "0 rows");
        return Long.parseLong(sums.substring(0, sums.indexOf(' ')));
    }

    private static String sums(Connection connection, @Nullable Workload cutoff, String key, String from)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT COUNT(*), COALESCE(SUM(" + key + "), 0) FROM " + from)) {
            if (cutoff != null) {
                cutoff.setCutOff(statement);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1) + " rows, keys " + row.getBigDecimal(2).toBigInteger();
            }
        }
    }

    private static long number(Connection connection, @Nullable Workload cutoff, String from) throws SQLException {
        String sums = sums(connection, cutoff, "m.id", from);
        return Long.parseLong(sums.substring(0, sums.indexOf(' ')));
    }
}
