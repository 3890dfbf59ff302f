package io.chatty.maintenance.presence;

/**
 * The host's rule of who may see whom. It is asked for each user that a {@linkplain PresenceTracker#seenBy viewer} asks for or is told
 * of, from many threads, so it answers from memory. If it throws, nothing is seen.
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
