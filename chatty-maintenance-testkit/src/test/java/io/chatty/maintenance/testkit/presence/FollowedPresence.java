package io.chatty.maintenance.testkit.presence;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.PresenceEvent.Kind;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A subscriber that knows who is online from the events alone, and asks for them when it is told to. Of one thread. */
final class FollowedPresence implements Flow.Subscriber<PresenceEvent> {

    final Map<String, Presence> online = new HashMap<>();
    final Map<String, Integer> told = new HashMap<>();
    final Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
    boolean isOff;
    private Flow.@Nullable Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
    }

    void request(long more) {
        if (subscription == null) {
            throw new IllegalStateException("nothing is subscribed to");
        }
        subscription.request(more);
    }

    @Override
    public void onNext(PresenceEvent event) {
        kinds.merge(event.kind(), 1, Integer::sum);
        isOff = event.kind() == Kind.SWITCHED_OFF;
        if (event.kind() == Kind.SNAPSHOT || isOff) {
            online.clear();
        }
        for (Presence presence : event.presences()) {
            told.merge(presence.user(), 1, Integer::sum);
            if (presence.isOnline()) {
                online.put(presence.user(), presence);
            } else {
                online.remove(presence.user());
            }
        }
    }

    @Override
    public void onError(Throwable e) {
        throw new AssertionError(e);
    }

    @Override
    public void onComplete() {
        // nothing more comes
    }
}
