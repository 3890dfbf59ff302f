package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Priority;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who goes first where one run at a time is allowed. Each batch takes 300 ms of the clock. */
@Timeout(60)
class PriorityTest {

    private static final Duration BATCH = Duration.ofMillis(300);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final List<String> batches = new ArrayList<>();
    private final List<CompletableFuture<Run>> runs = new ArrayList<>();
    private final MaintenanceEngine.Builder builder = stepped.timed(store).settings(s -> s.tasksAtOnce(1));

    private CountedTask task(String name, Priority priority, int count) {
        CountedTask task = new CountedTask(name, count);
        task.within(context -> batch(name));
        builder.task(task, Schedules.every(Duration.ofDays(1)), t -> t.priority(priority));
        return task;
    }

    private void batch(String name) {
        batches.add(name);
        stepped.clock.advance(BATCH);
    }

    /** Runs the first; in its first batch the others are asked for, in that order. */
    private void run(CountedTask first, String... others) {
        MaintenanceEngine engine = builder.build();
        first.within(context -> {
            batch(first.name());
            if (first.cursors.size() == 1) {
                for (String other : others) {
                    runs.add(engine.runNow(other));
                }
            }
        });
        engine.start();
        runs.add(engine.runNow(first.name()));
        assertThat(runs).allSatisfy(run -> assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED));
        engine.close();
    }

    @Test
    void of_those_that_wait_the_highest_goes_first_and_among_equals_who_came_first() {
        CountedTask first = task("first", Priority.HIGH, 1);
        task("low", Priority.LOW, 1);
        task("normal", Priority.NORMAL, 1);
        task("normal2", Priority.NORMAL, 1);
        task("high", Priority.HIGH, 1);
        run(first, "low", "normal2", "normal", "high");
        assertThat(batches).containsExactly("first", "high", "normal2", "normal", "low");
    }

    @Test
    void one_of_higher_priority_goes_between_two_batches_of_a_lower_which_then_goes_on() {
        CountedTask first = task("low", Priority.LOW, 3);
        task("high", Priority.HIGH, 2);
        run(first, "high");
        assertThat(batches).containsExactly("low", "high", "high", "low", "low");
    }

    @Test
    void one_of_lower_priority_waits_until_the_higher_has_ended_however_long_that_takes() {
        CountedTask first = task("high", Priority.HIGH, 20);
        task("low", Priority.LOW, 1);
        run(first, "low");
        assertThat(batches).hasSize(21).last().isEqualTo("low");
    }

    @Test
    void equals_take_turns_of_a_second() {
        CountedTask first = task("one", Priority.NORMAL, 8);
        task("two", Priority.NORMAL, 8);
        run(first, "two");
        assertThat(batches)
                .as("four batches are the first that take over a second")
                .containsExactly(
                        "one", "one", "one", "one", "two", "two", "two", "two", "one", "one", "one", "one", "two",
                        "two", "two", "two");
    }
}
