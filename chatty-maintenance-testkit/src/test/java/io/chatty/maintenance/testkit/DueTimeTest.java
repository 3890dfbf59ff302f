package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.chatty.maintenance.engine.EngineHealth;
import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.schedule.Window;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** When runs begin: each kind of schedule, with clocks that leap and are set, machines that sleep, and engines that start anew. */
@Timeout(60)
class DueTimeTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static final Schedule EVERY = Schedules.every(Duration.ofHours(6));
    private static final Schedule DELAY = Schedules.fixedDelay(Duration.ofHours(6));
    private static final Schedule DAILY = Schedules.daily(LocalTime.of(6, 0), ZoneOffset.UTC);
    private static final Schedule CRON = Schedules.cron("0 6 * * *", ZoneOffset.UTC);
    private static final Schedule CRON_INTERVAL = Schedules.cron("0 */6 * * *", ZoneOffset.UTC);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final CountedTask task = new CountedTask("tidy", 1);

    private MaintenanceEngine started(RunStore in, Schedule schedule) {
        MaintenanceEngine engine = stepped.engine(in)
                .task(task, schedule, t -> t.batchTimeout(DAY))
                .build();
        engine.start();
        return engine;
    }

    private MaintenanceEngine started(Schedule schedule) {
        return started(store, schedule);
    }

    /** When runs began by the wall clock, to the second, the first of all left out if it began at that instant. */
    private List<String> runs() {
        return task.nows.stream()
                .map(now -> now.truncatedTo(ChronoUnit.SECONDS).toString())
                .toList();
    }

    static Stream<Arguments> leaps() {
        String gap = "2026-03-28T23:00:00Z"; // midnight in Berlin; 01:00Z is the leap from 02:00 to 03:00
        String overlap = "2026-10-24T22:00:00Z"; // 01:00Z is the leap from 03:00 back to 02:00
        Schedule daily = Schedules.daily(LocalTime.of(2, 30), BERLIN);
        Schedule cron = Schedules.cron("30 2 * * *", BERLIN);
        Schedule interval = Schedules.cron("*/30 2 * * *", BERLIN);
        return Stream.of(
                arguments(gap, EVERY, List.of("05:00", "11:00", "17:00")),
                arguments(overlap, EVERY, List.of("04:00", "10:00", "16:00")),
                arguments(gap, DELAY, List.of("05:00", "11:00", "17:00")),
                arguments(overlap, DELAY, List.of("04:00", "10:00", "16:00")),
                arguments(gap, daily, List.of("01:00")),
                arguments(overlap, daily, List.of("00:30")),
                arguments(gap, cron, List.of("01:00")),
                arguments(overlap, cron, List.of("00:30")),
                arguments(gap, interval, List.of("01:00")),
                arguments(overlap, interval, List.of("00:00", "00:30", "01:00", "01:30")));
    }

    @ParameterizedTest
    @MethodSource("leaps")
    void on_a_day_on_which_the_local_clock_leaps_runs_begin_so(String midnight, Schedule schedule, List<String> times) {
        stepped.clock.set(Instant.parse(midnight));
        MaintenanceEngine engine = started(schedule);
        stepped.advance(Duration.ofHours(22));
        assertThat(runs()).map(run -> run.substring(11, 16)).isEqualTo(times);
        engine.close();
    }

    /** The run at 06:00 of the first of January, the clock set at 07:00, and what begins in 24 hours after that. */
    static Stream<Arguments> setClocks() {
        String hours = "PT1H";
        String pastDue = "PT5H30M";
        String days = "P3DT5H30M";
        String minute = "PT-1M";
        String backHours = "PT-2H";
        String backDays = "P-5D";
        return Stream.of(
                arguments(EVERY, hours, List.of("01T12:00", "01T18:00", "02T00:00", "02T06:00")),
                arguments(DELAY, hours, List.of("01T12:00", "01T18:00", "02T00:00", "02T06:00")),
                arguments(DAILY, hours, List.of("02T06:00")),
                arguments(CRON, hours, List.of("02T06:00")),
                arguments(CRON_INTERVAL, hours, List.of("01T12:00", "01T18:00", "02T00:00", "02T06:00")),
                arguments(EVERY, pastDue, List.of("01T12:30", "01T18:00", "02T00:00", "02T06:00", "02T12:00")),
                arguments(DELAY, pastDue, List.of("01T12:30", "01T18:30", "02T00:30", "02T06:30")),
                arguments(DAILY, pastDue, List.of("02T06:00")),
                arguments(CRON_INTERVAL, pastDue, List.of("01T12:30", "01T18:00", "02T00:00", "02T06:00", "02T12:00")),
                arguments(EVERY, days, List.of("04T12:30", "04T18:00", "05T00:00", "05T06:00", "05T12:00")),
                arguments(DELAY, days, List.of("04T12:30", "04T18:30", "05T00:30", "05T06:30")),
                arguments(DAILY, days, List.of("05T06:00")),
                arguments(CRON, days, List.of("05T06:00")),
                arguments(CRON_INTERVAL, days, List.of("04T12:30", "04T18:00", "05T00:00", "05T06:00", "05T12:00")),
                arguments(EVERY, minute, List.of("01T12:00", "01T18:00", "02T00:00", "02T06:00")),
                arguments(DELAY, minute, List.of("01T12:00", "01T18:00", "02T00:00", "02T06:00")),
                arguments(DAILY, minute, List.of("02T06:00")),
                arguments(CRON_INTERVAL, minute, List.of("01T12:00", "01T18:00", "02T00:00", "02T06:00")),
                arguments(EVERY, backHours, List.of("01T12:00", "01T18:00", "02T00:00")),
                arguments(DELAY, backHours, List.of("01T12:00", "01T18:00", "02T00:00")),
                arguments(DAILY, backHours, List.of()),
                arguments(CRON, backHours, List.of()),
                arguments(CRON_INTERVAL, backHours, List.of("01T12:00", "01T18:00", "02T00:00")),
                arguments(EVERY, backDays, List.of("27T13:00", "27T19:00", "28T01:00")),
                arguments(DELAY, backDays, List.of("27T13:00", "27T19:00", "28T01:00")),
                arguments(DAILY, backDays, List.of("28T06:00")),
                arguments(CRON, backDays, List.of("28T06:00")),
                arguments(CRON_INTERVAL, backDays, List.of("27T12:00", "27T18:00", "28T00:00", "28T06:00")));
    }

    @ParameterizedTest
    @MethodSource("setClocks")
    void after_the_hosts_clock_was_set_runs_begin_so(Schedule schedule, String set, List<String> times) {
        MaintenanceEngine engine = started(schedule);
        stepped.advance(Duration.ofHours(7));
        assertThat(runs()).containsExactly("2026-01-01T06:00:00Z");
        stepped.setClock(Duration.parse(set));
        stepped.advance(DAY);
        List<String> after = runs().subList(1, runs().size());
        assertThat(after).hasSameSizeAs(times);
        // A clock that is set back is seen within a minute, and intervals count from there.
        IntStream.range(0, times.size())
                .forEach(i -> assertThat(Instant.parse(after.get(i)))
                        .isBetween(
                                Instant.parse(after.get(i).substring(0, 8) + times.get(i) + ":00Z"),
                                Instant.parse(after.get(i).substring(0, 8) + times.get(i) + ":00Z")
                                        .plusSeconds(62)));
        engine.close();
    }

    @Test
    void a_clock_that_is_set_back_now_and_then_does_not_put_an_interval_off_for_ever() {
        MaintenanceEngine engine = started(Schedules.every(Duration.ofHours(12)));
        for (int hour = 0; hour < 16; hour++) {
            stepped.advance(HOUR);
            stepped.setClock(Duration.ofMinutes(-5));
        }
        assertThat(task.nows).hasSize(1);
        engine.close();
    }

    @Test
    void the_first_due_time_of_a_fixed_delay_survives_a_clock_that_is_set_back() {
        MaintenanceEngine engine = started(DELAY);
        stepped.advance(HOUR);
        stepped.setClock(DAY.multipliedBy(-5));
        stepped.advance(Duration.ofHours(6).plusMinutes(2));
        assertThat(task.nows).hasSize(1);
        engine.close();
    }

    @Test
    void a_clock_that_fails_for_a_while_ends_no_schedule() {
        AtomicBoolean fails = new AtomicBoolean();
        MaintenanceEngine engine = stepped.engine(store)
                .clock(() -> {
                    if (fails.get()) {
                        throw new IllegalStateException("no time to be had");
                    }
                    return stepped.now();
                })
                .task(task, Schedules.every(HOUR))
                .build();
        engine.start();
        stepped.advance(Duration.ofMinutes(90));
        assertThat(task.nows).hasSize(1);
        fails.set(true);
        stepped.advance(HOUR);
        fails.set(false);
        stepped.advance(HOUR.plusMinutes(2));
        assertThat(task.nows).hasSize(3);
        engine.close();
    }

    @Test
    void a_machine_that_slept_runs_once_for_what_it_slept_through_and_then_as_before() {
        MaintenanceEngine engine = started(CRON_INTERVAL);
        stepped.advance(HOUR);
        stepped.clock.advance(Duration.ofHours(18)); // asleep: no timer comes
        stepped.advance(Duration.ofHours(12));
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly(
                        "SUCCEEDED, due 2026-01-01T18:00:00Z, at 2026-01-01T19:00:00Z",
                        "SUCCEEDED, due 2026-01-02T00:00:00Z, at 2026-01-02T00:00:00Z",
                        "SUCCEEDED, due 2026-01-02T06:00:00Z, at 2026-01-02T06:00:00Z");
        engine.close();
    }

    static Stream<Arguments> fresh() {
        return Stream.of(
                arguments(EVERY, "2026-01-01T09:00:00Z"),
                arguments(DELAY, "2026-01-01T09:00:00Z"),
                arguments(DAILY, "2026-01-01T06:00:00Z"),
                arguments(CRON, "2026-01-01T06:00:00Z"),
                arguments(CRON_INTERVAL, "2026-01-01T06:00:00Z"));
    }

    @ParameterizedTest
    @MethodSource("fresh")
    void a_fresh_engine_has_missed_nothing_and_waits_for_the_first_due_time(Schedule schedule, String first) {
        stepped.clock.advance(Duration.ofHours(3));
        MaintenanceEngine engine = started(schedule);
        assertThat(engine.status("tidy").nextDue()).contains(Instant.parse(first));
        stepped.advanceTo(first);
        assertThat(runs()).isEmpty();
        stepped.advance(Duration.ofSeconds(1));
        assertThat(runs()).containsExactly(first);
        engine.close();
    }

    static Stream<Arguments> restarts() {
        return Stream.of(
                arguments(EVERY, "PT3H", "01T12:00"),
                arguments(EVERY, "PT9H", "01T15:00"),
                arguments(DELAY, "PT3H", "01T12:00"),
                arguments(DELAY, "PT9H", "01T15:00"),
                arguments(DAILY, "PT3H", "02T06:00"),
                arguments(DAILY, "PT24H30M", "02T06:30"),
                arguments(CRON, "PT24H30M", "02T06:30"),
                arguments(CRON_INTERVAL, "PT3H", "01T12:00"),
                arguments(CRON_INTERVAL, "PT6H30M", "01T12:30"));
    }

    @ParameterizedTest
    @MethodSource("restarts")
    void an_engine_that_was_down_for_a_while_after_a_run_goes_on_so(Schedule schedule, String down, String next) {
        MaintenanceEngine first = started(schedule);
        stepped.advance(Duration.ofHours(6).plusSeconds(1));
        assertThat(task.nows).hasSize(1);
        first.close();
        stepped.clock.advance(Duration.parse(down).minusSeconds(1));
        MaintenanceEngine second = started(schedule);
        stepped.advance(Duration.ofHours(24));
        assertThat(runs().get(1)).startsWith("2026-01-" + next);
        second.close();
    }

    @Test
    void a_fixed_delay_counts_from_the_end_of_whatever_run_of_the_task_ended_last() {
        MaintenanceEngine engine = started(DELAY);
        stepped.advance(Duration.ofHours(4));
        task.within(context -> stepped.advance(HOUR));
        engine.runNow("tidy").join(); // from four to five
        task.within(context -> {});
        stepped.advance(Duration.ofHours(5));
        assertThat(task.nows).as("until ten").hasSize(1);
        stepped.advance(HOUR.plusMinutes(1));
        assertThat(runs()).hasSize(2).last().isEqualTo("2026-01-01T11:00:00Z");
        engine.close();
    }

    @Test
    void while_its_run_goes_on_a_fixed_delay_has_no_due_time_yet() {
        MaintenanceEngine engine = started(DELAY);
        task.within(context -> {
            assertThat(engine.status("tidy").nextDue()).isEmpty();
            stepped.advance(HOUR);
        });
        stepped.advance(Duration.ofHours(8));
        assertThat(engine.status("tidy").nextDue().orElseThrow())
                .isBetween(Instant.parse("2026-01-01T13:00:00Z"), Instant.parse("2026-01-01T13:00:01Z"));
        engine.close();
    }

    @Test
    void a_fixed_delay_goes_on_after_a_due_time_at_which_another_engine_was_faster() {
        boolean[] faster = {true};
        RunStore shared = new ForwardingStore() {
            @Override
            public boolean begin(Run fresh, Optional<RunId> lastSeen, Duration claimFor) {
                return !faster[0] && super.begin(fresh, lastSeen, claimFor);
            }
        };
        MaintenanceEngine engine = started(shared, DELAY);
        stepped.advance(Duration.ofHours(7));
        faster[0] = false;
        stepped.advance(Duration.ofHours(6));
        assertThat(runs()).containsExactly("2026-01-01T12:00:00Z");
        engine.close();
    }

    @Test
    void a_fixed_delay_goes_on_after_a_run_whose_task_could_not_be_made() {
        boolean[] broken = {false};
        MaintenanceEngine engine = stepped.engine(store)
                .task(
                        "tidy",
                        () -> {
                            if (broken[0]) {
                                throw new IllegalStateException("no room");
                            }
                            return task;
                        },
                        DELAY,
                        t -> t)
                .build();
        engine.start();
        broken[0] = true;
        stepped.advance(Duration.ofHours(7));
        broken[0] = false;
        stepped.advance(Duration.ofHours(6));
        assertThat(StoredRuns.lines(store, "tidy"))
                .map(line -> line.substring(0, line.indexOf(',')))
                .containsExactly("FAILED", "SUCCEEDED");
        engine.close();
    }

    @Test
    void a_fixed_delay_counts_from_the_end_of_the_run_that_a_start_takes_up() throws Exception {
        Run dead = StoredRuns.begun(store, "tidy", "dead@host", Stepped.START);
        stepped.clock.advance(DAY);
        MaintenanceEngine engine = started(DELAY);
        assertThat(store.find(dead.id()).orElseThrow().endedAt()).isEqualTo(stepped.now());
        stepped.advance(Duration.ofHours(5));
        assertThat(task.nows).hasSize(1);
        stepped.advance(HOUR.plusMinutes(1));
        assertThat(task.nows).hasSize(2);
        engine.close();
    }

    @Test
    void a_task_without_a_schedule_is_due_whatever_the_clock_does_never() {
        MaintenanceEngine engine = stepped.engine(store).task(task).build();
        engine.start();
        stepped.setClock(DAY.multipliedBy(5));
        stepped.advance(DAY);
        stepped.setClock(DAY.multipliedBy(-9));
        stepped.advance(DAY);
        assertThat(store.history("tidy", 1)).isEmpty();
        engine.close();
    }

    // ---- jitter and spread

    private Instant nextDue(String name, Duration spread, Duration jitter) {
        MaintenanceEngine engine = stepped.engine(new InMemoryRunStore())
                .task(new CountedTask(name, 1), DAILY, t -> t.spread(spread).jitter(jitter))
                .build();
        engine.start();
        Instant due = engine.status(name).nextDue().orElseThrow();
        engine.close();
        return due;
    }

    @Test
    void spread_puts_a_task_off_by_an_offset_that_follows_from_its_name() {
        List<String> names = IntStream.range(0, 40).mapToObj(i -> "task-" + i).toList();
        Instant due = Instant.parse("2026-01-01T06:00:00Z");
        List<Instant> spread =
                names.stream().map(name -> nextDue(name, HOUR, Duration.ZERO)).toList();
        assertThat(spread).allSatisfy(at -> assertThat(at).isBetween(due, due.plus(HOUR)));
        assertThat(spread).doesNotHaveDuplicates();
        assertThat(spread.stream().filter(at -> at.isBefore(due.plus(HOUR.dividedBy(2)))))
                .as("in the first half")
                .hasSizeBetween(8, 32);
        assertThat(names.stream().map(name -> nextDue(name, HOUR, Duration.ZERO)))
                .as("again")
                .isEqualTo(spread);
    }

    @Test
    void jitter_puts_a_task_off_by_another_time_each_time() {
        Instant due = Instant.parse("2026-01-01T06:00:00Z");
        List<Instant> put = IntStream.range(0, 40)
                .mapToObj(i -> nextDue("tidy", Duration.ZERO, HOUR))
                .toList();
        assertThat(put).allSatisfy(at -> assertThat(at).isBetween(due, due.plus(HOUR)));
        assertThat(put.stream().distinct()).hasSizeGreaterThan(30);
    }

    @Test
    void what_jitter_and_spread_put_off_keeps_its_due_time_in_the_record() {
        MaintenanceEngine engine = stepped.engine(store)
                .task(task, DAILY, t -> t.spread(HOUR).jitter(HOUR))
                .build();
        engine.start();
        stepped.advance(Duration.ofDays(3));
        assertThat(store.history("tidy", 10))
                .extracting(Run::due)
                .containsExactly(
                        Instant.parse("2026-01-03T06:00:00Z"),
                        Instant.parse("2026-01-02T06:00:00Z"),
                        Instant.parse("2026-01-01T06:00:00Z"));
        engine.close();
    }

    // ---- schedules that fail

    @Test
    void a_schedule_that_fails_is_seen_harms_no_other_task_and_what_was_due_meanwhile_is_found_when_it_is_mended() {
        boolean[] broken = {true};
        Schedule plugin = after -> {
            if (broken[0]) {
                throw new NoClassDefFoundError("com/example/Calendar"); // an Error, as plugins throw them
            }
            return CRON_INTERVAL.next(after);
        };
        CountedTask other = new CountedTask("other", 1);
        MaintenanceEngine engine = stepped.engine(store)
                .task(task, plugin)
                .task(other, Schedules.every(HOUR))
                .build();
        engine.start();
        assertThat(engine.status("tidy").health().level()).isEqualTo(EngineHealth.Level.DEGRADED);
        assertThat(engine.status("tidy").health().reasons())
                .singleElement()
                .asString()
                .contains("failing", "schedule", "com/example/Calendar");
        stepped.advance(Duration.ofHours(6).plusMinutes(30));
        assertThat(other.cursors).hasSize(6);
        assertThat(task.nows).isEmpty();
        broken[0] = false;
        stepped.advance(Duration.ofMinutes(2));
        assertThat(store.history("tidy", 1)).singleElement().satisfies(run -> {
            assertThat(run.due()).isEqualTo("2026-01-01T06:00:00Z");
        });
        assertThat(engine.status("tidy").health().level()).isEqualTo(EngineHealth.Level.UP);
        engine.close();
    }

    @Test
    void a_schedule_that_fails_when_a_due_time_comes_does_not_lose_it() {
        boolean[] broken = {false};
        MaintenanceEngine engine = started(after -> {
            if (broken[0]) {
                throw new MaintenanceException("the calendar service is down");
            }
            return CRON_INTERVAL.next(after);
        });
        stepped.advance(Duration.ofHours(7));
        broken[0] = true;
        stepped.advance(Duration.ofHours(6));
        assertThat(runs()).containsExactly("2026-01-01T06:00:00Z", "2026-01-01T12:00:00Z");
        engine.close();
    }

    @Test
    void a_clock_that_is_set_back_does_not_leave_a_schedule_that_failed_unasked_for_days() {
        boolean[] broken = {true};
        MaintenanceEngine engine = started(after -> {
            if (broken[0]) {
                throw new MaintenanceException("the calendar service is down");
            }
            return CRON_INTERVAL.next(after);
        });
        stepped.advance(HOUR);
        broken[0] = false;
        stepped.setClock(DAY.multipliedBy(-5));
        stepped.advance(Duration.ofMinutes(3));
        assertThat(engine.status("tidy").nextDue()).contains(Instant.parse("2025-12-27T06:00:00Z"));
        engine.close();
    }

    @Test
    void what_never_changes_of_a_schedule_is_asked_when_it_is_given_and_may_fail_later() {
        boolean[] broken = {false};
        Schedule plugin = new Schedule() {
            private <T> T unlessBroken(T answer) {
                if (broken[0]) {
                    throw new IllegalStateException("the plugin was unloaded");
                }
                return answer;
            }

            @Override
            public Optional<Instant> next(Instant after) {
                return Schedules.every(HOUR).next(after);
            }

            @Override
            public boolean countsFromEnd() {
                return unlessBroken(false);
            }

            @Override
            public boolean catchesUp() {
                return unlessBroken(true);
            }

            @Override
            public Optional<String> afterTask() {
                return unlessBroken(Optional.empty());
            }

            @Override
            public Optional<Window> window() {
                return unlessBroken(Optional.empty());
            }

            @Override
            public String toString() {
                return unlessBroken("a plugin's");
            }
        };
        CountedTask other = new CountedTask("other", 1);
        MaintenanceEngine engine = stepped.engine(store)
                .task(task, plugin)
                .task(other, Schedules.every(HOUR))
                .build();
        engine.start();
        broken[0] = true;
        stepped.advance(HOUR.multipliedBy(3).plusMinutes(1));
        assertThat(task.nows).hasSize(3);
        assertThat(other.nows).hasSize(3);
        assertThat(engine.status("tidy").schedule()).contains("a plugin's");
        assertThat(engine.health().reasons()).isEmpty();
        engine.close();
    }
}
