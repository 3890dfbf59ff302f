package io.chatty.maintenance.engine;

import io.chatty.maintenance.schedule.MissedRuns;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.schedule.Window;
import io.chatty.maintenance.task.TaskNames;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Optional;

/**
 * The ready schedules. {@link Schedule#within(Window)} keeps each of them to off-peak hours.
 *
 * <p>What becomes of times of {@link #daily} and {@link #cron} that passed while no engine ran, or the machine slept, {@link
 * MissedRuns} says; {@link #every} and {@link #fixedDelay} miss none, they go on at once.
 */
public final class Schedules {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(3650);

    private Schedules() {}

    /**
     * Due at a fixed rate: again and again, that long after the task was due last, however long its runs take. When an engine
     * starts: that long after the last run was due, at once if that has passed, and without a last run that long after now.
     *
     * @throws IllegalArgumentException if the interval is shorter than a second or longer than 3650 days
     */
    public static Schedule every(Duration interval) {
        return new Interval(checked("every", interval), false);
    }

    /**
     * Due with a fixed delay: again and again, that long after the task's run has ended. When an engine starts, as
     * {@link #every}.
     *
     * @throws IllegalArgumentException if the delay is shorter than a second or longer than 3650 days
     */
    public static Schedule fixedDelay(Duration delay) {
        return new Interval(checked("fixedDelay", delay), true);
    }

    private static Duration checked(String what, Duration given) {
        if (given.compareTo(SHORTEST) < 0 || given.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    what + ": " + given + " given, " + SHORTEST + " to " + LONGEST + " are allowed");
        }
        return given;
    }

    /**
     * Due each time that a run of another task of the same engine has succeeded, and at no other time.
     *
     * @param task the name of the other task
     * @throws IllegalArgumentException if that cannot be the name of a task, see {@link TaskNames}
     */
    public static Schedule after(String task) {
        return new AfterTask(TaskNames.check(task));
    }

    /**
     * Due each day at that time of that zone's clock, whatever the clock does on that day: where it leaps over the time, at the
     * first instant after the leap; where it shows the time twice, the first time only.
     */
    public static Schedule daily(LocalTime time, ZoneId zone) {
        return new Daily(Objects.requireNonNull(time, "time"), Objects.requireNonNull(zone, "zone"));
    }

    /**
     * Due as a cron expression says, by that zone's clock: minute (0-59), hour (0-23), day of the month (1-31), month (1-12 or
     * JAN-DEC), day of the week (0-7, where 0 and 7 are Sunday, or SUN-SAT), as crontab(5) has them. A field is {@code *}, a
     * number, a range, a step ({@code *}{@code /15}, {@code 8-18/2}, or {@code 5/15} from 5 to the field's end), or several of
     * them with commas between. Where neither day begins with {@code *}, a day fits that fits one of the two; else it fits
     * both. There are no seconds, no {@code L}, {@code W}, {@code #}, {@code ?} and no nicknames such as {@code @daily}.
     *
     * <p>Around daylight saving, as Cronos has it:
     *
     * <ul>
     *   <li>An expression whose minute and hour are numbers names fixed times of the day. One that the clock leaps over is due
     *       at the first instant after the leap (several in one leap are one); one that it shows twice is due the first time.
     *   <li>An expression with a wildcard, range or step in its minute or hour names an interval, and is due in both of two
     *       equal hours: {@code 0 2-4 * * *} at 02:00, 02:00, 03:00 and 04:00 of the day that has two of them. What the clock
     *       leaps over is made up for right after the leap, unless the expression is for every hour of the day: then the next
     *       hour does, and {@code 15 * * * *} stays an hour apart. (Cronos makes up for it there, too.)
     * </ul>
     *
     * @throws IllegalArgumentException if the expression cannot be read, or names a time that never comes
     */
    public static Schedule cron(String expression, ZoneId zone) {
        return new CronSchedule(expression, zone);
    }

    private record Interval(Duration length, boolean countsFromEnd) implements Schedule {
        @Override
        public boolean catchesUp() {
            return true;
        }

        @Override
        public Optional<Instant> next(Instant after) {
            return Optional.of(after.plus(length));
        }

        @Override
        public Optional<Instant> first(Optional<Instant> lastRun, Instant now) {
            // A clock that was set back must not keep the task waiting for longer than its interval.
            Instant due = lastRun.filter(now::isAfter).orElse(now).plus(length);
            return Optional.of(due.isBefore(now) ? now : due);
        }

        @Override
        public String toString() {
            return (countsFromEnd ? "fixed delay " : "every ") + length;
        }
    }

    private record AfterTask(String task) implements Schedule {
        @Override
        public Optional<Instant> next(Instant after) {
            return Optional.empty();
        }

        @Override
        public Optional<String> afterTask() {
            return Optional.of(task);
        }

        @Override
        public String toString() {
            return "after " + task;
        }
    }

    private record Daily(LocalTime time, ZoneId zone) implements Schedule {
        @Override
        public Optional<Instant> next(Instant after) {
            return ZonedTimes.fixed(zone, this::next).next(after);
        }

        private Optional<LocalDateTime> next(LocalDateTime after) {
            LocalDateTime today = after.toLocalDate().atTime(time);
            return Optional.of(today.isAfter(after) ? today : today.plusDays(1));
        }

        @Override
        public String toString() {
            return "daily at " + time + " " + zone;
        }
    }
}
