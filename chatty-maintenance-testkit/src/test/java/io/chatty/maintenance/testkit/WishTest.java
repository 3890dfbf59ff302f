package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Pause, cancel and close, to runs that are in no batch. */
@Timeout(60)
class WishTest {

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final Gate gate = new Gate();

    @AfterEach
    void no_engine_thread_is_left() {
        gate.openForAll();
        Eventually.eventuallyNoEngineThreads();
    }

    @ParameterizedTest
    @EnumSource
    void a_wish_to_a_run_that_waits_for_a_worker_is_done_at_once_without_a_batch(Wish wish) throws Exception {
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(store)
                .settings(s -> s.tasksAtOnce(1))
                .task(new CountedTask("long", 1).within(context -> gate.pass()))
                .task(task)
                .build();
        engine.start();
        CompletableFuture<Run> longer = engine.runNow("long");
        gate.awaitReached();
        CompletableFuture<Run> run = engine.runNow("tidy");
        Thread wishing = new Thread(() -> wish.tell(engine, "tidy"));
        wishing.start();
        assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(wish.state);
        assertThat(longer).as("the run that has the worker").isNotDone();
        assertThat(task.cursors).isEmpty();
        gate.openForAll();
        wishing.join(20_000);
        assertThat(longer.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @ParameterizedTest
    @CsvSource({"PAUSE, true", "PAUSE, false", "CANCEL, true", "CANCEL, false", "CLOSE, true", "CLOSE, false"})
    void a_wish_to_a_run_that_waits_for_a_signal_or_a_rate_is_done_at_once(Wish wish, boolean signal) {
        SetSignal load = new SetSignal("load");
        CountedTask task = new CountedTask("tidy", 3).within(context -> {
            if (signal) {
                load.set(LoadReading.stop("busy"));
                stepped.clock.advance(Duration.ofSeconds(2));
            }
        });
        MaintenanceEngine engine = stepped.timed(store)
                .signal(load)
                .settings(s -> s.taskDefaults(t -> signal ? t : t.itemsPerSecond(1)))
                .task(task)
                .build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        assertThat(engine.status("tidy").waitsFor()).isPresent();
        wish.tell(engine, "tidy");
        assertThat(run).isCompleted();
        assertThat(run.join().state()).isEqualTo(wish.state);
        assertThat(run.join().batches()).isEqualTo(1);
        stepped.advance(Duration.ofMinutes(1));
        assertThat(task.cursors).hasSize(1);
        engine.close();
    }

    @Test
    void a_wish_to_a_task_without_a_run_does_what_it_says() {
        MaintenanceEngine engine =
                stepped.timed(store).task(new CountedTask("tidy", 1)).build();
        engine.start();
        assertThat(engine.cancel("tidy")).isFalse();
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.cancel("tidy")).as("its run has ended").isFalse();
        engine.pause("tidy");
        assertThatExceptionOfType(MaintenanceException.class)
                .isThrownBy(() -> engine.runNow("tidy"))
                .withMessageContaining("paused");
        engine.resume("tidy");
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }
}
