package io.chatty.maintenance.testkit;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.RunStore;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Clock and scheduler of an engine that does nothing on its own. A task that is to take its time {@linkplain #advance advances}
 * them within its batch; the test then advances by more than the task.
 */
final class Stepped {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final TestClock clock = new TestClock(START);
    final SteppedScheduler scheduler = new SteppedScheduler(clock);

    /** How far the wall clock was set from the time that the scheduler counts. */
    private Duration set = Duration.ZERO;

    /** The wall clock. */
    Instant now() {
        return clock.instant().plus(set);
    }

    /** Sets the wall clock forward, or back by a negative duration; the scheduler's time goes on as before. */
    void setClock(Duration by) {
        set = set.plus(by);
    }

    /** An engine on them that does all in the thread that advances it. */
    MaintenanceEngine.Builder engine(RunStore store) {
        return MaintenanceEngine.builder()
                .runStore(store)
                .clock(this::now)
                .scheduler(scheduler)
                .workers(Runnable::run);
    }

    /**
     * The same, but for work that comes after the timer's tick that called for it, as on threads: due times are seen while a batch
     * takes its time.
     */
    MaintenanceEngine.Builder slowEngine(RunStore store) {
        return engine(store).workers(work -> {
            var unused = scheduler.schedule(work, 0, TimeUnit.NANOSECONDS);
        });
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

    /** Advances until the wall clock shows that. */
    void advanceTo(String instant) {
        advance(Duration.between(now(), Instant.parse(instant)));
    }
}
