package io.chatty.maintenance.examples.chat.presence;

import io.chatty.maintenance.examples.chat.history.Sign;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceTracker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The people of one log, each with a session on a tracker: it beats until the last line of the nick, and is then silent. A nick change
 * moves it; one of a nick without a session tells nothing.
 */
final class LoggedPeople implements Comparable<LoggedPeople> {

    private final PresenceTracker tracker;
    private final int number;
    private final List<Sign> signs;
    private final Map<String, Integer> last = new HashMap<>(); // of each nick the last sign
    private final Map<String, PresenceSession> sessions = new HashMap<>(); // those that beat
    private int next;

    /** @param number tells the log from others */
    LoggedPeople(PresenceTracker tracker, int number, List<Sign> all) {
        this.tracker = tracker;
        this.number = number;
        this.signs = thatTell(all);
        for (int i = 0; i < signs.size(); i++) {
            String formerly = signs.get(i).formerly();
            if (formerly != null) {
                last.put(formerly, i);
            }
            last.put(signs.get(i).nick(), i);
        }
    }

    private static List<Sign> thatTell(List<Sign> all) {
        List<Sign> telling = new ArrayList<>();
        Set<String> there = new HashSet<>();
        for (Sign sign : all) {
            if (isNick(sign.nick()) && (sign.formerly() == null || there.remove(sign.formerly()))) {
                there.add(sign.nick());
                telling.add(sign);
            }
        }
        return telling;
    }

    private static boolean isNick(String nick) {
        return !nick.isEmpty() && nick.length() <= PresenceTracker.MAX_NAME;
    }

    boolean isOver() {
        return next == signs.size();
    }

    /** When the next sign comes. */
    Instant next() {
        return signs.get(next).at();
    }

    /** Lets the next sign happen. */
    void happen() {
        int index = next++;
        Sign sign = signs.get(index);
        PresenceSession moved = sign.formerly() == null ? null : sessions.remove(sign.formerly());
        if (moved != null) {
            moved.close();
        }
        sessions.computeIfAbsent(sign.nick(), nick -> tracker.connect(nick, "log " + number))
                .active();
        if (Objects.equals(last.get(sign.nick()), index)) {
            sessions.remove(sign.nick()); // silent from now on
        }
    }

    /** Lets the sessions beat that have a line to come. */
    void beat() {
        sessions.values().forEach(PresenceSession::heartbeat);
    }

    @Override
    public int compareTo(LoggedPeople other) {
        int byTime = next().compareTo(other.next());
        return byTime != 0 ? byTime : Integer.compare(number, other.number);
    }
}
