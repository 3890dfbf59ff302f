package io.chatty.maintenance.engine;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shot at a time, armed anew after each: what a tick throws cannot end the next, and no ticks pile up, as they would
 * with a periodic task of the executor.
 */
final class Timer {

    private static final Logger LOG = LoggerFactory.getLogger(Timer.class);
    private static final Duration AFTER_ERROR = Duration.ofSeconds(10);

    private final @Nullable ScheduledExecutorService hosts;
    private final Runnable tick;
    private @Nullable ScheduledExecutorService executor; // guarded by this
    private @Nullable Future<?> armed; // guarded by this
    private boolean closed; // guarded by this

    Timer(@Nullable ScheduledExecutorService hosts, Runnable tick) {
        this.hosts = hosts;
        this.tick = tick;
    }

    /** The next tick comes after that wait; one that was armed before does not come. */
    synchronized void arm(Duration wait) {
        if (closed) {
            return;
        }
        if (armed != null) {
            armed.cancel(false);
        }
        if (executor == null) {
            executor = hosts != null
                    ? hosts
                    : Executors.newSingleThreadScheduledExecutor(Workers.threads("chatty-maintenance-timer"));
        }
        // A millisecond more, so that a clock of coarser grain than the wait does not show a moment before the due
        // time.
        long nanos = (wait.isNegative() ? 0 : wait.toNanos()) + 1_000_000;
        try {
            armed = executor.schedule(this::run, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.error("The host's scheduler refuses the engine's timer: no task runs on its schedule any more", e);
        }
    }

    private void run() {
        try {
            tick.run();
        } catch (Throwable e) { // no error may end the schedules
            LOG.error("A tick failed; the next comes in {}", AFTER_ERROR, e);
            arm(AFTER_ERROR);
        }
    }

    synchronized void close() {
        closed = true;
        if (armed != null) {
            armed.cancel(false);
        }
        if (executor != null && hosts == null) {
            executor.shutdown();
        }
    }
}
