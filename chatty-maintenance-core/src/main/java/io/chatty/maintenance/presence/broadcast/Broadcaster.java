package io.chatty.maintenance.presence.broadcast;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.PresenceEvent.Kind;
import io.chatty.maintenance.presence.tracker.TrackerMeters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tells subscribers of changes. Changes are noted as they come, and told together when a window ends. Thread-safe; no subscriber is
 * called in the thread that notes or tells.
 */
public final class Broadcaster {

    private final PresenceSource source;
    private final Executor executor;
    private final Runnable armWindow;
    private final Changes[] changes;
    private final AtomicBoolean armed = new AtomicBoolean();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong questions = new AtomicLong();
    private final Object telling = new Object(); // windows are told one after the other

    private final Set<Subscription> ofAll = new HashSet<>(); // guarded by this
    private final Audience.Register ofSome; // guarded by this
    private volatile boolean off; // written under this
    private boolean closed; // guarded by this
    private volatile boolean wanted;

    /**
     * Without subscribers.
     *
     * @param executor calls subscribers
     * @param armWindow sees to it that {@link #tell} is called when a window's time is over
     */
    public Broadcaster(PresenceSource source, Executor executor, Runnable armWindow) {
        this.source = source;
        this.executor = executor;
        this.armWindow = armWindow;
        this.ofSome = new Audience.Register(source);
        this.changes = new Changes[source.shards()];
        for (int i = 0; i < changes.length; i++) {
            changes[i] = new Changes();
        }
    }

    PresenceSource source() {
        return source;
    }

    /** Whether there is a subscriber. */
    public boolean isWanted() {
        return wanted;
    }

    private synchronized int subscriptions() {
        return ofAll.size() + ofSome.size();
    }

    /** Registers meters. */
    public void register(TrackerMeters meters) {
        meters.gauge("subscriptions", "subscriptions and listeners", this, Broadcaster::subscriptions);
        meters.counter("events", "states of users told, to all subscribers together", events, AtomicLong::get);
    }

    /** Notes a change. Called under the lock of the user's shard, so that a snapshot has it or is older. */
    public void note(int shard, Presence before, Presence now) {
        changes[shard].note(before, now);
        if (armed.compareAndSet(false, true)) {
            armWindow.run();
        }
    }

    /** Tells what was noted. */
    public void tell() {
        synchronized (telling) {
            armed.set(false);
            List<Presence> news = new ArrayList<>();
            List<Changes.Change> flaps = new ArrayList<>();
            for (Changes shard : changes) {
                for (Changes.Change change : shard.take()) {
                    if (change.isNothing()) {
                        flaps.add(change);
                    } else {
                        news.add(change.now());
                    }
                }
            }
            if (!news.isEmpty()) {
                tell(news);
            }
            if (!flaps.isEmpty()) {
                tellWhoSaw(flaps);
            }
        }
    }

    private void tell(List<Presence> news) {
        List<Telling> tellings = new ArrayList<>();
        synchronized (this) {
            if (off) {
                return;
            }
            tellings.add(new Telling(List.copyOf(ofAll), news));
            Map<Audience, List<Presence>> some = new LinkedHashMap<>();
            for (Presence presence : ofSome.isEmpty() ? List.<Presence>of() : news) {
                for (Audience audience : ofSome.ofUser(presence.user())) {
                    some.computeIfAbsent(audience, none -> new ArrayList<>()).add(presence);
                }
            }
            some.forEach((audience, its) -> tellings.add(new Telling(List.copyOf(audience.subscriptions()), its)));
        }
        for (Telling telling : tellings) {
            List<PresenceEvent> shared = telling.to.isEmpty() ? List.of() : inEvents(telling.news);
            telling.to.forEach(subscription -> subscription.offer(shared));
            events.addAndGet((long) telling.news.size() * telling.to.size());
        }
    }

    /** What several are told alike. */
    private record Telling(List<Subscription> to, List<Presence> news) {}

    /** Of a user who is as before nobody is told, but whose snapshot was made in between. */
    private void tellWhoSaw(List<Changes.Change> flaps) {
        Map<Subscription, List<Presence>> some = new HashMap<>();
        synchronized (this) {
            for (Changes.Change flap : off ? List.<Changes.Change>of() : flaps) {
                String user = flap.now().user();
                for (Audience audience : ofSome.ofUser(user)) {
                    audience.subscriptions().forEach(subscription -> addIfSeen(subscription, flap, some));
                }
                for (Subscription subscription : ofAll) {
                    addIfSeen(subscription, flap, some);
                }
            }
        }
        some.forEach((subscription, its) -> subscription.offer(inEvents(its)));
    }

    private static void addIfSeen(
            Subscription subscription, Changes.Change flap, Map<Subscription, List<Presence>> into) {
        if (subscription.hasSnapshotOf(flap.now().user(), flap.first())) {
            into.computeIfAbsent(subscription, none -> new ArrayList<>()).add(flap.now());
        }
    }

    private static List<PresenceEvent> inEvents(List<Presence> presences) {
        List<PresenceEvent> parts = new ArrayList<>();
        for (int from = 0; from < presences.size(); from += PresenceEvent.MAX_PRESENCES) {
            int to = Math.min(presences.size(), from + PresenceEvent.MAX_PRESENCES);
            parts.add(new PresenceEvent(Kind.CHANGES, presences.subList(from, to), false));
        }
        return parts;
    }

    void subscribe(Scope scope, Sight sight, Flow.Subscriber<? super PresenceEvent> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        Subscription subscription = new Subscription(this, scope, sight, subscriber, executor);
        add(subscription); // first, so that no change of its members is missed
        if (scope.members() != null) {
            try {
                ask(scope.members(), List.of(subscription));
            } catch (Throwable e) { // the host's directory
                subscription.fail(e);
            }
        }
        subscription.begin();
    }

    /** Asks whom subscriptions are about. Of several answers the one that was asked for last holds. */
    private void ask(Supplier<Collection<String>> scope, Collection<Subscription> about) {
        long question = questions.incrementAndGet();
        Set<String> members = Set.copyOf(scope.get());
        List<Subscription> news;
        synchronized (this) {
            news = about.stream()
                    .filter(subscription -> ofSome.contains(subscription) && subscription.isNews(question))
                    .toList();
            ofSome.put(news, members);
        }
        news.forEach(Subscription::renew);
    }

    /**
     * Calls a listener with each change from now on.
     *
     * @return ends it
     */
    public AutoCloseable listen(Consumer<? super Presence> listener) {
        ChangeListener subscriber = new ChangeListener(listener, source::read);
        Subscription subscription = new Subscription(this, Scope.ALL, Sight.WHOLE, subscriber, executor);
        add(subscription);
        subscription.beginWith(subscriber::begin);
        subscription.begin();
        return subscriber;
    }

    private synchronized void add(Subscription subscription) {
        if (closed) {
            subscription.complete();
            return;
        }
        if (subscription.scope().members() == null) {
            ofAll.add(subscription);
        } else {
            ofSome.add(subscription);
        }
        wanted = true;
        subscription.followSwitch();
    }

    synchronized void remove(Subscription subscription) {
        ofAll.remove(subscription);
        ofSome.remove(subscription);
        wanted = !ofAll.isEmpty() || !ofSome.isEmpty();
    }

    /** The members of what has that key are others now. */
    void changed(String key) {
        List<Subscription> about;
        synchronized (this) {
            about = ofSome.ofKey(key);
        }
        if (!about.isEmpty()) {
            ask(Objects.requireNonNull(about.get(0).scope().members()), about);
        }
    }

    /** Tells all subscribers that nothing is known any more, or gives them new snapshots. */
    public void setOff(boolean isOff) {
        List<Subscription> all;
        synchronized (this) {
            if (off == isOff) {
                return;
            }
            off = isOff;
            all = subscribers();
        }
        all.forEach(Subscription::followSwitch);
    }

    /** Whether subscribers are told that nothing is known. */
    public boolean isOff() {
        return off;
    }

    private List<Subscription> subscribers() {
        List<Subscription> all = new ArrayList<>(ofAll);
        all.addAll(ofSome.subscriptions());
        return all;
    }

    /** Tells what was noted, and completes all subscriptions. */
    public void close() {
        tell();
        List<Subscription> all;
        synchronized (this) {
            closed = true;
            all = subscribers();
        }
        all.forEach(Subscription::complete);
    }
}
