package io.chatty.maintenance.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is told to go on. Thread-safe. */
public final class TestClock implements InstantSource {

    private volatile Instant now;

    /** A clock that shows that instant. */
    public TestClock(Instant now) {
        this.now = now;
    }

    @Override
    public Instant instant() {
        return now;
    }

    /** Sets the clock, forwards or back. */
    public void set(Instant instant) {
        now = instant;
    }

    /** Moves the clock forwards, or back by a negative duration. */
    public synchronized void advance(Duration duration) {
        now = now.plus(duration);
    }
}
