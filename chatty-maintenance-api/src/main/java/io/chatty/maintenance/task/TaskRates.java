package io.chatty.maintenance.task;

import java.util.OptionalLong;

/**
 * How fast a task goes where the settings of the host say nothing of it. Immutable.
 *
 * @param operationsPerSecond the most {@linkplain BatchResult#operating operations} in a second, 1 or more; empty for no limit
 * @param bytesPerSecond the most bytes in a second, as the task counts {@code bytes}, 1 or more; empty for no limit
 */
public record TaskRates(OptionalLong operationsPerSecond, OptionalLong bytesPerSecond) {

    private static final TaskRates NONE = new TaskRates(OptionalLong.empty(), OptionalLong.empty());

    /**
     * These rates.
     *
     * @throws IllegalArgumentException if one is less than 1
     */
    public TaskRates {
        check("operationsPerSecond", operationsPerSecond);
        check("bytesPerSecond", bytesPerSecond);
    }

    private static void check(String name, OptionalLong rate) {
        if (rate.isPresent() && rate.getAsLong() < 1) {
            throw new IllegalArgumentException(name + ": " + rate.getAsLong() + " given, 1 or more allowed");
        }
    }

    /** No limit. */
    public static TaskRates none() {
        return NONE;
    }

    /** So many operations a second at most, and any number of bytes. */
    public static TaskRates operations(long perSecond) {
        return new TaskRates(OptionalLong.of(perSecond), OptionalLong.empty());
    }

    /** So many bytes a second at most, and any number of operations. */
    public static TaskRates bytes(long perSecond) {
        return new TaskRates(OptionalLong.empty(), OptionalLong.of(perSecond));
    }
}
