package io.chatty.maintenance.schedule;

/** What becomes of a due time at which the run before still goes on. A paused run goes on, too. */
public enum Overlap {
    /** It is recorded as skipped. */
    SKIP,
    /**
     * It waits, one at most, and starts when the run has ended, if its start deadline has not passed by then; what comes while
     * it waits is recorded as skipped, and so is it when the run is cancelled.
     */
    QUEUE_ONE
}
