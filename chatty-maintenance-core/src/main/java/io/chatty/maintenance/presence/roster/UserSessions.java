package io.chatty.maintenance.presence.roster;

import java.util.List;

/**
 * The sessions that a user has on this node.
 *
 * @param held those that count, one a device
 * @param seen the last sign of life, in milliseconds since 1970
 */
public record UserSessions(List<Held> held, long seen) {

    /**
     * A session.
     *
     * @param device whose connection it is
     * @param incarnation the session's: when it began, in microseconds since 1970 by this node's clock, or a little more
     * @param idle whether it shows as away
     */
    public record Held(String device, long incarnation, boolean idle) {}

    public UserSessions {
        held = List.copyOf(held);
    }
}
