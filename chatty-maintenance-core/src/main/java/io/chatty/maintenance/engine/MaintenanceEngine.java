package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.MaintenanceListener;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadSignal;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.SettingsException;
import io.chatty.maintenance.task.TaskNames;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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

    /** The most that the host's clock may differ from the store's. */
    static final Duration MOST_SKEW = Duration.ofMinutes(1);
    /** Ended runs are forgotten at most that often, so many at once. */
    private static final Duration FORGET_EVERY = Duration.ofHours(1);

    private static final int FORGET_AT_ONCE = 1000;

    private enum Phase {
        NEW,
        /** Looks at all settings; not under a lock, for what it asks may hang, and a close must not wait for that. */
        STARTING,
        STARTED,
        CLOSED
    }

    private final Map<String, TaskSlot> slots = new LinkedHashMap<>();
    private final Parts parts;
    private final Agenda agenda;
    private final Previews previews;
    private final EngineBean bean;
    private final Object changes = new Object(); // held by who changes what can change, from the look before on
    private final AtomicReference<Instant> forgotAt = new AtomicReference<>(Instant.MIN);
    private Phase phase = Phase.NEW; // guarded by this
    private @Nullable Thread starter; // guarded by this: the thread that is in start()

    private MaintenanceEngine(Builder builder) {
        parts = new Parts(
                builder,
                ManagementFactory.getRuntimeMXBean().getName() + "/"
                        + UUID.randomUUID().toString().substring(0, 8),
                InstantSource.system());
        agenda = new Agenda(slots.values(), parts);
        TaskSlot.Surroundings surroundings = new TaskSlot.Surroundings() {
            @Override
            public void rearm() {
                agenda.arm();
            }

            @Override
            public void ended(Run run) {
                MaintenanceEngine.this.ended(run);
            }
        };
        builder.tasks.forEach((name, task) -> slots.put(
                name,
                new TaskSlot(
                        task.source(),
                        task.schedule(),
                        task.change()
                                .apply(builder.settings.taskDefaults().toBuilder())
                                .build(),
                        parts,
                        surroundings)));
        previews = new Previews(parts);
        bean = new EngineBean(this, builder.name, parts.log);
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
     * @throws IllegalStateException if the engine was started before, is closed, or is closed meanwhile
     * @throws MaintenanceException if the store cannot be reached, or the workers refuse a run; the engine is closed then
     */
    public void start() {
        synchronized (this) {
            if (phase != Phase.NEW) {
                throw new IllegalStateException("the engine is " + phase + ": it can be started once");
            }
            phase = Phase.STARTING;
            starter = Thread.currentThread();
        }
        try { // not under the lock: what it asks may be slow to answer, and a close must not wait for that
            List<String> problems = problems();
            if (!problems.isEmpty()) {
                throw new SettingsException(problems);
            }
            go(Phase.STARTING, Phase.STARTED);
            begin();
        } finally {
            synchronized (this) {
                starter = null;
                notifyAll();
                if (phase == Phase.STARTING) {
                    phase = Phase.NEW;
                }
            }
            if (parts.isClosed) { // which may have been before there was a bean
                bean.unregister();
            }
        }
    }

    private List<String> problems() {
        List<String> problems = new ArrayList<>(parts.store.problems());
        for (TaskSlot slot : slots.values()) {
            go(Phase.STARTING, Phase.STARTING);
            problems.addAll(previews.problems(slot.source()));
        }
        problems.addAll(clockProblems());
        return problems;
    }

    /** Goes on with a start from one phase to the next, unless the engine was closed meanwhile. */
    private synchronized void go(Phase from, Phase to) {
        if (phase != from) {
            throw new IllegalStateException("the engine was closed while it started");
        }
        phase = to;
    }

    private void begin() {
        try {
            parts.meters.start(this, bean.register(), parts, slots.values());
            for (TaskSlot slot : slots.values()) {
                go(Phase.STARTED, Phase.STARTED);
                parts.log.info(
                        "Task {}: {}; a batch and its record {}",
                        slot.name,
                        slot.schedule().<Object>map(schedule -> schedule).orElse("no schedule"),
                        previews.commitsWith(slot.source())
                                ? "commit together"
                                : "commit one after the other, so a crash in between does a batch again and counts it twice");
                slot.start();
            }
            agenda.start();
            go(Phase.STARTED, Phase.STARTED);
        } catch (RuntimeException | Error e) { // half a start must not go on behind the back of a host that saw it fail
            close();
            bean.unregister(); // made after another thread's close went by
            parts.meters.end();
            throw e;
        }
    }

    private List<String> clockProblems() {
        if (parts.isHostsClock) {
            return List.of();
        }
        return parts.store
                .now()
                .map(theirs -> Duration.between(theirs, parts.clock.instant()))
                .filter(skew -> skew.abs().compareTo(MOST_SKEW) > 0)
                .map(skew -> List.of("clock: this host's clock is " + skew + " ahead of the database's, at most "
                        + MOST_SKEW
                        + " either way is allowed; set the clocks right, or give the engine a clock of its own"
                        + " if the difference is meant"))
                .orElse(List.of());
    }

    /** A run no longer goes on here: what comes after it. */
    private void ended(Run run) {
        if (run.state() == RunState.SUCCEEDED) {
            Instant at = run.endedAt() == null ? parts.clock.instant() : run.endedAt();
            slots.values().stream()
                    .filter(slot -> slot.schedule()
                            .flatMap(Schedule::afterTask)
                            .filter(run.task()::equals)
                            .isPresent())
                    .forEach(slot -> slot.dueAfterTask(at));
        }
        Instant now = parts.clock.instant();
        Instant before = Objects.requireNonNull(forgotAt.get());
        if ((before.equals(Instant.MIN) || before.plus(FORGET_EVERY).isBefore(now))
                && forgotAt.compareAndSet(before, now)) {
            parts.soon("Forgetting old runs", () -> {
                int forgotten = parts.store.forget(now.minus(parts.settings.historyFor()), FORGET_AT_ONCE);
                if (forgotten == FORGET_AT_ONCE) {
                    forgotAt.set(Instant.MIN); // there is more: go on after the next run
                }
            });
        }
    }

    // ---- operations

    @Override
    public List<TaskStatus> status() {
        return slots.keySet().stream().map(this::status).toList();
    }

    @Override
    public TaskStatus status(String task) {
        TaskSlot slot = slot(task);
        TaskRecord known = slot.look();
        return new TaskStatus(
                task,
                slot.schedule().map(Object::toString),
                slot.nextDue(),
                known.paused(),
                phase() == Phase.NEW
                        ? known.breaker().isPresent()
                        : slot.breaker().isOpen(),
                known.active(),
                slot.loop().map(RunLoop::run),
                slot.loop().flatMap(RunLoop::waiting).map(Wait::reason),
                parts.store.history(task, 1).stream().findFirst(),
                slot.health(parts.clock.instant()),
                slot.errors.all());
    }

    /**
     * The due time that follows the last run in the store, whoever ran it: for an engine that is not started, and only looks on
     * what others do. One that has passed is one that nobody has begun a run for. Empty without a schedule, or while a run goes
     * on from whose end it counts. Asks the store.
     *
     * @throws IllegalArgumentException if the task is unknown
     */
    public Optional<Instant> dueByRecord(String task) {
        return slot(task).dueByRecord(parts.store.look(task));
    }

    @Override
    public EngineHealth health() {
        List<String> reasons = new ArrayList<>();
        Phase now = phase();
        if (now != Phase.STARTED) {
            return new EngineHealth(EngineHealth.Level.DOWN, List.of("not running: the engine is " + now));
        }
        if (parts.workers.isDown()) {
            reasons.add("hanging threads: " + parts.workers.hung() + " hang in tasks, and are no longer replaced");
        }
        boolean down = !reasons.isEmpty();
        if (parts.timer.isRefused()) {
            reasons.add("timer: the host's scheduler refuses it, a thread of the engine's own stands in");
        }
        Instant at = parts.clock.instant();
        slots.values()
                .forEach(slot -> slot.health(at).reasons().forEach(reason -> reasons.add(slot.name + ": " + reason)));
        return down ? new EngineHealth(EngineHealth.Level.DOWN, reasons) : EngineHealth.of(reasons);
    }

    @Override
    public Map<String, LoadReading> signals() {
        return parts.gate.readings();
    }

    @Override
    public Preview preview(String task) {
        TaskSlot slot = slot(task);
        return previews.preview(slot.source(), slot.settings());
    }

    @Override
    public CompletableFuture<Run> runNow(String task) {
        return begin(task).done().copy(); // what a host makes of its own does not end ours
    }

    /** {@link #runNow} for who wants to know the run before it has ended. */
    RunLoop begin(String task) {
        TaskSlot slot = slot(task);
        mustBeStarted();
        return slot.runNow();
    }

    @Override
    public void pause(String task) {
        slot(task).pause();
    }

    @Override
    public void resume(String task) {
        TaskSlot slot = slot(task);
        if (phase() == Phase.NEW) {
            slot.endPause();
            return;
        }
        mustBeStarted();
        slot.resume();
    }

    @Override
    public void confirm(RunId id) {
        Run run = parts.store
                .find(id)
                .orElseThrow(() -> new IllegalArgumentException(
                        "run: \"" + id + "\" is unknown; there never was one, or it was forgotten"));
        TaskSlot slot = slot(run.task());
        boolean goesOnHere = phase() != Phase.NEW;
        if (goesOnHere) {
            mustBeStarted();
        }
        slot.confirm(run, goesOnHere);
    }

    /**
     * The run of the task that goes on in this engine, whoever began it; empty if none does.
     *
     * @return done as the future of {@link #runNow} is
     * @throws IllegalArgumentException if the task is unknown
     */
    public Optional<CompletableFuture<Run>> running(String task) {
        return slot(task).loop().map(loop -> loop.done().copy());
    }

    @Override
    public boolean cancel(String task) {
        return slot(task).cancel();
    }

    @Override
    public List<Run> history(String task, int limit) {
        slot(task);
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " given, at least 1 allowed");
        }
        return parts.store.history(task, limit);
    }

    @Override
    public Optional<Run> find(RunId id) {
        return parts.store.find(id);
    }

    private TaskSlot slot(String task) {
        TaskSlot slot = slots.get(task);
        if (slot == null) {
            throw new IllegalArgumentException("task: \"" + task + "\" is unknown; there are " + slots.keySet());
        }
        return slot;
    }

    private synchronized Phase phase() {
        return phase;
    }

    private void mustBeStarted() {
        Phase now = phase();
        if (now != Phase.STARTED) {
            throw new IllegalStateException(
                    now == Phase.CLOSED ? "the engine is closed" : "the engine is not started: call start() first");
        }
    }

    // ---- what can change while it runs

    /**
     * Gives a task another schedule, its window included. The next due time follows from it, before the start from the start
     * on; a run that goes on keeps to the new window. After the close nothing happens any more.
     *
     * @throws IllegalArgumentException if the task is unknown, or comes after a task that is unknown or, in a circle, after it
     * @throws RuntimeException what the schedule throws when it is asked for its first due time; nothing is changed then
     */
    public void reschedule(String task, Schedule schedule) {
        TaskSlot slot = slot(task);
        Objects.requireNonNull(schedule, "schedule");
        synchronized (changes) {
            Map<String, Schedule> all = new LinkedHashMap<>();
            slots.values().forEach(other -> other.schedule().ifPresent(known -> all.put(other.name, known)));
            all.put(task, schedule);
            TaskOrder.check(all, slots.keySet());
            slot.reschedule(schedule);
        }
        parts.log.info("Task {} has a new schedule: {}", task, schedule);
    }

    /**
     * Changes the settings of a task. A run that goes on keeps its batch sizes and rates; all else holds at once.
     *
     * @throws IllegalArgumentException if the task is unknown
     */
    public void change(String task, UnaryOperator<TaskSettings.Builder> change) {
        TaskSlot slot = slot(task);
        synchronized (changes) {
            slot.change(change.apply(slot.settings().toBuilder()).build());
        }
        parts.log.info("Task {} has new settings", task);
    }

    /**
     * Changes the engine's limits, its signals' interval and timeout, the age of its history, and its way of logging batches.
     *
     * @throws IllegalArgumentException if the change touches what an engine cannot change while it lives: {@code claimFor},
     *     {@code closeTimeout}, {@code atLeastEvery}, or {@code taskDefaults}; nothing is changed then
     */
    public void change(UnaryOperator<EngineSettings.Builder> change) {
        synchronized (changes) {
            EngineSettings before = parts.settings;
            EngineSettings after = change.apply(before.toBuilder()).build();
            mustBeChangeable(before, after);
            parts.apply(after);
        }
        parts.log.info("The engine has new settings");
    }

    private static void mustBeChangeable(EngineSettings before, EngineSettings after) {
        List<String> fixed = new ArrayList<>();
        if (!after.claimFor().equals(before.claimFor())) {
            fixed.add("claimFor: claims that are held were asked for that time");
        }
        if (!after.closeTimeout().equals(before.closeTimeout())) {
            fixed.add("closeTimeout: the host counts on the one it started with");
        }
        if (!after.atLeastEvery().equals(before.atLeastEvery())) {
            fixed.add("atLeastEvery: it is part of every due time; reschedule the tasks");
        }
        if (after.taskDefaults() != before.taskDefaults()) {
            fixed.add("taskDefaults: tasks have taken them over; change each task");
        }
        if (!fixed.isEmpty()) {
            throw new IllegalArgumentException(
                    "these settings cannot change while the engine lives, build another:\n  - "
                            + String.join("\n  - ", fixed));
        }
    }

    // ---- end

    /**
     * Stops dispatching, lets the batches in flight end, and stores the runs as {@link RunState#INTERRUPTED}, to go on at
     * the next start. Batches that take longer than the close timeout are cancelled and their threads interrupted. What else
     * the engine does just then, a start in another thread for one, ends as well, so that no connection of the host's is in
     * use afterwards. Takes at most the close timeout and ten seconds; never throws; a second call does nothing. An interrupt of
     * the calling thread cuts the waiting short and is given back. Executors that the host gave go on.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (phase == Phase.CLOSED) {
                return;
            }
            phase = Phase.CLOSED;
        }
        Closing closing = new Closing(slots.values(), parts);
        parts.isClosed = true;
        bean.unregister();
        closing.run(this::awaitStart);
    }

    /** Waits for a start in another thread, which ends when it sees that the engine is closed; false if interrupted. */
    private synchronized boolean awaitStart(long until) {
        try {
            while (starter != null && starter != Thread.currentThread() && until - System.nanoTime() > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, until - System.nanoTime());
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {

        private record Registered(
                TaskSource source, @Nullable Schedule schedule, UnaryOperator<TaskSettings.Builder> change) {}

        private final Map<String, Registered> tasks = new LinkedHashMap<>();
        final List<MaintenanceListener> listeners = new ArrayList<>();
        final List<LoadSignal> signals = new ArrayList<>();
        EngineSettings settings = EngineSettings.production();
        RunStore runStore = new InMemoryRunStore();
        String name = "maintenance";

        @Nullable MeterRegistry meterRegistry;

        @Nullable InstantSource clock;

        LongSupplier ticker = System::nanoTime;

        @Nullable ScheduledExecutorService scheduler;

        @Nullable Executor workers;

        private Builder() {}

        /**
         * What the engine is called in JMX, see {@link MaintenanceMXBean}, and in the tag {@code engine} of its meters.
         * Where another engine in the JVM has that name already, {@code -2} or the next free number is put behind it.
         * Default: {@code maintenance}.
         *
         * @throws IllegalArgumentException if it is not one to 100 letters, digits, {@code .}, {@code _} and {@code -}
         */
        public Builder name(String name) {
            this.name = TaskNames.check("engine", name);
            return this;
        }

        /**
         * Where the engine's meters go: those below {@code chatty.maintenance.}, from the start to the close. They are
         * updated on a thread of their own, so that a registry that fails or hangs does neither to a run. Default: none.
         */
        public Builder meterRegistry(MeterRegistry registry) {
            this.meterRegistry = Objects.requireNonNull(registry, "meterRegistry");
            return this;
        }

        /** Where runs are kept. Default: an {@link InMemoryRunStore}. */
        public Builder runStore(RunStore store) {
            this.runStore = Objects.requireNonNull(store, "runStore");
            return this;
        }

        /** How the engine runs its tasks. Default: {@link EngineSettings#production}. */
        public Builder settings(EngineSettings all) {
            this.settings = Objects.requireNonNull(all, "settings");
            return this;
        }

        /** Changes some of the settings. */
        public Builder settings(UnaryOperator<EngineSettings.Builder> change) {
            return settings(change.apply(settings.toBuilder()).build());
        }

        /**
         * A task that runs on a schedule.
         *
         * @throws IllegalArgumentException if a task of that name is there already, or the name is not allowed
         */
        public Builder task(MaintenanceTask task, Schedule schedule) {
            return task(task, schedule, UnaryOperator.identity());
        }

        /**
         * A task that runs on a schedule, with settings that differ from {@link EngineSettings#taskDefaults}.
         *
         * @throws IllegalArgumentException if a task of that name is there already, or the name is not allowed
         */
        public Builder task(MaintenanceTask task, Schedule schedule, UnaryOperator<TaskSettings.Builder> change) {
            return add(TaskSource.of(task), Objects.requireNonNull(schedule, "schedule"), change);
        }

        /**
         * A task that runs only when it is asked to, see {@link MaintenanceOperations#runNow}.
         *
         * @throws IllegalArgumentException if a task of that name is there already, or the name is not allowed
         */
        public Builder task(MaintenanceTask task) {
            return add(TaskSource.of(task), null, UnaryOperator.identity());
        }

        /**
         * A task that is made for each run, and closed after it.
         *
         * @throws IllegalArgumentException if a task of that name is there already, or the name is not allowed
         */
        public Builder task(
                String name, TaskFactory factory, Schedule schedule, UnaryOperator<TaskSettings.Builder> change) {
            return add(
                    TaskSource.of(name, Objects.requireNonNull(factory, "factory")),
                    Objects.requireNonNull(schedule, "schedule"),
                    change);
        }

        /**
         * A task that is made for each run, and closed after it; it runs only when it is asked to.
         *
         * @throws IllegalArgumentException if a task of that name is there already, or the name is not allowed
         */
        public Builder task(String name, TaskFactory factory) {
            return add(TaskSource.of(name, Objects.requireNonNull(factory, "factory")), null, UnaryOperator.identity());
        }

        private Builder add(
                TaskSource source, @Nullable Schedule schedule, UnaryOperator<TaskSettings.Builder> change) {
            Objects.requireNonNull(change, "change");
            if (tasks.putIfAbsent(source.name(), new Registered(source, schedule, change)) != null) {
                throw new IllegalArgumentException("task: \"" + source.name()
                        + "\" is given twice; each needs a name of its own, since its runs are found by it");
            }
            return this;
        }

        /**
         * A reason to slow down or to stop for a while. Any one is enough.
         *
         * @throws IllegalArgumentException if its name is not allowed, or is another signal's
         */
        public Builder signal(LoadSignal signal) {
            TaskNames.check(signal.name());
            if (signals.stream().anyMatch(other -> other.name().equals(signal.name()))) {
                throw new IllegalArgumentException(
                        "signal: \"" + signal.name() + "\" is given twice; each needs a name of its own");
            }
            signals.add(signal);
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

        /** Measures elapsed time, in nanoseconds, monotonically. Default: {@link System#nanoTime}. */
        public Builder ticker(LongSupplier nanoseconds) {
            this.ticker = Objects.requireNonNull(nanoseconds, "ticker");
            return this;
        }

        /**
         * What the timer runs on; it is never blocked, and never shut down. Where it refuses, a daemon thread of the engine's own
         * stands in. Default: such a thread.
         */
        public Builder scheduler(ScheduledExecutorService scheduler) {
            this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
            return this;
        }

        /**
         * What runs go on on, and the short work at due times; it is never shut down. Default: daemon threads of its own, one
         * more than {@link EngineSettings#tasksAtOnce}.
         */
        public Builder workers(Executor workers) {
            this.workers = Objects.requireNonNull(workers, "workers");
            return this;
        }

        /**
         * The engine; nothing is started.
         *
         * @throws IllegalArgumentException if a task comes after one that is unknown or, in a circle, after itself
         */
        public MaintenanceEngine build() {
            Map<String, Schedule> schedules = new LinkedHashMap<>();
            tasks.forEach((name, task) -> {
                if (task.schedule() != null) {
                    schedules.put(name, task.schedule());
                }
            });
            TaskOrder.check(schedules, tasks.keySet());
            return new MaintenanceEngine(this);
        }
    }
}
