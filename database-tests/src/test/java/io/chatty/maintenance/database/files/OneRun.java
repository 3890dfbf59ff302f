package io.chatty.maintenance.database.files;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import java.time.Instant;
import java.util.Optional;

/** A run of a task, one batch after the other, without an engine: so that a test can do something between two batches. */
final class OneRun implements TaskContext {

    private final MaintenanceTask task;
    private final int batchSize;
    private final RunId id = RunId.random();
    private final Instant now = Instant.now();
    private Counts counts = Counts.none();
    private Optional<Cursor> cursor = Optional.empty();
    private Optional<String> awaited = Optional.empty();
    private boolean finished;

    OneRun(MaintenanceTask task, int batchSize) {
        this.task = task;
        this.batchSize = batchSize;
    }

    void step() throws Exception {
        BatchResult result = task.runBatch(this);
        counts = counts.plus(result.counts());
        cursor = result.next();
        awaited = result.awaited();
        finished = result.isFinished();
    }

    Counts toTheEnd() throws Exception {
        while (!finished) {
            step();
        }
        return counts;
    }

    /** Whether a sweep has come to that phase. */
    boolean isAt(String phase) {
        return cursor.filter(at -> at.text().split(" ", -1)[1].equals(phase)).isPresent();
    }

    boolean isFinished() {
        return finished;
    }

    Optional<String> awaited() {
        return awaited;
    }

    Counts counts() {
        return counts;
    }

    @Override
    public RunId runId() {
        return id;
    }

    @Override
    public Optional<Cursor> cursor() {
        return cursor;
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public void onCancel(Runnable action) {}
}
