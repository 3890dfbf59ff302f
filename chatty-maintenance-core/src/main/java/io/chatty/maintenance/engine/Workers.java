package io.chatty.maintenance.engine;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The executor that work goes on on: the host's, or an own one whose size can change, and which can be closed. */
final class Workers {

    /** So many hung threads are replaced; one more, and the engine is down. */
    private static final int MOST_REPLACED = 2;

    private final Executor executor;
    private final @Nullable ThreadPoolExecutor own;
    private int threads; // guarded by this
    private int hung; // guarded by this
    private final Set<Thread> busy = new HashSet<>(); // guarded by this: those that are in our work

    /** @param threads how many an own executor has */
    Workers(@Nullable Executor hosts, int threads) {
        this.threads = threads;
        if (hosts != null) {
            own = null;
            executor = hosts;
        } else {
            own = new ThreadPoolExecutor(
                    threads,
                    threads,
                    10,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    threads("chatty-maintenance-worker"));
            own.allowCoreThreadTimeOut(true);
            executor = own;
        }
    }

    /** Daemon threads of that name and a number. */
    static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    void execute(Runnable work) {
        executor.execute(() -> {
            boolean first = begin(); // an executor may do work within work, in the same thread
            try {
                work.run();
            } finally {
                if (first) {
                    end();
                }
            }
        });
    }

    private synchronized boolean begin() {
        return busy.add(Thread.currentThread());
    }

    private synchronized void end() {
        busy.remove(Thread.currentThread());
        notifyAll();
    }

    /** Waits until no thread is in our work any more, but for the caller's own and those that hang. */
    synchronized void awaitIdle(Duration bound) throws InterruptedException {
        long until = System.nanoTime() + bound.toNanos();
        int mine = busy.contains(Thread.currentThread()) ? 1 : 0;
        while (busy.size() > mine + hung && until - System.nanoTime() > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, until - System.nanoTime());
        }
    }

    /** Sets how many threads an own executor has, beside those that replace hung ones. */
    synchronized void resize(int wanted) {
        threads = wanted;
        apply();
    }

    /**
     * Counts a thread that hangs in a task, and replaces it.
     *
     * @return false if too many hang already: it is not replaced, and the engine is down
     */
    synchronized boolean writeOff() {
        hung++;
        apply();
        return hung <= MOST_REPLACED;
    }

    /** A thread that was written off has come back. */
    synchronized void cameBack() {
        hung--;
        apply();
    }

    synchronized int hung() {
        return hung;
    }

    /** Whether so many threads hang that they are no longer replaced. */
    boolean isDown() {
        return hung() > MOST_REPLACED;
    }

    private void apply() {
        if (own == null) {
            return;
        }
        int size = threads + Math.min(hung, MOST_REPLACED);
        if (size > own.getMaximumPoolSize()) {
            own.setMaximumPoolSize(size);
            own.setCorePoolSize(size);
        } else {
            own.setCorePoolSize(size);
            own.setMaximumPoolSize(size);
        }
    }

    /** Interrupts what goes on, where the threads are our own. */
    void interrupt() {
        if (own != null) {
            own.shutdownNow();
        }
    }

    void close() {
        if (own != null) {
            own.shutdown();
        }
    }
}
