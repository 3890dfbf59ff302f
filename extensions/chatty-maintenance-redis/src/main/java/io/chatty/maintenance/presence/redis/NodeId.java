package io.chatty.maintenance.presence.redis;

import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * One life of a node: {@code name.began.random}. What a node left behind belongs to another id than what it does after a restart.
 *
 * @param name the node's
 * @param began when, in microseconds since 1970
 */
record NodeId(String name, String began) {

    private static final SecureRandom RANDOM = new SecureRandom();

    static NodeId create(String name, InstantSource clock) {
        return new NodeId(
                name,
                Long.toString(UserState.micros(clock.instant()), 36) + "."
                        + Integer.toString(RANDOM.nextInt(36 * 36 * 36), 36));
    }

    /** Whether that id is of a node of the same name. */
    boolean isNamesake(String id) {
        return id.startsWith(name + ".");
    }

    @Override
    public String toString() {
        return name + "." + began;
    }
}
