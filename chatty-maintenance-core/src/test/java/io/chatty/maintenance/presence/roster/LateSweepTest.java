package io.chatty.maintenance.presence.roster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.PresenceSettings;
import io.chatty.maintenance.presence.PresenceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A sweep does not stand under one lock for all shards: a close may come in between. */
class LateSweepTest extends Unheard {

    @Override
    public boolean isSeenKept() {
        return true;
    }

    @Test
    void a_sweep_that_was_at_it_when_the_roster_was_closed_finds_nobody_online() {
        AtomicLong nanos = new AtomicLong();
        PresenceSettings settings =
                PresenceSettings.builder().quietTime(Duration.ZERO).build();
        Roster roster = new Roster(settings, () -> Instant.EPOCH.plusNanos(nanos.get()), nanos::get, this);
        roster.connect("ann", "phone");
        roster.choose(
                "ann", Optional.of(ChosenStatus.of(PresenceStatus.INVISIBLE).until(Instant.EPOCH.plusSeconds(1))));
        roster.takeUnwritten(100);
        roster.close();
        for (int i = 0; i < 10; i++) {
            nanos.addAndGet(roster.tick().toNanos());
            roster.sweep();
        }
        assertThat(roster.takeUnwritten(100)).isEmpty();
    }
}
