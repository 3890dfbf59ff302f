package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Flow;

/** Who is online, as a subscriber to all is told. It notes versions that go back, and counts what it is told of each user. */
final class Mirror implements Flow.Subscriber<PresenceEvent> {

    private final Map<String, Presence> online = new TreeMap<>();
    private final Map<String, Long> versions = new HashMap<>();
    private final Map<String, Integer> told = new HashMap<>();
    private final List<String> wentBack = new ArrayList<>();
    private int collapsed;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public synchronized void onNext(PresenceEvent event) {
        switch (event.kind()) {
            case SNAPSHOT -> online.clear();
            case COLLAPSED -> collapsed++;
            default -> {}
        }
        boolean isChange = event.kind() == PresenceEvent.Kind.CHANGES || event.kind() == PresenceEvent.Kind.COLLAPSED;
        for (Presence presence : event.presences()) {
            long before = versions.getOrDefault(presence.user(), 0L);
            if (presence.version() < before || (isChange && presence.version() == before)) {
                wentBack.add(presence.user() + " from " + before + " to " + presence);
            }
            versions.put(presence.user(), presence.version());
            if (isChange) {
                told.merge(presence.user(), 1, Integer::sum);
            }
            if (presence.isOnline()) {
                online.put(presence.user(), presence);
            } else {
                online.remove(presence.user());
            }
        }
    }

    /** User to status and devices. */
    synchronized Map<String, String> online() {
        Map<String, String> lines = new TreeMap<>();
        online.forEach((user, presence) -> lines.put(user, presence.status() + " " + presence.devices()));
        return lines;
    }

    synchronized List<String> wentBack() {
        return List.copyOf(wentBack);
    }

    /** How often each user was told of as a change. */
    synchronized Map<String, Integer> told() {
        return Map.copyOf(told);
    }

    synchronized int collapsed() {
        return collapsed;
    }

    @Override
    public void onError(Throwable e) {
        throw new AssertionError(e);
    }

    @Override
    public void onComplete() {
        // the node is closed
    }
}
