package io.chatty.maintenance.presence;

/** What can be seen of a user. */
public enum PresenceStatus {

    /** Connected, and a person did something lately. */
    ONLINE,

    /** Connected, but nobody did anything for a while; or so by choice. */
    AWAY,

    /** Connected, and by choice not to be disturbed. */
    DO_NOT_DISTURB,

    /** Only to choose, and only in what the user sees of themselves: others see {@link #OFFLINE}. */
    INVISIBLE,

    /** Not connected, or not to be seen. */
    OFFLINE,

    /** It cannot be told: presence is switched off, the tracker takes no more sessions, or the viewer may not see the user. */
    UNKNOWN;

    /** Whether the user is connected and to be seen: {@link #ONLINE}, {@link #AWAY} or {@link #DO_NOT_DISTURB}. */
    public boolean isOnline() {
        return this == ONLINE || this == AWAY || this == DO_NOT_DISTURB;
    }
}
