package io.chatty.maintenance.engine;

import java.time.Duration;

/**
 * Why a run waits between two batches.
 *
 * @param duration for how long, until it looks again
 * @param kind one of the kinds here; {@link #SIGNAL} is followed by the signal's name
 * @param reason for a person
 */
record Wait(Duration duration, String kind, String reason) {

    static final String WORKER = "worker";
    static final String RATE = "rate";
    static final String RETRY = "retry";
    /** How the kind begins of a wait for a signal. */
    static final String SIGNAL = "signal.";
}
