package io.chatty.maintenance.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A scheduler whose time is a {@link TestClock}'s: what is due runs in the thread that {@linkplain #advance advances} it.
 * With it as an engine's scheduler and {@code Runnable::run} as its workers, an engine does nothing on its own:
 *
 * <pre>{@code
 * var clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
 * var scheduler = new SteppedScheduler(clock);
 * var engine = MaintenanceEngine.builder().clock(clock).scheduler(scheduler).workers(Runnable::run)...
 * engine.start();
 * scheduler.advance(Duration.ofDays(1)); // a daily task has run when this returns
 * }</pre>
 *
 * <p>Thread-safe; what is due runs one at a time, in order of its time.
 */
public final class SteppedScheduler extends AbstractExecutorService implements ScheduledExecutorService {

    private final TestClock clock;
    private final List<Shot<?>> waiting = new ArrayList<>();
    private boolean shutdown;

    /** A scheduler on that clock. */
    public SteppedScheduler(TestClock clock) {
        this.clock = clock;
    }

    /** Moves the clock forwards step by step, from one due time to the next, and runs what is due at each. */
    public void advance(Duration duration) {
        Instant end = clock.instant().plus(duration);
        while (true) {
            Shot<?> next;
            synchronized (this) {
                next = waiting.stream()
                        .min(Comparator.comparing(shot -> shot.at))
                        .filter(shot -> !shot.at.isAfter(end))
                        .orElse(null);
                waiting.remove(next);
            }
            if (next == null) {
                clock.set(end);
                return;
            }
            if (next.at.isAfter(clock.instant())) {
                clock.set(next.at);
            }
            next.run();
        }
    }

    /** How many shots wait for their time. */
    public synchronized int waiting() {
        return waiting.size();
    }

    private final class Shot<V> extends FutureTask<V> implements ScheduledFuture<V> {

        private final Instant at;

        private Shot(Callable<V> work, Instant at) {
            super(work);
            this.at = at;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            synchronized (SteppedScheduler.this) {
                waiting.remove(this);
            }
            return super.cancel(mayInterruptIfRunning);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(Duration.between(clock.instant(), at));
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    @Override
    public synchronized <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
        if (shutdown) {
            throw new RejectedExecutionException("the scheduler is shut down");
        }
        Shot<V> shot = new Shot<>(work, clock.instant().plus(Duration.of(delay, unit.toChronoUnit())));
        waiting.add(shot);
        return shot;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
        return schedule(
                () -> {
                    work.run();
                    return true;
                },
                delay,
                unit);
    }

    /** Not offered: the engine arms each shot anew. */
    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable work, long initialDelay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException("arm each shot anew by schedule(…)");
    }

    /** Not offered: the engine arms each shot anew. */
    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable work, long initialDelay, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("arm each shot anew by schedule(…)");
    }

    @Override
    public void execute(Runnable command) {
        command.run();
    }

    @Override
    public synchronized void shutdown() {
        shutdown = true;
    }

    @Override
    public synchronized List<Runnable> shutdownNow() {
        shutdown = true;
        List<Runnable> left = List.copyOf(waiting);
        waiting.clear();
        return left;
    }

    @Override
    public synchronized boolean isShutdown() {
        return shutdown;
    }

    @Override
    public synchronized boolean isTerminated() {
        return shutdown && waiting.isEmpty();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }
}
