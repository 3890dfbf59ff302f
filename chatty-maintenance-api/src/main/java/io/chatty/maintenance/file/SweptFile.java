package io.chatty.maintenance.file;

import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a {@link FileLedger} has of a file that a sweep took for one that can go.
 *
 * @param id the number of the entry, higher than those of entries made before
 * @param run the run that made it
 * @param name the file's name
 * @param kind which kind of sweep it falls under, such as {@code orphan}
 * @param prefix the prefix under which it was swept
 * @param progress how far it is
 * @param state what the file was when it was last judged; where it lies, once it is quarantined
 * @param at when the entry came to that, by the now of the run that did it
 * @param why for one that is kept, the reason
 * @param keptUntil for one that is kept, until when no sweep takes it again
 */
public record SweptFile(
        long id,
        RunId run,
        String name,
        String kind,
        String prefix,
        Progress progress,
        FileState state,
        Instant at,
        Optional<String> why,
        Optional<Instant> keptUntil) {

    public SweptFile {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(prefix, "prefix");
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(why, "why");
        Objects.requireNonNull(keptUntil, "keptUntil");
    }

    /** How far a file is on its way out. */
    public enum Progress {
        /** It is to be set aside by its run; it may be so already if the run broke off. */
        SUSPECT,
        /** It lies in quarantine. */
        QUARANTINED,
        /** It is being put back, and cannot be deleted any more. */
        RESTORING,
        /** It is being deleted, and cannot be retained any more. */
        DELETING,
        /** It is deleted: the record of it. */
        DELETED,
        /** It stayed in its place, or was put back there: the record of it. */
        KEPT
    }

    /** Where it lies, if it is quarantined. */
    public QuarantinedFile quarantined() {
        return new QuarantinedFile(name, run, state);
    }
}
