package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.SweepableStore.Pruned;
import io.chatty.maintenance.file.sweep.SweepCursor.Phase;
import java.io.IOException;
import java.time.Instant;

/**
 * Removes directories that are empty and have been left alone for a while, as a writer could be about to put a file in a younger
 * one (R12), and forgets what has been on record for long.
 */
final class TidyStep implements SweepStep {

    private final boolean folders;

    TidyStep(boolean folders) {
        this.folders = folders;
    }

    @Override
    public After run(SweepBatch batch, SweepCursor cursor) throws IOException {
        if (batch.isPreview()) {
            return After.done();
        }
        return folders ? prune(batch, cursor) : forget(batch, cursor);
    }

    private static After prune(SweepBatch batch, SweepCursor cursor) throws IOException {
        SweepSettings settings = batch.settings();
        Instant unchangedSince = batch.store().now().minus(settings.emptyFolders());
        Pruned pruned = batch.store().prune(unchangedSince, settings.keptLevels(), batch.size(), cursor.position());
        batch.count("pruned", pruned.removed());
        batch.looked((int) pruned.examined());
        return After.go(pruned.next().map(position -> cursor.at(0, position, 0)).orElse(cursor.at(Phase.FORGET)));
    }

    private static After forget(SweepBatch batch, SweepCursor cursor) {
        int forgotten = batch.ledger()
                .forget(batch.sweep(), batch.now().minus(batch.settings().remembered()), batch.size());
        batch.looked(forgotten);
        return forgotten < batch.size() ? After.done() : After.go(cursor);
    }
}
