package io.chatty.maintenance.run;

import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import java.time.Duration;
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
 *   <li>A claim holds for the time that was asked for, by the store's own clock, and {@link #renew} makes it hold longer. A
 *       run that rests (PAUSED, INTERRUPTED, AWAITING_CONFIRMATION) is nobody's.
 *   <li>{@link #takeOver} gives an active run to another owner, with a token that is higher by one: one that rests, one of the
 *       same owner, or one whose claim has run out; but none that is AWAITING_CONFIRMATION.
 *   <li>{@link #settle} alone takes a run out of AWAITING_CONFIRMATION, in one step and for good: nothing that fails on the way
 *       can leave it as one that goes on unconfirmed. To confirm it is to make it INTERRUPTED, which whoever comes next takes
 *       over, in this process or another.
 *   <li>{@link #inBatch}, {@link #renew} and {@link #end} work only under the claim whose owner and token stand in the store;
 *       under any other they throw {@link ClaimLostException}, or say so, and leave no trace. A claim that has run out but was
 *       not taken over still works: the token decides.
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
     * Whether engines of other processes may work on the same runs, so that claims run out and have to be renewed. Default:
     * false.
     */
    default boolean isShared() {
        return false;
    }

    /**
     * Whether what a batch of that task changes and the record of that batch commit together. Otherwise the task commits
     * first and the record follows, so that after a crash in between a batch is done again and counted twice.
     */
    default boolean commitsWith(MaintenanceTask task) {
        return false;
    }

    /** What is known of the task, in one look. */
    TaskRecord look(String task);

    /**
     * Stores a run that begins, claimed for its owner.
     *
     * @param fresh made by {@link Run#begun}
     * @param lastSeen the newest run of the task that was seen to have begun, empty if there was none; if another has begun
     *     since, this one does not
     * @param claimFor how long the claim holds
     * @return false if the task has an active run, or another has begun since
     */
    boolean begin(Run fresh, Optional<RunId> lastSeen, Duration claimFor);

    /**
     * Records a due time that was left out.
     *
     * @param skipped made by {@link Run#skipped}
     * @return false if the same due time of the task was recorded as skipped before, by another engine say; nothing is stored
     *     then
     */
    boolean skip(Run skipped);

    /**
     * Takes an active run over: the token grows by one, and the run is RUNNING. Allowed for a run that is PAUSED or INTERRUPTED,
     * for one of the same owner, and for one whose claim has run out; not for one that is AWAITING_CONFIRMATION.
     *
     * @param seen the run as it was last seen; if its token is no longer the store's, another owner was faster
     * @param claimFor how long the new claim holds
     * @return the run as it is now, or empty if another owner was faster or still holds it, or the run has ended
     *     or awaits confirmation
     */
    Optional<Run> takeOver(Run seen, String owner, Duration claimFor);

    /** Makes a claim hold for that long from now on, and tells what was asked of the run meanwhile. */
    ClaimState renew(RunClaim claim, Duration claimFor);

    /**
     * Asks for a run to be cancelled, whoever works on it: its engine is told at its next {@link #renew}.
     *
     * @return false if the run is not RUNNING
     */
    boolean askCancel(RunId id);

    /**
     * Does a batch and records it: adds its counts and usage, sets its cursor, adds one to the run's batches, and ends the run
     * as SUCCEEDED if the batch was the last. If it {@linkplain io.chatty.maintenance.task.BatchResult#awaited asked for a
     * confirmation}, the run is AWAITING_CONFIRMATION with that reason as its detail, and the claim is given up.
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
     * Sets the state of a claimed run to anything but RUNNING. The claim is given up.
     *
     * @param detail the cause or reason, empty if there is none
     * @param at the engine's clock
     * @throws ClaimLostException if the claim no longer holds
     */
    Run end(RunClaim claim, RunState state, Optional<String> detail, Instant at);

    /**
     * Settles a run that is AWAITING_CONFIRMATION, whoever left it: INTERRUPTED if it was confirmed, CANCELLED, or EXPIRED. Of
     * many that settle the same run, one does.
     *
     * @param waiting the run as it was last seen
     * @param detail what was said to it
     * @param at the engine's clock
     * @return the run as it is now, or empty if it awaits confirmation no more, or was taken over since it was seen
     * @throws IllegalArgumentException if the state is another one
     */
    Optional<Run> settle(Run waiting, RunState state, String detail, Instant at);

    /**
     * For implementations of {@link #settle}.
     *
     * @throws IllegalArgumentException if a run that awaits confirmation cannot be settled as that
     */
    static void checkSettles(RunState state) {
        if (state != RunState.INTERRUPTED && state != RunState.CANCELLED && state != RunState.EXPIRED) {
            throw new IllegalArgumentException(
                    "state: " + state + " given; INTERRUPTED (confirmed), CANCELLED and EXPIRED are allowed");
        }
    }

    /**
     * Folds a run that was due and {@linkplain Run#isUneventful ended uneventfully} with the run of the task that ended before
     * it, if that {@linkplain Run#isFoldableWith may be}: was due and uneventful, too, was created on the same day of UTC, and
     * had the same fingerprint. The earlier line goes, the later stands for both. One that a person asked for, which has no due time, stays.
     */
    void fold(Run uneventful);

    /**
     * Forgets runs that ended before that instant, but of each task the newest that had begun.
     *
     * @param limit how many at most; one or more
     * @return how many were forgotten
     */
    int forget(Instant endedBefore, int limit);

    /** The run with that id. */
    Optional<Run> find(RunId id);

    /**
     * The runs of that task, the newest first.
     *
     * @param limit how many at most; one or more
     */
    List<Run> history(String task, int limit);

    /** Stores that the task is paused, or is not. Survives a restart where runs do. */
    void setPaused(String task, boolean paused);

    /** Stores when the task's circuit breaker was opened, or that it is closed. Survives a restart where runs do. */
    void setBreaker(String task, Optional<Instant> openedAt);

    /** One batch of a task. */
    @FunctionalInterface
    interface Batch {
        /** Does it, and says what is to be recorded. */
        BatchRecord run() throws Exception;
    }
}
