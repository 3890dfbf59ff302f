package io.chatty.maintenance.engine;

import java.time.Duration;

/** Refuses values that are not allowed, with their name and what is allowed. */
final class Allowed {

    private Allowed() {}

    static Duration between(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + ": " + value + " given, " + least + " to " + most + " allowed");
        }
        return value;
    }

    static int between(String name, int value, int least, int most) {
        return (int) between(name, (long) value, least, most);
    }

    static long between(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " given, " + least
                    + (most == Long.MAX_VALUE ? " or more" : " to " + most) + " allowed");
        }
        return value;
    }
}
