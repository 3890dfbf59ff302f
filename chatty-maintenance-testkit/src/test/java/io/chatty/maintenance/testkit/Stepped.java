package io.chatty.maintenance.testkit;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.RunStore;
import java.time.Duration;
import java.time.Instant;

/** Clock and scheduler of an engine that does nothing on its own. */
final class Stepped {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final TestClock clock = new TestClock(START);
    final SteppedScheduler scheduler = new SteppedScheduler(clock);

    /** An engine on them that does all in the thread that advances it. */
    MaintenanceEngine.Builder engine(RunStore store) {
        return MaintenanceEngine.builder()
                .runStore(store)
                .clock(clock)
                .scheduler(scheduler)
                .workers(Runnable::run);
    }

    /** Such an engine whose ticker is the clock as well: what it measures is what a test lets pass. */
    MaintenanceEngine.Builder timed(RunStore store) {
        return engine(store).ticker(this::nanos);
    }

    /** Nanoseconds since the start, by the clock. */
    long nanos() {
        return Duration.between(START, clock.instant()).toNanos();
    }

    void advance(Duration duration) {
        scheduler.advance(duration);
    }
}
