package io.chatty.maintenance.engine;

import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.schedule.Window;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The due times of one task: its schedule's, put off by jitter and spread, with those that were missed counted. */
final class DueTimes {

    /** So many missed due times are counted one by one; of more, only that there were more. */
    static final int MOST_COUNTED = 1000;
    /** Where to look for the latest of very many missed ones. */
    private static final List<Duration> LOOK_BACK = List.of(
            Duration.ofSeconds(10),
            Duration.ofMinutes(10),
            Duration.ofHours(10),
            Duration.ofDays(10),
            Duration.ofDays(400));

    /**
     * A due time.
     *
     * @param due as the schedule has it
     * @param at put off by jitter and spread
     * @param missed how many due times before it were missed; {@link #MOST_COUNTED} + 1 stands for more, too
     */
    record DueTime(Instant due, Instant at, int missed) {}

    private final Schedule schedule;
    private final TaskSettings settings;
    private final Optional<Duration> atLeastEvery;
    private final Duration offset;

    DueTimes(String task, Schedule schedule, TaskSettings settings, Optional<Duration> atLeastEvery) {
        this.schedule = schedule;
        this.settings = settings;
        this.atLeastEvery = schedule.afterTask().isPresent() ? Optional.empty() : atLeastEvery;
        this.offset = settings.spread().isZero()
                ? Duration.ZERO
                : Duration.ofNanos(Math.floorMod(
                        task.hashCode() * 0x9E3779B97F4A7C15L, settings.spread().toNanos()));
    }

    /** The first when an engine starts. */
    Optional<DueTime> first(Optional<Instant> lastRun, Instant now) {
        Optional<Instant> believed = lastRun.filter(last -> !last.isAfter(now)); // the clock may have been set back
        Optional<Instant> first = schedule.first(believed, now);
        Optional<Instant> often = atLeastEvery.map(most -> believed.orElse(now).plus(most));
        return earlier(first, often).map(due -> at(due, now));
    }

    /** The next after that due time, or after that end of a run. */
    Optional<DueTime> next(Instant after, Instant now) {
        return following(after).map(due -> at(due, now));
    }

    /** The same, whether it has passed or not, and not put off. */
    Optional<Instant> following(Instant after) {
        Optional<Instant> next = schedule.next(after);
        next.filter(due -> !due.isAfter(after)).ifPresent(due -> {
            throw new MaintenanceException(
                    "schedule " + schedule + " gave " + due + " as the next due time after " + after);
        });
        return earlier(next, atLeastEvery.map(after::plus));
    }

    private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
        return one.isPresent() && other.isPresent() && other.get().isBefore(one.get()) ? other : one.or(() -> other);
    }

    /** That due time, or, if more have passed since, the latest of them. */
    private DueTime at(Instant first, Instant now) {
        if (first.isAfter(now)) {
            return new DueTime(first, putOff(first), 0);
        }
        Instant due = first;
        int missed = 0;
        Optional<Instant> later = following(due).filter(next -> !next.isAfter(now));
        while (later.isPresent() && missed <= MOST_COUNTED) {
            due = later.get();
            missed++;
            later = following(due).filter(next -> !next.isAfter(now));
        }
        Instant latest = later.isPresent() ? latest(due, now) : due;
        return new DueTime(latest, putOff(latest), missed);
    }

    private Instant latest(Instant known, Instant now) {
        for (Duration back : LOOK_BACK) {
            Optional<Instant> due = following(now.minus(back)).filter(found -> !found.isAfter(now));
            if (due.isPresent()) {
                Instant latest = due.get();
                for (int steps = 0; steps < MOST_COUNTED; steps++) {
                    Optional<Instant> next = following(latest).filter(found -> !found.isAfter(now));
                    if (next.isEmpty()) {
                        break;
                    }
                    latest = next.get();
                }
                return latest.isAfter(known) ? latest : known;
            }
        }
        return known;
    }

    private Instant putOff(Instant due) {
        long jitter = settings.jitter().isZero()
                ? 0
                : ThreadLocalRandom.current().nextLong(settings.jitter().toNanos());
        Instant at = due.plus(offset).plusNanos(jitter);
        boolean stillOpen = schedule.window()
                .map(window -> at.isBefore(closing(window, due)))
                .orElse(true);
        return stillOpen ? at : due;
    }

    /** That due time, put off as these settings have it: not into the past, where it would be late at once. */
    DueTime putOffAnew(DueTime due, Instant now) {
        if (!due.at().isAfter(now)) {
            return due;
        }
        Instant at = putOff(due.due());
        return new DueTime(due.due(), at.isBefore(now) ? now : at, due.missed());
    }

    private static Instant closing(Window window, Instant due) {
        return window.isOpen(due) ? window.nextClosing(due) : Instant.MAX;
    }

    /**
     * Whether a run that was due, or ended, then has done what is due now: so that engines whose due times differ by a little
     * do not each run once.
     */
    boolean isDoneBy(Instant lastDue, Instant due, Instant now) {
        return !lastDue.isBefore(due)
                || following(lastDue).filter(next -> next.isAfter(now)).isPresent();
    }

    @Override
    public String toString() {
        return schedule + atLeastEvery.map(most -> ", at least every " + most).orElse("");
    }
}
