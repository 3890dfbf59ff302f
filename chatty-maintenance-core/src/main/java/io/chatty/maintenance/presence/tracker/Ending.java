package io.chatty.maintenance.presence.tracker;

import io.chatty.maintenance.presence.PresenceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a tracker. */
public final class Ending {

    private static final Logger LOG = LoggerFactory.getLogger(PresenceTracker.class);

    private Ending() {}

    /**
     * Ends parts, one after the other, each whatever another throws, which is logged: the host's executors may, or a client. An interrupt
     * of the thread from before waits until all have ended: there is time to write.
     */
    public static void of(Runnable... parts) {
        boolean interrupted = Thread.interrupted();
        for (Runnable part : parts) {
            try {
                part.run();
            } catch (Throwable e) { // an error of a library too: nothing ends them a second time
                LOG.warn("A part of presence did not end as it should", e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
