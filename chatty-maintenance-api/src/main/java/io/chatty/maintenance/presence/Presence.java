package io.chatty.maintenance.presence;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What is seen of a user at a moment.
 *
 * @param user who
 * @param status what the user's sessions and choice come to
 * @param devices how many devices are connected; 0 unless {@linkplain PresenceStatus#isOnline online}
 * @param since since when the user is online, or offline, the latter cut as {@code lastSeen} is; empty where that is not known, or the
 *     viewer may not see it
 * @param lastSeen when there was a sign of life, cut to the tracker's grain; empty where that is not known, or the viewer may not
 *     see it
 * @param text what the user wrote; empty unless online
 * @param version grows with each change of the user that others can see; of two states of a user, the one of the higher version
 *     is the newer, over restarts and nodes too. 0 where nothing is known
 * @param asOf when this was known to be so: now, or when a tracker of several nodes last heard from the others
 */
public record Presence(
        String user,
        PresenceStatus status,
        int devices,
        Optional<Instant> since,
        Optional<Instant> lastSeen,
        Optional<String> text,
        long version,
        Instant asOf) {

    public Presence {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(lastSeen, "lastSeen");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(asOf, "asOf");
    }

    /** Of a user of whom nothing can be told. */
    public static Presence unknown(String user, Instant asOf) {
        return new Presence(
                user, PresenceStatus.UNKNOWN, 0, Optional.empty(), Optional.empty(), Optional.empty(), 0, asOf);
    }

    /** Whether the user is connected and to be seen. */
    public boolean isOnline() {
        return status.isOnline();
    }

    /** The same without when the user was last seen, which since when the user is offline would tell too. */
    public Presence withoutLastSeen() {
        Optional<Instant> kept = isOnline() ? since : Optional.empty();
        return lastSeen.isEmpty() && kept.equals(since)
                ? this
                : new Presence(user, status, devices, kept, Optional.empty(), text, version, asOf);
    }

    /** Whether others see the same: status, devices and text. */
    public boolean looksLike(Presence other) {
        return user.equals(other.user) && status == other.status && devices == other.devices && text.equals(other.text);
    }
}
