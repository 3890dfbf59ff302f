package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.LastSeenStore.Seen;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceSettings;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.presence.tracker.TrackerMeters;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who has a session on this node, and what that comes to for each user. Time passes when {@link #sweep} is called. Thread-safe; each
 * user belongs to one of {@value #SHARDS} shards, each with a lock of its own.
 */
public final class Roster {

    /** How many shards there are. */
    public static final int SHARDS = 64;

    private static final Duration LATE = Duration.ofSeconds(10);

    /** How many timers are looked at under a lock at once. */
    private static final int AT_ONCE = 100;

    private final CoarseClock clock;
    private final Shard[] shards = new Shard[SHARDS];
    private final AtomicInteger sessions = new AtomicInteger();
    private final LongSupplier ticker;
    private volatile long lastSweep;
    private volatile long lag;
    private volatile @Nullable LongConsumer pauses;

    /**
     * An empty roster.
     *
     * @param clock for the times that others see
     * @param ticker nanoseconds that pass
     */
    public Roster(PresenceSettings settings, InstantSource clock, LongSupplier ticker, RosterListener listener) {
        this.clock = new CoarseClock(clock, ticker, settings);
        this.ticker = ticker;
        this.lastSweep = ticker.getAsLong();
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

    /** The sessions of a user. */
    public UserSessions sessionsOf(String user) {
        return shard(user).sessionsOf(user);
    }

    /** The users of a shard that have a session. */
    public List<String> usersOf(int shard) {
        return shards[shard].usersWithSession();
    }

    /**
     * From now on all users are taken for hiding, until it is known of a shard who does: {@link #unveil}. For a tracker that shares
     * choices with others, so that nothing is written of a user who chose on another node not to be seen.
     */
    public void veil() {
        for (Shard shard : shards) {
            shard.veil(true);
        }
    }

    /** It is known now who of a shard hides. */
    public void unveil(int shard) {
        shards[shard].veil(false);
    }

    /**
     * Whether a user hides by what they chose, on whichever node.
     *
     * @param isLatest whether that is later than what they chose here
     */
    public void hide(String user, boolean isHiding, boolean isLatest) {
        shard(user).hide(user, isHiding, isLatest);
    }

    /** Whether something that a user chose waits for its turn. */
    public boolean isChoiceWaiting(String user) {
        return shard(user).isChoiceWaiting(user);
    }

    /** Ends a session, if the device has no newer one here: it has one on another node. */
    public void displace(String user, String device, long incarnation) {
        shard(user).displace(user, device, incarnation);
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

    /** Lets time pass, and ends what is over: silent sessions, graces, choices. Called by one thread at a time. */
    public void sweep() {
        long began = ticker.getAsLong();
        lag = Math.max(0, began - lastSweep - tick().toNanos());
        lastSweep = began;
        int now = clock.advance();
        boolean wentAhead = clock.wentAhead();
        long longest = 0;
        for (Shard shard : shards) {
            if (wentAhead) {
                shard.lookAtChoices(now);
            }
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
        LongConsumer known = pauses;
        if (known != null) {
            known.accept(longest);
        }
    }

    /** How much later than it was due the last sweep began, or the next is by now. */
    private Duration lag() {
        return Duration.ofNanos(Math.max(lag, ticker.getAsLong() - lastSweep - tick().toNanos()));
    }

    /** Whether a session was refused lately since there were too many: others may be online than are known. */
    private boolean isOverLimit() {
        for (Shard shard : shards) {
            if (shard.isOverLimit()) {
                return true;
            }
        }
        return false;
    }

    /** What is wrong, each with what to do. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        Duration lag = lag();
        if (lag.compareTo(LATE) > 0) {
            problems.add("the sweep for silent sessions is " + lag.toSeconds()
                    + " s late: see whether the scheduler's threads are busy with something else");
        }
        if (isOverLimit()) {
            problems.add(
                    "sessions are refused, there are as many as PresenceSettings.maxSessions allows: set it higher, or add a"
                            + " node");
        }
        return problems;
    }

    /** Registers meters. */
    public void register(TrackerMeters meters) {
        meters.gauge("sessions", "sessions of this node that count", sessions, AtomicInteger::get);
        meters.gauge(
                "users",
                "users with a session on this node",
                this,
                it -> it.figures().users());
        pauses = meters.timer("sweep.pause", "the longest time for which a sweep held a lock, of each sweep");
        meters.time(
                "sweep.lag",
                "how much later than it was due the last sweep began, or the next is by now",
                TimeUnit.NANOSECONDS,
                this,
                it -> it.lag().toNanos());
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
        clock.close();
    }
}
