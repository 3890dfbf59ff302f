package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.PresenceDirectory;
import io.chatty.maintenance.presence.PresenceSettings;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.presence.PresenceVisibility;
import io.chatty.maintenance.testkit.PresenceTrackerContract;
import io.chatty.maintenance.testkit.SteppedScheduler;
import io.chatty.maintenance.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The contract, on one node. Time is stepped; what is said to Redis is said at once, on a thread of its own. */
class RedisPresenceTrackerContractTest extends PresenceTrackerContract {

    private static final Duration STEP = Duration.ofMillis(100);

    private static final ExecutorService WORK = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "work");
        thread.setDaemon(true);
        return thread;
    });

    private final TestClock clock = new TestClock(SteppedNode.START);
    private final SteppedScheduler scheduler = new SteppedScheduler(clock);
    private final String prefix = StartedRedis.freshPrefix();

    @Override
    protected PresenceTracker newTracker(
            UnaryOperator<PresenceSettings.Builder> settings,
            PresenceVisibility visibility,
            @Nullable PresenceDirectory directory)
            throws Exception {
        RedisPresenceTracker.Builder builder = RedisPresenceTracker.builder(StartedRedis.uri())
                .prefix(prefix)
                .settings(settings)
                .visibility(visibility)
                .clock(clock)
                .redisTime(clock)
                .ticker(() ->
                        Duration.between(SteppedNode.START, clock.instant()).toNanos())
                .scheduler(scheduler)
                .work(WORK)
                .sayEvery(Duration.ZERO);
        if (directory != null) {
            builder.directory(directory);
        }
        RedisPresenceTracker tracker = builder.build();
        advance(Duration.ZERO);
        SteppedNode.await("connected", () -> tracker.standing().connected());
        return tracker;
    }

    @Override
    protected void advance(Duration time) throws Exception {
        letWork();
        scheduler.advance(Duration.ZERO);
        letWork();
        Instant end = clock.instant().plus(time);
        while (clock.instant().isBefore(end)) {
            Duration left = Duration.between(clock.instant(), end);
            scheduler.advance(left.compareTo(STEP) < 0 ? left : STEP);
            letWork();
        }
    }

    /** What is to be said is said, and what that brought about. */
    private static void letWork() throws Exception {
        for (int i = 0; i < 3; i++) {
            WORK.submit(() -> {}).get(60, TimeUnit.SECONDS);
        }
    }

    @Override
    protected Instant now() {
        return clock.instant();
    }
}
