package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.SizeCap;
import io.chatty.maintenance.jdbc.internal.archive.ArchivePlace;
import io.chatty.maintenance.retention.RetentionPolicies;
import java.time.Duration;
import java.util.Optional;

/**
 * What a cleanup is to remove.
 *
 * @param policies how long messages are kept
 * @param softDeleteGrace how long after its soft delete a message goes; empty for never
 * @param orphans whether orphaned messages and children go
 * @param orphanGrace how old an orphan has to be, where it tells a time; zero for any age
 * @param shareLimit the share of the message table above which a run has to be confirmed; 1 for no limit
 * @param archive where what goes is kept; empty for nowhere
 * @param tellsMessages whether the keys of messages that went are kept for a listener
 * @param sizeCap how much there may be; empty for any
 * @param workers how many pieces of a walk are worked on at once at most
 */
public record CleanupSettings(
        RetentionPolicies policies,
        Optional<Duration> softDeleteGrace,
        boolean orphans,
        Duration orphanGrace,
        double shareLimit,
        Optional<ArchivePlace> archive,
        boolean tellsMessages,
        Optional<SizeCap> sizeCap,
        int workers) {

    /** What they come to, in a few letters. */
    public String fingerprint() {
        String others = softDeleteGrace + " " + orphans + " " + orphanGrace + " " + sizeCap;
        return policies.fingerprint() + "-" + Integer.toHexString(others.hashCode());
    }
}
