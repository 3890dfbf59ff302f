package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.EngineSettings;
import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.engine.TaskStatus;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.MissedRuns;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of runs that a dead process, or a close, left unfinished. */
@Timeout(60)
class TakeOverTest {

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();

    /** A run of which another process did one batch. */
    private Run unfinished() throws Exception {
        Run run = StoredRuns.begun(store, "tidy", "dead@host", Stepped.START);
        return StoredRuns.afterBatch(
                store, run, BatchResult.next(new Cursor("1")).with(Counts.none().plus("done", 1)));
    }

    @Test
    void a_run_of_a_dead_process_is_taken_over_at_the_start_with_the_next_token_and_the_same_now() throws Exception {
        Run dead = unfinished();
        stepped.clock.advance(Duration.ofDays(1));
        List<MaintenanceEvent> events = new CopyOnWriteArrayList<>();
        CountedTask task = new CountedTask("tidy", 3);
        MaintenanceEngine engine =
                stepped.engine(store).listener(events::add).task(task).build();
        engine.start();
        Run run = store.find(dead.id()).orElseThrow();
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.token()).isEqualTo(2);
        assertThat(run.owner()).isNotEqualTo("dead@host");
        assertThat(run.counts().get("done")).isEqualTo(3);
        assertThat(task.cursors).containsExactly("1", "2");
        assertThat(task.nows).containsExactly(Stepped.START, Stepped.START);
        engine.close();
        assertThat(events).first().isInstanceOf(MaintenanceEvent.RunResumed.class);
    }

    @Test
    void an_interrupted_run_is_taken_over_at_the_start() throws Exception {
        Run run = unfinished();
        store.end(run.claim(), RunState.INTERRUPTED, Optional.empty(), Stepped.START);
        CountedTask task = new CountedTask("tidy", 3);
        MaintenanceEngine engine = stepped.engine(store).task(task).build();
        engine.start();
        assertThat(task.cursors).containsExactly("1", "2");
        assertThat(store.find(run.id()).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void the_old_owners_loop_loses_its_claim_and_stops_without_a_trace() throws Exception {
        AtomicLong nanoTime = new AtomicLong();
        InMemoryRunStore store = new InMemoryRunStore(nanoTime::get);
        Gate gate = new Gate();
        CountedTask slow = new CountedTask("tidy", 5).within(context -> gate.pass());
        MaintenanceEngine old =
                MaintenanceEngine.builder().runStore(store).task(slow).build();
        old.start();
        CompletableFuture<Run> lost = old.runNow("tidy");
        gate.awaitReached();

        CountedTask quick = new CountedTask("tidy", 5);
        MaintenanceEngine successor = stepped.engine(store).task(quick).build();
        stepped.clock.set(StoredRuns.active(store, "tidy").orElseThrow().now());
        nanoTime.addAndGet(EngineSettings.production().claimFor().toNanos());
        successor.start();
        Run run = store.history("tidy", 1).get(0);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.batches()).isEqualTo(5);

        gate.openForAll();
        assertThatThrownBy(() -> lost.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(ClaimLostException.class);
        assertThat(slow.cursors).containsExactly("start");
        assertThat(store.find(run.id())).contains(run);
        assertThat(old.status("tidy").runningHere()).isEmpty();
        old.close();
        successor.close();
    }

    @Test
    void a_run_that_rested_for_seven_days_goes_on_and_a_moment_longer_expires() throws Exception {
        Run run = unfinished();
        stepped.clock.advance(Duration.ofDays(7));
        CountedTask task = new CountedTask("tidy", 3);
        MaintenanceEngine engine = stepped.engine(store).task(task).build();
        engine.start();
        assertThat(store.find(run.id()).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_run_that_rested_longer_expires_with_the_reason_and_the_next_due_time_begins_anew() throws Exception {
        Run run = unfinished();
        stepped.clock.advance(Duration.ofDays(7).plusMillis(1));
        List<MaintenanceEvent> events = new CopyOnWriteArrayList<>();
        CountedTask task = new CountedTask("tidy", 3);
        MaintenanceEngine engine = stepped.engine(store)
                .listener(events::add)
                .task(task, Schedules.cron("30 * * * *", ZoneOffset.UTC), t -> t.missedRuns(MissedRuns.skip()))
                .build();
        engine.start();
        Run expired = store.find(run.id()).orElseThrow();
        assertThat(expired.state()).isEqualTo(RunState.EXPIRED);
        assertThat(expired.detail()).contains("7 days");
        assertThat(expired.endedAt()).isEqualTo(stepped.clock.instant());
        assertThat(task.cursors).isEmpty();
        stepped.advance(Duration.ofMinutes(31));
        assertThat(task.cursors).containsExactly("start", "1", "2");
        assertThat(task.nows.get(0)).isAfter(Stepped.START.plus(Duration.ofDays(7)));
        engine.close();
        assertThat(events)
                .first()
                .isInstanceOfSatisfying(
                        MaintenanceEvent.RunStopped.class,
                        stopped -> assertThat(stopped.run()).isEqualTo(expired));
    }

    @Test
    void a_paused_run_that_is_resumed_too_late_expires_and_a_due_time_right_then_begins_anew() throws Exception {
        Run run = unfinished();
        store.end(run.claim(), RunState.PAUSED, Optional.empty(), Stepped.START);
        store.setPaused("tidy", true);
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine engine = stepped.engine(store).task(task).build();
        engine.start();
        stepped.clock.advance(Duration.ofDays(8));
        engine.resume("tidy");
        assertThat(store.find(run.id()).orElseThrow().state()).isEqualTo(RunState.EXPIRED);
        assertThat(task.cursors).isEmpty();
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void of_two_engines_that_start_at_once_one_ends_the_run_and_no_batch_is_lost_between_them() throws Exception {
        for (int round = 0; round < 50; round++) {
            InMemoryRunStore shared = new InMemoryRunStore();
            Run run = StoredRuns.begun(shared, "tidy", "dead@host", Stepped.START);
            CountedTask task = new CountedTask("tidy", 3);
            MaintenanceEngine left = MaintenanceEngine.builder()
                    .runStore(shared)
                    .clock(stepped.clock)
                    .task(task)
                    .build();
            MaintenanceEngine right = MaintenanceEngine.builder()
                    .runStore(shared)
                    .clock(stepped.clock)
                    .task(task)
                    .build();
            CompletableFuture<Void> both = CompletableFuture.allOf(
                    CompletableFuture.runAsync(left::start), CompletableFuture.runAsync(right::start));
            both.get(20, TimeUnit.SECONDS);
            Eventually.eventually(
                    "the run has ended",
                    () -> shared.find(run.id()).orElseThrow().state() == RunState.SUCCEEDED);
            assertThat(shared.history("tidy", 10)).hasSize(1);
            // One that is taken over between its last batch and its end does that batch once more.
            assertThat(shared.find(run.id()).orElseThrow().batches()).isBetween(3L, 4L);
            left.close();
            right.close();
        }
    }

    @Test
    void a_run_that_the_start_took_over_can_be_waited_for() throws Exception {
        Run dead = unfinished();
        Gate gate = new Gate();
        CountedTask task = new CountedTask("tidy", 3).within(context -> gate.pass());
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(store)
                .clock(stepped.clock)
                .task(task)
                .build()) {
            assertThat(engine.running("tidy")).isEmpty();
            engine.start();
            CompletableFuture<Run> goesOn = engine.running("tidy").orElseThrow();
            gate.awaitReached();
            assertThat(goesOn).isNotDone();
            gate.openForAll();
            Run run = goesOn.get(20, TimeUnit.SECONDS);
            assertThat(run.id()).isEqualTo(dead.id());
            assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    @Test
    void an_engine_that_is_not_started_shows_what_others_do_by_the_store() throws Exception {
        Schedule hourly = Schedules.every(Duration.ofHours(1));
        MaintenanceEngine onlooker =
                stepped.engine(store).task(new CountedTask("tidy", 3), hourly).build();
        assertThat(onlooker.status("tidy").activeRun()).isEmpty();
        assertThat(onlooker.dueByRecord("tidy")).contains(Stepped.START.plus(Duration.ofHours(1)));

        Run run = StoredRuns.held(store, "tidy", "other@host", Stepped.START);
        store.setBreaker("tidy", Optional.of(Stepped.START));
        stepped.advance(Duration.ofHours(5));

        TaskStatus status = onlooker.status("tidy");
        assertThat(status.activeRun()).map(Run::id).contains(run.id());
        assertThat(status.runningHere()).isEmpty();
        assertThat(status.breakerOpen()).isTrue();
        assertThat(onlooker.dueByRecord("tidy"))
                .as("nobody saw to it")
                .contains(Stepped.START.plus(Duration.ofHours(1)));
        onlooker.close();
    }

    @Test
    void with_a_delay_from_the_end_the_due_time_before_the_start_counts_from_the_end() throws Exception {
        Run run = StoredRuns.held(store, "tidy", "other@host", Stepped.START);
        MaintenanceEngine onlooker = stepped.engine(store)
                .task(new CountedTask("tidy", 3), Schedules.fixedDelay(Duration.ofHours(1)))
                .build();
        assertThat(onlooker.dueByRecord("tidy")).as("while it goes on").isEmpty();

        Duration took = Duration.ofMinutes(30);
        store.end(run.claim(), RunState.SUCCEEDED, Optional.empty(), Stepped.START.plus(took));

        assertThat(onlooker.dueByRecord("tidy"))
                .contains(Stepped.START.plus(took).plus(Duration.ofHours(1)));
        onlooker.close();
    }
}
