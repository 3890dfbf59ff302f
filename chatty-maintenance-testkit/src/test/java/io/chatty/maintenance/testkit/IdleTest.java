package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.RunStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an engine costs that has nothing to do. */
@Timeout(60)
class IdleTest {

    private final Stepped stepped = new Stepped();
    private final List<String> ofTheStore = new ArrayList<>();
    private final List<String> ofTheTimer = new ArrayList<>();

    /** That object, whose calls are written down. */
    private static <T> T watched(Class<T> type, T target, List<String> calls) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void between_two_due_times_fifty_tasks_ask_the_store_nothing_and_wake_up_once_a_minute_at_most() {
        MaintenanceEngine.Builder builder = stepped.timed(watched(RunStore.class, new InMemoryRunStore(), ofTheStore))
                .scheduler(watched(ScheduledExecutorService.class, stepped.scheduler, ofTheTimer))
                .signal(new SetSignal("load"));
        List<CountedTask> tasks = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            CountedTask task = new CountedTask("task-" + i, 1);
            tasks.add(task);
            builder.task(task, Schedules.daily(LocalTime.of(2, 30), ZoneOffset.UTC));
        }
        MaintenanceEngine engine = builder.build();
        engine.start();
        ofTheStore.clear();
        ofTheTimer.clear();
        stepped.advance(Duration.ofMinutes(149));
        assertThat(ofTheStore).isEmpty();
        assertThat(ofTheTimer).hasSizeLessThanOrEqualTo(149).containsOnly("schedule");

        stepped.advance(Duration.ofMinutes(2));
        assertThat(tasks).allSatisfy(task -> assertThat(task.cursors).hasSize(1));
        assertThat(ofTheStore).isNotEmpty();
        ofTheStore.clear();
        ofTheTimer.clear();
        stepped.advance(Duration.ofHours(23));
        assertThat(ofTheStore).isEmpty();
        assertThat(ofTheTimer).hasSizeLessThanOrEqualTo(23 * 60);
        assertThat(stepped.scheduler.waiting()).isEqualTo(1);
        engine.close();
    }
}
