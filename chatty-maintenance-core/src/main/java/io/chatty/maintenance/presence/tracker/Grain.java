package io.chatty.maintenance.presence.tracker;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** How coarsely times are shown, in milliseconds: {@code PresenceSettings.lastSeenGrain}. */
public record Grain(long millis) {

    /** Before it there may be no whole grain: one is a day at most. */
    private static final Instant EARLY = Instant.MIN.plus(1, ChronoUnit.DAYS);

    /** @throws IllegalArgumentException if it is less than a millisecond, or more than a day */
    public Grain {
        if (millis < 1 || millis > 86_400_000) {
            throw new IllegalArgumentException("grain: " + millis + " ms given, 1 ms to a day allowed");
        }
    }

    /** Of whole milliseconds. */
    public static Grain of(Duration grain) {
        return new Grain(grain.toMillis());
    }

    /** The last whole grain since 1970 that is not later; also of times that are further off than milliseconds can be counted. */
    public Instant cut(Instant at) {
        long beyond = Math.floorMod(at.getEpochSecond(), millis) * 1_000 + at.getNano() / 1_000_000;
        return at.isBefore(EARLY)
                ? Instant.MIN
                : at.truncatedTo(ChronoUnit.MILLIS).minusMillis(beyond % millis);
    }
}
