package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Priority;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadSignal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What signals do to runs whose batches take 100 ms of the clock. Signals are read once a second. */
@Timeout(60)
class LoadTest {

    private static final Duration BATCH = Duration.ofMillis(100);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final SetSignal load = new SetSignal("load");
    private final Map<String, List<Instant>> begun = new LinkedHashMap<>();
    private final Gate gate = new Gate();

    @AfterEach
    void no_engine_thread_is_left() {
        gate.openForAll();
        Eventually.eventuallyNoEngineThreads();
    }

    private MaintenanceEngine.Builder with(
            MaintenanceEngine.Builder builder, String name, Priority priority, int batches) {
        List<Instant> times = new ArrayList<>();
        begun.put(name, times);
        CountedTask task = new CountedTask(name, batches).within(context -> {
            times.add(stepped.clock.instant());
            stepped.clock.advance(BATCH);
        });
        return builder.task(task, Schedules.every(Duration.ofDays(30)), t -> t.priority(priority));
    }

    private MaintenanceEngine started(MaintenanceEngine.Builder builder) {
        MaintenanceEngine engine = builder.build();
        engine.start();
        return engine;
    }

    private List<Instant> begun(String task) {
        return java.util.Objects.requireNonNull(begun.get(task));
    }

    @Test
    void a_stop_holds_every_run_back_says_why_and_lets_it_go_on_when_it_has_passed() {
        MaintenanceEngine engine = started(with(stepped.timed(store).signal(load), "tidy", Priority.HIGH, 5));
        load.set(LoadReading.stop("40 sessions wait"));
        CompletableFuture<Run> run = engine.runNow("tidy");
        stepped.advance(MINUTE.multipliedBy(10));
        assertThat(begun("tidy")).isEmpty();
        assertThat(engine.status("tidy").waitsFor()).contains("STOP: 40 sessions wait");
        assertThat(engine.signals()).containsEntry("load", LoadReading.stop("40 sessions wait"));
        load.set(LoadReading.normal("quiet"));
        stepped.advance(Duration.ofSeconds(2));
        assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.status("tidy").waitsFor()).isEmpty();
        engine.close();
    }

    private Duration gap(Priority priority) {
        begun.clear();
        MaintenanceEngine engine =
                started(with(stepped.timed(new InMemoryRunStore()).signal(load), "tidy", priority, 10));
        CompletableFuture<Run> run = engine.runNow("tidy");
        stepped.advance(MINUTE);
        assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
        return Duration.between(begun("tidy").get(4), begun("tidy").get(5)).minus(BATCH);
    }

    @Test
    void under_slow_a_run_rests_after_each_batch_the_higher_its_priority_the_less_and_the_lowest_waits() {
        assertThat(gap(Priority.NORMAL)).isZero();
        load.set(LoadReading.slow("20 sessions wait"));
        assertThat(gap(Priority.HIGH))
                .isBetween(BATCH.multipliedBy(2), BATCH.multipliedBy(2).plusMillis(2));
        assertThat(gap(Priority.NORMAL))
                .isBetween(BATCH.multipliedBy(4), BATCH.multipliedBy(4).plusMillis(2));

        MaintenanceEngine engine = started(with(stepped.timed(store).signal(load), "low", Priority.LOW, 1));
        CompletableFuture<Run> run = engine.runNow("low");
        stepped.advance(MINUTE.multipliedBy(10));
        assertThat(begun("low")).isEmpty();
        assertThat(engine.status("low").waitsFor()).contains("SLOW: 20 sessions wait");
        load.set(LoadReading.normal("quiet"));
        stepped.advance(MINUTE);
        assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void when_a_stop_has_passed_the_highest_priority_goes_on_first() {
        MaintenanceEngine.Builder builder = stepped.timed(store).signal(load);
        for (Priority priority : Priority.values()) {
            with(builder, priority.name(), priority, 1);
        }
        MaintenanceEngine engine = started(builder);
        load.set(LoadReading.stop("busy"));
        for (Priority priority : Priority.values()) {
            assertThat(engine.runNow(priority.name())).isNotDone();
        }
        stepped.advance(Duration.ofMillis(8500));
        load.set(LoadReading.normal("quiet"));
        stepped.advance(MINUTE);
        assertThat(begun("HIGH").get(0)).isBefore(begun("NORMAL").get(0));
        assertThat(begun("NORMAL").get(0)).isBefore(begun("LOW").get(0));
        engine.close();
    }

    @Test
    void any_one_of_several_signals_is_enough_and_the_worst_is_the_reason() {
        SetSignal other = new SetSignal("other");
        MaintenanceEngine engine =
                started(with(stepped.timed(store).signal(other).signal(load), "tidy", Priority.NORMAL, 1));
        other.set(LoadReading.slow("a bit"));
        load.set(LoadReading.stop("far too much"));
        CompletableFuture<Run> run = engine.runNow("tidy");
        assertThat(engine.status("tidy").waitsFor()).contains("STOP: far too much");
        load.set(LoadReading.normal("quiet"));
        stepped.advance(Duration.ofSeconds(3));
        assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_signal_that_is_unknown_is_no_stop_and_is_told() {
        load.set(LoadReading.unknown("no rights"));
        MaintenanceEngine engine = started(with(stepped.timed(store).signal(load), "tidy", Priority.LOW, 1));
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.signals()).containsEntry("load", LoadReading.unknown("no rights"));
        engine.close();
    }

    @Test
    void a_signal_is_read_once_an_interval_for_all_runs_and_not_at_all_while_none_goes_on() {
        MaintenanceEngine.Builder builder = stepped.timed(store).signal(load);
        MaintenanceEngine engine =
                started(with(with(builder, "one", Priority.NORMAL, 100), "two", Priority.NORMAL, 100));
        stepped.advance(Duration.ofDays(2));
        assertThat(load.asked).hasValue(0);
        assertThat(engine.status()).hasSize(2);
        assertThat(engine.health().reasons()).isEmpty();
        assertThat(load.asked).as("status and health ask none either").hasValue(0);
        engine.runNow("one").join();
        engine.runNow("two").join();
        assertThat(load.asked).as("readings in 20 s of batches").hasValueBetween(18, 21);
        int before = load.asked.get();
        stepped.advance(Duration.ofDays(2));
        assertThat(load.asked).hasValue(before);
        engine.close();
    }

    @Test
    void a_run_that_waits_for_a_signal_or_a_rate_holds_no_worker_and_no_batch_of_the_store() {
        OpenBatches counting = new OpenBatches(store);
        load.set(LoadReading.slow("a bit"));
        MaintenanceEngine engine = started(with(
                        stepped.timed(counting).settings(s -> s.tasksAtOnce(1)), "high", Priority.HIGH, 1)
                .signal(load)
                .task(
                        new CountedTask("rated", 2),
                        Schedules.every(Duration.ofDays(30)),
                        t -> t.batchSize(1).priority(Priority.HIGH).itemsPerSecond(1))
                .task(new CountedTask("low", 1), Schedules.every(Duration.ofDays(30)), t -> t.priority(Priority.LOW)));
        CompletableFuture<Run> low = engine.runNow("low");
        CompletableFuture<Run> rated = engine.runNow("rated");
        stepped.advance(Duration.ofMillis(500));
        assertThat(engine.status("low").waitsFor()).contains("SLOW: a bit");
        assertThat(engine.status("rated").waitsFor()).contains("the rate limit");
        assertThat(counting.open).hasValue(0);
        CompletableFuture<Run> high = engine.runNow("high");
        stepped.advance(Duration.ofMillis(50));
        assertThat(high.join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(low).isNotDone();
        load.set(LoadReading.normal("quiet"));
        stepped.advance(MINUTE);
        assertThat(low.join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(rated.join().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_signal_that_hangs_costs_its_timeout_once_for_all_runs_and_no_operation_waits_for_it() throws Exception {
        Duration timeout = Duration.ofSeconds(2);
        AtomicInteger asked = new AtomicInteger();
        LoadSignal hanging = new LoadSignal() {
            @Override
            public String name() {
                return "hanging";
            }

            @Override
            public LoadReading read() {
                asked.incrementAndGet();
                gate.passUninterruptibly();
                return LoadReading.normal("here again");
            }
        };
        MaintenanceEngine engine = started(MaintenanceEngine.builder()
                .settings(s -> s.signalTimeout(timeout).signalInterval(Duration.ofMillis(1)))
                .signal(hanging)
                .task(new CountedTask("one", 50))
                .task(new CountedTask("two", 50)));
        long before = System.nanoTime();
        List<CompletableFuture<Run>> runs = List.of(engine.runNow("one"), engine.runNow("two"));
        gate.awaitReached();
        assertThat(CompletableFuture.supplyAsync(() -> {
                            engine.status();
                            engine.signals();
                            engine.pause("one");
                            engine.resume("one");
                            return engine.health();
                        })
                        .get(timeout.toMillis() / 2, TimeUnit.MILLISECONDS)
                        .reasons())
                .isEmpty();
        for (CompletableFuture<Run> run : runs) {
            assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(timeout, timeout.multipliedBy(2));
        assertThat(engine.signals()).containsEntry("hanging", LoadReading.unknown("hanging does not answer"));
        assertThat(asked).as("one that hangs is not asked again").hasValue(1);

        gate.openForAll();
        Eventually.eventually("the answer is there when a run looks again", () -> {
            engine.runNow("one").join();
            return engine.signals().containsValue(LoadReading.normal("here again"));
        });
        engine.close();
    }
}
