package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps runs in the host's database.
 *
 * <p>{@link #inBatch} is the protocol that makes counts exact: it begins a transaction, lets the task work in it, and
 * writes the record as the last statement with the claim in its WHERE. A node that lost its claim touches no row, and its
 * whole batch is rolled back. A take-over that comes while a batch is about to commit waits for the row and then sees the
 * batch's record; one that comes before makes the batch fail.
 */
public final class JdbcRunStore implements RunStore {

    private static final String COLUMNS =
            "run_id, task, state, run_now, created_at, ended_at, batches, counts, batch_cursor, token, owner, detail";

    private static final String RUNS = "chatty_maintenance_run";

    private static final Map<String, String> RIGHTS = Map.of(
            Rights.needed("SELECT and UPDATE on " + RUNS),
            "UPDATE " + RUNS + " SET token = token WHERE token < 0",
            Rights.needed("INSERT on " + RUNS),
            "INSERT INTO " + RUNS + " (run_id, task, state, run_now, created_at, batches, counts, token, owner)"
                    + " SELECT run_id, task, state, run_now, created_at, batches, counts, token, owner FROM " + RUNS
                    + " WHERE token < 0",
            Rights.needed("DELETE on chatty_maintenance_pause"),
            "DELETE FROM chatty_maintenance_pause WHERE task = ''");

    private final Database database;
    private final Predicate<MaintenanceTask> ours;

    /**
     * In that database.
     *
     * @param ours which tasks work on its connections
     */
    public JdbcRunStore(Database database, Predicate<MaintenanceTask> ours) {
        this.database = database;
        this.ours = ours;
    }

    /** Makes the tables where they are missing. */
    public void migrate() {
        Migrations.migrate(database);
    }

    @Override
    public List<String> problems() {
        return database.inTransaction(session -> {
            List<String> problems = Migrations.problems(session);
            return problems.isEmpty() ? Rights.check(session, RIGHTS) : problems;
        });
    }

    @Override
    public Optional<Instant> now() {
        return database.inTransaction(session -> session.first(
                Sql.of("SELECT " + session.dialect().now()),
                row -> Objects.requireNonNull(session.dialect().readInstant(row, 1))));
    }

    @Override
    public boolean commitsWith(MaintenanceTask task) {
        return ours.test(task);
    }

    @Override
    public Optional<Run> begin(String task, String owner, Instant now, Instant createdAt) {
        Run run = Run.begun(task, owner, now, createdAt);
        try {
            database.inTransaction(session -> insert(session, run));
            return Optional.of(run);
        } catch (RuntimeException e) {
            boolean taken = DatabaseException.sqlCause(e)
                    .filter(Dialect::isUniqueViolation)
                    .isPresent();
            if (taken && active(task).isPresent()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Run skip(String task, String owner, String reason, Instant at) {
        Run run = Run.skipped(task, owner, reason, at);
        database.inTransaction(session -> insert(session, run));
        return run;
    }

    private static int insert(Session session, Run run) {
        List<String> names = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        Map<String, Optional<Object>> columns = new TreeMap<>();
        columns.put("run_id", Optional.of(run.id().value()));
        columns.put("task", Optional.of(run.task()));
        columns.put(
                "active_task",
                Optional.<Object>of(run.task()).filter(task -> run.state().isActive()));
        columns.put("state", Optional.of(run.state().name()));
        columns.put("run_now", Optional.of(session.dialect().instant(run.now())));
        columns.put("created_at", Optional.of(session.dialect().instant(run.createdAt())));
        columns.put("ended_at", Optional.ofNullable(run.endedAt()).map(session.dialect()::instant));
        columns.put("batches", Optional.of(run.batches()));
        columns.put("counts", Optional.of(run.counts().toString()));
        columns.put("token", Optional.of(run.token()));
        columns.put("owner", Optional.of(run.owner()));
        columns.put("detail", Optional.ofNullable(run.detail()));
        columns.forEach((name, value) -> value.ifPresent(present -> {
            names.add(name);
            values.add(present);
        }));
        String marks = String.join(", ", Collections.nCopies(values.size(), "?"));
        return session.change(Sql.of(
                "INSERT INTO " + RUNS + " (" + String.join(", ", names) + ") VALUES (" + marks + ")",
                values.toArray()));
    }

    @Override
    public Optional<Run> takeOver(Run seen, String owner) {
        return database.inTransaction(session -> {
            int touched = session.change(Sql.of(
                    "UPDATE " + RUNS + " SET token = token + 1, owner = ?, state = 'RUNNING', detail = NULL"
                            + " WHERE run_id = ? AND token = ? AND active_task IS NOT NULL",
                    owner,
                    seen.id().value(),
                    seen.token()));
            return touched == 1 ? find(session, seen.id()) : Optional.empty();
        });
    }

    @Override
    public Run inBatch(RunClaim claim, MaintenanceTask task, Batch batch) throws Exception {
        if (!commitsWith(task)) {
            BatchResult result = batch.run();
            return database.transaction(
                    session -> record(session, claimed(session, claim).plus(result)));
        }
        return database.batch(session -> {
            Run before = claimed(session, claim);
            BatchResult result = database.binding(session, batch::run);
            return record(session, before.plus(result));
        });
    }

    private static Run record(Session session, Run run) {
        int touched = session.change(guarded(
                Sql.of(
                        "UPDATE " + RUNS + " SET batches = ?, counts = ?, batch_cursor = ?",
                        run.batches(),
                        run.counts().toString(),
                        run.lastCursor() == null ? "" : run.lastCursor().text()),
                run.claim()));
        if (touched != 1) {
            throw new ClaimLostException(run.claim());
        }
        return run;
    }

    private static Sql guarded(Sql update, RunClaim claim) {
        return update.add(
                " WHERE run_id = ? AND owner = ? AND token = ? AND state = 'RUNNING'",
                claim.runId().value(),
                claim.owner(),
                claim.token());
    }

    private static Run claimed(Session session, RunClaim claim) {
        return find(session, claim.runId())
                .filter(run -> run.state() == RunState.RUNNING && run.claim().equals(claim))
                .orElseThrow(() -> new ClaimLostException(claim));
    }

    @Override
    public Run end(RunClaim claim, RunState state, Optional<String> detail, Instant at) {
        return database.inTransaction(session -> {
            Run run = claimed(session, claim).ended(state, detail, at);
            Sql update = Sql.of("UPDATE " + RUNS + " SET state = ?", state.name());
            detail.ifPresent(text -> update.add(", detail = ?", text));
            if (!state.isActive()) {
                update.add(
                        ", active_task = NULL, ended_at = ?", session.dialect().instant(at));
            }
            if (session.change(guarded(update, claim)) != 1) {
                throw new ClaimLostException(claim);
            }
            return run;
        });
    }

    @Override
    public Optional<Run> find(RunId id) {
        return database.inTransaction(session -> find(session, id));
    }

    private static Optional<Run> find(Session session, RunId id) {
        return runs(session, Sql.of("WHERE run_id = ?", id.value())).stream().findFirst();
    }

    @Override
    public Optional<Run> active(String task) {
        return database.inTransaction(session ->
                runs(session, Sql.of("WHERE active_task = ?", task)).stream().findFirst());
    }

    @Override
    public List<Run> history(String task, int limit) {
        return database.inTransaction(
                session -> runs(session, Sql.of("WHERE task = ? ORDER BY seq DESC LIMIT ?", task, limit)));
    }

    private static List<Run> runs(Session session, Sql where) {
        return session.list(
                Sql.of("SELECT " + COLUMNS + " FROM " + RUNS + " ").add(where), row -> read(session.dialect(), row));
    }

    private static Run read(Dialect dialect, ResultSet row) throws SQLException {
        String cursor = row.getString(9);
        return new Run(
                new RunId(row.getString(1)),
                row.getString(2),
                RunState.valueOf(row.getString(3)),
                Objects.requireNonNull(dialect.readInstant(row, 4)),
                Objects.requireNonNull(dialect.readInstant(row, 5)),
                dialect.readInstant(row, 6),
                row.getLong(7),
                counts(row.getString(8)),
                cursor(cursor),
                row.getLong(10),
                row.getString(11),
                row.getString(12));
    }

    private static @Nullable Cursor cursor(@Nullable String text) {
        return text == null || text.isEmpty() ? null : new Cursor(text);
    }

    /** The counts from their text form, see {@link Counts#toString()}. */
    private static Counts counts(String text) {
        Map<String, Long> values = new TreeMap<>();
        for (String count : text.split(" ", -1)) {
            int equals = count.indexOf('=');
            if (equals > 0) {
                values.put(count.substring(0, equals), Long.valueOf(count.substring(equals + 1)));
            }
        }
        return Counts.of(values);
    }

    @Override
    public void setPaused(String task, boolean paused) {
        database.change(session -> {
            session.change(Sql.of("DELETE FROM chatty_maintenance_pause WHERE task = ?", task));
            if (paused) {
                session.change(Sql.of("INSERT INTO chatty_maintenance_pause (task) VALUES (?)", task));
            }
        });
    }

    @Override
    public boolean isPaused(String task) {
        return database.inTransaction(session -> !session.list(
                        Sql.of("SELECT task FROM chatty_maintenance_pause WHERE task = ?", task),
                        row -> row.getString(1))
                .isEmpty());
    }
}
