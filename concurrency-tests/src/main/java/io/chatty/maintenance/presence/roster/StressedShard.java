package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A shard on a clock that stands still, with one user who has one device. A tick is 10 ms, a timeout 10 ticks, a step 11. Of the many that
 * stand side by side one at most has its tick in {@link MainTick}; what is tried here, beats and states, is alike for all.
 */
class StressedShard implements RosterListener {

    static final String USER = "ann";
    static final String DEVICE = "phone";

    private static final long TICK = Duration.ofMillis(10).toNanos();

    private long nanos;
    private final CoarseClock clock;

    final Shard shard;
    final RosterSession session;

    /** The version of what was told last; 0 if nothing was. */
    long told;

    StressedShard() {
        PresenceSettings settings = PresenceSettings.builder()
                .sessionTimeout(Duration.ofMillis(100))
                .quietTime(Duration.ZERO)
                .build();
        clock = new CoarseClock(() -> Instant.EPOCH, () -> nanos, settings);
        shard = new Shard(0, settings, clock, this, new AtomicInteger());
        session = shard.connect(USER, DEVICE);
        told = 0;
    }

    @Override
    public boolean isWanted() {
        return true;
    }

    @Override
    public void shown(int of, Presence before, Presence now) {
        told = now.version();
    }

    /** Lets time pass without looking at what is due. */
    final void advance(int ticks) {
        nanos += ticks * TICK;
        clock.advance();
    }

    final void sweep() {
        shard.sweep(clock.now(), 100);
    }

    static int bit(boolean value) {
        return value ? 1 : 0;
    }
}
