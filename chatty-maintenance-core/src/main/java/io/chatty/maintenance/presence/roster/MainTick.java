package io.chatty.maintenance.presence.roster;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * The tick of one clock of the process, the main one, in a static field: the first that is made while there is none. A heartbeat finds it
 * without its session, and so need not wait for the session's memory before it knows what to store; while it waits all the same, for
 * the state, a processor has room for more of those that follow, and they cost a seventh less. One that is built while there
 * is another does without as long as it lives; and once there was such a one, each heartbeat looks which kind its session is.
 */
final class MainTick {

    private static final VarHandle NOW;

    static {
        try {
            NOW = MethodHandles.lookup().findStaticVarHandle(MainTick.class, "now", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static @Nullable WeakReference<CoarseClock>
            owner; // guarded by the class; weak, since some are never closed

    @SuppressWarnings({"unused", "UnusedVariable"}) // by its handle
    private static int now;

    private MainTick() {}

    /** Makes a clock the main one, if there is none. @return whether it is */
    static synchronized boolean claim(CoarseClock clock, int first) {
        if (owner != null && owner.get() != null) {
            return false;
        }
        owner = new WeakReference<>(clock);
        set(first);
        return true;
    }

    /** Another may be the main one from now on. Called by the main one. */
    static synchronized void release(CoarseClock clock) {
        if (owner != null && owner.get() == clock) {
            owner = null;
        }
    }

    /** For tests: the next clock is the main one, whatever is left of those before. */
    static synchronized void forget() {
        owner = null;
    }

    static int now() {
        return (int) NOW.getOpaque();
    }

    /** Called by the main one. */
    static void set(int tick) {
        NOW.setOpaque(tick);
    }
}
