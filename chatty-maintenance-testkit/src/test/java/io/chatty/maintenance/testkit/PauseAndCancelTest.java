package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an operator does to a run. */
@Timeout(60)
class PauseAndCancelTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final Gate gate = new Gate();

    @Test
    void a_pause_takes_hold_after_the_batch_and_a_resume_goes_on_from_the_cursor_with_the_same_now() throws Exception {
        CountedTask task = new CountedTask("tidy", 3).within(context -> gate.pass());
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(store)
                .clock(stepped.clock)
                .task(task)
                .build()) {
            engine.start();
            CompletableFuture<Run> run = engine.runNow("tidy");
            gate.awaitReached();
            engine.pause("tidy");
            assertThat(run).isNotDone();
            assertThat(engine.status("tidy").paused()).isTrue();
            gate.open();
            Run paused = run.get(20, TimeUnit.SECONDS);
            assertThat(paused.state()).isEqualTo(RunState.PAUSED);
            assertThat(paused.batches()).isEqualTo(1);
            assertThat(paused.endedAt()).isNull();
            assertThat(task.cursors).containsExactly("start");

            stepped.clock.advance(Duration.ofDays(2));
            gate.openForAll();
            engine.resume("tidy");
            Eventually.eventually("it has ended", () -> state(paused) == RunState.SUCCEEDED);
            assertThat(task.cursors).containsExactly("start", "1", "2");
            assertThat(task.nows).allMatch(paused.now()::equals);
            assertThat(store.find(paused.id()).orElseThrow().token()).isEqualTo(2);
            assertThat(engine.status("tidy").paused()).isFalse();
        }
    }

    private RunState state(Run run) {
        return store.find(run.id()).orElseThrow().state();
    }

    @Test
    void a_resume_before_the_pause_took_hold_takes_it_back_and_the_run_never_stops() throws Exception {
        CountedTask task = new CountedTask("tidy", 3).within(context -> gate.pass());
        try (MaintenanceEngine engine =
                MaintenanceEngine.builder().runStore(store).task(task).build()) {
            engine.start();
            CompletableFuture<Run> run = engine.runNow("tidy");
            gate.awaitReached();
            engine.pause("tidy");
            engine.resume("tidy");
            gate.openForAll();
            assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(run.get().token()).isEqualTo(1);
        }
    }

    @Test
    void while_a_task_is_paused_its_due_times_are_recorded_as_skipped_and_runs_are_refused() {
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine engine =
                stepped.engine(store).task(task, Schedules.every(HOUR)).build();
        engine.start();
        engine.pause("tidy");
        engine.pause("tidy");
        stepped.advance(Duration.ofMinutes(125));
        assertThat(task.cursors).isEmpty();
        assertThat(engine.history("tidy", 10)).hasSize(2).allSatisfy(run -> {
            assertThat(run.state()).isEqualTo(RunState.SKIPPED);
            assertThat(run.detail()).contains("paused");
        });
        assertThatThrownBy(() -> engine.runNow("tidy"))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContainingAll("tidy", "paused", "resume");
        engine.resume("tidy");
        engine.resume("tidy");
        assertThat(task.cursors).isEmpty();
        stepped.advance(HOUR);
        assertThat(task.cursors).containsExactly("start");
        engine.close();
    }

    @Test
    void a_pause_of_a_run_survives_a_new_engine_on_the_same_store() {
        CountedTask task = new CountedTask("tidy", 2);
        MaintenanceEngine first = stepped.engine(store).task(task).build();
        task.within(context -> first.pause("tidy"));
        first.start();
        Run paused = first.runNow("tidy").join();
        assertThat(paused.state()).isEqualTo(RunState.PAUSED);
        first.close();
        assertThat(state(paused)).isEqualTo(RunState.PAUSED);

        task.within(context -> {});
        MaintenanceEngine second =
                stepped.engine(store).task(task, Schedules.every(HOUR)).build();
        second.start();
        assertThat(second.status("tidy").paused()).isTrue();
        stepped.advance(Duration.ofMinutes(61));
        assertThat(task.cursors).containsExactly("start");
        second.resume("tidy");
        assertThat(task.cursors).containsExactly("start", "1");
        assertThat(state(paused)).isEqualTo(RunState.SUCCEEDED);
        second.close();
    }

    @Test
    void a_paused_task_whose_process_died_in_a_run_goes_on_when_it_is_resumed() throws Exception {
        CountedTask task = new CountedTask("tidy", 2);
        Run dead = StoredRuns.begun(store, "tidy", "dead@host", Stepped.START);
        store.setPaused("tidy", true);
        MaintenanceEngine engine =
                stepped.engine(store).task(task, Schedules.every(HOUR)).build();
        engine.start();
        assertThat(task.cursors).isEmpty();
        assertThat(state(dead)).isEqualTo(RunState.PAUSED);
        engine.resume("tidy");
        assertThat(task.cursors).containsExactly("start", "1");
        assertThat(state(dead)).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_run_that_rests_although_its_task_is_not_paused_goes_on_at_the_start() {
        // A process that dies within a resume leaves this behind.
        Run run = StoredRuns.begun(store, "tidy", "dead@host", Stepped.START);
        store.end(run.claim(), RunState.PAUSED, Optional.empty(), Stepped.START);
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine engine = stepped.engine(store).task(task).build();
        engine.start();
        assertThat(state(run)).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_cancel_calls_what_the_batch_in_flight_gave_for_it_and_the_run_ends_for_good() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        CopyOnWriteArrayList<Boolean> seen = new CopyOnWriteArrayList<>();
        CountedTask task = new CountedTask("tidy", 3).within(context -> {
            seen.add(context.isCancelled());
            context.onCancel(() -> {
                throw new AssertionError("an action that fails");
            });
            context.onCancel(cancelled::countDown);
            gate.pass();
            if (!cancelled.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("not cancelled");
            }
            seen.add(context.isCancelled());
            throw new IllegalStateException("the statement was cancelled");
        });
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(store)
                .task(task, Schedules.every(HOUR))
                .build()) {
            engine.start();
            CompletableFuture<Run> run = engine.runNow("tidy");
            gate.awaitReached();
            assertThat(engine.cancel("tidy")).isTrue();
            gate.open();
            assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.CANCELLED);
            assertThat(run.get().batches()).isZero();
            assertThat(run.get().endedAt()).isNotNull();
            assertThat(seen).containsExactly(false, true);
            assertThat(engine.cancel("tidy")).isFalse();
            task.within(context -> {});
            assertThat(engine.runNow("tidy").get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    @Test
    void what_is_given_for_a_cancel_that_came_already_is_called_at_once() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        CountedTask task = new CountedTask("tidy", 3).within(context -> {
            gate.pass();
            context.onCancel(calls::incrementAndGet);
        });
        try (MaintenanceEngine engine = MaintenanceEngine.builder().task(task).build()) {
            engine.start();
            CompletableFuture<Run> run = engine.runNow("tidy");
            gate.awaitReached();
            engine.cancel("tidy");
            engine.cancel("tidy");
            gate.open();
            assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.CANCELLED);
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    void a_failure_of_its_own_after_a_pause_was_asked_for_is_still_a_failure() throws Exception {
        CountedTask task = new CountedTask("tidy", 3).within(context -> {
            gate.pass();
            throw new IllegalStateException("disk full");
        });
        try (MaintenanceEngine engine = MaintenanceEngine.builder().task(task).build()) {
            engine.start();
            CompletableFuture<Run> run = engine.runNow("tidy");
            gate.awaitReached();
            engine.pause("tidy");
            gate.open();
            assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.FAILED);
            assertThat(run.get().detail()).contains("disk full");
        }
    }

    @Test
    void a_paused_run_can_be_cancelled_and_listeners_are_told() {
        List<MaintenanceEvent> events = new CopyOnWriteArrayList<>();
        CountedTask task = new CountedTask("tidy", 2);
        MaintenanceEngine engine =
                stepped.engine(store).listener(events::add).task(task).build();
        task.within(context -> engine.pause("tidy"));
        engine.start();
        Run paused = engine.runNow("tidy").join();
        assertThat(engine.cancel("tidy")).isTrue();
        assertThat(state(paused)).isEqualTo(RunState.CANCELLED);
        assertThat(engine.cancel("tidy")).isFalse();
        engine.close();
        assertThat(events)
                .last()
                .isInstanceOfSatisfying(
                        MaintenanceEvent.RunStopped.class,
                        stopped -> assertThat(stopped.run().state()).isEqualTo(RunState.CANCELLED));
    }

    /** A store in which the end of a run waits for the test. */
    private static final class SlowEnd extends ForwardingStore {
        private final Gate gate = new Gate();

        @Override
        public Run end(RunClaim claim, RunState state, Optional<String> detail, Instant at) {
            if (state == RunState.PAUSED) {
                gate.passUninterruptibly();
            }
            return super.end(claim, state, detail, at);
        }
    }

    @Test
    void a_cancel_while_a_pause_is_being_stored_still_ends_the_run_for_good() throws Exception {
        SlowEnd slow = new SlowEnd();
        CountedTask task = new CountedTask("tidy", 2);
        try (MaintenanceEngine engine =
                MaintenanceEngine.builder().runStore(slow).task(task).build()) {
            task.within(context -> engine.pause("tidy"));
            engine.start();
            CompletableFuture<Run> run = engine.runNow("tidy");
            slow.gate.awaitReached();
            CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
            Thread canceller = new Thread(() -> cancelled.complete(engine.cancel("tidy")));
            canceller.start();
            Eventually.eventually(
                    "the cancel waits or is over",
                    () -> canceller.getState() == Thread.State.TIMED_WAITING || cancelled.isDone());
            slow.gate.openForAll();
            assertThat(cancelled.get(20, TimeUnit.SECONDS)).isTrue();
            Run paused = run.get(20, TimeUnit.SECONDS);
            assertThat(slow.find(paused.id()).orElseThrow().state()).isEqualTo(RunState.CANCELLED);
        }
    }

    @Test
    void a_loop_that_loses_its_run_to_its_own_engine_does_not_take_the_new_one_along() throws Exception {
        SlowEnd slow = new SlowEnd();
        CountedTask task = new CountedTask("tidy", 3);
        try (MaintenanceEngine engine =
                MaintenanceEngine.builder().runStore(slow).task(task).build()) {
            task.within(context -> engine.pause("tidy"));
            engine.start();
            CompletableFuture<Run> old = engine.runNow("tidy");
            slow.gate.awaitReached();
            task.within(context -> gate.pass());
            Thread.currentThread().interrupt(); // the resume does not wait for the old loop to end
            engine.resume("tidy");
            assertThat(Thread.interrupted()).isTrue();
            gate.awaitReached();
            slow.gate.openForAll();
            assertThatThrownBy(() -> old.get(20, TimeUnit.SECONDS)).hasMessageContaining("no longer claimed");
            assertThat(engine.status("tidy").runningHere()).isPresent();
            gate.openForAll();
            Eventually.eventually(
                    "the new loop ends the run",
                    () -> slow.history("tidy", 1).get(0).state() == RunState.SUCCEEDED);
            assertThat(task.cursors).containsExactly("start", "1", "2");
        }
    }

    @Test
    void operations_refuse_unknown_tasks_and_list_those_there_are() {
        MaintenanceEngine engine = stepped.engine(store)
                .task(new CountedTask("tidy", 1))
                .task(new CountedTask("other", 1))
                .build();
        engine.start();
        List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> calls = List.of(
                () -> engine.status("typo"),
                () -> engine.preview("typo"),
                () -> engine.runNow("typo"),
                () -> engine.pause("typo"),
                () -> engine.resume("typo"),
                () -> engine.cancel("typo"),
                () -> engine.history("typo", 1));
        for (var call : calls) {
            assertThatIllegalArgumentException().isThrownBy(call).withMessageContainingAll("typo", "tidy", "other");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> engine.history("tidy", 0));
        assertThat(engine.status()).extracting(status -> status.task()).containsExactly("tidy", "other");
        engine.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> engine.runNow("tidy"))
                .withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(() -> engine.resume("tidy"));
    }

    @Test
    void a_pause_can_be_ended_before_the_start_and_the_run_goes_on_at_the_start() throws Exception {
        Run rests = StoredRuns.begun(store, "tidy", "dead@host", Stepped.START);
        store.end(rests.claim(), RunState.PAUSED, Optional.empty(), Stepped.START);
        store.setPaused("tidy", true);
        CountedTask task = new CountedTask("tidy", 2);
        try (MaintenanceEngine engine = stepped.engine(store).task(task).build()) {
            engine.resume("tidy");
            assertThat(engine.status("tidy").paused()).isFalse();
            assertThat(store.find(rests.id()).orElseThrow().state()).isEqualTo(RunState.PAUSED);
            assertThat(task.cursors).isEmpty();

            engine.start();

            assertThat(store.find(rests.id()).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
        }
        MaintenanceEngine closed = stepped.engine(store).task(task).build();
        closed.close();
        assertThatIllegalStateException().isThrownBy(() -> closed.resume("tidy"));
    }

    @Test
    void what_a_batch_gave_for_a_cancel_may_hang_and_holds_up_neither_who_cancels_nor_the_next_run() throws Exception {
        Gate hanging = new Gate();
        CountedTask task = new CountedTask("tidy", 3).within(context -> {
            context.onCancel(hanging::passUninterruptibly);
            gate.pass();
        });
        try (MaintenanceEngine engine = MaintenanceEngine.builder().task(task).build()) {
            engine.start();
            CompletableFuture<Run> run = engine.runNow("tidy");
            gate.awaitReached();
            CompletableFuture<Boolean> asked = CompletableFuture.supplyAsync(() -> engine.cancel("tidy"));
            hanging.awaitReached();
            assertThat(asked.get(20, TimeUnit.SECONDS)).isTrue();
            gate.open();
            assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.CANCELLED);
            task.within(context -> {});
            assertThat(engine.runNow("tidy").get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        } finally {
            hanging.openForAll();
        }
    }

    @Test
    void a_resume_neither_waits_for_the_batch_of_a_cancelled_run_nor_begins_another_beside_it() throws Exception {
        CountedTask task = new CountedTask("tidy", 3).within(context -> gate.passUninterruptibly());
        try (MaintenanceEngine engine =
                MaintenanceEngine.builder().runStore(store).task(task).build()) {
            engine.start();
            CompletableFuture<Run> run = engine.runNow("tidy");
            gate.awaitReached();
            engine.pause("tidy");
            engine.cancel("tidy");
            engine.resume("tidy");
            assertThat(StoredRuns.active(store, "tidy").orElseThrow().token()).isEqualTo(1);
            gate.openForAll();
            assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.CANCELLED);
            assertThat(task.cursors).containsExactly("start");
            assertThat(engine.status("tidy").paused()).isFalse();
        } finally {
            gate.openForAll();
        }
    }

    @Test
    void what_a_task_does_on_cancel_and_does_not_end_holds_up_no_other_wish() throws Exception {
        Gate inCancel = new Gate();
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(store)
                .task(new CountedTask("tidy", 2).within(context -> {
                    context.onCancel(inCancel::passUninterruptibly);
                    gate.pass();
                }))
                .build()) {
            engine.start();
            CompletableFuture<Run> run = engine.runNow("tidy");
            gate.awaitReached();
            CompletableFuture<Boolean> cancelled = CompletableFuture.supplyAsync(() -> engine.cancel("tidy"));
            inCancel.awaitReached();
            CompletableFuture.runAsync(() -> engine.pause("tidy")).get(10, TimeUnit.SECONDS);
            gate.openForAll();
            assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.CANCELLED);
            inCancel.openForAll();
            assertThat(cancelled.get(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            inCancel.openForAll();
            gate.openForAll();
        }
    }
}
