package io.chatty.maintenance.presence.redis;

import org.jspecify.annotations.Nullable;

/**
 * A change of a user's state, as it is published: {@code previous|sequence|at|seen|user|state}.
 *
 * @param previous the sequence of the bucket before; a node that has another one has missed something
 * @param sequence the sequence since
 * @param at when it was, by the clock of Redis, in microseconds
 * @param seen when the user was seen, in microseconds
 * @param user who
 * @param state null if nothing is to be known of the user any more
 */
record Change(
        long previous,
        long sequence,
        long at,
        long seen,
        String user,
        @Nullable UserState state) {

    static Change parse(String text) {
        String[] parts = text.split("\\|", 6);
        return new Change(
                Long.parseLong(parts[0]),
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                Long.parseLong(parts[3]),
                Escaped.undo(parts[4]),
                UserState.parse(parts[5]));
    }
}
