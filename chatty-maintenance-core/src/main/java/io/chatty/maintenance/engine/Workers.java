package io.chatty.maintenance.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The executor that runs go on on: the host's, or an own one that can be interrupted and closed. */
final class Workers {

    /** A run holds one connection while it is in a batch, and the host is to lend two at most. */
    private static final int OWN_THREADS = 2;

    private final Executor executor;
    private final @Nullable ThreadPoolExecutor own;

    Workers(@Nullable Executor hosts) {
        if (hosts != null) {
            own = null;
            executor = hosts;
        } else {
            own = new ThreadPoolExecutor(
                    OWN_THREADS,
                    OWN_THREADS,
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
        executor.execute(work);
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
