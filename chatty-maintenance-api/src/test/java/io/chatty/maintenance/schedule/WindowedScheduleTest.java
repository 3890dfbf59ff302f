package io.chatty.maintenance.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class WindowedScheduleTest {

    private static final Window NIGHTS = Window.of(LocalTime.of(1, 0), LocalTime.of(5, 0), ZoneOffset.UTC);

    /** Due at every multiple of a step, as daily and cron are at times of their own. */
    private record Grid(Duration step, Duration offset) implements Schedule {
        @Override
        public Optional<Instant> next(Instant after) {
            long since = Math.floorDiv(after.getEpochSecond() - offset.toSeconds(), step.toSeconds()) + 1;
            return Optional.of(Instant.EPOCH.plus(offset).plus(step.multipliedBy(since)));
        }
    }

    /** Due an interval after what it is asked with. */
    private record Interval(Duration interval, boolean countsFromEnd) implements Schedule {
        @Override
        public Optional<Instant> next(Instant after) {
            return Optional.of(after.plus(interval));
        }

        @Override
        public Optional<Instant> first(Optional<Instant> lastRun, Instant now) {
            Instant due = lastRun.orElse(now).plus(interval);
            return Optional.of(due.isBefore(now) ? now : due);
        }
    }

    private record AfterTask(String task) implements Schedule {
        @Override
        public Optional<Instant> next(Instant after) {
            return Optional.empty();
        }

        @Override
        public Optional<String> afterTask() {
            return Optional.of(task);
        }
    }

    private static final Schedule HOURLY = new Grid(Duration.ofHours(1), Duration.ZERO);
    private static final Schedule NOONS = new Grid(Duration.ofDays(1), Duration.ofHours(12));

    private static List<String> due(Schedule schedule, String after, int times) {
        List<String> due = new ArrayList<>();
        Instant at = Instant.parse(after);
        for (int i = 0; i < times; i++) {
            Instant next = schedule.next(at).orElseThrow();
            assertThat(next).isAfter(at);
            due.add(next.toString());
            at = next;
        }
        return due;
    }

    // ---- next

    @Test
    void due_times_in_the_window_stay_and_all_others_are_one_at_the_opening() {
        assertThat(due(HOURLY.within(NIGHTS), "2026-05-03T23:10:00Z", 6))
                .containsExactly(
                        "2026-05-04T01:00:00Z",
                        "2026-05-04T02:00:00Z",
                        "2026-05-04T03:00:00Z",
                        "2026-05-04T04:00:00Z",
                        "2026-05-05T01:00:00Z",
                        "2026-05-05T02:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-05-04T01:00:00Z",
                "2026-05-04T04:59:59Z",
                "2026-05-04T05:00:00Z",
                "2026-05-04T11:59:59Z",
                "2026-05-04T12:00:00Z",
                "2026-05-04T12:00:01Z",
                "2026-05-05T00:59:59.999999999Z"
            })
    void a_due_time_that_has_moved_is_the_next_from_wherever_before_it_one_asks(String after) {
        assertThat(due(NOONS.within(NIGHTS), after, 2)).containsExactly("2026-05-05T01:00:00Z", "2026-05-06T01:00:00Z");
    }

    @Test
    void a_due_time_at_the_closing_moves() {
        Schedule fives = new Grid(Duration.ofDays(1), Duration.ofHours(5));
        assertThat(due(fives.within(NIGHTS), "2026-05-04T04:59:59Z", 1)).containsExactly("2026-05-05T01:00:00Z");
        assertThat(due(fives.within(NIGHTS), "2026-05-04T05:00:00Z", 1)).containsExactly("2026-05-05T01:00:00Z");
    }

    @Test
    void nothing_moves_to_an_opening_when_nothing_was_due_before_it() {
        Schedule rare = new Grid(Duration.ofDays(10), Duration.ofDays(5).plusHours(12));
        assertThat(due(rare.within(NIGHTS), "2026-05-02T00:00:00Z", 2))
                .containsExactly("2026-05-03T01:00:00Z", "2026-05-13T01:00:00Z");
        assertThat(due(rare, "2026-05-02T00:00:00Z", 2))
                .containsExactly("2026-05-02T12:00:00Z", "2026-05-12T12:00:00Z");
    }

    @Test
    void an_interval_goes_on_in_the_window_and_skips_what_is_between() {
        Schedule every = new Interval(Duration.ofMinutes(90), false);
        assertThat(due(every.within(NIGHTS), "2026-05-04T01:00:00Z", 4))
                .containsExactly(
                        "2026-05-04T02:30:00Z", "2026-05-04T04:00:00Z", "2026-05-05T01:00:00Z", "2026-05-05T02:30:00Z");
    }

    @ParameterizedTest
    @CsvSource({
        "PT10M, 2026-05-04T02:00:00Z, 2026-05-04T02:10:00Z", // both in the window
        "PT10M, 2026-05-04T04:55:00Z, 2026-05-05T01:00:00Z", // due after it
        "PT10M, 2026-05-04T05:02:00Z, 2026-05-05T01:00:00Z", // ended after it
        "PT21H, 2026-05-04T05:02:00Z, 2026-05-05T02:02:00Z", // due in the next
        "PT1H, 2026-05-04T00:30:00Z, 2026-05-04T01:30:00Z", // ended before it
        "PT10H, 2026-05-04T20:00:00Z, 2026-05-06T01:00:00Z" // due after the next
    })
    void what_counts_from_an_end_is_due_that_long_after_it_or_at_the_next_opening(
            String delay, String end, String expected) {
        Schedule schedule = new Interval(Duration.parse(delay), true).within(NIGHTS);
        assertThat(due(schedule, end, 1)).containsExactly(expected);
        assertThat(schedule.countsFromEnd()).isTrue();
    }

    @Test
    void one_that_is_due_after_another_task_stays_so() {
        Schedule after = new AfterTask("files").within(NIGHTS);
        assertThat(after.afterTask()).contains("files");
        assertThat(after.next(Instant.parse("2026-05-04T12:00:00Z"))).isEmpty();
        assertThat(after.first(Optional.empty(), Instant.parse("2026-05-04T12:00:00Z")))
                .isEmpty();
        assertThat(after.window()).contains(NIGHTS);
        assertThat(after.countsFromEnd()).isFalse();
    }

    @Test
    void all_due_times_of_a_month_move_as_a_walk_through_its_minutes_says() {
        Window quiet = NIGHTS.and(Window.of(LocalTime.of(22, 30), LocalTime.of(23, 15), ZoneOffset.UTC)
                .on(DayOfWeek.SUNDAY, DayOfWeek.WEDNESDAY));
        Random random = new Random(5);
        for (int round = 0; round < 20; round++) {
            Duration step = Duration.ofMinutes(1 + random.nextInt(3000));
            Schedule grid = new Grid(step, Duration.ofMinutes(random.nextInt(1440)));
            Instant start = Instant.parse("2026-05-01T00:00:00Z");
            TreeSet<Instant> moved = new TreeSet<>();
            Instant due = start.minus(Duration.ofDays(8));
            while (moved.isEmpty() || moved.last().isBefore(start.plus(Duration.ofDays(30)))) {
                due = grid.next(due).orElseThrow();
                Instant minute = due;
                while (!quiet.isOpen(minute)) {
                    minute = minute.plusSeconds(60);
                }
                moved.add(minute);
            }
            Schedule kept = grid.within(quiet);
            for (int i = 0; i < 200; i++) {
                Instant after =
                        start.plusSeconds(random.nextInt(28 * 1440) * 60L).minusNanos(random.nextInt(2));
                assertThat(kept.next(after)).as("%s after %s", kept, after).contains(moved.higher(after));
            }
        }
    }

    // ---- first

    @ParameterizedTest
    @CsvSource({
        // now, last run, first
        "2026-05-04T13:00:00Z, , 2026-05-05T01:00:00Z", // noon has moved
        "2026-05-04T11:00:00Z, , 2026-05-05T01:00:00Z",
        "2026-05-04T00:30:00Z, , 2026-05-04T01:00:00Z", // the noon of the day before
        "2026-05-04T02:00:00Z, , 2026-05-05T01:00:00Z",
        "2026-05-04T13:00:00Z, 2026-05-04T01:00:00Z, 2026-05-05T01:00:00Z",
        "2026-05-04T02:00:00Z, 2026-05-04T01:00:00Z, 2026-05-05T01:00:00Z",
        "2026-05-04T02:00:00Z, 2026-05-03T01:00:00Z, 2026-05-04T01:00:00Z", // missed, in the window
        "2026-05-04T13:00:00Z, 2026-05-01T01:00:00Z, 2026-05-02T01:00:00Z", // missed, long ago
        "2026-05-04T00:30:00Z, 2026-05-03T01:00:00Z, 2026-05-04T01:00:00Z", // not yet
        "2026-05-04T13:30:00Z, 2026-05-04T13:00:00Z, 2026-05-05T01:00:00Z" // somebody ran it meanwhile
    })
    void the_first_due_time_is_in_the_window_too(String now, String lastRun, String first) {
        Optional<Instant> last = Optional.ofNullable(lastRun).map(Instant::parse);
        assertThat(NOONS.within(NIGHTS).first(last, Instant.parse(now))).contains(Instant.parse(first));
    }

    @Test
    void the_first_due_time_of_an_interval_is_never_missed() {
        Schedule every = new Interval(Duration.ofHours(1), false).within(NIGHTS);
        Optional<Instant> last = Optional.of(Instant.parse("2026-05-01T04:00:00Z"));
        assertThat(every.first(last, Instant.parse("2026-05-04T02:20:00Z")))
                .contains(Instant.parse("2026-05-04T02:20:00Z"));
        assertThat(every.first(last, Instant.parse("2026-05-04T12:00:00Z")))
                .contains(Instant.parse("2026-05-05T01:00:00Z"));
        assertThat(every.first(Optional.empty(), Instant.parse("2026-05-04T02:20:00Z")))
                .contains(Instant.parse("2026-05-04T03:20:00Z"));
    }

    @Test
    void by_default_the_first_is_what_was_missed_or_the_next() {
        Instant now = Instant.parse("2026-05-04T13:00:00Z");
        assertThat(NOONS.first(Optional.empty(), now)).contains(Instant.parse("2026-05-05T12:00:00Z"));
        assertThat(NOONS.first(Optional.of(Instant.parse("2026-05-01T12:00:00Z")), now))
                .contains(Instant.parse("2026-05-02T12:00:00Z"));
        assertThat(NOONS.first(Optional.of(Instant.parse("2026-05-04T12:00:00Z")), now))
                .contains(Instant.parse("2026-05-05T12:00:00Z"));
        assertThat(NOONS.first(Optional.of(Instant.parse("2030-01-01T00:00:00Z")), now)) // the clock was set back
                .contains(Instant.parse("2026-05-05T12:00:00Z"));
        assertThat(NOONS.first(Optional.of(now.minusSeconds(7200)), Instant.parse("2026-05-04T12:00:00Z"))) // just now
                .contains(Instant.parse("2026-05-04T12:00:00Z"));
    }

    // ---- values

    @Test
    void a_second_window_is_refused() {
        Schedule kept = HOURLY.within(NIGHTS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kept.within(NIGHTS))
                .withMessageContaining(kept + " has one already")
                .withMessageContaining("Window.and");
    }

    @Test
    @SuppressWarnings("NullAway") // what a host without null checks may do
    void a_missing_window_is_refused() {
        assertThatNullPointerException().isThrownBy(() -> HOURLY.within(null)).withMessage("window");
    }

    @Test
    void it_says_what_it_is() {
        assertThat(NOONS.within(NIGHTS))
                .hasToString(NOONS + " within 01:00-05:00 Z")
                .isEqualTo(NOONS.within(NIGHTS));
        assertThat(NOONS.window()).isEmpty();
        assertThat(NOONS.countsFromEnd()).isFalse();
        assertThat(NOONS.afterTask()).isEmpty();
    }
}
