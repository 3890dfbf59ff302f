package io.chatty.maintenance.database.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadReading.Level;
import io.chatty.maintenance.schedule.LoadSignal;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * A signal whose readings by the engine a test sees, one by one, with the connections of the host's pool that were in use
 * then. While it is held a reading does not come back, so that the run stands between two batches. Thread-safe.
 */
final class WatchedSignal implements LoadSignal {

    /**
     * A reading.
     *
     * @param level what it said
     * @param connections how many connections of the pool were in use after it
     */
    record Seen(Level level, int connections) {}

    private final LoadSignal signal;
    private final IntSupplier connections;
    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    private volatile CountDownLatch held = new CountDownLatch(0);
    private volatile CountDownLatch stands = new CountDownLatch(0);

    WatchedSignal(LoadSignal signal, IntSupplier connections) {
        this.signal = signal;
        this.connections = connections;
    }

    @Override
    public String name() {
        return signal.name();
    }

    @Override
    public LoadReading read() throws Exception {
        stands.countDown();
        assertThat(held.await(Eventually.BOUND.toSeconds(), TimeUnit.SECONDS))
                .as("somebody lets the reading on")
                .isTrue();
        LoadReading reading = signal.read();
        seen.add(new Seen(reading.level(), connections.getAsInt()));
        return reading;
    }

    /** Waits until the run stands between two batches, and lets it stand there. */
    void hold() throws InterruptedException {
        held = new CountDownLatch(1);
        stands = new CountDownLatch(1);
        assertThat(stands.await(Eventually.BOUND.toSeconds(), TimeUnit.SECONDS))
                .as("the engine asks the signal")
                .isTrue();
    }

    void letOn() {
        held.countDown();
    }

    /** What is read from now on; forgets what was. */
    Seen next() throws InterruptedException {
        seen.clear();
        return following();
    }

    /** The reading that follows the one that was taken last. */
    Seen following() throws InterruptedException {
        Seen next = seen.poll(Eventually.BOUND.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).as("the engine asks the signal again").isNotNull();
        return next;
    }
}
