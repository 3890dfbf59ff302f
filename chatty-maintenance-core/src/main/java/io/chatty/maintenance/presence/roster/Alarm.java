package io.chatty.maintenance.presence.roster;

import org.jspecify.annotations.Nullable;

/** What stands in a shard's wheel for something else. */
abstract class Alarm implements Timed {

    private @Nullable Timed nextInWheel;

    @Override
    public final @Nullable Timed nextInWheel() {
        return nextInWheel;
    }

    @Override
    public final void nextInWheel(@Nullable Timed next) {
        nextInWheel = next;
    }
}
