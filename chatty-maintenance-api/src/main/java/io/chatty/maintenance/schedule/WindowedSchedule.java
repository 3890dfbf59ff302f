package io.chatty.maintenance.schedule;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** A schedule kept to a window: due times at which it is closed move to when it opens next, where they are one. */
record WindowedSchedule(Schedule schedule, Window kept) implements Schedule {

    WindowedSchedule {
        Objects.requireNonNull(kept, "window");
        schedule.window().ifPresent(other -> {
            throw new IllegalArgumentException(
                    "window: " + kept + " given, " + schedule + " has one already; join windows by Window.and");
        });
    }

    @Override
    public Optional<Instant> next(Instant after) {
        return moved(after).or(() -> schedule.next(after).map(kept::firstOpen));
    }

    @Override
    public Optional<Instant> first(Optional<Instant> lastRun, Instant now) {
        Optional<Instant> first = schedule.first(lastRun, now).map(kept::firstOpen);
        boolean missed = first.filter(due -> !due.isAfter(now)).isPresent();
        return missed ? first : moved(now).or(() -> first);
    }

    /** The opening after that instant, if a due time before it has moved there: one since the window closed. */
    private Optional<Instant> moved(Instant at) {
        if (schedule.countsFromEnd() || kept.isOpen(at)) {
            return Optional.empty();
        }
        return schedule.next(kept.lastClosing(at).minusNanos(1))
                .filter(due -> !due.isAfter(at))
                .map(due -> kept.nextOpening(at));
    }

    @Override
    public boolean countsFromEnd() {
        return schedule.countsFromEnd();
    }

    @Override
    public boolean catchesUp() {
        return schedule.catchesUp();
    }

    @Override
    public Optional<String> afterTask() {
        return schedule.afterTask();
    }

    @Override
    public Optional<Window> window() {
        return Optional.of(kept);
    }

    @Override
    public String toString() {
        return schedule + " within " + kept;
    }
}
