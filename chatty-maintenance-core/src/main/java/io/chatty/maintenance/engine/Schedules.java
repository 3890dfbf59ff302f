package io.chatty.maintenance.engine;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.chatty.maintenance.schedule.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The ready schedules.
 *
 * <p>Around daylight saving: a fixed time of the day that the clock leaps over is due at the first instant after the leap,
 * one that it shows twice is due once, the first time. A cron expression with a wildcard, step or range in its minute or
 * hour names an interval instead, and is due in both of two equal hours.
 */
public final class Schedules {

    private static final CronParser UNIX = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private Schedules() {}

    /**
     * Due again and again, that long after the task was due last; after a restart, that long after its last run began, at
     * once if that has passed. If the task still runs then, the due time is skipped.
     *
     * @throws IllegalArgumentException if the interval is shorter than a second
     */
    public static Schedule every(Duration interval) {
        if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("every: " + interval + " given, at least PT1S allowed");
        }
        return new Every(interval);
    }

    /** Due each day at that time of that zone's clock. A time that passes while no engine runs is left out. */
    public static Schedule daily(LocalTime time, ZoneId zone) {
        return new Daily(Objects.requireNonNull(time, "time"), Objects.requireNonNull(zone, "zone"));
    }

    /**
     * Due as a cron expression says: minute, hour, day of the month, month, day of the week, as crontab(5) has them. A time
     * that passes while no engine runs is left out.
     *
     * @throws IllegalArgumentException if the expression cannot be read, or names a time that never comes
     */
    public static Schedule cron(String expression, ZoneId zone) {
        Objects.requireNonNull(zone, "zone");
        Cron cron;
        try {
            if (expression.contains("|")) { // the parser's own, for several expressions in one
                throw new IllegalArgumentException("'|' is not allowed");
            }
            cron = UNIX.parse(expression).validate();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cron: \"" + expression + "\" given; allowed are five fields (minute hour day-of-month month"
                            + " day-of-week), such as \"30 2 * * *\": " + e.getMessage(),
                    e);
        }
        CronSchedule schedule = new CronSchedule(expression, zone, cron);
        if (schedule.next(Instant.EPOCH).isEmpty()) {
            throw new IllegalArgumentException(
                    "cron: \"" + expression + "\" given, which names a time that never comes");
        }
        return schedule;
    }

    private record Every(Duration interval) implements Schedule {
        @Override
        public Optional<Instant> next(Instant after) {
            return Optional.of(after.plus(interval));
        }

        @Override
        public Optional<Instant> first(Optional<Instant> lastRun, Instant now) {
            // A clock that was set back must not keep the task waiting for longer than its interval.
            Instant from = lastRun.filter(last -> last.isBefore(now)).orElse(now);
            return Optional.of(from.plus(interval));
        }

        @Override
        public String toString() {
            return "every " + interval;
        }
    }

    private record Daily(LocalTime time, ZoneId zone) implements Schedule {
        @Override
        public Optional<Instant> next(Instant after) {
            return nextFixed(after, zone, local -> {
                LocalDateTime today = local.toLocalDate().atTime(time);
                return today.isAfter(local) ? today : today.plusDays(1);
            });
        }

        @Override
        public String toString() {
            return "daily at " + time + " " + zone;
        }
    }

    private static final class CronSchedule implements Schedule {
        private final String expression;
        private final ZoneId zone;
        private final ExecutionTime times;
        private final boolean interval;

        private CronSchedule(String expression, ZoneId zone, Cron cron) {
            this.expression = expression;
            this.zone = zone;
            this.times = ExecutionTime.forCron(cron);
            String[] fields = expression.trim().split("\\s+", -1);
            this.interval = (fields[0] + fields[1]).matches(".*[*/-].*");
        }

        @Override
        public Optional<Instant> next(Instant after) {
            if (interval) {
                return times.nextExecution(after.atZone(zone)).map(due -> due.toInstant());
            }
            return nextFixed(
                    after,
                    zone,
                    local -> times.nextExecution(local.atZone(ZoneOffset.UTC))
                            .map(due -> due.toLocalDateTime())
                            .orElse(LocalDateTime.MAX));
        }

        @Override
        public String toString() {
            return "cron \"" + expression + "\" " + zone;
        }
    }

    /**
     * The next fixed local time after an instant: looks on a time line without a zone, from a little before (the local
     * clock may have leapt), and puts what it finds onto the zone's.
     */
    private static Optional<Instant> nextFixed(Instant after, ZoneId zone, UnaryOperator<LocalDateTime> nextLocal) {
        LocalDateTime local = after.atZone(zone).toLocalDateTime().minusDays(1);
        while (true) {
            local = nextLocal.apply(local);
            if (local.equals(LocalDateTime.MAX)) {
                return Optional.empty();
            }
            Instant due = toInstant(local, zone);
            if (due.isAfter(after)) {
                return Optional.of(due);
            }
        }
    }

    private static Instant toInstant(LocalDateTime local, ZoneId zone) {
        ZoneOffsetTransition transition = zone.getRules().getTransition(local);
        if (transition != null && transition.isGap()) {
            return transition.getInstant();
        }
        return local.atZone(zone).toInstant(); // of two offsets the earlier
    }
}
