package io.chatty.maintenance.presence.broadcast;

import io.chatty.maintenance.presence.LastSeenStore;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceDirectory;
import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.presence.PresenceView;
import io.chatty.maintenance.presence.PresenceVisibility;
import io.chatty.maintenance.presence.tracker.Grain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a viewer sees of a source, or the host where there is none. */
public final class View implements PresenceView {

    private final PresenceSource source;
    private final Broadcaster broadcaster;
    private final @Nullable PresenceDirectory directory;
    private final Sight sight;

    /** @param viewer null for the host, who sees all */
    public View(
            PresenceSource source,
            Broadcaster broadcaster,
            PresenceVisibility visibility,
            @Nullable PresenceDirectory directory,
            @Nullable String viewer) {
        this.source = source;
        this.broadcaster = broadcaster;
        this.directory = directory;
        this.sight = new Sight(visibility, viewer);
    }

    /** Refuses a name that no user, device or room can have. */
    public static String name(String what, String name) {
        Objects.requireNonNull(name, what);
        if (name.isEmpty() || name.length() > PresenceTracker.MAX_NAME) {
            throw new IllegalArgumentException(what + ": "
                    + (name.isEmpty() ? "an empty text" : "a text of " + name.length() + " characters")
                    + " given, 1 to "
                    + PresenceTracker.MAX_NAME + " characters allowed");
        }
        return name;
    }

    @Override
    public Presence presenceOf(String user) {
        Presence presence = source.read(name("user", user));
        Presence seen = sight.of(presence);
        return seen == null ? Presence.unknown(user, presence.asOf()) : seen;
    }

    @Override
    public Map<String, Presence> presenceOf(Collection<String> users) {
        if (users.size() > MAX_USERS) {
            throw new IllegalArgumentException(
                    "users: " + users.size() + " given, at most " + MAX_USERS + " allowed; ask for them in parts");
        }
        Map<String, Presence> presences = new LinkedHashMap<>();
        users.forEach(user -> presences.put(user, presenceOf(user)));
        return presences;
    }

    /**
     * When users were last seen, without those of whom it is known nowhere.
     *
     * @param grain what times of the store are cut to: it may have finer ones, of the host or of other settings
     * @param here when this node saw a user of whom that is not shown
     * @param store where it is kept of the others; null for nowhere
     */
    public Map<String, Instant> lastSeen(
            Collection<String> users,
            Grain grain,
            Function<String, Optional<Instant>> here,
            @Nullable LastSeenStore store)
            throws Exception {
        Map<String, Instant> seen = new LinkedHashMap<>();
        List<String> others = new ArrayList<>();
        presenceOf(users)
                .forEach((user, presence) -> presence.lastSeen()
                        .or(() -> here.apply(user))
                        .ifPresentOrElse(at -> seen.put(user, at), () -> others.add(user)));
        if (store != null && !others.isEmpty()) {
            store.find(others).forEach((user, at) -> seen.put(user, grain.cut(at)));
        }
        return seen;
    }

    @Override
    public List<Presence> onlineAmong(Collection<String> users) {
        List<Presence> online = new ArrayList<>();
        for (String user : Set.copyOf(users)) {
            Presence seen = presenceOf(user);
            if (seen.isOnline()) {
                online.add(seen);
            }
        }
        return online;
    }

    @Override
    public List<Presence> onlineIn(String room) {
        return onlineAmong(directory().membersOf(name("room", room)));
    }

    private PresenceDirectory directory() {
        if (directory == null) {
            throw new IllegalStateException(
                    "rooms and contacts are not known: give the tracker's builder a PresenceDirectory by"
                            + " directory(…), or name the users");
        }
        return directory;
    }

    @Override
    public Flow.Publisher<PresenceEvent> all() {
        return of(Scope.ALL);
    }

    @Override
    public Flow.Publisher<PresenceEvent> users(Collection<String> users) {
        Set<String> known = Set.copyOf(users);
        known.forEach(user -> name("user", user));
        return of(new Scope(null, () -> known));
    }

    @Override
    public Flow.Publisher<PresenceEvent> room(String room) {
        PresenceDirectory known = directory();
        name("room", room);
        return of(new Scope(Scope.room(room), () -> known.membersOf(room)));
    }

    @Override
    public Flow.Publisher<PresenceEvent> contacts(String user) {
        PresenceDirectory known = directory();
        name("user", user);
        return of(new Scope(Scope.contacts(user), () -> known.contactsOf(user)));
    }

    /** The members of a room are others now. */
    public void roomChanged(String room) {
        broadcaster.changed(Scope.room(room));
    }

    /** The contacts of a user are others now. */
    public void contactsChanged(String user) {
        broadcaster.changed(Scope.contacts(user));
    }

    private Flow.Publisher<PresenceEvent> of(Scope scope) {
        return subscriber -> broadcaster.subscribe(scope, sight, subscriber);
    }
}
