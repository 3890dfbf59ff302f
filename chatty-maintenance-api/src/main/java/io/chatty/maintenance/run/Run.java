package io.chatty.maintenance.run;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run as its store knows it: one line of the history. Immutable.
 *
 * @param id the run's id
 * @param task the name of its task
 * @param state what has become of it
 * @param now the run's one now: every cut-off comes from it
 * @param createdAt when it was created, by the engine's clock
 * @param endedAt when it ended, or null while it is active
 * @param batches how many batches have committed
 * @param counts what they did, in sum
 * @param lastCursor the cursor of the last committed batch, or null before the first
 * @param token the claim's token: it grows with every take-over
 * @param owner which engine claimed it last
 * @param detail the cause of a failure, or the reason of a skip; null if there is nothing to say
 */
public record Run(
        RunId id,
        String task,
        RunState state,
        Instant now,
        Instant createdAt,
        @Nullable Instant endedAt,
        long batches,
        Counts counts,
        @Nullable Cursor lastCursor,
        long token,
        String owner,
        @Nullable String detail) {

    /** How long it lasted from its creation to its end, pauses included; empty while it is active. */
    public Optional<Duration> duration() {
        return Optional.ofNullable(endedAt).map(end -> Duration.between(createdAt, end));
    }

    /** The claim with this run's owner and token. */
    public RunClaim claim() {
        return new RunClaim(id, task, owner, token);
    }

    /** A run that begins: RUNNING, with token 1. */
    public static Run begun(String task, String owner, Instant now, Instant createdAt) {
        return new Run(
                RunId.random(), task, RunState.RUNNING, now, createdAt, null, 0, Counts.none(), null, 1, owner, null);
    }

    /** The record of a run that never began. */
    public static Run skipped(String task, String owner, String reason, Instant at) {
        return new Run(RunId.random(), task, RunState.SKIPPED, at, at, at, 0, Counts.none(), null, 1, owner, reason);
    }

    /** This run under another owner: RUNNING, with a token that is higher by one. */
    public Run takenOver(String newOwner) {
        return new Run(
                id,
                task,
                RunState.RUNNING,
                now,
                createdAt,
                null,
                batches,
                counts,
                lastCursor,
                token + 1,
                newOwner,
                null);
    }

    /** This run after one more batch. */
    public Run plus(BatchResult batch) {
        return new Run(
                id,
                task,
                state,
                now,
                createdAt,
                endedAt,
                batches + 1,
                counts.plus(batch.counts()),
                batch.next().orElse(lastCursor),
                token,
                owner,
                detail);
    }

    /**
     * This run in another state, ended if that state is no active one.
     *
     * @throws IllegalArgumentException if the state is RUNNING
     */
    public Run ended(RunState newState, Optional<String> newDetail, Instant at) {
        if (newState == RunState.RUNNING) {
            throw new IllegalArgumentException("state: RUNNING given, any other is allowed");
        }
        return new Run(
                id,
                task,
                newState,
                now,
                createdAt,
                newState.isActive() ? null : at,
                batches,
                counts,
                lastCursor,
                token,
                owner,
                newDetail.orElse(null));
    }
}
