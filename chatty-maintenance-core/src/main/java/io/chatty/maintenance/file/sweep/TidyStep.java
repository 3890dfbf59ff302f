package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileFinding.Kind;
import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.SweepableStore.Pruned;
import io.chatty.maintenance.file.step.After;
import io.chatty.maintenance.file.step.Step;
import io.chatty.maintenance.file.sweep.SweepCursor.Phase;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes directories that are empty and have been left alone for a while, as a writer could be about to put a file in a younger
 * one (R12), and forgets what has been on record for long.
 */
final class TidyStep implements Step<SweepBatch, SweepCursor> {

    private final boolean folders;

    TidyStep(boolean folders) {
        this.folders = folders;
    }

    @Override
    public After<SweepCursor> run(SweepBatch batch, SweepCursor cursor) throws Exception {
        if (batch.isPreview()) {
            return undeclared(batch, cursor);
        }
        return folders ? prune(batch, cursor) : forget(batch, cursor);
    }

    /** A preview looks for references of which nobody has told (R4), instead. */
    private static After<SweepCursor> undeclared(SweepBatch batch, SweepCursor cursor) throws Exception {
        List<FileReferences> sources = batch.sources().all();
        if (cursor.part() >= sources.size()) {
            return After.done();
        }
        FileReferences source = sources.get(cursor.part());
        for (String place : source.undeclared(names -> existing(batch, names))) {
            batch.count("undeclared");
            batch.findings().tell(Kind.UNDECLARED, place, "of references " + source.name());
        }
        batch.looked(1);
        return After.go(cursor.at(cursor.part() + 1, "", 0));
    }

    private static Set<String> existing(SweepBatch batch, Collection<String> names) throws IOException {
        Set<String> existing = new HashSet<>();
        for (String name : names) {
            if (FileNames.isName(name)
                    && batch.settings().rules().covers(name)
                    && batch.store().look(name).isPresent()) {
                existing.add(name);
            }
        }
        return existing;
    }

    private static After<SweepCursor> prune(SweepBatch batch, SweepCursor cursor) throws IOException {
        SweepSettings settings = batch.settings();
        Instant unchangedSince = batch.store().now().minus(settings.emptyFolders());
        Pruned pruned = batch.hands().orElseThrow().prune(unchangedSince, batch.size(), cursor.position());
        batch.count("pruned", pruned.removed());
        batch.looked((int) pruned.examined());
        return After.go(pruned.next().map(position -> cursor.at(0, position, 0)).orElse(cursor.at(Phase.FORGET)));
    }

    private static After<SweepCursor> forget(SweepBatch batch, SweepCursor cursor) {
        int forgotten = batch.ledger()
                .forget(batch.sweep(), batch.now().minus(batch.settings().remembered()), batch.size());
        batch.looked(forgotten);
        return forgotten < batch.size() ? After.done() : After.go(cursor);
    }
}
