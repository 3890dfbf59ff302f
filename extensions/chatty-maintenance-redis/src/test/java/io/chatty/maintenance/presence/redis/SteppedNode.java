package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.PresenceStatus;
import io.chatty.maintenance.testkit.SteppedScheduler;
import io.chatty.maintenance.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * A node that speaks with Redis through a proxy of its own, and does all it does in the thread that lets time pass; only what Redis tells
 * it comes when it comes.
 */
final class SteppedNode implements AutoCloseable {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final String name;
    final Duration skew;
    final TestClock clock;
    final SteppedScheduler scheduler;
    final CutProxy proxy = new CutProxy(StartedRedis.port());
    final RedisPresenceTracker tracker;

    /**
     * @param world the time by the clock of Redis, when the node starts
     * @param skew how far the node's own clock is ahead of that
     */
    SteppedNode(
            String prefix,
            String name,
            InstantSource world,
            Duration skew,
            UnaryOperator<RedisPresenceTracker.Builder> change) {
        this.name = name;
        this.skew = skew;
        this.clock = new TestClock(world.instant().plus(skew));
        this.scheduler = new SteppedScheduler(clock);
        Instant start = clock.instant();
        this.tracker = change.apply(RedisPresenceTracker.builder(StartedRedis.uri(proxy.port()))
                        .prefix(prefix)
                        .nodeName(name)
                        .clock(clock)
                        .redisTime(() -> clock.instant().minus(skew)) // nodes are stepped one after the other
                        .ticker(() -> Duration.between(start, clock.instant()).toNanos())
                        .scheduler(scheduler)
                        .work(Runnable::run)
                        .subscribers(Runnable::run)
                        .settings(settings -> settings.quietTime(Duration.ZERO)))
                .build();
        scheduler.advance(Duration.ZERO);
    }

    PresenceStatus statusOf(String user) {
        return tracker.presenceOf(user).status();
    }

    /** Waits until it has come to be so, for 20 s at most. */
    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within 20 s: " + what);
            }
            LockSupport.parkNanos(500_000);
        }
    }

    /** It ends without a word, as by a kill. */
    void kill() {
        proxy.cut();
        tracker.close(); // only frees what it holds: nothing of it reaches Redis any more
        proxy.close();
    }

    @Override
    public void close() {
        tracker.close();
        proxy.close();
    }
}
