package io.chatty.maintenance.schedule;

/** What becomes of a due time at which the run before still goes on. A paused run goes on, too. */
public enum Overlap {
    /** It is recorded as skipped. */
    SKIP,
    /** It waits, one at most, and starts when the run has ended; what comes while it waits is recorded as skipped. */
    QUEUE_ONE
}
