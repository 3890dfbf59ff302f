package io.chatty.maintenance.file;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * A store that can be swept: what is in it can be told from what was judged before, set aside, given back, and only then deleted.
 * Implementations are safe for use by several threads, and by several processes on the same files.
 */
public interface SweepableStore extends FileStore {

    /**
     * What the file of that name is now; empty if there is none.
     *
     * @throws IOException if the store cannot say
     */
    Optional<FileState> look(String name) throws IOException;

    /**
     * The files whose names begin so, those after a name if one is given, in an order that is the store's own and the same
     * each time. They are read from the store as it goes: memory does not grow with their number. What comes or goes meanwhile
     * may be in it or not. Where a file with a name ends and what belongs to the store itself begins is the store's affair: the
     * latter is not listed.
     *
     * @param prefix what {@link FileNames#checkPrefix} allows; empty for all
     * @param after the name of a file, which need not be there any more; empty for the beginning
     * @throws IOException if the store cannot be read
     */
    FileListing list(String prefix, String after) throws IOException;

    /** Whether {@link #list} goes by the bytes of the names in UTF-8, as unsigned numbers, as {@code LC_ALL=C sort} does. */
    boolean listsInByteOrder();

    /** Where it keeps what is set aside. */
    FileQuarantine quarantine();

    /**
     * The id by which this store is told from all others, which is kept in the store itself; empty if it was never given one,
     * or is not the store that it should be, such as a directory on which nothing is mounted.
     *
     * @throws IOException if the store cannot be read
     */
    Optional<String> id() throws IOException;

    /**
     * Gives it an id, once.
     *
     * @param id of 1 to 100 letters, digits, {@code -} and {@code _}
     * @throws java.nio.file.FileAlreadyExistsException if it has another
     * @throws IOException if it cannot be written
     */
    void giveId(String id) throws IOException;

    /**
     * What time it is by the clock that {@link FileState#changedAt} goes by.
     *
     * @throws IOException if the store cannot say
     */
    Instant now() throws IOException;

    /**
     * How much space there is; empty if the store has no end.
     *
     * @throws IOException if the store cannot say
     */
    Optional<FileSpace> space() throws IOException;

    /**
     * Takes the store for one sweep alone, until what this gives is closed, or the process ends.
     *
     * @return empty if another has it, in this process or elsewhere; always something if the store has no such thing, and all
     *     that a sweep does in it is conditional
     * @throws IOException if it cannot be taken
     */
    Optional<Lock> lock() throws IOException;

    /**
     * Removes directories in which nothing is, where a store has directories; others have nothing to do.
     *
     * @param unchangedSince those that changed later stay: a file may be on its way into them
     * @param levels how many levels of directories stay, from the top, empty or not
     * @param most how many directories to look at, at most
     * @param after where to go on, see {@link Pruned#next()}; empty for the beginning
     * @throws IOException if the store cannot be read
     */
    Pruned prune(Instant unchangedSince, int levels, int most, String after) throws IOException;

    /** A store that is taken, see {@link SweepableStore#lock}. */
    interface Lock extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /**
     * What came of {@link SweepableStore#prune}.
     *
     * @param examined how many directories were looked at
     * @param removed how many went
     * @param next where to go on; empty when all were looked at
     */
    record Pruned(long examined, long removed, Optional<String> next) {}
}
