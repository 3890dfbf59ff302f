package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.task.RunId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What an operator can ask of an engine. Thread-safe.
 *
 * <p>Where a method takes a task's name, an unknown one is an {@link IllegalArgumentException} that lists those that
 * exist.
 */
public interface MaintenanceOperations {

    /** All tasks, in the order of their registration. */
    List<TaskStatus> status();

    /** One task. */
    TaskStatus status(String task);

    /**
     * Says what the task would do if it ran now. Changes nothing, and may be asked before the start and while the task
     * runs. Works in the calling thread.
     *
     * @throws IllegalArgumentException if the task cannot be previewed
     * @throws io.chatty.maintenance.task.SettingsException if the task's settings are wrong
     * @throws io.chatty.maintenance.task.MaintenanceException if looking failed
     */
    Preview preview(String task);

    /**
     * Starts a run of the task now, beside its schedule.
     *
     * @return done when the run no longer goes on here; {@link Run#state} then says why. It fails only when the store
     *     could not be asked any more, or another engine took the run over
     * @throws io.chatty.maintenance.task.MaintenanceException if the task is paused or has an active run
     * @throws IllegalStateException if the engine is not started or is closed
     */
    CompletableFuture<Run> runNow(String task);

    /**
     * Pauses the task until it is resumed, over restarts too: a run that goes on stops after its batch, and due times are
     * recorded as skipped. Does nothing if it is paused already.
     */
    void pause(String task);

    /** Ends a pause: a paused run goes on from its cursor. Does nothing if the task is not paused. */
    void resume(String task);

    /**
     * Ends the task's active run for good, a batch in flight included, which is rolled back where its store can.
     *
     * @return whether there was one
     */
    boolean cancel(String task);

    /**
     * The runs of the task, the newest first.
     *
     * @throws IllegalArgumentException if the limit is below 1
     */
    List<Run> history(String task, int limit);

    /** The run with that id. */
    Optional<Run> find(RunId id);
}
