package io.chatty.maintenance.presence.tracker;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a tracker's work is done on: a scheduler and an executor that calls subscribers, the host's or its own. Each shot is armed
 * when the one before is over, so that none pile up, and what one throws does not end the next. Thread-safe.
 */
public final class Clockwork {

    private static final Logger LOG = LoggerFactory.getLogger(io.chatty.maintenance.presence.PresenceTracker.class);
    private static final int MOST_SUBSCRIBER_THREADS = 8;

    private final ScheduledExecutorService scheduler;
    private final boolean isOwn;
    private final Executor subscribers;
    private volatile boolean closed;

    /** On the host's executors; null for own ones. */
    public Clockwork(@Nullable ScheduledExecutorService scheduler, @Nullable Executor subscribers) {
        this.isOwn = scheduler == null;
        this.scheduler = scheduler == null
                ? new ScheduledThreadPoolExecutor(1, threads("chatty-maintenance-presence"))
                : scheduler;
        this.subscribers = subscribers == null ? ownSubscribers() : subscribers;
    }

    private static Executor ownSubscribers() {
        // Each subscription is in the queue at most once.
        ThreadPoolExecutor own = new ThreadPoolExecutor(
                MOST_SUBSCRIBER_THREADS,
                MOST_SUBSCRIBER_THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                threads("chatty-maintenance-presence-subscriber"));
        own.allowCoreThreadTimeOut(true);
        return own;
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** What calls subscribers. Threads of its own end by themselves, so that all can be told after a close. */
    public Executor subscribers() {
        return subscribers;
    }

    /** Does an action again and again, until it is closed. */
    public void every(Duration wait, Runnable action) {
        after(wait, () -> {
            try {
                action.run();
            } finally {
                every(wait, action);
            }
        });
    }

    /** Does an action after that wait, unless it is closed by then. */
    public void after(Duration wait, Runnable action) {
        if (closed) {
            return;
        }
        try {
            var unused = scheduler.schedule(() -> run(action), wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            if (!closed) {
                LOG.error("The scheduler refuses: presence does not go on until it is built anew", e);
            }
        }
    }

    private void run(Runnable action) {
        if (closed) {
            return;
        }
        try {
            action.run();
        } catch (Throwable e) { // nothing else would see it
            LOG.error("An action of presence failed", e);
        }
    }

    /** Nothing more is done. The host's executors go on. */
    public void close() {
        closed = true;
        if (isOwn) {
            scheduler.shutdownNow();
        }
    }
}
