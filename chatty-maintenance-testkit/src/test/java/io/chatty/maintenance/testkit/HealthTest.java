package io.chatty.maintenance.testkit;

import static io.chatty.maintenance.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.EngineHealth;
import io.chatty.maintenance.engine.EngineHealth.Level;
import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.ClaimState;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each reason for which an engine is not up, brought about, and gone again. */
@Timeout(60)
class HealthTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final Gate gate = new Gate();

    @AfterEach
    void no_engine_thread_is_left() {
        gate.openForAll();
        Eventually.eventuallyNoEngineThreads();
    }

    private static void assertUp(MaintenanceEngine engine) {
        assertThat(engine.health()).isEqualTo(new EngineHealth(Level.UP, java.util.List.of()));
    }

    /** Of the task, and with its name of the engine. */
    private static void assertDegraded(MaintenanceEngine engine, String reason) {
        assertThat(engine.status("tidy").health().level()).isEqualTo(Level.DEGRADED);
        assertThat(engine.status("tidy").health().reasons())
                .singleElement()
                .asString()
                .startsWith(reason);
        assertThat(engine.health().level()).isEqualTo(Level.DEGRADED);
        assertThat(engine.health().reasons()).singleElement().asString().startsWith("tidy: " + reason);
    }

    @Test
    void an_engine_that_is_not_running_is_down() {
        MaintenanceEngine engine =
                stepped.engine(store).task(new CountedTask("tidy", 1)).build();
        assertThat(engine.health().level()).isEqualTo(Level.DOWN);
        assertThat(engine.health().reasons()).singleElement().asString().startsWith("not running");
        engine.start();
        assertUp(engine);
        engine.close();
        assertThat(engine.health().level()).isEqualTo(Level.DOWN);
        assertThat(engine.health().reasons()).singleElement().asString().startsWith("not running");
    }

    @Test
    void a_task_is_overdue_when_the_timer_does_not_come() {
        MaintenanceEngine engine = stepped.engine(store)
                .task(new CountedTask("tidy", 1), Schedules.every(HOUR))
                .task(new CountedTask("other", 1))
                .build();
        engine.start();
        stepped.clock.advance(HOUR.plusMinutes(2));
        assertUp(engine);
        stepped.clock.advance(Duration.ofMillis(1));
        assertDegraded(engine, "overdue: it was due at 2026-01-01T01:00:00Z");
        assertThat(engine.status("other").health().level()).isEqualTo(Level.UP);
        stepped.advance(Duration.ZERO);
        assertUp(engine);
        engine.close();
    }

    @Test
    void a_task_whose_last_run_failed_is_failing_until_one_succeeds_and_after_a_restart_too() {
        AtomicBoolean fails = new AtomicBoolean(true);
        CountedTask task = new CountedTask("tidy", 1).within(context -> {
            if (fails.get()) {
                throw new IllegalStateException("no such room");
            }
        });
        MaintenanceEngine engine = stepped.engine(store).task(task).build();
        engine.start();
        engine.runNow("tidy").join();
        assertDegraded(engine, "failing: the last run failed, java.lang.IllegalStateException: no such room");
        engine.close();

        MaintenanceEngine next = stepped.engine(store).task(task).build();
        next.start();
        assertDegraded(next, "failing: the last run failed, see the history");
        fails.set(false);
        next.runNow("tidy").join();
        assertUp(next);
        next.close();
    }

    @Test
    void a_task_whose_circuit_breaker_is_open_is_failing_until_a_try_is_good() {
        AtomicBoolean fails = new AtomicBoolean(true);
        CountedTask task = new CountedTask("tidy", 1).within(context -> {
            if (fails.get()) {
                throw new IllegalStateException("no such room");
            }
        });
        MaintenanceEngine engine = stepped.engine(store)
                .task(task, Schedules.every(HOUR), t -> t.breakerFailures(2))
                .build();
        engine.start();
        stepped.advance(HOUR.multipliedBy(2).plusMinutes(1));
        assertDegraded(engine, "failing: the circuit breaker is open, java.lang.IllegalStateException: no such room");
        fails.set(false);
        stepped.advance(HOUR);
        assertUp(engine);
        engine.close();
    }

    @Test
    void a_task_is_failing_whose_due_time_was_lost_since_the_store_was_away() {
        AtomicBoolean away = new AtomicBoolean();
        MaintenanceEngine engine = stepped.engine(new ForwardingStore() {
                    @Override
                    public TaskRecord look(String task) {
                        if (away.get()) {
                            throw new MaintenanceException("the database is away");
                        }
                        return super.look(task);
                    }
                })
                .task(new CountedTask("tidy", 1), Schedules.every(HOUR))
                .build();
        engine.start();
        away.set(true);
        stepped.advance(HOUR.plusMinutes(1));
        assertThat(engine.health().reasons())
                .as("said without the store")
                .singleElement()
                .asString()
                .startsWith("tidy: failing: a due time was lost, 2026-01-01T01:00:00Z")
                .contains("the database is away");
        away.set(false);
        stepped.advance(HOUR);
        assertUp(engine);
        engine.close();
    }

    @Test
    void a_batch_that_hangs_is_stuck_and_three_of_them_take_the_engine_down() throws Exception {
        CountedTask.Within hang = context -> gate.passUninterruptibly();
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(store)
                .clock(stepped.clock)
                .scheduler(stepped.scheduler)
                .settings(s -> s.tasksAtOnce(3).taskDefaults(t -> t.batchTimeout(Duration.ofMinutes(1))))
                .task(new CountedTask("tidy", 1).within(hang))
                .task(new CountedTask("second", 1).within(hang))
                .task(new CountedTask("third", 1).within(hang))
                .build();
        engine.start();
        begin(engine, "tidy");
        stepped.advance(Duration.ofMinutes(2));
        eventually(
                "the thread is written off",
                () -> engine.status("tidy").runningHere().isEmpty());
        assertDegraded(engine, "stuck: a batch hangs");
        assertThat(engine.health().reasons().get(0)).contains("Gate.passUninterruptibly(Gate.java");

        begin(engine, "second");
        begin(engine, "third");
        stepped.advance(Duration.ofMinutes(2));
        eventually(
                "all are written off",
                () -> engine.status("second").runningHere().isEmpty()
                        && engine.status("third").runningHere().isEmpty());
        assertThat(engine.health().level()).isEqualTo(Level.DOWN);
        assertThat(engine.health().reasons()).hasSize(4).first().asString().startsWith("hanging threads: 3 hang");

        gate.openForAll();
        eventually("all have come back", () -> engine.health().level() == Level.DEGRADED);
        eventually(
                "none is stuck",
                () -> engine.health().reasons().stream().noneMatch(reason -> reason.contains("stuck")));
        assertThat(engine.health().reasons()).allMatch(reason -> reason.contains("failing: the last run failed"));
        for (String task : new String[] {"tidy", "second", "third"}) {
            engine.runNow(task).join();
        }
        assertUp(engine);
        engine.close();
    }

    private void begin(MaintenanceEngine engine, String task) throws InterruptedException {
        assertThat(engine.runNow(task)).isNotNull();
        gate.awaitReached();
    }

    @Test
    void a_run_whose_claim_was_lost_is_a_stale_claim_until_the_next_run_begins() throws Exception {
        AtomicBoolean taken = new AtomicBoolean();
        SharedStore shared = new SharedStore() {
            @Override
            public ClaimState renew(RunClaim claim, Duration claimFor) {
                return taken.get() ? new ClaimState(false, false, false) : super.renew(claim, claimFor);
            }

            @Override
            public Optional<Run> takeOver(Run seen, String owner, Duration claimFor) {
                return taken.get() ? Optional.empty() : super.takeOver(seen, owner, claimFor);
            }
        };
        CountedTask task = new CountedTask("tidy", 2).within(context -> {
            context.onCancel(gate::openForAll);
            gate.pass();
        });
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(shared)
                .settings(s -> s.claimFor(Duration.ofMillis(900)))
                .task(task)
                .build();
        engine.start();
        begin(engine, "tidy");
        assertUp(engine);
        taken.set(true);
        eventually("the run is left", () -> engine.status("tidy").runningHere().isEmpty());
        assertThat(engine.health().reasons()).singleElement().asString().startsWith("tidy: stale claim");
        taken.set(false);
        eventually("the run is taken up again", () -> engine.health().level() == Level.UP);
        engine.close();
    }

    @Test
    void an_engine_whose_scheduler_refuses_it_says_so() {
        ScheduledExecutorService hosts = Executors.newSingleThreadScheduledExecutor();
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .scheduler(hosts)
                .task(new CountedTask("tidy", 1), Schedules.every(HOUR))
                .build();
        engine.start();
        assertUp(engine);
        hosts.shutdownNow();
        engine.runNow("tidy").join();
        assertThat(engine.health().level()).isEqualTo(Level.DEGRADED);
        assertThat(engine.health().reasons()).anyMatch(reason -> reason.startsWith("timer: "));
        engine.close();
    }
}
