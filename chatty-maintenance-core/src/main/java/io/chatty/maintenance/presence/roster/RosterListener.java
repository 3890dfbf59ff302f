package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.Presence;

/** Is told of what changes in a roster, under the lock of a shard: it only notes it. */
public interface RosterListener {

    /** Whether it wants to be told of {@link #shown}. */
    boolean isWanted();

    /** Others see a user differently. */
    void shown(int shard, Presence before, Presence now);

    /** Whether it is written when users were seen, so that {@link Roster#takeUnwritten} has what changed. */
    default boolean isSeenKept() {
        return false;
    }
}
