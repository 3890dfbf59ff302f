package io.chatty.maintenance.task;

import java.time.Instant;

/**
 * From when to when the items are that a batch has to do with.
 *
 * @param oldest of the oldest
 * @param newest of the newest
 */
public record TimeSpan(Instant oldest, Instant newest) {

    /** @throws IllegalArgumentException if the oldest is younger than the newest */
    public TimeSpan {
        if (newest.isBefore(oldest)) {
            throw new IllegalArgumentException(
                    "time span: oldest " + oldest + " and newest " + newest + " given, in the wrong order");
        }
    }

    /** What both have within them. */
    public TimeSpan and(TimeSpan other) {
        return new TimeSpan(
                oldest.isBefore(other.oldest) ? oldest : other.oldest,
                newest.isAfter(other.newest) ? newest : other.newest);
    }
}
