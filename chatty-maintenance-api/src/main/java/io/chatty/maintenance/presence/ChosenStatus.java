package io.chatty.maintenance.presence;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A status that a user set by hand. It wins over what the sessions say, but for this: a user without a session is offline.
 *
 * @param status {@link PresenceStatus#ONLINE} (even if nobody does anything), {@link PresenceStatus#AWAY},
 *     {@link PresenceStatus#DO_NOT_DISTURB} or {@link PresenceStatus#INVISIBLE}; empty if the sessions say it, and only the text is
 *     set
 * @param text what others read beside it, at most {@value #MAX_TEXT} characters
 * @param until when it ends by itself; empty for never
 */
public record ChosenStatus(Optional<PresenceStatus> status, Optional<String> text, Optional<Instant> until) {

    /** How long a text may be, in characters. */
    public static final int MAX_TEXT = 200;

    public ChosenStatus {
        Objects.requireNonNull(until, "until");
        status.ifPresent(given -> {
            if (given == PresenceStatus.OFFLINE || given == PresenceStatus.UNKNOWN) {
                throw new IllegalArgumentException(
                        "status: " + given
                                + " given; ONLINE, AWAY, DO_NOT_DISTURB and INVISIBLE are allowed (to be seen as offline, choose INVISIBLE)");
            }
        });
        text.ifPresent(given -> {
            if (given.length() > MAX_TEXT) {
                throw new IllegalArgumentException(
                        "text: " + given.length() + " characters given, at most " + MAX_TEXT + " allowed");
            }
        });
    }

    /** That status until it is chosen otherwise. */
    public static ChosenStatus of(PresenceStatus status) {
        return new ChosenStatus(Optional.of(status), Optional.empty(), Optional.empty());
    }

    /** The status that the sessions say, with a text. */
    public static ChosenStatus text(String text) {
        return new ChosenStatus(Optional.empty(), Optional.of(text), Optional.empty());
    }

    /** The same with a text. */
    public ChosenStatus withText(String newText) {
        return new ChosenStatus(status, Optional.of(newText), until);
    }

    /** The same until then. */
    public ChosenStatus until(Instant end) {
        return new ChosenStatus(status, text, Optional.of(end));
    }
}
