package io.chatty.maintenance.testkit;

import static io.chatty.maintenance.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many runs are in a batch at once. */
@Timeout(60)
class LimitsTest {

    private final Map<String, Gate> gates = new ConcurrentHashMap<>();
    private final AtomicInteger inBatch = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @AfterEach
    void no_engine_thread_is_left() {
        gates.values().forEach(Gate::openForAll);
        Eventually.eventuallyNoEngineThreads();
    }

    /** A task whose every batch waits for the test. */
    private CountedTask task(String name, int batches) {
        Gate gate = new Gate();
        gates.put(name, gate);
        return new CountedTask(name, batches).within(context -> {
            most.accumulateAndGet(inBatch.incrementAndGet(), Math::max);
            try {
                gate.pass();
            } finally {
                inBatch.decrementAndGet();
            }
        });
    }

    private Gate gate(String name) {
        return java.util.Objects.requireNonNull(gates.get(name));
    }

    private static List<CompletableFuture<Run>> begin(MaintenanceEngine engine, String... tasks) {
        engine.start();
        List<CompletableFuture<Run>> runs = new ArrayList<>();
        for (String task : tasks) {
            runs.add(engine.runNow(task));
        }
        return runs;
    }

    private void allEnd(List<CompletableFuture<Run>> runs) throws Exception {
        gates.values().forEach(Gate::openForAll);
        for (CompletableFuture<Run> run : runs) {
            assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    @Test
    void no_more_runs_are_in_a_batch_at_once_than_the_limit_allows() throws Exception {
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .task(task("a", 3))
                .task(task("b", 3))
                .task(task("c", 3))
                .build();
        List<CompletableFuture<Run>> runs = begin(engine, "a", "b", "c");
        gate("a").awaitReached();
        gate("b").awaitReached();
        assertThat(engine.status("c").runningHere()).isPresent();
        allEnd(runs);
        assertThat(most).hasValue(2);
        engine.close();
    }

    @Test
    void a_groups_limit_holds_its_own_tasks_back_and_no_others() throws Exception {
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .settings(s -> s.tasksAtOnce(3).limit("storage", 1))
                .task(task("a", 2), Schedules.every(Duration.ofDays(1)), t -> t.group("storage"))
                .task(task("b", 2), Schedules.every(Duration.ofDays(1)), t -> t.group("storage"))
                .task(task("c", 1))
                .build();
        List<CompletableFuture<Run>> runs = begin(engine, "a", "b", "c");
        gate("a").awaitReached();
        gate("c").awaitReached();
        assertThat(gate("b").isReached()).isFalse();
        assertThat(inBatch).hasValue(2);
        allEnd(runs);
        assertThat(most).hasValue(2);
        engine.close();
    }

    @Test
    void a_limit_that_is_raised_lets_more_begin_at_once() throws Exception {
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .settings(s -> s.tasksAtOnce(1))
                .task(task("a", 1))
                .task(task("b", 1))
                .build();
        List<CompletableFuture<Run>> runs = begin(engine, "a", "b");
        gate("a").awaitReached();
        assertThat(gate("b").isReached()).isFalse();
        engine.change(s -> s.tasksAtOnce(2));
        gate("b").awaitReached();
        allEnd(runs);
        engine.close();
    }

    @Test
    void a_limit_that_is_lowered_holds_after_the_batches_in_flight() throws Exception {
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .settings(s -> s.taskDefaults(t -> t.group("storage")))
                .task(task("a", 3))
                .task(task("b", 3))
                .build();
        List<CompletableFuture<Run>> runs = begin(engine, "a", "b");
        gate("a").awaitReached();
        gate("b").awaitReached();
        engine.change(s -> s.limit("storage", 1));
        gate("a").open();
        eventually(
                "a has made way",
                () -> inBatch.get() == 1
                        && engine.status("a").runningHere().orElseThrow().batches() == 1);
        most.set(1);
        allEnd(runs);
        assertThat(most).hasValue(1);
        engine.close();
    }

    @Test
    void a_pause_that_is_taken_back_while_the_run_waits_does_not_lead_past_the_limit() throws Exception {
        CountedTask waiting = new CountedTask("b", 5);
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .settings(s -> s.tasksAtOnce(1))
                .task(task("a", 1))
                .task(waiting)
                .build();
        List<CompletableFuture<Run>> runs = begin(engine, "a", "b");
        gate("a").awaitReached();
        for (int i = 0; i < 200; i++) {
            engine.pause("b");
            engine.resume("b");
        }
        assertThat(waiting.cursors).isEmpty();
        gate("a").openForAll();
        runs.get(0).get(20, TimeUnit.SECONDS);
        eventually("b has ended", () -> engine.history("b", 1).get(0).state() == RunState.SUCCEEDED);
        assertThat(waiting.cursors).hasSize(5);
        engine.close();
    }

    @Test
    void workers_that_do_all_in_the_thread_that_hands_it_over_do_not_nest_turns_without_end() {
        Stepped stepped = new Stepped();
        CountedTask one = new CountedTask("one", 5000);
        CountedTask two = new CountedTask("two", 5000);
        MaintenanceEngine engine = stepped.timed(new InMemoryRunStore())
                .settings(s -> s.tasksAtOnce(1))
                .task(one)
                .task(two)
                .build();
        List<CompletableFuture<Run>> runs = new ArrayList<>();
        one.within(context -> {
            if (one.cursors.size() == 1) {
                runs.add(engine.runNow("two"));
            }
            stepped.clock.advance(Duration.ofSeconds(2)); // over its share: the other has the next turn
        });
        two.within(context -> stepped.clock.advance(Duration.ofSeconds(2)));
        engine.start();
        runs.add(engine.runNow("one"));
        assertThat(runs).allSatisfy(run -> assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED));
        engine.close();
    }
}
