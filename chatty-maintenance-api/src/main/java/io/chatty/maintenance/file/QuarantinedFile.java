package io.chatty.maintenance.file;

import io.chatty.maintenance.task.RunId;
import java.util.Objects;

/**
 * A file that was set aside.
 *
 * @param name the name it had
 * @param run the run that set it aside
 * @param state what it is where it lies now; its version tells the store where that is
 */
public record QuarantinedFile(String name, RunId run, FileState state) {

    /** @throws IllegalArgumentException if the name is none, see {@link FileNames#check} */
    public QuarantinedFile {
        FileNames.check(name);
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(state, "state");
    }
}
