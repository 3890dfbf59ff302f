package io.chatty.maintenance.task;

import java.util.List;
import java.util.Objects;

/**
 * A piece of maintenance that is done in bounded batches.
 *
 * <p>A task does <em>one</em> batch a call; the engine owns the loop. That makes every task resumable, pausable and
 * observable without its author doing anything for it: whatever must survive a crash stands in the
 * {@linkplain BatchResult#next(Cursor) cursor} that a batch hands back.
 *
 * <p>Implementations keep no state of a run in fields: a preview may go on beside a run of the same instance. The engine
 * never runs two batches of one run at once.
 */
public interface MaintenanceTask {

    /**
     * The name under which the task is scheduled, stored and reported: one to 100 letters, digits, {@code .}, {@code _}
     * and {@code -}. It stays the same over restarts, since unfinished runs are found by it.
     */
    String name();

    /**
     * Does the next batch: at most {@link TaskContext#batchSize()} items, from {@link TaskContext#cursor()} on.
     *
     * <p>A batch may be done again after a crash, from the same cursor; it must then do no harm.
     *
     * @throws Exception if the batch failed. The run then ends as failed with this cause, and the next due time starts
     *     another
     */
    BatchResult runBatch(TaskContext context) throws Exception;

    /**
     * Looks at the settings against the world they meet (do the tables exist, are the rights there?) and lists all that
     * is wrong, each with what was given, what is allowed and what to do. Changes nothing. The engine asks once before it
     * starts, and starts only when every list is empty.
     */
    default List<String> problems() {
        return List.of();
    }

    /**
     * What the task's settings come to: a short text that is another one when the task would do something else. It stands in
     * every run, and in every preview; a run that awaits confirmation ends as expired when it has changed, since it was made
     * under other settings than those that would be confirmed.
     *
     * <p>Asked when a run begins or goes on, when one that awaits confirmation is looked at, for previews, and at the start.
     * Default: empty.
     *
     * @return at most {@value TaskFingerprints#MOST} characters, of those that are visible in ASCII and the space
     */
    default String fingerprint() {
        return "";
    }

    /**
     * What a person should see to, by what the last run that succeeded counted, each with what to do. It stands in the task's
     * health, as {@code warning: …}, until the next run has succeeded. Asked at the start and at the end of a run, of a task that
     * is registered as an instance; quick, and asks no store. Default: nothing.
     *
     * @param lastRun the counts of that run
     */
    default List<String> warnings(Counts lastRun) {
        return List.of();
    }

    /**
     * How fast a run goes at most where the settings of the host set no rate of their own. Asked when a run begins or goes on.
     * Default: as fast as it can.
     */
    default TaskRates rates() {
        return TaskRates.none();
    }

    /**
     * A plain job as a task: one batch, then finished.
     *
     * @throws IllegalArgumentException if the name is not allowed, see {@link #name()}
     */
    static MaintenanceTask of(String name, Job job) {
        TaskNames.check(name);
        Objects.requireNonNull(job, "job");
        return new MaintenanceTask() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public BatchResult runBatch(TaskContext context) throws Exception {
                job.run();
                return BatchResult.finished();
            }

            @Override
            public String toString() {
                return "MaintenanceTask[" + name + "]";
            }
        };
    }

    /** A job without batches, see {@link MaintenanceTask#of}. */
    @FunctionalInterface
    interface Job {
        /** Does the job. */
        void run() throws Exception;
    }
}
