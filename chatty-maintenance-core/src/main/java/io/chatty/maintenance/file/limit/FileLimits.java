package io.chatty.maintenance.file.limit;

import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.file.EvictionOrder;
import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.FileUsage;
import io.chatty.maintenance.file.finding.Previews;
import io.chatty.maintenance.file.limit.LimitCursor.Phase;
import io.chatty.maintenance.file.limit.LimitSettings.ByteLimit;
import io.chatty.maintenance.file.setting.FileSettings;
import io.chatty.maintenance.file.step.Step;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.file.sweep.InMemoryFileLedger;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.TaskNames;
import io.chatty.maintenance.task.TaskRates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keeps files within limits: bytes in all, of each room, of each user, and the space of the store. Where there is more than a hard
 * limit allows, files are given up until the soft one is kept, in an order that is chosen.
 *
 * <p><b>No file is touched here.</b> What is given up is the host's row, with the file's name in the outbox of its database; a {@link
 * FileSweep} finds it released, sets it aside, and deletes it after its window. Until then everything can be given back.
 *
 * <p>A run first chooses, and enters each file in the ledger; it chooses until what was too much at its begin is covered, so the
 * last file of a scope may go a part of its size beyond that. Then it gives up what it chose, in transactions that look again
 * whether each may go. A run that would give up too large a share waits for a person to confirm what it chose. Never does a file go
 * that is held, young, referred to by something else, or that the host's rows or listener do not let go.
 *
 * <p>What is on its way out already, in quarantine or waiting for the sweep, counts as given back. Where a run cannot give up enough
 * it ends and says so, and the next does not try again until there is another number of bytes, or for a day.
 *
 * <p>Thread-safe. One run at a time; the engine sees to that.
 */
public final class FileLimits implements PreviewableTask {

    private final LimitSettings settings;
    private final Map<Phase, Step<LimitBatch, LimitCursor>> steps = new EnumMap<>(Phase.class);
    private final Previews<FileLedger> previews = new Previews<>();

    private FileLimits(LimitSettings settings) {
        this.settings = settings;
        steps.put(Phase.CHECK, UsageStep::check);
        steps.put(
                Phase.LET_GO, (batch, cursor) -> EvictStep.letGo(batch, cursor, Optional.of(cursor.at(Phase.WAITING))));
        steps.put(Phase.WAITING, UsageStep::waiting);
        steps.put(Phase.SPACE, UsageStep::space);
        steps.put(Phase.PLAN, new PlanStep());
        steps.put(Phase.GUARD, EvictStep::guard);
        steps.put(Phase.EVICT, EvictStep::evict);
        steps.put(Phase.FORGET, EvictStep::forget);
        steps.put(Phase.END, (batch, cursor) -> EvictStep.letGo(batch, cursor, Optional.empty()));
    }

    /**
     * Starts to describe limits.
     *
     * @param name the name of the task, see {@link io.chatty.maintenance.task.MaintenanceTask#name}; not that of a sweep
     * @param usage what the host's rows say of the files
     * @param ledger where it keeps what it chose
     */
    public static Builder builder(String name, FileUsage usage, FileLedger ledger) {
        return new Builder(name, usage, ledger);
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public List<String> problems() {
        return UsageStep.problems(settings);
    }

    @Override
    public String fingerprint() {
        return settings.fingerprint();
    }

    @Override
    public List<String> warnings(Counts lastRun) {
        List<String> warnings = new ArrayList<>();
        for (Level level : settings.levels()) {
            long over = lastRun.get("short." + level.label());
            if (over > 0) {
                warnings.add(settings.name() + ": limit of " + level.label() + " not kept (" + over
                        + "), since too few of its files may go; the run's counts skipped.… tell why");
            }
        }
        return warnings;
    }

    @Override
    public BatchResult runBatch(TaskContext context) throws Exception {
        return batch(new LimitBatch(settings, context, settings.ledger(), false), context);
    }

    @Override
    public BatchResult previewBatch(TaskContext context) throws Exception {
        return previews.batch(
                context,
                () -> new InMemoryFileLedger(context::now),
                plan -> batch(new LimitBatch(settings, context, plan, true), context));
    }

    /** 2,000 files given up a second. Measuring and choosing is not slowed down. */
    @Override
    public TaskRates rates() {
        return TaskRates.operations(2000);
    }

    private BatchResult batch(LimitBatch batch, TaskContext context) throws Exception {
        LimitCursor given = context.cursor()
                .map(LimitCursor::parse)
                .orElseGet(() -> LimitCursor.start(settings.fingerprint(), Phase.CHECK));
        LimitCursor cursor = given.settings().equals(settings.fingerprint())
                ? given
                : LimitCursor.start(settings.fingerprint(), Phase.END);
        return Objects.requireNonNull(steps.get(cursor.phase()))
                .run(batch, cursor)
                .result(LimitCursor::cursor)
                .with(batch.counts())
                .lookingAt(batch.looked())
                .operating(batch.operations());
    }

    @Override
    public String toString() {
        return "FileLimits[" + settings.name() + " on " + settings.usage().name() + "]";
    }

    /** Describes limits. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final FileUsage usage;
        private final FileLedger ledger;
        private final Map<Level, ByteLimit> quotas = new EnumMap<>(Level.class);
        private final List<FileReferences> others = new ArrayList<>();
        private Optional<FileSweep> sweep = Optional.empty();
        private double high = SpaceLimits.NO_HIGH;
        private double low = SpaceLimits.NO_HIGH;
        private double floor = SpaceLimits.NO_FLOOR;
        private double target = SpaceLimits.NO_FLOOR;
        private EvictionOrder order = EvictionOrder.OLDEST;
        private EvictionListener listener = EvictionListener.NONE;
        private Duration grace = Duration.ofDays(3);
        private double shareLimit = 0.2;
        private boolean reportsOnly;
        private boolean shortTimes;
        private Duration remembered = Duration.ofDays(90);
        private Consumer<FileFinding> findings = finding -> {};

        private Builder(String name, FileUsage usage, FileLedger ledger) {
            this.name = TaskNames.check(name);
            this.usage = Objects.requireNonNull(usage, "usage");
            this.ledger = Objects.requireNonNull(ledger, "ledger");
        }

        /**
         * How many bytes all files may have.
         *
         * @param soft down to which is given up; 1 or more
         * @param hard above which is given up; the soft limit or more
         */
        public Builder total(long soft, long hard) {
            return quota("total", Level.TOTAL, soft, hard);
        }

        /**
         * How many bytes the files of one room may have. Files without a room are in none.
         *
         * @param soft down to which is given up; 1 or more
         * @param hard above which is given up; the soft limit or more
         */
        public Builder perRoom(long soft, long hard) {
            return quota("perRoom", Level.ROOM, soft, hard);
        }

        /**
         * How many bytes the files of one user may have. Files without a user are of none.
         *
         * @param soft down to which is given up; 1 or more
         * @param hard above which is given up; the soft limit or more
         */
        public Builder perUser(long soft, long hard) {
            return quota("perUser", Level.USER, soft, hard);
        }

        private Builder quota(String what, Level level, long soft, long hard) {
            if (soft < 1 || hard < soft) {
                throw new IllegalArgumentException(what + ": soft " + soft + " and hard " + hard
                        + " given; bytes are allowed, soft 1 or more and hard no less than soft");
            }
            if (quotas.put(level, new ByteLimit(soft, hard)) != null) {
                throw new IllegalArgumentException(what + " given twice");
            }
            return this;
        }

        /**
         * How much of the store's space may be used, by whatever it is. Needs a {@link #sweptBy sweep}. 0.85 and 0.8 are usual.
         *
         * @param newHigh the share above which files are given up; less than 1
         * @param newLow the share down to which they are; more than 0, less than {@code high}
         */
        public Builder usedSpace(double newHigh, double newLow) {
            if (!(newLow > 0 && newLow < newHigh && newHigh < 1)) {
                throw new IllegalArgumentException("usedSpace: high " + newHigh + " and low " + newLow
                        + " given; shares are allowed, over 0 and under 1, low under high");
            }
            high = newHigh;
            low = newLow;
            return this;
        }

        /**
         * How much of the store's space has to be free. Needs a {@link #sweptBy sweep}. 0.05 and 0.1 are usual.
         *
         * @param newFloor the share below which files are given up; more than 0
         * @param newTarget the share up to which they are; more than {@code floor}, less than 1
         */
        public Builder freeSpace(double newFloor, double newTarget) {
            if (!(newFloor > 0 && newFloor < newTarget && newTarget < 1)) {
                throw new IllegalArgumentException("freeSpace: floor " + newFloor + " and target " + newTarget
                        + " given; shares are allowed, over 0 and under 1, floor under target");
            }
            floor = newFloor;
            target = newTarget;
            return this;
        }

        /**
         * The sweep that sets aside what is given up, and whose store it is that must not become too full. What it has set aside
         * counts as given back. Default: none; then only bytes by the rows are limited.
         */
        public Builder sweptBy(FileSweep newSweep) {
            sweep = Optional.of(newSweep);
            return this;
        }

        /**
         * Another source of references to the same files, which the usage does not know itself: what it refers to is not given up. Asked
         * when files are chosen, and again right before they are given up.
         */
        public Builder references(FileReferences source) {
            others.add(Objects.requireNonNull(source, "source"));
            return this;
        }

        /** Which files go first. Default: the oldest. */
        public Builder order(EvictionOrder newOrder) {
            order = Objects.requireNonNull(newOrder, "order");
            return this;
        }

        /** Is told which files go, and may keep some. Default: none. */
        public Builder listener(EvictionListener newListener) {
            listener = Objects.requireNonNull(newListener, "listener");
            return this;
        }

        /**
         * How old a file has to be at least to be given up. One hour or more; as long as that of the sweep, or a file could be too young
         * for it. Default: 3 days.
         */
        public Builder grace(Duration newGrace) {
            grace = FileSettings.time("grace", newGrace);
            return this;
        }

        /**
         * The share of all files, or of their bytes, over which a run waits for confirmation. With under 1,000 files it is not looked
         * at. Over 0, at most 1 for no limit. Default: 0.2.
         */
        public Builder shareLimit(double share) {
            shareLimit = FileSettings.shareLimit(share);
            return this;
        }

        /** Nothing is given up: what is over its limit is only told. */
        public Builder reportsOnly() {
            reportsOnly = true;
            return this;
        }

        /** How long the record of a file that was chosen stays. One hour or more. Default: 90 days. */
        public Builder remember(Duration time) {
            remembered = FileSettings.time("remember", time);
            return this;
        }

        /**
         * Is told what is over its limit and stays so, by the thread that runs; it should be quick. The first in a batch stand in the
         * log in any case.
         */
        public Builder findings(Consumer<FileFinding> newFindings) {
            findings = Objects.requireNonNull(newFindings, "findings");
            return this;
        }

        /** Allows a grace of less than an hour. <b>For tests alone.</b> */
        public Builder allowShortTimes() {
            shortTimes = true;
            return this;
        }

        /**
         * The limits.
         *
         * @throws IllegalArgumentException if there is none, a time is too short, or space is limited without a sweep
         */
        public FileLimits build() {
            boolean limitsSpace = high < SpaceLimits.NO_HIGH || floor > SpaceLimits.NO_FLOOR;
            if (quotas.isEmpty() && !limitsSpace) {
                throw new IllegalArgumentException(
                        "limits: none given; give one, such as perUser(1_000_000_000, 1_100_000_000)");
            }
            if (limitsSpace && sweep.isEmpty()) {
                throw new IllegalArgumentException(
                        "usedSpace and freeSpace: given without sweptBy(…), which has the store whose space is meant");
            }
            if (sweep.isPresent() && sweep.get().name().equals(name)) {
                throw new IllegalArgumentException("name: \"" + name + "\" is that of the sweep; give it another");
            }
            FileSettings.checkFloor("grace", grace, shortTimes);
            FileSettings.checkFloor("remember", remembered, shortTimes);
            return new FileLimits(new LimitSettings(
                    name,
                    others.isEmpty() ? usage : new ReferredUsage(usage, List.copyOf(others)),
                    ledger,
                    Map.copyOf(quotas),
                    limitsSpace ? Optional.of(new SpaceLimits(high, low, floor, target)) : Optional.empty(),
                    sweep,
                    order,
                    listener,
                    grace,
                    shareLimit,
                    reportsOnly,
                    remembered,
                    findings));
        }
    }
}
