package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.MissedRuns;
import io.chatty.maintenance.schedule.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of due times at which no run could begin. */
@Timeout(60)
class MissedRunTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Schedule DAILY = Schedules.daily(LocalTime.of(2, 0), ZoneOffset.UTC);
    private static final Schedule HOURLY = Schedules.cron("0 * * * *", ZoneOffset.UTC);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final CountedTask task = new CountedTask("tidy", 1);

    private MaintenanceEngine started(Schedule schedule, MissedRuns missed) {
        MaintenanceEngine engine = stepped.engine(store)
                .task(task, schedule, t -> t.missedRuns(missed))
                .build();
        engine.start();
        return engine;
    }

    private Run last() {
        return store.history("tidy", 1).get(0);
    }

    @ParameterizedTest
    @CsvSource({"PT30M, SUCCEEDED", "PT59M58S, SUCCEEDED", "PT1H1S, SKIPPED", "PT20H, SKIPPED"})
    void a_machine_that_slept_makes_up_for_a_due_time_until_its_start_deadline(Duration late, RunState state) {
        MaintenanceEngine engine = started(DAILY, MissedRuns.once(HOUR));
        stepped.advance(HOUR);
        stepped.clock.set(Instant.parse("2026-01-01T02:00:00Z").plus(late));
        stepped.advance(Duration.ofSeconds(1));
        assertThat(store.history("tidy", 10)).singleElement().satisfies(run -> {
            assertThat(run.state()).isEqualTo(state);
            assertThat(run.due()).isEqualTo("2026-01-01T02:00:00Z");
        });
        stepped.advanceTo("2026-01-02T02:01:00Z");
        assertThat(last().state()).as("the next day").isEqualTo(RunState.SUCCEEDED);
        assertThat(last().due()).isEqualTo("2026-01-02T02:00:00Z");
        engine.close();
    }

    @ParameterizedTest
    @CsvSource({"PT30S, SUCCEEDED", "PT2M, SKIPPED"})
    void where_missed_runs_are_to_be_skipped_less_than_a_minute_is_no_miss(Duration late, RunState state) {
        MaintenanceEngine engine = started(DAILY, MissedRuns.skip());
        stepped.advance(HOUR);
        stepped.clock.set(Instant.parse("2026-01-01T02:00:00Z").plus(late));
        stepped.advance(Duration.ofSeconds(1));
        assertThat(last().state()).isEqualTo(state);
        engine.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 'missed, and'", "3, 'missed (and 2 before it), and'", "1001, 'missed (and 1000 before it), and'"})
    void a_record_of_what_was_missed_says_how_many_they_were(int missed, String detail) {
        MaintenanceEngine engine = started(HOURLY, MissedRuns.once(Duration.ofMinutes(10)));
        stepped.clock.advance(HOUR.multipliedBy(missed).plusMinutes(30));
        stepped.advance(Duration.ofMinutes(1));
        assertThat(store.history("tidy", 10)).singleElement().satisfies(run -> {
            assertThat(run.state()).isEqualTo(RunState.SKIPPED);
            assertThat(run.due()).isEqualTo(Stepped.START.plus(HOUR.multipliedBy(missed)));
            assertThat(run.detail()).contains(detail);
        });
        stepped.advance(HOUR);
        assertThat(last().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void of_more_than_a_thousand_the_record_says_only_that() {
        MaintenanceEngine engine = started(HOURLY, MissedRuns.once(Duration.ofMinutes(10)));
        stepped.clock.advance(DAY.multipliedBy(3650).plusMinutes(30));
        stepped.advance(Duration.ofMinutes(1));
        assertThat(store.history("tidy", 10)).singleElement().satisfies(run -> {
            assertThat(run.due()).isEqualTo(Stepped.START.plus(DAY.multipliedBy(3650)));
            assertThat(run.detail()).contains("over 1000 before it");
        });
        stepped.advance(HOUR);
        assertThat(last().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void one_run_makes_up_for_millions_and_the_schedule_goes_on() {
        MaintenanceEngine engine = started(Schedules.cron("* * * * *", ZoneOffset.UTC), MissedRuns.once(HOUR));
        stepped.advance(Duration.ofSeconds(30));
        stepped.clock.advance(DAY.multipliedBy(3650)); // 5,256,000 minutes
        stepped.advance(Duration.ofSeconds(1));
        assertThat(store.history("tidy", 10)).singleElement().satisfies(run -> {
            assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(run.due()).isEqualTo(Stepped.START.plus(DAY.multipliedBy(3650)));
        });
        stepped.advance(Duration.ofMinutes(3));
        assertThat(store.history("tidy", 10)).hasSize(4);
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_interval_misses_nothing_but_goes_on_at_once_however_late_it_is(boolean fromEnd) {
        Duration week = DAY.multipliedBy(7);
        MaintenanceEngine engine =
                started(fromEnd ? Schedules.fixedDelay(week) : Schedules.every(week), MissedRuns.skip());
        stepped.advance(DAY);
        stepped.clock.advance(DAY.multipliedBy(10)); // asleep
        stepped.advance(Duration.ofSeconds(1));
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly("SUCCEEDED, due 2026-01-08T00:00:00Z, at 2026-01-12T00:00:00Z");
        engine.close();
    }

    @Test
    void what_was_missed_while_the_task_was_paused_is_recorded_and_not_made_up_for_by_a_resume() {
        MaintenanceEngine engine = started(HOURLY, MissedRuns.once(DAY));
        engine.pause("tidy");
        stepped.advance(HOUR.multipliedBy(3).plusMinutes(30));
        engine.resume("tidy");
        stepped.advance(Duration.ofMinutes(29));
        assertThat(task.nows).isEmpty();
        assertThat(store.history("tidy", 10)).hasSize(3).allSatisfy(run -> {
            assertThat(run.state()).isEqualTo(RunState.SKIPPED);
            assertThat(run.detail()).contains("the task is paused");
        });
        stepped.advance(Duration.ofMinutes(2));
        assertThat(last().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @ParameterizedTest
    @CsvSource({
        "PT26H30M, SUCCEEDED, ''",
        "PT28H, SKIPPED, 'missed, and'",
        "PT76H, SKIPPED, 'missed (and 2 before it), and'"
    })
    void what_was_missed_while_no_engine_ran_is_made_up_for_once_until_the_start_deadline_of_the_latest(
            Duration since, RunState state, String detail) {
        MaintenanceEngine first = started(DAILY, MissedRuns.once(HOUR));
        stepped.advance(Duration.ofHours(3));
        first.close();
        stepped.clock.set(Stepped.START.plus(since));
        MaintenanceEngine second = started(DAILY, MissedRuns.once(HOUR));
        stepped.advance(Duration.ofSeconds(1));
        List<Run> runs = store.history("tidy", 10);
        assertThat(runs).hasSize(2);
        assertThat(runs.get(0).state()).isEqualTo(state);
        assertThat(String.valueOf(runs.get(0).detail())).contains(detail);
        stepped.advance(DAY);
        assertThat(last().state()).isEqualTo(RunState.SUCCEEDED);
        second.close();
    }

    @Test
    void a_miss_is_recorded_once_however_often_an_engine_starts() {
        MaintenanceEngine first = started(DAILY, MissedRuns.once(HOUR));
        stepped.advance(Duration.ofHours(3));
        first.close();
        stepped.clock.advance(DAY.plusHours(3));
        for (int start = 0; start < 3; start++) {
            MaintenanceEngine again = started(DAILY, MissedRuns.once(HOUR));
            stepped.advance(Duration.ofMinutes(5));
            again.close();
        }
        assertThat(store.history("tidy", 10)).hasSize(2);
    }

    @Test
    void a_due_time_that_was_skipped_is_made_up_for_by_an_engine_that_starts_within_its_deadline() {
        MaintenanceEngine first = started(DAILY, MissedRuns.once(HOUR));
        stepped.advance(DAY); // a run, from which a start goes on
        first.pause("tidy");
        stepped.advance(Duration.ofHours(2).plusMinutes(10));
        assertThat(last().state()).isEqualTo(RunState.SKIPPED);
        first.resume("tidy");
        first.close();
        MaintenanceEngine second = started(DAILY, MissedRuns.once(HOUR));
        stepped.advance(Duration.ofSeconds(1));
        assertThat(last().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(last().due()).isEqualTo("2026-01-02T02:00:00Z");
        second.close();
    }

    /** An engine of one turn at a time, which another task has from one o'clock on for that long. */
    private MaintenanceEngine busy(Duration busyFor, Runnable within) {
        CountedTask busy = new CountedTask("busy", 1).within(context -> {
            stepped.advance(busyFor);
            within.run();
        });
        return stepped.slowEngine(store)
                .settings(s -> s.tasksAtOnce(1).taskDefaults(t -> t.batchTimeout(DAY)))
                .task(busy, Schedules.daily(LocalTime.of(1, 0), ZoneOffset.UTC))
                .task(task, DAILY)
                .build();
    }

    @ParameterizedTest
    @CsvSource({"PT90M, SUCCEEDED", "PT3H, SKIPPED"})
    void a_due_time_that_waited_for_a_worker_begins_until_its_start_deadline(Duration busyFor, RunState state) {
        MaintenanceEngine engine = busy(busyFor, () -> {});
        engine.start();
        stepped.advance(Duration.ofHours(6));
        assertThat(store.history("tidy", 10))
                .singleElement()
                .satisfies(run -> assertThat(run.state()).isEqualTo(state));
        engine.close();
    }

    @Test
    void a_pause_reaches_a_due_time_that_waits_for_a_worker() {
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        engine[0] = busy(Duration.ofMinutes(70), () -> engine[0].pause("tidy"));
        engine[0].start();
        stepped.advance(Duration.ofHours(6));
        assertThat(store.history("tidy", 10)).singleElement().satisfies(run -> {
            assertThat(run.state()).isEqualTo(RunState.SKIPPED);
            assertThat(run.detail()).contains("the task is paused");
        });
        engine[0].close();
    }
}
