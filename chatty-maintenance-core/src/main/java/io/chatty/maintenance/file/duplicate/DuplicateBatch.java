package io.chatty.maintenance.file.duplicate;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileFinding.Kind;
import io.chatty.maintenance.file.finding.Findings;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.TaskContext;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** What one batch may do, and did. */
final class DuplicateBatch {

    private static final long MOST_BYTES = 16L << 20;

    private final TaskContext context;
    private final Findings findings;
    private final Consumer<FileFinding> listener;
    private final Map<String, Long> counts = new HashMap<>();
    private long looked;
    private long bytes;

    DuplicateBatch(DuplicateFiles.Settings settings, TaskContext context) {
        this.context = context;
        this.listener = settings.findings();
        this.findings = new Findings(DuplicateFiles.class, listener);
    }

    boolean isEnough() {
        return looked >= context.batchSize() || bytes >= MOST_BYTES || context.isCancelled();
    }

    boolean isCancelled() {
        return context.isCancelled();
    }

    /** How many bytes it may still read. */
    long bytesLeft() {
        return MOST_BYTES - bytes;
    }

    void read(long more) {
        bytes += more;
        count("bytes.read", more);
    }

    void looked(long more) {
        looked += more;
    }

    long looked() {
        return looked;
    }

    void count(String name, long more) {
        counts.merge(name, more, Long::sum);
    }

    void fail(String name, Exception why) {
        count("skipped.failed", 1);
        findings.tell(Kind.FAILED, name, "cannot be read: " + why);
    }

    /** There may be very many of them, which have no place in the log. */
    void tellDuplicate(Entry entry, Entry first) {
        count("duplicates", 1);
        count("duplicateBytes", entry.size());
        listener.accept(new FileFinding(
                Kind.DUPLICATE, entry.name(), "has the same " + entry.size() + " bytes as \"" + first.name() + "\""));
    }

    Counts counts() {
        return Counts.of(counts);
    }
}
