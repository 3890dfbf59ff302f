package io.chatty.maintenance.run;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Keeps runs: their history, their cursors, and who may work on them. Thread-safe.
 *
 * <p>The protocol, which the contract test of the testkit holds every store to:
 *
 * <ol>
 *   <li>{@link #begin} creates a run with token 1, unless the task has an active one: at most one run a task is active.
 *   <li>{@link #takeOver} gives an active run to another owner, with a token that is higher by one.
 *   <li>{@link #inBatch} and {@link #end} work only under the claim whose owner and token stand in the store; under any
 *       other they throw {@link ClaimLostException} and leave no trace.
 * </ol>
 *
 * <p>Implementations throw {@link io.chatty.maintenance.task.MaintenanceException} when the store cannot be reached.
 */
public interface RunStore {

    /** What is wrong with the store's own settings and tables, see {@link MaintenanceTask#problems()}. */
    default List<String> problems() {
        return List.of();
    }

    /** The store's clock, if it has one of its own (a database's). Cut-offs of runs come from it. */
    default Optional<Instant> now() {
        return Optional.empty();
    }

    /**
     * Whether what a batch of that task changes and the record of that batch commit together. Otherwise the task commits
     * first and the record follows, so that after a crash in between a batch is done again and counted twice.
     */
    default boolean commitsWith(MaintenanceTask task) {
        return false;
    }

    /**
     * Creates a run and claims it for that owner with token 1.
     *
     * @param now the run's one now
     * @param createdAt the engine's clock
     * @return the run, or empty if the task has an active run
     */
    Optional<Run> begin(String task, String owner, Instant now, Instant createdAt);

    /** Records a run that never began, with the reason. */
    Run skip(String task, String owner, String reason, Instant at);

    /**
     * Takes an active run over: the token grows by one, and the run is RUNNING.
     *
     * @param seen the run as it was last seen; if its token is no longer the store's, another owner was faster
     * @return the run as it is now, or empty if another owner was faster or the run has ended
     */
    Optional<Run> takeOver(Run seen, String owner);

    /**
     * Does a batch and records it: adds its counts, sets its cursor, adds one to the run's batches.
     *
     * <p>A store that {@linkplain #commitsWith commits with} the task does all of it in one transaction, which is rolled
     * back when the batch throws or the claim is lost. Any other does the batch first, holding nothing, and then the record.
     *
     * @param task the task that the batch is of
     * @return the run as it is now
     * @throws ClaimLostException if the claim no longer holds; the batch left no trace if the store commits with the task
     * @throws Exception what the batch threw
     */
    Run inBatch(RunClaim claim, MaintenanceTask task, Batch batch) throws Exception;

    /**
     * Sets the state of a claimed run to anything but RUNNING.
     *
     * @param detail the cause or reason, empty if there is none
     * @param at the engine's clock
     * @throws ClaimLostException if the claim no longer holds
     */
    Run end(RunClaim claim, RunState state, Optional<String> detail, Instant at);

    /** The run with that id. */
    Optional<Run> find(RunId id);

    /** The one active run of that task. */
    Optional<Run> active(String task);

    /**
     * The runs of that task, the newest first.
     *
     * @param limit how many at most; one or more
     */
    List<Run> history(String task, int limit);

    /** Stores that the task is paused, or is not. Survives a restart where runs do. */
    void setPaused(String task, boolean paused);

    /** Whether the task is paused. */
    boolean isPaused(String task);

    /** One batch of a task. */
    @FunctionalInterface
    interface Batch {
        /** Does it. */
        BatchResult run() throws Exception;
    }
}
