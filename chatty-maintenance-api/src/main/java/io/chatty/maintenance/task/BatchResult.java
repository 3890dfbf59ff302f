package io.chatty.maintenance.task;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a batch did, and where the next one begins. Immutable. */
public final class BatchResult {

    private static final BatchResult FINISHED = new BatchResult(null, Counts.none(), -1);

    private final @Nullable Cursor next;
    private final Counts counts;
    private final long left;

    private BatchResult(@Nullable Cursor next, Counts counts, long left) {
        this.next = next;
        this.counts = counts;
        this.left = left;
    }

    /** There is more to do, from this cursor on. */
    public static BatchResult next(Cursor cursor) {
        return new BatchResult(Objects.requireNonNull(cursor, "cursor"), Counts.none(), -1);
    }

    /** Nothing is left to do: the run ends. */
    public static BatchResult finished() {
        return FINISHED;
    }

    /** The same result with these counts. */
    public BatchResult with(Counts newCounts) {
        return new BatchResult(next, Objects.requireNonNull(newCounts, "counts"), left);
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
        return new BatchResult(next, counts, estimate);
    }

    /** Where the next batch begins; empty when nothing is left to do. */
    public Optional<Cursor> next() {
        return Optional.ofNullable(next);
    }

    /** Whether nothing is left to do. */
    public boolean isFinished() {
        return next == null;
    }

    /** What this batch did. */
    public Counts counts() {
        return counts;
    }

    /** An estimate of how many items are left to look at, if the task has one. */
    public OptionalLong left() {
        return left < 0 ? OptionalLong.empty() : OptionalLong.of(left);
    }

    @Override
    public String toString() {
        return "BatchResult[" + (next == null ? "finished" : "next=" + next.text()) + ", " + counts + "]";
    }
}
