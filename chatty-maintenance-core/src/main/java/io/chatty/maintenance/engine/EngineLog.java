package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.Run;
import java.time.Duration;
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

    private final Lane lane = new Lane("chatty-maintenance-log");

    void info(String message, Object... arguments) {
        lane.execute(() -> write(Level.INFO, message, arguments));
    }

    void warn(String message, Object... arguments) {
        lane.execute(() -> write(Level.WARN, message, arguments));
    }

    void error(String message, Object... arguments) {
        lane.execute(() -> write(Level.ERROR, message, arguments));
    }

    /** A line of a run. */
    void of(Run run, Level level, String message, Object... arguments) {
        lane.execute(() -> {
            try {
                mark(run);
                write(level, message, arguments);
            } finally {
                unmark();
            }
        });
    }

    /** Puts the run into the MDC of this thread, for what the task itself logs. */
    static void mark(Run run) {
        MDC.put("task", run.task());
        MDC.put("run", run.id().value());
    }

    static void unmark() {
        MDC.remove("task");
        MDC.remove("run");
    }

    private static void write(Level level, String message, Object... arguments) {
        try {
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
