package io.chatty.maintenance.schedule;

import java.util.Objects;

/**
 * What a {@link LoadSignal} says.
 *
 * @param level how much maintenance the host can bear
 * @param reason what was measured, for a person, such as {@code "replication lag 12 s"}
 */
public record LoadReading(Level level, String reason) {

    /** How much maintenance the host can bear. */
    public enum Level {
        /** All that is configured. */
        NORMAL,
        /** Less: tasks rest between batches. */
        SLOW,
        /** None: tasks wait before their next batch. */
        STOP,
        /** It could not be measured: reported, and no reason to stop. */
        UNKNOWN
    }

    /** Checks for nulls. */
    public LoadReading {
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(reason, "reason");
    }

    /** All that is configured may go on. */
    public static LoadReading normal(String reason) {
        return new LoadReading(Level.NORMAL, reason);
    }

    /** Tasks rest between batches. */
    public static LoadReading slow(String reason) {
        return new LoadReading(Level.SLOW, reason);
    }

    /** Tasks wait before their next batch. */
    public static LoadReading stop(String reason) {
        return new LoadReading(Level.STOP, reason);
    }

    /** It could not be measured. */
    public static LoadReading unknown(String reason) {
        return new LoadReading(Level.UNKNOWN, reason);
    }
}
