package io.chatty.maintenance.jdbc.internal.database;

import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How many of the host's connections are held at once. Batches, which may wait for the host's locks, may hold all of them but
 * one, which is left for what waits for nobody: a claim must not run out because its renewal waits for batches, and a batch
 * that asks the run store something must not wait for itself. Who waited longest comes first. Thread-safe.
 */
final class ConnectionLimit {

    private final Semaphore all;
    private final Semaphore forBatches;
    private final int connections;
    private final Duration patience;

    /**
     * A limit.
     *
     * @param connections two or more
     * @param patience how long to wait for one that is free
     */
    ConnectionLimit(int connections, Duration patience) {
        this.all = new Semaphore(connections, true);
        this.forBatches = new Semaphore(connections - 1, true);
        this.connections = connections;
        this.patience = patience;
    }

    /** Does what holds a connection, once that is allowed. */
    <T> T within(boolean batch, Callable<T> work) throws Exception {
        return batch ? within(forBatches, () -> within(all, work)) : within(all, work);
    }

    /** Does what holds a batch's connection, if that is allowed at once: who holds one already must not wait for more. */
    <T> Optional<T> ifFree(Callable<T> work) throws Exception {
        return ifFree(forBatches, () -> ifFree(all, work)).flatMap(it -> it);
    }

    private static <T> Optional<T> ifFree(Semaphore semaphore, Callable<T> work) throws Exception {
        if (!semaphore.tryAcquire()) {
            return Optional.empty();
        }
        try {
            return Optional.of(work.call());
        } finally {
            semaphore.release();
        }
    }

    /** How many there are. */
    int connections() {
        return connections;
    }

    private <T> T within(Semaphore semaphore, Callable<T> work) throws Exception {
        await(semaphore);
        try {
            return work.call();
        } finally {
            semaphore.release();
        }
    }

    private void await(Semaphore semaphore) {
        try {
            if (!semaphore.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                String busy = "database: the " + connections + " connections that are used at once"
                        + (semaphore == forBatches ? ", of which batches may hold " + (connections - 1) + "," : "")
                        + " have been busy for " + patience.toSeconds()
                        + " s; let ChatDatabase use more, or find out what keeps them";
                throw new MaintenanceException(busy, new TimeoutException(busy)); // it may pass, so it can be retried
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MaintenanceException("interrupted while waiting for a connection to be free", e);
        }
    }
}
