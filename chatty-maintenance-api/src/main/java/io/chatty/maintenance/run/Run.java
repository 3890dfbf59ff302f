package io.chatty.maintenance.run;

import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run as its store knows it: one line of the history. Immutable.
 *
 * @param id the run's id
 * @param task the name of its task
 * @param state what has become of it
 * @param due the due time that it was begun for, or null if somebody asked for it
 * @param now the run's one now: every cut-off comes from it
 * @param createdAt when it was created, by the engine's clock
 * @param endedAt when it ended, or null while it is active
 * @param batches how many batches have committed
 * @param counts what they did, in sum
 * @param usage what they used, in sum
 * @param lastCursor the cursor of the last committed batch, or null before the first
 * @param token the claim's token: it grows with every take-over
 * @param owner which engine claimed it last
 * @param cutOffs how often it was taken over from an engine that had died, or had lost its claim
 * @param folded how many uneventful runs before it, of the same day, this line stands for as well
 * @param fingerprint of the task that did the last committed batch, see {@link
 *     io.chatty.maintenance.task.MaintenanceTask#fingerprint}; empty before the first. A run that goes on under other settings
 *     has the newer one from its next batch on
 * @param detail the cause of a failure, or the reason of a skip, a pause or a wait for confirmation; null if there is nothing
 *     to say
 */
public record Run(
        RunId id,
        String task,
        RunState state,
        @Nullable Instant due,
        Instant now,
        Instant createdAt,
        @Nullable Instant endedAt,
        long batches,
        Counts counts,
        Usage usage,
        @Nullable Cursor lastCursor,
        long token,
        String owner,
        int cutOffs,
        long folded,
        String fingerprint,
        @Nullable String detail) {

    /** How long it lasted from its creation to its end, pauses included; empty while it is active. */
    public Optional<Duration> duration() {
        return Optional.ofNullable(endedAt).map(end -> Duration.between(createdAt, end));
    }

    /** The claim with this run's owner and token. */
    public RunClaim claim() {
        return new RunClaim(id, task, owner, token);
    }

    /** Whether it never began: the record of a due time that was left out. */
    public boolean isSkipped() {
        return state == RunState.SKIPPED;
    }

    /** Whether it goes on only when a person has confirmed it. */
    public boolean isAwaitingConfirmation() {
        return state == RunState.AWAITING_CONFIRMATION;
    }

    /** Whether it ended well and did nothing but look: all its counts but {@code examined…} are zero. */
    public boolean isUneventful() {
        return state == RunState.SUCCEEDED
                && counts.asMap().entrySet().stream()
                        .allMatch(count -> count.getValue() == 0
                                || count.getKey().equals("examined")
                                || count.getKey().startsWith("examined."));
    }

    /** Whether it may be folded with others of its day: it was uneventful, and nobody asked for it, who may look for it. */
    public boolean isFoldable() {
        return isUneventful() && due != null;
    }

    /** A run that begins: RUNNING, with token 1. */
    public static Run begun(String task, String owner, Optional<Instant> due, Instant now, Instant createdAt) {
        return fresh(task, RunState.RUNNING, due, now, createdAt, null, owner, null);
    }

    /** The record of a due time that was left out. */
    public static Run skipped(String task, String owner, Instant due, String reason, Instant at) {
        return fresh(task, RunState.SKIPPED, Optional.of(due), at, at, at, owner, reason);
    }

    private static Run fresh(
            String task,
            RunState state,
            Optional<Instant> due,
            Instant now,
            Instant createdAt,
            @Nullable Instant endedAt,
            String owner,
            @Nullable String detail) {
        return new Run(
                RunId.random(),
                task,
                state,
                due.orElse(null),
                now,
                createdAt,
                endedAt,
                0,
                Counts.none(),
                Usage.NONE,
                null,
                1,
                owner,
                0,
                0,
                "",
                detail);
    }

    /** This run under another owner: RUNNING, with a token that is higher by one; cut off once more if it was RUNNING. */
    public Run takenOver(String newOwner) {
        return new Run(
                id,
                task,
                RunState.RUNNING,
                due,
                now,
                createdAt,
                null,
                batches,
                counts,
                usage,
                lastCursor,
                token + 1,
                newOwner,
                state == RunState.RUNNING ? cutOffs + 1 : cutOffs,
                folded,
                fingerprint,
                null);
    }

    /** This run after one more batch: SUCCEEDED if that was the last, AWAITING_CONFIRMATION if it asked for that. */
    public Run plus(BatchRecord batch) {
        boolean finished = batch.result().isFinished();
        Optional<String> awaited = batch.result().awaited();
        return new Run(
                id,
                task,
                finished ? RunState.SUCCEEDED : awaited.isPresent() ? RunState.AWAITING_CONFIRMATION : state,
                due,
                now,
                createdAt,
                finished ? batch.at() : endedAt,
                batches + 1,
                counts.plus(batch.result().counts()),
                usage.plus(batch.usage()),
                batch.result().next().orElse(lastCursor),
                token,
                owner,
                cutOffs,
                folded,
                batch.fingerprint(),
                awaited.orElse(detail));
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
                due,
                now,
                createdAt,
                newState.isActive() ? null : at,
                batches,
                counts,
                usage,
                lastCursor,
                token,
                owner,
                cutOffs,
                folded,
                fingerprint,
                newDetail.orElse(null));
    }

    /** Whether one line may stand for both: each is foldable, of the same day of UTC, and under the same fingerprint. */
    public boolean isFoldableWith(Run earlier) {
        return isFoldable()
                && earlier.isFoldable()
                && day().equals(earlier.day())
                && fingerprint.equals(earlier.fingerprint);
    }

    private LocalDate day() {
        return createdAt.atOffset(ZoneOffset.UTC).toLocalDate();
    }

    /** This uneventful run as the line that stands for that earlier one too. */
    public Run folding(Run earlier) {
        return new Run(
                id,
                task,
                state,
                due,
                now,
                createdAt,
                endedAt,
                batches + earlier.batches,
                counts.plus(earlier.counts),
                usage.plus(earlier.usage),
                lastCursor,
                token,
                owner,
                cutOffs + earlier.cutOffs,
                folded + 1 + earlier.folded,
                fingerprint,
                detail);
    }
}
