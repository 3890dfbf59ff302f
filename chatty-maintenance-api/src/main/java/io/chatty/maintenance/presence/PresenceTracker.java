package io.chatty.maintenance.presence;

import io.chatty.maintenance.task.MaintenanceTask;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * Who is online. The host connects a session for each connection that it has, lets it {@linkplain PresenceSession#heartbeat()
 * beat}, and ends it; the tracker folds the sessions of a user, and what the user chose, into one {@link Presence}, and tells
 * others as it changes.
 *
 * <p>Users, devices and rooms are texts of 1 to {@value #MAX_NAME} characters, told apart exactly. Others are refused with an
 * {@link IllegalArgumentException}.
 *
 * <p>Thread-safe. After {@link #close()} every question is answered with {@link PresenceStatus#UNKNOWN}.
 */
public interface PresenceTracker extends PresenceView, AutoCloseable {

    /** How long the name of a user, a device or a room may be, in characters. */
    int MAX_NAME = 200;

    /**
     * Begins a session of a device. A session that the device had is displaced by it, without others seeing anything of that: if it
     * was away, so is the new one until it is {@linkplain PresenceSession#active() active}. Other sessions begin as active ones.
     *
     * @throws PresenceLimitException if the user, or the tracker, has as many sessions as it may
     * @throws IllegalStateException if the tracker is closed
     */
    PresenceSession connect(String user, String device);

    /** Presence as all may see it together: what the tracker's own questions and publishers go by. */
    PresenceView seenByAll();

    /** Presence as a user may see it. */
    PresenceView seenBy(String viewer);

    @Override
    default Presence presenceOf(String user) {
        return seenByAll().presenceOf(user);
    }

    @Override
    default Map<String, Presence> presenceOf(Collection<String> users) {
        return seenByAll().presenceOf(users);
    }

    @Override
    default List<Presence> onlineAmong(Collection<String> users) {
        return seenByAll().onlineAmong(users);
    }

    @Override
    default List<Presence> onlineIn(String room) {
        return seenByAll().onlineIn(room);
    }

    @Override
    default Flow.Publisher<PresenceEvent> all() {
        return seenByAll().all();
    }

    @Override
    default Flow.Publisher<PresenceEvent> users(Collection<String> users) {
        return seenByAll().users(users);
    }

    @Override
    default Flow.Publisher<PresenceEvent> room(String room) {
        return seenByAll().room(room);
    }

    @Override
    default Flow.Publisher<PresenceEvent> contacts(String user) {
        return seenByAll().contacts(user);
    }

    /** What a user sees of themselves: {@link PresenceStatus#INVISIBLE} where that was chosen. */
    Presence own(String user);

    /**
     * Sets a user's status by hand, in place of what was set before. It outlives reconnects, but not a tracker that keeps all in
     * memory. If it comes more often than the tracker's limit, it shows later, the last one given last: none that stays is lost.
     */
    void choose(String user, ChosenStatus status);

    /** Leaves the status to the sessions again, and takes the text away. Under the same limit as {@link #choose}. */
    void chooseNothing(String user);

    /** What a user chose last, unless it has ended. */
    Optional<ChosenStatus> chosen(String user);

    /**
     * When users were last seen, cut to the tracker's grain: now for those who are online; of the others from memory or the
     * {@link LastSeenStore}. Unlike all else it may ask the database. It is for the host, and goes by no {@link PresenceVisibility}.
     *
     * @param users at most {@value #MAX_USERS}
     * @return without those never seen
     */
    Map<String, Instant> lastSeen(Collection<String> users) throws Exception;

    /**
     * Calls a listener with each change that others can see, in order for each user, for the simple case: the changes of a
     * window come one by one, the last of each user only. A listener that throws is told of in the log, one that is slow gets the
     * latest state of each user.
     *
     * @return ends it: nothing more is told, but a call that is under way ends by itself
     */
    AutoCloseable onChange(Consumer<? super Presence> listener);

    /**
     * The members of a room are others now, or others may see them: subscriptions to the room get a new snapshot. What the
     * {@link PresenceDirectory} throws is thrown on, and subscriptions stay as they are then.
     */
    void roomChanged(String room);

    /** As {@link #roomChanged}, of the contacts of a user. */
    void contactsChanged(String user);

    /**
     * Switches presence off or on. While it is off sessions are still kept, all is {@link PresenceStatus#UNKNOWN}, and subscribers
     * are told so once.
     */
    void setEnabled(boolean enabled);

    /** Whether presence is switched on. */
    boolean isEnabled();

    /**
     * How many there are.
     *
     * @param sessions sessions on this node that count
     * @param users users with such a session
     */
    record Figures(long sessions, long users) {}

    /** How many sessions and users this node has. */
    Figures figures();

    /**
     * What a host's engine does for presence, if the host has one: {@code last-seen-<node>} where there is a {@link LastSeenStore},
     * to be run every minute or so by an engine of that very process. Of a tracker of several nodes, more. Without an engine, what is to be written is written at
     * {@link #close()}, and those whom a crash left online are put right then.
     */
    List<MaintenanceTask> tasks();

    /** What is wrong, each with what to do: for the host's health check. Empty if nothing is. Quick, and asks no store. */
    List<String> problems();

    /**
     * Ends all sessions, writes when users were last seen, and completes all subscriptions. Takes 10 s at most; never throws; does nothing at
     * a second call. An interrupt is given back; one that comes while it waits lets it wait no longer.
     */
    @Override
    void close();
}
