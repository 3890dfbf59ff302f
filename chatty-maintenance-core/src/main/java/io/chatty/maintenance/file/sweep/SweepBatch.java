package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.finding.Findings;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** One batch of a sweep: what its steps work with, and what they count. Used by one thread. */
final class SweepBatch {

    private final SweepSettings settings;
    private final TaskContext context;
    private final FileLedger suspects;
    private final Optional<Hands> hands;
    private final Sources sources;
    private final Findings findings;
    private final OpenListing listing;
    private final Map<String, Long> counts = new TreeMap<>();
    private long looked;
    private Instant oldestSuspect = Instant.MAX;

    /**
     * @param suspects where the suspects of this run are: the ledger, or, for a preview, one of its own
     * @param hands what moves files; empty for a preview
     */
    SweepBatch(
            SweepSettings settings,
            TaskContext context,
            FileLedger suspects,
            Optional<Hands> hands,
            OpenListing listing) {
        this.settings = settings;
        this.context = context;
        this.suspects = suspects;
        this.hands = hands;
        this.sources = new Sources(settings.references(), settings.store().listsInByteOrder());
        this.findings = new Findings(FileSweep.class, settings.findings());
        this.listing = listing;
    }

    SweepSettings settings() {
        return settings;
    }

    String sweep() {
        return settings.name();
    }

    SweepableStore store() {
        return settings.store();
    }

    FileLedger ledger() {
        return settings.ledger();
    }

    FileLedger suspects() {
        return suspects;
    }

    /** Which of these have an entry that is not over, in the ledger or, in a preview, in its own. */
    Set<String> entered(Collection<String> names) {
        Set<String> entered = new HashSet<>();
        ledger().open(sweep(), names).forEach(file -> entered.add(file.name()));
        if (isPreview()) {
            suspects.open(sweep(), names).forEach(file -> entered.add(file.name()));
        }
        return entered;
    }

    Optional<Hands> hands() {
        return hands;
    }

    boolean isPreview() {
        return hands.isEmpty();
    }

    Sources sources() {
        return sources;
    }

    Findings findings() {
        return findings;
    }

    OpenListing listing() {
        return listing;
    }

    RunId run() {
        return context.runId();
    }

    Instant now() {
        return context.now();
    }

    int size() {
        return context.batchSize();
    }

    boolean isCancelled() {
        return context.isCancelled();
    }

    void count(String name, long more) {
        counts.merge(name, more, Long::sum);
    }

    void count(String name) {
        count(name, 1);
    }

    /** A suspect that last changed at that time. */
    void suspected(Instant changedAt) {
        if (changedAt.isBefore(oldestSuspect)) {
            oldestSuspect = changedAt;
        }
    }

    /** When the suspect last changed that is the oldest of this batch; the latest of all times if there is none. */
    Instant oldestSuspect() {
        return oldestSuspect;
    }

    /** Adds items that cost as much as moving a file does. */
    void looked(double items) {
        looked += Math.max(1, Math.round(items));
    }

    long looked() {
        return looked;
    }

    /** How many files and directories were moved or deleted, or were tried to be. */
    long operations() {
        return hands.map(Hands::operations).orElse(0L);
    }

    Counts counts() {
        return Counts.of(counts);
    }
}
