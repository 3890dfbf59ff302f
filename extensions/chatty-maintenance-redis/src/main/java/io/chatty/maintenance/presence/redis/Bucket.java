package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceStatus;
import io.chatty.maintenance.presence.redis.NodeSweep.Swept;
import io.chatty.maintenance.presence.redis.UserState.Count;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows of a bucket in Redis. It is read once, and changes are applied as they are told; a change that does not follow on the
 * last one shows that some were lost, and the bucket is read again. All under one lock, its monitor.
 */
final class Bucket {

    /** Of so many users that went is it known when that was. */
    private static final int MOST_GONE = 2_000;

    /** So many changes wait while the bucket is read; if there are more, it is read once more. */
    private static final int MOST_EARLY = 10_000;

    private static final int MOST_TEXTS = 1_000;

    private final int index;
    private final Replica replica;
    private final Map<String, UserState> states = new HashMap<>();
    private final Map<String, String> texts = new HashMap<>(); // few different ones, many times
    private final Map<String, Gone> gone = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Gone> eldest) {
            return size() > MOST_GONE;
        }
    };
    private final List<Change> early = new ArrayList<>();
    private long sequence;
    private long shownUpTo; // the sequence of the last change that others could see
    private boolean loaded;
    private boolean doubtful = true; // changes were lost, or nothing was read yet
    private boolean setBack; // what was read is older than what is known
    private Instant surelyAsOf; // before it was doubtful
    private long behind; // how far the bucket was at the last beat

    final Notes notes = new Notes();

    /** When a user went from what others see, and was last seen, in microseconds. */
    private record Gone(long at, long seen) {}

    Bucket(int index, Replica replica, Instant now) {
        this.index = index;
        this.replica = replica;
        this.surelyAsOf = now;
    }

    synchronized long sequence() {
        return sequence;
    }

    /** Changes may have been lost. */
    synchronized void doubt() {
        if (!doubtful) {
            doubtful = true;
            surelyAsOf = replica.heard();
        }
    }

    /**
     * Whether the bucket is to be read. Changes that are on their way are given time until the next beat.
     *
     * @param before the sequence before it was asked for
     * @param polled the sequence in Redis
     */
    synchronized boolean isToRead(long before, long polled) {
        boolean missing = doubtful || sequence < behind || polled < before;
        behind = polled;
        return missing;
    }

    synchronized boolean isDoubtful() {
        return doubtful;
    }

    /** Whether Redis was set back, and then went on, so that its sequence alone does not tell: it is to be raised over what is known. */
    synchronized boolean isSetBack() {
        return setBack;
    }

    /** A change was published. @return whether some were lost before it */
    synchronized boolean heard(Change change) {
        if (change.sequence() <= sequence) {
            return false;
        }
        if (!doubtful && change.previous() == sequence) {
            apply(change);
            return false;
        }
        boolean found = !doubtful;
        doubt();
        if (early.size() >= MOST_EARLY) {
            early.clear();
        }
        early.add(change);
        return found;
    }

    /** A change of this node's own, as Redis answered it. If others come before it, all are heard in their order. */
    synchronized void did(Change change) {
        if (!doubtful && change.previous() == sequence) {
            apply(change);
        }
    }

    private void apply(Change change) {
        sequence = change.sequence();
        UserState now = change.state();
        if (now == null ? isShown(states.get(change.user())) : now.version() == sequence) {
            shownUpTo = sequence;
        }
        put(change.user(), change.state(), new Gone(change.at(), change.seen()));
        replica.compare(this, change.user(), change.state());
        notes.reached(sequence);
    }

    /**
     * The bucket was read.
     *
     * @param shown the sequence of the last change that others could see
     * @return whether it is to be read once more
     */
    synchronized boolean load(long read, long shown, Map<String, UserState> now) {
        if (!doubtful && read <= sequence) {
            return false; // changes were faster
        }
        setBack = isOlder(shown, now);
        if (setBack) {
            return true;
        }
        boolean isFirst = !loaded;
        sequence = read;
        shownUpTo = shown;
        doubtful = false;
        loaded = true;
        for (String user : List.copyOf(states.keySet())) {
            if (!now.containsKey(user)) {
                put(user, null, null);
            }
        }
        now.forEach((user, state) -> {
            if (!state.equals(states.get(user))) {
                put(user, state, null);
            }
        });
        if (isFirst) {
            replica.unveil(index);
        }
        Set<String> own = new HashSet<>(replica.usersHere(index));
        states.forEach((user, state) -> {
            if (own.contains(user) || replica.isHere(state)) {
                replica.compare(this, user, state);
            }
        });
        own.stream().filter(user -> !states.containsKey(user)).forEach(user -> replica.compare(this, user, null));
        notes.reached(sequence);
        List<Change> later = List.copyOf(early);
        early.clear();
        for (Change change : later) {
            if (!doubtful && change.previous() == sequence) {
                apply(change);
            } else if (change.sequence() > sequence) {
                doubt(); // it is in what is read next, or never was in this Redis: so it waits no longer
            }
        }
        return doubtful;
    }

    /** Whether the version of any user would go back. */
    private boolean isOlder(long shown, Map<String, UserState> now) {
        return shown < shownUpTo
                || now.entrySet().stream().anyMatch(each -> {
                    UserState known = states.get(each.getKey());
                    return isShown(each.getValue())
                            && each.getValue().version()
                                    < (known != null && isShown(known) ? known.version() : shownUpTo);
                });
    }

    /** @param went how it went, if it did; null if that is not known */
    private void put(String user, @Nullable UserState now, @Nullable Gone went) {
        UserState before = states.get(user);
        Presence old = seen(user, before);
        boolean isHiding = now != null && now.isHiding();
        if (isHiding != (before != null && before.isHiding())) {
            replica.hide(this, user, isHiding);
        }
        if (now == null) {
            states.remove(user);
        } else {
            states.put(user, shared(now));
        }
        if (isShown(now)) {
            gone.remove(user);
        } else if (old.isOnline()) {
            gone.remove(user); // so that it goes to the end
            if (went != null) {
                gone.put(user, went);
            }
        }
        Presence shown = seen(user, now);
        if (!shown.looksLike(old)) {
            replica.tell(index, old, shown);
        }
    }

    private UserState shared(UserState state) {
        if (texts.size() > MOST_TEXTS) {
            texts.clear();
        }
        String nodes = texts.computeIfAbsent(state.nodes(), same -> same);
        return new UserState(state.version(), state.shown(), state.devices(), state.since(), nodes, state.chosen());
    }

    /** What is known in Redis of a user. */
    synchronized @Nullable UserState state(String user) {
        return states.get(user);
    }

    /** What others see, as far as it is known in Redis. */
    synchronized Presence read(String user) {
        return seen(user, states.get(user));
    }

    private Presence seen(String user, @Nullable UserState state) {
        if (state == null || !isShown(state)) {
            return offline(user);
        }
        Instant asOf = asOf();
        return new Presence(
                user,
                state.shown(),
                state.devices(),
                Optional.of(UserState.instant(state.since())),
                Optional.of(replica.cut(replica.lastSeen(user, state, asOf))),
                state.chosen() == null ? Optional.empty() : state.chosen().text(),
                state.version(),
                asOf);
    }

    private static boolean isShown(@Nullable UserState state) {
        return state != null && state.shown().isOnline();
    }

    /**
     * Of a user that is not shown. The version is not older than any change of theirs that others saw, moves with what they see alone, and is
     * the same for one who is gone and for one who hides.
     */
    private Presence offline(String user) {
        if (!loaded) {
            return Presence.unknown(user, asOf());
        }
        Optional<Gone> went = Optional.ofNullable(gone.get(user));
        return new Presence(
                user,
                PresenceStatus.OFFLINE,
                0,
                went.map(known -> replica.cut(UserState.instant(known.at))),
                went.map(known -> replica.cut(UserState.instant(known.seen))),
                Optional.empty(),
                shownUpTo,
                asOf());
    }

    /** What is shown if that many devices are connected, which Redis does not know. It bears the version of what Redis knows. */
    synchronized Presence ahead(String user, Count count, @Nullable ChosenStatus chosen) {
        PresenceStatus status = UserState.fold(count, chosen);
        Presence known = seen(user, states.get(user));
        boolean isOnline = status.isOnline();
        if (!isOnline && !known.isOnline()) {
            return known;
        }
        Optional<Instant> seen = isOnline ? Optional.of(replica.cut(replica.now())) : known.lastSeen();
        return new Presence(
                user,
                isOnline ? status : PresenceStatus.OFFLINE,
                isOnline ? count.devices() : 0,
                isOnline && known.isOnline()
                        ? known.since()
                        : Optional.of(isOnline ? replica.now() : replica.cut(replica.now())),
                seen,
                isOnline && chosen != null ? chosen.text() : Optional.empty(),
                known.version(),
                known.asOf());
    }

    /** What a node has, as far as it is known in Redis. */
    synchronized Swept on(String node) {
        long users = 0;
        long sessions = 0;
        for (UserState state : states.values()) {
            int devices = state.on(node).devices();
            users += devices > 0 ? 1 : 0;
            sessions += devices;
        }
        return new Swept(0, users, sessions);
    }

    synchronized Instant asOf() {
        return doubtful ? surelyAsOf : replica.heard();
    }

    /** See {@link io.chatty.maintenance.presence.broadcast.PresenceSource#snapshot}. */
    synchronized long snapshot(@Nullable Collection<String> only, Consumer<Presence> consumer) {
        for (String user : only == null ? states.keySet() : only) {
            Presence presence = seen(user, states.get(user));
            if (presence.isOnline()) {
                consumer.accept(presence);
            }
        }
        return sequence;
    }
}
