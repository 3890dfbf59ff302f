package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Where one thread stops until the test lets it on. */
final class Gate {

    private final Semaphore reached = new Semaphore(0);
    private final Semaphore open = new Semaphore(0);

    /** For the thread that is to stop. */
    void pass() throws InterruptedException {
        reached.release();
        if (!open.tryAcquire(Eventually.BOUND.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("nobody opened the gate");
        }
    }

    /** For a thread that is to stop whatever interrupts it. */
    void passUninterruptibly() {
        reached.release();
        open.acquireUninterruptibly();
    }

    /** Waits until a thread stands at the gate. */
    void awaitReached() throws InterruptedException {
        assertThat(reached.tryAcquire(Eventually.BOUND.toSeconds(), TimeUnit.SECONDS))
                .as("somebody reaches the gate")
                .isTrue();
    }

    /** Whether a thread came to the gate that was not awaited. */
    boolean isReached() {
        return reached.availablePermits() > 0;
    }

    /** Lets one thread through. */
    void open() {
        open.release();
    }

    /** Lets all threads through from now on. */
    void openForAll() {
        open.release(1_000_000);
    }
}
