package io.chatty.maintenance.run;

/**
 * Is told what happened, after it was committed.
 *
 * <p>Calls come one at a time, in the order in which things happened, on a thread of their own. What a listener throws is
 * logged and harms nothing; a listener that is too slow loses events, which are counted and logged.
 */
@FunctionalInterface
public interface MaintenanceListener {
    /** Something happened. */
    void on(MaintenanceEvent event);
}
