package io.chatty.maintenance.file;

import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the host's rows say of files: how many bytes there are, whose they are, and which of them may go. Each row is a file.
 * Implementations are thread-safe.
 *
 * <p>A file may go only if its row says so, it is older than a grace, no legal hold covers it, and nothing else refers to it. That is
 * looked at twice: when files are chosen, and again by the very statement that gives them up. A row of which the age or the size is not
 * known counts, as far as it can, and never goes.
 *
 * <p>Giving up removes the host's row, or marks it. The file itself is left alone: it has lost its last reference, and
 * {@link FileReferences#released} tells the sweep so.
 */
public interface FileUsage {

    /** What it is called in messages. */
    String name();

    /** What keeps it from being used, each with what to do. Asked before the start, and at the beginning of each run. */
    default List<String> problems() {
        return List.of();
    }

    /** Whether rows tell whose they are, for scopes of that kind. */
    boolean tells(UsageScope.Kind kind);

    /** Whether files can be put in that order. */
    boolean canOrder(EvictionOrder order);

    /**
     * What the files of a scope come to.
     *
     * @param scope whose they are
     * @param files how many
     * @param bytes of how many bytes
     */
    record Used(UsageScope scope, long files, long bytes) {}

    /**
     * What a scope has.
     *
     * @param upTo files that are made later are left out
     */
    Used used(UsageScope scope, Instant upTo) throws Exception;

    /**
     * Scopes that have more than so many bytes, in an order that is the same each time.
     *
     * @param kind of that kind; not {@link UsageScope.Kind#ALL}
     * @param upTo files that are made later are left out
     * @param after those behind the one of that id; empty for the beginning
     */
    List<Used> over(UsageScope.Kind kind, long bytes, Instant upTo, String after, int most) throws Exception;

    /**
     * Some of the files that may go.
     *
     * @param files the files, in the order that was asked for
     * @param referenced how many more were looked at that something else refers to
     * @param next where the next page begins; empty if this is the last
     */
    record Page(List<EvictableFile> files, int referenced, Optional<Cursor> next) {
        public Page {
            files = List.copyOf(files);
        }
    }

    /**
     * Files of a scope that may go.
     *
     * @param madeBefore only those made before
     * @param position where the last page ended, of at most 1,500 bytes; empty for the beginning
     * @param most how many to look at, at most
     */
    Page evictable(UsageScope scope, EvictionOrder order, Instant madeBefore, Optional<Cursor> position, int most)
            throws Exception;

    /**
     * How many files of a scope may not go, by the first reason that holds: {@code held}, {@code notEvictable}, {@code young},
     * {@code unknown} (of which the age or the size is not known).
     */
    Counts shielded(UsageScope scope, Instant madeBefore) throws Exception;

    /** What came of a file that was to be given up. */
    enum Outcome {
        /** Its row is gone, or marked. */
        RELEASED,
        /** A legal hold covers it. */
        HELD,
        /** The host's listener keeps it. */
        VETOED,
        /** Something else refers to it. */
        REFERENCED,
        /** It may not go any more, or there is no such row. */
        CHANGED
    }

    /**
     * Gives files up, those that may still go, in one transaction.
     *
     * @param names at most 1,000
     * @param madeBefore only those made before
     * @return what came of each
     * @throws Exception if it failed: none is given up then
     */
    Map<String, Outcome> release(RunId run, Collection<String> names, Instant madeBefore, EvictionListener listener)
            throws Exception;

    /**
     * Names of files that have lost their last reference, and that no sweep has looked at since, in the order of their ids.
     *
     * @param after only those of a higher id; 0 for all
     */
    List<FileReferences.Released> waiting(long after, int most) throws Exception;
}
