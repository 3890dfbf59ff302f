package io.chatty.maintenance.engine;

import io.chatty.maintenance.schedule.MissedRuns;
import io.chatty.maintenance.schedule.Overlap;
import io.chatty.maintenance.task.TaskNames;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How one task is run, beside its schedule. Immutable.
 *
 * <p>An engine's {@link EngineSettings#taskDefaults} hold for every task; a task changes what it needs:
 *
 * <pre>{@code
 * .task(cleanup, daily(LocalTime.of(2, 30), zone), t -> t.priority(Priority.LOW).itemsPerSecond(20_000))
 * }</pre>
 */
public final class TaskSettings {

    private final Priority priority;
    private final Optional<String> group;
    private final MissedRuns missedRuns;
    private final Overlap overlap;
    private final Duration jitter;
    private final Duration spread;
    private final int smallestBatch;
    private final int largestBatch;
    private final Duration targetBatchTime;
    private final OptionalLong itemsPerSecond;
    private final OptionalLong operationsPerSecond;
    private final OptionalLong bytesPerSecond;
    private final Duration batchTimeout;
    private final Duration runTimeout;
    private final int retries;
    private final Duration retryDelay;
    private final Duration longestRetryDelay;
    private final Predicate<Throwable> retryIf;
    private final int breakerFailures;

    private TaskSettings(Builder builder) {
        this.priority = builder.priority;
        this.group = Optional.ofNullable(builder.group);
        this.missedRuns = builder.missedRuns;
        this.overlap = builder.overlap;
        this.jitter = builder.jitter;
        this.spread = builder.spread;
        this.smallestBatch = builder.smallestBatch;
        this.largestBatch = builder.largestBatch;
        this.targetBatchTime = builder.targetBatchTime;
        this.itemsPerSecond = builder.itemsPerSecond;
        this.operationsPerSecond = builder.operationsPerSecond;
        this.bytesPerSecond = builder.bytesPerSecond;
        this.batchTimeout = builder.batchTimeout;
        this.runTimeout = builder.runTimeout;
        this.retries = builder.retries;
        this.retryDelay = builder.retryDelay;
        this.longestRetryDelay = builder.longestRetryDelay;
        this.retryIf = builder.retryIf;
        this.breakerFailures = builder.breakerFailures;
    }

    /** The most items of a batch that can be set. */
    public static final int LARGEST_BATCH = 100_000;

    /** The defaults. */
    public static TaskSettings defaults() {
        return new Builder().build();
    }

    /** A builder that starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these settings. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * Whether a failure is likely to pass by itself: anywhere among its causes there is a lost connection, a deadlock, a lock
     * that was not to be had, a database that is starting or full of connections, a timeout, or another input or output error.
     */
    public static boolean isTransient(Throwable failure) {
        return Transience.isTransient(failure);
    }

    /** Which task goes first. Default: NORMAL. */
    public Priority priority() {
        return priority;
    }

    /** The group whose limit it counts to, see {@link EngineSettings.Builder#limit}. Default: none. */
    public Optional<String> group() {
        return group;
    }

    /** What becomes of missed due times. Default: once, up to an hour late. */
    public MissedRuns missedRuns() {
        return missedRuns;
    }

    /** What becomes of a due time while the run before goes on. Default: SKIP. */
    public Overlap overlap() {
        return overlap;
    }

    /** Each due time is put off by a random time below this. Default: zero. */
    public Duration jitter() {
        return jitter;
    }

    /**
     * Each due time is put off by a time below this that follows from the task's name, so that tasks of one due time
     * do not start together. Default: zero.
     */
    public Duration spread() {
        return spread;
    }

    /** The fewest items that a batch is asked for. Default: 100. */
    public int smallestBatch() {
        return smallestBatch;
    }

    /** The most items that a batch is asked for. Default: 20,000. */
    public int largestBatch() {
        return largestBatch;
    }

    /** How long a batch is to take; sizes between the two bounds are chosen for it. Default: 20 ms. */
    public Duration targetBatchTime() {
        return targetBatchTime;
    }

    /**
     * The most items that are looked at in a second, as the task counts {@code examined}; a task that does not, by all that it
     * counts but {@code bytes}. Default: no limit.
     */
    public OptionalLong itemsPerSecond() {
        return itemsPerSecond;
    }

    /**
     * The most operations in a second, as the task {@linkplain io.chatty.maintenance.task.BatchResult#operating tells} them, such
     * as moves and deletes of files. Default: what the task itself {@linkplain io.chatty.maintenance.task.MaintenanceTask#rates
     * keeps to}, which is 2,000 for those that move or give up files and no limit for others.
     */
    public OptionalLong operationsPerSecond() {
        return operationsPerSecond;
    }

    /**
     * The most bytes, as the task counts {@code bytes}, in a second. Default: what the task itself {@linkplain
     * io.chatty.maintenance.task.MaintenanceTask#rates keeps to}, which is 50,000,000 for those that read the content of files and
     * no limit for others.
     */
    public OptionalLong bytesPerSecond() {
        return bytesPerSecond;
    }

    /** A batch that takes longer is cancelled; one that does not end then counts as hung. Default: 5 minutes. */
    public Duration batchTimeout() {
        return batchTimeout;
    }

    /** A run that works longer, pauses aside, ends as failed. Default: 12 hours. */
    public Duration runTimeout() {
        return runTimeout;
    }

    /** How often a failed batch is tried again, if it may be. Default: 3. */
    public int retries() {
        return retries;
    }

    /** How long the first retry waits; each further one twice as long, give or take a quarter. Default: 1 s. */
    public Duration retryDelay() {
        return retryDelay;
    }

    /** How long a retry waits at most. Default: 1 minute. */
    public Duration longestRetryDelay() {
        return longestRetryDelay;
    }

    /**
     * Which failures may be tried again. Default: {@link #isTransient}, which also decides where the predicate throws, or
     * takes longer than a second.
     */
    public Predicate<Throwable> retryIf() {
        return retryIf;
    }

    /**
     * After so many failed tries in a row, over runs too, the circuit breaker opens: the run ends, and each due time
     * makes a single try until one is good. Default: 5.
     */
    public int breakerFailures() {
        return breakerFailures;
    }

    /** Collects settings. Every setter throws IllegalArgumentException for what is not allowed. Not thread-safe. */
    public static final class Builder {

        private Priority priority = Priority.NORMAL;
        private @Nullable String group;
        private MissedRuns missedRuns = MissedRuns.once(Duration.ofHours(1));
        private Overlap overlap = Overlap.SKIP;
        private Duration jitter = Duration.ZERO;
        private Duration spread = Duration.ZERO;
        private int smallestBatch = 100;
        private int largestBatch = 20_000;
        private Duration targetBatchTime = Duration.ofMillis(20);
        private OptionalLong itemsPerSecond = OptionalLong.empty();
        private OptionalLong operationsPerSecond = OptionalLong.empty();
        private OptionalLong bytesPerSecond = OptionalLong.empty();
        private Duration batchTimeout = Duration.ofMinutes(5);
        private Duration runTimeout = Duration.ofHours(12);
        private int retries = 3;
        private Duration retryDelay = Duration.ofSeconds(1);
        private Duration longestRetryDelay = Duration.ofMinutes(1);
        private Predicate<Throwable> retryIf = Transience::isTransient;
        private int breakerFailures = 5;

        private Builder() {}

        private Builder(TaskSettings from) {
            priority = from.priority;
            group = from.group.orElse(null);
            missedRuns = from.missedRuns;
            overlap = from.overlap;
            jitter = from.jitter;
            spread = from.spread;
            smallestBatch = from.smallestBatch;
            largestBatch = from.largestBatch;
            targetBatchTime = from.targetBatchTime;
            itemsPerSecond = from.itemsPerSecond;
            operationsPerSecond = from.operationsPerSecond;
            bytesPerSecond = from.bytesPerSecond;
            batchTimeout = from.batchTimeout;
            runTimeout = from.runTimeout;
            retries = from.retries;
            retryDelay = from.retryDelay;
            longestRetryDelay = from.longestRetryDelay;
            retryIf = from.retryIf;
            breakerFailures = from.breakerFailures;
        }

        /** See {@link TaskSettings#priority}. */
        public Builder priority(Priority value) {
            priority = Objects.requireNonNull(value, "priority");
            return this;
        }

        /** See {@link TaskSettings#group}: one to 100 letters, digits, {@code .}, {@code _} and {@code -}. */
        public Builder group(String name) {
            group = TaskNames.check(name);
            return this;
        }

        /** See {@link TaskSettings#missedRuns}. */
        public Builder missedRuns(MissedRuns value) {
            missedRuns = Objects.requireNonNull(value, "missedRuns");
            return this;
        }

        /** See {@link TaskSettings#overlap}. */
        public Builder overlap(Overlap value) {
            overlap = Objects.requireNonNull(value, "overlap");
            return this;
        }

        /** See {@link TaskSettings#jitter}: zero to a day. */
        public Builder jitter(Duration below) {
            jitter = Allowed.between("jitter", below, Duration.ZERO, Duration.ofDays(1));
            return this;
        }

        /** See {@link TaskSettings#spread}: zero to a day. */
        public Builder spread(Duration below) {
            spread = Allowed.between("spread", below, Duration.ZERO, Duration.ofDays(1));
            return this;
        }

        /** Every batch is asked for that many items: 1 to {@value #LARGEST_BATCH}. */
        public Builder batchSize(int items) {
            return batchSize(items, items);
        }

        /** Bounds of the batch size that is chosen for the target time: 1 to {@value #LARGEST_BATCH}. */
        public Builder batchSize(int smallest, int largest) {
            Allowed.between("batchSize", smallest, 1, LARGEST_BATCH);
            Allowed.between("batchSize", largest, smallest, LARGEST_BATCH);
            smallestBatch = smallest;
            largestBatch = largest;
            return this;
        }

        /** See {@link TaskSettings#targetBatchTime}: 1 ms to a minute. */
        public Builder targetBatchTime(Duration value) {
            targetBatchTime = Allowed.between("targetBatchTime", value, Duration.ofMillis(1), Duration.ofMinutes(1));
            return this;
        }

        /** See {@link TaskSettings#itemsPerSecond}: 1 or more. */
        public Builder itemsPerSecond(long value) {
            itemsPerSecond = OptionalLong.of(Allowed.between("itemsPerSecond", value, 1, Long.MAX_VALUE));
            return this;
        }

        /** See {@link TaskSettings#operationsPerSecond}: 1 or more. */
        public Builder operationsPerSecond(long value) {
            operationsPerSecond = OptionalLong.of(Allowed.between("operationsPerSecond", value, 1, Long.MAX_VALUE));
            return this;
        }

        /** See {@link TaskSettings#bytesPerSecond}: 1 or more. */
        public Builder bytesPerSecond(long value) {
            bytesPerSecond = OptionalLong.of(Allowed.between("bytesPerSecond", value, 1, Long.MAX_VALUE));
            return this;
        }

        /** See {@link TaskSettings#batchTimeout}: 1 ms to 30 days. */
        public Builder batchTimeout(Duration value) {
            batchTimeout = Allowed.between("batchTimeout", value, Duration.ofMillis(1), Duration.ofDays(30));
            return this;
        }

        /** See {@link TaskSettings#runTimeout}: 1 ms to 30 days. */
        public Builder runTimeout(Duration value) {
            runTimeout = Allowed.between("runTimeout", value, Duration.ofMillis(1), Duration.ofDays(30));
            return this;
        }

        /** See {@link TaskSettings#retries}: 0 to 100. */
        public Builder retries(int value) {
            retries = Allowed.between("retries", value, 0, 100);
            return this;
        }

        /** See {@link TaskSettings#retryDelay} and {@link TaskSettings#longestRetryDelay}: 1 ms to a day. */
        public Builder retryDelay(Duration first, Duration longest) {
            retryDelay = Allowed.between("retryDelay", first, Duration.ofMillis(1), Duration.ofDays(1));
            longestRetryDelay = Allowed.between("longestRetryDelay", longest, first, Duration.ofDays(1));
            return this;
        }

        /** See {@link TaskSettings#retryIf}. It is asked on a thread of its own. */
        public Builder retryIf(Predicate<Throwable> which) {
            retryIf = Objects.requireNonNull(which, "retryIf");
            return this;
        }

        /** See {@link TaskSettings#breakerFailures}: 1 to 1000. */
        public Builder breakerFailures(int value) {
            breakerFailures = Allowed.between("breakerFailures", value, 1, 1000);
            return this;
        }

        /** The settings. */
        public TaskSettings build() {
            return new TaskSettings(this);
        }
    }
}
