package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.EngineHealth;
import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.Window;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A close while a run waits, while the engine starts, and while what the host gave hangs. */
@Timeout(60)
class CloseWhileTest {

    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(100);
    /** What a close says that it takes at most, and what this machine may be slow by. */
    private static final Duration CLOSE_BOUND = CLOSE_TIMEOUT.plusSeconds(10).plusSeconds(3);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final Gate gate = new Gate();

    @AfterEach
    void no_engine_thread_is_left() {
        gate.openForAll();
        Eventually.eventuallyNoEngineThreads();
    }

    private static void closesWithin(MaintenanceEngine engine, Duration bound) throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        new Thread(() -> {
                    engine.close();
                    closed.complete(null);
                })
                .start();
        closed.get(bound.toMillis(), TimeUnit.MILLISECONDS);
    }

    private enum Waits {
        RATE("the rate limit"),
        SIGNAL("STOP: busy"),
        RETRY("a batch failed; it is tried again");

        private final String reason;

        Waits(String reason) {
            this.reason = reason;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_run_that_waits_rests_at_once_and_goes_on_from_its_cursor_at_the_next_start(Waits waits) throws Exception {
        SetSignal load = new SetSignal("load");
        CountedTask task = new CountedTask("tidy", 3);
        task.within(context -> {
            if (waits == Waits.SIGNAL) {
                load.set(LoadReading.stop("busy"));
                stepped.clock.advance(Duration.ofSeconds(2));
            } else if (waits == Waits.RETRY && task.cursors.size() == 2) {
                throw new IOException("a hiccup");
            }
        });
        MaintenanceEngine engine = stepped.timed(store)
                .signal(load)
                .settings(s -> s.taskDefaults(t -> waits == Waits.RATE ? t.itemsPerSecond(1) : t))
                .task(task)
                .build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        assertThat(engine.status("tidy").waitsFor()).contains(waits.reason);
        closesWithin(engine, Duration.ofSeconds(5));
        assertThat(run.join().state()).isEqualTo(RunState.INTERRUPTED);
        assertThat(run.join().batches()).isEqualTo(1);
        assertThat(stepped.scheduler.waiting()).as("shots of the timer").isZero();

        int before = task.cursors.size();
        task.within(context -> {});
        MaintenanceEngine next = stepped.timed(store).task(task).build();
        next.start();
        assertThat(task.cursors.subList(before, task.cursors.size())).containsExactly("1", "2");
        assertThat(store.find(run.join().id()).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
        next.close();
    }

    @Test
    void a_run_that_waits_for_its_window_stays_paused_and_goes_on_in_it_after_the_next_start() {
        CountedTask task = new CountedTask("tidy", 2).within(context -> stepped.clock.advance(Duration.ofMinutes(40)));
        MaintenanceEngine.Builder builder = stepped.timed(store)
                .task(
                        task,
                        Schedules.daily(LocalTime.of(2, 30), ZoneOffset.UTC)
                                .within(Window.of(LocalTime.of(2, 0), LocalTime.of(3, 0), ZoneOffset.UTC)));
        MaintenanceEngine engine = builder.build();
        engine.start();
        stepped.advance(Duration.ofHours(4));
        engine.close();
        Run paused = store.history("tidy", 1).get(0);
        assertThat(paused.state()).isEqualTo(RunState.PAUSED);
        assertThat(stepped.scheduler.waiting()).isZero();

        MaintenanceEngine next = builder.build();
        next.start();
        assertThat(task.cursors).containsExactly("start");
        task.within(context -> {});
        stepped.advance(Duration.ofHours(22).plusMinutes(10));
        assertThat(task.cursors).containsExactly("start", "1");
        assertThat(store.find(paused.id()).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
        next.close();
    }

    private enum Starting {
        LOOKS_AT_THE_STORES_SETTINGS,
        MAKES_A_TASK,
        TAKES_UP_WHAT_WAS_LEFT
    }

    @ParameterizedTest
    @EnumSource
    void a_start_that_hangs_does_not_hold_a_close_up_and_leads_to_nothing_when_it_comes_back(Starting starting)
            throws Exception {
        ForwardingStore hanging = new ForwardingStore(store) {
            @Override
            public List<String> problems() {
                if (starting == Starting.LOOKS_AT_THE_STORES_SETTINGS) {
                    gate.passUninterruptibly();
                }
                return super.problems();
            }

            @Override
            public TaskRecord look(String task) {
                if (starting == Starting.TAKES_UP_WHAT_WAS_LEFT) {
                    gate.passUninterruptibly();
                }
                return super.look(task);
            }
        };
        CountedTask task = new CountedTask("tidy", 1);
        StoredRuns.begun(store, "tidy", "dead@host", Instant.now());
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .name("hanging")
                .runStore(hanging)
                .settings(s -> s.closeTimeout(CLOSE_TIMEOUT))
                .task("tidy", () -> {
                    if (starting == Starting.MAKES_A_TASK) {
                        gate.passUninterruptibly();
                    }
                    return task;
                })
                .build();
        CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        engine.start();
                        ended.complete(null);
                    } catch (Throwable e) { // looked at below
                        ended.complete(e);
                    }
                })
                .start();
        gate.awaitReached();
        assertThat(CompletableFuture.supplyAsync(engine::health)
                        .get(5, TimeUnit.SECONDS)
                        .level())
                .isEqualTo(
                        starting == Starting.TAKES_UP_WHAT_WAS_LEFT ? EngineHealth.Level.UP : EngineHealth.Level.DOWN);
        closesWithin(engine, CLOSE_BOUND);
        assertThat(ended).isNotDone();
        gate.openForAll();
        assertThat(ended.get(20, TimeUnit.SECONDS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the engine was closed while it started");
        assertThat(task.cursors).isEmpty();
        assertThat(ManagementFactory.getPlatformMBeanServer()
                        .isRegistered(new ObjectName("io.chatty.maintenance:type=MaintenanceEngine,name=\"hanging\"")))
                .isFalse();
        assertThatIllegalStateException().isThrownBy(engine::start);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_store_that_hangs_where_an_end_is_stored_does_not_hold_a_close_up(boolean inCallersThread) throws Exception {
        SetSignal load = new SetSignal("load");
        load.set(LoadReading.stop("busy"));
        MaintenanceEngine.Builder builder = MaintenanceEngine.builder()
                .runStore(new ForwardingStore() {
                    @Override
                    public Run end(RunClaim claim, RunState state, Optional<String> detail, Instant at) {
                        gate.passUninterruptibly();
                        return super.end(claim, state, detail, at);
                    }
                })
                .settings(s -> s.closeTimeout(CLOSE_TIMEOUT))
                .signal(load)
                .task(new CountedTask("tidy", 1));
        MaintenanceEngine engine =
                inCallersThread ? builder.workers(Runnable::run).build() : builder.build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        Eventually.eventually("it waits", () -> engine.status("tidy").waitsFor().isPresent());
        closesWithin(engine, CLOSE_BOUND);
        assertThatThrownBy(() -> run.get(1, TimeUnit.SECONDS)).hasCauseInstanceOf(MaintenanceException.class);
    }

    @Test
    void a_store_that_hangs_in_a_batch_does_not_hold_a_close_up() throws Exception {
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(new ForwardingStore() {
                    @Override
                    public Run inBatch(RunClaim claim, MaintenanceTask task, Batch batch) throws Exception {
                        gate.passUninterruptibly();
                        return super.inBatch(claim, task, batch);
                    }
                })
                .settings(s -> s.closeTimeout(CLOSE_TIMEOUT))
                .task(new CountedTask("tidy", 1))
                .build();
        engine.start();
        CompletableFuture<Run> run = engine.runNow("tidy");
        gate.awaitReached();
        closesWithin(engine, CLOSE_BOUND);
        assertThat(run).isCompletedExceptionally();
    }

    @Test
    void a_factory_that_hangs_does_not_hold_a_close_up() throws Exception {
        boolean[] hangs = {false};
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .settings(s -> s.closeTimeout(CLOSE_TIMEOUT))
                .task("tidy", () -> {
                    if (hangs[0]) {
                        gate.passUninterruptibly();
                    }
                    return new CountedTask("tidy", 1);
                })
                .build();
        engine.start();
        hangs[0] = true;
        CompletableFuture<Run> run = engine.runNow("tidy");
        gate.awaitReached();
        closesWithin(engine, CLOSE_BOUND);
        assertThat(run).isCompletedExceptionally();
    }
}
