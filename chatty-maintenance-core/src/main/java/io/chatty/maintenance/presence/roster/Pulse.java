package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.PresenceSession;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a heartbeat touches of a session, and nothing else. Fields of a superclass come first in memory, side by side: in seven of eight
 * sessions they lie in one line of the processor's cache, and a heartbeat waits for memory once.
 */
@SuppressWarnings("UnusedVariable") // by their handles
abstract class Pulse extends PresenceSession {

    // In this order: a heartbeat looks whether the state is above the first two, activity whether it is above the
    // first.
    static final byte ACTIVE = 0;
    static final byte IDLE = 1;
    static final byte IN_QUESTION = 2;
    static final byte LOST = 3;
    static final byte TIMED_OUT = 4;
    static final byte ENDED = 5;

    private static final VarHandle BEAT;
    private static final VarHandle STATE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            BEAT = lookup.findVarHandle(Pulse.class, "beat", int.class);
            STATE = lookup.findVarHandle(Pulse.class, "state", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final CoarseClock clock;
    private int beat; // the tick of the last sign of life

    private byte state; // written under the shard's lock

    Pulse(CoarseClock clock) {
        this.clock = clock;
        this.beat = clock.now();
    }

    /** Notes a sign of life. */
    final void beaten(int now) {
        BEAT.setOpaque(this, now);
    }

    /** The tick of the last sign of life. */
    final int lastBeat() {
        return (int) BEAT.getOpaque(this);
    }

    final byte state() {
        return (byte) STATE.getOpaque(this);
    }

    /** Called under the shard's lock. */
    final void become(byte next) {
        STATE.setOpaque(this, next);
    }
}
