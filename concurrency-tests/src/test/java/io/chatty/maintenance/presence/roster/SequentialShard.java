package io.chatty.maintenance.presence.roster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@link ShardOperations} come to if one follows the other: the description of sessions in as few words as there are. */
public class SequentialShard {

    /** In ticks: how far time moves at once, and after how long what happens. */
    static final int STEP = 11;

    static final int AWAY = 10;
    static final int TIMEOUT = 21;
    static final int GRACE = 10;

    private enum State {
        GOES_ON,
        IN_QUESTION,
        LOST,
        TIMED_OUT,
        ENDED
    }

    private static final class Session {

        private final String device;
        private State state = State.GOES_ON;
        private boolean idle;
        private int beat;
        private int activity;
        private int until;

        private Session(String device, int now) {
            this.device = device;
            this.beat = now;
            this.activity = now;
        }

        private boolean counts() {
            return state.compareTo(State.LOST) <= 0;
        }
    }

    private int now;
    private int swept;
    private final Map<String, Session> handles = new LinkedHashMap<>();
    private final List<Session> all = new ArrayList<>();

    private @Nullable Session handle(int thread, String device) {
        return handles.get(thread + device);
    }

    public void connect(int thread, String device) {
        Session session = new Session(device, now);
        for (Session other : all) {
            if (other.device.equals(device)) {
                if (other.counts() && other.idle) { // it is displaced, and a person did nothing by that
                    session.idle = true;
                    session.activity = now - AWAY - 1;
                }
                other.state = State.ENDED;
            }
        }
        all.add(session);
        handles.put(thread + device, session);
    }

    public boolean heartbeat(int thread, String device) {
        return beat(handle(thread, device), false);
    }

    public boolean active(int thread, String device) {
        return beat(handle(thread, device), true);
    }

    private boolean beat(@Nullable Session session, boolean isActive) {
        if (session == null || session.state == State.ENDED) {
            return false;
        }
        session.beat = now;
        if (isActive) {
            session.activity = now;
        }
        if (session.state != State.GOES_ON || isActive) {
            session.state = State.GOES_ON;
            session.idle = now - session.activity > AWAY;
        }
        return true;
    }

    public void close(int thread, String device) {
        Session session = handle(thread, device);
        if (session != null) {
            session.state = State.ENDED;
        }
    }

    public void lost(int thread, String device) {
        Session session = handle(thread, device);
        if (session != null && session.state.compareTo(State.LOST) < 0) {
            session.state = State.LOST;
            session.until = now + GRACE + 1; // the tick that is under way does not count
        }
    }

    public boolean isOpen(int thread, String device) {
        Session session = handle(thread, device);
        return session != null && session.counts();
    }

    public void tick() {
        now += STEP;
    }

    public void sweep() {
        if (swept == now) {
            return; // what was due at this time has been done
        }
        swept = now;
        for (Session session : all) {
            boolean isSilent = now - session.beat > TIMEOUT;
            boolean isInactive = now - session.activity > AWAY;
            switch (session.state) {
                case GOES_ON -> {
                    if (isSilent || isInactive != session.idle) {
                        session.state = State.IN_QUESTION;
                        session.until = now + 1;
                    }
                }
                case IN_QUESTION -> {
                    if (now >= session.until) {
                        session.state = isSilent ? State.TIMED_OUT : State.GOES_ON;
                        session.idle = isInactive;
                    }
                }
                case LOST -> {
                    session.idle = isInactive;
                    if (now >= session.until) {
                        session.state = State.TIMED_OUT;
                    }
                }
                default -> {
                    // nothing comes of it
                }
            }
        }
    }

    public String query() {
        long devices = all.stream().filter(Session::counts).count();
        boolean isAway = all.stream().filter(Session::counts).allMatch(session -> session.idle);
        return devices == 0 ? "OFFLINE 0" : (isAway ? "AWAY " : "ONLINE ") + devices;
    }
}
