package io.chatty.maintenance.presence.roster;

import org.jspecify.annotations.Nullable;

/**
 * A lazy timer wheel: a list for each of the next {@value #TICKS} ticks. What is further off is put into the last, and looks again
 * then. As in Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (SOSP 1987), scheme 4, but for this: a heartbeat moves nothing, and
 * what comes up too early is put in again. Nor is anything taken out when it is over; but when twice as much stands here as was left the last
 * time, all that is over goes, so that those who come and go at once do not pile up until their time. Guarded by its shard.
 */
final class Wheel {

    static final int NEVER = 0;
    private static final int TICKS = 512; // a power of two, so that the lists follow one another where ticks overflow

    private static final int LEAST_FULL = 1_000;

    private final @Nullable Timed[] lists = new Timed[TICKS];
    private int swept = CoarseClock.FIRST; // all lists up to this tick are empty, but for what was put in late

    private int size;
    private int full = LEAST_FULL;

    void add(Timed timed, int tick) {
        if (timed.nextInWheel() != null) {
            throw new IllegalStateException("it is in the wheel already");
        }
        if (size >= full) {
            dropWhatIsOver();
        }
        size++;
        push(timed, list(swept + Math.max(1, Math.min(tick - swept, TICKS - 1))));
    }

    private void push(Timed timed, int list) {
        Timed next = lists[list];
        timed.nextInWheel(next == null ? timed : next);
        lists[list] = timed;
    }

    private static @Nullable Timed after(Timed timed) {
        Timed next = timed.nextInWheel();
        return next == timed ? null : next;
    }

    private void dropWhatIsOver() {
        for (int i = 0; i < TICKS; i++) {
            Timed timed = lists[i];
            lists[i] = null;
            while (timed != null) {
                Timed after = after(timed);
                if (timed.isOver()) {
                    timed.nextInWheel(null);
                    size--;
                } else {
                    push(timed, i);
                }
                timed = after;
            }
        }
        full = Math.max(LEAST_FULL, 2 * size);
    }

    /** How many stand in it. */
    int size() {
        return size;
    }

    private static int list(int tick) {
        return tick & (TICKS - 1);
    }

    /**
     * Lets what is due up to a tick look.
     *
     * @param most how many at most
     * @return whether some are left
     */
    boolean sweep(Shard shard, int now, int most) {
        int left = most;
        while (CoarseClock.isBefore(swept, now)) {
            int at = list(swept + 1);
            while (true) {
                Timed timed = lists[at];
                if (timed == null) {
                    break;
                }
                if (left-- == 0) {
                    return true;
                }
                lists[at] = after(timed);
                timed.nextInWheel(null);
                size--;
                int again = timed.look(shard, now);
                if (again != NEVER) {
                    add(timed, now + again); // not into the list that is being emptied, which is of now or earlier
                }
            }
            swept++;
        }
        return false;
    }
}
