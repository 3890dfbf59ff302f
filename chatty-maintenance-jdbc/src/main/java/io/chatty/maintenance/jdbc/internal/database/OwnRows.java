package io.chatty.maintenance.jdbc.internal.database;

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
            session.change(statement(session, table, columns, at, some));
        }
    }

    /** Inserts one as well, and gives the number that the database gave it in its column {@code seq}. */
    public static long insertNumbered(
            Session session, String table, List<String> columns, String at, List<@Nullable Object> row) {
        return session.insertNumbered(statement(session, table, columns, at, List.of(row)), "seq");
    }

    private static Sql statement(
            Session session, String table, List<String> columns, String at, List<List<@Nullable Object>> rows) {
        Sql insert = Sql.of("INSERT INTO " + table + " (" + String.join(", ", columns) + ", " + at + ") VALUES ");
        for (int i = 0; i < rows.size(); i++) {
            insert.add(i == 0 ? "(" : ", (");
            rows.get(i).forEach(value -> {
                if (value == null) {
                    insert.add("NULL, ");
                } else {
                    insert.add("?, ", value);
                }
            });
            insert.add(session.dialect().now() + ")");
        }
        return session.dialect().timed(insert);
    }
}
