package io.chatty.maintenance.examples.chat.presence;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A time that passes when it is told to: a clock, a ticker and a scheduler, with which a tracker lives through years in a second. What is
 * due runs in the thread that lets the time pass. Thread-safe.
 */
public final class SteppedTime extends AbstractExecutorService implements ScheduledExecutorService, InstantSource {

    private final PriorityQueue<Shot> waiting = new PriorityQueue<>(); // guarded by this
    private Instant now; // guarded by this
    private long nanos; // guarded by this

    /** It is that instant. */
    public SteppedTime(Instant start) {
        this.now = start;
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    /** The ticker: nanoseconds that have passed. */
    public synchronized long nanos() {
        return nanos;
    }

    /** Lets a time pass in one go, then runs what has become due, once: what that schedules in turn is for a later step. */
    public void step(Duration time) {
        synchronized (this) {
            now = now.plus(time);
            nanos += time.toNanos();
        }
        Instant end = instant();
        // Not under the lock: what runs takes locks of its own, under which others schedule.
        for (Shot shot = takeDue(end); shot != null; shot = takeDue(end)) {
            shot.run();
        }
    }

    private synchronized @Nullable Shot takeDue(Instant end) {
        Shot next = waiting.peek();
        return next == null || next.at.isAfter(end) ? null : waiting.poll();
    }

    /** Sets the clock forward without any time passing: for times in which nothing happens. */
    public synchronized void skipTo(Instant then) {
        now = then;
    }

    private final class Shot extends FutureTask<@Nullable Void> implements ScheduledFuture<@Nullable Void> {

        private final Instant at;

        Shot(Runnable work, Instant at) {
            super(work, null);
            this.at = at;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            synchronized (SteppedTime.this) {
                waiting.remove(this);
            }
            return super.cancel(mayInterruptIfRunning);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(Duration.between(instant(), at));
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    @Override
    public synchronized ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
        Shot shot = new Shot(work, now.plus(delay, unit.toChronoUnit()));
        waiting.add(shot);
        return shot;
    }

    // ---- What a tracker has no need of.

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("schedule a Runnable");
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable work, long initialDelay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException("schedule each shot anew");
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable work, long initialDelay, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("schedule each shot anew");
    }

    @Override
    public void execute(Runnable work) {
        work.run();
    }

    @Override
    public void shutdown() {
        // nothing of its own to end
    }

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }
}
