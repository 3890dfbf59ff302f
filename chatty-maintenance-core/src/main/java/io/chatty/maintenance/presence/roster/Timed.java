package io.chatty.maintenance.presence.roster;

import org.jspecify.annotations.Nullable;

/**
 * What can stand in a shard's wheel. That its time has come is a hint: it looks itself whether anything is due. Nothing moves at a
 * heartbeat. Guarded by its shard.
 */
interface Timed {

    /** What the wheel set last, null before. */
    @Nullable Timed nextInWheel();

    /** Sets what comes after it in the wheel's list: itself, if it is the last; null if it is in none. */
    void nextInWheel(@Nullable Timed next);

    /**
     * Looks at what is due.
     *
     * @return in how many ticks to look again, 1 or more; {@link Wheel#NEVER} for never
     */
    int look(Shard shard, int now);

    /** Whether nothing will come of a look, as far as is known, so that it need not wait for it: it can be put in anew. */
    boolean isOver();
}
