package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.Run;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/**
 * The engine's log. Lines are handed to a lane, so that an appender that fails or hangs does neither to a run; a line of a run
 * has its task and id in the MDC as {@code task} and {@code run}. Each method takes what slf4j's takes.
 */
final class EngineLog {

    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceEngine.class);

    /** So many lines of batches wait at most: those that say how a run ended are to find room. */
    private static final int MOST_OF_BATCHES = Lane.CAPACITY / 2;

    private final Lane lane = new Lane("chatty-maintenance-log");
    private final AtomicLong told = new AtomicLong(); // of what was dropped

    void info(String message, Object... arguments) {
        lane.execute(() -> write(Level.INFO, message, arguments));
    }

    void warn(String message, Object... arguments) {
        lane.execute(() -> write(Level.WARN, message, arguments));
    }

    /** A warning of what has happened so many times: the 1st, 2nd, 4th, 8th … alone, or it would flood the log. */
    void warnSeldom(long times, String message, Object... arguments) {
        if (Long.bitCount(times) == 1) {
            warn(message, arguments);
        }
    }

    void error(String message, Object... arguments) {
        lane.execute(() -> write(Level.ERROR, message, arguments));
    }

    /** A line of a batch, of which there may be very many: the first to go where the log is too slow. */
    void ofBatch(Run run, Level level, String message, Object... arguments) {
        if (isWanted(level)) {
            if (lane.waiting() < MOST_OF_BATCHES) {
                of(run, level, message, arguments);
            } else {
                lane.drop();
            }
        }
    }

    private static boolean isWanted(Level level) {
        try {
            return LOG.isEnabledForLevel(level);
        } catch (Throwable e) { // of the host's log, which is asked here in a run's thread
            return false;
        }
    }

    /** A line of a run. */
    void of(Run run, Level level, String message, Object... arguments) {
        lane.execute(() -> {
            Mark before = mark(run);
            try {
                write(level, message, arguments);
            } finally {
                before.restore();
            }
        });
    }

    /** Puts the run into the MDC of this thread, for what the task itself logs; gives what was there before. */
    static Mark mark(Run run) {
        Mark before = new Mark(MDC.get("task"), MDC.get("run"));
        new Mark(run.task(), run.id().value()).restore();
        return before;
    }

    /** A thread's MDC, as far as it is ours: the thread may be the host's, or in another run's turn. */
    record Mark(@Nullable String task, @Nullable String run) {

        void restore() {
            put("task", task);
            put("run", run);
        }

        private static void put(String key, @Nullable String value) {
            if (value == null) {
                MDC.remove(key);
            } else {
                MDC.put(key, value);
            }
        }
    }

    private void write(Level level, String message, Object... arguments) {
        try {
            long dropped = lane.dropped();
            long before = told.getAndSet(dropped);
            if (dropped > before) {
                LOG.warn("The log is too slow: {} lines before this one were dropped", dropped - before);
            }
            LOG.atLevel(level).log(message, arguments);
        } catch (Throwable ignored) { // there is nowhere to say it
        }
    }

    long dropped() {
        return lane.dropped();
    }

    int waiting() {
        return lane.waiting();
    }

    void close(Duration bound) throws InterruptedException {
        lane.close(bound);
    }
}
