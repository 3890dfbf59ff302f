package io.chatty.maintenance.engine;

import java.util.List;

/**
 * How an engine, or a task in it, is.
 *
 * @param level how well
 * @param reasons what is wrong, each with a word in front: {@code overdue}, {@code failing}, {@code awaiting confirmation}, {@code stuck}, {@code stale
 *     claim}, {@code warning}, {@code hanging threads}, {@code timer}, {@code not running}; empty when it is up
 */
public record EngineHealth(Level level, List<String> reasons) {

    /** How well. */
    public enum Level {
        /** All is as it should be. */
        UP,
        /** Some maintenance is not done; the rest is. */
        DEGRADED,
        /** No maintenance is done. */
        DOWN
    }

    /** Copies the list. */
    public EngineHealth {
        reasons = List.copyOf(reasons);
    }

    /** Up without a reason, else degraded. */
    static EngineHealth of(List<String> reasons) {
        return new EngineHealth(reasons.isEmpty() ? Level.UP : Level.DEGRADED, reasons);
    }
}
