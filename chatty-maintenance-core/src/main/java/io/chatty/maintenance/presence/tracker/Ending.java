package io.chatty.maintenance.presence.tracker;

import io.chatty.maintenance.presence.PresenceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a tracker. */
public final class Ending {

    private static final Logger LOG = LoggerFactory.getLogger(PresenceTracker.class);

    private Ending() {}

    /**
     * Ends parts, one after the other, each whatever another throws: the host's executors may, or a client. An interrupt of the thread
     * from before waits until all have ended: there is time to write.
     */
    public static void of(Runnable... parts) {
        boolean interrupted = Thread.interrupted();
        for (Runnable part : parts) {
            try {
                part.run();
            } catch (RuntimeException e) {
                LOG.warn("A part of presence did not end as it should", e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
