package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.schedule.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When due times come, with clocks that are set and schedules that fail. */
@Timeout(60)
class TimerTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Stepped stepped = new Stepped();
    private final CountedTask task = new CountedTask("tidy", 1);

    private MaintenanceEngine started(Schedule schedule) {
        MaintenanceEngine engine =
                stepped.engine(new InMemoryRunStore()).task(task, schedule).build();
        engine.start();
        return engine;
    }

    @Test
    void each_due_time_runs_once() {
        MaintenanceEngine engine = started(Schedules.cron("*/10 * * * *", ZoneOffset.UTC));
        stepped.advance(Duration.ofDays(1).plusSeconds(1));
        assertThat(task.cursors).hasSize(144);
        engine.close();
    }

    @Test
    void a_clock_that_is_set_forward_by_days_runs_what_was_missed_once() {
        MaintenanceEngine engine = started(Schedules.every(HOUR));
        stepped.advance(Duration.ofMinutes(10));
        stepped.setClock(Duration.ofDays(5));
        stepped.advance(Duration.ofMinutes(2));
        assertThat(task.cursors).hasSize(1);
        stepped.advance(HOUR);
        assertThat(task.cursors).hasSize(2);
        engine.close();
    }

    @Test
    void a_clock_that_is_set_back_by_days_neither_runs_a_burst_nor_keeps_a_task_waiting_for_days() {
        MaintenanceEngine engine = started(Schedules.every(HOUR));
        stepped.advance(Duration.ofMinutes(90));
        assertThat(task.cursors).hasSize(1);
        stepped.setClock(Duration.ofDays(-5));
        Instant back = stepped.now();
        stepped.advance(Duration.ofMinutes(2));
        assertThat(task.cursors).hasSize(1);
        assertThat(engine.status("tidy").nextDue())
                .hasValueSatisfying(due -> assertThat(due).isBefore(back.plus(Duration.ofMinutes(63))));
        stepped.advance(HOUR);
        assertThat(task.cursors).hasSize(2);
        stepped.advance(HOUR);
        assertThat(task.cursors).hasSize(3);
        engine.close();
    }

    @Test
    void a_clock_that_is_set_back_by_seconds_does_not_run_a_due_time_twice() {
        MaintenanceEngine engine = started(Schedules.daily(LocalTime.of(2, 30), ZoneOffset.UTC));
        stepped.advance(Duration.ofMinutes(150).plusSeconds(1));
        assertThat(task.cursors).hasSize(1);
        stepped.setClock(Duration.ofSeconds(-30));
        stepped.advance(Duration.ofMinutes(5));
        assertThat(task.cursors).hasSize(1);
        engine.close();
    }

    @Test
    void a_due_time_far_in_the_past_was_missed_and_is_recorded_once() {
        MaintenanceEngine engine = started(new Schedule() {
            @Override
            public Optional<Instant> next(Instant after) {
                return Optional.empty();
            }

            @Override
            public Optional<Instant> first(Optional<Instant> lastRun, Instant now) {
                return Optional.of(Instant.MIN);
            }
        });
        stepped.advance(HOUR);
        assertThat(task.cursors).isEmpty();
        assertThat(engine.history("tidy", 10))
                .hasSize(1)
                .allSatisfy(run -> assertThat(run.detail()).contains("missed", "PT1H"));
        assertThat(engine.status("tidy").nextDue()).isEmpty();
        engine.close();
    }

    @Test
    void a_schedule_that_throws_or_stands_still_is_asked_again_now_and_then_and_harms_no_other_task() {
        AtomicInteger asked = new AtomicInteger();
        CountedTask other = new CountedTask("other", 1);
        for (boolean isThrowing : new boolean[] {true, false}) {
            Stepped fresh = new Stepped();
            asked.set(0);
            other.cursors.clear();
            Schedule broken = after -> {
                if (asked.incrementAndGet() > 1000) {
                    throw new AssertionError("asked without end");
                }
                if (asked.get() > 1 && isThrowing) {
                    throw new IllegalStateException("the calendar service is down");
                }
                return Optional.of(asked.get() == 1 ? after.plusSeconds(1) : after);
            };
            MaintenanceEngine engine = fresh.engine(new InMemoryRunStore())
                    .task(new CountedTask("tidy", 1), broken)
                    .task(other, Schedules.every(MINUTE))
                    .build();
            engine.start();
            fresh.advance(Duration.ofMinutes(10).plusSeconds(1));
            assertThat(asked).hasValueBetween(5, 20);
            assertThat(other.cursors).hasSize(10);
            engine.close();
        }
    }

    @Test
    void a_schedule_that_recovers_runs_its_task_again() {
        boolean[] down = {false};
        MaintenanceEngine engine = started(after -> {
            if (down[0]) {
                throw new IllegalStateException("the calendar service is down");
            }
            return Optional.of(after.plus(HOUR));
        });
        down[0] = true;
        stepped.advance(Duration.ofMinutes(65));
        assertThat(task.cursors).as("the due time that was known").hasSize(1);
        down[0] = false;
        stepped.advance(Duration.ofMinutes(2));
        assertThat(engine.status("tidy").nextDue()).isPresent();
        stepped.advance(HOUR);
        assertThat(task.cursors).hasSize(2);
        engine.close();
    }

    @Test
    void a_schedule_that_has_an_end_ends() {
        Instant last = Stepped.START.plus(HOUR);
        MaintenanceEngine engine = started(after -> after.isBefore(last) ? Optional.of(last) : Optional.empty());
        stepped.advance(Duration.ofDays(3));
        assertThat(task.cursors).hasSize(1);
        assertThat(engine.status("tidy").nextDue()).isEmpty();
        engine.close();
    }

    @Test
    void a_task_without_a_schedule_runs_only_when_asked() {
        MaintenanceEngine engine =
                stepped.engine(new InMemoryRunStore()).task(task).build();
        engine.start();
        stepped.advance(Duration.ofDays(3));
        assertThat(task.cursors).isEmpty();
        engine.runNow("tidy").join();
        assertThat(task.cursors).hasSize(1);
        engine.close();
    }
}
