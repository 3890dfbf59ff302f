package io.chatty.maintenance.file.verify;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.content.Content;
import io.chatty.maintenance.file.finding.FileWarnings;
import io.chatty.maintenance.file.setting.FileSettings;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.TaskNames;
import io.chatty.maintenance.task.TaskRates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Looks whether the files that are referred to are there and are what is said of them: of each the size, where it is known, and of
 * a share of them the content, by its SHA-256. It changes nothing; what a person should see to is told as a {@link FileFinding},
 * see {@link FindingsFile}.
 *
 * <p>A run goes through all references of all sources, page by page, and ends as failed if one does not end with the number that
 * was read. Each finding is made twice, with the reference and the file looked at anew in between, so that what is replaced
 * meanwhile is not told of.
 *
 * <p>A batch reads at most 16 MiB. A larger file is read in several; if the process ends in the middle, it is read from its
 * beginning. Counted are {@code examined} references, {@code contents} compared and {@code bytes.read} (to which
 * {@link io.chatty.maintenance.engine.TaskSettings#bytesPerSecond} applies; 50,000,000 by default), {@code broken}, {@code refused}, {@code wrongSize},
 * {@code wrongContent}, and {@code skipped.} with {@code young}, {@code changed}, {@code quarantined}, {@code noChecksum} (chosen
 * to be read, but nothing is known of its content) and {@code failed}. A preview looks at each file and counts what a run would read
 * as {@code due.contents} and {@code due.bytes.read}; it tells of nothing.
 *
 * <p>Thread-safe.
 */
public final class FileVerification implements PreviewableTask {

    /** Under which name a sweep notes the id of its store. */
    private static final String STORE = "store";

    private final Settings settings;
    private final OpenReading reading = new OpenReading();

    /** What a verification was told. */
    record Settings(
            String name,
            SweepableStore store,
            List<FileReferences> references,
            ChosenFiles contents,
            Duration unchangedFor,
            Optional<SweptBy> sweptBy,
            Consumer<FileFinding> findings) {

        /** A sweep of the same files. */
        record SweptBy(String sweep, FileLedger ledger) {}

        /** A hash of what a cursor depends on. */
        String sources() {
            StringBuilder text = new StringBuilder();
            references.forEach(source -> text.append(source.name()).append('\n'));
            return UUID.nameUUIDFromBytes(text.toString().getBytes(StandardCharsets.UTF_8))
                    .toString();
        }
    }

    private FileVerification(Settings settings) {
        this.settings = settings;
    }

    /**
     * Starts to describe a verification.
     *
     * @param name the name of the task, see {@link io.chatty.maintenance.task.MaintenanceTask#name}
     * @param store the store
     */
    public static Builder builder(String name, SweepableStore store) {
        return new Builder(name, store);
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        settings.references().forEach(source -> problems.addAll(source.problems()));
        settings.sweptBy().ifPresent(by -> problems.addAll(by.ledger().problems()));
        return problems;
    }

    @Override
    public BatchResult runBatch(TaskContext context) throws Exception {
        return batch(new VerifyingBatch(settings, context, Optional.of(reading)), context);
    }

    @Override
    public BatchResult previewBatch(TaskContext context) throws Exception {
        return batch(new VerifyingBatch(settings, context, Optional.empty()), context);
    }

    private BatchResult batch(VerifyingBatch batch, TaskContext context) throws Exception {
        VerifyCursor cursor = VerifyCursor.of(context.cursor(), settings.sources());
        if (context.cursor().isEmpty()) {
            checkUsable();
        }
        Optional<VerifyCursor> next = batch.run(cursor);
        return next.map(at -> BatchResult.next(at.cursor()))
                .orElse(BatchResult.finished())
                .with(batch.counts());
    }

    /** 50 MB of content a second. */
    @Override
    public TaskRates rates() {
        return Content.DEFAULT_RATE;
    }

    private void checkUsable() {
        List<String> problems = problems();
        if (!problems.isEmpty()) {
            throw new MaintenanceException("nothing is looked at: " + String.join("; ", problems));
        }
        try {
            settings.store().now(); // a store that is not mounted has no file at all
            checkStore();
        } catch (IOException e) {
            throw new MaintenanceException("file store " + settings.store() + " cannot be read: " + e, e);
        }
    }

    @Override
    public List<String> warnings(Counts lastRun) {
        List<String> warnings = new ArrayList<>();
        FileWarnings.broken(lastRun).ifPresent(warnings::add);
        FileWarnings.failed(lastRun).ifPresent(warnings::add);
        long wrong = lastRun.get("wrongSize") + lastRun.get("wrongContent");
        if (wrong > 0) {
            warnings.add(
                    "damaged files: " + wrong + " files are not what their references say of them; see the findings,"
                            + " and restore them from a backup or put the references right");
        }
        return warnings;
    }

    /** Of a store that is not the one that is swept, each file would be missing. */
    private void checkStore() throws IOException {
        Optional<String> known = settings.sweptBy().flatMap(by -> by.ledger().note(by.sweep(), STORE));
        Optional<String> id = settings.store().id();
        if (known.isPresent() && !known.equals(id)) {
            throw new MaintenanceException("file store " + settings.store() + " has "
                    + id.map(given -> "the id " + given).orElse("no id") + ", where "
                    + settings.sweptBy().get().sweep() + " sweeps " + known.get()
                    + "; is it mounted, and the right one? Nothing is looked at");
        }
    }

    @Override
    public String toString() {
        return "FileVerification[" + settings.name() + " of " + settings.store() + "]";
    }

    /** Describes a verification. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final SweepableStore store;
        private final List<FileReferences> references = new ArrayList<>();
        private double contents = 0.01;
        private Duration unchangedFor = Duration.ofHours(1);
        private Optional<Settings.SweptBy> sweptBy = Optional.empty();
        private Consumer<FileFinding> findings = finding -> {};

        private Builder(String name, SweepableStore store) {
            TaskNames.check(name);
            this.name = name;
            this.store = Objects.requireNonNull(store, "store");
        }

        /** A source of references. */
        public Builder references(FileReferences source) {
            FileSettings.add(source, references);
            return this;
        }

        /**
         * Of which share of the files a run reads the content. Which these are goes by their names and the day of the run: with a
         * run a day, all are read within three times as many runs as would do if no file came twice, and so with a run each
         * other day or each week. Default: 0.01.
         *
         * @param share from 0 (sizes alone) to 1 (all of them, each time)
         */
        public Builder contents(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("contents: " + share + " given, 0 to 1 allowed");
            }
            contents = share;
            return this;
        }

        /**
         * How long before the run a file must have changed last for its size and content to be looked at: of one that was just
         * replaced the row may follow. Not negative. Default: one hour.
         */
        public Builder unchangedFor(Duration time) {
            if (time.isNegative() || time.compareTo(Duration.ofDays(36_500)) > 0) {
                throw new IllegalArgumentException("unchangedFor: " + time + " given, zero to 100 years allowed");
            }
            unchangedFor = time;
            return this;
        }

        /**
         * The files are swept by a task, too: what lies in its quarantine and is referred to goes back by itself, and is not
         * missing.
         *
         * @param sweep the name of that task
         * @param ledger its ledger
         */
        public Builder sweptBy(String sweep, FileLedger ledger) {
            TaskNames.check(sweep);
            sweptBy = Optional.of(new Settings.SweptBy(sweep, Objects.requireNonNull(ledger, "ledger")));
            return this;
        }

        /**
         * Is told what was found, by the thread that looks; it should be quick. The first of each kind in a batch stand in the
         * log in any case.
         */
        public Builder findings(Consumer<FileFinding> listener) {
            findings = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * The verification.
         *
         * @throws IllegalArgumentException if there is no source of references
         */
        public FileVerification build() {
            if (references.isEmpty()) {
                throw new IllegalArgumentException("references: none given; they say what the files should be");
            }
            return new FileVerification(new Settings(
                    name, store, List.copyOf(references), new ChosenFiles(contents), unchangedFor, sweptBy, findings));
        }
    }
}
