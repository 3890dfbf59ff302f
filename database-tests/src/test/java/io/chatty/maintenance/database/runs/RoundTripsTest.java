package io.chatty.maintenance.database.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.PausingDataSource;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.run.BatchRecord;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the store sends to the database: a run of a job that does nothing should cost next to nothing. */
final class RoundTripsTest {

    private static final Instant NOW = Instant.parse("2026-03-01T02:30:00Z");
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final MaintenanceTask TASK = MaintenanceTask.of("tidy", () -> {});

    private final List<String> sent = new ArrayList<>();

    private interface Step {
        void take() throws Exception;
    }

    private List<String> sentBy(Step step) throws Exception {
        sent.clear();
        step.take();
        return List.copyOf(sent);
    }

    @ParameterizedTest
    @EnumSource
    void a_run_looks_once_begins_once_and_records_its_batch_and_its_end_at_once(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = Nodes.chat(PausingDataSource.of(database.dataSource(), (what, before) -> {
                if (before) {
                    sent.add(what);
                }
            }));
            chat.migrate();
            RunStore store = chat.runStore();
            Run first = Run.begun("tidy", "a", Optional.empty(), NOW, NOW);
            store.begin(first, Optional.empty(), LONG); // the first of a task makes it known
            finish(store, first);
            Run run = Run.begun("tidy", "a", Optional.empty(), NOW, NOW);
            Optional<RunId> seen = Optional.of(first.id());

            assertThat(sentBy(() -> store.look("tidy"))).hasSize(1).doesNotContain("commit");
            if (server == TestServer.POSTGRESQL) {
                assertThat(sentBy(() -> store.begin(run, seen, LONG)))
                        .hasSize(1)
                        .doesNotContain("commit");
            } else {
                assertThat(sentBy(() -> store.begin(run, seen, LONG)))
                        .filteredOn(what -> !what.equals("commit"))
                        .hasSize(server == TestServer.MARIADB ? 3 : 2); // its isolation, the task, the run
            }
            assertThat(sentBy(() -> finish(store, run))).hasSize(1).doesNotContain("commit");
            assertThat(store.history("tidy", 10)).hasSize(2);
        }
    }

    private static void finish(RunStore store, Run run) throws Exception {
        store.inBatch(run.claim(), TASK, () -> new BatchRecord(BatchResult.finished(), Usage.NONE, NOW));
    }
}
