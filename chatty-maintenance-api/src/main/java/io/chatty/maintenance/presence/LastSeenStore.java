package io.chatty.maintenance.presence;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

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
     * @param at the last sign of life; what is stored only goes forward
     * @param online whether the node has a session of the user
     */
    record Seen(String user, Instant at, boolean online) {}

    /**
     * Writes what a node says, in one transaction.
     *
     * @param node the node's name
     * @param seen at most {@value #MAX_USERS}, each user once
     */
    void write(String node, Collection<Seen> seen) throws Exception;

    /**
     * When users were last seen.
     *
     * @param users at most {@value #MAX_USERS}
     * @return without those never seen
     */
    Map<String, Instant> find(Collection<String> users) throws Exception;

    /**
     * Users of whom a node says that it has them, in an order that is the same each time. After a start this is whom it left
     * behind when it ended without saying good-bye.
     *
     * @param after those behind that user; empty for the beginning
     */
    List<String> online(String node, String after, int most) throws Exception;
}
