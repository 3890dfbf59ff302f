package io.chatty.maintenance.database.cleanup;

import io.chatty.maintenance.run.BatchRecord;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.Usage;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A batch without an engine: what it is given, and what it tells. */
final class ByHand implements TaskContext {

    private final Run run;
    private final int batchSize;
    private final Map<String, Long> used = new TreeMap<>();

    ByHand(Run run, int batchSize) {
        this.run = run;
        this.batchSize = batchSize;
    }

    /** Does the next batch of a run and records it with what it used. */
    static Run batch(RunStore store, Run run, MaintenanceTask task, int batchSize) throws Exception {
        ByHand context = new ByHand(run, batchSize);
        return store.inBatch(run.claim(), task, () -> {
            BatchResult result = task.runBatch(context);
            return new BatchRecord(result, new Usage(Counts.of(context.used)), run.now());
        });
    }

    Map<String, Long> used() {
        return used;
    }

    @Override
    public RunId runId() {
        return run.id();
    }

    @Override
    public Optional<Cursor> cursor() {
        return Optional.ofNullable(run.lastCursor());
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Instant now() {
        return run.now();
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public void onCancel(Runnable action) {}

    @Override
    public void used(String name, long amount) {
        used.merge(name, amount, Long::sum);
    }
}
