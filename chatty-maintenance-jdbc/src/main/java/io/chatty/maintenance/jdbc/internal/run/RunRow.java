package io.chatty.maintenance.jdbc.internal.run;

import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.Usage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a run stands in its table. */
public final class RunRow {

    /** The table. */
    static final String TABLE = "chatty_maintenance_run";

    private static final List<String> COLUMNS = List.of(
            "run_id",
            "task",
            "state",
            "due_at",
            "run_now",
            "created_at",
            "ended_at",
            "batches",
            "counts",
            "run_usage",
            "batch_cursor",
            "token",
            "owner",
            "cut_offs",
            "folded",
            "fingerprint",
            "detail");

    private RunRow() {}

    /** The columns that {@link #read} reads, of a table that is called {@code r}. */
    static String columns() {
        return COLUMNS.stream().map(column -> "r." + column).collect(Collectors.joining(", "));
    }

    /** The run in a row that has {@link #columns}. */
    static Run read(Dialect dialect, ResultSet row) throws SQLException {
        String cursor = row.getString("batch_cursor");
        return new Run(
                new RunId(row.getString("run_id")),
                row.getString("task"),
                RunState.valueOf(row.getString("state")),
                dialect.readInstant(row, row.findColumn("due_at")),
                Objects.requireNonNull(dialect.readInstant(row, row.findColumn("run_now"))),
                Objects.requireNonNull(dialect.readInstant(row, row.findColumn("created_at"))),
                dialect.readInstant(row, row.findColumn("ended_at")),
                row.getLong("batches"),
                counts(row.getString("counts")),
                new Usage(counts(row.getString("run_usage"))),
                cursor == null ? null : new Cursor(cursor),
                row.getLong("token"),
                row.getString("owner"),
                row.getInt("cut_offs"),
                row.getLong("folded"),
                row.getString("fingerprint"),
                row.getString("detail"));
    }

    /** Counts from their text form, see {@link Counts#toString()}. */
    static Counts counts(String text) {
        Map<String, Long> values = new TreeMap<>();
        for (String count : text.split(" ", -1)) {
            int equals = count.indexOf('=');
            if (equals > 0) {
                values.put(count.substring(0, equals), Long.valueOf(count.substring(equals + 1)));
            }
        }
        return Counts.of(values);
    }

    /**
     * An INSERT of a run.
     *
     * @param more what else to insert, by column
     * @param from what stands between the row's values and the end of the statement, such as {@code " FROM t WHERE …"}
     */
    static Sql insert(Dialect dialect, Run run, Map<String, Sql> more, Sql from) {
        Map<String, Sql> columns = new LinkedHashMap<>();
        put(columns, "run_id", run.id().value());
        put(columns, "task", run.task());
        put(columns, "active_task", run.state().isActive() ? run.task() : null);
        put(columns, "state", run.state().name());
        put(columns, "due_at", instant(dialect, run.due()));
        put(columns, "run_now", instant(dialect, run.now()));
        put(columns, "created_at", instant(dialect, run.createdAt()));
        put(columns, "ended_at", instant(dialect, run.endedAt()));
        put(columns, "batches", run.batches());
        put(columns, "counts", run.counts().toString());
        put(columns, "run_usage", run.usage().amounts().toString());
        put(columns, "token", run.token());
        put(columns, "owner", run.owner());
        put(columns, "cut_offs", run.cutOffs());
        put(columns, "folded", run.folded());
        put(columns, "fingerprint", run.fingerprint());
        put(columns, "detail", run.detail());
        columns.putAll(more);
        Sql sql = Sql.of("INSERT INTO " + TABLE + " (" + String.join(", ", columns.keySet()) + ") SELECT ");
        String comma = "";
        for (Sql value : columns.values()) {
            sql.add(comma).add(value);
            comma = ", ";
        }
        return sql.add(from);
    }

    private static void put(Map<String, Sql> columns, String name, @Nullable Object value) {
        if (value != null) {
            columns.put(name, Sql.of("?", value));
        }
    }

    private static @Nullable Object instant(Dialect dialect, @Nullable Instant instant) {
        return instant == null ? null : dialect.instant(instant);
    }

    /** An UPDATE, still without its WHERE, that gives a row all that work on the run changes. */
    static Sql update(Dialect dialect, Run run) {
        Sql sql = Sql.of("UPDATE " + TABLE + " SET ");
        assign(sql, "state", run.state().name());
        assign(sql.add(", "), "ended_at", instant(dialect, run.endedAt()));
        assign(sql.add(", "), "batches", run.batches());
        assign(sql.add(", "), "counts", run.counts().toString());
        assign(sql.add(", "), "run_usage", run.usage().amounts().toString());
        Cursor cursor = run.lastCursor();
        assign(sql.add(", "), "batch_cursor", cursor == null ? null : cursor.text());
        assign(sql.add(", "), "cut_offs", run.cutOffs());
        assign(sql.add(", "), "folded", run.folded());
        assign(sql.add(", "), "fingerprint", run.fingerprint());
        assign(sql.add(", "), "detail", run.detail());
        if (!run.state().isActive()) {
            sql.add(", active_task = NULL");
        }
        if (run.state() != RunState.RUNNING) {
            sql.add(", claim_until = NULL");
        }
        return sql;
    }

    private static void assign(Sql sql, String column, @Nullable Object value) {
        if (value == null) {
            sql.add(column + " = NULL");
        } else {
            sql.add(column + " = ?", value);
        }
    }

    /** The run as it can be stored: times in microseconds, no text with a character that a database refuses. */
    static Run storable(Run run) {
        return new Run(
                run.id(),
                run.task(),
                run.state(),
                run.due() == null ? null : micros(run.due()),
                micros(run.now()),
                micros(run.createdAt()),
                run.endedAt() == null ? null : micros(run.endedAt()),
                run.batches(),
                run.counts(),
                run.usage(),
                run.lastCursor(),
                run.token(),
                run.owner(),
                run.cutOffs(),
                run.folded(),
                run.fingerprint(),
                run.detail() == null ? null : run.detail().replace('\0', ' '));
    }

    /** The run with more counts. */
    static Run counting(Run run, Counts more) {
        return new Run(
                run.id(),
                run.task(),
                run.state(),
                run.due(),
                run.now(),
                run.createdAt(),
                run.endedAt(),
                run.batches(),
                run.counts().plus(more),
                run.usage(),
                run.lastCursor(),
                run.token(),
                run.owner(),
                run.cutOffs(),
                run.folded(),
                run.fingerprint(),
                run.detail());
    }

    private static Instant micros(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }

    /** The run with that id. */
    static Optional<Run> find(Session session, RunId id) {
        return list(session, Sql.of("WHERE r.run_id = ?", id.value())).stream().findFirst();
    }

    /** Runs of a query's rows, the query from its WHERE on. */
    public static List<Run> list(Session session, Sql where) {
        return session.list(
                Sql.of("SELECT " + columns() + " FROM " + TABLE + " r ").add(where),
                row -> read(session.dialect(), row));
    }
}
