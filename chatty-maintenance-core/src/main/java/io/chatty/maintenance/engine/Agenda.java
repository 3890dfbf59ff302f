package io.chatty.maintenance.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Wakes up when the first of the slots is to be looked at, and looks at all of them then. Thread-safe. */
final class Agenda {

    /** An idle engine wakes up that often, to see a clock that was set. */
    static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

    private final Collection<TaskSlot> slots;
    private final Parts parts;
    private Timer.@Nullable Shot shot; // guarded by this
    private @Nullable Instant armedFor; // guarded by this
    private Instant lastTick = Instant.MIN; // guarded by this
    private volatile boolean started;

    Agenda(Collection<TaskSlot> slots, Parts parts) {
        this.slots = slots;
        this.parts = parts;
    }

    void start() {
        synchronized (this) {
            lastTick = parts.clock.instant();
        }
        started = true;
        arm();
    }

    /** Sees to it that the next tick comes in time; does nothing before the start. */
    synchronized void arm() {
        if (!started || parts.isClosed) {
            return;
        }
        Optional<Instant> first =
                slots.stream().flatMap(slot -> slot.wakeAt().stream()).min(Instant::compareTo);
        if (first.isPresent() && shot != null && first.get().equals(armedFor)) {
            return;
        }
        if (shot != null) {
            shot.cancel();
            shot = null;
        }
        armedFor = first.orElse(null);
        if (armedFor != null) {
            Duration wait = Duration.between(parts.clock.instant(), armedFor);
            shot = parts.timer.after(wait.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP : wait, this::tick);
        }
    }

    private void tick() {
        Instant at = parts.clock.instant();
        boolean setBack;
        synchronized (this) {
            shot = null;
            if (parts.isClosed) {
                return;
            }
            setBack = at.plus(LONGEST_SLEEP).isBefore(lastTick);
            lastTick = at;
        }
        try {
            for (TaskSlot slot : slots) {
                if (setBack) {
                    slot.setBack(at);
                }
                slot.tick(at);
            }
        } finally {
            arm();
        }
    }
}
