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

    /** That something could not be done with files, if a run counted some. */
    public static Optional<String> failed(Counts run) {
        long failed = run.get("skipped.failed");
        return failed == 0
                ? Optional.empty()
                : Optional.of(
                        "failed files: " + failed + " times a file could not be read, set aside or deleted; see the"
                                + " findings, and put its rights or the store in order. The next run tries again");
    }
}
