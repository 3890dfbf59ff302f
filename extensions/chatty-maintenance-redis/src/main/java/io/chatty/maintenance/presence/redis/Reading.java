package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.broadcast.PresenceSource;
import io.chatty.maintenance.presence.roster.Roster;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers questions from what a node knows, while presence is on. Thread-safe. */
final class Reading implements PresenceSource {

    private final Replica replica;
    private final InstantSource clock;
    private final BooleanSupplier isOn;

    Reading(Replica replica, InstantSource clock, BooleanSupplier isOn) {
        this.replica = replica;
        this.clock = clock;
        this.isOn = isOn;
    }

    @Override
    public int shards() {
        return Roster.SHARDS;
    }

    @Override
    public int shardOf(String user) {
        return Roster.shardOf(user);
    }

    @Override
    public Presence read(String user) {
        return isOn.getAsBoolean() ? replica.read(user) : Presence.unknown(user, clock.instant());
    }

    @Override
    public long snapshot(int shard, @Nullable Collection<String> only, Consumer<Presence> consumer) {
        return replica.bucket(shard).snapshot(only, consumer);
    }

    /** What a user sees of themselves. */
    Presence own(String user) {
        return isOn.getAsBoolean() ? replica.own(user) : Presence.unknown(user, clock.instant());
    }

    /** When this node alone saw a user, who went before others heard of them. */
    Optional<Instant> seenHere(String user) {
        return isOn.getAsBoolean() ? replica.seenHere(user) : Optional.empty();
    }
}
