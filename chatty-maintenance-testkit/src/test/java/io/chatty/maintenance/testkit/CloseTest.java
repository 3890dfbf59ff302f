package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.RunId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CloseTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final Gate gate = new Gate();

    @AfterEach
    void no_engine_thread_is_left() {
        gate.openForAll();
        Eventually.eventuallyNoEngineThreads();
    }

    private MaintenanceEngine.Builder engine() {
        return MaintenanceEngine.builder().runStore(store);
    }

    private RunState state(CompletableFuture<Run> run) {
        return run.join().state();
    }

    /** Begins a run whose end is looked for elsewhere. */
    private static void begin(MaintenanceEngine engine, String task) {
        assertThat(engine.runNow(task)).isNotNull();
    }

    /** Closes in a thread of its own, and hands over when the close waits. */
    private static CompletableFuture<Boolean> closing(MaintenanceEngine engine) {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            engine.close();
            closed.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        Eventually.eventually(
                "the close waits", () -> thread.getState() == Thread.State.TIMED_WAITING || closed.isDone());
        return closed;
    }

    @Test
    void a_close_before_the_start_or_again_does_nothing() {
        MaintenanceEngine engine =
                engine().task(new CountedTask("tidy", 1), Schedules.every(HOUR)).build();
        engine.close();
        engine.close();
        MaintenanceEngine started =
                engine().task(new CountedTask("tidy", 1), Schedules.every(HOUR)).build();
        started.start();
        started.close();
        started.close();
        assertThat(store.history("tidy", 10)).isEmpty();
    }

    @Test
    void a_close_in_the_middle_of_a_batch_lets_it_end_and_the_run_is_interrupted_to_go_on_at_the_next_start()
            throws Exception {
        AtomicBoolean disturbed = new AtomicBoolean();
        CountedTask task = new CountedTask("tidy", 3).within(context -> {
            context.onCancel(() -> disturbed.set(true));
            gate.pass();
        });
        MaintenanceEngine engine = engine().task(task).build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        gate.awaitReached();
        CompletableFuture<Boolean> closed = closing(engine);
        assertThat(closed).isNotDone();
        gate.open();
        assertThat(closed.get(20, TimeUnit.SECONDS)).isFalse();
        assertThat(state(run)).isEqualTo(RunState.INTERRUPTED);
        assertThat(run.join().batches()).isEqualTo(1);
        assertThat(task.cursors).containsExactly("start");
        assertThat(disturbed).isFalse();

        gate.openForAll();
        stepped.clock.set(run.join().now());
        MaintenanceEngine next = stepped.engine(store).task(task).build();
        next.start();
        assertThat(task.cursors).containsExactly("start", "1", "2");
        assertThat(store.find(run.join().id()).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
        next.close();
    }

    @Test
    void the_last_batch_in_flight_ends_its_run_as_succeeded() throws Exception {
        MaintenanceEngine engine = engine().task(new CountedTask("tidy", 1).within(context -> gate.pass()))
                .build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        gate.awaitReached();
        CompletableFuture<Boolean> closed = closing(engine);
        gate.open();
        closed.get(20, TimeUnit.SECONDS);
        assertThat(state(run)).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void a_batch_beyond_the_timeout_is_cancelled_and_interrupted_and_leaves_no_record() throws Exception {
        AtomicBoolean cancelled = new AtomicBoolean();
        Semaphore never = new Semaphore(0);
        CountedTask task = new CountedTask("tidy", 3).within(context -> {
            context.onCancel(() -> cancelled.set(true));
            never.acquire();
        });
        MaintenanceEngine engine = engine().settings(s -> s.closeTimeout(Duration.ofMillis(1)))
                .task(task)
                .build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        Eventually.eventually("the batch waits", never::hasQueuedThreads);
        engine.close();
        assertThat(state(run)).isEqualTo(RunState.INTERRUPTED);
        assertThat(run.join().batches()).isZero();
        Eventually.eventually("the batch was told", cancelled::get);
    }

    @Test
    void a_batch_that_fails_because_it_was_cancelled_is_interrupted_and_not_failed() throws Exception {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        CountedTask task = new CountedTask("tidy", 3).within(context -> {
            context.onCancel(() -> cancelled.completeExceptionally(new IllegalStateException("statement cancelled")));
            gate.pass();
            cancelled.join();
        });
        // Workers of the host's own: nobody interrupts them.
        ExecutorService workers = Executors.newSingleThreadExecutor();
        try {
            MaintenanceEngine engine = engine().settings(s -> s.closeTimeout(Duration.ofMillis(1)))
                    .workers(workers)
                    .task(task)
                    .build();
            engine.start();
            CompletableFuture<Run> run = engine.runNow("tidy");
            gate.awaitReached();
            gate.open();
            engine.close();
            assertThat(state(run)).isEqualTo(RunState.INTERRUPTED);
            assertThat(workers.isShutdown()).isFalse();
        } finally {
            workers.shutdown();
        }
    }

    @Test
    void a_batch_that_ignores_everything_does_not_hold_a_close_up_and_its_waiters_are_told() throws Exception {
        CountedTask task = new CountedTask("tidy", 3).within(context -> gate.passUninterruptibly());
        MaintenanceEngine engine = engine().settings(s -> s.closeTimeout(Duration.ofMillis(10)))
                .task(task)
                .build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        gate.awaitReached();
        long start = System.nanoTime();
        engine.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
        assertThatThrownBy(() -> run.get(1, TimeUnit.SECONDS)).hasCauseInstanceOf(MaintenanceException.class);
        assertThat(StoredRuns.active(store, "tidy").orElseThrow().state()).isEqualTo(RunState.RUNNING);

        gate.openForAll();
        Eventually.eventually(
                "the batch ends late and the run rests",
                () -> StoredRuns.active(store, "tidy").orElseThrow().state() == RunState.INTERRUPTED);
        assertThat(task.cursors).containsExactly("start");
    }

    @Test
    void an_action_on_cancel_that_hangs_or_fails_does_not_hold_a_close_up() throws Exception {
        Gate hanging = new Gate();
        AtomicBoolean last = new AtomicBoolean();
        CountedTask task = new CountedTask("tidy", 3).within(context -> {
            context.onCancel(() -> {
                throw new AssertionError("an action that fails");
            });
            context.onCancel(hanging::passUninterruptibly);
            context.onCancel(() -> last.set(true));
            gate.pass();
        });
        MaintenanceEngine engine = engine().settings(s -> s.closeTimeout(Duration.ofMillis(1)))
                .task(task)
                .build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        gate.awaitReached();
        engine.close();
        assertThat(state(run)).isEqualTo(RunState.INTERRUPTED);
        hanging.awaitReached();
        Eventually.eventually("the action behind it was called too", last::get);
        hanging.openForAll();
    }

    @Test
    void an_interrupt_cuts_the_waiting_short_and_is_given_back() throws Exception {
        CountedTask task = new CountedTask("tidy", 3).within(context -> gate.pass());
        MaintenanceEngine engine =
                engine().settings(s -> s.closeTimeout(HOUR)).task(task).build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        gate.awaitReached();
        Thread.currentThread().interrupt();
        engine.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(state(run)).isEqualTo(RunState.INTERRUPTED);
    }

    @Test
    void runs_that_wait_for_a_worker_are_interrupted_without_a_batch() throws Exception {
        CountedTask first = new CountedTask("first", 3).within(context -> gate.pass());
        CountedTask second = new CountedTask("second", 3).within(context -> gate.pass());
        CountedTask third = new CountedTask("third", 3);
        MaintenanceEngine engine = engine().task(first).task(second).task(third).build();
        engine.start();
        begin(engine, "first");
        begin(engine, "second");
        gate.awaitReached();
        gate.awaitReached();
        CompletableFuture<Run> waiting = engine.runNow("third");
        CompletableFuture<Boolean> closed = closing(engine);
        gate.openForAll();
        closed.get(20, TimeUnit.SECONDS);
        assertThat(state(waiting)).isEqualTo(RunState.INTERRUPTED);
        assertThat(third.cursors).isEmpty();
    }

    @Test
    void a_run_that_never_got_a_worker_rests_on_close() throws Exception {
        Semaphore never = new Semaphore(0);
        CountedTask first = new CountedTask("first", 3).within(context -> never.acquire());
        CountedTask second = new CountedTask("second", 3).within(context -> never.acquire());
        MaintenanceEngine engine = engine().settings(s -> s.closeTimeout(Duration.ofMillis(1)))
                .task(first)
                .task(second)
                .task(new CountedTask("third", 1))
                .build();
        engine.start();
        begin(engine, "first");
        begin(engine, "second");
        CompletableFuture<Run> third = engine.runNow("third");
        Eventually.eventually("both workers wait", () -> never.getQueueLength() == 2);
        engine.close();
        assertThat(third.get(1, TimeUnit.SECONDS).state()).isEqualTo(RunState.INTERRUPTED);
        assertThat(StoredRuns.active(store, "third")).isPresent();
    }

    @Test
    void a_due_time_that_waited_for_the_hosts_worker_begins_nothing_after_the_close() {
        Deque<Runnable> waiting = new ArrayDeque<>();
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine engine = stepped.engine(store)
                .workers(waiting::add)
                .task(task, Schedules.every(HOUR))
                .build();
        engine.start();
        stepped.advance(Duration.ofMinutes(61));
        assertThat(waiting).hasSize(1);
        engine.close();
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
        assertThat(task.cursors).isEmpty();
        assertThat(store.history("tidy", 10)).isEmpty();
    }

    @Test
    void a_run_begun_while_the_engine_closes_rests_without_a_batch() {
        // The close comes between the check that the engine is open and the run: from within the store.
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        ForwardingStore closing = new ForwardingStore() {
            @Override
            public boolean begin(Run fresh, Optional<RunId> lastSeen, Duration claimFor) {
                engine[0].close();
                return super.begin(fresh, lastSeen, claimFor);
            }
        };
        CountedTask task = new CountedTask("tidy", 1);
        engine[0] = stepped.engine(closing).task(task).build();
        engine[0].start();
        assertThat(state(engine[0].runNow("tidy"))).isEqualTo(RunState.INTERRUPTED);
        assertThat(task.cursors).isEmpty();
    }

    @Test
    void a_close_from_within_a_batch_does_not_deadlock() throws Exception {
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        CountedTask task = new CountedTask("tidy", 3).within(context -> engine[0].close());
        engine[0] = engine().settings(s -> s.closeTimeout(Duration.ofMillis(1)))
                .task(task)
                .build();
        engine[0].start();
        begin(engine[0], "tidy");
        Eventually.eventually(
                "the run rests", () -> store.history("tidy", 1).get(0).state() == RunState.INTERRUPTED);
        assertThat(task.cursors).containsExactly("start");
    }

    @Test
    void own_threads_are_daemons_and_their_names_say_whose_they_are() throws Exception {
        CountedTask task = new CountedTask("tidy", 1).within(context -> gate.pass());
        MaintenanceEngine engine = engine().listener(event -> gate.passUninterruptibly())
                .task(task, Schedules.every(HOUR))
                .build();
        engine.start();
        begin(engine, "tidy");
        gate.awaitReached();
        gate.awaitReached();
        assertThat(Eventually.engineThreads()).hasSize(4).allMatch(Thread::isDaemon);
        assertThat(Eventually.engineThreads())
                .extracting(thread -> thread.getName().replaceAll("-\\d+$", ""))
                .containsExactlyInAnyOrder(
                        "chatty-maintenance-events",
                        "chatty-maintenance-log",
                        "chatty-maintenance-timer",
                        "chatty-maintenance-worker");
        gate.openForAll();
        engine.close();
    }

    @Test
    void a_listener_that_hangs_does_not_hold_a_close_up() throws Exception {
        Semaphore never = new Semaphore(0);
        MaintenanceEngine engine = engine().listener(event -> {
                    try {
                        never.acquire();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })
                .task(new CountedTask("tidy", 1))
                .build();
        engine.start();
        engine.runNow("tidy").join();
        engine.close();
        assertThat(store.history("tidy", 1).get(0).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void a_future_that_its_host_has_cancelled_or_timed_out_does_not_make_a_close_forget_the_run() throws Exception {
        AtomicBoolean cancelled = new AtomicBoolean();
        CountedTask task = new CountedTask("tidy", 3).within(context -> {
            context.onCancel(() -> cancelled.set(true));
            gate.pass();
        });
        MaintenanceEngine engine = engine().settings(s -> s.closeTimeout(Duration.ofMillis(1)))
                .task(task)
                .build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        gate.awaitReached();
        assertThat(run.cancel(true)).isTrue();
        engine.close();
        Eventually.eventually("the batch was told", cancelled::get);
        assertThat(StoredRuns.active(store, "tidy").orElseThrow().state()).isEqualTo(RunState.INTERRUPTED);
    }
}
