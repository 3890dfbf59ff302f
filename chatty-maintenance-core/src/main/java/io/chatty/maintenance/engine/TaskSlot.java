package io.chatty.maintenance.engine;

import io.chatty.maintenance.engine.DueTimes.DueTime;
import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.schedule.Overlap;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * One task of an engine: when it is due, and what becomes of its due times. Of all its runs, at most one is active, here or in
 * another engine.
 *
 * <p>Whatever begins, takes over, pauses or resumes a run does so under {@link #lifecycle}, so that these do not cross. Work
 * that a due time calls for is dispatched after that lock was left.
 */
final class TaskSlot {

    /**
     * A run that was left paused or interrupted for longer than this ends as expired. Where nobody knows any more when it was
     * left, after a restart, its now counts.
     */
    static final Duration LONGEST_REST = Duration.ofDays(7);
    /** How long who asks waits for a run that is just storing its end. */
    private static final Duration END_GRACE = Duration.ofSeconds(5);

    /** So many lines of the history are looked through for the run of the last due time. */
    private static final int LOOKED_THROUGH = 20;

    final String name;
    final TaskErrors errors = new TaskErrors();
    final TaskMeters meters;
    private final TaskSource source;
    private final TaskCalendar calendar;
    private final TaskHealth health = new TaskHealth(errors);
    private final Confirmation confirmation;
    private final TaskBreaker breaker;
    private final Parts parts;
    private final Surroundings engine;
    private final Object lifecycle = new Object();

    private volatile TaskSettings settings;
    private final AtomicReference<@Nullable RunLoop> loop = new AtomicReference<>(); // set under lifecycle
    private volatile boolean paused;
    private volatile boolean started;

    private volatile @Nullable Rest rest; // since when a run rests that this engine left
    private final AtomicReference<Timer.@Nullable Shot> watch = new AtomicReference<>(); // for another engine's run

    private @Nullable Start pending; // guarded by lifecycle: it waits for a worker
    private @Nullable DueTime queued; // guarded by lifecycle: it waits for the end of the run before

    private record Rest(RunId run, Instant since) {}

    /** What a slot tells its engine. */
    interface Surroundings {
        /** {@link #wakeAt} has changed. */
        void rearm();

        /** A run no longer goes on here. */
        void ended(Run run);
    }

    TaskSlot(TaskSource source, @Nullable Schedule schedule, TaskSettings settings, Parts parts, Surroundings engine) {
        this.source = source;
        this.name = source.name();
        this.parts = parts;
        this.meters = new TaskMeters(parts.meters, name);
        this.engine = engine;
        this.settings = settings;
        this.confirmation = new Confirmation(source);
        this.breaker = new TaskBreaker(name, settings, parts);
        this.calendar = new TaskCalendar(name, schedule, settings, parts);
    }

    TaskSettings settings() {
        return settings;
    }

    Optional<Schedule> schedule() {
        return calendar.schedule();
    }

    TaskBreaker breaker() {
        return breaker;
    }

    TaskSource source() {
        return source;
    }

    Optional<RunLoop> loop() {
        return Optional.ofNullable(loop.get());
    }

    Optional<Instant> nextDue() {
        return calendar.nextDue();
    }

    /** Asks the store. */
    TaskRecord look() {
        TaskRecord known = parts.store.look(name);
        paused = known.paused();
        health.awaiting = awaiting(known).orElse(null);
        return known;
    }

    /** Whether the task is paused, as this engine saw it last. */
    boolean isPaused() {
        return paused;
    }

    /** Whether a run awaits confirmation, as this engine saw it last. */
    boolean isAwaitingConfirmation() {
        return health.awaiting != null;
    }

    /** How long until it is due next, below zero if it is overdue. */
    Optional<Duration> untilDue() {
        return nextDue().map(due -> Duration.between(parts.clock.instant(), due));
    }

    EngineHealth health() {
        return health(parts.clock.instant());
    }

    /** How the task is, as far as this engine knows without asking its store. */
    EngineHealth health(Instant now) {
        return health.at(now, calendar.nextDue(), calendar.failure(), breaker.isOpen());
    }

    /** When the tick is to look here next. */
    Optional<Instant> wakeAt() {
        return calendar.wakeAt();
    }

    // ---- windows

    /** Whether the run must not go on now. One that a person asked for keeps to no window. */
    boolean isOutsideWindow(Run run) {
        return run.due() != null && !isWindowOpen();
    }

    /** Whether a run that is due could go on now. */
    boolean isWindowOpen() {
        return calendar.isWindowOpen();
    }

    /** Why a run pauses at the end of its window; the slot then looks again when it opens. */
    String untilWindow() {
        Instant opens = calendar.wakeAtOpening();
        engine.rearm();
        return "its window is closed until " + opens;
    }

    // ---- the start and the tick

    /** Takes up what was left unfinished, and finds the first due time. */
    void start() {
        TaskRecord known = lookWithoutLapsed();
        breaker.restore(known);
        health.lastState = known.lastBegun().map(Run::state).orElse(null);
        known.lastBegun().ifPresent(last -> meters.expect(last.counts()));
        known.lastBegun().ifPresent(this::warn);
        started = true;
        calendar.start(known.lastBegun());
        schedule()
                .flatMap(Schedule::afterTask)
                .flatMap(before -> missedAfter(before, known))
                .ifPresent(calendar::comesNext);
        takeUp(known); // at last: with a delay that counts from ends, no due time is known while a run goes on
    }

    /** The due time that follows the last run, for who does not run the task: in the past if nobody else has seen to it. */
    Optional<Instant> dueByRecord(TaskRecord known) {
        return calendar.dueByRecord(known);
    }

    /** A run of the task before this one that ended while nobody saw it. */
    private Optional<DueTime> missedAfter(String before, TaskRecord known) {
        return parts.store
                .look(before)
                .lastBegun()
                .filter(run -> run.state() == RunState.SUCCEEDED && run.endedAt() != null)
                .map(Run::endedAt)
                .filter(ended -> known.lastBegun()
                        .map(last -> last.createdAt().isBefore(ended))
                        .orElse(false))
                .map(ended -> new DueTime(ended, ended, 0));
    }

    private void takeUp(TaskRecord known) {
        Optional<RunLoop> taken = Optional.empty();
        synchronized (lifecycle) {
            if (loop.get() != null || parts.isClosed) {
                return;
            }
            Optional<Run> active = known.active();
            restoreBreaker(known);
            if (!known.paused()) {
                taken = active.flatMap(this::goOn);
            } else {
                // Left RUNNING under a dead owner, it would look like another engine's to the resume that is to come.
                active.filter(run -> run.state() != RunState.PAUSED)
                        .flatMap(this::takeOver)
                        .ifPresent(run ->
                                parts.store.end(run.claim(), RunState.PAUSED, Optional.empty(), parts.clock.instant()));
            }
            watchIfAnothers(active);
        }
        taken.ifPresentOrElse(parts.dispatcher::submit, this::releaseQueued);
    }

    /** Dispatches what is due. Called by the timer's tick, and does not block. */
    void tick(Instant at) {
        if (calendar.takeOpening(at)) {
            parts.soon("Going on with the run of " + name, this::takeUpAgain);
        }
        calendar.take(at).ifPresent(due -> {
            if (!parts.soon("The due time " + due.due() + " of " + name, () -> due(due))) {
                lost(due, new RejectedExecutionException("the workers refused it"));
            }
        });
    }

    /** The clock was set back to that. */
    void setBack(Instant to) {
        calendar.setBack(to);
    }

    private void takeUpAgain() {
        if (!parts.isClosed) {
            takeUp(look());
        }
    }

    // ---- a due time

    /** A run that is to begin and waits for a worker: only then is it claimed, so that idle engines come first. */
    private final class Start implements Dispatcher.Turn {
        private final DueTime due;
        private final Optional<RunId> lastSeen;

        @Override
        public boolean isToEnd() {
            return false;
        }

        private Start(DueTime due, Optional<RunId> lastSeen) {
            this.due = due;
            this.lastSeen = lastSeen;
        }

        @Override
        public Priority priority() {
            return settings.priority();
        }

        @Override
        public Optional<String> group() {
            return settings.group();
        }

        @Override
        public void take(Dispatcher.Permit permit) {
            try {
                begin(due, lastSeen).ifPresentOrElse(begun -> begun.take(permit), TaskSlot.this::beganNothing);
            } catch (Throwable e) { // no error may end a worker
                lost(due, e);
            }
        }

        @Override
        public void refused(Throwable reason) {
            synchronized (lifecycle) {
                pending = null;
            }
            lost(due, reason);
        }
    }

    private void lost(DueTime due, Throwable reason) {
        health.dueLost = due.due() + ": " + reason;
        failedBy(reason);
        parts.log.error(
                "The due time {} of {} was lost; the next is {}",
                due.due(),
                name,
                nextDue().map(Instant::toString).orElse("unknown"),
                reason);
        beganNothing();
    }

    private void due(DueTime due) {
        Optional<? extends Dispatcher.Turn> turn;
        try {
            turn = turn(due);
        } catch (RuntimeException e) {
            lost(due, e);
            return;
        }
        turn.ifPresentOrElse(parts.dispatcher::submit, this::afterDue);
    }

    /** What becomes of a due time: a turn, or nothing. */
    private Optional<? extends Dispatcher.Turn> turn(DueTime due) {
        Optional<Run> waiting;
        synchronized (lifecycle) {
            if (parts.isClosed) {
                return Optional.empty();
            }
            TaskRecord known = look();
            waiting = awaiting(known);
            if (waiting.isEmpty()) {
                return decide(due, known);
            }
        }
        lapseIfDue(waiting.get());
        synchronized (lifecycle) {
            return parts.isClosed ? Optional.empty() : decide(due, look());
        }
    }

    /** The same from what is known. Called with the slot's lock. */
    private Optional<? extends Dispatcher.Turn> decide(DueTime due, TaskRecord known) {
        Instant now = parts.clock.instant();
        health.dueLost = null;
        if (calendar.isDone(lastDone(known), due, now)) {
            return Optional.empty();
        }
        Optional<String> obstacle = obstacle(due, now);
        if (obstacle.isPresent()) {
            skip(due, obstacle.get());
        } else if (loop.get() != null || pending != null) {
            overlap(due);
        } else {
            restoreBreaker(known);
            Optional<Run> waiting = awaiting(known);
            if (waiting.isPresent()) {
                if (!due.due().equals(waiting.get().due())) {
                    skip(due, Confirmation.words(waiting.get()));
                }
                return Optional.empty();
            }
            if (known.active().isPresent()) {
                return goOnOrSkip(due, known.active().get());
            }
            Start start = new Start(due, known.lastBegun().map(Run::id));
            pending = start;
            return Optional.of(start);
        }
        return Optional.empty();
    }

    /** The run that says which due times are done: one that a person asked for says nothing of those. */
    private Optional<Run> lastDone(TaskRecord known) {
        boolean saysNothing = !calendar.countsFromEnd()
                && known.lastBegun().filter(run -> run.due() == null).isPresent();
        return saysNothing
                ? parts.store.history(name, LOOKED_THROUGH).stream()
                        .filter(run -> run.due() != null && !run.isSkipped())
                        .findFirst()
                : known.lastBegun();
    }

    /** Why no run may begin for a due time, whatever else goes on. */
    private Optional<String> obstacle(DueTime due, Instant now) {
        return missed(due, now)
                .or(() -> paused ? Optional.of("the task is paused") : Optional.empty())
                .or(() -> parts.workers.isDown()
                        ? Optional.of("the engine is down: too many threads hang")
                        : Optional.empty());
    }

    private Optional<String> missed(DueTime due, Instant now) {
        String before = due.missed() == 0
                ? ""
                : " (and " + (due.missed() > DueTimes.MOST_COUNTED ? "over " + DueTimes.MOST_COUNTED : due.missed())
                        + " before it)";
        boolean catchesUp = schedule().map(Schedule::catchesUp).orElse(false);
        if (!catchesUp && !settings.missedRuns().allowsStart(due.at(), now)) {
            return Optional.of("missed" + before + ", and its start deadline of "
                    + settings.missedRuns().startDeadline() + " has passed");
        }
        if (due.missed() > 0) {
            parts.log.info("{}: the run due at {}{} makes up for what was missed", name, due.due(), before);
        }
        return Optional.empty();
    }

    private void overlap(DueTime due) {
        if (!queue(due)) {
            skip(due, loop.get() == null ? "the run before still waits for a worker" : "the run before still goes on");
        }
    }

    /** Lets a due time wait for the end of the run before, if it may. */
    private boolean queue(DueTime due) {
        boolean mayWait = settings.overlap() == Overlap.QUEUE_ONE && queued == null;
        if (mayWait) {
            queued = due;
            parts.log.info("The due time {} of {} waits for the end of the run before", due.due(), name);
        }
        return mayWait;
    }

    private Optional<RunLoop> goOnOrSkip(DueTime due, Run active) {
        Optional<RunLoop> mine = goOn(active);
        if (mine.isPresent()) {
            return mine;
        }
        Optional<Run> still = look().active();
        if (still.isEmpty()) { // it was too old to go on
            return begin(due, look().lastBegun().map(Run::id));
        }
        watchIfAnothers(still);
        boolean isAnothers = still.get().state() == RunState.RUNNING;
        if (!due.due().equals(still.get().due()) && !(isAnothers && parts.store.isShared() && queue(due))) {
            skip(
                    due,
                    isAnothers
                            ? "a run goes on in another engine, " + still.get().owner()
                            : "the run before is paused");
        }
        return Optional.empty();
    }

    private void skip(DueTime due, String reason) {
        parts.log.info("The due time {} of {} is skipped: {}", due.due(), name, reason);
        Instant at = due.due().truncatedTo(ChronoUnit.MICROS);
        Run skipped = Run.skipped(
                name, parts.owner, at, "due at " + due.due() + ", skipped: " + reason, parts.clock.instant());
        if (parts.store.skip(skipped)) {
            meters.skipped();
            parts.events.publish(new MaintenanceEvent.RunSkipped(skipped));
        }
    }

    /** A due time that made no run: with a delay that counts from ends, it counts as one. */
    private void afterDue() {
        if (calendar.countsFromEnd() && !calendar.hasNext() && loop.get() == null) {
            calendar.dueAfter(parts.clock.instant());
        }
        engine.rearm();
    }

    /** A due time had its turn, and no run began. */
    private void beganNothing() {
        afterDue();
        releaseQueued();
    }

    /** Looks at the due time anew that waits for the end of a run, unless one goes on here, or is to. */
    void releaseQueued() {
        DueTime waiting;
        synchronized (lifecycle) {
            if (loop.get() != null || pending != null || parts.isClosed) {
                return; // after a restart it is due again
            }
            waiting = queued;
            queued = null;
        }
        if (waiting != null) {
            parts.soon("The due time " + waiting.due() + " of " + name, () -> due(waiting));
        }
    }

    // ---- runs

    private Optional<RunLoop> begin(DueTime due, Optional<RunId> lastSeen) {
        synchronized (lifecycle) {
            pending = null;
            if (parts.isClosed) {
                return Optional.empty();
            }
            Optional<String> obstacle = obstacle(due, parts.clock.instant()); // it may have waited for long
            if (obstacle.isPresent()) {
                skip(due, obstacle.get());
                return Optional.empty();
            }
            return begin(Optional.of(due.due()), lastSeen);
        }
    }

    /** Claims a fresh run. Called with the slot's lock. */
    private Optional<RunLoop> begin(Optional<Instant> due, Optional<RunId> lastSeen) {
        long askedAt = parts.ticker.getAsLong();
        Run fresh = Run.begun(
                name,
                parts.owner,
                due.map(at -> at.truncatedTo(ChronoUnit.MICROS)),
                parts.now(),
                parts.clock.instant().truncatedTo(ChronoUnit.MICROS));
        if (!parts.store.begin(fresh, lastSeen, parts.settings.claimFor())) {
            watchIfAnothers(look().active());
            return Optional.empty();
        }
        return Optional.of(loopFor(fresh, askedAt));
    }

    private RunLoop loopFor(Run run, long askedAt) {
        breaker.letTry();
        RunLoop begun = new RunLoop(parts, this, run, askedAt);
        loop.set(begun);
        health.claimLost = false;
        rest = null;
        if (calendar.countsFromEnd()) {
            calendar.nothingComesNext(); // known when this run has ended
        }
        if (parts.isClosed) { // a close that looked for loops before this one was there does not know of it
            begun.stop(RunLoop.Stop.CLOSE);
        }
        return begun;
    }

    private Optional<Run> takeOver(Run seen) {
        return seen.isAwaitingConfirmation()
                ? Optional.empty()
                : parts.store.takeOver(seen, parts.owner, parts.settings.claimFor());
    }

    /**
     * Takes an active run over to go on with it, unless it is outside of its window, or has rested too long. Called with the
     * slot's lock.
     */
    private Optional<RunLoop> goOn(Run seen) {
        long askedAt = parts.ticker.getAsLong();
        Optional<Run> mine = takeOver(seen);
        if (mine.isEmpty()) {
            return Optional.empty();
        }
        Run run = mine.get();
        Optional<String> tooLong = restedTooLong(run);
        if (tooLong.isPresent()) {
            end(run, RunState.EXPIRED, tooLong);
            return Optional.empty();
        }
        if (isOutsideWindow(run)) {
            if (restedSince(run).isEmpty()) { // a restart has lost since when
                rest = new Rest(run.id(), parts.clock.instant());
            }
            parts.store.end(run.claim(), RunState.PAUSED, Optional.of(untilWindow()), parts.clock.instant());
            return Optional.empty();
        }
        parts.log.info(
                "Run {} of {}, {} under {}, is taken over with token {}",
                run.id(),
                name,
                seen.state(),
                seen.owner(),
                run.token());
        return Optional.of(loopFor(run, askedAt));
    }

    private Optional<Instant> restedSince(Run run) {
        return Optional.ofNullable(rest)
                .filter(known -> known.run().equals(run.id()))
                .map(Rest::since);
    }

    private Optional<String> restedTooLong(Run run) {
        Instant since = restedSince(run).orElse(run.now());
        return Duration.between(since, parts.now()).compareTo(LONGEST_REST) > 0
                ? Optional.of("left at " + since + ", more than " + LONGEST_REST.toDays() + " days ago; its now is "
                        + run.now())
                : Optional.empty();
    }

    // ---- a run that awaits confirmation

    private static Optional<Run> awaiting(TaskRecord known) {
        return known.active().filter(Run::isAwaitingConfirmation);
    }

    /** Asks the store, and ends a run that awaits confirmation and may no longer be confirmed. Not under the lock. */
    private TaskRecord lookWithoutLapsed() {
        TaskRecord known = look();
        Optional<Run> waiting = awaiting(known);
        waiting.ifPresent(this::lapseIfDue);
        return waiting.isEmpty() ? known : look();
    }

    /** Ends that run if it may no longer be confirmed; where its task does not say whether it may, it goes on waiting. */
    private void lapseIfDue(Run waiting) {
        try {
            lapse(waiting);
        } catch (MaintenanceException e) {
            parts.log.of(waiting, Level.WARN, "Whether the run still may be confirmed is not known: it waits on", e);
        }
    }

    /**
     * Ends that run as expired if it may no longer be confirmed. Asks the task, which is the host's code: not under the lock.
     *
     * @return the run if it was ended, here or meanwhile by another
     * @throws MaintenanceException if the task does not say its fingerprint
     */
    private Optional<Run> lapse(Run waiting) {
        return restedTooLong(waiting).or(() -> confirmation.changed(waiting)).flatMap(reason -> {
            Optional<Run> expired = parts.store.settle(waiting, RunState.EXPIRED, reason, parts.clock.instant());
            expired.ifPresent(run -> tellEnd(run, Duration.ZERO));
            return expired.or(() -> parts.store.find(waiting.id()));
        });
    }

    /** @param goesOnHere whether the run is to go on in this engine; otherwise the confirmation is only stored */
    void confirm(Run seen, boolean goesOnHere) {
        if (!seen.isAwaitingConfirmation()) {
            throw new MaintenanceException(Confirmation.notAwaited(seen));
        }
        lapse(seen).ifPresent(run -> {
            throw new MaintenanceException(Confirmation.notAwaited(run));
        });
        Optional<RunLoop> confirmed = Optional.empty();
        synchronized (lifecycle) {
            loop().ifPresent(this::awaitEnd);
            Instant at = parts.clock.instant();
            Run run = parts.store
                    .settle(seen, RunState.INTERRUPTED, "confirmed at " + at + " in " + parts.owner, at)
                    .orElseThrow(() -> new MaintenanceException(
                            Confirmation.notAwaited(parts.store.find(seen.id()).orElse(seen))));
            parts.log.of(run, Level.INFO, "Run of {} is confirmed: {}", name, String.valueOf(seen.detail()));
            health.awaiting = null;
            if (goesOnHere && !parts.isClosed && !look().paused()) {
                confirmed = goOn(run);
                watchIfAnothers(look().active());
            }
        }
        confirmed.ifPresent(parts.dispatcher::submit);
    }

    /** Puts the breaker as the store has it, unless a run goes on here: that knows better. */
    private void restoreBreaker(TaskRecord known) {
        if (loop.get() == null) {
            breaker.restore(known);
        }
    }

    /** Ends a run that did not go on here. */
    private void end(Run run, RunState state, Optional<String> detail) {
        tellEnd(parts.store.end(run.claim(), state, detail, parts.clock.instant()), Duration.ZERO);
    }

    /** Says that a run has ended, or rests, after so long here: in one line, on the meters and to listeners. */
    void tellEnd(Run run, Duration here) {
        health.lastState = run.state();
        health.awaiting = run.isAwaitingConfirmation() ? run : null;
        warn(run);
        parts.log.of(
                run,
                run.isAwaitingConfirmation() ? Level.WARN : run.state() == RunState.FAILED ? Level.ERROR : Level.INFO,
                "Run of {} is {} after {} here: {}{}",
                name,
                run.state(),
                here,
                Lines.outcome(run),
                run.isAwaitingConfirmation() ? "; " + Confirmation.whatToDo(run) : "");
        meters.ended(run.state(), here);
        parts.events.publish(new MaintenanceEvent.RunStopped(run));
    }

    /** Asks the task what a person should see to after that run. */
    private void warn(Run run) {
        if (run.state() != RunState.SUCCEEDED) {
            return;
        }
        try {
            health.warnings = source.warnings(run.counts());
        } catch (Throwable e) { // a task's error must not end who tells of its run
            parts.log.warn("The task {} was asked for its warnings, and failed", name, e);
        }
    }

    private void watchIfAnothers(Optional<Run> active) {
        if (parts.store.isShared()
                && active.filter(run ->
                                run.state() == RunState.RUNNING && !run.owner().equals(parts.owner))
                        .isPresent()) {
            watch();
        }
    }

    /** Looks again when a claim has run out. By elapsed time: the host's clock may stand still. */
    void watch() {
        Timer.Shot before = watch.getAndSet(parts.timer.after(
                parts.settings.claimFor(), () -> parts.soon("Looking for the run of " + name, this::takeUpAgain)));
        if (before != null) {
            before.cancel();
        }
    }

    // ---- what a run tells

    void failedBy(Throwable failure) {
        meters.failed(errors.add(failure, parts.clock.instant()));
    }

    void failed(Throwable failure) {
        failedBy(failure);
        breaker.failed();
    }

    void hung(String detail) {
        health.hangs(detail);
        health.lastState = RunState.FAILED;
        failedBy(new TimeoutException(detail));
    }

    /** A thread that hung has come back. */
    void cameBack() {
        health.cameBack();
        parts.workers.cameBack();
    }

    /** A run that went on here was left, since its claim was lost or its end could not be stored. */
    void left() {
        health.claimLost = true;
        watch();
    }

    /**
     * That loop no longer goes on here. Only if it is that loop's turn still: one that lost its claim may leave when its
     * successor is there already.
     */
    void ended(RunLoop ended, Optional<Run> run) {
        if (loop.compareAndSet(ended, null)) {
            run.filter(here -> here.state().isActive())
                    .ifPresent(here -> rest = new Rest(here.id(), parts.clock.instant()));
        }
        close(ended);
        if (calendar.countsFromEnd() && loop.get() == null) {
            calendar.dueAfter(run.map(Run::endedAt).orElseGet(parts.clock::instant));
            engine.rearm();
        }
    }

    /** Closes the task of a run that no longer goes on here. */
    void close(RunLoop ended) {
        ended.task().ifPresent(task -> source.closeBounded(task, parts.log));
    }

    /** After the end of a run was told. */
    void afterEnd(Run run) {
        if (run.state() == RunState.CANCELLED) {
            skipQueued();
        }
        releaseQueued();
        if (run.isFoldable()) {
            try {
                parts.store.fold(run);
            } catch (RuntimeException e) {
                parts.log.warn(
                        "The uneventful run {} of {} could not be folded with those before it", run.id(), name, e);
            }
        }
        engine.ended(run);
    }

    /** Who cancels a run does not want the next to begin right away. */
    private void skipQueued() {
        DueTime waiting;
        synchronized (lifecycle) {
            waiting = queued;
            queued = null;
        }
        if (waiting != null) {
            parts.soon(
                    "Leaving out the due time " + waiting.due() + " of " + name,
                    () -> skip(waiting, "the run before it was cancelled"));
        }
    }

    /** A run of the task that this one comes after has succeeded. */
    void dueAfterTask(Instant ended) {
        parts.soon("The due time of " + name + ", after another task", () -> due(new DueTime(ended, ended, 0)));
    }

    // ---- what people ask for

    RunLoop runNow() {
        RunLoop begun;
        TaskRecord unused = lookWithoutLapsed();
        synchronized (lifecycle) {
            TaskRecord known = look();
            awaiting(known).ifPresent(waiting -> {
                throw new MaintenanceException("task " + name + ": " + Confirmation.words(waiting));
            });
            if (known.paused()) {
                throw new MaintenanceException("task " + name + " is paused: resume it first");
            }
            if (parts.workers.isDown()) {
                throw new MaintenanceException("the engine is down: too many threads hang; restart the process");
            }
            restoreBreaker(known);
            begun = begin(Optional.empty(), known.lastBegun().map(Run::id))
                    .orElseThrow(() -> new MaintenanceException("task " + name
                            + " has an active run already: wait for it, or cancel it first; it is "
                            + look().active().map(Run::toString).orElse("just ending")));
        }
        parts.dispatcher.submit(begun);
        return begun;
    }

    void pause() {
        synchronized (lifecycle) {
            parts.store.setPaused(name, true);
            paused = true;
            loop().ifPresent(here -> here.stop(RunLoop.Stop.PAUSE));
        }
        parts.log.info("Task {} is paused", name);
    }

    /** Only stores that the task is no longer paused. */
    void endPause() {
        parts.store.setPaused(name, false);
        paused = false;
    }

    void resume() {
        Optional<RunLoop> resumed;
        synchronized (lifecycle) {
            TaskRecord before = look();
            awaiting(before)
                    .ifPresent(waiting -> parts.log.of(
                            waiting, Level.WARN, "A resume confirms nothing: {}", Confirmation.words(waiting)));
            if (!before.paused()) {
                return;
            }
            endPause();
            parts.log.info("Task {} is no longer paused", name);
            RunLoop here = loop.get();
            if (here != null) {
                if (here.withdrawPause() || !here.isEnding()) {
                    return; // one that is to end for good, after a batch that may take its time, is not to go on beside
                    // it
                }
                awaitEnd(here);
            }
            TaskRecord known = look();
            restoreBreaker(known);
            Optional<Run> active = known.active();
            resumed = active.flatMap(this::goOn);
            watchIfAnothers(active);
        }
        resumed.ifPresent(parts.dispatcher::submit);
    }

    /** A loop that has taken a wish to stop only has to store its end: waits for that. */
    private void awaitEnd(RunLoop ending) {
        try {
            ending.done().get(END_GRACE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            parts.log.warn(
                    "The run {} did not end as it should: {}", ending.run().id(), e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean cancel() {
        RunLoop here;
        synchronized (lifecycle) {
            here = loop.get();
            if (here == null || !here.stop(RunLoop.Stop.CANCEL)) {
                return cancelResting(here);
            }
        }
        here.cancelBatch();
        return true;
    }

    /** Cancels a run that no longer goes on here, or is just ending here. Called with the slot's lock. */
    private boolean cancelResting(@Nullable RunLoop ending) {
        if (ending != null) {
            awaitEnd(ending); // it may rest afterwards, paused or interrupted: then it is cancelled there
        }
        Optional<Run> active = look().active();
        Optional<Run> settled = active.filter(Run::isAwaitingConfirmation)
                .flatMap(run -> parts.store.settle(
                        run,
                        RunState.CANCELLED,
                        "cancelled; it awaited confirmation: " + run.detail(),
                        parts.clock.instant()));
        if (settled.isPresent()) {
            tellEnd(settled.get(), Duration.ZERO);
            return true;
        }
        Optional<Run> mine = active.flatMap(this::takeOver);
        mine.ifPresent(run -> end(run, RunState.CANCELLED, Optional.empty()));
        boolean isCancelled = mine.isPresent()
                || active.filter(run -> parts.store.askCancel(run.id())).isPresent();
        if (isCancelled) {
            skipQueued();
        }
        return isCancelled;
    }

    /** Changes the schedule, of which the next due time follows. Before the start, that follows then. */
    void reschedule(Schedule changed) {
        boolean isStarted;
        synchronized (lifecycle) {
            calendar.reschedule(changed, () -> loop.get() != null || pending != null);
            isStarted = started;
        }
        if (isStarted && !parts.isClosed) {
            parts.soon("Going on with the run of " + name, this::takeUpAgain); // a new window may be open
            engine.rearm();
        }
    }

    /** Changes the settings; a run that goes on keeps its pace. */
    void change(TaskSettings changed) {
        synchronized (lifecycle) {
            settings = changed;
            breaker.change(changed);
            calendar.change(changed);
        }
        engine.rearm();
    }
}
