package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.BatchRecord;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.ClaimState;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keeps runs in memory: the newest {@value #RUNS_KEPT} ended runs of each task, and the newest that began. Nothing survives a
 * restart, and a batch's record follows what the batch committed. Thread-safe.
 *
 * <p>It is for one engine at a time, which does not renew its claims here: to another engine that shares the store, a run
 * that takes longer than {@link EngineSettings#claimFor} looks like one that a dead engine left, and is taken over.
 */
public final class InMemoryRunStore implements RunStore {

    /** How many ended runs are kept of each task. */
    public static final int RUNS_KEPT = 100;

    private static final Duration LONGEST_CLAIM = Duration.ofDays(3650);
    private static final TaskRecord UNKNOWN =
            new TaskRecord(false, Optional.empty(), Optional.empty(), Optional.empty());

    private final LongSupplier nanoTime;
    private final Map<String, TaskRuns> tasks = new HashMap<>(); // guarded by this

    /** An empty store, whose claims run out by {@link System#nanoTime}. */
    public InMemoryRunStore() {
        this(System::nanoTime);
    }

    /**
     * An empty store, whose claims run out by that clock: a test moves it.
     *
     * @param nanoTime nanoseconds since any moment; only differences count, as with {@link System#nanoTime}
     */
    public InMemoryRunStore(LongSupplier nanoTime) {
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
    }

    @Override
    public synchronized TaskRecord look(String task) {
        TaskRuns runs = tasks.get(task);
        return runs == null ? UNKNOWN : runs.record();
    }

    @Override
    public synchronized boolean begin(Run fresh, Optional<RunId> lastSeen, Duration claimFor) {
        checkClaim(claimFor);
        return of(fresh.task()).begin(fresh, lastSeen, nanoTime.getAsLong(), claimFor);
    }

    @Override
    public synchronized boolean skip(Run skipped) {
        return of(skipped.task()).skip(skipped);
    }

    @Override
    public synchronized Optional<Run> takeOver(Run seen, String owner, Duration claimFor) {
        checkClaim(claimFor);
        return of(seen.task()).takeOver(seen, owner, nanoTime.getAsLong(), claimFor);
    }

    @Override
    public synchronized ClaimState renew(RunClaim claim, Duration claimFor) {
        checkClaim(claimFor);
        return of(claim.task()).renew(claim, nanoTime.getAsLong(), claimFor);
    }

    private static void checkClaim(Duration claimFor) {
        if (claimFor.isNegative() || claimFor.compareTo(LONGEST_CLAIM) > 0) {
            throw new IllegalArgumentException(
                    "claimFor: " + claimFor + " given, zero to " + LONGEST_CLAIM.toDays() + " days allowed");
        }
    }

    @Override
    public synchronized boolean askCancel(RunId id) {
        return tasks.values().stream().anyMatch(runs -> runs.askCancel(id));
    }

    @Override
    public Run inBatch(RunClaim claim, MaintenanceTask task, Batch batch) throws Exception {
        claimed(claim);
        BatchRecord record = batch.run();
        synchronized (this) {
            return of(claim.task()).replace(claimed(claim).plus(record));
        }
    }

    @Override
    public synchronized Run end(RunClaim claim, RunState state, Optional<String> detail, Instant at) {
        return of(claim.task()).replace(claimed(claim).ended(state, detail, at));
    }

    @Override
    public synchronized Optional<Run> settle(Run waiting, RunState state, String detail, Instant at) {
        RunStore.checkSettles(state);
        return of(waiting.task()).settle(waiting, state, detail, at);
    }

    private synchronized Run claimed(RunClaim claim) {
        return of(claim.task()).claimed(claim).orElseThrow(() -> new ClaimLostException(claim));
    }

    @Override
    public synchronized void fold(Run uneventful) {
        of(uneventful.task()).fold(uneventful.id());
    }

    @Override
    public synchronized int forget(Instant endedBefore, int limit) {
        checkLimit(limit);
        int forgotten = 0;
        for (TaskRuns runs : tasks.values()) {
            forgotten += runs.forget(endedBefore, limit - forgotten);
        }
        return forgotten;
    }

    @Override
    public synchronized Optional<Run> find(RunId id) {
        return tasks.values().stream().flatMap(runs -> runs.find(id).stream()).findFirst();
    }

    @Override
    public synchronized List<Run> history(String task, int limit) {
        checkLimit(limit);
        return of(task).newest(limit);
    }

    private static void checkLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " given, must be one or more");
        }
    }

    @Override
    public synchronized void setPaused(String task, boolean paused) {
        of(task).setPaused(paused);
    }

    @Override
    public synchronized void setBreaker(String task, Optional<Instant> openedAt) {
        of(task).setBreaker(openedAt);
    }

    private TaskRuns of(String task) {
        return tasks.computeIfAbsent(task, name -> new TaskRuns());
    }
}
