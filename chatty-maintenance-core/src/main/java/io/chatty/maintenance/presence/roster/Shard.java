package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.LastSeenStore.Seen;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceLimitException;
import io.chatty.maintenance.presence.PresenceSettings;
import io.chatty.maintenance.presence.PresenceStatus;
import io.chatty.maintenance.presence.tracker.Grain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Some of the users, under one lock, its monitor, which is held for microseconds. */
final class Shard {

    /** Of so many users that went is it known when that was. */
    private static final int MOST_GONE = 2_000;

    /** So many users wait for when they were seen to be written; if they are not written for long, the eldest are dropped. */
    private static final int MOST_UNWRITTEN = 20_000;

    /**
     * So many sessions that timed out are ended when their device connects anew. An older one could still come back by a
     * heartbeat, until it times out again.
     */
    private static final int MOST_TIMED_OUT = 500;

    final CoarseClock clock;
    final Wheel wheel = new Wheel();
    final int timeoutTicks;
    final int awayTicks;
    final int choiceTicks;
    final int choiceBurst;

    private final int index;
    private final PresenceSettings settings;
    private final RosterListener listener;
    private final AtomicInteger sessionsOfAll;
    private final int graceTicks;
    private final Grain grain;
    private final int quietEnd;
    private final Map<String, UserEntry> users = new HashMap<>();
    private final Map<String, Gone> gone = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Gone> eldest) {
            return size() > MOST_GONE;
        }
    };
    private final Map<String, Seen> unwritten = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
            return size() > MOST_UNWRITTEN;
        }
    };
    private final Map<Connection, RosterSession> timedOut = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Connection, RosterSession> eldest) {
            return size() > MOST_TIMED_OUT;
        }
    };
    private final Set<String> hiding = new HashSet<>(); // by a choice that is known from another node
    private boolean veiled; // it is not known who hides
    private int withSession;
    private long version; // of what is seen of its users: no session that is not seen moves it
    private long incarnation; // of the session that came last
    private boolean quiet = true; // until quietEnd
    private boolean refusing; // until refusedUntil there may be users online that it knows nothing of
    private int refusedUntil;
    private boolean closed;

    /**
     * Whose connection a session is. What a record has by itself is linked at its first use, which takes tens of milliseconds: under the
     * lock, it would stop others.
     */
    private record Connection(String user, String device) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Connection that && user.equals(that.user) && device.equals(that.device);
        }

        @Override
        public int hashCode() {
            return 31 * user.hashCode() + device.hashCode();
        }

        static Connection of(RosterSession session) {
            return new Connection(session.user(), session.device());
        }
    }

    /** When a user went from what others see, and was last seen. */
    private record Gone(long at, long seen) {}

    Shard(
            int index,
            PresenceSettings settings,
            CoarseClock clock,
            RosterListener listener,
            AtomicInteger sessionsOfAll) {
        this.index = index;
        this.settings = settings;
        this.clock = clock;
        this.listener = listener;
        this.sessionsOfAll = sessionsOfAll;
        this.timeoutTicks = clock.ticks(settings.sessionTimeout());
        this.awayTicks = clock.ticks(settings.awayAfter());
        this.graceTicks = clock.ticks(settings.reconnectGrace());
        this.quietEnd = CoarseClock.FIRST + clock.ticks(settings.quietTime());
        this.choiceTicks = clock.ticks(settings.choiceEvery());
        this.choiceBurst = settings.choiceBurst();
        this.grain = Grain.of(settings.lastSeenGrain());
        // In microseconds, so that it goes on growing after a restart: a shard has fewer than a million changes a
        // second.
        this.version = clock.millis() * 1000;
    }

    synchronized RosterSession connect(String user, String device) {
        if (closed) {
            throw new IllegalStateException("the tracker is closed; build a new one");
        }
        UserEntry known = users.get(user);
        RosterSession before = known == null ? null : known.of(device);
        if (before == null) {
            claimRoom(user, known);
            RosterSession old = timedOut.isEmpty() ? null : timedOut.remove(new Connection(user, device));
            if (old != null) {
                old.end();
            }
        }
        UserEntry entry = known == null ? new UserEntry(user, this, version) : known;
        // Not behind the clock, so that incarnations of several nodes can be told apart by their age.
        incarnation = Math.max(incarnation + 1, clock.millis() * 1000);
        RosterSession session = RosterSession.of(entry, device, incarnation);
        if (before != null) {
            session.follow(before);
            before.end();
            remove(before);
        }
        put(session);
        return session;
    }

    /** @throws PresenceLimitException if there is no room for one more session of the user */
    private void claimRoom(String user, @Nullable UserEntry known) {
        if (known != null && known.count() >= settings.maxSessionsOfUser()) {
            throw new PresenceLimitException("user " + user + " has " + settings.maxSessionsOfUser()
                    + " sessions, as many as PresenceSettings.maxSessionsOfUser allows: close one of them, or give each connection"
                    + " of a device the same device name");
        }
        if (sessionsOfAll.incrementAndGet() > settings.maxSessions()) {
            sessionsOfAll.decrementAndGet();
            refusedUntil = clock.now() + timeoutTicks;
            refusing = true;
            throw new PresenceLimitException("there are " + settings.maxSessions()
                    + " sessions, as many as PresenceSettings.maxSessions allows: set it higher, or add a node");
        }
    }

    private void put(RosterSession session) {
        UserEntry entry = session.entry;
        if (entry.sessions == null) {
            withSession++;
            users.put(entry.user, entry);
        }
        entry.add(session);
        if (session.nextInWheel() == null) {
            int now = clock.now();
            wheel.add(session, now + session.nextLook(this, now));
        }
        changed(entry);
    }

    /** A sign of life of a session that is in question, lost or has timed out. @return whether it is alive */
    synchronized boolean revive(RosterSession session, boolean isActive) {
        if (closed || session.isEnded()) {
            return false;
        }
        if (session.goesOn(isActive)) {
            return true; // it was judged meanwhile, by that very sign
        }
        int now = clock.now(); // once: it may go on meanwhile
        session.beaten(now, isActive);
        if (!session.isTimedOut()) {
            if (session.goOn(now)) {
                changed(session.entry);
            }
            return true;
        }
        UserEntry known = users.get(session.user());
        if (known != null && known.of(session.device()) != null) {
            session.end(); // the device has a new one
            return false;
        }
        try {
            claimRoom(session.user(), known);
        } catch (PresenceLimitException e) {
            session.end();
            return false;
        }
        if (known != null) {
            session.entry = known; // the one that it had may have been forgotten meanwhile
        }
        timedOut.remove(Connection.of(session), session);
        session.goOn(now);
        put(session);
        return true;
    }

    synchronized void end(RosterSession session) {
        if (closed || session.isEnded()) {
            return;
        }
        boolean counted = !session.isTimedOut();
        session.end();
        if (counted) {
            gone(session);
        } else {
            timedOut.remove(Connection.of(session), session);
        }
    }

    synchronized void lost(RosterSession session) {
        int now = clock.now();
        // The tick that is under way does not count: it may be almost over.
        session.lose(now + Math.max(graceTicks + 1, quietLeft(now)));
    }

    /** For how many ticks nobody goes for silence or a lost connection; 0 if that time is over. Called under the lock. */
    int quietLeft(int now) {
        return quiet ? Math.max(0, quietEnd - now) : 0;
    }

    /** A session counts no more, unless a heartbeat brings it back. Called under the lock. */
    void timedOut(RosterSession session) {
        timedOut.put(Connection.of(session), session);
        gone(session);
    }

    private void gone(RosterSession session) {
        remove(session);
        sessionsOfAll.decrementAndGet();
        changed(session.entry);
    }

    private void remove(RosterSession session) {
        UserEntry entry = session.entry;
        entry.remove(session);
        if (entry.sessions == null) {
            withSession--;
        }
    }

    void changed(RosterSession session) {
        changed(session.entry);
    }

    /** Folds what a user's sessions and choice come to, and tells of it. Called under the lock. */
    void changed(UserEntry entry) {
        fold(entry);
        listener.touched(index, entry.user);
        forgetIfIdle(entry);
    }

    /** Tells of it if others see that. */
    private void fold(UserEntry entry) {
        PresenceStatus own = entry.own();
        PresenceStatus status = own.isOnline() ? own : PresenceStatus.OFFLINE;
        int devices = own.isOnline() ? entry.count() : 0;
        String text = own.isOnline() && entry.choice != null ? entry.choice.text() : null;
        if (status != entry.status || devices != entry.devices || !Objects.equals(text, entry.text)) {
            boolean wanted = listener.isWanted();
            Presence before = wanted ? known(entry) : null;
            long now = clock.millis();
            long seen = clock.millisAt(entry.lastBeat());
            if (!entry.status.isOnline() && status.isOnline()) {
                entry.since = now;
                gone.remove(entry.user);
            } else if (entry.status.isOnline() && !status.isOnline()) {
                gone.remove(entry.user);
                gone.put(entry.user, new Gone(now, seen));
            }
            if (listener.isSeenKept() && entry.status.isOnline() != status.isOnline()) {
                unwritten.put(entry.user, new Seen(entry.user, cut(seen), status.isOnline()));
            }
            entry.status = status;
            entry.devices = devices;
            entry.text = text;
            entry.version = ++version;
            if (before != null) {
                listener.shown(index, before, known(entry));
            }
        }
    }

    synchronized void veil(boolean is) {
        veiled = is;
        users.values().forEach(this::fold);
    }

    synchronized void hide(String user, boolean isHiding, boolean isLatest) {
        if (isHiding) {
            hiding.add(user);
        } else {
            hiding.remove(user);
        }
        UserEntry entry = users.get(user);
        if (entry != null) {
            if (!isHiding && isLatest && entry.choice != null) {
                entry.choice.hideNoLonger();
            }
            fold(entry);
            forgetIfIdle(entry);
        }
    }

    /** Whether a user hides, or may hide, by a choice that was made on another node. Called under the lock. */
    boolean isHiding(String user) {
        return veiled || (!hiding.isEmpty() && hiding.contains(user));
    }

    /** What a user chose takes effect. Called under the lock. */
    void chose(UserEntry entry, @Nullable ChosenStatus now) {
        listener.chose(index, entry.user, now);
    }

    private void forgetIfIdle(UserEntry entry) {
        if (entry.choice != null && entry.choice.isIdle(clock.now())) {
            entry.choice = null;
        }
        if (entry.sessions == null && entry.choice == null) {
            users.remove(entry.user, entry); // it may have been forgotten before, and the user have another
        }
    }

    /** What others see. */
    synchronized Presence read(String user) {
        UserEntry entry = users.get(user);
        return entry != null && entry.status.isOnline() ? known(entry) : readOffline(user);
    }

    /** What others see of a user as far as it is known here: one whom it had online is offline when it is not any more. */
    private Presence known(UserEntry entry) {
        if (!entry.status.isOnline()) {
            return offline(entry.user, entry.version);
        }
        return new Presence(
                entry.user,
                entry.status,
                entry.devices,
                Optional.of(Instant.ofEpochMilli(entry.since)),
                Optional.of(cut(clock.millisAt(entry.lastBeat()))),
                Optional.ofNullable(entry.text),
                entry.version,
                Instant.ofEpochMilli(clock.millis()));
    }

    /**
     * Of a user that is not online, whether one is there who hides or not: the version is the shard's, which is not older than any change
     * of the user, and would tell of who hides if it stood still for them alone.
     */
    private Presence readOffline(String user) {
        if (closed || isOverLimit()) {
            return Presence.unknown(user, Instant.ofEpochMilli(clock.millis()));
        }
        return offline(user, version);
    }

    private Presence offline(String user, long asOfVersion) {
        Optional<Gone> went = Optional.ofNullable(gone.get(user));
        return new Presence(
                user,
                PresenceStatus.OFFLINE,
                0,
                went.map(known -> cut(known.at)),
                went.map(known -> cut(known.seen)),
                Optional.empty(),
                asOfVersion,
                Instant.ofEpochMilli(clock.millis()));
    }

    /** What the user sees of themselves. */
    synchronized Presence own(String user) {
        UserEntry entry = users.get(user);
        if (entry == null || entry.own() != PresenceStatus.INVISIBLE) {
            return read(user);
        }
        return new Presence(
                user,
                PresenceStatus.INVISIBLE,
                entry.count(),
                Optional.empty(),
                Optional.of(cut(clock.millisAt(entry.lastBeat()))),
                Optional.ofNullable(entry.choice).map(Choice::text),
                version,
                Instant.ofEpochMilli(clock.millis()));
    }

    synchronized void choose(String user, Optional<ChosenStatus> chosen) {
        if (closed) {
            return;
        }
        UserEntry entry = users.get(user);
        if (entry == null) {
            if (chosen.isEmpty()) {
                listener.chose(index, user, null); // what they chose on another node
                return;
            }
            entry = new UserEntry(user, this, version);
            users.put(user, entry);
        }
        Choice choice = entry.choice;
        if (choice == null) {
            choice = new Choice(entry, clock.now());
            entry.choice = choice;
        }
        choice.choose(chosen, clock.now());
        changed(entry);
    }

    synchronized UserSessions sessionsOf(String user) {
        UserEntry entry = users.get(user);
        if (entry == null || entry.sessions == null) {
            Gone went = gone.get(user);
            return new UserSessions(List.of(), went == null ? clock.millis() : went.seen);
        }
        List<UserSessions.Held> held = new ArrayList<>();
        for (RosterSession session = entry.sessions; session != null; session = session.nextOfUser) {
            held.add(new UserSessions.Held(session.device(), session.incarnation(), session.isIdle()));
        }
        return new UserSessions(held, clock.millisAt(entry.lastBeat()));
    }

    synchronized List<String> usersWithSession() {
        List<String> names = new ArrayList<>(withSession);
        for (UserEntry entry : users.values()) {
            if (entry.sessions != null) {
                names.add(entry.user);
            }
        }
        return names;
    }

    synchronized boolean isChoiceWaiting(String user) {
        UserEntry entry = users.get(user);
        return entry != null && entry.choice != null && entry.choice.isWaiting();
    }

    synchronized void displace(String user, String device, long incarnation) {
        UserEntry entry = users.get(user);
        RosterSession session = entry == null ? null : entry.of(device);
        if (session != null && session.incarnation() == incarnation) {
            end(session);
        }
    }

    synchronized Optional<ChosenStatus> chosen(String user) {
        UserEntry entry = users.get(user);
        return entry == null || entry.choice == null ? Optional.empty() : entry.choice.last();
    }

    /**
     * Gives what is seen of the users that are online.
     *
     * @param only of these; null for all
     * @return the version up to which changes are in it
     */
    synchronized long snapshot(@Nullable Collection<String> only, Consumer<Presence> consumer) {
        if (only == null) {
            for (UserEntry entry : users.values()) {
                give(entry, consumer);
            }
        } else {
            for (String user : only) {
                give(users.get(user), consumer);
            }
        }
        return version;
    }

    private void give(@Nullable UserEntry entry, Consumer<Presence> consumer) {
        if (entry != null && entry.status.isOnline()) {
            consumer.accept(known(entry));
        }
    }

    /** Lets what is due look. @return whether some are left */
    synchronized boolean sweep(int now, int most) {
        if (closed) { // meanwhile: what still waits in the wheel is of nobody who is here
            return false;
        }
        quiet = quietLeft(now) > 0;
        refusing = isOverLimit();
        return wheel.sweep(this, now, most);
    }

    /** Lets all choices that end look whether they do now. */
    synchronized void lookAtChoices(int now) {
        List<Choice> ending = new ArrayList<>();
        for (UserEntry entry : users.values()) {
            if (entry.choice != null && entry.choice.isToEnd()) {
                ending.add(entry.choice);
            }
        }
        ending.forEach(choice -> choice.look(now));
    }

    synchronized boolean isOverLimit() {
        return refusing && CoarseClock.isBefore(clock.now(), refusedUntil);
    }

    synchronized int withSession() {
        return withSession;
    }

    /** Takes users that changed, or are noted, out for writing. */
    synchronized void takeUnwritten(int most, Collection<Seen> into) {
        var each = unwritten.values().iterator();
        for (int i = 0; i < most && each.hasNext(); i++) {
            into.add(each.next());
            each.remove();
        }
    }

    /** Gives back what could not be written, but for users of whom there is news. */
    synchronized void giveBack(Seen seen) {
        unwritten.putIfAbsent(seen.user(), seen);
    }

    /** Notes users that are online for writing: those whose name falls into a slot from one to before another. */
    synchronized void note(int from, int to, int slots) {
        for (UserEntry entry : users.values()) {
            int slot = Math.floorMod((entry.user.hashCode() * 0x9E3779B9) >>> 8, slots);
            if (slot >= from && slot < to && entry.status.isOnline()) {
                unwritten.put(entry.user, new Seen(entry.user, cut(clock.millisAt(entry.lastBeat())), true));
            }
        }
    }

    /** Ends all sessions, without telling anyone. What is to be written says so. */
    synchronized void close() {
        closed = true;
        for (UserEntry entry : users.values()) {
            if (listener.isSeenKept() && entry.status.isOnline()) {
                unwritten.put(entry.user, new Seen(entry.user, cut(clock.millisAt(entry.lastBeat())), false));
            }
            for (RosterSession session = entry.sessions; session != null; session = session.nextOfUser) {
                session.end();
                sessionsOfAll.decrementAndGet();
            }
        }
        users.clear();
        timedOut.clear();
        withSession = 0;
    }

    private Instant cut(long millis) {
        return grain.cut(Instant.ofEpochMilli(millis));
    }
}
