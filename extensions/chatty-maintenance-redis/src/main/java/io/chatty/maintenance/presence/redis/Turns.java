package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one thing at a time wait for Redis, on an executor: the host's, or a daemon thread of its own. Of each kind at most one waits for its
 * turn. Thread-safe.
 */
final class Turns {

    private static final Logger LOG = LoggerFactory.getLogger(RedisPresenceTracker.class);

    /** What waits. */
    enum Kind {
        BEAT,
        SAY,
        READ,
        SWEEP
    }

    private final Executor executor;
    private final @Nullable ThreadPoolExecutor own;
    private final ReentrantLock turn = new ReentrantLock();
    private final Set<Kind> waiting = EnumSet.noneOf(Kind.class); // guarded by itself
    private volatile boolean closed;

    /** @param hosts null for an own one */
    Turns(@Nullable Executor hosts) {
        own = hosts == null ? ownThread() : null;
        executor = own != null ? own : Objects.requireNonNull(hosts);
    }

    private static ThreadPoolExecutor ownThread() {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "chatty-maintenance-presence-redis");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Does it when its turn has come, unless one of its kind waits already. */
    void take(Kind kind, Runnable action) {
        synchronized (waiting) {
            if (closed || !waiting.add(kind)) {
                return;
            }
        }
        try {
            executor.execute(() -> {
                synchronized (waiting) {
                    waiting.remove(kind);
                }
                run(action);
            });
        } catch (RejectedExecutionException e) {
            synchronized (waiting) {
                waiting.remove(kind);
            }
            LOG.error("The executor for work with Redis refuses: nothing is said or heard until it takes some", e);
        }
    }

    private void run(Runnable action) {
        turn.lock();
        try {
            if (!closed) {
                action.run();
            }
        } catch (RuntimeException e) { // nothing else would see it
            LOG.error("Work with Redis failed", e);
        } finally {
            turn.unlock();
        }
    }

    /**
     * Does it in this thread, when its turn comes.
     *
     * @throws MaintenanceException if that is not within the bound, or this is closed
     */
    <T> T now(Callable<T> action, Duration bound) throws Exception {
        if (!turn.tryLock(bound.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new MaintenanceException(
                    "Redis was waited for by something else all of " + bound + ": try again later");
        }
        try {
            if (closed) {
                throw new MaintenanceException("the tracker is closed; build a new one");
            }
            return action.call();
        } finally {
            turn.unlock();
        }
    }

    /** Does a last thing, in a thread of its own, and waits for it for so long. */
    void close(Runnable last, Duration bound) {
        closed = true;
        CountDownLatch done = new CountDownLatch(1);
        Thread thread = new Thread(
                () -> {
                    turn.lock();
                    try {
                        last.run();
                    } finally {
                        turn.unlock();
                        done.countDown();
                    }
                },
                "chatty-maintenance-presence-redis-last");
        thread.setDaemon(true);
        thread.start();
        try {
            if (!done.await(bound.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("Redis does not answer within {}: others see this node go when it is gone for them", bound);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (own != null) {
            own.shutdownNow();
        }
    }
}
