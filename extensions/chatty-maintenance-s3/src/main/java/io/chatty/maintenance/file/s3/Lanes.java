package io.chatty.maintenance.file.s3;

import io.chatty.maintenance.file.Attempt;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Several requests at once, in daemon threads that end by themselves when there is nothing to do. */
final class Lanes {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int IDLE_SECONDS = 5;

    private Lanes() {}

    /** Threads for that many requests at once. */
    static ThreadPoolExecutor threads(int count) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                count, count, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), job -> {
                    Thread thread = new Thread(job, "chatty-maintenance-s3-" + NUMBER.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** What is done with each. */
    @FunctionalInterface
    interface Step<A, B> {
        B apply(A item) throws IOException;
    }

    /**
     * Does it with each, so many at once, and gives what came of each, in their order. When the endpoint cannot be used at all,
     * those that were not begun are not tried any more and fail in the same way.
     */
    static <A, B> List<Attempt<B>> each(int count, List<A> items, Step<A, B> step) {
        AtomicReference<Requests.Unavailable> unavailable = new AtomicReference<>();
        List<Callable<Attempt<B>>> jobs = new ArrayList<>(items.size());
        for (A item : items) {
            jobs.add(() -> attempt(item, step, unavailable));
        }
        List<Attempt<B>> attempts = new ArrayList<>(items.size());
        ThreadPoolExecutor threads = threads(Math.max(1, Math.min(count, items.size())));
        try {
            for (Future<Attempt<B>> done : threads.invokeAll(jobs)) {
                attempts.add(done.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            while (attempts.size() < items.size()) {
                attempts.add(Attempt.failed(new InterruptedIOException("interrupted; it may be done or not")));
            }
        } catch (ExecutionException | CancellationException e) {
            throw new IllegalStateException(e.getCause() == null ? e : e.getCause());
        } finally {
            threads.shutdownNow();
        }
        return attempts;
    }

    private static <A, B> Attempt<B> attempt(
            A item, Step<A, B> step, AtomicReference<Requests.Unavailable> unavailable) {
        Requests.Unavailable before = unavailable.get();
        if (before != null) {
            return Attempt.failed(before);
        }
        try {
            return Attempt.done(step.apply(item));
        } catch (Requests.Unavailable e) {
            unavailable.set(e);
            return Attempt.failed(e);
        } catch (IOException e) {
            return Attempt.failed(e);
        }
    }
}
