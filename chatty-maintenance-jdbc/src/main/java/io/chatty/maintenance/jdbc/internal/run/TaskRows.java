package io.chatty.maintenance.jdbc.internal.run;

import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The table of tasks: their switches, and which run of each began last. Thread-safe. */
final class TaskRows {

    /** The table. */
    static final String TABLE = "chatty_maintenance_task";

    private static final TaskRecord UNKNOWN =
            new TaskRecord(false, Optional.empty(), Optional.empty(), Optional.empty());

    private final Database database;

    TaskRows(Database database) {
        this.database = database;
    }

    TaskRecord look(String task) {
        Sql sql = Sql.of(
                "SELECT t.paused, t.breaker_opened_at, " + RunRow.columns() + " FROM " + TABLE + " t LEFT JOIN "
                        + RunRow.TABLE + " r ON r.run_id = t.last_begun WHERE t.task = ?",
                task);
        return database.statements(session -> session.first(sql, row -> {
                    Optional<Run> last = row.getString("run_id") == null
                            ? Optional.empty()
                            : Optional.of(RunRow.read(session.dialect(), row));
                    return new TaskRecord(
                            row.getBoolean("paused"),
                            Optional.ofNullable(session.dialect().readInstant(row, 2)),
                            last.filter(run -> run.state().isActive()), // none begins while one is active
                            last);
                }))
                .orElse(UNKNOWN);
    }

    /**
     * Moves the task's pointer from the run that was seen to that one, and inserts it: of many that saw the same, one can.
     * The others touch no row, even if the first has ended its run by then.
     */
    boolean begin(Run run, Optional<RunId> lastSeen, long claimMicros) {
        return moveAndInsert(run, lastSeen, claimMicros)
                || (lastSeen.isEmpty() && isNew(run.task()) && moveAndInsert(run, lastSeen, claimMicros));
    }

    private boolean moveAndInsert(Run run, Optional<RunId> lastSeen, long claimMicros) {
        Dialect dialect = database.dialect();
        Sql move = Sql.of(
                "UPDATE " + TABLE + " SET last_begun = ? WHERE task = ? AND last_begun ",
                run.id().value(),
                run.task());
        lastSeen.ifPresentOrElse(id -> move.add("= ?", id.value()), () -> move.add("IS NULL"));
        move.add(" AND ").add(Migrations.notTooNew());
        Map<String, Sql> claim = Map.of("claim_until", Sql.of(dialect.fromNow(), claimMicros));
        if (dialect.chainsChanges()) {
            Sql both = Sql.of("WITH moved AS (")
                    .add(move)
                    .add(" RETURNING 1) ")
                    .add(RunRow.insert(dialect, run, claim, Sql.of(" FROM moved")));
            return database.unlessThere(() -> database.statements(session -> session.change(both) == 1));
        }
        Sql insert = dialect.timed(RunRow.insert(dialect, run, claim, Sql.of("")));
        return database.unlessThere(
                () -> database.transaction(session -> session.change(move) == 1 && session.change(insert) == 1));
    }

    /** Whether the task was not known before; now it is. */
    private boolean isNew(String task) {
        return database.unlessThere(() -> database.statements(session ->
                session.change(Sql.of("INSERT INTO " + TABLE + " (task, paused) VALUES (?, FALSE)", task)) == 1));
    }

    void setPaused(String task, boolean paused) {
        set(task, dialect -> Sql.of("paused = ?", paused));
    }

    void setBreaker(String task, Optional<Instant> openedAt) {
        set(
                task,
                dialect -> openedAt.map(at ->
                                Sql.of("breaker_opened_at = ?", dialect.instant(at.truncatedTo(ChronoUnit.MICROS))))
                        .orElseGet(() -> Sql.of("breaker_opened_at = NULL")));
    }

    private void set(String task, Function<Dialect, Sql> assignment) {
        Database.Work<Boolean> update = session -> session.change(Sql.of("UPDATE " + TABLE + " SET ")
                        .add(assignment.apply(session.dialect()))
                        .add(" WHERE task = ?", task))
                == 1;
        if (!database.statements(update)) {
            isNew(task); // or another has just made the row
            database.statements(update);
        }
    }
}
