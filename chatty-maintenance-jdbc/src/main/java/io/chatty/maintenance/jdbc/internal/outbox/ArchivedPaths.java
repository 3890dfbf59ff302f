package io.chatty.maintenance.jdbc.internal.outbox;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.OwnRows;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The paths of files that messages in an archive file hold, noted in the transaction in which they go there: they may be restored,
 * so that those files must stay. A path counts as long as a record of the archive names the file.
 */
public final class ArchivedPaths {

    public static final String TABLE = "chatty_maintenance_archived_path";

    private ArchivedPaths() {}

    /**
     * A path and where it stood.
     *
     * @param holder table and column, see {@link #holder}
     * @param path what stood there
     */
    public record Held(String holder, String path) {}

    /** A column as a holder of paths. */
    public static String holder(String table, String column) {
        return table + "." + column;
    }

    /** Messages that hold those paths have gone to an archive file. */
    static void note(Session session, String file, Map<Column, Set<String>> paths) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        paths.forEach((column, held) -> {
            String holder = holder(column.table(), column.name());
            held.forEach(path -> rows.add(List.of(file, holder, path)));
        });
        insert(session, rows);
    }

    private static void insert(Session session, List<List<@Nullable Object>> rows) {
        OwnRows.insert(session, TABLE, List.of("archive_file", "holder", "path"), rows);
    }

    /** What messages in an archive file hold. */
    public static Set<Held> of(Session session, String file) {
        return new HashSet<>(session.list(
                Sql.of("SELECT holder, path FROM " + TABLE + " WHERE archive_file = ?", file),
                row -> new Held(
                        Objects.requireNonNull(row.getString(1)), Objects.requireNonNullElse(row.getString(2), ""))));
    }

    /** What is left of a file is in another one now, with those. */
    public static void move(Session session, String from, String to, Set<Held> left) {
        forget(session, from);
        List<List<@Nullable Object>> rows = new ArrayList<>();
        left.forEach(held -> rows.add(List.of(to, held.holder(), held.path())));
        insert(session, rows);
    }

    /** Nothing is in that file any more. */
    public static void forget(Session session, String file) {
        session.change(Sql.of("DELETE FROM " + TABLE + " WHERE archive_file = ?", file));
    }
}
