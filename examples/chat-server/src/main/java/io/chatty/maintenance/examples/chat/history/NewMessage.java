package io.chatty.maintenance.examples.chat.history;

import java.time.Instant;
import java.util.List;

/**
 * A message with what belongs to it.
 *
 * @param room the id of its room
 * @param sender the id of the user who sent it
 * @param sentAt when
 * @param text what it says
 * @param pinned whether it is pinned
 * @param mentions the ids of the users it mentions, each once
 * @param reactions what others made of it
 */
record NewMessage(
        String room,
        long sender,
        Instant sentAt,
        String text,
        boolean pinned,
        List<Long> mentions,
        List<Reaction> reactions) {

    /**
     * A reaction.
     *
     * @param user the id of the user
     * @param emoji the sign
     */
    record Reaction(long user, String emoji) {}
}
