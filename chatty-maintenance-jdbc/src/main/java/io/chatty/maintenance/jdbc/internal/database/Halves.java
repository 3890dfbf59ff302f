package io.chatty.maintenance.jdbc.internal.database;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The middle between two values, for the cut of a walk: greater than the low one and less than the high one, so that
 * cutting there comes to an end.
 */
public final class Halves {

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");

    private Halves() {}

    /** Whole numbers as text, of up to 18 digits, so that they can be reckoned with; empty for others. */
    public static Optional<String> ofNumbers(String low, String high) {
        if (!isNumber(low) || !isNumber(high) || Long.parseLong(high) - Long.parseLong(low) < 2) {
            return Optional.empty();
        }
        return Optional.of(String.valueOf(Math.floorDiv(Long.parseLong(low) + Long.parseLong(high), 2L)));
    }

    public static double distanceOfNumbers(String low, String high) {
        return isNumber(low) && isNumber(high) ? (double) Long.parseLong(high) - Long.parseLong(low) : 0;
    }

    private static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches();
    }

    /** Times, in that unit. */
    static Optional<Instant> ofTimes(Instant low, Instant high, ChronoUnit finest) {
        Instant half = low.plus(Duration.between(low, high).dividedBy(2)).truncatedTo(finest);
        return !half.isAfter(low) || !half.isBefore(high) ? Optional.empty() : Optional.of(half);
    }

    static double distanceOfTimes(Instant low, Instant high) {
        Duration between = Duration.between(low, high);
        return between.getSeconds() + between.getNano() / 1e9;
    }
}
