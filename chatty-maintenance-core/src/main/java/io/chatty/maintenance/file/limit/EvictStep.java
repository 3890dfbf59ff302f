package io.chatty.maintenance.file.limit;

import io.chatty.maintenance.file.FileLedger.Sum;
import io.chatty.maintenance.file.FileUsage.Outcome;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.file.limit.LimitCursor.Phase;
import io.chatty.maintenance.file.step.After;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Gives up what was chosen, and nothing else; before, looks whether it is absurdly much. */
final class EvictStep {

    /** Fewer files are not looked at. */
    private static final int SMALL = 1000;

    private EvictStep() {}

    /** What is confirmed are the files in the ledger, one by one: none joins them. */
    static After<LimitCursor> guard(LimitBatch batch, LimitCursor cursor) {
        List<Sum> sums = batch.plan().sums(batch.name(), Progress.SUSPECT, Optional.of(batch.run()));
        long files = sums.stream().mapToLong(Sum::files).sum();
        long bytes = sums.stream().mapToLong(Sum::bytes).sum();
        batch.looked(1);
        LimitCursor next = cursor.at(Phase.EVICT);
        double limit = batch.settings().shareLimit();
        if (cursor.files() < SMALL || (files <= limit * cursor.files() && bytes <= limit * cursor.bytes())) {
            return After.go(next);
        }
        return After.await(
                next,
                String.format(
                        Locale.ROOT,
                        "would give up %,d of %,d files, and %,d of %,d bytes; %.0f %% is the limit",
                        files,
                        cursor.files(),
                        bytes,
                        cursor.bytes(),
                        limit * 100));
    }

    static After<LimitCursor> evict(LimitBatch batch, LimitCursor cursor) throws Exception {
        List<SweptFile> files = batch.plan()
                .list(
                        batch.name(),
                        Progress.SUSPECT,
                        Optional.of(batch.run()),
                        Optional.empty(),
                        cursor.number(),
                        Math.min(batch.size(), LimitBatch.MOST));
        batch.looked(files.size());
        if (files.isEmpty()) {
            return batch.isPreview() ? After.done() : After.go(cursor.at(Phase.FORGET));
        }
        if (batch.isPreview()) {
            files.forEach(file -> {
                batch.count("due.evicted." + file.kind());
                batch.count("due.bytes.released", file.state().size());
            });
        } else {
            release(batch, files);
        }
        return After.go(cursor.at(files.get(files.size() - 1).id()));
    }

    private static void release(LimitBatch batch, List<SweptFile> files) throws Exception {
        batch.operated(files.size());
        Map<String, Outcome> outcomes = batch.usage()
                .release(
                        batch.run(),
                        files.stream().map(SweptFile::name).toList(),
                        batch.madeBefore(),
                        batch.settings().listener());
        Map<Outcome, List<Long>> ids = new EnumMap<>(Outcome.class);
        for (SweptFile file : files) {
            Outcome outcome = outcomes.getOrDefault(file.name(), Outcome.CHANGED);
            ids.computeIfAbsent(outcome, any -> new ArrayList<>()).add(file.id());
            if (outcome == Outcome.RELEASED) {
                batch.count("evicted." + file.kind());
                batch.count("bytes.released", file.state().size());
            } else {
                batch.count("skipped." + label(outcome));
            }
        }
        // The file itself stays where it is: what becomes of it is the sweep's affair.
        ids.forEach((outcome, some) ->
                batch.plan().keep(some, Progress.SUSPECT, label(outcome), Optional.empty(), batch.now()));
    }

    private static String label(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    /** Lets what was chosen go, of whatever run. */
    static After<LimitCursor> letGo(LimitBatch batch, LimitCursor cursor, Optional<LimitCursor> then) {
        List<Long> ids = batch
                .plan()
                .list(batch.name(), Progress.SUSPECT, Optional.empty(), Optional.empty(), cursor.number(), batch.size())
                .stream()
                .map(SweptFile::id)
                .toList();
        batch.looked(ids.size());
        if (ids.isEmpty()) {
            return then.map(After::go).orElseGet(After::done);
        }
        batch.plan().keep(ids, Progress.SUSPECT, "let go", Optional.empty(), batch.now());
        return After.go(cursor.at(ids.get(ids.size() - 1)));
    }

    /** Forgets the oldest records. */
    static After<LimitCursor> forget(LimitBatch batch, LimitCursor cursor) {
        int forgotten = batch.plan()
                .forget(batch.name(), batch.now().minus(batch.settings().remembered()), batch.size());
        batch.looked(forgotten);
        return forgotten < batch.size() ? After.done() : After.go(cursor);
    }
}
