package io.chatty.maintenance.presence;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;

/**
 * Presence as seen by someone: by a user, as far as the host's {@link PresenceVisibility} lets them
 * ({@link PresenceTracker#seenBy}), or by the host itself, who sees what all may see together (the {@link PresenceTracker}).
 *
 * <p>Thread-safe. Questions are answered from memory. Publishers may be subscribed to any number of times; each subscription gets a
 * snapshot first and then what changes, see {@link PresenceEvent}.
 */
public interface PresenceView {

    /** How many users a bulk question may name. */
    int MAX_USERS = 500;

    /** What is seen of a user. Users of whom the tracker has never heard are offline. */
    Presence presenceOf(String user);

    /**
     * What is seen of several users, in the order given.
     *
     * @param users at most {@value #MAX_USERS}
     * @throws IllegalArgumentException if there are more
     */
    Map<String, Presence> presenceOf(Collection<String> users);

    /** Those of the given users, of any number, who are online. */
    List<Presence> onlineAmong(Collection<String> users);

    /**
     * The members of a room who are online.
     *
     * @throws IllegalStateException if the tracker was built without a {@link PresenceDirectory}
     */
    List<Presence> onlineIn(String room);

    /** All users that are to be seen. */
    Flow.Publisher<PresenceEvent> all();

    /** The given users, of any number. */
    Flow.Publisher<PresenceEvent> users(Collection<String> users);

    /**
     * The members of a room, as they are when it is subscribed to and at each {@link PresenceTracker#roomChanged}.
     *
     * @throws IllegalStateException if the tracker was built without a {@link PresenceDirectory}
     */
    Flow.Publisher<PresenceEvent> room(String room);

    /**
     * The contacts of a user, as they are when it is subscribed to and at each {@link PresenceTracker#contactsChanged}.
     *
     * @throws IllegalStateException if the tracker was built without a {@link PresenceDirectory}
     */
    Flow.Publisher<PresenceEvent> contacts(String user);
}
