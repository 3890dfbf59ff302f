package io.chatty.maintenance.examples.chat.report;

/**
 * Who was there, by the logs of a history.
 *
 * @param joins joins that the logs tell of
 * @param onlineAtEnd nicks that were online when the logs end
 * @param events how often a nick came or went, as one was told who watched all
 */
public record PresenceReport(long joins, long onlineAtEnd, long events) {

    /** Nobody, where there are no logs. */
    public static PresenceReport none() {
        return new PresenceReport(0, 0, 0);
    }
}
