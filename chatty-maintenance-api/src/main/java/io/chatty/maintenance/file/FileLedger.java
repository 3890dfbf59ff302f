package io.chatty.maintenance.file;

import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps what sweeps are about to do to files, and have done. What a method wrote is there to stay when it returns, in a transaction
 * of its own. Each entry goes from one {@link SweptFile.Progress} to the next by comparing first, so that of two who would do
 * different things with a file one does nothing. Thread-safe, and safe beside other processes. Methods throw a
 * {@link io.chatty.maintenance.task.MaintenanceException} when they fail.
 *
 * <p>Each sweep has entries and notes of its own, by its name.
 */
public interface FileLedger {

    /** What keeps it from being used, such as tables that are missing, each with what to do. */
    default List<String> problems() {
        return List.of();
    }

    /** What time it is by its clock. */
    Instant now();

    /** What was last noted under that name; of what was never noted, nothing. */
    Optional<String> note(String sweep, String key);

    /**
     * Notes a text of up to 1000 characters under a name of up to 200, in the place of what was noted there before.
     */
    void note(String sweep, String key, String text);

    /**
     * A file that a run is to set aside.
     *
     * @param name its name
     * @param loose the name in a form that is the same for all names that differ only in case, Unicode form and encoding
     * @param kind which kind of sweep it falls under
     * @param prefix the prefix under which it is swept
     * @param state what was judged
     */
    record Suspect(String name, String loose, String kind, String prefix, FileState state) {}

    /** Makes entries with {@link SweptFile.Progress#SUSPECT}; one that the run already made of that name stays as it is. */
    void add(String sweep, RunId run, Instant at, List<Suspect> suspects);

    /**
     * Entries of a sweep with that progress, in the order of their numbers.
     *
     * @param run only those of that run; empty for all
     * @param before only those that came to that progress before; empty for all
     * @param after only those of a higher number; 0 for all
     * @param most how many, at most
     */
    List<SweptFile> list(
            String sweep,
            SweptFile.Progress progress,
            Optional<RunId> run,
            Optional<Instant> before,
            long after,
            int most);

    /** Entries of files of these names that are neither deleted nor kept, in the order of their numbers. */
    List<SweptFile> open(String sweep, Collection<String> names);

    /** Which of these names are not to be taken at that time, since they were kept until later. */
    Set<String> kept(String sweep, Collection<String> names, Instant at);

    /** Those entries that were SUSPECT are QUARANTINED, with these states; gives the numbers of those that were. */
    Set<Long> quarantined(Map<Long, FileState> states, Instant at);

    /** Those entries that had that progress are RESTORING now; gives the numbers of those that had it. */
    Set<Long> restoring(Collection<Long> ids, SweptFile.Progress progress, Instant at);

    /** Those entries that were QUARANTINED are DELETING now; gives the numbers of those that were. */
    Set<Long> deleting(Collection<Long> ids, Instant at);

    /** Those entries that were DELETING are DELETED. */
    void deleted(Collection<Long> ids, Instant at);

    /**
     * Those entries that had that progress are KEPT; gives the numbers of those that had it.
     *
     * @param why the reason, of up to 100 characters
     * @param until until when no sweep takes a file of that name again; empty for none
     */
    Set<Long> keep(Collection<Long> ids, SweptFile.Progress progress, String why, Optional<Instant> until, Instant at);

    /** SUSPECT entries of that run whose loose form is one of these, in the order of their numbers. */
    List<SweptFile> loosely(String sweep, RunId run, Collection<String> loose);

    /**
     * What entries come to.
     *
     * @param kind of that kind
     * @param prefix and under that prefix
     * @param files how many files
     * @param bytes how many bytes they have
     */
    record Sum(String kind, String prefix, long files, long bytes) {}

    /** What all entries with that progress come to, of that run alone if one is given, by kind and prefix. */
    List<Sum> sums(String sweep, SweptFile.Progress progress, Optional<RunId> run);

    /**
     * Forgets entries that were deleted or kept before that time, at most so many, save those that are kept until later than
     * that time.
     */
    int forget(String sweep, Instant before, int most);
}
