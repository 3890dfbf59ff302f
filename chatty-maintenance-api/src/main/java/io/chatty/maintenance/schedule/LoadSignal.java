package io.chatty.maintenance.schedule;

/**
 * A reason to slow down or to stop for a while, such as the lag of a replica. The engine asks between two batches, while it
 * holds no connection, at most once a second over all tasks, on a thread of its own, and never while no run goes on. A signal
 * that throws, or takes longer than the engine's signal timeout, counts as {@link LoadReading.Level#UNKNOWN}.
 *
 * <p>Thread-safe; ready ones are in the engine's {@code LoadSignals} and in {@code ChatDatabase.signals()}.
 */
public interface LoadSignal {

    /** What it is called in status, logs and meters: one to 100 letters, digits, {@code .}, {@code _} and {@code -}. */
    String name();

    /** Measures. */
    LoadReading read() throws Exception;

    /**
     * A signal made of a measured value and its limits, with hysteresis, see {@link LoadLimits}.
     *
     * @param unit stands behind the value in reasons, such as {@code "s"}; may be empty
     * @throws IllegalArgumentException if the name is not allowed, see {@link #name}
     */
    static LoadSignal measured(String name, String unit, LoadLimits limits, Measurement measurement) {
        return new MeasuredSignal(name, unit, limits, measurement);
    }

    /** Measures a value. */
    @FunctionalInterface
    interface Measurement {
        /**
         * The value now; NaN if there is nothing to measure, such as the lag where no replica is.
         *
         * @throws Exception if it could not be measured
         */
        double measure() throws Exception;
    }
}
