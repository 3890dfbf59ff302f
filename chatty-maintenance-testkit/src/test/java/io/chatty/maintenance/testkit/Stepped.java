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

    void advance(Duration duration) {
        scheduler.advance(duration);
    }
}
