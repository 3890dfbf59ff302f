package io.chatty.maintenance.engine;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls into what the host gave (listeners, the log, meters), one after the other, on a thread of its own that exists only
 * while there is something to do: what hangs or fails there does neither to a run. What does not fit is dropped and counted.
 */
final class Lane {

    static final int CAPACITY = 1000;

    private final ThreadPoolExecutor thread;
    private final AtomicLong dropped = new AtomicLong();

    Lane(String name) {
        thread = new ThreadPoolExecutor(
                1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(CAPACITY), Workers.threads(name));
        thread.allowCoreThreadTimeOut(true);
    }

    /** False if there was no room for it, or the lane is closed. The work must not throw. */
    boolean execute(Runnable work) {
        try {
            thread.execute(work);
            return true;
        } catch (RejectedExecutionException | OutOfMemoryError e) { // an Error, when there is no memory for a thread
            dropped.incrementAndGet();
            return false;
        }
    }

    /** Counts work that its owner dropped rather than have it wait here. */
    void drop() {
        dropped.incrementAndGet();
    }

    long dropped() {
        return dropped.get();
    }

    int waiting() {
        return thread.getQueue().size();
    }

    /** Takes no more. What is waiting is still done, if nobody waits for it. */
    void shutDown() {
        thread.shutdown();
    }

    /** Does what is waiting, for that long at most; false if some of it was dropped. */
    boolean close(Duration bound) throws InterruptedException {
        shutDown();
        if (thread.awaitTermination(bound.toNanos(), TimeUnit.NANOSECONDS)) {
            return true;
        }
        dropped.addAndGet(thread.shutdownNow().size());
        return false;
    }
}
