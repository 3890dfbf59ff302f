package io.chatty.maintenance.run;

import io.chatty.maintenance.task.BatchResult;

/** What a {@link MaintenanceListener} is told. Each carries the run as it was stored right after it happened. */
public sealed interface MaintenanceEvent {

    /** The run, as it was stored right after the event. */
    Run run();

    /** The name of the task. */
    default String task() {
        return run().task();
    }

    /**
     * A run begins.
     *
     * @param run the run
     */
    record RunStarted(Run run) implements MaintenanceEvent {}

    /**
     * A run goes on from its cursor: after a pause, a close, or the death of the process that had it.
     *
     * @param run the run
     */
    record RunResumed(Run run) implements MaintenanceEvent {}

    /**
     * A batch and its record were committed.
     *
     * @param run the run
     * @param result what this batch did
     */
    record BatchCommitted(Run run, BatchResult result) implements MaintenanceEvent {}

    /**
     * A run no longer goes on here: it ended, was paused, was interrupted, or awaits confirmation; its state says which.
     *
     * @param run the run
     */
    record RunStopped(Run run) implements MaintenanceEvent {}

    /**
     * A due time was left out; the run's detail says why.
     *
     * @param run the record of the skip
     */
    record RunSkipped(Run run) implements MaintenanceEvent {}
}
