package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.SweepableStore.Lock;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.file.finding.FileWarnings;
import io.chatty.maintenance.file.finding.Previews;
import io.chatty.maintenance.file.setting.FileSettings;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.TaskNames;
import io.chatty.maintenance.task.TaskRates;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Removes files that nothing needs any more: orphans to which nothing refers, temporary files and partial uploads that were left,
 * files that were derived from others that are gone, and what was made to expire.
 *
 * <p>Nothing goes in one step. A file that no source of references knows, and that has not changed for its age, is entered in the
 * ledger, and only when the whole store was listed and all references were read is it set aside in quarantine; after a window it
 * is deleted, if still nothing refers to it. One that is referred to again goes back by itself. All of it holds for files of each
 * kind: <b>what is referred to stays.</b>
 *
 * <p>The first run of a store moves nothing and only counts, as {@code suspects.…}. A run that would set aside too large a share,
 * or finds that a source has lost half of its references, waits for a person to confirm. Files under a prefix to which there is no
 * reference at all are not known to be orphans, and stay.
 *
 * <p>Thread-safe. One run at a time goes over a store: the engine sees to that among its nodes, and the store's own lock among
 * others.
 */
public final class FileSweep implements PreviewableTask {

    private final SweepSettings settings;
    private final SweepPhases phases;
    private final OpenListing ofRun;
    private final OpenListing ofPreview;
    private final SweepFigures figures;
    private final Restoring restoring;
    private final Previews<FileLedger> previews = new Previews<>();

    private FileSweep(SweepSettings settings, SweepFigures figures) {
        this.settings = settings;
        this.phases = new SweepPhases(settings);
        this.ofRun = new OpenListing(settings.name());
        this.ofPreview = new OpenListing(settings.name() + "-preview");
        this.figures = figures;
        this.restoring = new Restoring(settings);
    }

    /**
     * Starts to describe a sweep.
     *
     * @param name the name of the task, see {@link io.chatty.maintenance.task.MaintenanceTask#name}
     * @param store the store
     * @param ledger where it keeps what it does
     */
    public static Builder builder(String name, SweepableStore store, FileLedger ledger) {
        return new Builder(name, store, ledger);
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public List<String> problems() {
        return StoreCheck.problems(settings);
    }

    @Override
    public String fingerprint() {
        return settings.fingerprint();
    }

    @Override
    public List<String> warnings(Counts lastRun) {
        List<String> warnings = new ArrayList<>();
        FileWarnings.broken(lastRun).ifPresent(warnings::add);
        FileWarnings.failed(lastRun).ifPresent(warnings::add);
        figures.lowSpace().ifPresent(warnings::add);
        return warnings;
    }

    /** 2,000 moves and deletes of files a second, so that others who use the disk hardly feel it. Listing is not slowed down. */
    @Override
    public TaskRates rates() {
        return TaskRates.operations(2000);
    }

    @Override
    @SuppressWarnings("try") // the lock is only held
    public BatchResult runBatch(TaskContext context) throws Exception {
        try (Lock lock = lock()) {
            Hands hands = new Hands(settings);
            SweepCursor cursor = phases.cursor(context);
            SweepBatch batch = new SweepBatch(settings, context, settings.ledger(), Optional.of(hands), ofRun);
            BatchResult result = phases.run(batch, cursor);
            figures.after(batch, cursor, result.isFinished());
            return result;
        }
    }

    private Lock lock() throws Exception {
        return settings.store()
                .lock()
                .orElseThrow(() -> new MaintenanceException("file store " + settings.store()
                        + " is swept by another process or task; one at a time may. Nothing is done"));
    }

    @Override
    public BatchResult previewBatch(TaskContext context) throws Exception {
        return previews.batch(
                context,
                () -> new InMemoryFileLedger(context::now),
                suspects -> phases.run(
                        new SweepBatch(settings, context, suspects, Optional.empty(), ofPreview),
                        phases.cursor(context)));
    }

    /**
     * Says that a file is needed: the host refers to it anew, or is about to. One that is to be set aside is not, and one that lies
     * in quarantine goes back at once; neither is taken again for 30 days.
     *
     * @throws MaintenanceException if it could not be put back
     */
    public Retained retain(String name) {
        return restoring.retain(FileNames.check(name), settings.ledger().now());
    }

    /**
     * Puts back all files that a run set aside and that are not deleted yet; no run takes them again for 30 days.
     *
     * @return how many files were put back
     */
    public long restoreRun(RunId run) {
        return restoring.restore(
                Optional.of(run), Instant.MIN, Instant.MAX, settings.ledger().now());
    }

    /**
     * Puts back all files that were set aside from one time until another and that are not deleted yet; no run takes them again
     * for 30 days.
     *
     * @param until exclusive
     * @return how many files were put back
     */
    public long restoreBetween(Instant from, Instant until) {
        return restoring.restore(
                Optional.empty(), from, until, settings.ledger().now());
    }

    /** The store that it sweeps. */
    public SweepableStore store() {
        return settings.store();
    }

    /** Whether a file of that name goes by this sweep once its last reference was seen to go. */
    public boolean takesReleased(String name) {
        return settings.rules().takesReleased(name);
    }

    /**
     * How many bytes of the store are on their way out: chosen by a run that goes on, set aside, or being deleted. Empty if it has not
     * swept this store yet.
     *
     * @throws IOException if the store cannot be read
     */
    public OptionalLong leaving() throws IOException {
        FileLedger ledger = settings.ledger();
        Optional<String> known = ledger.note(settings.name(), StoreCheck.STORE);
        if (known.isEmpty() || !known.equals(settings.store().id())) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Stream.of(Progress.SUSPECT, Progress.QUARANTINED, Progress.DELETING)
                .flatMap(progress -> ledger.sums(settings.name(), progress, Optional.empty()).stream())
                .mapToLong(FileLedger.Sum::bytes)
                .sum());
    }

    /** What came of {@link #retain}. */
    public enum Retained {
        /** The file is in its place, and stays there. */
        IN_PLACE,
        /** The file lay in quarantine, and is in its place again. */
        RESTORED,
        /** It is too late: the file is being deleted, or is gone. */
        GONE
    }

    @Override
    public String toString() {
        return "FileSweep[" + settings.name() + " of " + settings.store() + "]";
    }

    /** Describes a sweep. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final SweepableStore store;
        private final FileLedger ledger;
        private final List<FileReferences> references = new ArrayList<>();
        private final GivenRules rules = new GivenRules();
        private Duration grace = Duration.ofDays(3);
        private Duration window = Duration.ofDays(7);
        private double shareLimit = 0.2;
        private boolean firstRunMoves;
        private boolean shortTimes;
        private Optional<String> adopted = Optional.empty();
        private Duration emptyFolders = Duration.ofHours(1);
        private int keptLevels = 2;
        private Duration remembered = Duration.ofDays(90);
        private Consumer<FileFinding> findings = finding -> {};
        private double lowSpace = 0.05;
        private @Nullable MeterRegistry meters;

        private Builder(String name, SweepableStore store, FileLedger ledger) {
            TaskNames.check(name);
            this.name = name;
            this.store = Objects.requireNonNull(store, "store");
            this.ledger = Objects.requireNonNull(ledger, "ledger");
        }

        /** A source of references. <b>Each that there is has to be named</b>: what none of them knows is an orphan. */
        public Builder references(FileReferences source) {
            FileSettings.add(source, references);
            return this;
        }

        /**
         * Files below a directory that nothing refers to may go, once they are as old as the {@link #grace}. Nothing outside of
         * what is declared is ever looked at.
         *
         * @param prefix such as {@code uploads/}; empty for the whole store
         */
        public Builder orphans(String prefix) {
            rules.add(SweepKind.ORPHAN, prefix, Optional.empty());
            return this;
        }

        /**
         * Temporary files may go, once they are that old.
         *
         * @param prefix such as {@code uploads/}
         * @param pattern which of them are temporary, such as {@code *.part}: {@code *} for any letters but {@code /},
         *     {@code **} for any letters, {@code ?} for one letter, {@code {a,b}} for one of several
         * @param age one hour or more
         */
        public Builder temporary(String prefix, String pattern, Duration age) {
            rules.addTemporary(prefix, pattern, age);
            return this;
        }

        /**
         * Uploads in parts, a directory each, may go once the youngest of their parts is that old, in whatever directory inside.
         * A part that lies in none goes by its own age.
         *
         * @param prefix where those directories are, such as {@code incoming/}
         * @param age one hour or more
         */
        public Builder partialUploads(String prefix, Duration age) {
            rules.addPartial(prefix, age);
            return this;
        }

        /**
         * Files that were made of others, such as thumbnails, may go once none of their originals is there or referred to, and
         * they are as old as the grace.
         *
         * @param prefix where they are, such as {@code thumbnails/}
         * @param originals gives the names that the original of such a file may have; none for a file that is not derived
         */
        public Builder derived(String prefix, Function<String, List<String>> originals) {
            rules.addDerived(prefix, originals);
            return this;
        }

        /**
         * Files that nothing refers to may go once they are that old, whether or not anything under the prefix was ever referred
         * to: exports that were made to be fetched.
         *
         * @param prefix such as {@code exports/}
         * @param age one hour or more
         */
        public Builder expired(String prefix, Duration age) {
            rules.add(SweepKind.EXPIRED, prefix, Optional.of(age));
            return this;
        }

        /**
         * How long a file that nothing refers to has to be unchanged, since one that is being uploaded may be there before its row.
         * It should be twice as long as the longest upload and the longest transaction. One hour or more. Default: 3 days.
         */
        public Builder grace(Duration newGrace) {
            grace = FileSettings.time("grace", newGrace);
            return this;
        }

        /**
         * How long a file lies in quarantine before it is deleted. One hour or more, and longer than any transaction. Default: 7
         * days.
         */
        public Builder window(Duration newWindow) {
            window = FileSettings.time("window", newWindow);
            return this;
        }

        /**
         * The share of the files, or of the bytes, over which a run waits for confirmation, in all or of the files under one
         * prefix of orphans. What lies in quarantine counts. Under 1,000 files it is not looked at. Over 0, at most 1. Default:
         * 0.2.
         */
        public Builder shareLimit(double share) {
            shareLimit = FileSettings.shareLimit(share);
            return this;
        }

        /** The first run moves files, too. Default: it only counts. */
        public Builder movesOnFirstRun() {
            firstRunMoves = true;
            return this;
        }

        /**
         * The store was swept before by another sweep, or for another database, to which nothing of it belongs any more; or by
         * another sweep of yours that has other prefixes, whose quarantine is left to it.
         *
         * @param id the id that the store has
         */
        public Builder adoptStore(String id) {
            adopted = Optional.of(id);
            return this;
        }

        /**
         * Directories in which nothing is are removed when they have not changed for that long. One hour or more. Default: one
         * hour.
         *
         * @param levels how many levels of directories stay even so, from the top. Default: 2
         */
        public Builder emptyDirectories(Duration age, int levels) {
            if (levels < 0) {
                throw new IllegalArgumentException("levels: " + levels + " given, must not be negative");
            }
            emptyFolders = FileSettings.time("age", age);
            keptLevels = levels;
            return this;
        }

        /** How long the record of a file that is deleted, or was kept, stays. One hour or more. Default: 90 days. */
        public Builder remember(Duration time) {
            remembered = FileSettings.time("remember", time);
            return this;
        }

        /**
         * Is told what a person should know of, such as references whose file is missing, by the thread that sweeps; it should be
         * quick. The first of each kind in a batch stand in the log in any case.
         */
        public Builder findings(Consumer<FileFinding> listener) {
            findings = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * The share of the store's space below which what is free is a warning in the task's health, as its last run in this
         * process found it. 0 (never) to 1. Default: 0.05.
         */
        public Builder lowSpace(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("lowSpace: " + share + " given, 0 to 1 allowed");
            }
            lowSpace = share;
            return this;
        }

        /**
         * Where gauges are registered that say what the last run in this process found, with the tag {@code task}: see
         * {@code docs/operations.md}. Default: nowhere.
         */
        public Builder meters(MeterRegistry registry) {
            meters = Objects.requireNonNull(registry, "registry");
            return this;
        }

        /**
         * Allows ages, graces and windows of less than an hour. <b>For tests alone</b>: what is uploaded meanwhile is not safe.
         */
        public Builder allowShortTimes() {
            shortTimes = true;
            return this;
        }

        /**
         * The sweep.
         *
         * @throws IllegalArgumentException if there is no rule or no source of references, or a time is too short
         */
        public FileSweep build() {
            if (rules.isEmpty()) {
                throw new IllegalArgumentException(
                        "rules: none given; say what may go, such as orphans(\"uploads/\"). Nothing is swept otherwise");
            }
            if (references.isEmpty()) {
                throw new IllegalArgumentException(
                        "references: none given; without them each file would be an orphan. Name every source");
            }
            FileSettings.checkFloor("grace", grace, shortTimes);
            FileSettings.checkFloor("window", window, shortTimes);
            FileSettings.checkFloor("emptyDirectories", emptyFolders, shortTimes);
            FileSettings.checkFloor("remember", remembered, shortTimes);
            SweepFigures figures = new SweepFigures(name, lowSpace);
            if (meters != null) {
                figures.register(meters);
            }
            SweepSettings settings = new SweepSettings(
                    name,
                    store,
                    ledger,
                    List.copyOf(references),
                    rules.made(grace, shortTimes),
                    grace,
                    window,
                    shareLimit,
                    firstRunMoves,
                    adopted,
                    emptyFolders,
                    keptLevels,
                    remembered,
                    findings);
            return new FileSweep(settings, figures);
        }
    }
}
