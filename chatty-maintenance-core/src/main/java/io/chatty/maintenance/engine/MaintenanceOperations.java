package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.task.RunId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What an operator can ask of an engine. Thread-safe.
 *
 * <p>Where a method takes a task's name, an unknown one is an {@link IllegalArgumentException} that lists those that
 * exist. Where it asks the run store, in the calling thread, a store that cannot be reached is a {@link
 * io.chatty.maintenance.task.MaintenanceException}. Unless it says otherwise, a method may also be called before the start
 * and after the close.
 */
public interface MaintenanceOperations {

    /** All tasks, in the order of their registration. Asks the store. */
    List<TaskStatus> status();

    /** One task. Asks the store. */
    TaskStatus status(String task);

    /** How the engine and its tasks are, as far as this engine knows; asks no store. */
    EngineHealth health();

    /**
     * What the signals said last, by name, in the order of their registration; normal before the first time. Asks nobody:
     * signals are asked while runs go on.
     */
    Map<String, LoadReading> signals();

    /**
     * Says what the task would do if it ran now. Changes nothing, and may be asked while the task runs. Works in the calling
     * thread, until it has looked at all.
     *
     * @throws IllegalArgumentException if the task cannot be previewed
     * @throws io.chatty.maintenance.task.SettingsException if the task's settings are wrong
     * @throws io.chatty.maintenance.task.MaintenanceException if looking failed
     */
    Preview preview(String task);

    /**
     * Starts a run of the task now, beside its schedule, and does not wait for it. The run keeps to no window; where as many
     * runs go on as are allowed at once, it waits for its turn by its priority.
     *
     * @return done when the run no longer goes on here; {@link Run#state} then says why. It fails only when the store
     *     could not be asked any more, or another engine took the run over. What is attached to it without an executor is
     *     done in the worker that ended the run, which it holds until then: attach what waits, for another run say, by the
     *     methods whose names end in {@code Async}
     * @throws io.chatty.maintenance.task.MaintenanceException if the task is paused or has an active run, here or in another
     *     engine, one that awaits confirmation among them, or too many threads hang in tasks
     * @throws IllegalStateException if the engine is not started or is closed
     */
    CompletableFuture<Run> runNow(String task);

    /**
     * Pauses the task until it is resumed, over restarts too: a run that goes on stops after its batch, and due times are
     * recorded as skipped. Does nothing if it is paused already. Does not wait for the run; other engines on the same store
     * stop theirs when they renew its claim.
     */
    void pause(String task);

    /**
     * Ends a pause: a paused run goes on from its cursor, in its window. Does nothing if the task is not paused. Waits for a run
     * that is just storing that it is paused, 5 s at most. Before the start it only stores that the pause has ended: the run
     * goes on at the start, or where another engine has it due. It confirms nothing: a run that awaits confirmation goes on
     * awaiting it.
     *
     * @throws IllegalStateException if the engine is closed
     */
    void resume(String task);

    /**
     * Lets a run go on that is {@link io.chatty.maintenance.run.RunState#AWAITING_CONFIRMATION}, whichever engine left it so: that
     * very run, from its cursor, in its window, with its own now. The confirmation is stored first, and survives a restart. The
     * run then goes on here at once, unless its window is closed or the task is paused. Before the start it is only stored: the
     * run goes on at the start, or where another engine has its task due.
     *
     * <p>A run that was left for more than seven days, or whose task's {@linkplain
     * io.chatty.maintenance.task.MaintenanceTask#fingerprint fingerprint} has changed since, is not confirmed but ended as
     * {@link io.chatty.maintenance.run.RunState#EXPIRED}.
     *
     * @throws IllegalArgumentException if there is no such run, or this engine has no task of its name
     * @throws io.chatty.maintenance.task.MaintenanceException if the run does not await confirmation, was confirmed before, has
     *     expired, or its task cannot be asked for its fingerprint; the message says which
     * @throws IllegalStateException if the engine is closed
     */
    void confirm(RunId id);

    /**
     * Ends the task's active run for good, a batch in flight included, which is rolled back where its store can. Asks for it, and
     * does not wait for the end of that batch. A run of another engine is ended there when its claim is renewed; one that rests
     * is ended at once.
     *
     * @return whether there was one
     */
    boolean cancel(String task);

    /**
     * The runs of the task, the newest first, records of due times that were skipped among them. Asks the store.
     *
     * @param limit how many at most; one or more
     * @throws IllegalArgumentException if the limit is below 1
     */
    List<Run> history(String task, int limit);

    /** The run with that id, of any task; empty if there is none, or it was forgotten. Asks the store. */
    Optional<Run> find(RunId id);
}
