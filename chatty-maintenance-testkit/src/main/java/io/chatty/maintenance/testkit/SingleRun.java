package io.chatty.maintenance.testkit;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The batches of one run of a task, one by one, without an engine: so that a test can look, or do something, between two of them.
 * Nothing is recorded, retried or limited, and what a person would have to confirm is confirmed. Not thread-safe.
 *
 * <pre>{@code
 * SingleRun run = new SingleRun(task, 100, clock.instant());
 * run.step();
 * assertThat(run.go().get("deleted.old")).isEqualTo(300);
 * }</pre>
 */
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

    /**
     * A run that is to begin.
     *
     * @param size how many items each batch may look at; 1 or more
     * @param now the run's {@linkplain TaskContext#now now}
     */
    public SingleRun(MaintenanceTask task, int size, Instant now) {
        if (size < 1) {
            throw new IllegalArgumentException("size: " + size + " given, 1 or more allowed");
        }
        this.task = Objects.requireNonNull(task, "task");
        this.size = size;
        this.now = Objects.requireNonNull(now, "now");
    }

    /** From here on it previews; the task has to be a {@link PreviewableTask}. */
    public SingleRun previews() {
        previews = true;
        return this;
    }

    /** From here on it is done by that task, as after a restart. */
    public SingleRun goesOnIn(MaintenanceTask other) {
        task = other;
        return this;
    }

    /**
     * Goes on to the end, or to where a person has to confirm; called again, it is confirmed.
     *
     * @return what all batches so far counted
     */
    public Counts go() throws Exception {
        do {
            step();
        } while (!finished && awaited.isEmpty());
        return counts;
    }

    /**
     * Does one batch, from where the last one ended.
     *
     * @throws Exception what the task throws; the run stays where it was, and can go on
     */
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

    /** What all batches so far counted. */
    public Counts counts() {
        return counts;
    }

    /** What is to be confirmed before it goes on; empty if nothing is. */
    public Optional<String> awaited() {
        return awaited;
    }

    /** Whether its last batch had nothing left to do. */
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
