package io.chatty.maintenance.engine;

import io.chatty.maintenance.task.TaskNames;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How an engine runs its tasks. Immutable. {@link #production} has the defaults; {@link #development} runs often, in small
 * batches, and says more in the log.
 */
public final class EngineSettings {

    private final TaskSettings taskDefaults;
    private final int tasksAtOnce;
    private final Map<String, Integer> limits;
    private final Duration closeTimeout;
    private final Duration claimFor;
    private final Duration historyFor;
    private final Duration signalInterval;
    private final Duration signalTimeout;
    private final boolean logBatches;
    private final Optional<Duration> atLeastEvery;

    private EngineSettings(Builder builder) {
        this.taskDefaults = Objects.requireNonNull(builder.taskDefaults);
        this.tasksAtOnce = builder.tasksAtOnce;
        this.limits = Map.copyOf(builder.limits);
        this.closeTimeout = builder.closeTimeout;
        this.claimFor = builder.claimFor;
        this.historyFor = builder.historyFor;
        this.signalInterval = builder.signalInterval;
        this.signalTimeout = builder.signalTimeout;
        this.logBatches = builder.logBatches;
        this.atLeastEvery = Optional.ofNullable(builder.atLeastEvery);
    }

    /** For servers with users: the defaults. */
    public static EngineSettings production() {
        return new Builder().build();
    }

    /**
     * For a developer's machine: tasks with a schedule are due every minute, batches have 10 to 500 items and are logged at
     * INFO, claims hold for 5 s, a close waits for 5 s, history is kept for a day.
     */
    public static EngineSettings development() {
        return new Builder()
                .taskDefaults(task -> task.batchSize(10, 500))
                .closeTimeout(Duration.ofSeconds(5))
                .claimFor(Duration.ofSeconds(5))
                .historyFor(Duration.ofDays(1))
                .logBatches(true)
                .atLeastEvery(Duration.ofMinutes(1))
                .build();
    }

    /** A builder that starts with {@link #production}. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these settings. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** What holds for every task that does not say otherwise. */
    public TaskSettings taskDefaults() {
        return taskDefaults;
    }

    /** How many runs are in a batch at once, in this engine. Default: 2. */
    public int tasksAtOnce() {
        return tasksAtOnce;
    }

    /** The same for each group that has a limit of its own. Default: none. */
    public Map<String, Integer> limits() {
        return limits;
    }

    /** How long a close waits for the batches in flight before it ends them. Default: 30 s. */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /**
     * How long a claim on a run holds in a store that several engines share; it is renewed at a third of it, and work
     * stops at two thirds. A dead engine's runs are taken over after that time. Default: 30 s.
     */
    public Duration claimFor() {
        return claimFor;
    }

    /** How long ended runs are kept. Default: 90 days. */
    public Duration historyFor() {
        return historyFor;
    }

    /**
     * How long a signal's reading is good for, and how long a run that it stops waits, at least, before it looks
     * again. Default: 1 s.
     */
    public Duration signalInterval() {
        return signalInterval;
    }

    /** A signal that takes longer counts as unknown. Default: 5 s. */
    public Duration signalTimeout() {
        return signalTimeout;
    }

    /** Whether every batch is logged at INFO instead of DEBUG. Default: false. */
    public boolean logBatches() {
        return logBatches;
    }

    /**
     * A task with a schedule is due at least that often, in and out of its window. Default: empty, schedules alone
     * decide.
     */
    public Optional<Duration> atLeastEvery() {
        return atLeastEvery;
    }

    /** Collects settings. Every setter throws IllegalArgumentException for what is not allowed. Not thread-safe. */
    public static final class Builder {

        private TaskSettings taskDefaults = TaskSettings.defaults();
        private int tasksAtOnce = 2;
        private final Map<String, Integer> limits = new TreeMap<>();
        private Duration closeTimeout = Duration.ofSeconds(30);
        private Duration claimFor = Duration.ofSeconds(30);
        private Duration historyFor = Duration.ofDays(90);
        private Duration signalInterval = Duration.ofSeconds(1);
        private Duration signalTimeout = Duration.ofSeconds(5);
        private boolean logBatches;
        private @Nullable Duration atLeastEvery;

        private Builder() {}

        private Builder(EngineSettings from) {
            taskDefaults = from.taskDefaults;
            tasksAtOnce = from.tasksAtOnce;
            limits.putAll(from.limits);
            closeTimeout = from.closeTimeout;
            claimFor = from.claimFor;
            historyFor = from.historyFor;
            signalInterval = from.signalInterval;
            signalTimeout = from.signalTimeout;
            logBatches = from.logBatches;
            atLeastEvery = from.atLeastEvery.orElse(null);
        }

        /** Changes what holds for every task that does not say otherwise. */
        public Builder taskDefaults(UnaryOperator<TaskSettings.Builder> change) {
            taskDefaults = change.apply(taskDefaults.toBuilder()).build();
            return this;
        }

        /** See {@link EngineSettings#tasksAtOnce}: 1 to 100. */
        public Builder tasksAtOnce(int value) {
            tasksAtOnce = Allowed.between("tasksAtOnce", value, 1, 100);
            return this;
        }

        /** How many runs of tasks of that group are in a batch at once: 1 to 100. */
        public Builder limit(String group, int value) {
            limits.put(TaskNames.check(group), Allowed.between("limit of " + group, value, 1, 100));
            return this;
        }

        /** Takes the limit of that group away; does nothing if it has none. */
        public Builder noLimit(String group) {
            limits.remove(group);
            return this;
        }

        /** See {@link EngineSettings#closeTimeout}: zero to an hour. */
        public Builder closeTimeout(Duration value) {
            closeTimeout = Allowed.between("closeTimeout", value, Duration.ZERO, Duration.ofHours(1));
            return this;
        }

        /** See {@link EngineSettings#claimFor}: 300 ms to an hour. */
        public Builder claimFor(Duration value) {
            claimFor = Allowed.between("claimFor", value, Duration.ofMillis(300), Duration.ofHours(1));
            return this;
        }

        /** See {@link EngineSettings#historyFor}: an hour to 100 years. */
        public Builder historyFor(Duration value) {
            historyFor = Allowed.between("historyFor", value, Duration.ofHours(1), Duration.ofDays(36_500));
            return this;
        }

        /** See {@link EngineSettings#signalInterval}: 1 ms to a minute. */
        public Builder signalInterval(Duration value) {
            signalInterval = Allowed.between("signalInterval", value, Duration.ofMillis(1), Duration.ofMinutes(1));
            return this;
        }

        /** See {@link EngineSettings#signalTimeout}: 1 ms to a minute. */
        public Builder signalTimeout(Duration value) {
            signalTimeout = Allowed.between("signalTimeout", value, Duration.ofMillis(1), Duration.ofMinutes(1));
            return this;
        }

        /** See {@link EngineSettings#logBatches}. */
        public Builder logBatches(boolean value) {
            logBatches = value;
            return this;
        }

        /** See {@link EngineSettings#atLeastEvery}: 1 s to 30 days. */
        public Builder atLeastEvery(Duration value) {
            atLeastEvery = Allowed.between("atLeastEvery", value, Duration.ofSeconds(1), Duration.ofDays(30));
            return this;
        }

        /** Every batch of every task is asked for that many items, see {@link TaskSettings.Builder#batchSize(int)}. */
        public Builder batchSize(int items) {
            return taskDefaults(task -> task.batchSize(items));
        }

        /** The settings. */
        public EngineSettings build() {
            return new EngineSettings(this);
        }
    }
}
