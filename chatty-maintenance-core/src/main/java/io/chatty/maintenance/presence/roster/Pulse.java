package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.PresenceSession;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What signs of life touch of a session, and nothing else. Fields of a superclass come first in memory, in the order of their size and then
 * of this class: after a header of 12 bytes, as JVMs have it by default, what a heartbeat stores and what it reads share eight bytes, which are
 * never in two lines of the processor's cache, and it waits for memory once. After other headers it waits twice in one of eight sessions.
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

    private static final VarHandle ACTIVITY;
    private static final VarHandle BEAT;
    private static final VarHandle STATE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ACTIVITY = lookup.findVarHandle(Pulse.class, "activity", int.class);
            BEAT = lookup.findVarHandle(Pulse.class, "beat", int.class);
            STATE = lookup.findVarHandle(Pulse.class, "state", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // by its handle
    private int activity; // the tick of the last activity

    private int beat; // the tick of the last sign of life
    private byte state; // written under the shard's lock

    Pulse(int now) {
        this.activity = now;
        this.beat = now;
    }

    /** Notes a sign of life. */
    final void beaten(int now) {
        BEAT.setOpaque(this, now);
    }

    /** The tick of the last sign of life. */
    final int lastBeat() {
        return (int) BEAT.getOpaque(this);
    }

    /** Notes that a person did something. */
    final void acted(int now) {
        ACTIVITY.setOpaque(this, now);
    }

    /** Takes the last activity to be of another tick, unless there is a new one. @return whether there is none */
    final boolean acted(int before, int now) {
        return ACTIVITY.compareAndSet(this, before, now);
    }

    /** The tick of the last activity. */
    final int lastActivity() {
        return (int) ACTIVITY.getOpaque(this);
    }

    final byte state() {
        return (byte) STATE.getOpaque(this);
    }

    /** Called under the shard's lock. */
    final void become(byte next) {
        STATE.setOpaque(this, next);
    }
}
