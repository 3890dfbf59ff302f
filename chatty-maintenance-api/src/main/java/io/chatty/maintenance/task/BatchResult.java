package io.chatty.maintenance.task;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a batch did, and where the next one begins. Immutable. */
public final class BatchResult {

    /** The longest reason, in characters. */
    public static final int MOST_REASON = 1000;

    private static final BatchResult FINISHED = new BatchResult(null, null, Counts.none(), -1, 0, -1, null);

    private final @Nullable Cursor next;
    private final @Nullable String awaited;
    private final Counts counts;
    private final long lookedAt;
    private final long operations;
    private final long left;
    private final @Nullable TimeSpan span;

    private BatchResult(
            @Nullable Cursor next,
            @Nullable String awaited,
            Counts counts,
            long lookedAt,
            long operations,
            long left,
            @Nullable TimeSpan span) {
        this.next = next;
        this.awaited = awaited;
        this.counts = counts;
        this.lookedAt = lookedAt;
        this.operations = operations;
        this.left = left;
        this.span = span;
    }

    /** There is more to do, from this cursor on. */
    public static BatchResult next(Cursor cursor) {
        return new BatchResult(Objects.requireNonNull(cursor, "cursor"), null, Counts.none(), -1, 0, -1, null);
    }

    /**
     * There is more to do, from this cursor on, but only when a person has confirmed it: the engine records this batch, leaves
     * the run as AWAITING_CONFIRMATION, and holds nothing. A task never comes to the batch that begins at this cursor
     * unconfirmed, so the cursor is to say what was confirmed. A run may wait more than once.
     *
     * @param cursor where the run goes on when it was confirmed
     * @param reason what is to be confirmed, for the person who does: such as {@code would remove 4,211 of 9,000 messages}; one
     *     to {@value #MOST_REASON} characters
     * @throws IllegalArgumentException if the reason is blank or longer
     */
    public static BatchResult awaitConfirmation(Cursor cursor, String reason) {
        if (reason.isBlank() || reason.length() > MOST_REASON) {
            throw new IllegalArgumentException("reason: " + reason.length() + " characters given, 1 to " + MOST_REASON
                    + " allowed, not all blank");
        }
        return new BatchResult(Objects.requireNonNull(cursor, "cursor"), reason, Counts.none(), -1, 0, -1, null);
    }

    /** Nothing is left to do: the run ends. */
    public static BatchResult finished() {
        return FINISHED;
    }

    /** The same result with these counts. */
    public BatchResult with(Counts newCounts) {
        return new BatchResult(
                next, awaited, Objects.requireNonNull(newCounts, "counts"), lookedAt, operations, left, span);
    }

    /**
     * The same result for that many items looked at, for a task whose counts do not say so. The size of the next batch and
     * the limit of items a second go by it; else they go by the counts {@code examined}, else by all counts that are not
     * bytes. Items that cost a part of the others can be told as that part.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public BatchResult lookingAt(long items) {
        if (items < 0) {
            throw new IllegalArgumentException("lookingAt: " + items + " given, must not be negative");
        }
        return new BatchResult(next, awaited, counts, items, operations, left, span);
    }

    /**
     * The same result for that many operations: what a batch did that others feel, such as moves and deletes of files, beside all
     * that it looked at. The limit of operations a second goes by it. Default: none.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public BatchResult operating(long number) {
        if (number < 0) {
            throw new IllegalArgumentException("operating: " + number + " given, must not be negative");
        }
        return new BatchResult(next, awaited, counts, lookedAt, number, left, span);
    }

    /**
     * The same result with an estimate of how many items are left to look at.
     *
     * @throws IllegalArgumentException if the estimate is negative
     */
    public BatchResult left(long estimate) {
        if (estimate < 0) {
            throw new IllegalArgumentException("left: " + estimate + " given, must not be negative");
        }
        return new BatchResult(next, awaited, counts, lookedAt, operations, estimate, span);
    }

    /** The same result for items of that time. */
    public BatchResult spanning(TimeSpan times) {
        return new BatchResult(
                next, awaited, counts, lookedAt, operations, left, Objects.requireNonNull(times, "times"));
    }

    /** Where the next batch begins; empty when nothing is left to do. */
    public Optional<Cursor> next() {
        return Optional.ofNullable(next);
    }

    /** Whether nothing is left to do. */
    public boolean isFinished() {
        return next == null;
    }

    /** What is to be confirmed before the run goes on; empty if nothing is. */
    public Optional<String> awaited() {
        return Optional.ofNullable(awaited);
    }

    /** What this batch did. */
    public Counts counts() {
        return counts;
    }

    /** How many items it looked at, if that was told beside the counts. */
    public OptionalLong lookedAt() {
        return lookedAt < 0 ? OptionalLong.empty() : OptionalLong.of(lookedAt);
    }

    /** How many operations it did, as it told. */
    public long operations() {
        return operations;
    }

    /** An estimate of how many items are left to look at, if the task has one. */
    public OptionalLong left() {
        return left < 0 ? OptionalLong.empty() : OptionalLong.of(left);
    }

    /** From when to when the items are that this batch did, or would do; empty if that is not told. */
    public Optional<TimeSpan> span() {
        return Optional.ofNullable(span);
    }

    @Override
    public String toString() {
        return "BatchResult[" + (next == null ? "finished" : "next=" + next.text())
                + (awaited == null ? "" : ", awaits confirmation: " + awaited) + ", " + counts + "]";
    }
}
