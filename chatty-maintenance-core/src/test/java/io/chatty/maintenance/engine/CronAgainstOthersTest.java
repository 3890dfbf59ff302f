package io.chatty.maintenance.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.schedule.Schedule;
import java.text.ParseException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TimeZone;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.scheduling.support.CronExpression;

/** Random expressions against Spring and Quartz over forty years, but for the days on which the clock leaps: there all differ. */
@Timeout(60)
class CronAgainstOthersTest {

    private static final Instant FROM = Instant.parse("1995-01-01T00:00:00Z");
    private static final int YEARS = 40;
    private static final int EXPRESSIONS = 40;

    /** What another library says; empty if it cannot say it. */
    private interface Other {
        Optional<Instant> next(RandomCron cron, Instant after, ZoneId zone);
    }

    /** Spring has seconds, and takes two restricted days for both. */
    private static Optional<Instant> spring(RandomCron cron, Instant after, ZoneId zone) {
        String times = "0 " + cron.minute().text() + " " + cron.hour().text() + " ";
        String month = " " + cron.month().text() + " ";
        List<String> days = cron.eitherDay()
                ? List.of(cron.day().text() + month + "*", "*" + month + cron.weekdayNames())
                : List.of(cron.day().text() + month + cron.weekdayNames());
        return days.stream()
                .map(day -> CronExpression.parse(times + day).next(after.atZone(zone)))
                .map(ZonedDateTime::toInstant)
                .min(Comparator.naturalOrder());
    }

    /** Quartz has seconds, and one of two days at most. */
    private static Optional<Instant> quartz(RandomCron cron, Instant after, ZoneId zone) {
        String times = "0 " + cron.minute().text() + " " + cron.hour().text() + " ";
        String month = " " + cron.month().text() + " ";
        List<String> days = new ArrayList<>();
        boolean anyDay = cron.day().text().equals("*");
        boolean anyWeekday = cron.weekday().text().equals("*");
        if (!cron.eitherDay() && !anyDay && !anyWeekday) {
            return Optional.empty();
        }
        if (!anyDay || anyWeekday) {
            days.add(cron.day().text() + month + "?");
        }
        if (!anyWeekday) {
            days.add("?" + month + cron.weekdayNames());
        }
        return days.stream()
                .map(day -> quartz(times + day, zone).getNextValidTimeAfter(Date.from(after)))
                .map(Date::toInstant)
                .min(Comparator.naturalOrder());
    }

    private static org.quartz.CronExpression quartz(String expression, ZoneId zone) {
        try {
            org.quartz.CronExpression quartz = new org.quartz.CronExpression(expression);
            quartz.setTimeZone(TimeZone.getTimeZone(zone));
            return quartz;
        } catch (ParseException e) {
            throw new IllegalArgumentException(expression, e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UTC",
                "Europe/Berlin",
                "America/New_York",
                "America/St_Johns",
                "America/Sao_Paulo",
                "Africa/Cairo",
                "Asia/Kathmandu",
                "Asia/Tehran",
                "Australia/Lord_Howe",
                "Pacific/Apia"
            })
    void on_days_without_a_leap_all_say_the_same(String zoneName) {
        ZoneId zone = ZoneId.of(zoneName);
        int[] compared = new int[2];
        for (int seed = 0; seed < EXPRESSIONS; seed++) {
            Random random = new Random(seed);
            RandomCron cron = RandomCron.anywhere(random);
            Schedule schedule = Schedules.cron(cron.toString(), zone);
            for (int i = 0; i < 6; i++) {
                Instant after = FROM.atZone(ZoneOffset.UTC)
                        .plusSeconds(random.nextLong(YEARS * 365L * 86_400))
                        .toInstant();
                Instant next = schedule.next(after).orElseThrow();
                String what = cron + " " + zone + " after " + after + " (seed " + seed + ")";
                compared[0] += compare(CronAgainstOthersTest::spring, cron, after, zone, next, "Spring: " + what);
                compared[1] += compare(CronAgainstOthersTest::quartz, cron, after, zone, next, "Quartz: " + what);
            }
        }
        assertThat(compared[0]).as("compared with Spring").isGreaterThan(6 * EXPRESSIONS * 9 / 10);
        assertThat(compared[1]).as("compared with Quartz").isGreaterThan(6 * EXPRESSIONS * 7 / 10);
    }

    private static int compare(Other other, RandomCron cron, Instant after, ZoneId zone, Instant next, String what) {
        Optional<Instant> theirs = other.next(cron, after, zone);
        if (theirs.isEmpty() || leaps(after, zone) || leaps(next, zone) || leaps(theirs.get(), zone)) {
            return 0;
        }
        assertThat(next).as(what).isEqualTo(theirs.get());
        return 1;
    }

    /** Whether the clock leaps on the local day of that instant. */
    private static boolean leaps(Instant instant, ZoneId zone) {
        LocalDate day = LocalDate.ofInstant(instant, zone);
        Instant start = day.atStartOfDay(zone).toInstant();
        ZoneOffsetTransition leap = zone.getRules().nextTransition(start.minusSeconds(1));
        Instant end = day.plusDays(1).atStartOfDay(zone).toInstant();
        return leap != null && !leap.getInstant().isAfter(end);
    }
}
