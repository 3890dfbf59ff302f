package io.chatty.maintenance.presence.roster;

import io.chatty.maintenance.presence.PresenceSettings;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The time of a roster, in ticks since its start, which moves when {@link #advance} is called: a heartbeat reads a field in place of
 * a clock, a static one at best: {@link MainTick}. Time that the ticker did not see pass, since the whole process stood still, is counted up to {@value #MOST_MISSED} ticks: then
 * heartbeats were not heard either, and silence says nothing.
 *
 * <p>The count of ticks overflows: ticks of 10 ms after 248 days. So they are compared by what lies between them, which is never half of
 * all, and the first is such that the count overflows soon after each start, in tests too (as jiffies do in Linux).
 */
public final class CoarseClock {

    /** The tick at the start. */
    static final int FIRST = Integer.MAX_VALUE - 1_000;

    private static final int MOST_MISSED = 20;
    private static final VarHandle NOW;

    static {
        try {
            NOW = MethodHandles.lookup().findVarHandle(CoarseClock.class, "now", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final InstantSource clock;
    private final LongSupplier ticker;
    private final long nanosPerTick;
    private long seen; // guarded by this
    private long rest; // guarded by this: what was seen beyond whole ticks
    private long wall; // guarded by this: what the clock showed then, in milliseconds
    private long ahead; // guarded by this: by how many nanoseconds it went on further than was counted

    private volatile boolean isMain;

    @SuppressWarnings("UnusedVariable") // by its handle
    private int now = FIRST; // written under this; of the main one only when it is closed

    CoarseClock(InstantSource clock, LongSupplier ticker, PresenceSettings settings) {
        this.clock = clock;
        this.ticker = ticker;
        this.nanosPerTick = tick(settings).toNanos();
        this.seen = ticker.getAsLong();
        this.wall = clock.millis();
        this.isMain = MainTick.claim(this, FIRST);
    }

    private static Duration tick(PresenceSettings settings) {
        long shortest = Stream.of(settings.sessionTimeout(), settings.awayAfter(), settings.reconnectGrace())
                .filter(time -> !time.isZero())
                .mapToLong(Duration::toMillis)
                .min()
                .orElseThrow();
        return Duration.ofMillis(Math.max(10, Math.min(1000, shortest / 50)));
    }

    Duration tick() {
        return Duration.ofNanos(nanosPerTick);
    }

    /** Whether heartbeats find its tick in {@link MainTick}. */
    boolean isMain() {
        return isMain;
    }

    /** The tick of now; no lock is taken. */
    int now() {
        return isMain ? MainTick.now() : (int) NOW.getOpaque(this);
    }

    /** Moves on by what has passed. */
    synchronized int advance() {
        long nanos = ticker.getAsLong();
        long passed = Math.min(Math.max(0, nanos - seen), MOST_MISSED * nanosPerTick);
        rest += passed;
        seen = nanos;
        long shown = clock.millis();
        ahead = Math.max(0, ahead + TimeUnit.MILLISECONDS.toNanos(shown - wall) - passed);
        wall = shown;
        int next = now() + (int) (rest / nanosPerTick);
        rest %= nanosPerTick;
        if (isMain) {
            MainTick.set(next);
        } else {
            NOW.setOpaque(this, next);
        }
        return next;
    }

    /** Another may be the main one from now on; no session uses it any more. */
    synchronized void close() {
        if (isMain) {
            NOW.setOpaque(this, MainTick.now());
            isMain = false;
            MainTick.release(this);
        }
    }

    /**
     * Whether the clock that shows the time went further than ticks were counted, since that was asked last: it was set, or the process stood
     * still. What is to be at a time that it shows is due earlier then.
     */
    synchronized boolean wentAhead() {
        boolean wentAhead = ahead > 2 * nanosPerTick;
        if (wentAhead) {
            ahead = 0;
        }
        return wentAhead;
    }

    /** So long, or longer, in ticks. */
    int ticks(Duration time) {
        return (int) Math.min(Integer.MAX_VALUE / 4, (time.toNanos() + nanosPerTick - 1) / nanosPerTick);
    }

    /** Whether a tick comes before another. */
    static boolean isBefore(int tick, int other) {
        return tick - other < 0;
    }

    /** The later of two ticks. */
    static int later(int tick, int other) {
        return isBefore(tick, other) ? other : tick;
    }

    long millis() {
        return clock.millis();
    }

    /** When it was that tick, by the wall clock of now. */
    long millisAt(int tick) {
        return clock.millis() - (now() - tick) * nanosPerTick / 1_000_000;
    }
}
