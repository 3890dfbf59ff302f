package io.chatty.maintenance.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.schedule.Schedule;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random times around leaps of the clock, against a walk through all minutes that looks at the local clock alone. */
@Timeout(60)
class CronByTheMinuteTest {

    private static final int DAY = 24 * 60;
    private static final int EXPRESSIONS = 16;

    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2026-03-29T01:00:00Z",
        "Europe/Berlin, 2026-10-25T01:00:00Z",
        "America/St_Johns, 2026-03-08T05:30:00Z",
        "America/St_Johns, 2010-11-07T02:31:00Z", // one minute past midnight
        "America/New_York, 2026-11-01T06:00:00Z",
        "Australia/Lord_Howe, 2026-10-03T15:30:00Z", // half an hour
        "Australia/Lord_Howe, 2026-04-04T15:00:00Z",
        "Antarctica/Troll, 2026-03-29T01:00:00Z", // two hours
        "Antarctica/Troll, 2026-10-25T01:00:00Z",
        "America/Sao_Paulo, 2018-11-04T03:00:00Z", // midnight
        "America/Sao_Paulo, 2018-02-18T02:00:00Z",
        "Africa/Cairo, 2026-04-23T22:00:00Z",
        "America/Havana, 2026-11-01T05:00:00Z",
        "Asia/Pyongyang, 2018-05-04T15:00:00Z", // 23:30 to midnight
        "America/Caracas, 2007-12-09T07:00:00Z",
        "Africa/Casablanca, 2026-02-15T02:00:00Z",
        "Pacific/Chatham, 2026-09-26T14:00:00Z", // a quarter past
        "Pacific/Apia, 2011-12-30T10:00:00Z", // a whole day
        "Pacific/Kwajalein, 1993-08-21T12:00:00Z",
        "Asia/Kathmandu, 2026-03-29T01:00:00Z" // none
    })
    void due_times_are_what_the_local_clock_shows(String zoneName, String leap) {
        ZoneId zone = ZoneId.of(zoneName);
        Instant start = Instant.parse(leap).minusSeconds(60L * 4 * DAY);
        LocalDateTime[] clock = new LocalDateTime[8 * DAY];
        for (int i = 0; i < clock.length; i++) {
            clock[i] = LocalDateTime.ofInstant(start.plusSeconds(60L * i), zone);
        }
        for (int seed = 0; seed < EXPRESSIONS; seed++) {
            Random random = new Random(seed);
            RandomCron cron = RandomCron.nightly(random);
            NavigableSet<Integer> due =
                    cron.isInterval() ? shown(clock, cron::fits, !cron.isEveryHour()) : reached(clock, cron::fits);
            assertDue(Schedules.cron(cron.toString(), zone), due, start, random);

            LocalTime time = LocalTime.of(random.nextInt(4), random.nextInt(60));
            assertDue(
                    Schedules.daily(time, zone),
                    reached(clock, local -> local.toLocalTime().equals(time)),
                    start,
                    random);
        }
    }

    /** The minutes at which the clock comes to a time that fits for the first time, or leaps over one. */
    private static NavigableSet<Integer> reached(LocalDateTime[] clock, Predicate<LocalDateTime> fits) {
        NavigableSet<Integer> due = new TreeSet<>();
        LocalDateTime latest = clock[0];
        for (int i = 1; i < clock.length; i++) {
            while (latest.isBefore(clock[i])) {
                latest = latest.plusMinutes(1);
                if (fits.test(latest)) {
                    due.add(i);
                }
            }
        }
        return due;
    }

    /** The minutes at which the clock shows a time that fits or, if that is made up for, leaps over one. */
    private static NavigableSet<Integer> shown(
            LocalDateTime[] clock, Predicate<LocalDateTime> fits, boolean leaptOverIsMadeUpFor) {
        NavigableSet<Integer> due = new TreeSet<>();
        for (int i = 1; i < clock.length; i++) {
            LocalDateTime left = clock[i - 1].plusMinutes(1);
            while (leaptOverIsMadeUpFor && left.isBefore(clock[i])) {
                if (fits.test(left)) {
                    due.add(i);
                }
                left = left.plusMinutes(1);
            }
            if (fits.test(clock[i])) {
                due.add(i);
            }
        }
        return due;
    }

    /** One after another near the leap, in the middle, and from anywhere else. */
    private static void assertDue(Schedule schedule, NavigableSet<Integer> due, Instant start, Random random) {
        for (int i = 4 * DAY - 240; i < 4 * DAY + 240; i += 1 + random.nextInt(20)) {
            assertNext(schedule, due, i, start, random);
        }
        for (int i = 0; i < 20; i++) {
            assertNext(schedule, due, DAY + random.nextInt(5 * DAY), start, random);
        }
    }

    private static void assertNext(Schedule schedule, NavigableSet<Integer> due, int i, Instant start, Random random) {
        Integer next = due.higher(i);
        if (next != null) { // else beyond the walk
            Instant after = start.plusSeconds(60L * i);
            assertThat(schedule.next(after.plusNanos(random.nextInt(2))))
                    .as("%s after %s", schedule, after)
                    .contains(start.plusSeconds(60L * next));
            assertThat(schedule.next(start.plusSeconds(60L * next).minusNanos(1)))
                    .as("%s just before its due time", schedule)
                    .contains(start.plusSeconds(60L * next));
        }
    }
}
