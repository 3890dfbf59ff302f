package io.chatty.maintenance.file.sweep;

import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileQuarantine.Outcome;
import io.chatty.maintenance.file.QuarantinedFile;
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

/**
 * Gives files back that were set aside. The entry is taken first, so that no run deletes the file meanwhile; if this is killed
 * before the file is back, the next run finds it in quarantine with an entry that says that it is kept, and puts it back.
 */
final class Restoring {

    private static final int PAGE = 1000;

    private final SweepSettings settings;

    Restoring(SweepSettings settings) {
        this.settings = settings;
    }

    Retained retain(String name, Instant now) {
        boolean restored = false;
        boolean late = false;
        for (SweptFile file : settings.ledger().open(settings.name(), Set.of(name))) {
            if (file.progress() == Progress.DELETING || !keep(file, now)) {
                late |= isDeleting(file);
            } else {
                restored |= putBack(file);
            }
        }
        if (restored) {
            return Retained.RESTORED;
        }
        try {
            boolean there = settings.store().look(name).isPresent();
            return there && !late ? Retained.IN_PLACE : Retained.GONE;
        } catch (IOException e) {
            throw new MaintenanceException(
                    "file \"" + name + "\" cannot be looked at in " + settings.store() + ": " + e, e);
        }
    }

    private boolean keep(SweptFile file, Instant now) {
        return !settings.ledger()
                .keep(
                        Set.of(file.id()),
                        file.progress(),
                        "retained",
                        Optional.of(now.plus(SweepSettings.KEPT_FOR)),
                        now)
                .isEmpty();
    }

    private boolean isDeleting(SweptFile file) {
        return settings.ledger().open(settings.name(), Set.of(file.name())).stream()
                .anyMatch(now -> now.id() == file.id() && now.progress() == Progress.DELETING);
    }

    /** Puts a file back that lies in quarantine; whether it did. */
    private boolean putBack(SweptFile file) {
        try {
            FileQuarantine quarantine = settings.store().quarantine();
            Optional<QuarantinedFile> lies = file.progress() == Progress.SUSPECT
                    ? quarantine.find(file.name(), file.state(), file.run())
                    : Optional.of(file.quarantined());
            return lies.isPresent() && quarantine.restore(lies.get()) == Outcome.DONE;
        } catch (IOException e) {
            throw new MaintenanceException(
                    "file \"" + file.name() + "\" could not be put back from the quarantine of " + settings.store()
                            + ": " + e + "; it lies there, and the next run puts it back",
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
                if (asked && keep(file, now) && putBack(file)) {
                    restored++;
                }
            }
        } while (!page.isEmpty());
        return restored;
    }
}
