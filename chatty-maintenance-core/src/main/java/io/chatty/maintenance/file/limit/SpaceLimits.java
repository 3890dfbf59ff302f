package io.chatty.maintenance.file.limit;

import io.chatty.maintenance.file.FileSpace;

/**
 * How full a store may be, as shares of its space. The gap between a limit and its aim keeps a run from giving up a little each time.
 *
 * @param high above that share of used space there is too much
 * @param low down to which share is given up then
 * @param floor below that share of free space there is too much
 * @param target up to which share is given up then
 */
record SpaceLimits(double high, double low, double floor, double target) {

    /** Of used space alone. */
    static final double NO_HIGH = 1;

    /** Of free space alone. */
    static final double NO_FLOOR = 0;

    /** How many bytes are too many, of so many that are used; 0 if none are. */
    long excess(FileSpace space, long used) {
        double excess = 0;
        double total = space.total();
        if (used > high * total) {
            excess = used - low * total;
        }
        double free = space.usable() + (space.total() - space.usable() - used);
        if (free < floor * total) {
            excess = Math.max(excess, target * total - free);
        }
        return (long) Math.ceil(excess);
    }
}
