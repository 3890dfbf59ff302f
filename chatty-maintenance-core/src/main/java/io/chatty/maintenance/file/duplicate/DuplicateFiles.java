package io.chatty.maintenance.file.duplicate;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.content.Content;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.TaskNames;
import io.chatty.maintenance.task.TaskRates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports files of the same content. It changes nothing: what is to become of them is for a person to say, who gets a
 * {@link FileFinding.Kind#DUPLICATE} for each but the first by name, see {@link io.chatty.maintenance.file.verify.FindingsFile}.
 *
 * <p>All files below the prefixes are listed with their sizes; of those whose size another has, the first 4 KiB are read; of those
 * that are the same in these, all is, and compared by SHA-256. What is known meanwhile is sorted through temporary files, some 200
 * bytes a file: memory does not grow with the number of files.
 *
 * <p>A run goes on from batch to batch in the process that began it. In another, or after a failure, it <b>begins anew</b>, which is
 * counted as {@code restarted}. A batch reads at most 16 MiB.
 *
 * <p>Counted are {@code examined} files, {@code bytes.read} (to which
 * {@link io.chatty.maintenance.engine.TaskSettings#bytesPerSecond} applies; 50,000,000 by default), {@code duplicates}, {@code duplicateBytes} that they
 * take (several names of one file in a file system take nothing, but count), and {@code skipped.} with {@code small},
 * {@code changed} and {@code failed}.
 *
 * <p>Thread-safe. Temporary files of a run that was cancelled are kept until the next begins, or until {@link #close}: an engine
 * closes a task that it makes for each run.
 */
public final class DuplicateFiles implements MaintenanceTask, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DuplicateFiles.class);

    private final Settings settings;
    private @Nullable DuplicateSearch held; // guarded by this

    /** What it was told. */
    record Settings(
            String name,
            SweepableStore store,
            List<String> prefixes,
            long smallest,
            Path temporaryFiles,
            Consumer<FileFinding> findings) {}

    private DuplicateFiles(Settings settings) {
        this.settings = settings;
    }

    /**
     * Starts to describe a report.
     *
     * @param name the name of the task, see {@link MaintenanceTask#name}
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
        Path folder = settings.temporaryFiles();
        return Files.isDirectory(folder) && Files.isWritable(folder)
                ? List.of()
                : List.of("temporaryFiles: " + folder
                        + " is no directory that can be written to; give another, or make it");
    }

    /** 50 MB of content a second. */
    @Override
    public TaskRates rates() {
        return Content.DEFAULT_RATE;
    }

    @Override
    public BatchResult runBatch(TaskContext context) throws Exception {
        DuplicateSearch search = take(context);
        boolean kept = false;
        try {
            DuplicateBatch batch = new DuplicateBatch(settings, context);
            if (search.isAnew() && context.cursor().isPresent()) {
                batch.count("restarted", 1);
            }
            boolean more = search.go(batch);
            BatchResult result = more ? BatchResult.next(new Cursor(search.position())) : BatchResult.finished();
            kept = more && give(search);
            return result.with(batch.counts()).lookingAt(batch.looked());
        } finally {
            if (!kept) {
                search.close();
            }
        }
    }

    /** The search that the last batch left where this one is to begin, or a new one. */
    private DuplicateSearch take(TaskContext context) throws IOException {
        DuplicateSearch found;
        synchronized (this) {
            found = held;
            held = null;
        }
        if (found != null) {
            if (found.isAt(context.runId(), context.cursor())) {
                return found;
            }
            found.close();
        }
        if (context.cursor().isPresent()) {
            LOG.info(
                    "Run {} of {} begins anew: what was known of the files is not in this process",
                    context.runId(),
                    settings.name());
        }
        return new DuplicateSearch(settings, context.runId());
    }

    private synchronized boolean give(DuplicateSearch search) {
        held = search;
        return true;
    }

    /** Deletes what temporary files there are. A run that goes on begins anew. */
    @Override
    public void close() throws IOException {
        DuplicateSearch last;
        synchronized (this) {
            last = held;
            held = null;
        }
        if (last != null) {
            last.close();
        }
    }

    @Override
    public String toString() {
        return "DuplicateFiles[" + settings.name() + " of " + settings.store() + "]";
    }

    /** Describes a report. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final SweepableStore store;
        private final List<String> prefixes = new ArrayList<>();
        private long smallest = 1;
        private Path temporaryFiles = Path.of(System.getProperty("java.io.tmpdir"));
        private Consumer<FileFinding> findings = finding -> {};

        private Builder(String name, SweepableStore store) {
            TaskNames.check(name);
            this.name = name;
            this.store = Objects.requireNonNull(store, "store");
        }

        /**
         * Looks at files whose names begin so.
         *
         * @param prefix such as {@code uploads/}; empty for the whole store
         */
        public Builder below(String prefix) {
            FileNames.checkPrefix(prefix);
            for (String other : prefixes) {
                if (prefix.startsWith(other) || other.startsWith(prefix)) {
                    throw new IllegalArgumentException("below: \"" + prefix + "\" given, and \"" + other
                            + "\" too, of which one has all files of the other; give the shorter alone");
                }
            }
            prefixes.add(prefix);
            return this;
        }

        /** Smaller files are not looked at, in bytes. 1 or more. Default: 1. */
        public Builder smallest(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException(
                        "smallest: " + bytes + " given, 1 or more allowed; empty files are all the same");
            }
            smallest = bytes;
            return this;
        }

        /** The directory for temporary files, which must be there. Default: that of the JVM. */
        public Builder temporaryFiles(Path directory) {
            temporaryFiles = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /**
         * Is told what was found, by the thread that looks; it should be quick. Without it duplicates are only counted; files that
         * cannot be read stand in the log in any case, the first of each batch.
         */
        public Builder findings(Consumer<FileFinding> listener) {
            findings = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * The report.
         *
         * @throws IllegalArgumentException if there is no prefix
         */
        public DuplicateFiles build() {
            if (prefixes.isEmpty()) {
                throw new IllegalArgumentException("below: none given; say where to look, such as below(\"uploads/\")");
            }
            return new DuplicateFiles(
                    new Settings(name, store, List.copyOf(prefixes), smallest, temporaryFiles, findings));
        }
    }
}
