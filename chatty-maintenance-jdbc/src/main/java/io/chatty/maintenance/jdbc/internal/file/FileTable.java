package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.file.UsageScope;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.table.Filter;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The host's table of files as the catalogue knows it, and conditions on its rows, where it is called {@code m}.
 *
 * @param dialect the database's
 * @param sqlTable the table, for SQL
 * @param key by which a row is told
 * @param name the column of the file's name
 * @param size that of its bytes
 * @param createdAt that of when it was made
 * @param lastUsedAt that of when it was last used
 * @param room that of its room
 * @param user that of its user
 * @param evictable which rows may go
 * @param marked the column that is set where a row goes; null if it is deleted
 * @param own the source of references that this column is
 * @param sources all sources of references
 */
record FileTable(
        Dialect dialect,
        String sqlTable,
        List<Column> key,
        Column name,
        Column size,
        TimeColumn createdAt,
        @Nullable TimeColumn lastUsedAt,
        @Nullable Column room,
        @Nullable Column user,
        Optional<Filter> evictable,
        @Nullable TimeColumn marked,
        FileSource own,
        List<FileSource> sources) {

    static final String MAY_GO = "";
    static final String HELD = "held";

    String of(Column column) {
        return dialect.column("m", column);
    }

    List<String> of(List<Column> columns) {
        return columns.stream().map(this::of).toList();
    }

    @Nullable Column column(UsageScope.Kind kind) {
        return kind == UsageScope.Kind.ROOM ? room : user;
    }

    /** The bytes of a row, 0 where that is not known. */
    String bytes() {
        return "CASE WHEN " + of(size) + " > 0 THEN " + of(size) + " ELSE 0 END";
    }

    /** A row is there, and has a name. */
    Sql live() {
        Sql live = Sql.of(of(name) + " IS NOT NULL");
        if (name.canBeEmpty()) {
            live.add(" AND " + of(name) + " <> ''");
        }
        if (marked != null) {
            live.add(" AND " + of(marked.column()) + " IS NULL");
        }
        return live;
    }

    /** A row is of a scope. */
    Sql in(UsageScope scope) {
        if (scope.kind() == UsageScope.Kind.ALL) {
            return Sql.of("1 = 1");
        }
        Column column = column(scope.kind());
        if (column == null) {
            throw new IllegalArgumentException("scope: " + scope + " given, but the table of files has no such column");
        }
        return Sql.of(of(column) + " = ?", value(column, scope.id()));
    }

    static Object value(Column column, String text) {
        return column.value(text)
                .orElseThrow(() -> new MaintenanceException("files: \"" + text + "\" is no value of " + column));
    }

    /** A row was made before that, or it is not known when; never NULL. */
    Sql countedUpTo(Instant upTo) {
        return Sql.of("(").add(unknownAge()).add(" OR ").add(madeBefore(upTo)).add(")");
    }

    private Sql unknownAge() {
        return createdAt.tellsNone(dialect, of(createdAt.column()));
    }

    private Sql madeBefore(Instant time) {
        return createdAt
                .cutOff(time)
                .map(cutOff -> Sql.of("(")
                        .add(createdAt.before(dialect, of(createdAt.column()), cutOff))
                        .add(")"))
                .orElseGet(() -> Sql.of("1 = 0"));
    }

    private Sql unknown() {
        return Sql.of("(").add(unknownAge()).add(" OR " + of(size) + " IS NULL OR " + of(size) + " <= 0)");
    }

    /** A row may go; never NULL. */
    Sql mayGo(HoldRows.Known holds, Instant madeBefore) {
        Sql condition = Sql.of("NOT ").add(unknown()).add(" AND ").add(madeBefore(madeBefore));
        evictable.ifPresent(filter -> condition.add(" AND ").add(filter.on("m")));
        return condition.add(" AND NOT (").add(held(holds)).add(")");
    }

    private Sql held(HoldRows.Known holds) {
        return new HeldFiles(this).condition(holds.holds());
    }

    /** Why a row may not go, as an expression; {@value #MAY_GO} if it may. */
    Sql reason(HoldRows.Known holds, Instant madeBefore) {
        Sql reason = Sql.of("CASE WHEN ").add(held(holds)).add(" THEN '" + HELD + "'");
        evictable.ifPresent(
                filter -> reason.add(" WHEN NOT (").add(filter.on("m")).add(") THEN 'notEvictable'"));
        return reason.add(" WHEN ")
                .add(unknown())
                .add(" THEN 'unknown' WHEN NOT ")
                .add(madeBefore(madeBefore))
                .add(" THEN 'young' ELSE '' END");
    }
}
