package io.chatty.maintenance.schedule;

import io.chatty.maintenance.schedule.LoadReading.Level;

/**
 * From which value on a signal slows, and from which it stops. A level is left only when the value is more than a tenth of its
 * limit on the good side of it, so that a value that wavers around a limit does not switch the level to and fro.
 *
 * @param slowAt the first value that slows
 * @param stopAt the first value that stops
 */
public record LoadLimits(double slowAt, double stopAt) {

    private static final double MARGIN = 0.1;

    /** @throws IllegalArgumentException if the two are equal, or one is not a number, infinite or negative */
    public LoadLimits {
        if (!(slowAt >= 0 && stopAt >= 0 && Double.isFinite(slowAt) && Double.isFinite(stopAt)) || slowAt == stopAt) {
            throw new IllegalArgumentException("limits: slowAt " + slowAt + ", stopAt " + stopAt
                    + " given; two different finite numbers from 0 up are allowed");
        }
    }

    /**
     * For values of which high ones are bad.
     *
     * @throws IllegalArgumentException if {@code stopAt} is not above {@code slowAt}
     */
    public static LoadLimits above(double slowAt, double stopAt) {
        if (stopAt <= slowAt) {
            throw new IllegalArgumentException(
                    "limits: stopAt " + stopAt + " given, above slowAt, " + slowAt + ", is allowed");
        }
        return new LoadLimits(slowAt, stopAt);
    }

    /**
     * For values of which low ones are bad, such as free space.
     *
     * @throws IllegalArgumentException if {@code stopAt} is not below {@code slowAt}
     */
    public static LoadLimits below(double slowAt, double stopAt) {
        if (stopAt >= slowAt) {
            throw new IllegalArgumentException(
                    "limits: stopAt " + stopAt + " given, below slowAt, " + slowAt + ", is allowed");
        }
        return new LoadLimits(slowAt, stopAt);
    }

    /** The level of a value, after that level before. */
    public Level level(double value, Level before) {
        if (reached(value, stopAt, before == Level.STOP)) {
            return Level.STOP;
        }
        return reached(value, slowAt, before == Level.STOP || before == Level.SLOW) ? Level.SLOW : Level.NORMAL;
    }

    private boolean reached(double value, double limit, boolean before) {
        return stopAt > slowAt
                ? value >= (before ? limit * (1 - MARGIN) : limit)
                : value <= (before ? limit * (1 + MARGIN) : limit);
    }
}
