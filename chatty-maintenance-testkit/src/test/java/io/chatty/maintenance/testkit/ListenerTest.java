package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.MaintenanceEvent.BatchCommitted;
import io.chatty.maintenance.run.MaintenanceEvent.RunResumed;
import io.chatty.maintenance.run.MaintenanceEvent.RunSkipped;
import io.chatty.maintenance.run.MaintenanceEvent.RunStarted;
import io.chatty.maintenance.run.MaintenanceEvent.RunStopped;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ListenerTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final List<MaintenanceEvent> events = new CopyOnWriteArrayList<>();

    @Test
    void events_come_in_order_each_with_the_run_as_it_was_then() {
        CountedTask task = new CountedTask("tidy", 3);
        MaintenanceEngine engine = stepped.engine(store)
                .listener(events::add)
                .task(task, Schedules.every(HOUR))
                .build();
        task.within(context -> {
            if (task.cursors.size() == 2) {
                engine.pause("tidy");
            }
        });
        engine.start();
        stepped.advance(Duration.ofMinutes(121));
        engine.resume("tidy");
        engine.close();
        assertThat(events)
                .extracting(event -> (Object) event.getClass())
                .containsExactly(
                        RunStarted.class,
                        BatchCommitted.class,
                        BatchCommitted.class,
                        RunStopped.class,
                        RunSkipped.class,
                        RunResumed.class,
                        BatchCommitted.class,
                        RunStopped.class);
        assertThat(events)
                .extracting(event -> event.run().state())
                .containsExactly(
                        RunState.RUNNING,
                        RunState.RUNNING,
                        RunState.RUNNING,
                        RunState.PAUSED,
                        RunState.SKIPPED,
                        RunState.RUNNING,
                        RunState.SUCCEEDED,
                        RunState.SUCCEEDED);
        assertThat(events).extracting(event -> event.run().batches()).containsExactly(0L, 1L, 2L, 2L, 0L, 2L, 3L, 3L);
        assertThat(events).allMatch(event -> event.task().equals("tidy"));
    }

    @Test
    void a_listener_that_throws_harms_neither_the_others_nor_the_run() {
        CountedTask task = new CountedTask("tidy", 2);
        MaintenanceEngine engine = stepped.engine(store)
                .listener(event -> {
                    throw new IllegalStateException("a listener's bug");
                })
                .listener(event -> {
                    throw new AssertionError("a listener's error");
                })
                .listener(events::add)
                .task(task)
                .build();
        engine.start();
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
        assertThat(events).hasSize(4);
    }

    @Test
    void a_listener_that_hangs_loses_events_but_never_blocks_a_run() {
        Gate gate = new Gate();
        List<MaintenanceEvent> slow = new CopyOnWriteArrayList<>();
        CountedTask task = new CountedTask("tidy", 3000);
        MaintenanceEngine engine = stepped.engine(store)
                .listener(event -> {
                    gate.passUninterruptibly();
                    slow.add(event);
                })
                .task(task)
                .build();
        engine.start();
        Run run = engine.runNow("tidy").join();
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.batches()).isEqualTo(3000);
        assertThat(slow).isEmpty();
        gate.openForAll();
        engine.close();
        assertThat(slow).as("one in hand and a thousand waiting").hasSize(1001);
        List<Long> batches = new ArrayList<>();
        slow.forEach(event -> batches.add(event.run().batches()));
        assertThat(batches).isSorted();
    }

    @Test
    void a_listener_may_ask_the_engine() throws Exception {
        CountedTask task = new CountedTask("tidy", 2);
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        engine[0] = MaintenanceEngine.builder()
                .listener(event -> sizes.add(engine[0].history("tidy", 10).size()))
                .task(task)
                .build();
        engine[0].start();
        engine[0].runNow("tidy").join();
        engine[0].close();
        assertThat(sizes).containsExactly(1, 1, 1, 1);
    }

    @Test
    void when_a_run_is_done_its_task_is_free_before_anyone_is_told() {
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine engine = MaintenanceEngine.builder().task(task).build();
        engine.start();
        for (int i = 0; i < 200; i++) {
            engine.runNow("tidy").join(); // would be refused if the one before were still there
        }
        assertThat(task.cursors).hasSize(200);
        engine.close();
    }
}
