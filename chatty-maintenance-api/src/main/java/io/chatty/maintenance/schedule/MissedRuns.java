package io.chatty.maintenance.schedule;

import java.time.Duration;
import java.time.Instant;

/**
 * What becomes of due times at which a run could not start: the engine was down, the machine asleep, the workers busy. How
 * many they are never matters: at most one run makes up for all of them, and the schedule goes on. Intervals miss nothing, see
 * {@link Schedule#catchesUp}.
 *
 * @param makeUp whether one run makes up for them
 * @param startDeadline how long after the latest of them that run may still start; beyond, it is recorded as skipped
 */
public record MissedRuns(boolean makeUp, Duration startDeadline) {

    /** @throws IllegalArgumentException if the deadline is zero or negative: no run could start in it */
    public MissedRuns {
        if (startDeadline.isNegative() || startDeadline.isZero()) {
            throw new IllegalArgumentException("startDeadline: " + startDeadline + " given, must be positive");
        }
    }

    /**
     * One run makes up for all that were missed, if it can start at most that long after the latest of them.
     *
     * @throws IllegalArgumentException if the deadline is zero or negative
     */
    public static MissedRuns once(Duration startDeadline) {
        return new MissedRuns(true, startDeadline);
    }

    /** They are left out and recorded as skipped. Being late by less than a minute is no miss. */
    public static MissedRuns skip() {
        return new MissedRuns(false, Duration.ofMinutes(1));
    }

    /** Whether a run that was due then may start now: no later than the deadline after it. */
    public boolean allowsStart(Instant due, Instant now) {
        return Duration.between(due, now).compareTo(startDeadline) <= 0;
    }
}
