package io.chatty.maintenance.presence;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Where it is kept when users were last seen. Of several nodes, each says whom it has; a user is online as long as one of them
 * says so. Thread-safe.
 */
public interface LastSeenStore {

    /** How many users a call may name. */
    int MAX_USERS = 500;

    /**
     * What a node says of a user.
     *
     * @param user who
     * @param at the last sign of life; what is stored only goes forward. 1970 began, or earlier, if it is not known: then no time
     *     is stored, and no user for the sake of it
     * @param online whether the node has a session of the user
     */
    record Seen(String user, Instant at, boolean online) {

        public Seen {
            Objects.requireNonNull(user, "user");
            Objects.requireNonNull(at, "at");
        }

        /** Whether it is known when the last sign of life was. */
        public boolean isTimeKnown() {
            return at.isAfter(Instant.EPOCH);
        }
    }

    /**
     * Everything that keeps it from being used: a table that is missing, a right. Empty if it is ready. An engine that is to write it asks
     * once, and starts only then; a tracker does not ask.
     */
    default List<String> problems() throws Exception {
        return List.of();
    }

    /**
     * Writes what a node says, in one transaction. Users that the store does not know, where it has a list of them, are left out.
     *
     * @param node the node's name, the same over restarts; 1 to {@value PresenceTracker#MAX_NAME} characters
     * @param seen at most {@value #MAX_USERS}, each user once
     * @throws IllegalArgumentException if they are more, one is there twice, or a name is not allowed; nothing is written then
     */
    void write(String node, Collection<Seen> seen) throws Exception;

    /**
     * When users were last seen.
     *
     * @param users at most {@value #MAX_USERS}
     * @return without those never seen
     * @throws IllegalArgumentException if they are more
     */
    Map<String, Instant> find(Collection<String> users) throws Exception;

    /**
     * Users of whom a node says that it has them, in the order of their names' bytes in UTF-8. After a start this is whom it left
     * behind when it ended without saying good-bye.
     *
     * @param after those behind that user; empty for the beginning
     * @param most how many at most, 1 or more
     */
    List<String> online(String node, String after, int most) throws Exception;

    /**
     * Refuses what must not be given to {@link #write}, for those who implement it.
     *
     * @throws IllegalArgumentException if there is such
     */
    static void check(String node, Collection<Seen> seen) {
        checkName("node", node);
        checkNumber(seen.size());
        Set<String> users = new HashSet<>();
        for (Seen each : seen) {
            checkName("user", each.user());
            if (!users.add(each.user())) {
                throw new IllegalArgumentException("seen: user \"" + each.user()
                        + "\" given twice, once is allowed; give what was seen of the user last");
            }
        }
    }

    /**
     * Refuses more users than a call may name, for those who implement it.
     *
     * @throws IllegalArgumentException if there are more
     */
    static void checkNumber(int users) {
        if (users > MAX_USERS) {
            throw new IllegalArgumentException(
                    "users: " + users + " given, at most " + MAX_USERS + " allowed in a call; give them in several");
        }
    }

    private static void checkName(String what, String name) {
        if (name.isEmpty() || name.length() > PresenceTracker.MAX_NAME) {
            throw new IllegalArgumentException(what + ": a name of " + name.length() + " characters given, 1 to "
                    + PresenceTracker.MAX_NAME + " allowed");
        }
    }
}
