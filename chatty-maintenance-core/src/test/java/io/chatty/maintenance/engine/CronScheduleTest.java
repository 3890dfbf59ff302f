package io.chatty.maintenance.engine;

import static io.chatty.maintenance.engine.SchedulesTest.due;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.schedule.Schedule;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CronScheduleTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

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
        for (String name : SchedulesTest.ZONES) {
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

    @ParameterizedTest
    @CsvSource({
        // the clock leaps from 02:00 to 03:00 at 01:00 UTC
        "0 2-4 * * *, 2026-03-29, 03:00 04:00",
        "30 2-4 * * *, 2026-03-29, 03:00 03:30 04:30",
        "0 */2 * * *, 2026-03-29, 00:00 03:00 04:00 06:00 08:00 10:00 12:00 14:00 16:00 18:00 20:00 22:00",
        "*/15 2 * * *, 2026-03-29, 03:00",
        "* 2 * * *, 2026-03-29, 03:00",
        "0-10 2 * * *, 2026-03-29, 03:00",
        "15 1-3 * * *, 2026-03-29, 01:15 03:00 03:15",
        "'30 2,4 * * *', 2026-03-29, 03:00 04:30",
        "15 * 29 3 *, 2026-03-29, 00:15 01:15 03:15 04:15 05:15 06:15 07:15 08:15 09:15 10:15 11:15 12:15 13:15 14:15"
                + " 15:15 16:15 17:15 18:15 19:15 20:15 21:15 22:15 23:15",
        "15 0-23 29 3 *, 2026-03-29, 00:15 01:15 03:15 04:15 05:15 06:15 07:15 08:15 09:15 10:15 11:15 12:15 13:15 14:15"
                + " 15:15 16:15 17:15 18:15 19:15 20:15 21:15 22:15 23:15",
        "'15 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23 29 3 *', 2026-03-29, 00:15 01:15 03:00 03:15"
                + " 04:15 05:15 06:15 07:15 08:15 09:15 10:15 11:15 12:15 13:15 14:15 15:15 16:15 17:15 18:15 19:15 20:15"
                + " 21:15 22:15 23:15", // all fixed
        // and goes back from 03:00 to 02:00 at 01:00 UTC
        "0 2-4 * * *, 2026-10-25, 02:00 02:00 03:00 04:00",
        "0 2/12 * * *, 2026-10-25, 02:00 02:00 14:00",
        "*/30 2 * * *, 2026-10-25, 02:00 02:30 02:00 02:30",
        "50-55/5 2 * * *, 2026-10-25, 02:50 02:55 02:50 02:55",
        "'0 2,3,4 * * *', 2026-10-25, 02:00 03:00 04:00",
        "'0,30 2 * * *', 2026-10-25, 02:00 02:30",
        "0 3 25-31 10 7, 2026-10-25, 03:00"
    })
    void a_day_on_which_the_clock_leaps_has_these_due_times_in_berlin(String cron, LocalDate day, String times) {
        Schedule schedule = Schedules.cron(cron, BERLIN);
        List<String> due = new ArrayList<>();
        Instant at = day.atStartOfDay(BERLIN).toInstant().minusNanos(1);
        Instant end = day.plusDays(1).atStartOfDay(BERLIN).toInstant();
        Instant next = schedule.next(at).orElseThrow();
        while (next.isBefore(end)) {
            assertThat(next).isAfter(at);
            at = next;
            due.add(at.atZone(BERLIN).toLocalTime().toString());
            next = schedule.next(at).orElseThrow();
        }
        assertThat(String.join(" ", due)).isEqualTo(times);
    }

    @Test
    void a_day_that_never_was_is_made_up_for_at_its_end() {
        ZoneId apia = ZoneId.of("Pacific/Apia"); // had no 2011-12-30, a Friday
        assertThat(due(Schedules.daily(LocalTime.of(2, 30), apia), "2011-12-29T13:00:00Z", 2))
                .containsExactly("2011-12-30T10:00:00Z", "2011-12-30T12:30:00Z");
        assertThat(due(Schedules.cron("0 4 * * FRI", apia), "2011-12-29T13:00:00Z", 2))
                .containsExactly("2011-12-30T10:00:00Z", "2012-01-05T14:00:00Z");
        assertThat(due(Schedules.cron("30 * * * *", apia), "2011-12-30T08:30:00Z", 2))
                .containsExactly("2011-12-30T09:30:00Z", "2011-12-30T10:30:00Z");
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
        "0 0 13 * 5, 2026-01-02T00:00:00Z", // either the 13th or a Friday, as in crontab(5)
        "0 0 13 * MON-FRI, 2026-01-02T00:00:00Z",
        "0 0 */2 * 1, 2026-01-05T00:00:00Z", // an odd day and a Monday, as one begins with *
        "0 0 2 * */6, 2026-05-02T00:00:00Z", // the 2nd and a Saturday or Sunday
        "0 0 29 2 */6, 2032-02-29T00:00:00Z",
        "0 0 1-31 * */3, 2026-01-03T00:00:00Z",
        "30 8-18/5 * * *, 2026-01-01T08:30:00Z",
        "5/20 0 * * *, 2026-01-01T00:05:00Z",
        "0 12 * * SAT-SUN, 2026-01-03T12:00:00Z",
        "'0 0 1 Mar,JUN *', 2026-03-01T00:00:00Z"
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
                "0 0 15W * *",
                "0 0 LW * *",
                "0 0 * * 5L",
                "0 0 * * 5#2",
                "0 0 ? * *",
                "0 0 * * MONDAY",
                "0 0 H * *",
                "+5 * * * *",
                "0 22-2 * * *",
                "0 0 * * FRI-MON",
                "*/60 * * * *",
                "0, * * * *",
                "1,,2 * * * *",
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
}
