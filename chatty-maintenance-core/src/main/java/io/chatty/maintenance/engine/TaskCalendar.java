package io.chatty.maintenance.engine;

import io.chatty.maintenance.engine.DueTimes.DueTime;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.schedule.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When a task is to be looked at: its schedule, the due time that comes next, and its window. A schedule that fails is asked
 * again after a while, the same, so that nothing is lost meanwhile. Thread-safe; held up by nothing but the schedule.
 */
final class TaskCalendar {

    /** A schedule that failed is asked again after that time. */
    private static final Duration AFTER_ERROR = Duration.ofMinutes(1);

    private final String task;
    private final Parts parts;

    // Written under this, with one another.
    private volatile TaskSettings settings;
    private volatile @Nullable Schedule schedule;
    private volatile @Nullable DueTimes times;
    private boolean started;

    // Each an instant at which the engine's tick is to look here; null if it need not.
    private volatile @Nullable DueTime next;
    private volatile @Nullable Instant askAgainAt;
    private volatile @Nullable Instant windowOpensAt;

    private @Nullable Function<DueTimes, Optional<DueTime>> unanswered; // what the schedule is asked again
    private volatile @Nullable String failure;

    TaskCalendar(String task, @Nullable Schedule schedule, TaskSettings settings, Parts parts) {
        this.task = task;
        this.parts = parts;
        this.settings = settings;
        this.schedule = schedule == null ? null : GivenSchedule.of(schedule);
        this.times = times(this.schedule);
    }

    private @Nullable DueTimes times(@Nullable Schedule of) {
        return of == null ? null : new DueTimes(task, of, settings, parts.settings.atLeastEvery());
    }

    Optional<Schedule> schedule() {
        return Optional.ofNullable(schedule);
    }

    /** Whether a due time counts from the end of the run before. */
    boolean countsFromEnd() {
        return schedule().map(Schedule::countsFromEnd).orElse(false);
    }

    Optional<Instant> nextDue() {
        return Optional.ofNullable(next).map(DueTime::at);
    }

    /** Why the schedule gives no due time; empty if it does, or has none. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** When the tick is to look here next. */
    Optional<Instant> wakeAt() {
        return Stream.of(nextDue(), Optional.ofNullable(askAgainAt), Optional.ofNullable(windowOpensAt))
                .flatMap(Optional::stream)
                .min(Instant::compareTo);
    }

    // ---- due times

    /** Finds the first due time. */
    synchronized void start(Optional<Run> lastBegun) {
        started = true;
        Optional<Instant> lastRun = lastBegun.map(TaskCalendar::anchor);
        Instant now = parts.clock.instant();
        ask(known -> known.first(lastRun, now));
    }

    private static Instant anchor(Run run) {
        return run.due() != null ? run.due() : run.createdAt();
    }

    /** Sets the due time that comes next. */
    void comesNext(DueTime due) {
        next = due;
    }

    /** No due time comes next before the end of a run, or another event, is told by {@link #dueAfter}. */
    void nothingComesNext() {
        next = null;
    }

    boolean hasNext() {
        return next != null;
    }

    /** Finds the next due time after that one, or after that end of a run. */
    void dueAfter(Instant after) {
        ask(known -> known.next(after, parts.clock.instant()));
    }

    private synchronized void ask(Function<DueTimes, Optional<DueTime>> question) {
        askAgainAt = null;
        unanswered = null;
        failure = null;
        next = null;
        DueTimes known = times;
        if (known == null) {
            return;
        }
        try {
            next = question.apply(known).orElse(null);
        } catch (Throwable e) { // no error of a schedule may end the timer's tick; asked at once, it would fail again
            Instant again = parts.clock.instant().plus(AFTER_ERROR);
            unanswered = question;
            askAgainAt = again;
            failure = e.toString();
            parts.log.error("The schedule of {} failed; it is asked again at {}", task, again, e);
        }
    }

    /** Takes what is due by now, and finds what comes next. Of due times that have passed at once, the latest. */
    synchronized Optional<DueTime> take(Instant now) {
        Instant again = askAgainAt;
        Function<DueTimes, Optional<DueTime>> question = unanswered;
        if (again != null && question != null && !again.isAfter(now)) {
            ask(question);
        }
        DueTime due = next;
        if (due == null || due.at().isAfter(now)) {
            return Optional.empty();
        }
        if (countsFromEnd()) {
            next = null;
            return Optional.of(due);
        }
        dueAfter(due.due());
        DueTime following = next;
        if (following == null || following.at().isAfter(now)) {
            return Optional.of(due);
        }
        dueAfter(following.due()); // the machine slept, say
        int missed = Math.min(due.missed() + following.missed() + 1, DueTimes.MOST_COUNTED + 1);
        return Optional.of(new DueTime(following.due(), following.at(), missed));
    }

    /**
     * After the clock was set back: what was due, or to be looked at, by the wrong time may be far off by the right one. What
     * comes sooner by the wrong time stays, or a clock that is set back now and then would put an interval off for ever.
     */
    synchronized void setBack(Instant now) {
        if (windowOpensAt != null) {
            windowOpensAt = now;
        }
        DueTime due = next;
        if (askAgainAt != null || (due != null && due.at().isAfter(now))) {
            dueAfter(now);
        }
        DueTime anew = next;
        if (due != null && (anew == null || due.at().isBefore(anew.at()))) {
            next = due;
        }
        if (due != null) {
            parts.log.info(
                    "The clock was set back to {}: {} is due at {} now, it was at {}", now, task, nextDue(), due.at());
        }
    }

    /**
     * Whether the task's last run has done what is due: a run of another engine, or one that was due at the same time before
     * the clock was set back. The next due time follows that run then.
     */
    boolean isDone(Optional<Run> lastBegun, DueTime due, Instant now) {
        DueTimes known = times;
        Optional<Instant> lastDue =
                lastBegun.flatMap(run -> Optional.ofNullable(countsFromEnd() ? run.endedAt() : run.due()));
        if (known == null || lastDue.isEmpty() || lastDue.get().isAfter(now)) {
            return false; // the clock may have been set back
        }
        try {
            if (!known.isDoneBy(lastDue.get(), due.due(), now)) {
                return false;
            }
        } catch (RuntimeException e) { // the schedule's; this due time is known, and the run is begun for it
            return false;
        }
        dueAfter(lastDue.get());
        return true;
    }

    /** The due time that follows the last run, for who does not run the task: in the past if nobody else has seen to it. */
    Optional<Instant> dueByRecord(TaskRecord record) {
        DueTimes known = times;
        if (known == null) {
            return Optional.empty();
        }
        if (record.lastBegun().isEmpty()) {
            return known.first(Optional.empty(), parts.clock.instant()).map(DueTime::due);
        }
        return record.lastBegun()
                .flatMap(run -> countsFromEnd() ? Optional.ofNullable(run.endedAt()) : Optional.of(anchor(run)))
                .flatMap(known::following);
    }

    // ---- the window

    private Optional<Window> window() {
        return parts.settings.atLeastEvery().isPresent()
                ? Optional.empty()
                : schedule().flatMap(Schedule::window);
    }

    /** Whether a run that is due could go on now. */
    boolean isWindowOpen() {
        return window().map(window -> window.isOpen(parts.clock.instant())).orElse(true);
    }

    /** Has the tick look here when the window, which is closed, opens; gives when that is. */
    Instant wakeAtOpening() {
        Instant opens = window().map(window -> window.nextOpening(parts.clock.instant()))
                .orElseThrow();
        windowOpensAt = opens;
        return opens;
    }

    /** Whether the window that was waited for has opened by now; says so once. */
    boolean takeOpening(Instant now) {
        Instant opens = windowOpensAt;
        if (opens == null || opens.isAfter(now)) {
            return false;
        }
        windowOpensAt = null;
        return true;
    }

    // ---- changes

    /**
     * Changes the schedule, of which the next due time follows: at once, or at the start. If the new one fails, nothing has
     * changed.
     *
     * @param runs whether a run goes on or waits, after whose end the next due time may come
     */
    synchronized void reschedule(Schedule wanted, BooleanSupplier runs) {
        Schedule changed = GivenSchedule.of(wanted);
        DueTimes anew = new DueTimes(task, changed, settings, parts.settings.atLeastEvery());
        Optional<DueTime> first = anew.first(Optional.empty(), parts.clock.instant());
        schedule = changed;
        times = anew;
        windowOpensAt = null;
        if (started) {
            boolean knownAtEnd = changed.countsFromEnd() && runs.getAsBoolean();
            ask(same -> knownAtEnd ? Optional.empty() : first);
        }
    }

    /** Changes the settings; the next due time is put off as they say. */
    synchronized void change(TaskSettings changed) {
        settings = changed;
        times = times(schedule);
        DueTimes anew = times;
        DueTime due = next;
        if (anew != null && due != null) {
            next = anew.putOffAnew(due, parts.clock.instant());
        }
    }
}
