package io.chatty.maintenance.schedule;

import static java.time.DayOfWeek.FRIDAY;
import static java.time.DayOfWeek.MONDAY;
import static java.time.DayOfWeek.SATURDAY;
import static java.time.DayOfWeek.SUNDAY;
import static java.time.DayOfWeek.TUESDAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class WindowTest {

    private static final ZoneId ST_JOHNS = ZoneId.of("America/St_Johns");
    private static final Window NIGHTS = utc("01:00", "05:30");

    private static Window utc(String from, String to) {
        return Window.of(LocalTime.parse(from), LocalTime.parse(to), ZoneOffset.UTC);
    }

    private static void assertOpen(Window window, String open, String close) {
        Instant opening = Instant.parse(open);
        Instant closing = Instant.parse(close);
        assertThat(window.nextOpening(opening.minusNanos(1))).as("opening").isEqualTo(opening);
        assertThat(window.nextClosing(opening)).as("closing").isEqualTo(closing);
        assertThat(window.lastClosing(closing)).as("last closing").isEqualTo(closing);
        assertThat(window.isOpen(opening.minusNanos(1))).as("before").isFalse();
        assertThat(window.isOpen(opening)).as("at the opening").isTrue();
        assertThat(window.isOpen(closing.minusNanos(1))).as("at the end").isTrue();
        assertThat(window.isOpen(closing)).as("at the closing").isFalse();
    }

    // ---- the edges

    @Test
    void the_opening_belongs_to_it_and_the_closing_does_not() {
        assertOpen(NIGHTS, "2026-05-04T01:00:00Z", "2026-05-04T05:30:00Z");
    }

    @Test
    void next_and_last_are_strict_where_they_say_so() {
        Instant opening = Instant.parse("2026-05-04T01:00:00Z");
        Instant closing = Instant.parse("2026-05-04T05:30:00Z");
        assertThat(NIGHTS.nextOpening(opening)).isEqualTo("2026-05-05T01:00:00Z");
        assertThat(NIGHTS.nextOpening(closing)).isEqualTo("2026-05-05T01:00:00Z");
        assertThat(NIGHTS.nextClosing(closing.minusNanos(1))).isEqualTo(closing);
        assertThat(NIGHTS.nextClosing(closing)).isEqualTo("2026-05-05T05:30:00Z");
        assertThat(NIGHTS.lastClosing(closing.minusNanos(1))).isEqualTo("2026-05-03T05:30:00Z");
        assertThat(NIGHTS.lastClosing(closing)).isEqualTo(closing);
    }

    @Test
    void it_is_first_open_at_once_or_at_the_next_opening() {
        assertThat(NIGHTS.firstOpen(Instant.parse("2026-05-04T03:00:00Z"))).isEqualTo("2026-05-04T03:00:00Z");
        assertThat(NIGHTS.firstOpen(Instant.parse("2026-05-04T01:00:00Z"))).isEqualTo("2026-05-04T01:00:00Z");
        assertThat(NIGHTS.firstOpen(Instant.parse("2026-05-04T05:30:00Z"))).isEqualTo("2026-05-05T01:00:00Z");
    }

    @Test
    void one_across_midnight_belongs_to_the_day_on_which_it_opens() {
        Window saturdays = utc("22:00", "09:00").on(SATURDAY);
        assertOpen(saturdays, "2026-05-09T22:00:00Z", "2026-05-10T09:00:00Z");
        assertThat(saturdays.isOpen(Instant.parse("2026-05-09T03:00:00Z"))).isFalse();
        assertThat(saturdays.nextOpening(Instant.parse("2026-05-09T22:00:00Z"))).isEqualTo("2026-05-16T22:00:00Z");
        assertThat(saturdays.lastClosing(Instant.parse("2026-05-10T08:59:59Z"))).isEqualTo("2026-05-03T09:00:00Z");
    }

    @Test
    void midnight_as_its_end_is_the_end_of_the_day() {
        Window evenings =
                Window.of(LocalTime.of(22, 0), LocalTime.MIDNIGHT, ST_JOHNS).on(MONDAY);
        assertOpen(evenings, "2026-05-05T00:30:00Z", "2026-05-05T02:30:00Z");
    }

    // ---- joined

    @Test
    void parts_that_overlap_or_touch_are_one() {
        Window overlapping = NIGHTS.and(utc("04:00", "06:00"));
        assertOpen(overlapping, "2026-05-04T01:00:00Z", "2026-05-04T06:00:00Z");
        Window touching = NIGHTS.and(utc("05:30", "07:00")).and(utc("00:30", "01:00"));
        assertOpen(touching, "2026-05-04T00:30:00Z", "2026-05-04T07:00:00Z");
        assertThat(touching.nextOpening(Instant.parse("2026-05-04T00:30:00Z"))).isEqualTo("2026-05-05T00:30:00Z");
        assertThat(touching.lastClosing(Instant.parse("2026-05-04T05:30:00Z"))).isEqualTo("2026-05-03T07:00:00Z");
    }

    @Test
    void a_part_within_another_adds_nothing() {
        assertOpen(NIGHTS.and(utc("02:00", "03:00")), "2026-05-04T01:00:00Z", "2026-05-04T05:30:00Z");
    }

    @Test
    void parts_with_time_between_them_stay_two() {
        Window two = NIGHTS.and(utc("12:00", "13:00"));
        assertOpen(two, "2026-05-04T01:00:00Z", "2026-05-04T05:30:00Z");
        assertOpen(two, "2026-05-04T12:00:00Z", "2026-05-04T13:00:00Z");
        assertThat(two.nextOpening(Instant.parse("2026-05-04T02:00:00Z"))).isEqualTo("2026-05-04T12:00:00Z");
    }

    @Test
    void parts_of_different_zones_meet_on_one_time_line() {
        Window both = NIGHTS.and(Window.of(LocalTime.of(0, 30), LocalTime.of(3, 0), ST_JOHNS)); // 03:00-05:30 in summer
        assertOpen(both, "2026-05-04T01:00:00Z", "2026-05-04T05:30:00Z");
        assertOpen(both, "2026-01-05T01:00:00Z", "2026-01-05T06:30:00Z");
    }

    @Test
    void a_whole_weekend_is_made_of_halves_of_days() {
        Window weekend = utc("00:00", "12:00").and(utc("12:00", "00:00").on(SATURDAY, SUNDAY));
        assertOpen(weekend.on(SATURDAY, SUNDAY), "2026-05-09T00:00:00Z", "2026-05-11T00:00:00Z");
        assertOpen(weekend, "2026-05-09T00:00:00Z", "2026-05-11T12:00:00Z");
    }

    @Test
    void a_stretch_of_nearly_a_week_is_followed_to_both_its_ends() {
        Window most = utc("00:00", "12:00")
                .and(utc("12:00", "00:00").on(MONDAY, TUESDAY, FRIDAY, SATURDAY, SUNDAY))
                .and(utc("12:00", "00:00").on(DayOfWeek.WEDNESDAY));
        assertOpen(most, "2026-05-08T00:00:00Z", "2026-05-14T12:00:00Z");
        assertThat(most.lastClosing(Instant.parse("2026-05-14T11:59:59Z"))).isEqualTo("2026-05-07T12:00:00Z");
    }

    @Test
    void a_window_that_never_closes_is_refused() {
        assertNeverCloses(utc("00:00", "12:00"), utc("12:00", "00:00"));
        assertNeverCloses(utc("06:00", "05:00"), utc("04:00", "07:00"));
        Window days = utc("00:00", "12:00").and(utc("12:00", "00:00").on(MONDAY, TUESDAY, FRIDAY, SATURDAY, SUNDAY));
        assertNeverCloses(days, utc("12:00", "00:00").on(DayOfWeek.WEDNESDAY, DayOfWeek.THURSDAY));
        assertNeverCloses(utc("01:00", "00:00"), Window.of(LocalTime.of(20, 0), LocalTime.of(0, 0), ST_JOHNS));
    }

    private static void assertNeverCloses(Window one, Window other) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one.and(other))
                .withMessageContaining(one + " and " + other)
                .withMessageContaining("never closes");
    }

    // ---- days

    @Test
    void days_are_cut_down_in_every_part() {
        Window quiet = NIGHTS.on(MONDAY, TUESDAY).and(utc("22:00", "23:00").on(MONDAY, FRIDAY));
        assertThat(quiet.on(MONDAY, FRIDAY))
                .isEqualTo(NIGHTS.on(MONDAY).and(utc("22:00", "23:00").on(MONDAY, FRIDAY)));
        assertThat(quiet.on(FRIDAY)).isEqualTo(utc("22:00", "23:00").on(FRIDAY));
    }

    @Test
    void days_on_which_it_never_opens_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NIGHTS.on(MONDAY, TUESDAY).on(FRIDAY))
                .withMessageContaining("[FRIDAY]")
                .withMessageContaining("01:00-05:30 Z on MON,TUE");
    }

    // ---- daylight saving

    @ParameterizedTest
    @CsvSource({
        // the clock leaps from 02:00 to 03:00 at 01:00 UTC
        "Europe/Berlin, 02:30, 04:00, 2026-03-29T01:00:00Z, 2026-03-29T02:00:00Z",
        "Europe/Berlin, 01:00, 02:30, 2026-03-29T00:00:00Z, 2026-03-29T01:00:00Z",
        "Europe/Berlin, 01:00, 03:00, 2026-03-29T00:00:00Z, 2026-03-29T01:00:00Z",
        "Europe/Berlin, 02:15, 02:45, 2026-03-29T01:00:00Z, 2026-03-29T01:30:00Z",
        "Europe/Berlin, 02:00, 03:00, 2026-03-29T01:00:00Z, 2026-03-29T02:00:00Z",
        "Europe/Berlin, 22:00, 02:30, 2026-03-28T21:00:00Z, 2026-03-29T01:00:00Z",
        // and goes back from 03:00 to 02:00 at 01:00 UTC
        "Europe/Berlin, 02:15, 02:45, 2026-10-25T00:15:00Z, 2026-10-25T00:45:00Z",
        "Europe/Berlin, 01:00, 02:30, 2026-10-24T23:00:00Z, 2026-10-25T00:30:00Z",
        "Europe/Berlin, 02:30, 03:30, 2026-10-25T00:30:00Z, 2026-10-25T02:30:00Z",
        "Europe/Berlin, 01:00, 03:00, 2026-10-24T23:00:00Z, 2026-10-25T02:00:00Z",
        // half an hour, from 02:00 to 02:30 and back
        "Australia/Lord_Howe, 02:15, 04:00, 2026-10-03T15:30:00Z, 2026-10-03T17:00:00Z",
        "Australia/Lord_Howe, 02:05, 02:25, 2026-10-03T15:30:00Z, 2026-10-03T15:50:00Z",
        "Australia/Lord_Howe, 01:45, 02:00, 2026-04-04T14:45:00Z, 2026-04-04T15:30:00Z",
        // midnight
        "America/Sao_Paulo, 23:00, 00:30, 2018-11-04T02:00:00Z, 2018-11-04T03:00:00Z",
        "America/Sao_Paulo, 00:15, 00:45, 2018-11-04T03:00:00Z, 2018-11-04T03:30:00Z",
        "America/Sao_Paulo, 23:00, 00:00, 2018-11-04T02:00:00Z, 2018-11-04T03:00:00Z",
        "Africa/Cairo, 00:00, 04:00, 2026-04-23T22:00:00Z, 2026-04-24T01:00:00Z",
        // a whole day: what was lost is open right after, and one with the next
        "Pacific/Apia, 01:00, 05:00, 2011-12-30T10:00:00Z, 2011-12-30T15:00:00Z",
        "Pacific/Apia, 22:00, 23:00, 2011-12-30T10:00:00Z, 2011-12-30T11:00:00Z",
        // none
        "Asia/Kathmandu, 01:00, 05:00, 2026-03-28T19:15:00Z, 2026-03-28T23:15:00Z"
    })
    void daylight_saving_moves_the_edges(String zone, String from, String to, String open, String close) {
        Window window = Window.of(LocalTime.parse(from), LocalTime.parse(to), ZoneId.of(zone));
        assertOpen(window, open, close);
    }

    @Test
    void a_day_that_comes_twice_is_open_from_its_first_showing() {
        // Alaska went from Saturday, 15:33:32, back to Friday at 1867-10-19T00:31:13Z.
        Window saturdays = Window.of(LocalTime.of(12, 0), LocalTime.of(18, 0), ZoneId.of("America/Juneau"))
                .on(SATURDAY);
        assertOpen(saturdays, "1867-10-18T20:57:41Z", "1867-10-20T02:57:41Z");
        Instant secondFriday = Instant.parse("1867-10-19T04:57:41Z");
        assertThat(saturdays.isOpen(secondFriday)).isTrue();
        Window noons = Window.of(LocalTime.of(12, 0), LocalTime.of(13, 0), ZoneId.of("America/Juneau"))
                .on(SATURDAY);
        assertThat(noons.lastClosing(secondFriday)).isEqualTo("1867-10-18T21:57:41Z");
        assertThat(noons.nextOpening(secondFriday)).isEqualTo("1867-10-26T20:57:41Z");
    }

    // ---- values

    @ParameterizedTest
    @CsvSource({"01:00", "00:00"})
    void one_that_is_empty_or_never_closes_is_refused_with_what_is_allowed(String time) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> utc(time, time))
                .withMessageContaining("from " + time + " to " + time)
                .withMessageContaining("two different times are allowed")
                .withMessageContaining("use no window");
    }

    @Test
    @SuppressWarnings("NullAway") // what a host without null checks may do
    void missing_arguments_are_refused_at_once() {
        LocalTime one = LocalTime.of(1, 0);
        assertThatNullPointerException().isThrownBy(() -> Window.of(null, one, ZoneOffset.UTC));
        assertThatNullPointerException().isThrownBy(() -> Window.of(one, null, ZoneOffset.UTC));
        assertThatNullPointerException().isThrownBy(() -> Window.of(one, LocalTime.NOON, null));
        assertThatNullPointerException().isThrownBy(() -> NIGHTS.and(null));
    }

    @Test
    void windows_of_the_same_parts_are_equal() {
        Window noons = utc("12:00", "13:00");
        assertThat(NIGHTS.and(noons)).isEqualTo(noons.and(NIGHTS)).hasSameHashCodeAs(noons.and(NIGHTS));
        assertThat(NIGHTS.and(NIGHTS)).isEqualTo(NIGHTS);
        assertThat(NIGHTS.on(MONDAY, DayOfWeek.values())).isEqualTo(NIGHTS);
        assertThat(NIGHTS)
                .isNotEqualTo(utc("01:00", "05:31"))
                .isNotEqualTo(utc("01:01", "05:30"))
                .isNotEqualTo(NIGHTS.on(MONDAY))
                .isNotEqualTo(NIGHTS.and(noons))
                .isNotEqualTo(Window.of(LocalTime.of(1, 0), LocalTime.of(5, 30), ST_JOHNS))
                .isNotEqualTo("01:00-05:30 Z");
    }

    @Test
    void the_text_says_when_it_is_open() {
        Window window = Window.of(LocalTime.of(1, 0), LocalTime.of(5, 30), ST_JOHNS);
        assertThat(window).hasToString("01:00-05:30 America/St_Johns");
        assertThat(window.on(TUESDAY, MONDAY).and(utc("22:00", "00:00")))
                .hasToString("01:00-05:30 America/St_Johns on MON,TUE and 22:00-00:00 Z");
    }
}
