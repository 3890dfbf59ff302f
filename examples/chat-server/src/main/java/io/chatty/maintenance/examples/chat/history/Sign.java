package io.chatty.maintenance.examples.chat.history;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A line of a log that shows that somebody is there.
 *
 * @param at when, to the minute
 * @param kind what it is
 * @param nick who, without spaces
 * @param formerly what the nick was until then, without spaces; null unless it has changed
 */
public record Sign(
        Instant at, Kind kind, String nick, @Nullable String formerly) {

    /** What shows it. */
    public enum Kind {
        /** A join. */
        JOIN,
        /** A message or an action. */
        MESSAGE,
        /** A nick change. */
        CHANGE
    }
}
