package io.chatty.maintenance.retention;

import java.time.Duration;

/** Which durations are allowed as times to keep messages for, and how they are written. */
final class KeptTime {

    private static final Duration LONGEST = Duration.ofDays(3_652_425);

    private KeptTime() {}

    /**
     * That duration.
     *
     * @param name what it was given as
     * @param instead what to do where none is meant
     * @throws IllegalArgumentException if it is zero or negative, or longer than 10,000 years
     */
    static Duration checked(String name, Duration time, String instead) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException(name + ": " + time + " given, must be longer than zero; " + instead);
        }
        if (time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + ": " + time + " given, at most 10,000 years allowed; " + instead);
        }
        return time;
    }

    /** In days where these are whole, else as ISO-8601 has it. */
    static String text(Duration time) {
        long days = time.toDays();
        if (!time.equals(Duration.ofDays(days))) {
            return time.toString();
        }
        return days == 1 ? "1 day" : days + " days";
    }
}
