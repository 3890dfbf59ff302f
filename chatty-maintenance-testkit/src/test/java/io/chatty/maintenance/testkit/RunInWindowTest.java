package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.EngineSettings;
import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.MissedRuns;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.schedule.Window;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs of tasks that keep to a window. */
@Timeout(60)
class RunInWindowTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Window NIGHT = Window.of(LocalTime.of(1, 0), LocalTime.of(5, 0), ZoneOffset.UTC);

    private final Stepped stepped = new Stepped(); // from a Thursday's midnight
    private final InMemoryRunStore store = new InMemoryRunStore();

    private static Schedule dailyAt(int hour) {
        return Schedules.daily(LocalTime.of(hour, 0), ZoneOffset.UTC);
    }

    /** A task of so many batches, each of which takes that long. */
    private CountedTask taking(int batches, Duration each) {
        return new CountedTask("tidy", batches).within(context -> stepped.advance(each));
    }

    private MaintenanceEngine started(CountedTask task, Schedule schedule) {
        MaintenanceEngine engine = stepped.engine(store)
                .task(task, schedule, t -> t.batchTimeout(DAY))
                .build();
        engine.start();
        return engine;
    }

    private Run only() {
        List<Run> begun = store.history("tidy", 100).stream()
                .filter(run -> !run.isSkipped())
                .toList();
        assertThat(begun).hasSize(1);
        return begun.get(0);
    }

    @Test
    void what_is_due_outside_of_the_window_begins_when_it_opens() {
        MaintenanceEngine engine =
                started(new CountedTask("tidy", 1), dailyAt(12).within(NIGHT));
        stepped.advance(DAY.multipliedBy(2));
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly(
                        "SUCCEEDED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z",
                        "SUCCEEDED, due 2026-01-02T01:00:00Z, at 2026-01-02T01:00:00Z");
        engine.close();
    }

    @Test
    void what_is_due_in_the_window_begins_then() {
        MaintenanceEngine engine =
                started(new CountedTask("tidy", 1), dailyAt(2).within(NIGHT));
        stepped.advance(DAY);
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly("SUCCEEDED, due 2026-01-01T02:00:00Z, at 2026-01-01T02:00:00Z");
        engine.close();
    }

    @Test
    void a_run_that_meets_the_end_pauses_after_its_batch_and_goes_on_in_the_next_with_the_same_cursor_and_now() {
        CountedTask task = taking(4, Duration.ofMinutes(100));
        MaintenanceEngine engine =
                started(task, Schedules.cron("0 2 * * 4", ZoneOffset.UTC).within(NIGHT));
        stepped.advanceTo("2026-01-01T20:00:00Z");
        assertThat(task.cursors).containsExactly("start", "1"); // until 03:40, until 05:20
        assertThat(only().state()).isEqualTo(RunState.PAUSED);
        assertThat(only().batches()).isEqualTo(2);
        assertThat(only().detail()).contains("window is closed until 2026-01-02T01:00:00Z");
        stepped.advanceTo("2026-01-02T00:59:00Z");
        assertThat(task.cursors).hasSize(2);
        stepped.advanceTo("2026-01-02T20:00:00Z");
        assertThat(task.cursors).containsExactly("start", "1", "2", "3");
        assertThat(task.nows).containsOnly(only().now());
        assertThat(only().now().truncatedTo(ChronoUnit.SECONDS)).isEqualTo("2026-01-01T02:00:00Z");
        assertThat(only().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_window_across_midnight_is_one() {
        Window late = Window.of(LocalTime.of(22, 0), LocalTime.of(2, 0), ZoneOffset.UTC);
        CountedTask task = taking(5, HOUR);
        MaintenanceEngine engine = started(task, dailyAt(23).within(late));
        stepped.advanceTo("2026-01-02T20:00:00Z");
        assertThat(task.cursors).as("at 23, 24 and 1 o'clock").containsExactly("start", "1", "2");
        assertThat(only().state()).isEqualTo(RunState.PAUSED);
        stepped.advanceTo("2026-01-03T08:00:00Z");
        assertThat(task.cursors).containsExactly("start", "1", "2", "3", "4");
        engine.close();
    }

    @Test
    void of_several_windows_a_week_a_run_goes_on_in_whichever_opens_next() {
        Window windows = Window.of(LocalTime.of(1, 0), LocalTime.of(2, 0), ZoneOffset.UTC)
                .on(DayOfWeek.THURSDAY, DayOfWeek.MONDAY)
                .and(Window.of(LocalTime.of(10, 0), LocalTime.of(11, 0), ZoneOffset.UTC)
                        .on(DayOfWeek.SATURDAY));
        CountedTask task = taking(3, HOUR);
        MaintenanceEngine engine =
                started(task, Schedules.cron("0 1 * * 4", ZoneOffset.UTC).within(windows));
        stepped.advanceTo("2026-01-02T00:00:00Z");
        assertThat(task.cursors).hasSize(1);
        assertThat(only().detail()).contains("2026-01-03T10:00:00Z");
        stepped.advanceTo("2026-01-04T00:00:00Z");
        assertThat(task.cursors).hasSize(2);
        assertThat(only().detail()).contains("2026-01-05T01:00:00Z");
        stepped.advanceTo("2026-01-06T00:00:00Z");
        assertThat(only().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @ParameterizedTest
    @CsvSource({"2026-03-27T20:00:00Z, 4", "2026-03-28T20:00:00Z, 2", "2026-10-24T20:00:00Z, 6"})
    void on_days_on_which_the_clock_leaps_a_window_is_as_long_as_the_clock_makes_it(String from, int batches) {
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        Window window = Window.of(LocalTime.of(1, 0), LocalTime.of(3, 0), berlin);
        stepped.clock.set(Instant.parse(from));
        CountedTask task = taking(20, Duration.ofMinutes(30));
        MaintenanceEngine engine =
                started(task, Schedules.daily(LocalTime.of(1, 0), berlin).within(window));
        stepped.advance(Duration.ofHours(12));
        assertThat(task.cursors).as("half hours in the window").hasSize(batches);
        assertThat(only().state()).isEqualTo(RunState.PAUSED);
        engine.close();
    }

    @Test
    void a_run_that_a_person_asks_for_keeps_to_no_window() {
        CountedTask task = taking(3, HOUR);
        MaintenanceEngine engine = started(task, dailyAt(2).within(NIGHT));
        stepped.advance(Duration.ofMinutes(1));
        engine.runNow("tidy").join();
        assertThat(only().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task.cursors).hasSize(3);
        engine.close();
    }

    @Test
    void a_due_time_at_which_the_run_of_the_last_window_waits_resumes_it_or_is_skipped() {
        CountedTask task = taking(3, Duration.ofHours(3));
        MaintenanceEngine engine = started(task, dailyAt(1).within(NIGHT));
        stepped.advanceTo("2026-01-01T20:00:00Z");
        assertThat(only().state()).isEqualTo(RunState.PAUSED);
        stepped.advanceTo("2026-01-02T20:00:00Z");
        assertThat(StoredRuns.lines(store, "tidy"))
                .startsWith("SUCCEEDED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z")
                .hasSizeLessThanOrEqualTo(2)
                .last()
                .asString()
                .contains("due 2026-01-0");
        assertThat(task.cursors).hasSize(3);
        engine.close();
    }

    @Test
    void a_run_that_takes_longer_than_a_week_of_nights_goes_on_night_by_night() {
        CountedTask task = taking(20, Duration.ofHours(2));
        MaintenanceEngine engine = started(task, dailyAt(1).within(NIGHT));
        stepped.advance(DAY.multipliedBy(10).plus(HOUR.multipliedBy(12)));
        Run run = store.find(store.history("tidy", 100).stream()
                        .filter(any -> !any.isSkipped())
                        .reduce((newer, older) -> older)
                        .orElseThrow()
                        .id())
                .orElseThrow();
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.batches()).isEqualTo(20);
        engine.close();
    }

    @Test
    void a_run_goes_on_in_a_window_that_opens_once_a_week() {
        Window saturdays = NIGHT.on(DayOfWeek.SATURDAY);
        CountedTask task = taking(4, Duration.ofHours(3));
        MaintenanceEngine engine = started(task, dailyAt(1).within(saturdays));
        stepped.advanceTo("2026-01-11T00:00:00Z");
        assertThat(only().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task.cursors).containsExactly("start", "1", "2", "3");
        engine.close();
    }

    @Test
    void a_run_that_was_left_paused_for_more_than_seven_days_expires_and_the_next_due_time_begins_anew() {
        CountedTask task = taking(3, Duration.ofHours(3));
        MaintenanceEngine engine = started(task, dailyAt(1).within(NIGHT));
        stepped.advanceTo("2026-01-01T20:00:00Z"); // two batches, the second until 07:00
        engine.pause("tidy");
        stepped.advanceTo("2026-01-08T20:00:00Z");
        engine.resume("tidy");
        stepped.advanceTo("2026-01-09T20:00:00Z");
        assertThat(StoredRuns.lines(store, "tidy"))
                .first()
                .isEqualTo("EXPIRED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z");
        assertThat(StoredRuns.lines(store, "tidy"))
                .last()
                .isEqualTo("PAUSED, due 2026-01-09T01:00:00Z, at 2026-01-09T01:00:00Z");
        assertThat(task.cursors).containsExactly("start", "1", "start", "1");
        engine.close();
    }

    @Test
    void jitter_and_spread_put_off_no_further_than_the_window_is_open() {
        Window short_ = Window.of(LocalTime.of(1, 0), LocalTime.of(1, 10), ZoneOffset.UTC);
        for (int i = 0; i < 40; i++) {
            MaintenanceEngine engine = stepped.engine(new InMemoryRunStore())
                    .task(
                            new CountedTask("task-" + i, 1),
                            dailyAt(1).within(short_),
                            t -> t.spread(Duration.ofMinutes(20)).jitter(Duration.ofMinutes(5)))
                    .build();
            engine.start();
            assertThat(engine.status("task-" + i).nextDue().orElseThrow())
                    .isBetween(Instant.parse("2026-01-01T01:00:00Z"), Instant.parse("2026-01-01T01:09:59.999Z"));
            engine.close();
        }
    }

    @Test
    void a_missed_due_time_that_may_be_made_up_for_when_the_window_has_closed_waits_for_the_next() {
        MaintenanceEngine engine =
                started(new CountedTask("tidy", 1), dailyAt(4).within(NIGHT));
        engine.change("tidy", t -> t.missedRuns(MissedRuns.once(Duration.ofHours(3))));
        stepped.advance(HOUR);
        stepped.clock.set(Instant.parse("2026-01-01T06:00:00Z")); // asleep
        stepped.advance(HOUR);
        assertThat(only().state()).isEqualTo(RunState.PAUSED);
        assertThat(only().batches()).isZero();
        stepped.advanceTo("2026-01-02T01:01:00Z");
        assertThat(only().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_window_that_was_slept_through_leaves_a_record_of_what_was_missed_in_it() {
        MaintenanceEngine engine =
                started(new CountedTask("tidy", 1), dailyAt(2).within(NIGHT));
        stepped.advance(Duration.ofMinutes(30));
        stepped.clock.set(Instant.parse("2026-01-01T12:00:00Z"));
        stepped.advance(HOUR);
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly("SKIPPED, due 2026-01-01T02:00:00Z, at 2026-01-01T12:00:00Z");
        engine.close();
    }

    @Test
    void an_interval_that_was_slept_through_goes_on_at_once_if_the_window_is_open() {
        MaintenanceEngine engine = started(
                new CountedTask("tidy", 1),
                Schedules.every(HOUR.multipliedBy(12)).within(NIGHT));
        stepped.advanceTo("2026-01-01T23:00:00Z");
        stepped.clock.set(Instant.parse("2026-01-02T04:00:00Z"));
        stepped.advance(Duration.ofMinutes(2));
        assertThat(StoredRuns.lines(store, "tidy"))
                .last()
                .isEqualTo("SUCCEEDED, due 2026-01-02T01:00:00Z, at 2026-01-02T04:00:00Z");
        engine.close();
    }

    @Test
    void a_run_that_goes_on_keeps_to_a_window_that_is_changed_meanwhile() {
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        CountedTask task = new CountedTask("tidy", 3);
        task.within(context -> {
            if (task.cursors.size() == 1) {
                Window until = Window.of(LocalTime.of(1, 0), LocalTime.of(2, 0), ZoneOffset.UTC);
                engine[0].reschedule("tidy", dailyAt(1).within(until));
                stepped.advance(HOUR);
            }
        });
        engine[0] = started(task, dailyAt(1).within(NIGHT));
        stepped.advanceTo("2026-01-01T03:00:00Z");
        assertThat(task.cursors).hasSize(1);
        assertThat(only().state()).isEqualTo(RunState.PAUSED);
        engine[0].reschedule("tidy", dailyAt(1).within(NIGHT));
        assertThat(only().state()).as("the window is open again").isEqualTo(RunState.SUCCEEDED);
        engine[0].close();
    }

    @Test
    void a_clock_that_is_set_back_does_not_keep_a_run_waiting_for_a_window_of_the_wrong_time() {
        stepped.setClock(DAY.multipliedBy(30)); // wrong: the 31st of January
        CountedTask task = taking(3, Duration.ofHours(4));
        MaintenanceEngine engine =
                started(task, Schedules.cron("0 1 31 * *", ZoneOffset.UTC).within(NIGHT));
        stepped.advance(Duration.ofHours(12));
        assertThat(only().state()).isEqualTo(RunState.PAUSED);
        stepped.setClock(DAY.multipliedBy(-30));
        stepped.advanceTo("2026-01-02T20:00:00Z");
        assertThat(task.cursors).hasSizeGreaterThan(1);
        engine.close();
    }

    @Test
    void in_development_a_task_is_due_each_minute_in_and_out_of_its_window() {
        MaintenanceEngine engine = stepped.engine(store)
                .settings(EngineSettings.development())
                .task(new CountedTask("tidy", 1), dailyAt(12).within(NIGHT))
                .build();
        engine.start();
        stepped.advanceTo("2026-01-01T00:03:01Z");
        assertThat(store.history("tidy", 10)).hasSize(3).allMatch(run -> run.state() == RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_run_that_an_engine_finds_unfinished_outside_of_its_window_waits_for_it_over_a_restart() {
        CountedTask task = taking(2, Duration.ofHours(4));
        MaintenanceEngine first = started(task, dailyAt(1).within(NIGHT));
        stepped.advanceTo("2026-01-01T12:00:00Z");
        first.close();
        MaintenanceEngine second = started(task, dailyAt(1).within(NIGHT));
        stepped.advanceTo("2026-01-02T00:59:00Z");
        assertThat(only().state()).isEqualTo(RunState.PAUSED);
        stepped.advanceTo("2026-01-02T12:00:00Z");
        assertThat(only().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task.cursors).containsExactly("start", "1");
        second.close();
    }
}
