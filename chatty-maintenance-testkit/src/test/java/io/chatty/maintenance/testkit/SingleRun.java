package io.chatty.maintenance.testkit;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import java.time.Instant;
import java.util.Optional;

/** The batches of one run, one by one, without an engine. */
public class SingleRun implements TaskContext {

    private final int size;
    private final RunId run = RunId.random();
    private final Instant now;
    private MaintenanceTask task;
    private Optional<Cursor> cursor = Optional.empty();
    private Counts counts = Counts.none();
    private boolean previews;
    private boolean cancelled;
    private Optional<String> awaited = Optional.empty();
    private boolean finished;

    public SingleRun(MaintenanceTask task, int size, Instant now) {
        this.task = task;
        this.size = size;
        this.now = now;
    }

    /** From here on it previews. */
    public SingleRun previews() {
        previews = true;
        return this;
    }

    /** From here on it is done by that task, as after a restart. */
    public SingleRun goesOnIn(MaintenanceTask other) {
        task = other;
        return this;
    }

    /** Goes on to the end, or to where a person has to confirm; called again, it is confirmed. */
    public Counts go() throws Exception {
        do {
            step();
        } while (!finished && awaited.isEmpty());
        return counts;
    }

    /** Does one batch. */
    public BatchResult step() throws Exception {
        BatchResult result = previews ? ((PreviewableTask) task).previewBatch(this) : task.runBatch(this);
        counts = counts.plus(result.counts());
        cursor = result.next();
        awaited = result.awaited();
        finished = result.isFinished();
        return result;
    }

    /** Whether batches are to end at once. */
    public void cancelled(boolean is) {
        cancelled = is;
    }

    public Counts counts() {
        return counts;
    }

    public Optional<String> awaited() {
        return awaited;
    }

    public boolean isFinished() {
        return finished;
    }

    @Override
    public RunId runId() {
        return run;
    }

    @Override
    public Optional<Cursor> cursor() {
        return cursor;
    }

    @Override
    public int batchSize() {
        return size;
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {}
}
