package io.chatty.maintenance.presence.roster;

import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A session of this node. Its state changes under the lock of its user's shard; a heartbeat only stores the tick and looks at the
 * state, both opaque, so that it costs a memory write.
 *
 * <p><b>Heartbeat against expiry.</b> A heartbeat stores its tick and then reads the state; an expiry that wrote the state and then
 * read the tick could, without fences, cross it, and neither would see the other. So a session that was silent for too long is at first {@linkplain
 * #IN_QUESTION put in question}, and judged a tick (10 ms or more) later. A heartbeat that saw the state before that has its tick in memory
 * when it is judged, since a processor's store buffer drains in less than a microsecond. One that saw it in question, or later, takes
 * the lock: it comes first and keeps the session, or comes after and brings it back. The same holds for activity against being away.
 */
public class RosterSession extends Pulse implements Timed {

    /** What was done longer ago is taken to be that long ago, before the ticks in between are more than can be counted. */
    private static final int LONG_AGO = Integer.MAX_VALUE / 2;

    UserEntry entry; // written under the shard's lock; whichever of a user's is seen, its shard is the same
    private final String device;
    private final long incarnation;

    private boolean idle; // guarded by the shard: whether it shows as away
    private boolean inGrace; // guarded by the shard: whether a Grace of it waits in the wheel
    private int until; // guarded by the shard: when it is judged, or the grace ends

    @Nullable RosterSession nextOfUser; // guarded by the shard

    private @Nullable Timed nextInWheel; // guarded by the shard

    RosterSession(UserEntry entry, String device, long incarnation) {
        super(entry.shard.clock.now());
        this.entry = entry;
        this.device = device;
        this.incarnation = incarnation;
    }

    static RosterSession of(UserEntry entry, String device, long incarnation) {
        // The other class is not loaded before it is needed: then heartbeats would look each time which of the two it
        // is.
        return entry.shard.clock.isMain()
                ? new RosterSession(entry, device, incarnation)
                : OtherSession.of(entry, device, incarnation);
    }

    /** The tick of now. */
    int now() {
        return MainTick.now();
    }

    @Override
    public String user() {
        return entry.user;
    }

    @Override
    public String device() {
        return device;
    }

    @Override
    public long incarnation() {
        return incarnation;
    }

    @Override
    public boolean heartbeat() {
        beaten(now());
        return state() <= IDLE || entry.shard.revive(this, false);
    }

    @Override
    public boolean active() {
        int now = now();
        acted(now);
        beaten(now);
        return state() == ACTIVE || entry.shard.revive(this, true);
    }

    @Override
    public void close() {
        entry.shard.end(this);
    }

    @Override
    public void lost() {
        entry.shard.lost(this);
    }

    @Override
    public boolean isOpen() {
        return state() <= LOST;
    }

    /** Whether it shows as away. */
    public boolean isIdle() {
        return idle;
    }

    /** Whether it goes on, and nothing is left to do for a heartbeat, or for activity. */
    boolean goesOn(boolean isActive) {
        return state() == ACTIVE || (state() == IDLE && !isActive);
    }

    boolean isEnded() {
        return state() == ENDED;
    }

    boolean isTimedOut() {
        return state() == TIMED_OUT;
    }

    /** A sign of life that took the shard's lock, and so may have waited for it: time has gone on. */
    void beaten(int now, boolean isActive) {
        beaten(now);
        if (isActive) {
            acted(now);
        }
    }

    /**
     * The device has connected anew, which it may do by itself: it stays away if it was. Of when the one before was active nothing is taken
     * over, since that is not guarded: a sign of life that comes too late for it has no effect.
     */
    void follow(RosterSession before) {
        if (before.idle) {
            acted(lastBeat() - entry.shard.awayTicks - 1);
            idle = true;
            become(IDLE);
        }
    }

    /** It goes on, or comes back: after a sign of life. Called under the shard's lock. @return whether it shows differently */
    boolean goOn(int now) {
        boolean wasIdle = idle;
        idle = isInactive(now);
        become(idle ? IDLE : ACTIVE);
        return idle != wasIdle;
    }

    /** It counts during the grace. @return whether it was neither lost nor over */
    boolean lose(int graceEnd) {
        if (state() >= LOST) {
            return false;
        }
        until = graceEnd;
        become(LOST);
        if (!inGrace) {
            inGrace = true;
            entry.shard.wheel.add(new Grace(), graceEnd);
        }
        return true;
    }

    void end() {
        become(ENDED);
    }

    private boolean isInactive(int now) {
        int last = lastActivity();
        if (now - last > LONG_AGO && acted(last, now - LONG_AGO)) {
            return true;
        }
        return now - lastActivity() > entry.shard.awayTicks;
    }

    private boolean isSilent(int now) {
        return now - lastBeat() > entry.shard.timeoutTicks;
    }

    @Override
    public @Nullable Timed nextInWheel() {
        return nextInWheel;
    }

    @Override
    public void nextInWheel(@Nullable Timed next) {
        nextInWheel = next;
    }

    @Override
    public int look(Shard shard, int now) {
        switch (state()) {
            case ACTIVE, IDLE -> {
                if (isSilent(now) || isInactive(now) != idle) {
                    until = now + 1;
                    become(IN_QUESTION);
                    VarHandle.fullFence();
                    if (isSilent(now) || isInactive(now) != idle) {
                        return 1;
                    }
                    // A sign of life came between the look and the question: it would be judged by that too early.
                    become(idle ? IDLE : ACTIVE);
                }
            }
            case IN_QUESTION -> {
                if (CoarseClock.isBefore(now, until)) {
                    return until - now;
                }
                if (isSilent(now)) {
                    int quietLeft = shard.quietLeft(now);
                    if (quietLeft > 0) {
                        return lookAtActivity(shard, now, quietLeft);
                    }
                    timeOut(shard);
                    return Wheel.NEVER;
                }
                if (!CoarseClock.isBefore(lastBeat(), until)) {
                    return 1; // that one found it in question, and waits for the lock: it is refused if this is
                    // displaced first
                }
                if (goOn(now)) {
                    shard.changed(this);
                }
            }
            case LOST -> {
                if (CoarseClock.isBefore(now, until)) {
                    return lookAtActivity(shard, now, until - now);
                }
                timeOut(shard);
                return Wheel.NEVER;
            }
            default -> { // it has ended, or timed out by its grace
                return Wheel.NEVER;
            }
        }
        return nextLook(shard, now);
    }

    @Override
    public boolean isOver() {
        return state() >= TIMED_OUT;
    }

    /** In how many ticks it may be due, for all that is known now. */
    int nextLook(Shard shard, int now) {
        return Math.min(left(lastBeat(), shard.timeoutTicks, now), nextAway(shard, now));
    }

    private int nextAway(Shard shard, int now) {
        return left(idle ? now : lastActivity(), shard.awayTicks, now);
    }

    private static int left(int since, int ticks, int now) {
        return Math.max(1, since + ticks + 1 - now);
    }

    /**
     * Whether it is away is seen to while it waits for something else; activity takes the lock then.
     *
     * @return in how many ticks to look again
     */
    private int lookAtActivity(Shard shard, int now, int end) {
        if (isInactive(now) != idle) {
            idle = !idle;
            shard.changed(this);
        }
        return Math.min(end, nextAway(shard, now));
    }

    private void timeOut(Shard shard) {
        become(TIMED_OUT);
        shard.timedOut(this);
    }

    /** The end of a grace, which may come before the session's own time in the wheel. */
    private final class Grace extends Alarm {

        @Override
        public int look(Shard shard, int now) {
            if (state() == LOST && CoarseClock.isBefore(now, until)) {
                return until - now;
            }
            inGrace = false;
            if (state() == LOST) {
                timeOut(shard);
            }
            return Wheel.NEVER;
        }

        @Override
        public boolean isOver() {
            return isEnded(); // one that has timed out may come back, and trusts that this is still here
        }
    }
}
