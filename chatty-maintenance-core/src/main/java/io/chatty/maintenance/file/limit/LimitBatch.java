package io.chatty.maintenance.file.limit;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileUsage;
import io.chatty.maintenance.file.finding.Findings;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** One batch: what its steps work with, and what they count. Used by one thread. */
final class LimitBatch {

    /** The most files that are chosen, or given up, at once. */
    static final int MOST = 1000;

    private final LimitSettings settings;
    private final TaskContext context;
    private final FileLedger plan;
    private final boolean preview;
    private final Findings findings;
    private final Map<String, Long> counts = new TreeMap<>();
    private long looked;
    private long operations;

    /** @param plan where the files are that this run chose: the ledger, or, for a preview, one of its own */
    LimitBatch(LimitSettings settings, TaskContext context, FileLedger plan, boolean preview) {
        this.settings = settings;
        this.context = context;
        this.plan = plan;
        this.preview = preview;
        this.findings = new Findings(FileLimits.class, settings.findings());
    }

    LimitSettings settings() {
        return settings;
    }

    String name() {
        return settings.name();
    }

    FileUsage usage() {
        return settings.usage();
    }

    FileLedger plan() {
        return plan;
    }

    boolean isPreview() {
        return preview;
    }

    RunId run() {
        return context.runId();
    }

    Instant now() {
        return context.now();
    }

    /** Files that were made since are too young to go. */
    Instant madeBefore() {
        return context.now().minus(settings.grace());
    }

    int size() {
        return context.batchSize();
    }

    boolean isCancelled() {
        return context.isCancelled();
    }

    /** Tells that there is too much. */
    void tell(String what, String detail) {
        findings.tell(FileFinding.Kind.OVER_LIMIT, what, detail);
    }

    void count(String name, long more) {
        counts.merge(name, more, Long::sum);
    }

    void count(String name) {
        count(name, 1);
    }

    void looked(long items) {
        looked += Math.max(1, items);
    }

    long looked() {
        return looked;
    }

    /** Adds files that were to be given up. */
    void operated(long files) {
        operations += files;
    }

    long operations() {
        return operations;
    }

    Counts counts() {
        return Counts.of(counts);
    }
}
