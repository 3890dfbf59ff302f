package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileQuarantine.Outcome;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.file.sweep.FileSweep.Retained;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Gives files back that were set aside, when a person or the host asks for them. */
final class Restoring {

    private static final int PAGE = 1000;

    private final SweepSettings settings;
    private final Hands hands;

    Restoring(SweepSettings settings) {
        this.settings = settings;
        this.hands = new Hands(settings);
    }

    Retained retain(String name, Instant now) {
        boolean restored = false;
        for (SweptFile file : settings.ledger().open(settings.name(), Set.of(name))) {
            restored |= putBack(file, now);
        }
        try {
            boolean there = settings.store().look(name).isPresent();
            boolean late = settings.ledger().open(settings.name(), Set.of(name)).stream()
                    .anyMatch(file -> file.progress() == Progress.DELETING);
            return !there || late ? Retained.GONE : restored ? Retained.RESTORED : Retained.IN_PLACE;
        } catch (IOException e) {
            throw new MaintenanceException(
                    "file \"" + name + "\" cannot be looked at in " + settings.store() + ": " + e, e);
        }
    }

    /** Puts a file back, unless it is being deleted or put back already; whether it lay in quarantine. */
    private boolean putBack(SweptFile file, Instant now) {
        if (file.progress() != Progress.SUSPECT && file.progress() != Progress.QUARANTINED) {
            return false;
        }
        try {
            Optional<Instant> until = Optional.of(now.plus(SweepSettings.KEPT_FOR));
            return hands.putBack(file, file.progress(), "retained", until, now)
                    .filter(outcome -> outcome == Outcome.DONE)
                    .isPresent();
        } catch (IOException e) {
            throw new MaintenanceException(
                    "file \"" + file.name() + "\" could not be put back from the quarantine of " + settings.store()
                            + ": " + e + "; it is safe there, and the next run puts it back",
                    e);
        }
    }

    long restore(Optional<RunId> run, Instant from, Instant until, Instant now) {
        long restored = 0;
        List<SweptFile> page;
        long after = 0;
        do {
            page = settings.ledger().list(settings.name(), Progress.QUARANTINED, run, Optional.empty(), after, PAGE);
            for (SweptFile file : page) {
                after = file.id();
                boolean asked = !file.at().isBefore(from) && file.at().isBefore(until);
                if (asked && putBack(file, now)) {
                    restored++;
                }
            }
        } while (!page.isEmpty());
        return restored;
    }
}
