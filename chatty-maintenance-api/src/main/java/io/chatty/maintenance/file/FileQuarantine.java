package io.chatty.maintenance.file;

import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a store keeps what is no longer wanted, until it is known for certain. Thread-safe, and safe beside other processes.
 *
 * <p>A file is at each moment either in the store or in quarantine, whenever a process is killed: setting aside and restoring
 * are one step. A store that cannot do that in one step leaves the file where it is, and only deletes it from there; for it,
 * a file that was set aside can still be opened by its name.
 *
 * <p>Each step is done only to what was judged. Where the store cannot compare and act in one step, it compares before and after,
 * and puts back what it should not have taken.
 */
public interface FileQuarantine {

    /** What came of a step. */
    enum Outcome {
        /** It is done. */
        DONE,
        /** There was no such file; nothing is done. */
        ABSENT,
        /** The file, or what is in its place, is not what was judged; nothing is done. */
        CHANGED
    }

    /**
     * What came of setting a file aside.
     *
     * @param outcome whether it was
     * @param file where it lies now; empty unless that is done
     */
    record Moved(Outcome outcome, Optional<QuarantinedFile> file) {}

    /**
     * Sets a file aside, if it is still what was judged. Done twice with the same arguments, as after a crash, it finds what the
     * first did.
     *
     * @throws IOException if it could not; the file is where it was, or where {@link #find} finds it
     */
    Moved move(String name, FileState judged, RunId run) throws IOException;

    /**
     * A file and what it was when it was judged.
     *
     * @param name its name
     * @param state what it was
     */
    record Judged(String name, FileState state) {}

    /**
     * Sets several files aside, each as {@link #move} does; one that fails does not keep the others from it. A store that can do
     * several at once does. Default: one after the other.
     *
     * @return what came of each, in the order of the files
     */
    default List<Attempt<Moved>> moveAll(List<Judged> files, RunId run) {
        List<Attempt<Moved>> attempts = new ArrayList<>(files.size());
        for (Judged file : files) {
            attempts.add(Attempt.of(() -> move(file.name(), file.state(), run)));
        }
        return attempts;
    }

    /**
     * What {@link #move} set aside with the same arguments, if nobody learned of it; empty if it did not.
     *
     * @throws IOException if the store cannot say
     */
    Optional<QuarantinedFile> find(String name, FileState judged, RunId run) throws IOException;

    /**
     * Opens a file that was set aside. The caller closes the stream.
     *
     * @throws java.nio.file.NoSuchFileException if it is not there
     * @throws IOException if it cannot be read
     */
    InputStream open(QuarantinedFile file) throws IOException;

    /**
     * Gives a file back its name, with its content and times as they were. A file that has that name by now is never replaced:
     * then nothing is done, and both stay where they are, {@link Outcome#CHANGED}.
     *
     * @throws IOException if it could not; the file is in one of the two places
     */
    Outcome restore(QuarantinedFile file) throws IOException;

    /**
     * Deletes a file that was set aside, for good, if it is still what was set aside.
     *
     * @throws IOException if it could not
     */
    Outcome delete(QuarantinedFile file) throws IOException;

    /**
     * Deletes several files, each as {@link #delete} does; one that fails does not keep the others from it. A store that can do
     * several at once does. Default: one after the other.
     *
     * @return what came of each, in the order of the files
     */
    default List<Attempt<Outcome>> deleteAll(List<QuarantinedFile> files) {
        List<Attempt<Outcome>> attempts = new ArrayList<>(files.size());
        for (QuarantinedFile file : files) {
            attempts.add(Attempt.of(() -> delete(file)));
        }
        return attempts;
    }

    /**
     * Lists what lies there, of all runs, for a ledger that knows less than the store; a store that keeps nothing apart lists
     * nothing.
     *
     * @throws IOException if the store cannot be read
     */
    Stream<QuarantinedFile> list() throws IOException;
}
