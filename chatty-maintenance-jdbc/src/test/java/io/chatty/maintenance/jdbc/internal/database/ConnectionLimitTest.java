package io.chatty.maintenance.jdbc.internal.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {

    private static final Duration PATIENT = Duration.ofSeconds(30);

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    /** Held until it is let go. */
    private static final class Held implements Callable<String> {

        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);

        @Override
        public String call() throws Exception {
            begun.countDown();
            assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
            return "held";
        }
    }

    private Held hold(ConnectionLimit limit, boolean batch) throws InterruptedException {
        Held held = new Held();
        Future<String> started = threads.submit(() -> limit.within(batch, held));
        assertThat(started).isNotDone();
        assertThat(held.begun.await(30, TimeUnit.SECONDS)).isTrue();
        return held;
    }

    @Test
    void who_waits_in_vain_is_told_what_is_busy() throws Exception {
        ConnectionLimit limit = new ConnectionLimit(2, Duration.ofMillis(1));
        hold(limit, false);
        hold(limit, false);
        assertThatThrownBy(() -> limit.within(false, () -> "in"))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("the 2 connections that are used at once");
    }

    @Test
    void a_batch_leaves_one_for_what_is_short_even_in_its_own_thread() throws Exception {
        ConnectionLimit limit = new ConnectionLimit(3, Duration.ofMillis(1));
        hold(limit, true);
        assertThat(limit.within(true, () -> limit.within(false, () -> "in"))).isEqualTo("in");
        hold(limit, true);
        assertThatThrownBy(() -> limit.within(true, () -> "in")).hasMessageContaining("of which batches may hold 2");
        assertThat(limit.within(false, () -> "in")).isEqualTo("in");
    }

    @Test
    void what_was_held_is_free_again_also_after_a_failure() throws Exception {
        ConnectionLimit limit = new ConnectionLimit(2, Duration.ofMillis(1));
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> limit.within(true, () -> {
                        throw new IllegalStateException("disk");
                    }))
                    .hasMessage("disk");
        }
        assertThat(limit.within(false, () -> limit.within(false, () -> "in"))).isEqualTo("in");
        Held held = hold(limit, true);
        assertThatThrownBy(() -> limit.within(true, () -> "in")).isInstanceOf(MaintenanceException.class);
        held.goOn.countDown();
    }

    @Test
    void never_more_are_held_at_once_than_were_asked_for() throws Exception {
        ConnectionLimit limit = new ConnectionLimit(3, PATIENT);
        AtomicInteger held = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            boolean batch = i % 2 == 0;
            all.add(threads.submit(() -> limit.within(batch, () -> {
                most.accumulateAndGet(held.incrementAndGet(), Math::max);
                Thread.onSpinWait();
                return held.decrementAndGet();
            })));
        }
        for (Future<Integer> one : all) {
            assertThat(one.get()).isBetween(0, 2);
        }
        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void an_interrupt_ends_the_wait_and_is_given_on() throws Exception {
        ConnectionLimit limit = new ConnectionLimit(2, PATIENT);
        hold(limit, true);
        AtomicReference<Thread> waiting = new AtomicReference<>();
        Future<Boolean> waiter = threads.submit(() -> {
            waiting.set(Thread.currentThread());
            assertThatThrownBy(() -> limit.within(true, () -> "in"))
                    .isInstanceOf(MaintenanceException.class)
                    .hasMessageContaining("interrupted");
            return Thread.currentThread().isInterrupted();
        });
        while (waiting.get() == null) {
            Thread.onSpinWait();
        }
        waiting.get().interrupt();
        assertThat(waiter.get(30, TimeUnit.SECONDS)).isTrue();
    }
}
