package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.Attempt;
import io.chatty.maintenance.file.FileQuarantine.Judged;
import io.chatty.maintenance.file.FileQuarantine.Moved;
import io.chatty.maintenance.file.FileQuarantine.Outcome;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.file.SweepableStore.Pruned;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All that is done to files. A preview has no hands, so there is nothing that it could forget not to do. */
final class Hands {

    private final SweepSettings settings;
    private long operations;

    Hands(SweepSettings settings) {
        this.settings = settings;
    }

    List<Attempt<Moved>> move(List<Judged> files, RunId run) {
        operations += files.size();
        return settings.store().quarantine().moveAll(files, run);
    }

    List<Attempt<Outcome>> delete(List<QuarantinedFile> files) {
        operations += files.size();
        return settings.store().quarantine().deleteAll(files);
    }

    Outcome restore(QuarantinedFile file) throws IOException {
        operations++;
        return settings.store().quarantine().restore(file);
    }

    Pruned prune(Instant unchangedSince, int most, String after) throws IOException {
        Pruned pruned = settings.store().prune(unchangedSince, settings.keptLevels(), most, after);
        operations += pruned.removed();
        return pruned;
    }

    /** How many files and directories were moved or deleted, or were tried to be. */
    long operations() {
        return operations;
    }

    /**
     * Puts a file back and enters it as kept. The entry is taken first, so that nobody deletes the file meanwhile; when this is
     * killed before its end, the next run does the rest.
     *
     * @param progress what the entry has to be for it
     * @return whether the file lay in quarantine and is back; empty if the entry is another's by now, and nothing was done
     */
    Optional<Outcome> putBack(SweptFile file, Progress progress, String why, Optional<Instant> until, Instant now)
            throws IOException {
        if (settings.ledger().restoring(Set.of(file.id()), progress, now).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(finish(file, progress, why, until, now));
    }

    /** Puts a file back whose entry is RESTORING, and enters it as kept. */
    Outcome finish(SweptFile file, Progress before, String why, Optional<Instant> until, Instant now)
            throws IOException {
        Optional<QuarantinedFile> lies = before == Progress.QUARANTINED || before == Progress.DELETING
                ? Optional.of(file.quarantined())
                : settings.store().quarantine().find(file.name(), file.state(), file.run());
        Outcome outcome = lies.isPresent() ? restore(lies.get()) : Outcome.ABSENT;
        settings.ledger().keep(Set.of(file.id()), Progress.RESTORING, why, until, now);
        return outcome;
    }
}
