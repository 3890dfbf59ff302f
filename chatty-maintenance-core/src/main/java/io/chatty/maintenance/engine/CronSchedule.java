package io.chatty.maintenance.engine;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.chatty.maintenance.schedule.Schedule;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Due as a cron expression says, see {@link Schedules#cron}. The library sees no zone: {@link ZonedTimes} does. */
final class CronSchedule implements Schedule {

    private static final CronParser UNIX = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    /** What crontab(5) has; the library would take more, such as {@code |} between expressions. */
    private static final Pattern ALLOWED = Pattern.compile("[0-9A-Za-z*,/-]+( [0-9A-Za-z*,/-]+){4}");

    private final String expression;
    private final ZonedTimes times;

    CronSchedule(String expression, ZoneId zone) {
        this.expression = expression;
        Objects.requireNonNull(zone, "zone");
        try {
            String fields = String.join(" ", expression.trim().split("\\s+", -1));
            if (!ALLOWED.matcher(fields).matches()) {
                throw new IllegalArgumentException("it is no five fields of numbers, names, '*', ',', '-' and '/'");
            }
            this.times = times(fields.split(" ", -1), zone);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cron: \"" + expression + "\" given; allowed are five fields (minute hour day-of-month month"
                            + " day-of-week), such as \"30 2 * * *\": " + e.getMessage(),
                    e);
        }
        if (next(Instant.EPOCH).isEmpty()) {
            throw new IllegalArgumentException(
                    "cron: \"" + expression + "\" given, which names a time that never comes");
        }
    }

    private static ZonedTimes times(String[] fields, ZoneId zone) {
        boolean interval = Pattern.matches(".*[*/-].*", fields[0] + fields[1]);
        ExecutionTime hour = parsed("0", fields[1], "*", "*", "*");
        boolean everyHour = IntStream.range(0, 24)
                .mapToObj(LocalTime.MIDNIGHT::plusHours)
                .allMatch(time -> hour.isMatch(time.atDate(LocalDate.EPOCH).atZone(ZoneOffset.UTC)));
        return new ZonedTimes(zone, localTimes(fields), interval, !(interval && everyHour));
    }

    private static LocalTimes localTimes(String[] fields) {
        ExecutionTime all = parsed(fields);
        String days = fields[2];
        String weekdays = fields[4];
        boolean either = !days.startsWith("*") && !weekdays.startsWith("*");
        if (either || days.equals("*") || weekdays.equals("*")) {
            return after -> next(all, after);
        }
        // The library takes "*/2" for a field that is restricted, so that either of the two would do.
        ExecutionTime onDays = parsed(fields[0], fields[1], days, fields[3], "*");
        ExecutionTime onWeekdays = parsed("*", "*", "*", "*", weekdays);
        return after -> {
            Optional<LocalDateTime> due = next(onDays, after);
            while (due.isPresent() && !onWeekdays.isMatch(due.get().atZone(ZoneOffset.UTC))) {
                due = next(onDays, due.get().with(LocalTime.MAX));
            }
            return due;
        };
    }

    private static ExecutionTime parsed(String... fields) {
        return ExecutionTime.forCron(UNIX.parse(String.join(" ", fields)).validate());
    }

    private static Optional<LocalDateTime> next(ExecutionTime times, LocalDateTime after) {
        return times.nextExecution(after.atZone(ZoneOffset.UTC)).map(due -> due.toLocalDateTime());
    }

    @Override
    public Optional<Instant> next(Instant after) {
        return times.next(after);
    }

    @Override
    public String toString() {
        return "cron \"" + expression + "\" " + times.zone();
    }
}
