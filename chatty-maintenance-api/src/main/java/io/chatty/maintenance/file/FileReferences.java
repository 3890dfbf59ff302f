package io.chatty.maintenance.file;

import io.chatty.maintenance.task.Cursor;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A source of references to files: what it refers to is in use. Names are those of {@link FileStore}: a source whose host writes
 * them in another way, as addresses or ids, translates both ways. Implementations are thread-safe.
 *
 * <p>An answer is whole or is none: a source that could not read everything throws.
 */
public interface FileReferences {

    /** What it is called in reports and records: 1 to 100 characters, the same over restarts, another for each source. */
    String name();

    /**
     * What keeps its answers from being trusted, each with what to do: tables that are missing, a database that is not the
     * primary. Asked before the start, and at the beginning of each run.
     */
    default List<String> problems() {
        return List.of();
    }

    /**
     * Which of these names are referenced, by what was committed up to a moment after this was called. One that is so only in
     * other letters (case, Unicode form, encoding) may be among them or not.
     *
     * @param names names of files, at most 10,000
     * @throws Exception if that is not known of each of them
     */
    Set<String> find(Collection<String> names) throws Exception;

    /**
     * Some of all references, in an order of its own that is the same each time. What comes and goes meanwhile may be in it
     * or not.
     *
     * @param position where the last page ended; empty for the beginning
     * @param most how many references to read, at most, unless one row has more
     * @return them; the cursor has at most 1,500 bytes
     * @throws Exception if they could not all be read
     */
    ReferencePage page(Optional<Cursor> position, int most) throws Exception;

    /**
     * How long the oldest transaction has gone on that may commit a reference, if that is known; of a source that was written
     * down, how long ago that was. A file that only such a reference is to must not look old enough to go.
     *
     * @throws Exception if it could not be asked
     */
    default Optional<Duration> oldestTransaction() throws Exception {
        return Optional.empty();
    }

    /**
     * Looks for places that refer to files and are not among those that this source knows, for a preview: each found is told with
     * where it is and an example. It finds what is likely, and proves nothing.
     *
     * @param existing tells which names are those of files
     * @throws Exception if it could not look
     */
    default List<String> undeclared(Existing existing) throws Exception {
        return List.of();
    }

    /** Tells which names are those of files. */
    @FunctionalInterface
    interface Existing {
        /** Those among these names that are. */
        Set<String> of(Collection<String> names) throws Exception;
    }

    /**
     * Names that had a reference, the last of which was taken away, such as that of a message that was purged; those that have
     * waited longest first. They may be referenced again by now.
     *
     * @throws Exception if they could not be read
     */
    default List<Released> released(int most) throws Exception {
        return List.of();
    }

    /**
     * The same, in the order of their ids, for a preview, which forgets none. A source that does not look further gives the first
     * alone, and what previews say of the others is that they are orphans.
     *
     * @param after only those of a higher id; 0 for all
     * @throws Exception if they could not be read
     */
    default List<Released> released(long after, int most) throws Exception {
        return after == 0 ? released(most) : List.of();
    }

    /**
     * Forgets that those were released.
     *
     * @throws Exception if it failed
     */
    default void forget(Collection<Released> released) throws Exception {}

    /**
     * A name whose last reference was taken away.
     *
     * @param id what the source knows it by
     * @param name the name of the file, which may be none that a store allows
     */
    record Released(long id, String name) {}
}
