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
            shot = parts.timer.after(untilTick(armedFor), this::tick);
        }
    }

    private Duration untilTick(Instant until) {
        try {
            Duration wait = Duration.between(parts.clock.instant(), until);
            return wait.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP : wait;
        } catch (RuntimeException e) { // the host's clock; it is looked at again
            parts.log.error("The clock could not be read; it is read again in {}", LONGEST_SLEEP, e);
            return LONGEST_SLEEP;
        }
    }

    private void tick() {
        synchronized (this) {
            shot = null;
        }
        try {
            look(parts.clock.instant());
        } catch (RuntimeException e) { // the host's clock
            parts.log.error("Due times could not be looked at; they are looked at again", e);
        } finally {
            arm();
        }
    }

    private void look(Instant at) {
        boolean setBack;
        synchronized (this) {
            if (parts.isClosed) {
                return;
            }
            setBack = at.plus(LONGEST_SLEEP).isBefore(lastTick);
            lastTick = at;
        }
        for (TaskSlot slot : slots) {
            if (setBack) {
                slot.setBack(at);
            }
            slot.tick(at);
        }
    }
}
