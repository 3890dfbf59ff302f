package io.chatty.maintenance.database.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadReading.Level;
import io.chatty.maintenance.schedule.LoadSignal;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A load that a test brings about for real, and takes away again. Closing takes it away, too, and whatever it needed.
 *
 * <p>One after the other: {@link #slow}, {@link #stop}, {@link #release}; and then, as often as one likes, again.
 */
public interface Pressure extends AutoCloseable {

    /** The signal that is to notice, with limits that fit. Normal before, and some time after. */
    LoadSignal signal();

    /** Presses so that the signal soon slows. It may stop a few seconds later by itself. */
    void slow() throws Exception;

    /** Presses so that it soon stops, after {@link #slow}. */
    void stop() throws Exception;

    /** Presses no longer; also if it did not. */
    void release() throws SQLException, IOException;

    @Override
    default void close() throws SQLException, IOException {
        release();
    }

    /** Reads a signal until it is at that level, as some need time for it. */
    static LoadReading await(LoadSignal signal, Level level) throws Exception {
        return await(signal, level, Duration.ofMinutes(2));
    }

    /** The same, for one that may need longer. */
    static LoadReading await(LoadSignal signal, Level level, Duration atMost) throws Exception {
        long start = System.nanoTime();
        LoadReading reading = signal.read();
        while (reading.level() != level) {
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds until it is %s, now %s", level, reading)
                    .isLessThan(atMost.toNanos());
            LockSupport.parkNanos(100_000_000);
            reading = signal.read();
        }
        return reading;
    }
}
