package io.chatty.maintenance.presence.roster;

import org.jspecify.annotations.Nullable;

/**
 * What can stand in a shard's wheel. That its time has come is a hint: it looks itself whether anything is due. Nothing is ever
 * taken out before its time, and nothing moves at a heartbeat.
 */
abstract class Timed {

    @Nullable Timed nextInWheel; // guarded by the shard

    boolean inWheel; // guarded by the shard

    /**
     * Looks at what is due. Called under the shard's lock.
     *
     * @return at which tick to look again; {@link Wheel#NEVER} for never
     */
    abstract int look(Shard shard, int now);
}
