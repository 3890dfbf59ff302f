package io.chatty.maintenance.presence.broadcast;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.PresenceEvent.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscriber. The snapshot is made shard by shard as the subscriber asks for it; changes of shards that are not in it yet are left
 * out, for it will have them. All is guarded by its monitor, but the subscriber's methods are called without it, by one thread at a time.
 */
final class Subscription implements Flow.Subscription {

    /** So many events wait, then they are collapsed. */
    static final int MOST_WAITING = 256;

    /** So many users wait when they are collapsed, then there is a new snapshot. */
    static final int MOST_COLLAPSED = MOST_WAITING * PresenceEvent.MAX_PRESENCES;

    private static final Logger LOG = LoggerFactory.getLogger(Flow.Publisher.class);

    private static final long NOT_YET = Long.MAX_VALUE;

    private final Broadcaster broadcaster;
    private final Scope scope;
    private final Sight sight;
    private final Executor executor;

    private Flow.@Nullable Subscriber<? super PresenceEvent> subscriber;
    private @Nullable Map<Integer, List<String>> byShard; // the members, shared; null for all
    private long question; // to which the members are the answer
    private long demand;
    private boolean subscribed; // onSubscribe has returned
    private boolean draining;
    private boolean toGoOn; // of the one who drains: the last event said that it goes on
    private boolean completing;
    private @Nullable Throwable failure;

    private final Queue<PresenceEvent> waiting = new ArrayDeque<>();
    private @Nullable Map<String, Presence> collapsed;
    private boolean off; // presence is switched off
    private boolean offUntold;

    // The snapshot: shards before this one are in it.
    private int next;
    private final long[] versions; // of each shard when it was in the snapshot
    private final Queue<Presence> part = new ArrayDeque<>();

    Subscription(
            Broadcaster broadcaster,
            Scope scope,
            Sight sight,
            Flow.Subscriber<? super PresenceEvent> subscriber,
            Executor executor) {
        this.broadcaster = broadcaster;
        this.scope = scope;
        this.sight = sight;
        this.subscriber = subscriber;
        this.executor = executor;
        this.versions = new long[broadcaster.source().shards()];
        Arrays.fill(versions, NOT_YET);
        this.byShard = scope.members() == null ? null : Map.of(); // nobody, as long as they are asked for
    }

    Scope scope() {
        return scope;
    }

    /** Whom it is about, by their shards; before it is {@linkplain #renew renewed}. */
    synchronized void setMembers(Map<Integer, List<String>> now) {
        byShard = now;
    }

    /** Whether its members have not been set by the answer to a later question. */
    synchronized boolean isNews(long answered) {
        boolean isNews = answered > question;
        question = Math.max(question, answered);
        return isNews;
    }

    /** Takes the first snapshot now, and gives it to someone else than the subscriber. */
    synchronized void beginWith(Consumer<Presence> snapshot) {
        while (next < versions.length) {
            versions[next] = broadcaster.source().snapshot(next, null, snapshot);
            next++;
        }
    }

    /** Gives the subscriber itself; events come afterwards. */
    void begin() {
        Flow.Subscriber<? super PresenceEvent> to;
        synchronized (this) {
            to = subscriber;
            draining = true; // nothing else calls it meanwhile
        }
        if (to == null) {
            return;
        }
        try {
            to.onSubscribe(this);
        } catch (Throwable e) { // nothing else would see it
            LOG.error("A subscriber failed at onSubscribe; it gets nothing", e);
            cancel();
        }
        synchronized (this) {
            subscribed = true;
            draining = false;
        }
        wake();
    }

    @Override
    public void request(long n) {
        synchronized (this) {
            if (subscriber == null) {
                return;
            }
            if (n <= 0) {
                failure = new IllegalArgumentException(
                        "request(" + n + "): 1 or more allowed (Reactive Streams rule 3.9)");
            } else {
                demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
            }
        }
        wake();
    }

    @Override
    public void cancel() {
        synchronized (this) {
            subscriber = null;
            clear();
        }
        broadcaster.remove(this);
    }

    private void clear() {
        waiting.clear();
        collapsed = null;
        part.clear();
        next = versions.length;
    }

    /** No more comes than what waits. */
    void complete() {
        synchronized (this) {
            completing = true;
            next = versions.length; // what is not in the snapshot yet is over
        }
        wake();
    }

    void fail(Throwable e) {
        synchronized (this) {
            failure = e;
        }
        wake();
    }

    /**
     * Presence may have been switched off: then nothing that waits is true; or on again. Where several threads do that at once, the last
     * that gets here sees how it was left.
     */
    void followSwitch() {
        synchronized (this) {
            if (completing || off == broadcaster.isOff()) {
                return;
            }
            off = !off;
            offUntold = off;
            if (off) {
                clear();
            } else {
                startAnew();
            }
        }
        wake();
    }

    /** All that was known gives place to a new snapshot, unless presence is off. */
    void renew() {
        synchronized (this) {
            if (off || completing) {
                return;
            }
            startAnew();
        }
        wake();
    }

    private void startAnew() {
        waiting.clear();
        collapsed = null;
        part.clear();
        Arrays.fill(versions, NOT_YET);
        next = 0;
    }

    /** The changes of one window, of users that it is about, each once. Events may be shared with other subscriptions. */
    void offer(List<PresenceEvent> changes) {
        synchronized (this) {
            if (subscriber == null || completing || off) {
                return;
            }
            for (PresenceEvent event : changes) {
                List<Presence> newer =
                        event.presences().stream().filter(this::isNewer).toList();
                if (newer.size() == event.presences().size()) {
                    add(event);
                } else if (!newer.isEmpty()) {
                    add(new PresenceEvent(Kind.CHANGES, newer, false));
                }
            }
        }
        wake();
    }

    /** Whether its snapshot has a user as of that version or a later one. */
    synchronized boolean hasSnapshotOf(String user, long version) {
        long known = versions[broadcaster.source().shardOf(user)];
        return known >= version && known != NOT_YET;
    }

    private boolean isNewer(Presence change) {
        return change.version() > versions[broadcaster.source().shardOf(change.user())];
    }

    private void add(PresenceEvent event) {
        Map<String, Presence> all = collapsed;
        if (all == null) {
            if (waiting.size() < MOST_WAITING) {
                waiting.add(event);
                return;
            }
            all = new LinkedHashMap<>();
            collapsed = all;
            for (PresenceEvent early : waiting) {
                collapse(early, all);
            }
            waiting.clear();
        }
        collapse(event, all);
        if (all.size() > MOST_COLLAPSED) {
            startAnew();
        }
    }

    private static void collapse(PresenceEvent event, Map<String, Presence> all) {
        for (Presence presence : event.presences()) {
            all.remove(presence.user()); // so that it goes to the end
            all.put(presence.user(), presence);
        }
    }

    private void wake() {
        synchronized (this) {
            if (!subscribed || draining || !hasWork()) {
                return;
            }
            draining = true;
        }
        try {
            executor.execute(this::drain);
        } catch (RuntimeException e) {
            LOG.error("The executor for subscribers refuses: a subscription ends", e);
            cancel();
        }
    }

    private boolean hasWork() {
        return subscriber != null && (failure != null || (demand > 0 && hasEvent()) || (completing && !hasEvent()));
    }

    private boolean hasEvent() {
        return offUntold || next < versions.length || !part.isEmpty() || !waiting.isEmpty() || collapsed != null;
    }

    private void drain() {
        while (true) {
            Flow.Subscriber<? super PresenceEvent> to;
            PresenceEvent taken = null;
            Throwable failed;
            synchronized (this) {
                if (!hasWork()) {
                    draining = false;
                    return;
                }
                to = Objects.requireNonNull(subscriber);
                failed = failure;
                if (failed == null && hasEvent()) {
                    taken = take();
                    demand--;
                }
            }
            PresenceEvent shown = taken == null ? null : sight.of(taken);
            if (taken != null && shown == null && toGoOn && !taken.more()) {
                shown = new PresenceEvent(taken.kind(), List.of(), false); // the end that was promised
            }
            try {
                if (shown != null) {
                    toGoOn = shown.more();
                    to.onNext(shown);
                } else if (taken != null) {
                    giveBack(); // none of it may be seen
                } else {
                    cancel();
                    if (failed == null) {
                        to.onComplete();
                    } else {
                        to.onError(failed);
                    }
                }
            } catch (Throwable e) { // nothing else would see it
                LOG.error("A subscriber failed; it gets nothing more", e);
                cancel();
            }
        }
    }

    private synchronized void giveBack() {
        demand = demand == Long.MAX_VALUE ? demand : demand + 1;
    }

    private PresenceEvent take() {
        if (offUntold) {
            offUntold = false;
            return new PresenceEvent(Kind.SWITCHED_OFF, List.of(), false);
        }
        if (next < versions.length || !part.isEmpty()) {
            return takeSnapshot();
        }
        PresenceEvent first = waiting.poll();
        return first != null ? first : takeCollapsed();
    }

    /** As many shards as it takes to fill an event. */
    private PresenceEvent takeSnapshot() {
        Kind kind = next == 0 ? Kind.SNAPSHOT : Kind.MORE_OF_SNAPSHOT;
        while (part.size() < PresenceEvent.MAX_PRESENCES && next < versions.length) {
            int shard = next++;
            List<String> only = byShard == null ? null : byShard.getOrDefault(shard, List.of());
            versions[shard] = broadcaster.source().snapshot(shard, only, part::add);
        }
        List<Presence> presences = new ArrayList<>();
        while (presences.size() < PresenceEvent.MAX_PRESENCES && !part.isEmpty()) {
            presences.add(part.remove());
        }
        return new PresenceEvent(kind, presences, next < versions.length || !part.isEmpty());
    }

    private PresenceEvent takeCollapsed() {
        Map<String, Presence> all = Objects.requireNonNull(collapsed);
        List<Presence> presences = new ArrayList<>();
        Iterator<Presence> each = all.values().iterator();
        while (presences.size() < PresenceEvent.MAX_PRESENCES && each.hasNext()) {
            presences.add(each.next());
            each.remove();
        }
        if (all.isEmpty()) {
            collapsed = null;
        }
        return new PresenceEvent(Kind.COLLAPSED, presences, collapsed != null);
    }
}
