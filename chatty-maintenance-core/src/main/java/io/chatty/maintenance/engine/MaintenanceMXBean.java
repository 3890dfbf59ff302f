package io.chatty.maintenance.engine;

import java.util.Map;

/**
 * {@link MaintenanceOperations} for JMX consoles, in strings. An engine that is started stands in the platform's MBean server as
 * {@code io.chatty.maintenance:type=MaintenanceEngine,name="…"}, with the name that its builder was given; where another engine
 * in the JVM has that name already, with {@code -2} or the next free number behind it. Thread-safe.
 *
 * <p>An unknown task is an {@link IllegalArgumentException} that lists those that exist; what else cannot be done is an {@link
 * IllegalStateException} that says why.
 */
public interface MaintenanceMXBean {

    /** The engine's name. */
    String getName();

    /** How the engine and its tasks are: {@code UP}, {@code DEGRADED} or {@code DOWN}. Asks no store. */
    String getHealth();

    /** What is wrong; empty when it is up. Asks no store. */
    String[] getHealthReasons();

    /** One line a task, in the order of their registration. Asks the store. */
    String[] getStatus();

    /** What the signals said last, by name: their level and the reason. */
    Map<String, String> getSignals();

    /**
     * The runs of a task, one line each, the newest first.
     *
     * @param limit how many at most; one or more
     */
    String[] history(String task, int limit);

    /** What the task would do if it ran now. Changes nothing; gives its answer when it has looked at all. */
    String preview(String task);

    /**
     * Starts a run of the task, and does not wait for its end.
     *
     * @return the run's id
     */
    String runNow(String task);

    /** Pauses the task until it is resumed, over restarts too. */
    void pause(String task);

    /** Ends a pause: a paused run goes on from its cursor. Confirms nothing. */
    void resume(String task);

    /**
     * Lets the run with that id go on, which awaits confirmation.
     *
     * @param runId as the health, the log and the history have it
     */
    void confirm(String runId);

    /**
     * Ends the task's active run for good, a batch in flight included.
     *
     * @return whether there was one
     */
    boolean cancel(String task);
}
