package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadSignal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How an engine asks its signals. */
@Timeout(60)
class SignalReadingTest {

    private final Gate gate = new Gate();

    @AfterEach
    void no_engine_thread_is_left() {
        gate.openForAll();
        Eventually.eventuallyNoEngineThreads();
    }

    @FunctionalInterface
    private interface Reading {
        LoadReading read() throws Exception;
    }

    private static LoadSignal signal(Reading reading) {
        return new LoadSignal() {
            @Override
            public String name() {
                return "lag";
            }

            @Override
            public LoadReading read() throws Exception {
                return reading.read();
            }
        };
    }

    @Test
    void a_signal_that_answers_is_known_however_often_it_is_asked() {
        Stepped stepped = new Stepped();
        AtomicLong ticker = new AtomicLong();
        AtomicLong asked = new AtomicLong();
        Set<LoadReading.Level> levels = ConcurrentHashMap.newKeySet();
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        CountedTask task = new CountedTask("tidy", 5000).within(context -> {
            ticker.addAndGet(Duration.ofSeconds(1).toNanos()); // each batch has a reading of its own
            engine[0].signals().values().forEach(said -> levels.add(said.level()));
        });
        engine[0] = stepped.engine(new InMemoryRunStore())
                .ticker(ticker::get)
                .signal(signal(() -> LoadReading.normal("reading " + asked.incrementAndGet())))
                .task(task)
                .build();
        engine[0].start();
        assertThat(engine[0].runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(asked).hasValue(5000);
        assertThat(levels).containsExactly(LoadReading.Level.NORMAL);
        engine[0].close();
    }

    @Test
    void what_signals_said_last_is_told_while_one_of_them_is_being_asked() throws Exception {
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .settings(s -> s.signalTimeout(Duration.ofMinutes(1)))
                .signal(signal(() -> {
                    gate.pass();
                    return LoadReading.normal("no lag");
                }))
                .task(new CountedTask("tidy", 1))
                .build();
        engine.start();
        var run = engine.runNow("tidy");
        gate.awaitReached();
        assertThat(CompletableFuture.supplyAsync(engine::signals).get(10, TimeUnit.SECONDS))
                .containsEntry("lag", LoadReading.normal("not asked yet"));
        gate.openForAll();
        assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.signals()).containsEntry("lag", LoadReading.normal("no lag"));
        engine.close();
    }

    @Test
    void a_signal_that_says_itself_that_something_does_not_answer_is_heard_as_any_other() throws Exception {
        CountDownLatch nextBatch = new CountDownLatch(1);
        AtomicLong asked = new AtomicLong();
        CountedTask task = new CountedTask("tidy", 2);
        task.within(context -> {
            if (task.cursors.size() == 2) {
                nextBatch.countDown();
            }
        });
        AtomicLong ticker = new AtomicLong();
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .ticker(() -> ticker.addAndGet(Duration.ofSeconds(1).toNanos()))
                .signal(signal(() -> {
                    if (asked.incrementAndGet() == 1) {
                        return LoadReading.unknown("the replica does not answer");
                    }
                    return nextBatch.await(300, TimeUnit.MILLISECONDS)
                            ? LoadReading.normal("nobody waited for this")
                            : LoadReading.stop("busy");
                }))
                .task(task)
                .build();
        engine.start();
        var run = engine.runNow("tidy");
        Eventually.eventually("it was asked twice", () -> asked.get() >= 2);
        Eventually.eventually(
                "it waits or has ended",
                () -> engine.status("tidy").waitsFor().isPresent() || nextBatch.getCount() == 0);
        assertThat(task.cursors).containsExactly("start");
        engine.close();
        assertThat(run.join().state()).isEqualTo(RunState.INTERRUPTED);
    }
}
