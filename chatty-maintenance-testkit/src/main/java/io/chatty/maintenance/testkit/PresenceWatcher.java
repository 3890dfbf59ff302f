package io.chatty.maintenance.testkit;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.PresenceEvent.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A subscriber that keeps what it gets, and what follows from that of each user. Thread-safe. */
class PresenceWatcher implements Flow.Subscriber<PresenceEvent> {

    private final long demand;
    private final List<PresenceEvent> events = new ArrayList<>();
    private final Map<String, Presence> online = new HashMap<>();
    private Flow.@Nullable Subscription subscription;
    private boolean isOff;
    private boolean completed;
    private @Nullable Throwable failure;

    /** @param demand how many events it asks for at first */
    PresenceWatcher(long demand) {
        this.demand = demand;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        synchronized (this) {
            subscription = given;
        }
        if (demand > 0) {
            given.request(demand);
        }
    }

    @Override
    public synchronized void onNext(PresenceEvent event) {
        events.add(event);
        isOff = event.kind() == Kind.SWITCHED_OFF;
        if (event.kind() == Kind.SNAPSHOT || isOff) {
            online.clear();
        }
        for (Presence presence : event.presences()) {
            if (presence.isOnline()) {
                online.put(presence.user(), presence);
            } else {
                online.remove(presence.user());
            }
        }
    }

    @Override
    public synchronized void onError(Throwable e) {
        failure = e;
    }

    @Override
    public synchronized void onComplete() {
        completed = true;
    }

    /** Asks for more. */
    void request(long more) {
        subscription().request(more);
    }

    void cancel() {
        subscription().cancel();
    }

    private synchronized Flow.Subscription subscription() {
        if (subscription == null) {
            throw new IllegalStateException("nothing is subscribed to yet");
        }
        return subscription;
    }

    synchronized List<PresenceEvent> events() {
        return List.copyOf(events);
    }

    /** What each event is, and of whom it tells what: {@code CHANGES ann ONLINE, bob OFFLINE}. */
    synchronized List<String> lines() {
        return events.stream()
                .map(event -> event.kind()
                        + (event.presences().isEmpty()
                                ? ""
                                : " "
                                        + String.join(
                                                ", ",
                                                event.presences().stream()
                                                        .map(OpenedTracker::line)
                                                        .sorted()
                                                        .toList())))
                .toList();
    }

    /** All that was told of a user, snapshots too. */
    synchronized List<String> told(String user) {
        return events.stream()
                .flatMap(event -> event.presences().stream())
                .filter(presence -> presence.user().equals(user))
                .map(OpenedTracker::line)
                .toList();
    }

    /** Who is online as far as it was told. */
    synchronized Map<String, Presence> online() {
        return Map.copyOf(online);
    }

    /** A user who is online as far as it was told. */
    synchronized Presence known(String user) {
        Presence presence = online.get(user);
        if (presence == null) {
            throw new AssertionError(user + " is not known to be online, but " + online.keySet());
        }
        return presence;
    }

    /** Whether the last that it was told is that presence is switched off. */
    synchronized boolean isOff() {
        return isOff;
    }

    synchronized boolean isCompleted() {
        return completed;
    }

    synchronized @Nullable Throwable failure() {
        return failure;
    }
}
