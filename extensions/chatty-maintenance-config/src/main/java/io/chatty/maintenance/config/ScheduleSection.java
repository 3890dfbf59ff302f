package io.chatty.maintenance.config;

import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.schedule.Window;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@code schedule} of a task. */
final class ScheduleSection {

    private static final List<String> KINDS = List.of("every", "fixed-delay", "daily", "cron", "after");

    private final Section section;
    private final Optional<ZoneId> zone;

    private ScheduleSection(Section section, Optional<ZoneId> zone) {
        this.section = section;
        this.zone = zone;
    }

    /**
     * The schedule; empty if it has a problem.
     *
     * @param zone of daily and cron schedules that name none
     */
    static Optional<Schedule> read(Section section, Windows windows, Optional<ZoneId> zone) {
        ScheduleSection reader = new ScheduleSection(section, zone);
        Optional<Window> window = windows.referredTo(section, "window");
        Optional<Schedule> schedule = reader.schedule();
        section.has("zone");
        section.end();
        return schedule.map(read -> window.map(read::within).orElse(read));
    }

    /** The name of the task that it comes after. */
    static Optional<String> after(Section section) {
        return section.get("after", Kind.TEXT);
    }

    private Optional<Schedule> schedule() {
        List<String> set = KINDS.stream().filter(section::has).toList();
        if (set.size() != 1) {
            section.problem((set.isEmpty() ? "none" : String.join(" and ", set)) + " given, exactly one of "
                    + String.join(", ", KINDS)
                    + " is allowed; for a task that runs only when it is asked to, no schedule");
            set.forEach(key -> section.get(key, value -> value)); // read, so that it is not unknown as well
            return Optional.empty();
        }
        String kind = set.get(0);
        boolean byTheClock = kind.equals("daily") || kind.equals("cron");
        if (!byTheClock && section.has("zone")) {
            section.refuse("zone", "only daily and cron schedules go by a zone's clock");
        }
        return switch (kind) {
            case "every" -> made(kind, section.get(kind, Kind.DURATION), Schedules::every);
            case "fixed-delay" -> made(kind, section.get(kind, Kind.DURATION), Schedules::fixedDelay);
            case "after" -> made(kind, after(section), Schedules::after);
            case "daily" -> {
                Optional<LocalTime> time = section.get(kind, Kind.TIME_OF_DAY);
                Optional<ZoneId> its = Windows.zone(section, zone, "a daily schedule");
                yield its.flatMap(known -> made(kind, time, at -> Schedules.daily(at, known)));
            }
            default -> {
                Optional<String> expression = section.get(kind, Kind.TEXT);
                // Looked at even without a zone, to find all mistakes at once.
                Optional<ZoneId> its = Windows.zone(section, zone, "a cron schedule");
                Optional<Schedule> made =
                        made(kind, expression, text -> Schedules.cron(text, its.orElse(ZoneId.of("UTC"))));
                yield its.isEmpty() ? Optional.empty() : made;
            }
        };
    }

    private <T> Optional<Schedule> made(String key, Optional<T> value, Function<T, Schedule> make) {
        List<Schedule> made = new ArrayList<>();
        value.ifPresent(read -> section.attempt(key, () -> made.add(make.apply(read))));
        return made.stream().findFirst();
    }
}
