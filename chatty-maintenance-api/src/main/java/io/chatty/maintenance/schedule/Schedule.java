package io.chatty.maintenance.schedule;

import java.time.Instant;
import java.util.Optional;

/**
 * When a task is due. Implementations are immutable and pure: the same question has the same answer. What
 * takes no argument, {@link Object#toString} too, an engine asks once, when the schedule is given to it.
 *
 * <p>Ready ones are in the engine's {@code Schedules}.
 */
public interface Schedule {

    /** The first due time strictly after that instant; empty if there is none any more. */
    Optional<Instant> next(Instant after);

    /**
     * The first due time when an engine starts. One in the past was missed while no engine ran: {@link MissedRuns} says what
     * becomes of it. By default the first after the last run, if that is past, else the first after now.
     *
     * @param lastRun when the task's last run was due, or was created if nobody had it due; empty if none is known
     */
    default Optional<Instant> first(Optional<Instant> lastRun, Instant now) {
        return lastRun.flatMap(this::next).filter(due -> !due.isAfter(now)).or(() -> next(now));
    }

    /**
     * Whether the next due time counts from the end of a run rather than from its due time: {@link #next} is then asked with
     * the end. Default: false.
     */
    default boolean countsFromEnd() {
        return false;
    }

    /**
     * Whether a due time that has passed is due still, however late it is, so that {@link MissedRuns} is not asked: for intervals,
     * which are due once so much time has passed, not at a time of the day. Default: false.
     */
    default boolean catchesUp() {
        return false;
    }

    /** The task whose runs make this one due, each time that one of them succeeds. Default: none. */
    default Optional<String> afterTask() {
        return Optional.empty();
    }

    /** The window that runs keep to: they are due in it, pause at its end, and go on in the next. Default: none. */
    default Optional<Window> window() {
        return Optional.empty();
    }

    /**
     * This schedule kept to a window: a due time at which the window is closed moves to when it opens next, and a run that
     * meets its end pauses after its batch and goes on in the next.
     *
     * @throws IllegalArgumentException if this schedule has a window already
     */
    default Schedule within(Window window) {
        return new WindowedSchedule(this, window);
    }
}
