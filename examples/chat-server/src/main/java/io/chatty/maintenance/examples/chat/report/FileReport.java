package io.chatty.maintenance.examples.chat.report;

import io.chatty.maintenance.task.Counts;
import java.util.List;

/**
 * What became of the chat's files, by two sweeps, the second of them after the window of quarantine.
 *
 * @param scanned files that the first sweep found
 * @param orphans uploads that no row names any more or ever did, and that were due: those of purged messages too
 * @param temporary temporary files that were due
 * @param thumbnails thumbnails that there were before the first sweep
 * @param thumbnailsWithoutOriginal those of them whose original is gone, and that were due
 * @param brokenReferences rows that the first sweep found to name a file that is not there
 * @param quarantined files that both sweeps set aside: orphans, temporary files and thumbnails without their original
 * @param deleted files that were deleted for good, since they had lain in quarantine for the window
 * @param bytesReclaimed what those took
 * @param left files that are in their place afterwards
 */
public record FileReport(
        long scanned,
        long orphans,
        long temporary,
        long thumbnails,
        long thumbnailsWithoutOriginal,
        long brokenReferences,
        long quarantined,
        long deleted,
        long bytesReclaimed,
        long left) {

    /** From the counts of both sweeps. */
    public static FileReport swept(List<Counts> sweeps, long thumbnails, long left) {
        return of("quarantined.", sweeps, thumbnails, left);
    }

    /** From the counts of a preview, which sets nothing aside. */
    public static FileReport previewed(Counts preview, long thumbnails, long left) {
        return of("due.quarantined.", List.of(preview), thumbnails, left);
    }

    private static FileReport of(String found, List<Counts> sweeps, long thumbnails, long left) {
        return new FileReport(
                sweeps.get(0).get("examined"),
                sum(sweeps, found + "orphan") + sum(sweeps, found + "released"),
                sum(sweeps, found + "temporary"),
                thumbnails,
                sum(sweeps, found + "derived"),
                sweeps.get(0).get("broken"),
                sweeps.stream().mapToLong(sweep -> sweep.sum("quarantined")).sum(),
                sweeps.stream().mapToLong(sweep -> sweep.sum("deleted")).sum(),
                sum(sweeps, "bytes.deleted"),
                left);
    }

    private static long sum(List<Counts> sweeps, String name) {
        return sweeps.stream().mapToLong(sweep -> sweep.get(name)).sum();
    }
}
