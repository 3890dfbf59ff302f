package io.chatty.maintenance.testkit.presence;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a tracker may say, from its description alone. What is due comes about not before its time and at most three ticks later: in
 * between both are right.
 */
final class PresenceModel {

    /** What may be: for some time it cannot be told. */
    enum Is {
        YES,
        NO,
        MAYBE;

        boolean canBe(boolean value) {
            return this == MAYBE || (this == YES) == value;
        }
    }

    /** A user's session, as it is called by the test. */
    static final class Session {

        final String user;
        final String device;
        private boolean over; // closed or displaced: nothing brings it back
        private boolean lost;
        private Instant surelyActive; // a person did something then or later
        private Instant maybeActive; // but not later than that
        private Instant surelyUntil;
        private Instant maybeUntil;

        private Session(String user, String device, Instant now) {
            this.user = user;
            this.device = device;
            this.surelyActive = now;
            this.maybeActive = now;
            this.surelyUntil = now;
            this.maybeUntil = now;
        }
    }

    private final Duration timeout;
    private final Duration away;
    private final Duration grace;
    private final Instant quietEnd;
    private final Duration late;
    private final int mostSessions;
    private final Duration choiceEvery;

    private final Map<String, List<Session>> sessions = new HashMap<>();
    private final Map<String, List<Choice>> choices = new HashMap<>();

    /** What a user chose, null for nothing, and when. */
    private record Choice(@Nullable ChosenStatus chosen, Instant at) {}

    PresenceModel(
            Duration timeout,
            Duration away,
            Duration grace,
            Instant quietEnd,
            Duration tick,
            int mostSessions,
            Duration choiceEvery) {
        this.timeout = timeout;
        this.away = away;
        this.grace = grace;
        this.quietEnd = quietEnd;
        this.late = tick.multipliedBy(3);
        this.mostSessions = mostSessions;
        this.choiceEvery = choiceEvery;
    }

    private List<Session> sessionsOf(String user) {
        return sessions.computeIfAbsent(user, none -> new ArrayList<>());
    }

    /** Whether a session counts. */
    Is isOpen(Session session, Instant now) {
        if (session.over) {
            return Is.NO;
        }
        return !now.isAfter(session.surelyUntil) ? Is.YES : now.isAfter(session.maybeUntil) ? Is.NO : Is.MAYBE;
    }

    private Is isIdle(Session session, Instant now) {
        boolean surelyNot = !now.isAfter(session.surelyActive.plus(away));
        return surelyNot ? Is.NO : now.isAfter(session.maybeActive.plus(away).plus(late)) ? Is.YES : Is.MAYBE;
    }

    /** Whether a session of a device that has none may begin. */
    Is hasRoom(String user, String device, Instant now) {
        long surely = 0;
        long maybe = 0;
        for (Session session : sessionsOf(user)) {
            Is open = isOpen(session, now);
            if (session.device.equals(device) && open != Is.NO) {
                return open == Is.YES ? Is.YES : Is.MAYBE;
            }
            surely += open == Is.YES ? 1 : 0;
            maybe += open == Is.MAYBE ? 1 : 0;
        }
        return surely >= mostSessions ? Is.NO : surely + maybe >= mostSessions ? Is.MAYBE : Is.YES;
    }

    Session connected(String user, String device, Instant now) {
        Session session = new Session(user, device, now);
        for (Session before : sessionsOf(user)) {
            Is open = before.device.equals(device) ? isOpen(before, now) : Is.NO;
            Is idle = isIdle(before, now);
            if (open != Is.NO && idle != Is.NO) { // it is displaced, and a person did nothing by that
                session.surelyActive = before.surelyActive;
                session.maybeActive = open == Is.YES && idle == Is.YES ? before.maybeActive : now;
            }
            before.over |= before.device.equals(device);
        }
        sessionsOf(user).add(session);
        beaten(session, now);
        return session;
    }

    /** Whether a sign of life of a session is taken. */
    Is isTaken(Session session, Instant now) {
        if (session.over) {
            return Is.NO;
        }
        Is open = isOpen(session, now);
        if (open == Is.YES) {
            return Is.YES;
        }
        Is room = hasRoom(session.user, session.device, now);
        return open == Is.NO ? room : room == Is.YES ? Is.YES : Is.MAYBE;
    }

    void beaten(Session session, Instant now) {
        session.lost = false;
        count(session, now, timeout);
    }

    void active(Session session, Instant now) {
        session.surelyActive = now;
        session.maybeActive = now;
        beaten(session, now);
    }

    private void count(Session session, Instant now, Duration time) {
        Instant due = now.plus(time);
        session.surelyUntil = due.isBefore(quietEnd) ? quietEnd : due;
        session.maybeUntil = session.surelyUntil.plus(late);
    }

    void over(Session session) {
        session.over = true;
    }

    void lost(Session session, Instant now) {
        Is open = isOpen(session, now);
        if (session.lost || open == Is.NO) {
            return;
        }
        Instant before = session.maybeUntil;
        Instant surely = session.surelyUntil;
        count(session, now, grace);
        if (open == Is.MAYBE) {
            session.surelyUntil = surely;
            session.maybeUntil = before.isAfter(session.maybeUntil) ? before : session.maybeUntil;
        } else {
            session.lost = true;
        }
    }

    void chosen(String user, @Nullable ChosenStatus chosen, Instant now) {
        choices.computeIfAbsent(user, none -> new ArrayList<>(List.of(new Choice(null, Instant.MIN))))
                .add(new Choice(chosen, now));
    }

    /** What was chosen last, unless it has ended. */
    Optional<ChosenStatus> chosen(String user, Instant now) {
        List<Choice> all = choices.getOrDefault(user, List.of());
        return all.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(all.get(all.size() - 1).chosen())
                        .filter(chosen -> chosen.until().map(now::isBefore).orElse(true));
    }

    /** What may show of what was chosen: the last, and if that is too young, what went before. */
    private Set<Optional<ChosenStatus>> showing(String user, Instant now) {
        List<Choice> all = choices.getOrDefault(user, List.of(new Choice(null, Instant.MIN)));
        Set<Optional<ChosenStatus>> showing = new HashSet<>();
        for (int i = all.size() - 1; i >= 0; i--) {
            Choice choice = all.get(i);
            Optional<ChosenStatus> chosen = Optional.ofNullable(choice.chosen());
            Optional<Instant> until = chosen.flatMap(ChosenStatus::until);
            boolean mayHaveEnded = until.isPresent() && !now.isBefore(until.get());
            boolean hasEnded = mayHaveEnded && now.isAfter(until.get().plus(late));
            if (!hasEnded) {
                showing.add(chosen);
            }
            if (mayHaveEnded) {
                showing.add(Optional.empty());
            }
            boolean isSettled = choiceEvery.isZero()
                    || now.isAfter(choice.at().plus(choiceEvery).plus(late));
            if (choice.at().equals(Instant.MIN) || isSettled) {
                break;
            }
        }
        return showing;
    }

    /** Why what is seen cannot be; null if it can. */
    @Nullable String whyNot(Presence seen, Instant now) {
        int surely = 0;
        int maybe = 0;
        boolean canBeOnline = false;
        boolean canAllBeIdle = true;
        boolean canOneBeIdle = false;
        for (Session session : sessionsOf(seen.user())) {
            Is open = isOpen(session, now);
            if (open == Is.NO) {
                continue;
            }
            surely += open == Is.YES ? 1 : 0;
            maybe += open == Is.MAYBE ? 1 : 0;
            Is idle = isIdle(session, now);
            canBeOnline |= idle.canBe(false);
            canOneBeIdle |= idle.canBe(true);
            canAllBeIdle &= open == Is.MAYBE || idle.canBe(true);
        }
        Set<String> can = new HashSet<>();
        if (surely == 0) {
            can.add("OFFLINE");
        }
        if (surely + maybe > 0) {
            for (Optional<ChosenStatus> choice : showing(seen.user(), now)) {
                String text = choice.flatMap(ChosenStatus::text).orElse("");
                Optional<PresenceStatus> status = choice.flatMap(ChosenStatus::status);
                if (status.isPresent()) {
                    can.add(status.get() == PresenceStatus.INVISIBLE ? "OFFLINE" : status.get() + text);
                } else {
                    if (canBeOnline) {
                        can.add("ONLINE" + text);
                    }
                    if (canAllBeIdle && canOneBeIdle) {
                        can.add("AWAY" + text);
                    }
                }
            }
        }
        String is = seen.status() + seen.text().orElse("");
        if (!can.contains(is)) {
            return is + " is none of " + can;
        }
        boolean right = seen.isOnline()
                ? seen.devices() >= Math.max(1, surely) && seen.devices() <= surely + maybe
                : seen.devices() == 0;
        return right ? null : seen.devices() + " devices, not " + surely + " and perhaps " + maybe + " more";
    }
}
