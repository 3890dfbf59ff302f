package io.chatty.maintenance.benchmarks;

/**
 * What makes the data harder than the plain case.
 *
 * @param ruledRooms how many rooms there are, each with a rule of its own; 0 for a few rooms with one rule
 * @param pinned the share of messages that are pinned, 0 for no such column
 * @param foreignKeys whether children refer to their message by a foreign key without an action
 * @param snapshotHeld whether another connection holds an old snapshot while due messages are removed
 */
record Shape(int ruledRooms, double pinned, boolean foreignKeys, boolean snapshotHeld) {

    static final Shape PLAIN = new Shape(0, 0, false, false);

    boolean hasPinned() {
        return pinned > 0;
    }
}
