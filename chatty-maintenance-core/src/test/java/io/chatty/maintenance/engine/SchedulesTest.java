package io.chatty.maintenance.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.schedule.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SchedulesTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final ZoneId LORD_HOWE = ZoneId.of("Australia/Lord_Howe");
    private static final ZoneId SAO_PAULO = ZoneId.of("America/Sao_Paulo");
    private static final LocalTime HALF_PAST_TWO = LocalTime.of(2, 30);

    /** Zones with leaps of an hour and of half an hour, at night, at midnight, and with none. */
    static final List<String> ZONES = List.of(
            "UTC",
            "Europe/Berlin",
            "Europe/London",
            "America/New_York",
            "America/St_Johns",
            "America/Sao_Paulo",
            "America/Havana",
            "Asia/Beirut",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Chatham",
            "Antarctica/Troll");

    static List<String> due(Schedule schedule, String after, int times) {
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

    // ---- every and fixedDelay

    @Test
    void every_is_due_that_long_after_the_last_due_time() {
        Schedule every = Schedules.every(Duration.ofMinutes(90));
        assertThat(due(every, "2026-01-01T00:00:00Z", 2))
                .containsExactly("2026-01-01T01:30:00Z", "2026-01-01T03:00:00Z");
        assertThat(every.countsFromEnd()).isFalse();
    }

    @Test
    void a_fixed_delay_is_due_that_long_after_the_end_of_a_run() {
        Schedule delay = Schedules.fixedDelay(Duration.ofMinutes(90));
        assertThat(delay.next(Instant.parse("2026-01-01T00:10:00Z"))).contains(Instant.parse("2026-01-01T01:40:00Z"));
        assertThat(delay.countsFromEnd()).isTrue();
    }

    private static Stream<Schedule> hourly() {
        return Stream.of(Schedules.every(Duration.ofHours(1)), Schedules.fixedDelay(Duration.ofHours(1)));
    }

    @ParameterizedTest
    @MethodSource("hourly")
    void an_interval_starts_with_itself_when_there_is_no_run_yet(Schedule hourly) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(hourly.first(Optional.empty(), now)).contains(now.plus(1, ChronoUnit.HOURS));
    }

    @ParameterizedTest
    @MethodSource("hourly")
    void an_interval_goes_on_from_the_last_run_and_at_once_if_it_has_passed(Schedule hourly) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(hourly.first(Optional.of(now.minus(20, ChronoUnit.MINUTES)), now))
                .contains(now.plus(40, ChronoUnit.MINUTES));
        assertThat(hourly.first(Optional.of(now.minus(1, ChronoUnit.HOURS)), now))
                .contains(now);
        assertThat(hourly.first(Optional.of(now.minus(3, ChronoUnit.DAYS)), now))
                .contains(now);
    }

    @ParameterizedTest
    @MethodSource("hourly")
    void an_interval_waits_no_longer_than_itself_when_the_last_run_lies_in_the_future(Schedule hourly) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(hourly.first(Optional.of(now.plus(400, ChronoUnit.DAYS)), now))
                .contains(now.plus(1, ChronoUnit.HOURS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1H", "PT0.999999999S", "PT87600H0.000000001S", "PT2562047788015215H"})
    void intervals_under_a_second_or_over_ten_years_are_refused(String interval) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedules.every(Duration.parse(interval)))
                .withMessage("every: " + interval + " given, PT1S to PT87600H are allowed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedules.fixedDelay(Duration.parse(interval)))
                .withMessageStartingWith("fixedDelay: " + interval);
    }

    @Test
    void the_shortest_and_the_longest_interval_are_allowed() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(Schedules.every(Duration.ofSeconds(1)).next(now)).contains(now.plusSeconds(1));
        assertThat(Schedules.every(Duration.ofDays(3650)).next(now)).contains(now.plus(3650, ChronoUnit.DAYS));
    }

    // ---- after

    @Test
    void after_is_due_by_another_task_alone() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        Schedule after = Schedules.after("message-cleanup");
        assertThat(after.afterTask()).contains("message-cleanup");
        assertThat(after.next(now)).isEmpty();
        assertThat(after.first(Optional.empty(), now)).isEmpty();
        assertThat(after.first(Optional.of(now.minusSeconds(9999)), now)).isEmpty();
        assertThat(Schedules.every(Duration.ofHours(1)).afterTask()).isEmpty();
    }

    @Test
    void after_what_can_be_no_task_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedules.after("message cleanup"))
                .withMessageContaining("task name: \"message cleanup\"");
    }

    // ---- daily

    @Test
    void what_passed_while_no_engine_ran_is_the_first_due_time() {
        Instant now = Instant.parse("2026-01-10T02:31:00Z");
        Instant lastRun = Instant.parse("2026-01-08T02:30:00Z");
        for (Schedule schedule :
                List.of(Schedules.daily(HALF_PAST_TWO, ZoneOffset.UTC), Schedules.cron("30 2 * * *", ZoneOffset.UTC))) {
            assertThat(schedule.first(Optional.of(lastRun), now)).contains(Instant.parse("2026-01-09T02:30:00Z"));
            assertThat(schedule.first(Optional.of(now.minusSeconds(60)), now))
                    .contains(Instant.parse("2026-01-11T02:30:00Z"));
            assertThat(schedule.first(Optional.empty(), now)).contains(Instant.parse("2026-01-11T02:30:00Z"));
        }
    }

    @Test
    void daily_is_due_strictly_after_the_instant_it_is_asked_for() {
        Schedule daily = Schedules.daily(HALF_PAST_TWO, ZoneOffset.UTC);
        Instant due = Instant.parse("2026-01-10T02:30:00Z");
        assertThat(daily.next(due.minusNanos(1))).contains(due);
        assertThat(daily.next(due)).contains(due.plus(1, ChronoUnit.DAYS));
        assertThat(daily.next(due.plusNanos(1))).contains(due.plus(1, ChronoUnit.DAYS));
    }

    @Test
    void a_daily_time_that_the_clock_leaps_over_is_due_once_at_the_leap() {
        assertThat(due(Schedules.daily(HALF_PAST_TWO, BERLIN), "2026-03-27T12:00:00Z", 3))
                .containsExactly("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
    }

    @Test
    void a_daily_time_that_the_clock_shows_twice_is_due_once_the_first_time() {
        assertThat(due(Schedules.daily(HALF_PAST_TWO, BERLIN), "2026-10-24T12:00:00Z", 2))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"2026-10-25T00:31:00Z", "2026-10-25T00:59:59Z", "2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z"})
    void within_the_doubled_hour_the_second_showing_is_not_due_again(String after) {
        assertThat(due(Schedules.daily(HALF_PAST_TWO, BERLIN), after, 1)).containsExactly("2026-10-26T01:30:00Z");
        assertThat(due(Schedules.cron("30 2 * * *", BERLIN), after, 1)).containsExactly("2026-10-26T01:30:00Z");
    }

    @Test
    void a_leap_of_half_an_hour_is_met_at_its_instant() {
        // Lord Howe leaps from 02:00 to 02:30 on 2026-10-04, and back from 02:00 to 01:30 on 2026-04-05.
        assertThat(due(Schedules.daily(LocalTime.of(2, 15), LORD_HOWE), "2026-10-03T00:00:00Z", 2))
                .containsExactly("2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z");
        assertThat(due(Schedules.daily(LocalTime.of(1, 45), LORD_HOWE), "2026-04-04T00:00:00Z", 2))
                .containsExactly("2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z");
    }

    @Test
    void a_midnight_that_does_not_exist_is_due_at_the_first_instant_of_the_day() {
        assertThat(due(Schedules.daily(LocalTime.MIDNIGHT, SAO_PAULO), "2018-11-03T12:00:00Z", 2))
                .containsExactly("2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z");
        assertThat(due(Schedules.cron("0 0 * * *", SAO_PAULO), "2018-11-03T12:00:00Z", 2))
                .containsExactly("2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z");
    }

    @Test
    void a_daily_time_is_due_exactly_once_each_local_date_in_every_zone() {
        Random random = new Random(20260301);
        for (String name : ZONES) {
            ZoneId zone = ZoneId.of(name);
            List<LocalTime> times = new ArrayList<>(
                    List.of(LocalTime.MIDNIGHT, HALF_PAST_TWO, LocalTime.of(1, 45), LocalTime.of(23, 59, 59)));
            for (int i = 0; i < 4; i++) {
                times.add(LocalTime.ofSecondOfDay(random.nextInt(86_400)));
            }
            for (LocalTime time : times) {
                dueOnceEachDate(Schedules.daily(time, zone), time, zone, 2020);
            }
        }
    }

    @Test
    void a_fixed_cron_time_is_due_exactly_once_each_local_date_in_every_zone() {
        for (String name : ZONES) {
            ZoneId zone = ZoneId.of(name);
            dueOnceEachDate(Schedules.cron("0 0 * * *", zone), LocalTime.MIDNIGHT, zone, 2017);
            dueOnceEachDate(Schedules.cron("30 2 * * *", zone), HALF_PAST_TWO, zone, 2017);
        }
    }

    private static void dueOnceEachDate(Schedule schedule, LocalTime time, ZoneId zone, int endYear) {
        LocalDate date = LocalDate.of(2016, 1, 1);
        Instant at = date.atStartOfDay(zone).toInstant().minusNanos(1);
        while (date.getYear() < endYear) {
            at = schedule.next(at).orElseThrow();
            ZonedDateTime due = at.atZone(zone);
            assertThat(due.toLocalDate()).as("%s after %s", schedule, date).isEqualTo(date);
            if (zone.getRules().getValidOffsets(date.atTime(time)).isEmpty()) {
                assertThat(at)
                        .as("the leap over %s of %s", time, date)
                        .isEqualTo(
                                zone.getRules().getTransition(date.atTime(time)).getInstant());
            } else {
                assertThat(due.toLocalTime()).as("%s on %s", schedule, date).isEqualTo(time);
            }
            date = date.plusDays(1);
        }
    }

    @Test
    void the_next_due_time_is_the_same_from_wherever_before_it_one_asks() {
        Random random = new Random(7);
        Schedule daily = Schedules.daily(HALF_PAST_TWO, BERLIN);
        for (String day : List.of("2026-03-28T01:30:00Z", "2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z")) {
            Instant from = Instant.parse(day);
            Instant next = daily.next(from).orElseThrow();
            long gap = Duration.between(from, next).toMillis();
            for (int i = 0; i < 200; i++) {
                Instant between = from.plusMillis(random.nextLong(gap));
                assertThat(daily.next(between)).as("after %s", between).contains(next);
            }
        }
    }

    // ---- all

    @Test
    void kept_to_a_window_each_kind_is_due_in_it_only() {
        Window nights = Window.of(LocalTime.of(1, 0), LocalTime.of(5, 0), BERLIN);
        String noon = "2026-10-24T10:00:00Z";
        assertThat(due(Schedules.every(Duration.ofHours(2)).within(nights), noon, 4)) // five hours long that night
                .containsExactly(
                        "2026-10-24T23:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T03:00:00Z", "2026-10-26T00:00:00Z");
        assertThat(due(Schedules.daily(LocalTime.of(11, 0), BERLIN).within(nights), noon, 2))
                .containsExactly("2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z");
        assertThat(due(Schedules.cron("30 2,13 * * *", BERLIN).within(nights), noon, 4))
                .containsExactly(
                        "2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T00:00:00Z", "2026-10-26T01:30:00Z");
        assertThat(Schedules.fixedDelay(Duration.ofMinutes(10)).within(nights).next(Instant.parse(noon)))
                .contains(Instant.parse("2026-10-24T23:00:00Z"));
        assertThat(Schedules.after("files").within(nights).afterTask()).contains("files");
    }

    @Test
    @SuppressWarnings("NullAway") // what a host without null checks may do
    void missing_arguments_are_refused_at_once() {
        assertThatNullPointerException().isThrownBy(() -> Schedules.daily(null, BERLIN));
        assertThatNullPointerException().isThrownBy(() -> Schedules.daily(HALF_PAST_TWO, null));
        assertThatNullPointerException().isThrownBy(() -> Schedules.cron("30 2 * * *", null));
        assertThatNullPointerException().isThrownBy(() -> Schedules.cron(null, BERLIN));
        assertThatNullPointerException().isThrownBy(() -> Schedules.every(null));
        assertThatNullPointerException().isThrownBy(() -> Schedules.fixedDelay(null));
        assertThatNullPointerException().isThrownBy(() -> Schedules.after(null));
    }

    @Test
    void a_schedule_says_what_it_is() {
        assertThat(Schedules.daily(HALF_PAST_TWO, BERLIN)).hasToString("daily at 02:30 Europe/Berlin");
        assertThat(Schedules.cron("*/5 * * * *", BERLIN)).hasToString("cron \"*/5 * * * *\" Europe/Berlin");
        assertThat(Schedules.every(Duration.ofHours(6))).hasToString("every PT6H");
        assertThat(Schedules.fixedDelay(Duration.ofHours(6))).hasToString("fixed delay PT6H");
        assertThat(Schedules.after("files")).hasToString("after files");
    }
}
