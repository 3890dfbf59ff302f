package io.chatty.maintenance.database.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.run.BatchRecord;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A newer library has migrated the tables while this one is at work. */
final class RollingUpgradeTest {

    private static final Instant NOW = Instant.parse("2026-03-01T02:30:00Z");
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final MaintenanceTask TASK = MaintenanceTask.of("tidy", () -> {});

    private static ChatDatabase migrated(TestDatabase database) {
        ChatDatabase chat = Nodes.chat(database.dataSource());
        chat.migrate();
        return chat;
    }

    /** What the last file of a newer library does at its end. */
    private static void migrateOn(TestDatabase database, int version, int needs) throws Exception {
        database.execute(
                "INSERT INTO chatty_maintenance_migration (version, needs) VALUES (" + version + ", " + needs + ")");
    }

    private static Run fresh(String task) {
        return Run.begun(task, "node-a", Optional.empty(), NOW, NOW);
    }

    @ParameterizedTest
    @EnumSource
    void newer_tables_that_need_no_newer_library_are_worked_with(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = migrated(database);
            migrateOn(database, 5, 1);
            migrateOn(database, 6, 1);
            chat.migrate();
            RunStore store = chat.runStore();
            assertThat(store.problems()).isEmpty();
            Run run = fresh("tidy");
            assertThat(store.begin(run, Optional.empty(), LONG)).isTrue();
            assertThat(store.takeOver(run, "node-a", LONG)).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource
    void newer_tables_that_need_a_newer_library_are_refused_with_the_reason(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = migrated(database);
            migrateOn(database, 5, 1);
            migrateOn(database, 6, 5);
            assertThat(chat.runStore().problems())
                    .singleElement()
                    .asString()
                    .contains("version 6", "knows version 5", "up to 4");
            assertThatThrownBy(chat::migrate)
                    .isInstanceOf(MaintenanceException.class)
                    .hasMessageContaining("use a newer library");
        }
    }

    @ParameterizedTest
    @EnumSource
    void who_was_at_work_ends_its_run_and_takes_no_other(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            RunStore store = migrated(database).runStore();
            Run run = fresh("tidy");
            Run resting = fresh("other");
            assertThat(store.begin(run, Optional.empty(), LONG)).isTrue();
            assertThat(store.begin(resting, Optional.empty(), LONG)).isTrue();
            store.end(resting.claim(), RunState.PAUSED, Optional.empty(), NOW);
            Run paused = store.find(resting.id()).orElseThrow();
            migrateOn(database, 5, 5);

            assertThatThrownBy(() -> store.takeOver(paused, "node-a", LONG))
                    .isInstanceOf(MaintenanceException.class)
                    .hasMessageContaining("use a newer library");
            assertThat(store.find(resting.id())).contains(paused);
            assertThat(store.renew(run.claim(), LONG).isHeld()).isTrue();
            Run ended =
                    store.inBatch(run.claim(), TASK, () -> new BatchRecord(BatchResult.finished(), Usage.NONE, NOW));
            assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
            for (String task : List.of("tidy", "new")) {
                assertThatThrownBy(() -> store.begin(
                                fresh(task), store.look(task).lastBegun().map(Run::id), LONG))
                        .isInstanceOf(MaintenanceException.class)
                        .hasMessageContaining("use a newer library");
            }
            assertThat(store.history("tidy", 10)).containsExactly(ended);
            assertThat(store.history("new", 10)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_reason_is_given_also_where_the_newer_tables_fit_no_statement_any_more(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            RunStore store = migrated(database).runStore();
            Run run = fresh("tidy");
            assertThat(store.begin(run, Optional.empty(), LONG)).isTrue();
            database.execute(
                    server == TestServer.H2
                            ? "ALTER TABLE chatty_maintenance_run ALTER COLUMN cut_offs RENAME TO interruptions"
                            : "ALTER TABLE chatty_maintenance_run RENAME COLUMN cut_offs TO interruptions");
            assertThatThrownBy(() -> store.takeOver(run, "node-a", LONG))
                    .isInstanceOf(MaintenanceException.class)
                    .hasMessageNotContaining("newer");
            migrateOn(database, 5, 5);
            assertThatThrownBy(() -> store.takeOver(run, "node-a", LONG)).hasMessageContaining("use a newer library");
            assertThatThrownBy(() -> store.begin(fresh("new"), Optional.empty(), LONG))
                    .hasMessageContaining("use a newer library");
        }
    }

    @ParameterizedTest
    @EnumSource
    void several_nodes_may_migrate_at_once(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<?>> nodes = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    nodes.add(threads.submit(
                            () -> Nodes.chat(database.dataSource()).migrate()));
                }
                for (Future<?> node : nodes) {
                    node.get();
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(Nodes.chat(database.dataSource()).runStore().problems()).isEmpty();
            assertThat(database.strings("SELECT version FROM chatty_maintenance_migration"))
                    .containsExactlyInAnyOrder("1", "2", "3", "4");
        }
    }
}
