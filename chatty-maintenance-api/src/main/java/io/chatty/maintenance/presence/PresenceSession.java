package io.chatty.maintenance.presence;

/**
 * One connection of a device, from {@link PresenceTracker#connect} until it is closed, displaced, or has timed out. Hosts keep it
 * beside their connection and call it without looking anything up.
 *
 * <p>A session is known by user, device and incarnation. When the device connects again, the newer session displaces the older
 * one, whose calls then do nothing: a late {@link #close()} of an old connection never takes a new one down.
 *
 * <p>A class and no interface, since a heartbeat costs so little that the check of an interface's type before each call would be
 * a fifth of it.
 *
 * <p>Thread-safe. No method throws or waits for anything but, at a change of state, a lock that is held for microseconds.
 */
public abstract class PresenceSession implements AutoCloseable {

    /** For implementations. */
    protected PresenceSession() {}

    /** Whose it is. */
    public abstract String user();

    /** The device, or whatever else the host tells a user's connections apart by: the tab of a browser, say. */
    public abstract String device();

    /** Higher than that of each earlier session of the device. */
    public abstract long incarnation();

    /**
     * The connection is alive: call it at whatever comes from the other end, a pong too. Costs a memory write. It says nothing of
     * a person: see {@link #active()}.
     *
     * <p>A session that was {@linkplain #lost() lost} or has timed out comes back by it.
     *
     * @return false if the session is closed or displaced, or had timed out and there are as many as there may be by now: nothing brings it
     *     back, connect anew
     */
    public abstract boolean heartbeat();

    /** A person did something: typed, clicked, read. A {@link #heartbeat()} that ends being away, too. */
    public abstract boolean active();

    /** A clean end: the person logged out or closed the window. It shows at once. Does nothing at a second call. */
    @Override
    public abstract void close();

    /**
     * An unclean end: the connection broke. The user stays online for the tracker's grace, in which the device may come back,
     * by {@link PresenceTracker#connect} or {@link #heartbeat()}, without anyone having seen it go.
     */
    public abstract void lost();

    /** Whether it counts: neither closed, displaced nor timed out. One that is lost counts during the grace. */
    public abstract boolean isOpen();
}
