package io.chatty.maintenance.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.SettingsException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine that does one thing beside the one that serves. */
@Timeout(60)
class OnlyTaskTest {

    private static final String TASKS = """
            chatty-maintenance {
              zone = UTC
              engine.limits.house = 1
              tasks {
                tidy { type = tidy, schedule.every = 1 s }
                wash { type = tidy, schedule.after = tidy, group = house }
              }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void it_has_that_task_alone_and_without_its_schedule() throws Exception {
        try (ConfiguredEngine configured =
                MaintenanceConfig.parse(TASKS).only("wash").engine()) {
            configured.start();
            MaintenanceEngine engine = configured.engine();
            assertThat(engine.status()).singleElement().satisfies(status -> {
                assertThat(status.task()).isEqualTo("wash");
                assertThat(status.schedule()).isEmpty();
                assertThat(status.nextDue()).isEmpty();
            });
            Run run = engine.runNow("wash").get(20, TimeUnit.SECONDS);
            assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    @Test
    void a_task_that_the_file_has_not_is_told_with_those_that_it_has() {
        assertThatThrownBy(() -> MaintenanceConfig.parse(TASKS).only("tdiy").engine())
                .isInstanceOf(UnknownTaskException.class)
                .hasMessage("task: \"tdiy\" given, the file has tidy, wash; did you mean tidy?");
    }

    @Test
    void the_mistakes_of_other_tasks_are_told_all_the_same() {
        assertThatThrownBy(() -> MaintenanceConfig.parse(TASKS.replace("after = tidy", "after = tyty"))
                        .only("tidy")
                        .engine())
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("tasks.wash.schedule.after");
    }

    @Test
    void settings_that_changed_are_taken_over_for_that_task() {
        try (ConfiguredEngine configured =
                MaintenanceConfig.parse(TASKS).only("tidy").engine()) {
            configured.start();
            assertThat(configured.apply(MaintenanceConfig.parse(TASKS.replace("every = 1 s", "every = 2 s"))))
                    .containsExactly("tasks.tidy.schedule.every");
            assertThat(configured.engine().status("tidy").schedule()).isEmpty();
        }
    }

    @Test
    void who_only_asks_gets_the_tables_of_the_store_or_what_is_wrong_with_them() {
        String url = "jdbc:h2:" + folder.resolve("chat");
        String settings = TASKS + "chatty-maintenance { database.url = \"" + url + "\", store.type = jdbc }\n";
        try (ConfiguredEngine onlooker = MaintenanceConfig.parse(settings).engine()) {
            assertThat(onlooker.keepsRuns()).isTrue();
            assertThatThrownBy(onlooker::prepareStore)
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("store.migrate = true");
        }
        try (ConfiguredEngine onlooker = MaintenanceConfig.parse(settings + "chatty-maintenance.store.migrate = true")
                .engine()) {
            onlooker.prepareStore();
            assertThat(onlooker.engine().history("tidy", 10)).isEmpty();
        }
        try (ConfiguredEngine forgetful = MaintenanceConfig.parse(TASKS).engine()) {
            forgetful.prepareStore();
            assertThat(forgetful.keepsRuns()).isFalse();
        }
    }
}
