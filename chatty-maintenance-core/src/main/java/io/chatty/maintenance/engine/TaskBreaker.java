package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.TaskRecord;
import java.time.Instant;
import java.util.Optional;

/** The retries and the circuit breaker of one task, the latter as its store has it. Thread-safe. */
final class TaskBreaker {

    private final String task;
    private final Parts parts;
    private volatile Attempts attempts;

    TaskBreaker(String task, TaskSettings settings, Parts parts) {
        this.task = task;
        this.parts = parts;
        this.attempts = new Attempts(settings, parts.log);
    }

    /** For one batch: they are others after the settings have changed. */
    Attempts attempts() {
        return attempts;
    }

    boolean isOpen() {
        return attempts.isOpen();
    }

    /** As the store has it. Not while a run goes on here: that knows better. */
    void restore(TaskRecord known) {
        attempts.restore(known.breaker().isPresent());
    }

    /** A run begins here, or goes on: while it is open, with a single try. */
    void letTry() {
        if (attempts.isOpen()) {
            attempts.halfOpen();
        }
    }

    /** A batch was good. */
    void succeeded() {
        boolean wasClosed = !attempts.isOpen() && !attempts.isHalfOpen();
        attempts.succeeded();
        if (!wasClosed) {
            store(Optional.empty());
        }
    }

    /** A try of a batch failed. */
    void failed() {
        boolean wasOpen = attempts.isOpen();
        attempts.failed();
        if (!wasOpen && attempts.isOpen()) {
            parts.log.warn(
                    "The circuit breaker of {} is open: each due time makes a single try until one is good", task);
            store(Optional.of(parts.clock.instant()));
        }
    }

    private void store(Optional<Instant> openedAt) {
        try {
            parts.store.setBreaker(task, openedAt);
        } catch (RuntimeException e) { // the run's own end says it, too
            parts.log.warn("The state of the circuit breaker of {} could not be stored", task, e);
        }
    }

    /** Changes the settings; an open breaker stays open. */
    void change(TaskSettings changed) {
        Attempts anew = new Attempts(changed, parts.log);
        anew.restore(attempts.isOpen());
        attempts = anew;
    }
}
