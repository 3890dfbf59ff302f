package io.chatty.maintenance.jdbc.internal.run;

import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.DatabaseException;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.Rights;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.run.BatchRecord;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.ClaimState;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps runs in the host's database. Thread-safe.
 *
 * <p>Who may do what is decided by the database, in single statements:
 *
 * <ol>
 *   <li>{@link #begin} works only from the run that was seen last to the next one, see {@link TaskRows#begin}.
 *   <li>Claims are compared with the database's own clock, in the statements that take or renew them.
 *   <li>{@link #inBatch} lets the task work in a transaction and writes the record as its last statement, with the claim's
 *       owner and token in the WHERE. A node that has lost its claim touches no row, and its whole batch is rolled back. A
 *       take-over that comes while a batch is about to commit waits for the row and then sees the batch's record; one that
 *       comes before makes the batch fail.
 * </ol>
 */
public final class JdbcRunStore implements RunStore {

    private static final String RUNS = RunRow.TABLE;
    private static final String TASKS = TaskRows.TABLE;
    private static final Duration LONGEST_CLAIM = Duration.ofDays(3650);

    private static final String LANES = LaneRows.TABLE;

    private static final Map<String, String> RIGHTS = Map.of(
            Rights.needed("SELECT and UPDATE on " + LANES),
            "UPDATE " + LANES + " SET lane = lane WHERE lane < 0",
            Rights.needed("INSERT on " + LANES),
            "INSERT INTO " + LANES + " (run_id, lane, lane_position, locked_rows, counts) SELECT run_id, lane,"
                    + " lane_position, locked_rows, counts FROM " + LANES + " WHERE lane < 0",
            Rights.needed("DELETE on " + LANES),
            "DELETE FROM " + LANES + " WHERE lane < 0",
            Rights.needed("SELECT and UPDATE on " + RUNS),
            "UPDATE " + RUNS + " SET token = token WHERE token < 0",
            Rights.needed("INSERT on " + RUNS),
            "INSERT INTO " + RUNS
                    + " (run_id, task, state, run_now, created_at, batches, counts, run_usage, token, owner, cut_offs, folded, fingerprint)"
                    + " SELECT run_id, task, state, run_now, created_at, batches, counts, run_usage, token, owner, cut_offs,"
                    + " folded, fingerprint FROM " + RUNS + " WHERE token < 0",
            Rights.needed("DELETE on " + RUNS),
            "DELETE FROM " + RUNS + " WHERE token < 0",
            Rights.needed("SELECT and UPDATE on " + TASKS),
            "UPDATE " + TASKS + " SET paused = paused WHERE task = ''",
            Rights.needed("INSERT on " + TASKS),
            "INSERT INTO " + TASKS + " (task, paused) SELECT task, paused FROM " + TASKS + " WHERE task = ''");

    private final Database database;
    private final Predicate<MaintenanceTask> ours;
    private final TaskRows tasks;
    private final RunHistory history;

    /**
     * By task: the run as it was last written here, under a claim that was taken here. While that claim stands nobody else
     * writes to it, so that a record needs no look at the row before. If that should be wrong, the record's WHERE tells.
     */
    private final Map<String, Run> lastWritten = new ConcurrentHashMap<>();

    /**
     * In that database.
     *
     * @param ours which tasks work on its connections
     */
    public JdbcRunStore(Database database, Predicate<MaintenanceTask> ours) {
        this.database = database;
        this.ours = ours;
        this.tasks = new TaskRows(database);
        this.history = new RunHistory(database);
    }

    /** Makes the tables where they are missing. */
    public void migrate() {
        Migrations.migrate(database);
    }

    @Override
    public List<String> problems() {
        return database.transaction(session -> {
            List<String> problems = Migrations.problems(session);
            return problems.isEmpty() ? Rights.check(session, RIGHTS) : problems;
        });
    }

    @Override
    public Optional<Instant> now() {
        return database.statements(session -> session.first(
                session.dialect().timed(Sql.of("SELECT " + session.dialect().now())),
                row -> Objects.requireNonNull(session.dialect().readInstant(row, 1))));
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public boolean commitsWith(MaintenanceTask task) {
        return ours.test(task);
    }

    @Override
    public TaskRecord look(String task) {
        return tasks.look(task);
    }

    @Override
    public boolean begin(Run fresh, Optional<RunId> lastSeen, Duration claimFor) {
        Run run = RunRow.storable(fresh);
        long micros = micros(claimFor);
        Optional<Run> begun = orTooNew(() -> Optional.of(run).filter(it -> tasks.begin(it, lastSeen, micros)));
        begun.ifPresent(this::keep);
        return begun.isPresent();
    }

    /** What came of taking a run; when nothing did, and a newer library's tables are why, says that. */
    private <T> Optional<T> orTooNew(Supplier<Optional<T>> taking) {
        try {
            Optional<T> taken = taking.get();
            if (taken.isEmpty()) {
                refuseIfTooNew(null);
            }
            return taken;
        } catch (DatabaseException e) {
            refuseIfTooNew(e);
            throw e;
        }
    }

    private void refuseIfTooNew(@Nullable DatabaseException cause) {
        database.transaction(Migrations::tooNew).ifPresent(reason -> {
            throw new MaintenanceException(reason, cause);
        });
    }

    private static long micros(Duration claimFor) {
        if (claimFor.isNegative() || claimFor.compareTo(LONGEST_CLAIM) > 0) {
            throw new IllegalArgumentException(
                    "claimFor: " + claimFor + " given, zero to " + LONGEST_CLAIM.toDays() + " days allowed");
        }
        return claimFor.toNanos() / 1000;
    }

    @Override
    public boolean skip(Run skipped) {
        return history.skip(skipped);
    }

    @Override
    public Optional<Run> takeOver(Run seen, String owner, Duration claimFor) {
        long micros = micros(claimFor);
        Optional<Run> taken = orTooNew(() -> database.transaction(session -> {
            Dialect dialect = session.dialect();
            // The cut-offs first: MariaDB assigns from left to right, and they go by the state as it was.
            Sql take = Sql.of(
                            "UPDATE " + RUNS
                                    + " SET cut_offs = cut_offs + CASE WHEN state = 'RUNNING' THEN 1 ELSE 0 END,"
                                    + " state = 'RUNNING', token = token + 1, owner = ?, detail = NULL, claim_until = "
                                    + dialect.fromNow(),
                            owner,
                            micros)
                    .add(
                            " WHERE run_id = ? AND token = ? AND active_task IS NOT NULL"
                                    + " AND state <> 'AWAITING_CONFIRMATION' AND (state <> 'RUNNING' OR owner = ? OR claim_until <= "
                                    + dialect.now()
                                    + ") AND ",
                            seen.id().value(),
                            seen.token(),
                            owner)
                    .add(Migrations.notTooNew());
            return session.change(dialect.timed(take)) == 1 ? RunRow.find(session, seen.id()) : Optional.empty();
        }));
        taken.ifPresent(this::keep);
        return taken;
    }

    @Override
    public ClaimState renew(RunClaim claim, Duration claimFor) {
        long micros = micros(claimFor);
        return database.statements(session -> {
            Dialect dialect = session.dialect();
            Sql renewal = Sql.of("UPDATE " + RUNS + " SET claim_until = " + dialect.fromNow(), micros)
                    .add(" WHERE ")
                    .add(isHeld(claim));
            return session.change(dialect.timed(renewal)) == 1
                    ? session.first(
                                    Sql.of(
                                            "SELECT r.cancel_asked, t.paused FROM " + RUNS + " r JOIN " + TASKS
                                                    + " t ON t.task = r.task WHERE r.run_id = ?",
                                            claim.runId().value()),
                                    row -> new ClaimState(true, row.getBoolean(1), row.getBoolean(2)))
                            .orElseGet(() -> new ClaimState(false, false, false))
                    : new ClaimState(false, false, false);
        });
    }

    /** A condition: the run is claimed so, and goes on. */
    static Sql isHeld(RunClaim claim) {
        return Sql.of(
                "run_id = ? AND owner = ? AND token = ? AND state = 'RUNNING'",
                claim.runId().value(),
                claim.owner(),
                claim.token());
    }

    @Override
    public boolean askCancel(RunId id) {
        return database.statements(session -> {
            session.change(Sql.of(
                    "UPDATE " + RUNS + " SET cancel_asked = TRUE WHERE run_id = ? AND state = 'RUNNING'", id.value()));
            // Not the number of rows touched: that is 0 on MariaDB, if so set, where it was asked before.
            return session.count(Sql.of(
                            "SELECT COUNT(*) FROM " + RUNS + " WHERE run_id = ? AND state = 'RUNNING' AND cancel_asked",
                            id.value()))
                    == 1;
        });
    }

    @Override
    public Run inBatch(RunClaim claim, MaintenanceTask task, Batch batch) throws Exception {
        if (known(claim).isEmpty()) {
            keep(database.statements(session -> read(session, claim)));
        }
        if (!commitsWith(task)) {
            BatchRecord record = batch.run();
            return keep(database.statements(session -> write(session, claim, before -> before.plus(record))));
        }
        return keep(database.batch(session -> {
            BatchRecord record = database.binding(session, claim, batch::run);
            return write(session, claim, before -> before.plus(record));
        }));
    }

    @Override
    public Run end(RunClaim claim, RunState state, Optional<String> detail, Instant at) {
        if (state == RunState.SUCCEEDED || state.isActive()) { // no batch has left what no other will count
            return keep(
                    database.statements(session -> write(session, claim, before -> before.ended(state, detail, at))));
        }
        return keep(database.transaction(session -> {
            Counts uncounted = LaneRows.take(session, claim.runId());
            return write(
                    session, claim, before -> RunRow.counting(before, uncounted).ended(state, detail, at));
        }));
    }

    @Override
    public Optional<Run> settle(Run waiting, RunState state, String detail, Instant at) {
        RunStore.checkSettles(state);
        Run settled = RunRow.storable(waiting.ended(state, Optional.of(detail), at));
        return database.statements(session -> {
            Sql update = RunRow.update(session.dialect(), settled)
                    .add(
                            " WHERE run_id = ? AND token = ? AND state = 'AWAITING_CONFIRMATION'",
                            waiting.id().value(),
                            waiting.token());
            return session.change(update) == 1 ? Optional.of(settled) : Optional.empty();
        });
    }

    private Run keep(Run written) {
        lastWritten.put(written.task(), written);
        return written;
    }

    private Optional<Run> known(RunClaim claim) {
        return Optional.ofNullable(lastWritten.get(claim.task()))
                .filter(run -> run.state() == RunState.RUNNING && run.claim().equals(claim));
    }

    private static Run read(Session session, RunClaim claim) {
        return RunRow.find(session, claim.runId())
                .filter(run -> run.state() == RunState.RUNNING && run.claim().equals(claim))
                .orElseThrow(() -> new ClaimLostException(claim));
    }

    /** Changes a claimed run, in one statement if what it was before is known. */
    private Run write(Session session, RunClaim claim, UnaryOperator<Run> change) {
        return known(claim)
                .flatMap(before -> write(session, before, change))
                .or(() -> write(session, read(session, claim), change))
                .orElseThrow(() -> new ClaimLostException(claim));
    }

    private static Optional<Run> write(Session session, Run before, UnaryOperator<Run> change) {
        Run after = RunRow.storable(change.apply(before));
        Sql update = RunRow.update(session.dialect(), after)
                .add(" WHERE ")
                .add(isHeld(before.claim()))
                .add(" AND batches = ?", before.batches());
        return session.change(update) == 1 ? Optional.of(after) : Optional.empty();
    }

    @Override
    public void fold(Run uneventful) {
        history.fold(uneventful.id(), uneventful.task());
    }

    @Override
    public int forget(Instant endedBefore, int limit) {
        return history.forget(endedBefore, limit);
    }

    @Override
    public Optional<Run> find(RunId id) {
        return history.find(id);
    }

    @Override
    public List<Run> history(String task, int limit) {
        return history.newest(task, limit);
    }

    @Override
    public void setPaused(String task, boolean paused) {
        tasks.setPaused(task, paused);
    }

    @Override
    public void setBreaker(String task, Optional<Instant> openedAt) {
        tasks.setBreaker(task, openedAt);
    }
}
