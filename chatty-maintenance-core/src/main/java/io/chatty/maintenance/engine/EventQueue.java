package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.MaintenanceListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners of events, in order, on a thread of its own, which exists only while there is something to tell. */
final class EventQueue {

    private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);
    static final int CAPACITY = 1000;

    private final List<MaintenanceListener> listeners;
    private final ThreadPoolExecutor thread;
    private final AtomicLong dropped = new AtomicLong();

    EventQueue(List<MaintenanceListener> listeners, ThreadFactory threads) {
        this.listeners = listeners;
        this.thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(CAPACITY), threads);
        thread.allowCoreThreadTimeOut(true);
    }

    void publish(MaintenanceEvent event) {
        if (listeners.isEmpty()) {
            return;
        }
        try {
            thread.execute(() -> tell(event));
        } catch (RejectedExecutionException e) {
            long count = dropped.incrementAndGet();
            if (Long.bitCount(count) == 1) { // 1, 2, 4, 8 …: a slow listener must not flood the log
                LOG.warn("Listeners are too slow or the engine is closed: {} events dropped so far", count);
            }
        }
    }

    private void tell(MaintenanceEvent event) {
        for (MaintenanceListener listener : listeners) {
            try {
                listener.on(event);
            } catch (Throwable e) { // a listener's error must not end the telling
                LOG.warn("Listener {} failed on {}", listener, event, e);
            }
        }
    }

    /** Tells what is waiting, for that long at most. */
    void close(Duration bound) throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(bound.toNanos(), TimeUnit.NANOSECONDS)) {
            LOG.warn(
                    "Listeners did not take {} events in {}; they are dropped",
                    thread.getQueue().size(),
                    bound);
            thread.shutdownNow();
        }
    }
}
