package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.Presence;
import org.jspecify.annotations.Nullable;

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

    /**
     * A user's sessions are others than before: one came, went, or is idle or active now. What they are then is asked for by {@link
     * Roster#sessionsOf}. It may come once too often.
     */
    default void touched(int shard, String user) {}

    /** What a user chose takes effect; null for nothing. */
    default void chose(int shard, String user, @Nullable ChosenStatus now) {}
}
