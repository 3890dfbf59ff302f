package io.chatty.maintenance.presence.broadcast;

import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceEvent;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls a listener with each change. It knows who is online, so that a new snapshot tells who has gone. */
final class ChangeListener implements Flow.Subscriber<PresenceEvent>, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PresenceEvent.class);

    private final Consumer<? super Presence> listener;
    private final Function<String, Presence> read;
    private final Set<String> online = new HashSet<>();
    private Set<String> before = Set.of(); // those who were online before the snapshot, and are not in it so far
    private volatile boolean ended;
    private volatile Flow.@Nullable Subscription subscription;

    /** @param read what is seen of a user */
    ChangeListener(Consumer<? super Presence> listener, Function<String, Presence> read) {
        this.listener = listener;
        this.read = read;
    }

    /** A user who is online at the beginning. */
    void begin(Presence presence) {
        online.add(presence.user());
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(PresenceEvent event) {
        switch (event.kind()) {
            case SNAPSHOT -> {
                before = new HashSet<>(online);
                online.clear();
                takeIn(event);
            }
            case MORE_OF_SNAPSHOT -> takeIn(event);
            case CHANGES, COLLAPSED -> event.presences().forEach(this::tell);
            case SWITCHED_OFF -> Set.copyOf(online).forEach(user -> tell(read.apply(user)));
        }
    }

    private void takeIn(PresenceEvent event) {
        for (Presence presence : event.presences()) {
            before.remove(presence.user());
            tell(presence);
        }
        if (!event.more()) {
            before.forEach(user -> tell(read.apply(user)));
            before = Set.of();
        }
    }

    private void tell(Presence presence) {
        if (presence.isOnline()) {
            online.add(presence.user());
        } else {
            online.remove(presence.user());
        }
        if (ended) {
            return;
        }
        try {
            listener.accept(presence);
        } catch (Throwable e) { // an error of the host's ends no more than an exception does
            LOG.warn("A listener to presence failed at {}", presence.user(), e);
        }
    }

    @Override
    public void onError(Throwable e) {
        LOG.error("A listener to presence gets nothing more", e);
    }

    @Override
    public void onComplete() {
        // the tracker is closed
    }

    @Override
    public void close() {
        ended = true;
        Flow.Subscription known = subscription;
        if (known != null) {
            known.cancel();
        }
    }
}
