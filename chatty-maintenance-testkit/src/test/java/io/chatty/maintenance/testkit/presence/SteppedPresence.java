package io.chatty.maintenance.testkit.presence;

import io.chatty.maintenance.presence.local.LocalPresenceTracker;
import io.chatty.maintenance.testkit.SteppedScheduler;
import io.chatty.maintenance.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;

/** A clock and a scheduler of a tracker that does all in the thread that advances them. */
final class SteppedPresence {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final TestClock clock = new TestClock(START);
    final SteppedScheduler scheduler = new SteppedScheduler(clock);

    LocalPresenceTracker.Builder tracker() {
        return LocalPresenceTracker.builder()
                .clock(clock)
                .ticker(() -> Duration.between(START, clock.instant()).toNanos())
                .scheduler(scheduler)
                .subscribers(Runnable::run);
    }

    void advance(Duration time) {
        scheduler.advance(time);
    }
}
