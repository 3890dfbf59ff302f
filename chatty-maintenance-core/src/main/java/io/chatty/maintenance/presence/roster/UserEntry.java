package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.PresenceStatus;
import org.jspecify.annotations.Nullable;

/** A user with a session, or with a choice. Guarded by its shard. */
final class UserEntry {

    final String user;
    final Shard shard;

    @Nullable RosterSession sessions; // the head of a list

    @Nullable Choice choice;

    // What others see now.
    PresenceStatus status = PresenceStatus.OFFLINE;
    int devices;

    @Nullable String text;

    long since; // milliseconds since 1970; while it is online
    long version;

    private int beat; // the tick of the last sign of life of those that went, since there was none

    /** @param version not below any that was seen of the user */
    UserEntry(String user, Shard shard, long version) {
        this.user = user;
        this.shard = shard;
        this.version = version;
    }

    @Nullable RosterSession of(String device) {
        RosterSession session = sessions;
        while (session != null && !session.device().equals(device)) {
            session = session.nextOfUser;
        }
        return session;
    }

    int count() {
        int count = 0;
        for (RosterSession session = sessions; session != null; session = session.nextOfUser) {
            count++;
        }
        return count;
    }

    void add(RosterSession session) {
        if (sessions == null) {
            beat = session.lastBeat(); // that of those before is older
        }
        session.nextOfUser = sessions;
        sessions = session;
    }

    void remove(RosterSession gone) {
        beat = CoarseClock.later(beat, gone.lastBeat());
        if (sessions == gone) {
            sessions = gone.nextOfUser;
        } else {
            RosterSession before = sessions;
            while (before != null && before.nextOfUser != gone) {
                before = before.nextOfUser;
            }
            if (before != null) {
                before.nextOfUser = gone.nextOfUser;
            }
        }
        gone.nextOfUser = null;
    }

    /** What the user sees of themselves. */
    PresenceStatus own() {
        if (sessions == null) {
            return PresenceStatus.OFFLINE;
        }
        if (shard.isHiding(user)) {
            return PresenceStatus.INVISIBLE;
        }
        PresenceStatus chosen = choice == null ? null : choice.status();
        if (chosen != null) {
            return chosen;
        }
        for (RosterSession session = sessions; session != null; session = session.nextOfUser) {
            if (!session.isIdle()) {
                return PresenceStatus.ONLINE;
            }
        }
        return PresenceStatus.AWAY;
    }

    /** The tick of the last sign of life; there is, or was, a session. */
    int lastBeat() {
        int last = beat;
        for (RosterSession session = sessions; session != null; session = session.nextOfUser) {
            last = CoarseClock.later(last, session.lastBeat());
        }
        return last;
    }
}
