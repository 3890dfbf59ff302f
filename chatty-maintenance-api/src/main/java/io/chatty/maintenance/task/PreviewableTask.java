package io.chatty.maintenance.task;

/**
 * A task that can say beforehand what it would do.
 *
 * <p>Previewing is a method of its own, so that there is no flag that a task could forget to read.
 */
public interface PreviewableTask extends MaintenanceTask {

    /**
     * Looks at the next batch as {@link #runBatch} would and counts what that would do, under names that begin with
     * {@code due.}, and goes on where that would await confirmation. Changes nothing, whether or not a run of the same task goes on meanwhile.
     *
     * @throws Exception if looking failed
     */
    BatchResult previewBatch(TaskContext context) throws Exception;
}
