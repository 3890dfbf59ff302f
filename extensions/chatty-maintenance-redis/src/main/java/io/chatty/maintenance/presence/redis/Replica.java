package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceStatus;
import io.chatty.maintenance.presence.redis.NodeSweep.Swept;
import io.chatty.maintenance.presence.redis.Notes.Said;
import io.chatty.maintenance.presence.redis.UserState.Count;
import io.chatty.maintenance.presence.roster.Roster;
import io.chatty.maintenance.presence.roster.UserSessions;
import io.chatty.maintenance.presence.tracker.Grain;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows of all users: what was told in Redis, and, while Redis is away, of users of whom it has something to say that is not
 * known there yet, what it has itself. Thread-safe.
 */
final class Replica {

    /** What this node has itself, and whom it tells. */
    interface Here {

        Roster roster();

        /** What the node is called at present. */
        String node();

        /** Whether Redis answers, and has what waited while it did not. */
        boolean isCaughtUp();

        /** Something is noted. */
        void noted();

        /** See {@link io.chatty.maintenance.presence.broadcast.Broadcaster#note}. */
        void tell(int bucket, Presence before, Presence now);
    }

    private final Here here;
    private final InstantSource clock;
    private final Grain grain;
    private final Bucket[] buckets = new Bucket[Roster.SHARDS];
    private volatile Instant heard;

    Replica(Here here, InstantSource clock, Grain grain) {
        this.here = here;
        this.clock = clock;
        this.grain = grain;
        this.heard = clock.instant();
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new Bucket(i, this, heard);
        }
    }

    Bucket bucket(int index) {
        return buckets[index];
    }

    private Bucket bucketOf(String user) {
        return buckets[Roster.shardOf(user)];
    }

    /** When this node last heard from Redis. */
    Instant heard() {
        return heard;
    }

    void hear() {
        heard = clock.instant();
    }

    Instant now() {
        return clock.instant();
    }

    Instant cut(Instant instant) {
        return grain.cut(instant);
    }

    /** What others see. */
    Presence read(String user) {
        Bucket bucket = bucketOf(user);
        if (!here.isCaughtUp() && bucket.notes.isNoted(user)) {
            UserState state = bucket.state(user);
            return bucket.ahead(user, count(user, state), chosen(bucket, user, state));
        }
        Presence known = bucket.read(user);
        if (known.status() == PresenceStatus.OFFLINE && here.roster().read(user).status() == PresenceStatus.UNKNOWN) {
            return Presence.unknown(user, known.asOf()); // this node has refused sessions
        }
        return known;
    }

    /** When a user was last seen who is online: where that is on this node alone, it is known better than that they are. */
    Instant lastSeen(String user, UserState state, Instant asOf) {
        return state.notOn(here.node()).devices() > 0
                ? asOf
                : Instant.ofEpochMilli(here.roster().sessionsOf(user).seen());
    }

    /** When this node alone saw a user, who went before others heard of them. */
    Optional<Instant> seenHere(String user) {
        boolean hides = chosen(user)
                .flatMap(ChosenStatus::status)
                .filter(status -> status == PresenceStatus.INVISIBLE)
                .isPresent();
        Presence seen = here.roster().read(user);
        return hides || seen.isOnline() ? Optional.empty() : seen.lastSeen();
    }

    /** What a user sees of themselves. */
    Presence own(String user) {
        Bucket bucket = bucketOf(user);
        UserState state = bucket.state(user);
        return here.isCaughtUp() && state != null
                ? own(user, state.all(), state.chosen())
                : own(user, count(user, state), chosen(bucket, user, state));
    }

    private Presence own(String user, Count count, @Nullable ChosenStatus chosen) {
        Presence seen = read(user);
        if (UserState.fold(count, chosen) != PresenceStatus.INVISIBLE) {
            return seen;
        }
        return new Presence(
                user,
                PresenceStatus.INVISIBLE,
                count.devices(),
                Optional.empty(),
                Optional.of(cut(now())),
                chosen == null ? Optional.empty() : chosen.text(),
                seen.version(),
                seen.asOf());
    }

    /** See {@link io.chatty.maintenance.presence.PresenceTracker#chosen}. */
    Optional<ChosenStatus> chosen(String user) {
        if (here.roster().isChoiceWaiting(user)) {
            return here.roster().chosen(user);
        }
        Bucket bucket = bucketOf(user);
        return Optional.ofNullable(chosen(bucket, user, bucket.state(user)));
    }

    private @Nullable ChosenStatus chosen(Bucket bucket, String user, @Nullable UserState state) {
        Said said = bucket.notes.said(user);
        ChosenStatus chosen = said != null ? said.chosen() : state == null ? null : state.chosen();
        boolean isOver = chosen != null
                && chosen.until().isPresent()
                && !chosen.until().get().isAfter(clock.instant());
        return isOver ? null : chosen;
    }

    /** What this node has, and what others have as far as it is known. */
    private Count count(String user, @Nullable UserState state) {
        Count own = here(user);
        Count others = state == null ? Count.NONE : state.notOn(here.node());
        return new Count(own.devices() + others.devices(), own.active() + others.active());
    }

    private Count here(String user) {
        UserSessions sessions = here.roster().sessionsOf(user);
        int active = (int) sessions.held().stream().filter(held -> !held.idle()).count();
        return new Count(sessions.held().size(), active);
    }

    /**
     * Notes a user of whom Redis has something else from this node than it has: since its sessions were swept while it was away, or an
     * answer came too late. Called under the bucket's lock.
     */
    void compare(Bucket bucket, String user, @Nullable UserState state) {
        Count told = state == null ? Count.NONE : state.on(here.node());
        if (!bucket.notes.isNoted(user) && !told.equals(here(user))) {
            bucket.notes.touched(user);
            here.noted();
        }
    }

    /**
     * Notes no longer those of a bucket who came and went before Redis was told: it may be away for long, and they be many. If it has something of
     * them after all, that is found when it is read.
     */
    void forgetGone(int index) {
        Bucket bucket = buckets[index];
        for (String user : bucket.notes.touched()) {
            // Once more when it is not noted: they may have come back.
            if (isGone(bucket, user) && bucket.notes.drop(user) && !isGone(bucket, user)) {
                bucket.notes.touched(user);
                here.noted();
            }
        }
    }

    private boolean isGone(Bucket bucket, String user) {
        UserState state = bucket.state(user);
        return here(user).devices() == 0 && (state == null || !isHere(state));
    }

    /** A user chose, on whichever node, not to be seen, or to be seen again. Called under the bucket's lock. */
    void hide(Bucket bucket, String user, boolean isHiding) {
        here.roster().hide(user, isHiding, bucket.notes.said(user) == null);
    }

    /** It is known now who of a bucket hides. */
    void unveil(int bucket) {
        here.roster().unveil(bucket);
    }

    boolean isHere(UserState state) {
        return state.on(here.node()).devices() > 0;
    }

    List<String> usersHere(int bucket) {
        return here.roster().usersOf(bucket);
    }

    void tell(int bucket, Presence before, Presence now) {
        here.tell(bucket, before, now);
    }

    /** What a node has, as far as it is known. */
    Swept on(String node) {
        Swept all = Swept.NOTHING;
        for (Bucket bucket : buckets) {
            all = all.plus(bucket.on(node));
        }
        return all;
    }

    /** Of how many users something waits to be said. */
    int waiting() {
        int waiting = 0;
        for (Bucket bucket : buckets) {
            waiting += bucket.notes.waiting();
        }
        return waiting;
    }
}
