package io.chatty.maintenance.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.chatty.maintenance.schedule.Schedule;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SchedulesTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final ZoneId LORD_HOWE = ZoneId.of("Australia/Lord_Howe");
    private static final ZoneId SAO_PAULO = ZoneId.of("America/Sao_Paulo");
    private static final LocalTime HALF_PAST_TWO = LocalTime.of(2, 30);

    /** Zones with leaps of an hour and of half an hour, at night, at midnight, and with none. */
    private static final List<String> ZONES = List.of(
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

    // ---- every

    @Test
    void every_is_due_that_long_after_the_last_due_time() {
        assertThat(due(Schedules.every(Duration.ofMinutes(90)), "2026-01-01T00:00:00Z", 2))
                .containsExactly("2026-01-01T01:30:00Z", "2026-01-01T03:00:00Z");
    }

    @Test
    void every_starts_an_interval_after_now_when_there_is_no_run_yet() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(Schedules.every(Duration.ofHours(1)).first(Optional.empty(), now))
                .contains(now.plus(1, ChronoUnit.HOURS));
    }

    @Test
    void every_starts_an_interval_after_the_last_run_and_at_once_if_that_has_passed() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        Schedule hourly = Schedules.every(Duration.ofHours(1));
        assertThat(hourly.first(Optional.of(now.minus(20, ChronoUnit.MINUTES)), now))
                .contains(now.plus(40, ChronoUnit.MINUTES));
        assertThat(hourly.first(Optional.of(now.minus(3, ChronoUnit.DAYS)), now))
                .hasValueSatisfying(first -> assertThat(first).isBefore(now));
    }

    @Test
    void every_waits_no_longer_than_its_interval_when_the_last_run_lies_in_the_future() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(Schedules.every(Duration.ofHours(1)).first(Optional.of(now.plus(400, ChronoUnit.DAYS)), now))
                .contains(now.plus(1, ChronoUnit.HOURS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1H", "PT0.999999999S"})
    void every_below_a_second_is_refused(String interval) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedules.every(Duration.parse(interval)))
                .withMessageContaining(interval)
                .withMessageContaining("PT1S");
    }

    // ---- daily

    @Test
    void daily_leaves_out_what_passed_while_no_engine_ran() {
        Schedule daily = Schedules.daily(HALF_PAST_TWO, ZoneOffset.UTC);
        Instant now = Instant.parse("2026-01-10T02:31:00Z");
        assertThat(daily.first(Optional.of(now.minus(9, ChronoUnit.DAYS)), now))
                .contains(Instant.parse("2026-01-11T02:30:00Z"));
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
                dueOnceEachDate(Schedules.daily(time, zone), time, zone);
            }
        }
    }

    @Test
    void a_fixed_cron_time_is_due_exactly_once_each_local_date_in_every_zone() {
        for (String name : ZONES) {
            ZoneId zone = ZoneId.of(name);
            dueOnceEachDate(Schedules.cron("0 0 * * *", zone), LocalTime.MIDNIGHT, zone);
            dueOnceEachDate(Schedules.cron("30 2 * * *", zone), HALF_PAST_TWO, zone);
        }
    }

    private static void dueOnceEachDate(Schedule schedule, LocalTime time, ZoneId zone) {
        LocalDate date = LocalDate.of(2016, 1, 1);
        Instant at = date.atStartOfDay(zone).toInstant().minusNanos(1);
        while (date.getYear() < 2020) {
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

    // ---- cron

    @Test
    void a_fixed_cron_time_around_the_leaps_is_due_once() {
        Schedule cron = Schedules.cron("30 2 * * *", BERLIN);
        assertThat(due(cron, "2026-03-28T12:00:00Z", 2))
                .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
        assertThat(due(cron, "2026-10-24T12:00:00Z", 2))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    }

    @Test
    void several_fixed_cron_times_in_one_gap_are_due_once_together() {
        assertThat(due(Schedules.cron("0,15,30 2 * * *", BERLIN), "2026-03-28T12:00:00Z", 2))
                .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z");
    }

    @Test
    void an_interval_runs_in_both_of_two_equal_hours_and_loses_none_at_the_leap() {
        Schedule halfHours = Schedules.cron("*/30 * * * *", BERLIN);
        assertThat(due(halfHours, "2026-10-24T23:30:00Z", 6))
                .containsExactly(
                        "2026-10-25T00:00:00Z",
                        "2026-10-25T00:30:00Z",
                        "2026-10-25T01:00:00Z",
                        "2026-10-25T01:30:00Z",
                        "2026-10-25T02:00:00Z",
                        "2026-10-25T02:30:00Z");
        assertThat(due(halfHours, "2026-03-29T00:00:00Z", 4))
                .containsExactly(
                        "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:00:00Z");
    }

    @Test
    void an_interval_is_due_at_every_instant_whose_local_minute_fits_in_every_zone() {
        for (String name : ZONES) {
            ZoneId zone = ZoneId.of(name);
            Schedule quarters = Schedules.cron("*/15 * * * *", zone);
            for (var transition : transitions(zone)) {
                Instant at = transition.minus(3, ChronoUnit.HOURS);
                Instant end = transition.plus(3, ChronoUnit.HOURS);
                for (Instant minute = at.plus(1, ChronoUnit.MINUTES);
                        minute.isBefore(end);
                        minute = minute.plus(1, ChronoUnit.MINUTES)) {
                    if (minute.atZone(zone).getMinute() % 15 == 0) {
                        assertThat(quarters.next(at))
                                .as("%s after %s", name, at)
                                .contains(minute);
                        at = minute;
                    }
                }
            }
        }
    }

    private static List<Instant> transitions(ZoneId zone) {
        List<Instant> found = new ArrayList<>();
        Instant at = Instant.parse("2016-01-01T00:00:00Z");
        while (true) {
            var next = zone.getRules().nextTransition(at);
            if (next == null || next.getInstant().isAfter(Instant.parse("2020-01-01T00:00:00Z"))) {
                return found;
            }
            at = next.getInstant();
            found.add(at);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "30 2 * * *, 2026-01-01T02:30:00Z",
        "'  5   4 * * *  ', 2026-01-01T04:05:00Z",
        "0 0 29 2 *, 2028-02-29T00:00:00Z",
        "0 12 * * SUN, 2026-01-04T12:00:00Z",
        "0 12 * * 7, 2026-01-04T12:00:00Z",
        "0 12 * * 0, 2026-01-04T12:00:00Z",
        "0 12 1 feb *, 2026-02-01T12:00:00Z",
        "'10,20 9-17 * * 1-5', 2026-01-01T09:10:00Z",
        "0 0 13 * 5, 2026-01-02T00:00:00Z" // either the 13th or a Friday, as in crontab(5)
    })
    void cron_reads_five_fields_as_crontab_does(String expression, String first) {
        assertThat(due(Schedules.cron(expression, ZoneOffset.UTC), "2026-01-01T00:00:00Z", 1))
                .containsExactly(first);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "0 24 * * *",
                "0 0 0 * *",
                "0 0 32 * *",
                "0 0 * 13 *",
                "0 0 * * 8",
                "a b c d e",
                "*/0 * * * *",
                "-5 * * * *",
                "5-1 * * * *",
                "0 0 L * *",
                "@daily",
                "0 1 * * *||0 2 * * *",
                "0|30 1 * * *"
            })
    void a_cron_expression_that_cannot_be_read_is_refused_with_what_is_allowed(String expression) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedules.cron(expression, ZoneOffset.UTC))
                .withMessageContaining("\"" + expression + "\"")
                .withMessageContaining("five fields");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 0 30 2 *", "0 0 31 4,6,9,11 *", "*/5 * 30 2 *"})
    void a_date_that_never_comes_is_refused(String expression) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedules.cron(expression, BERLIN))
                .withMessageContaining(expression)
                .withMessageContaining("never comes");
    }

    @Test
    @SuppressWarnings("NullAway") // what a host without null checks may do
    void missing_arguments_are_refused_at_once() {
        assertThatNullPointerException().isThrownBy(() -> Schedules.daily(null, BERLIN));
        assertThatNullPointerException().isThrownBy(() -> Schedules.daily(HALF_PAST_TWO, null));
        assertThatNullPointerException().isThrownBy(() -> Schedules.cron("30 2 * * *", null));
        assertThatNullPointerException().isThrownBy(() -> Schedules.cron(null, BERLIN));
        assertThatNullPointerException().isThrownBy(() -> Schedules.every(null));
    }

    @Test
    void a_schedule_says_what_it_is() {
        assertThat(Schedules.daily(HALF_PAST_TWO, BERLIN)).hasToString("daily at 02:30 Europe/Berlin");
        assertThat(Schedules.cron("*/5 * * * *", BERLIN)).hasToString("cron \"*/5 * * * *\" Europe/Berlin");
        assertThat(Schedules.every(Duration.ofHours(6))).hasToString("every PT6H");
    }
}
