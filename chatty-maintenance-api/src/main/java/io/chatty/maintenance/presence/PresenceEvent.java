package io.chatty.maintenance.presence;

import java.util.List;
import java.util.Objects;

/**
 * What a subscription gets. First comes a snapshot: all of its users that are online. Then come the changes, those of a window
 * (half a second by default) together, each user once with the last state; only what is newer than the snapshot.
 *
 * <p>A subscriber that does not keep up blocks nobody. Up to 256 events wait for it; then they are collapsed to the last state of each
 * user ({@link Kind#COLLAPSED}). Where even these are too many, a new snapshot takes the place of all that was known.
 *
 * @param kind what it is
 * @param presences states of users, each user at most once, at most {@value #MAX_PRESENCES}
 * @param more whether the snapshot, or what was collapsed, goes on in the next event
 */
public record PresenceEvent(Kind kind, List<Presence> presences, boolean more) {

    /** How many states an event holds at most. */
    public static final int MAX_PRESENCES = 500;

    /** What an event is. */
    public enum Kind {

        /** Who is online: it takes the place of all that was known, and users that are not in it are offline. */
        SNAPSHOT,

        /** More of the snapshot before. */
        MORE_OF_SNAPSHOT,

        /** What has changed since. A user that has gone is {@link PresenceStatus#OFFLINE}. */
        CHANGES,

        /** As {@link #CHANGES}, but states in between were left out since the subscriber was slow. */
        COLLAPSED,

        /** Presence is switched off: all are {@link PresenceStatus#UNKNOWN} until the next snapshot. */
        SWITCHED_OFF
    }

    public PresenceEvent {
        Objects.requireNonNull(kind, "kind");
        presences = List.copyOf(presences);
        if (presences.size() > MAX_PRESENCES) {
            throw new IllegalArgumentException(
                    "presences: " + presences.size() + " given, at most " + MAX_PRESENCES + " allowed");
        }
    }
}
