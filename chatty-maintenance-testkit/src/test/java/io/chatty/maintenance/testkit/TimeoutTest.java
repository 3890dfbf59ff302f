package io.chatty.maintenance.testkit;

import static io.chatty.maintenance.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.EngineHealth.Level;
import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches and runs that take too long. Time is stepped; the batches are in real threads, which may hang. */
@Timeout(60)
class TimeoutTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final Gate gate = new Gate();

    @AfterEach
    void no_engine_thread_is_left() {
        gate.openForAll();
        Eventually.eventuallyNoEngineThreads();
    }

    private MaintenanceEngine.Builder engine() {
        return MaintenanceEngine.builder()
                .runStore(store)
                .clock(stepped.clock)
                .ticker(stepped::nanos)
                .scheduler(stepped.scheduler)
                .settings(s -> s.taskDefaults(t -> t.batchTimeout(MINUTE).retries(0)));
    }

    private CompletableFuture<Run> begun(MaintenanceEngine engine) throws InterruptedException {
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        gate.awaitReached();
        return run;
    }

    @Test
    void a_batch_over_its_timeout_is_cancelled_by_what_it_gave_for_that_and_fails() throws Exception {
        AtomicBoolean interrupted = new AtomicBoolean();
        CountedTask task = new CountedTask("tidy", 1).within(context -> {
            context.onCancel(gate::openForAll);
            gate.passUninterruptibly();
            interrupted.set(Thread.interrupted());
            throw new IllegalStateException("statement cancelled");
        });
        MaintenanceEngine engine = engine().task(task).build();
        CompletableFuture<Run> run = begun(engine);
        stepped.advance(MINUTE.minus(SECOND));
        assertThat(gate.isReached()).isFalse();
        assertThat(run).isNotDone();
        stepped.advance(SECOND.multipliedBy(2));
        assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.FAILED);
        assertThat(run.join().detail()).contains("the batch took longer than its timeout of PT1M");
        assertThat(interrupted).isFalse();
        engine.close();
    }

    @Test
    void one_that_does_not_heed_that_for_ten_seconds_is_interrupted() throws Exception {
        AtomicBoolean cancelled = new AtomicBoolean();
        CountedTask task = new CountedTask("tidy", 1).within(context -> {
            context.onCancel(() -> cancelled.set(true));
            gate.pass();
        });
        MaintenanceEngine engine = engine().task(task).build();
        CompletableFuture<Run> run = begun(engine);
        stepped.advance(MINUTE.plus(SECOND.multipliedBy(9)));
        eventually("it was told", cancelled::get);
        assertThat(run).isNotDone();
        stepped.advance(SECOND.multipliedBy(2));
        assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.FAILED);
        assertThat(run.join().detail()).contains("timeout of PT1M", "InterruptedException");
        assertThat(engine.health().reasons()).noneMatch(reason -> reason.contains("stuck"));
        engine.close();
    }

    @Test
    void a_batch_that_was_written_off_and_comes_back_records_nothing_is_not_tried_again_and_health_recovers()
            throws Exception {
        CountedTask task = new CountedTask("tidy", 2);
        task.within(context -> {
            if (task.cursors.size() == 1) {
                gate.passUninterruptibly();
                throw new IOException("socket closed"); // as if it might pass
            }
        });
        MaintenanceEngine engine = engine().settings(s -> s.taskDefaults(t -> t.retries(5)))
                .task(task)
                .build();
        CompletableFuture<Run> run = begun(engine);
        stepped.advance(MINUTE.multipliedBy(2));
        Run ended = run.get(20, TimeUnit.SECONDS);
        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.detail()).contains("a batch hangs", "Gate.passUninterruptibly");
        assertThat(engine.health().reasons()).singleElement().asString().startsWith("tidy: stuck");

        gate.open();
        eventually(
                "the thread is back",
                () -> engine.health().reasons().stream().noneMatch(reason -> reason.contains("stuck")));
        stepped.advance(MINUTE.multipliedBy(5));
        assertThat(task.cursors).containsExactly("start");
        assertThat(store.find(ended.id())).contains(ended);
        assertThat(engine.runNow("tidy").get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_batch_that_was_written_off_and_ends_well_after_all_counts_nothing() throws Exception {
        CountedTask task = new CountedTask("tidy", 1).within(context -> gate.passUninterruptibly());
        MaintenanceEngine engine = engine().task(task).build();
        CompletableFuture<Run> run = begun(engine);
        stepped.advance(MINUTE.multipliedBy(2));
        Run ended = run.get(20, TimeUnit.SECONDS);
        gate.open();
        eventually(
                "the thread is back",
                () -> engine.health().reasons().stream().noneMatch(reason -> reason.contains("stuck")));
        assertThat(store.find(ended.id())).contains(ended);
        assertThat(ended.batches()).isZero();
        assertThat(ended.counts()).isEqualTo(Counts.none());
        engine.close();
    }

    @Test
    void a_task_is_stuck_until_the_last_of_its_threads_that_hang_has_come_back() throws Exception {
        Gate second = new Gate();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        CountedTask task = new CountedTask("tidy", 1);
        task.within(context -> (task.cursors.size() == 1 ? gate : second).passUninterruptibly());
        MaintenanceEngine engine = engine().meterRegistry(registry).task(task).build();
        CompletableFuture<Run> run = begun(engine);
        stepped.advance(MINUTE.multipliedBy(2));
        run.get(20, TimeUnit.SECONDS);
        run = engine.runNow("tidy");
        second.awaitReached();
        stepped.advance(MINUTE.multipliedBy(2));
        run.get(20, TimeUnit.SECONDS);
        gate.open();
        eventually(
                "the first is back",
                () -> registry.get("chatty.maintenance.workers.hung").gauge().value() == 1);
        task.within(context -> {});
        assertThat(engine.runNow("tidy").get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        List<String> reasons = engine.health().reasons();
        second.openForAll();
        assertThat(reasons).singleElement().asString().startsWith("tidy: stuck");
        eventually("none hangs", () -> engine.health().reasons().isEmpty());
        engine.close();
    }

    @Test
    void while_too_many_threads_hang_due_times_are_skipped_and_runs_refused_with_the_reason() throws Exception {
        CountedTask.Within hang = context -> gate.passUninterruptibly();
        CountedTask well = new CountedTask("well", 1);
        MaintenanceEngine engine = engine().settings(s -> s.tasksAtOnce(1))
                .task(new CountedTask("tidy", 1).within(hang))
                .task(new CountedTask("second", 1).within(hang))
                .task(new CountedTask("third", 1).within(hang))
                .task(well, Schedules.every(Duration.ofMinutes(30)))
                .build();
        CompletableFuture<Run> first = begun(engine);
        stepped.advance(MINUTE.multipliedBy(2));
        first.get(20, TimeUnit.SECONDS);
        for (String task : new String[] {"second", "third"}) {
            CompletableFuture<Run> run = engine.runNow(task);
            gate.awaitReached(); // on a thread that stands in for one that hangs
            stepped.advance(MINUTE.multipliedBy(2));
            run.get(20, TimeUnit.SECONDS);
        }
        assertThat(engine.health().level()).isEqualTo(Level.DOWN);
        assertThatThrownBy(() -> engine.runNow("well"))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("the engine is down");
        // The due time has a thread although all hang: the pool has one more than runs, and two that stand in.
        stepped.advance(MINUTE.multipliedBy(30));
        eventually("the due time is skipped", () -> !engine.history("well", 1).isEmpty());
        assertThat(engine.history("well", 1).get(0).state()).isEqualTo(RunState.SKIPPED);
        assertThat(engine.history("well", 1).get(0).detail()).contains("too many threads hang");
        assertThat(well.cursors).isEmpty();

        gate.openForAll();
        eventually("all are back", () -> engine.health().level() != Level.DOWN);
        assertThat(engine.runNow("well").get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_run_over_its_timeout_fails_after_its_batch() {
        CountedTask task =
                new CountedTask("tidy", 10).within(context -> stepped.clock.advance(MINUTE.multipliedBy(10)));
        MaintenanceEngine engine = stepped.timed(store)
                .settings(s -> s.taskDefaults(t -> t.runTimeout(MINUTE.multipliedBy(25))))
                .task(task)
                .build();
        engine.start();
        Run run = engine.runNow("tidy").join();
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.detail()).isEqualTo("the run took longer than its timeout of PT25M");
        assertThat(run.batches()).isEqualTo(3);
        engine.close();
    }

    @Test
    void what_a_run_waits_does_not_count_to_its_timeout() {
        CountedTask task = new CountedTask("tidy", 10).within(context -> stepped.clock.advance(Duration.ofMillis(100)));
        MaintenanceEngine engine = stepped.timed(store)
                .settings(s ->
                        s.taskDefaults(t -> t.runTimeout(SECOND.multipliedBy(5)).itemsPerSecond(1)))
                .task(task)
                .build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        stepped.advance(MINUTE);
        assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.join().duration())
                .hasValueSatisfying(took -> assertThat(took).isGreaterThan(SECOND.multipliedBy(9)));
        engine.close();
    }

    @Test
    void a_batch_in_which_the_run_times_out_is_cancelled_then_and_says_how_long_it_had() throws Exception {
        CountedTask task = new CountedTask("tidy", 2);
        task.within(context -> {
            if (task.cursors.size() == 1) {
                stepped.clock.advance(SECOND.multipliedBy(20));
                return;
            }
            context.onCancel(gate::openForAll);
            gate.pass();
            throw new IllegalStateException("statement cancelled");
        });
        MaintenanceEngine engine = engine().settings(s -> s.taskDefaults(t -> t.runTimeout(SECOND.multipliedBy(50))))
                .task(task)
                .build();
        CompletableFuture<Run> run = begun(engine);
        stepped.advance(SECOND.multipliedBy(31));
        assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.FAILED);
        assertThat(run.join().detail()).contains("timeout of PT30.001S");
        assertThat(run.join().batches()).isEqualTo(1);
        engine.close();
    }

    @Test
    void a_batch_that_comes_back_while_it_is_written_off_does_not_look_stuck_for_ever() throws Exception {
        Gate storing = new Gate();
        ForwardingStore slow = new ForwardingStore(store) {
            @Override
            public Optional<Run> takeOver(Run seen, String owner, Duration claimFor) {
                storing.passUninterruptibly();
                return super.takeOver(seen, owner, claimFor);
            }
        };
        CountedTask task = new CountedTask("tidy", 2).within(context -> gate.passUninterruptibly());
        MaintenanceEngine engine = engine().runStore(slow).task(task).build();
        CompletableFuture<Run> run = begun(engine);
        stepped.advance(MINUTE.multipliedBy(2));
        storing.awaitReached();
        assertThat(engine.health().reasons()).anyMatch(reason -> reason.startsWith("tidy: stuck"));
        gate.openForAll();
        eventually(
                "the thread is back",
                () -> engine.health().reasons().stream().noneMatch(reason -> reason.contains("stuck")));
        storing.openForAll();
        assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.FAILED);
        assertThat(engine.health().reasons()).noneMatch(reason -> reason.contains("stuck"));
        engine.close();
    }
}
