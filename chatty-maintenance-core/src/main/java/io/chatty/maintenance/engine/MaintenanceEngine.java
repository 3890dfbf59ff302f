package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.MaintenanceListener;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.SettingsException;
import io.chatty.maintenance.task.TaskNames;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs maintenance tasks on their schedules, batch by batch, and keeps the record of it. Thread-safe.
 *
 * <pre>{@code
 * var engine = MaintenanceEngine.builder()
 *         .task(MaintenanceTask.of("tidy", this::tidy), Schedules.daily(LocalTime.of(2, 30), zone))
 *         .build();
 * engine.start();
 * // ...
 * engine.close();
 * }</pre>
 *
 * <p>{@link Builder#build} starts nothing. {@link #start} looks at every task's settings, takes over the runs that a dead
 * process or a close left unfinished, and arms the schedules. One timer thread only dispatches; runs go on on worker
 * threads. An exception or an error of a task ends its run as {@link RunState#FAILED}, never its schedule, never the
 * engine.
 */
public final class MaintenanceEngine implements MaintenanceOperations, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceEngine.class);

    /** A run that was left paused or interrupted for longer than this ends as expired. */
    static final Duration LONGEST_REST = Duration.ofDays(7);
    /** The most that the host's clock may differ from the store's. */
    static final Duration MOST_SKEW = Duration.ofMinutes(1);
    /** An idle engine wakes up that often, to see a clock that was set. */
    static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);
    /** What a close adds to its bound, for batches that had to be ended and for events not yet told. */
    static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

    private enum Phase {
        NEW,
        STARTED,
        CLOSED
    }

    private final Map<String, TaskSlot> slots;
    private final RunStore store;
    private final InstantSource clock;
    private final boolean hostsClock;
    private final int batchSize;
    private final Duration closeTimeout;
    private final String owner = ManagementFactory.getRuntimeMXBean().getName() + "/"
            + UUID.randomUUID().toString().substring(0, 8);
    private final EventQueue events;
    private final Timer timer;
    private final Workers workers;
    private Phase phase = Phase.NEW; // guarded by this
    private volatile Instant lastTick = Instant.MIN;

    private MaintenanceEngine(Builder builder) {
        this.slots = builder.slots();
        this.store = builder.runStore;
        this.hostsClock = builder.clock != null;
        this.clock = builder.clock != null ? builder.clock : InstantSource.system();
        this.batchSize = builder.batchSize;
        this.closeTimeout = builder.closeTimeout;
        this.events = new EventQueue(List.copyOf(builder.listeners), Workers.threads("chatty-maintenance-events"));
        this.workers = new Workers(builder.workers);
        this.timer = new Timer(builder.scheduler, this::tick);
    }

    /** Starts with an in-memory run store and no task. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Looks at all settings, takes over what was left unfinished, and arms the schedules. Works in the calling thread until
     * that is done.
     *
     * @throws SettingsException if settings are wrong; nothing was started, and the engine may be started again once the
     *     world was mended
     * @throws IllegalStateException if the engine was started before, or is closed
     * @throws MaintenanceException if the store cannot be reached, or the workers refuse a run; the engine is closed then
     */
    public void start() {
        synchronized (this) {
            if (phase != Phase.NEW) {
                throw new IllegalStateException("the engine is " + phase + ": it can be started once");
            }
            List<String> problems = new ArrayList<>(store.problems());
            slots.values().forEach(slot -> problems.addAll(slot.task.problems()));
            problems.addAll(clockProblems());
            if (!problems.isEmpty()) {
                throw new SettingsException(problems);
            }
            phase = Phase.STARTED;
        }
        try {
            takeUpAndArm();
        } catch (RuntimeException | Error e) { // half a start must not go on behind the back of a host that saw it fail
            close();
            throw e;
        }
    }

    private void takeUpAndArm() {
        lastTick = clock.instant();
        for (TaskSlot slot : slots.values()) {
            LOG.info(
                    "Task {}: {}; a batch and its record {}",
                    slot.name,
                    slot.schedule == null ? "no schedule" : slot.schedule,
                    store.commitsWith(slot.task)
                            ? "commit together"
                            : "commit one after the other, so a crash in between does a batch again and counts it twice");
            takeUpUnfinished(slot);
            Schedule schedule = slot.schedule;
            if (schedule != null) {
                Optional<Instant> lastRun =
                        store.history(slot.name, 1).stream().findFirst().map(Run::createdAt);
                slot.nextDue = schedule.first(lastRun, clock.instant()).orElse(null);
            }
        }
        arm();
    }

    private List<String> clockProblems() {
        if (hostsClock) {
            return List.of();
        }
        return store.now()
                .map(theirs -> Duration.between(theirs, clock.instant()))
                .filter(skew -> skew.abs().compareTo(MOST_SKEW) > 0)
                .map(skew -> List.of("clock: this host's clock is " + skew + " ahead of the database's, at most "
                        + MOST_SKEW
                        + " either way is allowed; set the clocks right, or give the engine a clock of its own"
                        + " if the difference is meant"))
                .orElse(List.of());
    }

    private void takeUpUnfinished(TaskSlot slot) {
        synchronized (slot.lifecycle) {
            Optional<Run> active = store.active(slot.name);
            if (!store.isPaused(slot.name)) {
                active.ifPresent(run -> goOn(slot, run));
            } else {
                // Left RUNNING under a dead owner, it would look like another engine's to the resume that is to come.
                active.filter(run -> run.state() != RunState.PAUSED)
                        .flatMap(run -> store.takeOver(run, owner))
                        .ifPresent(run -> store.end(run.claim(), RunState.PAUSED, Optional.empty(), clock.instant()));
            }
        }
    }

    /** Takes an active run over and goes on with it, unless it has rested too long. Called with the slot's lock. */
    private Optional<RunLoop> goOn(TaskSlot slot, Run seen) {
        Optional<Run> mine = store.takeOver(seen, owner);
        if (mine.isEmpty()) {
            return Optional.empty();
        }
        Run run = mine.get();
        Duration rest = Duration.between(run.now(), now());
        if (rest.compareTo(LONGEST_REST) > 0) {
            String reason = "its now, " + run.now() + ", is more than " + LONGEST_REST.toDays() + " days ago";
            tellEnd(run, RunState.EXPIRED, Optional.of(reason));
            LOG.info("Run {} of {} expired: {}", run.id(), slot.name, reason);
            return Optional.empty();
        }
        LOG.info(
                "Run {} of {}, {} under {}, is taken over with token {}",
                run.id(),
                slot.name,
                seen.state(),
                seen.owner(),
                run.token());
        return Optional.of(submit(slot, run));
    }

    private RunLoop submit(TaskSlot slot, Run run) {
        RunLoop loop = new RunLoop(slot.task, run, store, clock, batchSize, events);
        slot.loop = loop;
        if (isClosed()) { // a close that looked for loops before this one was there does not know of it
            loop.stop(RunLoop.Stop.CLOSE);
        }
        try {
            workers.execute(() -> loop.work(() -> release(slot, loop)));
        } catch (RuntimeException | Error e) { // an Error, when there is no memory for one more thread
            release(slot, loop);
            String reason = "the worker executor refused the run: " + e;
            tellEnd(run, isClosed() ? RunState.INTERRUPTED : RunState.FAILED, Optional.of(reason));
            throw new MaintenanceException("the worker executor refused a run of " + slot.name, e);
        }
        return loop;
    }

    /** Only if it is that loop's turn still: one that lost its claim may leave when its successor is there already. */
    private static void release(TaskSlot slot, RunLoop loop) {
        if (slot.loop == loop) {
            slot.loop = null;
        }
    }

    private void tellEnd(Run run, RunState state, Optional<String> detail) {
        events.publish(new MaintenanceEvent.RunStopped(store.end(run.claim(), state, detail, clock.instant())));
    }

    private synchronized boolean isClosed() {
        return phase == Phase.CLOSED;
    }

    /** The now for a run or preview, in the microseconds that databases keep, so that it is the same after a restart. */
    private Instant now() {
        Instant now = hostsClock ? clock.instant() : store.now().orElseGet(clock::instant);
        return now.truncatedTo(ChronoUnit.MICROS);
    }

    // ---- due times

    private void arm() {
        slots.values().stream()
                .flatMap(slot -> Stream.ofNullable(slot.nextDue))
                .min(Instant::compareTo)
                .map(due -> Duration.between(clock.instant(), due))
                .ifPresent(wait -> timer.arm(wait.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP : wait));
    }

    private void tick() {
        synchronized (this) {
            if (phase != Phase.STARTED) {
                return;
            }
        }
        Instant at = clock.instant();
        boolean setBack = at.plus(LONGEST_SLEEP).isBefore(lastTick);
        lastTick = at;
        for (TaskSlot slot : slots.values()) {
            if (setBack) {
                dueAnew(slot, at);
            }
            Instant due = slot.nextDue;
            Schedule schedule = slot.schedule;
            if (due == null || schedule == null || due.isAfter(at)) {
                continue;
            }
            try {
                slot.nextDue = next(schedule, at);
                workers.execute(() -> due(slot, due));
            } catch (RuntimeException e) {
                if (due.equals(slot.nextDue)) { // the schedule failed: asked again at once, it would fail without end
                    slot.nextDue = at.plus(LONGEST_SLEEP);
                }
                LOG.error("The due time {} of {} was lost; the next is {}", due, slot.name, slot.nextDue, e);
            }
        }
        arm();
    }

    private static @Nullable Instant next(Schedule schedule, Instant after) {
        Instant next = schedule.next(after).orElse(null);
        if (next != null && !next.isAfter(after)) {
            throw new MaintenanceException(
                    "schedule " + schedule + " gave " + next + " as the next due time after " + after);
        }
        return next;
    }

    /** After the clock was set back: what was due by the wrong time may be far off by the right one. */
    private static void dueAnew(TaskSlot slot, Instant at) {
        Schedule schedule = slot.schedule;
        Instant due = slot.nextDue;
        if (schedule == null || due == null) {
            return;
        }
        try {
            slot.nextDue = next(schedule, at);
            LOG.info("The clock was set back to {}: {} is due at {} now, not at {}", at, slot.name, slot.nextDue, due);
        } catch (RuntimeException e) {
            LOG.error("The schedule of {} failed; it stays due at {}", slot.name, due, e);
        }
    }

    private void due(TaskSlot slot, Instant due) {
        try {
            synchronized (slot.lifecycle) {
                if (isClosed()) {
                    return; // it waited for a worker meanwhile
                }
                Optional<Run> active = store.active(slot.name);
                if (store.isPaused(slot.name)) {
                    skip(slot, due, "the task is paused");
                } else if (slot.loop != null) {
                    skip(slot, due, "the run before still goes on");
                } else if (active.isPresent() && isAnothers(active.get())) {
                    skip(
                            slot,
                            due,
                            "a run goes on in another engine, " + active.get().owner());
                } else if (active.isEmpty() || goOn(slot, active.get()).isEmpty()) {
                    begin(slot);
                }
            }
        } catch (RuntimeException e) {
            LOG.error("The due time {} of {} was lost; the next is {}", due, slot.name, slot.nextDue, e);
        }
    }

    private boolean isAnothers(Run active) {
        return active.state() == RunState.RUNNING && !active.owner().equals(owner);
    }

    private Optional<RunLoop> begin(TaskSlot slot) {
        return store.begin(slot.name, owner, now(), clock.instant()).map(run -> submit(slot, run));
    }

    private void skip(TaskSlot slot, Instant due, String reason) {
        LOG.info("The due time {} of {} is skipped: {}", due, slot.name, reason);
        events.publish(new MaintenanceEvent.RunSkipped(
                store.skip(slot.name, owner, "due at " + due + ", skipped: " + reason, clock.instant())));
    }

    // ---- operations

    @Override
    public List<TaskStatus> status() {
        return slots.keySet().stream().map(this::status).toList();
    }

    @Override
    public TaskStatus status(String task) {
        TaskSlot slot = slot(task);
        return new TaskStatus(
                task,
                Optional.ofNullable(slot.nextDue),
                store.isPaused(task),
                Optional.ofNullable(slot.loop).map(RunLoop::run),
                store.history(task, 1).stream().findFirst());
    }

    @Override
    public Preview preview(String task) {
        TaskSlot slot = slot(task);
        if (!(slot.task instanceof PreviewableTask previewable)) {
            throw new IllegalArgumentException("task " + task + " cannot be previewed: it is no PreviewableTask");
        }
        List<String> problems = previewable.problems();
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        RunId id = RunId.random();
        Instant now = now();
        Counts counts = Counts.none();
        Cursor cursor = null;
        for (long batches = 1; ; batches++) {
            BatchResult result;
            try {
                result = RunLoop.checked(
                        previewable.previewBatch(new BatchContext(id, cursor, batchSize, now)), cursor, "previewBatch");
            } catch (MaintenanceException e) {
                throw e;
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                throw new MaintenanceException("the preview of " + task + " failed: " + e, e);
            }
            counts = counts.plus(result.counts());
            if (result.isFinished()) {
                return new Preview(task, now, batches, counts);
            }
            cursor = result.next().orElseThrow();
        }
    }

    @Override
    public CompletableFuture<Run> runNow(String task) {
        TaskSlot slot = slot(task);
        mustBeStarted();
        synchronized (slot.lifecycle) {
            if (store.isPaused(task)) {
                throw new MaintenanceException("task " + task + " is paused: resume it first");
            }
            return begin(slot)
                    .orElseThrow(() -> new MaintenanceException("task " + task
                            + " has an active run already: wait for it, or cancel it first; it is "
                            + store.active(task).map(Run::toString).orElse("just ending")))
                    .done();
        }
    }

    @Override
    public void pause(String task) {
        TaskSlot slot = slot(task);
        synchronized (slot.lifecycle) {
            store.setPaused(task, true);
            RunLoop loop = slot.loop;
            if (loop != null) {
                loop.stop(RunLoop.Stop.PAUSE);
            }
        }
        LOG.info("Task {} is paused", task);
    }

    @Override
    public void resume(String task) {
        TaskSlot slot = slot(task);
        mustBeStarted();
        synchronized (slot.lifecycle) {
            if (!store.isPaused(task)) {
                return;
            }
            store.setPaused(task, false);
            LOG.info("Task {} is no longer paused", task);
            RunLoop loop = slot.loop;
            if (loop != null) {
                if (loop.withdrawPause()) {
                    return;
                }
                awaitEnd(loop);
            }
            store.active(task).filter(run -> !isAnothers(run)).ifPresent(run -> goOn(slot, run));
        }
    }

    /** A loop that has taken a wish to stop only has to store its end: waits for that. */
    private static void awaitEnd(RunLoop loop) {
        try {
            loop.done().get(CLOSE_GRACE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The run {} did not end as it should: {}", loop.run().id(), e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean cancel(String task) {
        TaskSlot slot = slot(task);
        synchronized (slot.lifecycle) {
            RunLoop loop = slot.loop;
            if (loop != null) {
                if (loop.stop(RunLoop.Stop.CANCEL)) {
                    loop.cancelBatch(Runnable::run);
                    return true;
                }
                awaitEnd(loop); // it may rest afterwards, paused or interrupted: then it is cancelled there
            }
            Optional<Run> mine = store.active(task).flatMap(run -> store.takeOver(run, owner));
            mine.ifPresent(run -> tellEnd(run, RunState.CANCELLED, Optional.empty()));
            return mine.isPresent();
        }
    }

    @Override
    public List<Run> history(String task, int limit) {
        slot(task);
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " given, at least 1 allowed");
        }
        return store.history(task, limit);
    }

    @Override
    public Optional<Run> find(RunId id) {
        return store.find(id);
    }

    private TaskSlot slot(String task) {
        TaskSlot slot = slots.get(task);
        if (slot == null) {
            throw new IllegalArgumentException("task: \"" + task + "\" is unknown; there are " + slots.keySet());
        }
        return slot;
    }

    private synchronized void mustBeStarted() {
        if (phase != Phase.STARTED) {
            throw new IllegalStateException(
                    phase == Phase.NEW ? "the engine is not started: call start() first" : "the engine is closed");
        }
    }

    // ---- end

    /**
     * Stops dispatching, lets the batches in flight end, and stores the runs as {@link RunState#INTERRUPTED}, to go on at
     * the next start. Batches that take longer than the close timeout are cancelled and their threads interrupted. Takes at
     * most the close timeout and ten seconds; never throws; a second call does nothing. An interrupt of the calling thread
     * cuts the waiting short and is given back. Executors that the host gave go on.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (phase == Phase.CLOSED) {
                return;
            }
            phase = Phase.CLOSED;
        }
        timer.close();
        List<RunLoop> loops = slots.values().stream()
                .flatMap(slot -> Stream.ofNullable(slot.loop))
                .toList();
        loops.forEach(loop -> loop.stop(RunLoop.Stop.CLOSE));
        boolean interrupted = !await(loops, closeTimeout);
        List<RunLoop> late =
                loops.stream().filter(loop -> !loop.done().isDone()).toList();
        if (!late.isEmpty()) {
            // What a task does on cancel may block as well, on a network say: the bound holds without it.
            ThreadFactory threads = Workers.threads("chatty-maintenance-cancel");
            late.forEach(
                    loop -> loop.cancelBatch(action -> threads.newThread(action).start()));
            // Not at once: an embedded database whose files are read by an interrupted thread is broken for the host
            // too.
            interrupted |= !await(late, CLOSE_GRACE.dividedBy(2));
            if (!late.stream().allMatch(loop -> loop.done().isDone())) {
                workers.interrupt();
                interrupted |= !await(late, CLOSE_GRACE.dividedBy(2));
            }
        }
        workers.close();
        try {
            events.close(CLOSE_GRACE);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        for (RunLoop loop : loops) {
            LOG.info(
                    "On close, the run of {} {}",
                    loop.run().task(),
                    loop.done().isDone()
                            ? "is " + loop.run().state()
                            : "did not end in time; it is taken over at the next start, and what it has not committed is"
                                    + " done again");
            // Nobody may have to wait for a run that a shut down executor has dropped.
            loop.done()
                    .completeExceptionally(new MaintenanceException("the engine was closed before run "
                            + loop.run().id() + " of " + loop.run().task() + " ended"));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for loops to end; false if it was interrupted. */
    private static boolean await(List<RunLoop> loops, Duration bound) {
        CompletableFuture<Void> all =
                CompletableFuture.allOf(loops.stream().map(RunLoop::done).toArray(CompletableFuture<?>[]::new));
        try {
            all.get(bound.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("Not all runs ended well", e);
        } catch (InterruptedException e) {
            return false;
        }
        return true;
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {

        private final Map<String, TaskSlot> tasks = new LinkedHashMap<>();
        private final List<MaintenanceListener> listeners = new ArrayList<>();
        private RunStore runStore = new InMemoryRunStore();
        private @Nullable InstantSource clock;
        private @Nullable ScheduledExecutorService scheduler;
        private @Nullable Executor workers;
        private int batchSize = 4000;
        private Duration closeTimeout = Duration.ofSeconds(30);

        private Builder() {}

        /** Where runs are kept. Default: an {@link InMemoryRunStore}. */
        public Builder runStore(RunStore store) {
            this.runStore = Objects.requireNonNull(store, "runStore");
            return this;
        }

        /**
         * A task that runs on a schedule.
         *
         * @throws IllegalArgumentException if a task of that name is there already, or the name is not allowed
         */
        public Builder task(MaintenanceTask task, Schedule schedule) {
            return add(new TaskSlot(task, Objects.requireNonNull(schedule, "schedule")));
        }

        /**
         * A task that runs only when it is asked to, see {@link MaintenanceOperations#runNow}.
         *
         * @throws IllegalArgumentException if a task of that name is there already, or the name is not allowed
         */
        public Builder task(MaintenanceTask task) {
            return add(new TaskSlot(task, null));
        }

        private Builder add(TaskSlot slot) {
            TaskNames.check(slot.name);
            if (tasks.putIfAbsent(slot.name, slot) != null) {
                throw new IllegalArgumentException("task: \"" + slot.name
                        + "\" is given twice; each needs a name of its own, since its runs are found by it");
            }
            return this;
        }

        /** Who is told of events, see {@link MaintenanceListener}. */
        public Builder listener(MaintenanceListener listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * The wall clock. Default: the system's, and the store's for the cut-offs where it has one. A clock that is given
         * is believed in all things.
         */
        public Builder clock(InstantSource clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** What the timer runs on; it is never blocked, and never shut down. Default: one daemon thread of its own. */
        public Builder scheduler(ScheduledExecutorService scheduler) {
            this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
            return this;
        }

        /** What runs go on on; it is never shut down. Default: at most two daemon threads of its own. */
        public Builder workers(Executor workers) {
            this.workers = Objects.requireNonNull(workers, "workers");
            return this;
        }

        /**
         * How many items a batch looks at, at most. Default: 4000.
         *
         * @throws IllegalArgumentException if it is not 1 to 100,000
         */
        public Builder batchSize(int items) {
            if (items < 1 || items > 100_000) {
                throw new IllegalArgumentException("batchSize: " + items + " given, 1 to 100000 allowed");
            }
            this.batchSize = items;
            return this;
        }

        /**
         * How long a close waits for the batches in flight before it ends them. Default: 30 seconds.
         *
         * @throws IllegalArgumentException if it is negative, or longer than an hour
         */
        public Builder closeTimeout(Duration timeout) {
            if (timeout.isNegative() || timeout.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("closeTimeout: " + timeout + " given, PT0S to PT1H allowed");
            }
            this.closeTimeout = timeout;
            return this;
        }

        private Map<String, TaskSlot> slots() {
            Map<String, TaskSlot> fresh = new LinkedHashMap<>();
            tasks.forEach((name, slot) -> fresh.put(name, new TaskSlot(slot.task, slot.schedule)));
            return fresh;
        }

        /** The engine; nothing is started. */
        public MaintenanceEngine build() {
            return new MaintenanceEngine(this);
        }
    }
}
