package io.chatty.maintenance.presence.roster;

import org.jspecify.annotations.Nullable;

/**
 * A lazy timer wheel: a list for each of the next {@value #TICKS} ticks. What is further off is put into the last, and looks again
 * then. As in Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (SOSP 1987), scheme 4, but for this: a heartbeat moves nothing, and
 * what comes up too early is put in again. Guarded by its shard.
 */
final class Wheel {

    static final int NEVER = -1;
    private static final int TICKS = 512;

    private final @Nullable Timed[] lists = new Timed[TICKS];
    private int swept; // all lists up to this tick are empty, but for what was put in late

    void add(Timed timed, int tick) {
        if (timed.nextInWheel() != null) {
            throw new IllegalStateException("it is in the wheel already");
        }
        int at = Math.max(swept + 1, Math.min(tick, swept + TICKS - 1)) % TICKS;
        Timed next = lists[at];
        timed.nextInWheel(next == null ? timed : next);
        lists[at] = timed;
    }

    /**
     * Lets what is due up to a tick look.
     *
     * @param most how many at most
     * @return whether some are left
     */
    boolean sweep(Shard shard, int now, int most) {
        int left = most;
        while (swept < now) {
            int at = (swept + 1) % TICKS;
            while (true) {
                Timed timed = lists[at];
                if (timed == null) {
                    break;
                }
                if (left-- == 0) {
                    return true;
                }
                Timed next = timed.nextInWheel();
                lists[at] = next == timed ? null : next;
                timed.nextInWheel(null);
                int again = timed.look(shard, now);
                if (again != NEVER) {
                    // Not into the list that is being emptied.
                    add(timed, Math.max(again, swept + 2));
                }
            }
            swept++;
        }
        return false;
    }
}
