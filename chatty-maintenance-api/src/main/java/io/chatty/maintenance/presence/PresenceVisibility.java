package io.chatty.maintenance.presence;

/**
 * The host's rule of who may see whom. It is asked for each user that a {@linkplain PresenceTracker#seenBy viewer} asks for or is told
 * of, from many threads, so it answers from memory: one that waits keeps other subscribers waiting. If it throws, nothing is seen.
 *
 * <p>Questions go by what it says now. What a subscriber was told stays with them: where a viewer may see less, or more, than before, let
 * them subscribe anew, or tell them of the change by {@link PresenceTracker#roomChanged} or {@link PresenceTracker#contactsChanged}, which
 * give a new snapshot.
 */
@FunctionalInterface
public interface PresenceVisibility {

    /** How much is seen. */
    enum Sight {
        /** Nothing: the user is {@link PresenceStatus#UNKNOWN}, and left out of lists and events. */
        NOTHING,
        /** All but when the user was last seen, and since when they are offline. */
        STATUS,
        /** All. */
        ALL
    }

    /** How much a viewer sees of a user. */
    Sight sightOf(String viewer, String user);
}
