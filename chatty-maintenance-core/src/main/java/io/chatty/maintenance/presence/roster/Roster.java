package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.LastSeenStore.Seen;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceSettings;
import io.chatty.maintenance.presence.PresenceTracker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who has a session on this node, and what that comes to for each user. Time passes when {@link #sweep} is called. Thread-safe; each
 * user belongs to one of {@value #SHARDS} shards, each with a lock of its own.
 */
public final class Roster {

    /** How many shards there are. */
    public static final int SHARDS = 64;

    /** How many timers are looked at under a lock at once. */
    private static final int AT_ONCE = 500;

    private final CoarseClock clock;
    private final Shard[] shards = new Shard[SHARDS];
    private final AtomicInteger sessions = new AtomicInteger();

    /**
     * An empty roster.
     *
     * @param clock for the times that others see
     * @param ticker nanoseconds that pass
     */
    public Roster(PresenceSettings settings, InstantSource clock, LongSupplier ticker, RosterListener listener) {
        this.clock = new CoarseClock(clock, ticker, settings);
        for (int i = 0; i < SHARDS; i++) {
            shards[i] = new Shard(i, settings, this.clock, listener, sessions);
        }
    }

    /** The shard of a user. */
    public static int shardOf(String user) {
        int hash = user.hashCode();
        return ((hash ^ (hash >>> 16)) * 0x9E3779B9) >>> 26; // Fibonacci hashing, 6 bits
    }

    private Shard shard(String user) {
        return shards[shardOf(user)];
    }

    /** How often {@link #sweep} is to be called. */
    public Duration tick() {
        return clock.tick();
    }

    /** See {@link PresenceTracker#connect}. */
    public PresenceSession connect(String user, String device) {
        return shard(user).connect(user, device);
    }

    /** What others see of a user. */
    public Presence read(String user) {
        return shard(user).read(user);
    }

    /** See {@link PresenceTracker#own}. */
    public Presence own(String user) {
        return shard(user).own(user);
    }

    /** Sets what a user chose; empty for nothing. */
    public void choose(String user, Optional<ChosenStatus> chosen) {
        shard(user).choose(user, chosen);
    }

    /** See {@link PresenceTracker#chosen}. */
    public Optional<ChosenStatus> chosen(String user) {
        return shard(user).chosen(user);
    }

    /**
     * Gives what is seen of users of a shard that are online.
     *
     * @param only of these; null for all
     * @return the version up to which changes are in it
     */
    public long snapshot(int shard, @Nullable Collection<String> only, Consumer<Presence> consumer) {
        return shards[shard].snapshot(only, consumer);
    }

    /**
     * Lets time pass, and ends what is over: silent sessions, graces, choices.
     *
     * @return the longest time that a lock was held, in nanoseconds
     */
    public long sweep() {
        int now = clock.advance();
        long longest = 0;
        for (Shard shard : shards) {
            boolean more = true;
            while (more) {
                long start = System.nanoTime();
                more = shard.sweep(now, AT_ONCE);
                longest = Math.max(longest, System.nanoTime() - start);
                if (more) {
                    Thread.onSpinWait();
                }
            }
        }
        return longest;
    }

    /** See {@link PresenceTracker#figures}. */
    public PresenceTracker.Figures figures() {
        long users = 0;
        for (Shard shard : shards) {
            users += shard.withSession();
        }
        return new PresenceTracker.Figures(sessions.get(), users);
    }

    /** Notes users that are online for {@link #takeUnwritten}: those whose name falls into a slot from one to before another. */
    public void note(int from, int to, int slots) {
        for (Shard shard : shards) {
            shard.note(from, to, slots);
        }
    }

    /** Takes what is to be written of when users were seen; those that came and went, and those noted. */
    public List<Seen> takeUnwritten(int most) {
        List<Seen> taken = new ArrayList<>();
        for (Shard shard : shards) {
            shard.takeUnwritten(most - taken.size(), taken);
        }
        return taken;
    }

    /** Gives back what could not be written. */
    public void giveBack(Collection<Seen> seen) {
        seen.forEach(each -> shard(each.user()).giveBack(each));
    }

    /** Ends all sessions, without telling anyone. */
    public void close() {
        for (Shard shard : shards) {
            shard.close();
        }
    }
}
