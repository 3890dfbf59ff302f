package io.chatty.maintenance.testkit;

import static io.chatty.maintenance.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.ClaimState;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How an engine keeps its claims on runs in a store that others share, and what it does when it cannot.
 *
 * <p>Renewals come by real time: a claim here is so long that a machine which stands still for half a second loses none.
 */
@Timeout(60)
class ClaimKeepingTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Stepped stepped = new Stepped();
    private final Gate gate = new Gate();

    @AfterEach
    void no_engine_thread_is_left() {
        gate.openForAll();
        Eventually.eventuallyNoEngineThreads();
    }

    /** A store that writes down when it is asked to renew, and does what the test says first. */
    private static class Renewing extends SharedStore {
        final List<Long> renewals = new CopyOnWriteArrayList<>();
        final List<String> threads = new CopyOnWriteArrayList<>();
        final AtomicBoolean away = new AtomicBoolean();
        private final int failures;

        Renewing() {
            this(0);
        }

        /** A store that is away for the first so many renewals. */
        Renewing(int failures) {
            this.failures = failures;
        }

        @Override
        public ClaimState renew(RunClaim claim, Duration claimFor) {
            renewals.add(System.nanoTime());
            threads.add(Thread.currentThread().getName());
            if (away.get() || renewals.size() <= failures) {
                throw new MaintenanceException("the database is away");
            }
            return super.renew(claim, claimFor);
        }

        /** Between one renewal and the next. */
        long shortestGapMillis() {
            long shortest = Long.MAX_VALUE;
            for (int i = 1; i < renewals.size(); i++) {
                shortest = Math.min(shortest, renewals.get(i) - renewals.get(i - 1));
            }
            return TimeUnit.NANOSECONDS.toMillis(shortest);
        }
    }

    private static MaintenanceEngine started(MaintenanceEngine.Builder builder) {
        MaintenanceEngine engine = builder.build();
        engine.start();
        return engine;
    }

    @Test
    void a_claim_is_renewed_at_a_third_of_its_time_on_threads_of_its_own() throws Exception {
        Renewing store = new Renewing();
        MaintenanceEngine engine = started(MaintenanceEngine.builder()
                .runStore(store)
                .settings(s -> s.claimFor(Duration.ofSeconds(3)))
                .task(new CountedTask("tidy", 1).within(context -> gate.pass())));
        long begun = System.nanoTime();
        CompletableFuture<Run> run = engine.runNow("tidy");
        eventually("three renewals", () -> store.renewals.size() >= 3);
        gate.openForAll();
        assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.join().token()).isEqualTo(1);
        assertThat(store.renewals.get(0) - begun).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(999));
        assertThat(store.shortestGapMillis()).isGreaterThanOrEqualTo(999);
        assertThat(store.threads).allMatch(thread -> thread.startsWith("chatty-maintenance-claims"));
        engine.close();
    }

    @Test
    void without_a_renewal_work_stops_at_two_thirds_by_elapsed_time_from_before_the_claim_was_asked_for()
            throws Exception {
        SharedStore store = new SharedStore() {
            @Override
            public boolean begin(Run fresh, Optional<io.chatty.maintenance.task.RunId> lastSeen, Duration claimFor) {
                boolean begun = super.begin(fresh, lastSeen, claimFor);
                stepped.clock.advance(MINUTE.multipliedBy(10)); // the answer takes its time
                return begun;
            }
        };
        CountedTask task = new CountedTask("tidy", 2).within(context -> {
            context.onCancel(gate::openForAll);
            gate.pass();
            throw new IllegalStateException("statement cancelled");
        });
        // The first renewal would come after twenty real minutes.
        MaintenanceEngine engine = started(MaintenanceEngine.builder()
                .runStore(store)
                .clock(stepped.clock)
                .ticker(stepped::nanos)
                .scheduler(stepped.scheduler)
                .settings(s -> s.claimFor(Duration.ofHours(1)).taskDefaults(t -> t.batchTimeout(Duration.ofDays(1))))
                .task(task));
        CompletableFuture<Run> run = engine.runNow("tidy");
        gate.awaitReached();
        stepped.advance(MINUTE.multipliedBy(30).minusMillis(100));
        assertThat(run).isNotDone();
        stepped.advance(Duration.ofMillis(200));
        assertThatThrownBy(() -> run.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(ClaimLostException.class);
        assertThat(StoredRuns.active(store, "tidy").orElseThrow().state()).isEqualTo(RunState.RUNNING);
        assertThat(engine.health().reasons()).singleElement().asString().startsWith("tidy: stale claim");
        engine.close();
    }

    @Test
    void no_batch_begins_after_two_thirds_although_the_timer_has_not_come() {
        SharedStore store = new SharedStore();
        CountedTask task = new CountedTask("tidy", 3).within(context -> stepped.clock.advance(MINUTE.multipliedBy(41)));
        MaintenanceEngine engine = started(stepped.timed(store)
                .settings(s -> s.claimFor(Duration.ofHours(1)))
                .task(task));
        assertThat(engine.runNow("tidy")).isCompletedExceptionally();
        assertThat(task.cursors).containsExactly("start");
        engine.close();
    }

    @Test
    void a_store_that_is_away_for_a_while_is_asked_again_soon_and_the_run_goes_on() throws Exception {
        Renewing store = new Renewing(2);
        MaintenanceEngine engine = started(MaintenanceEngine.builder()
                .runStore(store)
                .settings(s -> s.claimFor(Duration.ofSeconds(6)))
                .task(new CountedTask("tidy", 1).within(context -> gate.pass())));
        CompletableFuture<Run> run = engine.runNow("tidy");
        eventually("two have failed, two were good", () -> store.renewals.size() >= 4);
        gate.openForAll();
        assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.join().token()).isEqualTo(1);
        assertThat(store.shortestGapMillis()).as("a twelfth of the time").isBetween(499L, 1999L);
        engine.close();
    }

    @Test
    void a_store_that_stays_away_ends_the_work_here_and_the_run_goes_on_from_its_cursor_when_it_is_back()
            throws Exception {
        Renewing store = new Renewing();
        CountedTask task = new CountedTask("tidy", 3);
        task.within(context -> {
            if (task.cursors.size() == 2) {
                store.away.set(true);
                context.onCancel(gate::openForAll);
                gate.pass();
                throw new IllegalStateException("statement cancelled");
            }
        });
        MaintenanceEngine engine = started(MaintenanceEngine.builder()
                .runStore(store)
                .settings(s -> s.claimFor(Duration.ofSeconds(3)))
                .task(task));
        CompletableFuture<Run> run = engine.runNow("tidy");
        assertThatThrownBy(() -> run.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(ClaimLostException.class);
        store.away.set(false);
        eventually("it has ended", () -> engine.history("tidy", 1).get(0).state() == RunState.SUCCEEDED);
        Run ended = engine.history("tidy", 1).get(0);
        assertThat(task.cursors).containsExactly("start", "1", "1", "2");
        assertThat(ended.counts()).isEqualTo(Counts.none().plus("done", 3));
        assertThat(ended.token()).isEqualTo(2);
        assertThat(ended.cutOffs()).isEqualTo(1);
        engine.close();
    }

    @Test
    void another_engines_run_is_left_alone_while_its_claim_holds_and_goes_on_here_from_its_cursor_when_it_has_run_out()
            throws Exception {
        InMemoryRunStore target = new InMemoryRunStore(stepped::nanos);
        Run others = Run.begun("tidy", "dead@host", Optional.empty(), Stepped.START, Stepped.START);
        assertThat(target.begin(others, Optional.empty(), Duration.ofSeconds(30)))
                .isTrue();
        StoredRuns.afterBatch(
                target,
                others,
                BatchResult.next(new Cursor("1")).with(Counts.none().plus("done", 1)));
        CountedTask task = new CountedTask("tidy", 3);
        MaintenanceEngine engine =
                started(stepped.timed(new SharedStore(target)).task(task));
        stepped.advance(Duration.ofSeconds(29));
        assertThat(task.cursors).isEmpty();
        stepped.advance(Duration.ofSeconds(2));
        assertThat(task.cursors).containsExactly("1", "2");
        Run ended = target.find(others.id()).orElseThrow();
        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(ended.token()).isEqualTo(2);
        assertThat(ended.cutOffs()).isEqualTo(1);
        assertThat(ended.counts()).isEqualTo(Counts.none().plus("done", 3));
        engine.close();
    }

    @Test
    void a_cancel_or_a_pause_that_another_engine_asks_for_reaches_the_run_with_its_next_renewal() throws Exception {
        Renewing store = new Renewing();
        CountedTask task = new CountedTask("tidy", 1000).within(context -> {
            CountDownLatch cancelled = new CountDownLatch(1);
            context.onCancel(cancelled::countDown);
            gate.pass();
            if (cancelled.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("statement cancelled");
            }
        });
        MaintenanceEngine.Builder builder = MaintenanceEngine.builder()
                .runStore(store)
                .settings(s -> s.claimFor(Duration.ofSeconds(3)))
                .task(task);
        MaintenanceEngine here = started(builder);
        MaintenanceEngine there = started(builder);
        CompletableFuture<Run> cancelled = here.runNow("tidy");
        gate.awaitReached();
        gate.open();
        assertThat(there.cancel("tidy")).isTrue();
        assertThat(cancelled.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.CANCELLED);

        task.within(context -> gate.pass());
        CompletableFuture<Run> paused = here.runNow("tidy");
        gate.awaitReached();
        there.pause("tidy");
        int before = store.renewals.size();
        eventually("it was told", () -> store.renewals.size() >= before + 2);
        gate.open();
        assertThat(paused.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.PAUSED);
        assertThat(paused.join().batches()).isEqualTo(1);
        here.close();
        there.close();
    }

    @Test
    void what_tasks_do_on_cancel_and_do_not_end_holds_up_no_renewal_of_another_run() throws Exception {
        Renewing store = new Renewing();
        Gate inCancel = new Gate();
        CountedTask.Within hangsOnCancel = context -> {
            context.onCancel(inCancel::passUninterruptibly);
            gate.pass();
        };
        MaintenanceEngine.Builder builder = MaintenanceEngine.builder()
                .runStore(store)
                .settings(s -> s.claimFor(Duration.ofSeconds(3)).tasksAtOnce(3))
                .task(new CountedTask("one", 1).within(hangsOnCancel))
                .task(new CountedTask("two", 1).within(hangsOnCancel))
                .task(new CountedTask("three", 1).within(context -> gate.pass()));
        MaintenanceEngine here = started(builder);
        MaintenanceEngine there = started(builder);
        List<CompletableFuture<Run>> runs = List.of(here.runNow("one"), here.runNow("two"), here.runNow("three"));
        for (int i = 0; i < 3; i++) {
            gate.awaitReached();
        }
        assertThat(there.cancel("one")).isTrue();
        assertThat(there.cancel("two")).isTrue();
        inCancel.awaitReached();
        inCancel.awaitReached();
        int before = store.renewals.size();
        eventually("all three are renewed", () -> store.renewals.size() >= before + 3);
        gate.openForAll();
        assertThat(runs.get(2).get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        inCancel.openForAll();
        here.close();
        there.close();
    }

    @Test
    void a_renewal_that_comes_when_the_last_batch_has_just_ended_the_run_is_no_loss() throws Exception {
        CountDownLatch refused = new CountDownLatch(1);
        SharedStore store = new SharedStore() {
            @Override
            public Run inBatch(RunClaim claim, MaintenanceTask task, Batch batch) throws Exception {
                Run ended = super.inBatch(claim, task, batch);
                assertThat(refused.await(20, TimeUnit.SECONDS)).isTrue();
                return ended;
            }

            @Override
            public ClaimState renew(RunClaim claim, Duration claimFor) {
                ClaimState state = super.renew(claim, claimFor);
                if (!state.isHeld()) {
                    refused.countDown();
                }
                return state;
            }
        };
        MaintenanceEngine engine = started(MaintenanceEngine.builder()
                .runStore(store)
                .settings(s -> s.claimFor(Duration.ofMillis(1500)))
                .task(new CountedTask("tidy", 1)));
        assertThat(engine.runNow("tidy").get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.health().reasons()).isEmpty();
        engine.close();
    }

    @Test
    void what_batches_gave_for_a_cancel_may_hang_and_the_claims_of_others_are_renewed() throws Exception {
        Gate hanging = new Gate();
        Renewing store = new Renewing();
        CountedTask.Within cancelled = context -> {
            context.onCancel(hanging::passUninterruptibly);
            gate.pass();
        };
        Gate work = new Gate();
        MaintenanceEngine engine = started(MaintenanceEngine.builder()
                .runStore(store)
                .settings(s -> s.claimFor(Duration.ofMillis(900)).tasksAtOnce(3))
                .task(new CountedTask("one", 2).within(cancelled))
                .task(new CountedTask("two", 2).within(cancelled)) // a renewal each, for which there are two threads
                .task(new CountedTask("tidy", 1).within(context -> work.pass())));
        List<CompletableFuture<Run>> others = List.of(engine.runNow("one"), engine.runNow("two"));
        gate.awaitReached();
        gate.awaitReached();
        CompletableFuture<Run> run = engine.runNow("tidy");
        work.awaitReached();
        for (String task : List.of("one", "two")) {
            assertThat(store.askCancel(
                            StoredRuns.active(store, task).orElseThrow().id()))
                    .isTrue();
        }
        hanging.awaitReached();
        hanging.awaitReached();
        int before = store.renewals.size();
        eventually("claims are renewed", () -> store.renewals.size() >= before + 9);
        work.open();
        assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        gate.openForAll();
        for (CompletableFuture<Run> other : others) {
            assertThat(other.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.CANCELLED);
        }
        hanging.openForAll();
        engine.close();
    }
}
