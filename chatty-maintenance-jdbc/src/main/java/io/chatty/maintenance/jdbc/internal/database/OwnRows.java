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
            Sql insert = Sql.of("INSERT INTO " + table + " (" + String.join(", ", columns) + ", " + at + ") VALUES ");
            List<List<@Nullable Object>> some = rows.subList(from, Math.min(rows.size(), from + AT_ONCE));
            for (int i = 0; i < some.size(); i++) {
                insert.add(i == 0 ? "(" : ", (");
                some.get(i).forEach(value -> {
                    if (value == null) {
                        insert.add("NULL, ");
                    } else {
                        insert.add("?, ", value);
                    }
                });
                insert.add(session.dialect().now() + ")");
            }
            session.change(session.dialect().timed(insert));
        }
    }
}
