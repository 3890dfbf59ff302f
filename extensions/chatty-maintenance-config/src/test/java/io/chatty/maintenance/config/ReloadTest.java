package io.chatty.maintenance.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.SettingsException;
import io.chatty.maintenance.testkit.SteppedScheduler;
import io.chatty.maintenance.testkit.TestClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings that change while the engine runs. */
@Timeout(30)
class ReloadTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static final String BEFORE = """
            zone = UTC
            engine.limits.house = 1
            tasks {
              tidy { type = tidy, schedule.daily = "02:30", settings.shelves = 2 }
              wash { type = tidy, schedule.after = tidy, group = house }
              paint { type = tidy }
            }
            """;

    private final TestClock clock = new TestClock(START);
    private final SteppedScheduler scheduler = new SteppedScheduler(clock);
    private final ConfiguredEngine configured = config(BEFORE)
            .engine(builder -> builder.clock(clock).scheduler(scheduler).workers(Runnable::run));
    private final MaintenanceEngine engine = configured.engine();

    private static MaintenanceConfig config(String settings) {
        return MaintenanceConfig.parse("chatty-maintenance {\n" + settings + "\n}");
    }

    @AfterEach
    void close() {
        configured.close();
    }

    private Optional<Instant> due(String task) {
        return engine.status(task).nextDue();
    }

    private static Instant at(String time) {
        return Instant.parse("2026-01-01T" + time + ":00Z");
    }

    @Test
    void a_new_schedule_holds_from_then_on() {
        configured.start();
        assertThat(due("tidy")).contains(at("02:30"));

        List<String> changed = configured.apply(config(BEFORE.replace("02:30", "04:00")));

        assertThat(changed).containsExactly("tasks.tidy.schedule.daily");
        assertThat(due("tidy")).contains(at("04:00"));
        scheduler.advance(Duration.ofHours(3));
        assertThat(engine.history("tidy", 10)).isEmpty();
        scheduler.advance(Duration.ofMinutes(61));
        assertThat(engine.history("tidy", 10)).extracting(Run::due).containsExactly(at("04:00"));
    }

    @Test
    void a_schedule_that_stays_keeps_its_due_time() {
        configured.start();
        configured.apply(config(BEFORE.replace("schedule.daily = \"02:30\"", "schedule.every = 8 h")));
        assertThat(due("tidy")).contains(at("08:00"));
        scheduler.advance(Duration.ofHours(1));

        configured.apply(config(BEFORE.replace("schedule.daily = \"02:30\"", "schedule.every = 8 h, retries = 1")));

        assertThat(due("tidy")).contains(at("08:00"));
    }

    @Test
    void a_new_window_moves_the_next_due_time() {
        configured.start();

        configured.apply(config(BEFORE.replace("daily = \"02:30\"", "daily = \"02:30\", schedule.window = late")
                + "windows.late { from = \"05:00\", to = \"06:00\" }"));

        assertThat(due("tidy")).contains(at("05:00"));
    }

    @Test
    void tasks_can_change_their_order() {
        configured.start();

        configured.apply(config(BEFORE.replace(
                        "tidy { type = tidy, schedule.daily = \"02:30\"",
                        "tidy { type = tidy," + " schedule.after = wash")
                .replace(
                        "wash { type = tidy, schedule.after = tidy",
                        "wash { type = tidy, schedule.daily = \"03:00\"")));

        scheduler.advance(Duration.ofMinutes(181));
        assertThat(engine.history("wash", 10)).hasSize(1);
        assertThat(engine.history("tidy", 10)).hasSize(1);
    }

    @Test
    void a_task_without_a_schedule_can_be_given_one() {
        configured.start();
        assertThat(due("paint")).isEmpty();

        configured.apply(config(BEFORE + "tasks.paint.schedule.every = 1 h"));

        assertThat(due("paint")).contains(at("01:00"));
    }

    @Test
    void limits_can_change_come_and_go() {
        configured.start();

        assertThat(configured.apply(config(BEFORE.replace("house = 1", "house = 3"))))
                .containsExactly("engine.limits.house");
        assertThat(configured.apply(config(BEFORE.replace("engine.limits.house = 1", ""))))
                .containsExactly("engine.limits.house");
        assertThat(configured.apply(config(BEFORE + "engine { tasks-at-once = 5, log-batches = true }")))
                .containsExactly("engine.limits.house", "engine.log-batches", "engine.tasks-at-once");
    }

    @Test
    void the_same_settings_once_more_change_nothing() {
        configured.start();
        assertThat(configured.apply(config(BEFORE))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "engine.claim-for = 20 s | engine.claim-for: \"30 s\" before, \"20 s\" now",
                "engine.close-timeout = 20 s | engine.close-timeout: \"30 s\" before, \"20 s\" now",
                "profile = development | engine.at-least-every: null before, \"1 min\" now",
                "tasks.tidy.settings.shelves = 3 | tasks.tidy.settings.shelves: 2 before, 3 now",
                "tasks.tidy.schedule = null | tasks.tidy.schedule: taken away",
                "tasks.more.type = tidy | tasks.more: added",
                "policies.global = 30 days | policies.global: null before, \"30 days\" now",
                "schema.schema = chat | schema.schema: null before, \"chat\" now",
                "database.password = tiger, database.url = \"jdbc:h2:mem:x\" | database.password: null before, *** now",
                "store { type = jdbc }, database.url = \"jdbc:h2:mem:x\" | store.type: \"memory\" before, \"jdbc\" now",
                "signals.heap.on = true | signals.heap.on: false before, true now",
            })
    void what_cannot_change_is_refused_with_its_path_and_nothing_is_changed(String change, String refusal) {
        configured.start();
        String changed = BEFORE.replace("02:30", "04:00") + "engine.tasks-at-once = 5\n" + change;

        assertThatThrownBy(() -> configured.apply(config(changed)))
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        e -> assertThat(e.problems())
                                .anySatisfy(problem ->
                                        assertThat(problem).startsWith(refusal).contains("start an engine anew")));

        assertThat(due("tidy")).contains(at("02:30"));
        assertThat(configured.apply(config(BEFORE.replace("02:30", "04:00"))))
                .as("what differs from the settings that hold")
                .containsExactly("tasks.tidy.schedule.daily");
    }

    @Test
    void a_task_that_is_gone_from_the_file_is_refused() {
        configured.start();

        assertThatThrownBy(() -> configured.apply(config(BEFORE.replace("paint { type = tidy }", ""))))
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        "tasks.paint: taken away; a task stays as long as the engine, pause it instead, or"
                                                + " start an engine anew"));
    }

    @Test
    void a_file_with_mistakes_changes_nothing() {
        configured.start();

        assertThatThrownBy(() -> configured.apply(
                        config(BEFORE.replace("02:30", "04:00").replace("after = tidy", "after = tidi"))))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("did you mean tidy?");

        assertThat(due("tidy")).contains(at("02:30"));
    }

    @Test
    void a_store_that_is_away_changes_nothing() {
        InMemoryRunStore store = new InMemoryRunStore();
        AtomicInteger answers = new AtomicInteger(Integer.MAX_VALUE);
        RunStore unsteady = (RunStore) Proxy.newProxyInstance(
                RunStore.class.getClassLoader(), new Class<?>[] {RunStore.class}, (self, method, arguments) -> {
                    if (answers.getAndDecrement() <= 0) {
                        throw new MaintenanceException("the database is away");
                    }
                    return method.invoke(store, arguments);
                });
        try (ConfiguredEngine other = config(BEFORE)
                .engine(builder -> builder.clock(clock)
                        .scheduler(scheduler)
                        .workers(Runnable::run)
                        .runStore(unsteady))) {
            other.start();
            MaintenanceConfig changed = config(BEFORE.replace("02:30", "04:00").replace("house = 1", "house = 2"));
            for (int asked = 0; asked < 4; asked++) {
                answers.set(asked);
                assertThatThrownBy(() -> other.apply(changed)).hasMessageContaining("away");
                answers.set(Integer.MAX_VALUE);
                assertThat(other.engine().status("tidy").nextDue()).contains(at("02:30"));
                other.engine().change(now -> {
                    assertThat(now.build().limits()).containsEntry("house", 1);
                    return now;
                });
            }
        }
    }
}
