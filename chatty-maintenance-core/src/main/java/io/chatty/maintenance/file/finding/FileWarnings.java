package io.chatty.maintenance.file.finding;

import io.chatty.maintenance.task.Counts;
import java.util.Optional;

/** Words for what a person should see to. */
public final class FileWarnings {

    private FileWarnings() {}

    /** That files are missing, if a run counted some. */
    public static Optional<String> broken(Counts run) {
        long broken = run.get("broken");
        return broken == 0
                ? Optional.empty()
                : Optional.of("broken references: " + broken + " references are to files that are not there; see the"
                        + " findings, and restore the files from a backup or take the references away");
    }
}
