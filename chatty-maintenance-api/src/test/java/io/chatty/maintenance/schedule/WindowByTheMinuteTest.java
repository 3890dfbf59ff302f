package io.chatty.maintenance.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random windows around leaps of the clock, against a walk through all minutes that looks at the local clock alone. */
@Timeout(60)
class WindowByTheMinuteTest {

    /** Minutes walked; the middle is where the clock leaps. */
    private static final int MINUTES = 32 * 24 * 60;

    private record Part(LocalTime from, LocalTime to, ZoneId zone, Set<DayOfWeek> days) {
        Window window() {
            DayOfWeek[] all = days.toArray(new DayOfWeek[0]);
            return Window.of(from, to, zone).on(all[0], all);
        }

        /** Opens and closes each of its days at the first minute at which the clock has come that far. */
        void mark(boolean[] open, Instant start) {
            LocalDateTime[] clock = new LocalDateTime[MINUTES];
            for (int i = 0; i < MINUTES; i++) {
                clock[i] = LocalDateTime.ofInstant(start.plusSeconds(60L * i), zone);
            }
            int opened = 0;
            LocalDate end = clock[MINUTES - 1].toLocalDate();
            for (LocalDate day = clock[0].toLocalDate(); day.isBefore(end); day = day.plusDays(1)) {
                if (days.contains(day.getDayOfWeek())) {
                    LocalDateTime opens = day.atTime(from);
                    LocalDateTime closes = opens.toLocalTime().isBefore(to)
                            ? day.atTime(to)
                            : day.plusDays(1).atTime(to);
                    opened = reached(clock, opens, opened);
                    int closed = reached(clock, closes, opened);
                    if (opened == closed) {
                        closed += (int) Duration.between(opens, closes).toMinutes();
                    }
                    for (int i = opened; i < Math.min(closed, MINUTES); i++) {
                        open[i] = true;
                    }
                }
            }
        }

        private static int reached(LocalDateTime[] clock, LocalDateTime time, int from) {
            int i = from;
            while (i < MINUTES && clock[i].isBefore(time)) {
                i++;
            }
            return i;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2026-03-29T01:00:00Z",
        "Europe/Berlin, 2026-10-25T01:00:00Z",
        "America/St_Johns, 2026-03-08T05:30:00Z",
        "America/St_Johns, 2026-11-01T04:30:00Z",
        "Australia/Lord_Howe, 2026-10-03T15:30:00Z",
        "Australia/Lord_Howe, 2026-04-04T15:00:00Z",
        "America/Sao_Paulo, 2018-11-04T03:00:00Z",
        "America/Sao_Paulo, 2018-02-18T02:00:00Z",
        "Africa/Cairo, 2026-04-23T22:00:00Z",
        "Antarctica/Troll, 2026-03-29T01:00:00Z",
        "Antarctica/Troll, 2026-10-25T01:00:00Z",
        "Pacific/Apia, 2011-12-30T10:00:00Z",
        "Asia/Kathmandu, 2026-03-29T01:00:00Z"
    })
    void every_edge_is_where_the_local_clock_shows_it(String zone, String leap) {
        Instant middle = Instant.parse(leap);
        Instant start = middle.minusSeconds(60L * (MINUTES / 2));
        for (int seed = 0; seed < 8; seed++) {
            Random random = new Random(seed);
            List<Part> parts = new ArrayList<>(List.of(part(random, ZoneId.of(zone))));
            Window window = parts.get(0).window();
            while (parts.size() < 3 && random.nextInt(3) > 0) {
                Part more = part(random, ZoneId.of(random.nextBoolean() ? zone : "Europe/London"));
                parts.add(more);
                window = window.and(more.window());
            }
            boolean[] open = new boolean[MINUTES];
            parts.forEach(part -> part.mark(open, start));
            for (int i = MINUTES / 2 - 30 * 60; i < MINUTES / 2 + 30 * 60; i++) {
                Instant at = start.plusSeconds(60L * i);
                boolean isOpen = window.isOpen(at);
                if (isOpen != open[i]) { // a million assertions would take seconds
                    assertThat(isOpen).as("seed %s: %s at %s", seed, window, at).isEqualTo(open[i]);
                }
                if (open[i] != open[i - 1] || open[i + 1] != open[i] || random.nextInt(100) == 0) {
                    assertEdges(window, open, i, start, at.plusNanos(random.nextInt(3)));
                }
            }
        }
    }

    private static void assertEdges(Window window, boolean[] open, int i, Instant start, Instant at) {
        int opening = i + 1;
        while (!(open[opening] && !open[opening - 1])) {
            opening++;
        }
        int closing = i + 1;
        while (!(!open[closing] && open[closing - 1])) {
            closing++;
        }
        int closed = i;
        while (!(!open[closed] && open[closed - 1])) {
            closed--;
        }
        String what = window + " at " + at;
        assertThat(window.nextOpening(at)).as("next opening: %s", what).isEqualTo(start.plusSeconds(60L * opening));
        assertThat(window.nextClosing(at)).as("next closing: %s", what).isEqualTo(start.plusSeconds(60L * closing));
        assertThat(window.lastClosing(at)).as("last closing: %s", what).isEqualTo(start.plusSeconds(60L * closed));
    }

    /** Mostly in the small hours, where clocks leap; so short that three never fill the week. */
    private static Part part(Random random, ZoneId zone) {
        LocalTime from =
                LocalTime.MIDNIGHT.plusMinutes(5L * (random.nextBoolean() ? random.nextInt(50) : random.nextInt(288)));
        LocalTime to = from.plusMinutes(5L * (1 + (random.nextBoolean() ? random.nextInt(12) : random.nextInt(90))));
        EnumSet<DayOfWeek> days = EnumSet.allOf(DayOfWeek.class);
        if (random.nextBoolean()) {
            days.removeIf(day -> random.nextBoolean());
            days.add(DayOfWeek.of(1 + random.nextInt(7)));
        }
        return new Part(from, to, zone, days);
    }
}
