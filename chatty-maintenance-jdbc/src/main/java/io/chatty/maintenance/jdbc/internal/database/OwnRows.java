package io.chatty.maintenance.jdbc.internal.database;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Inserts rows into the library's own tables, many in a statement. */
public final class OwnRows {

    private static final int AT_ONCE = 200;

    private OwnRows() {}

    /**
     * Inserts them, with the database's clock in one column more.
     *
     * @param at the column for the clock
     */
    public static void insert(
            Session session, String table, List<String> columns, String at, List<List<@Nullable Object>> rows) {
        for (int from = 0; from < rows.size(); from += AT_ONCE) {
            List<List<@Nullable Object>> some = rows.subList(from, Math.min(rows.size(), from + AT_ONCE));
            session.change(timed(session, table, columns, at, some));
        }
    }

    /** Inserts them as they are. */
    public static void insert(Session session, String table, List<String> columns, List<List<@Nullable Object>> rows) {
        for (int from = 0; from < rows.size(); from += AT_ONCE) {
            List<List<@Nullable Object>> some = rows.subList(from, Math.min(rows.size(), from + AT_ONCE));
            session.change(statement(table, columns, "", some));
        }
    }

    /** Inserts one with the clock as well, and gives the number that the database gave it in its column {@code seq}. */
    public static long insertNumbered(
            Session session, String table, List<String> columns, String at, List<@Nullable Object> row) {
        return session.insertNumbered(timed(session, table, columns, at, List.of(row)), "seq");
    }

    private static Sql timed(
            Session session, String table, List<String> columns, String at, List<List<@Nullable Object>> rows) {
        List<String> all = new ArrayList<>(columns);
        all.add(at);
        return session.dialect()
                .timed(statement(table, all, ", " + session.dialect().now(), rows));
    }

    /** @param last what stands in each row behind its values */
    private static Sql statement(String table, List<String> columns, String last, List<List<@Nullable Object>> rows) {
        Sql insert = Sql.of("INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES ");
        for (int i = 0; i < rows.size(); i++) {
            insert.add(i == 0 ? "(" : ", (");
            List<@Nullable Object> row = rows.get(i);
            for (int j = 0; j < row.size(); j++) {
                insert.add(j == 0 ? "" : ", ");
                Object value = row.get(j);
                if (value == null) {
                    insert.add("NULL");
                } else {
                    insert.add("?", value);
                }
            }
            insert.add(last + ")");
        }
        return insert;
    }
}
