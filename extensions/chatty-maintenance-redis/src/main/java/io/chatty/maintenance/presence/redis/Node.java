package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceSettings;
import io.chatty.maintenance.presence.redis.NodeSweep.Swept;
import io.chatty.maintenance.presence.redis.Notes.Said;
import io.chatty.maintenance.presence.roster.Roster;
import io.chatty.maintenance.presence.roster.RosterListener;
import io.chatty.maintenance.presence.tracker.Clockwork;
import io.chatty.maintenance.presence.tracker.Grain;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * This node: its own sessions, what it knows of all users, and when it speaks with Redis. What is to be said is noted where it happens, and
 * said some milliseconds later; with each beat it looks for what it missed, and for other nodes. Thread-safe.
 */
final class Node {

    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration TURN_WITHIN = Duration.ofSeconds(10);

    private final NodeSettings settings;
    private final boolean isSeenKept;
    private final Telling telling;
    private final Clockwork clockwork;
    private final Turns turns;
    private final InstantSource clock;
    private final Roster roster;
    private final Replica replica;
    private final Exchange exchange;
    private final AtomicBoolean noted = new AtomicBoolean();
    private int nextRepeated; // by the scheduler alone

    /** Is told when others see a user differently; see {@link io.chatty.maintenance.presence.broadcast.Broadcaster#note}. */
    interface Telling {
        void tell(int bucket, Presence before, Presence now);
    }

    /**
     * Not started yet.
     *
     * @param isSeenKept whether it is written when users were seen
     */
    Node(NodeSettings settings, PresenceSettings presence, Means means, boolean isSeenKept, Telling telling) {
        this.settings = settings;
        this.isSeenKept = isSeenKept;
        this.telling = telling;
        this.clockwork = means.clockwork();
        this.turns = means.turns();
        this.clock = means.clock();
        this.roster = new Roster(presence, clock, means.ticker(), new Noting());
        this.replica = new Replica(new Here(), clock, Grain.of(presence.lastSeenGrain()));
        Keys keys = new Keys(settings.prefix());
        this.exchange = new Exchange(
                settings,
                means.server(),
                new Commands(keys, settings.life(), means.mayShard(), means.redisTime()),
                keys,
                means.mayShard(),
                replica,
                roster,
                clock,
                this::readSoon,
                this::saySoon);
        roster.veil();
    }

    void start() {
        clockwork.after(Duration.ZERO, this::beat);
        clockwork.every(settings.beat(), this::beat);
        clockwork.every(roster.tick(), roster::sweep);
        clockwork.every(settings.round().dividedBy(Roster.SHARDS), this::repeatSome);
    }

    Roster roster() {
        return roster;
    }

    Replica replica() {
        return replica;
    }

    Exchange exchange() {
        return exchange;
    }

    /** Takes the sessions of nodes away that are gone; see {@link NodeSweepTask}. */
    NodeSweepTask.Work sweeping() {
        return new Sweeping();
    }

    /**
     * Says that the node leaves, and nothing more after that.
     *
     * @param grace after which others take its sessions away
     * @return whether Redis answered within the bound
     */
    boolean leave(Duration grace, Duration bound) {
        AtomicBoolean isAnswered = new AtomicBoolean();
        turns.close(() -> isAnswered.set(exchange.leave(grace)), bound);
        return isAnswered.get();
    }

    private void beat() {
        turns.take(Turns.Kind.BEAT, () -> {
            if (exchange.beat()) {
                sweep();
            }
        });
    }

    private void sweep() {
        if (exchange.sweep()) {
            clockwork.after(SOON, () -> turns.take(Turns.Kind.SWEEP, this::sweep));
        }
    }

    private void readSoon() {
        clockwork.after(SOON, () -> turns.take(Turns.Kind.READ, exchange::reread));
    }

    private void saySoon() {
        if (settings.sayEvery().isZero()) {
            turns.take(Turns.Kind.SAY, exchange::say);
        } else if (noted.compareAndSet(false, true)) {
            clockwork.after(settings.sayEvery(), () -> {
                noted.set(false);
                turns.take(Turns.Kind.SAY, exchange::say);
            });
        }
    }

    /** So that sessions do not expire in Redis: the users of one bucket after the other. */
    private void repeatSome() {
        exchange.repeat(nextRepeated);
        nextRepeated = (nextRepeated + 1) % Roster.SHARDS;
        saySoon();
    }

    private final class Noting implements RosterListener {
        @Override
        public boolean isWanted() {
            return false; // others are told of what is in Redis
        }

        @Override
        public void shown(int shard, Presence before, Presence now) {
            // not wanted
        }

        @Override
        public boolean isSeenKept() {
            return isSeenKept;
        }

        @Override
        public void touched(int shard, String user) {
            replica.bucket(shard).notes.touched(user);
            saySoon();
        }

        @Override
        public void chose(int shard, String user, @Nullable ChosenStatus now) {
            replica.bucket(shard).notes.chose(user, new Said(UserState.micros(clock.instant()), now));
            saySoon();
        }
    }

    private final class Sweeping implements NodeSweepTask.Work {
        @Override
        public Swept sweep(int most) throws Exception {
            return turns.now(() -> exchange.sweepSome(most), TURN_WITHIN);
        }

        @Override
        public Swept sweptMeanwhile() throws Exception {
            return turns.now(exchange::sweptMeanwhile, TURN_WITHIN);
        }

        @Override
        public Swept toSweep() throws Exception {
            return turns.now(exchange::toSweep, TURN_WITHIN);
        }
    }

    private final class Here implements Replica.Here {
        @Override
        public Roster roster() {
            return roster;
        }

        @Override
        public String node() {
            return exchange.node();
        }

        @Override
        public boolean isCaughtUp() {
            return exchange.isCaughtUp();
        }

        @Override
        public void noted() {
            saySoon();
        }

        @Override
        public void tell(int bucket, Presence before, Presence now) {
            telling.tell(bucket, before, now);
        }
    }
}
