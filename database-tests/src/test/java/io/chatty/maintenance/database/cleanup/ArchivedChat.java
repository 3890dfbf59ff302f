package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceTask;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Thirty messages with children, of which twenty are due, and copies of all tables as they were. */
final class ArchivedChat {

    static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    static final RetentionPolicies KEEP_50_DAYS = RetentionPolicies.builder()
            .global(RetentionRule.keepFor(ofDays(50)))
            .build();

    private static final List<String> TABLES = List.of("messages", "reactions", "attachments");

    private ArchivedChat() {}

    static HostChat fill(TestDatabase database) throws SQLException {
        HostChat host = new HostChat(database, Shape.ZONED);
        List<Message> messages = new ArrayList<>();
        for (int i = 1; i <= 30; i++) {
            messages.add(new Message(
                    Integer.toString(i),
                    NOW.minus(ofDays(i <= 20 ? 100 + i : 10)),
                    i % 3 == 0 ? null : Integer.toString(i % 3),
                    Integer.toString(i % 2 + 1),
                    null,
                    null));
        }
        host.add(messages);
        host.addChildrenToAll();
        remember(host);
        return host;
    }

    /** Copies all tables as they are. */
    static void remember(HostChat host) throws SQLException {
        for (String table : TABLES) {
            host.execute("DROP TABLE IF EXISTS before_" + table);
            host.execute("CREATE TABLE before_" + table + " AS SELECT * FROM " + table);
        }
    }

    /** Lets a run of the task end, in batches of seven, without a second try. */
    static Run end(HostChat host, MaintenanceTask task) throws Exception {
        return end(host, task, 7);
    }

    static Run end(HostChat host, MaintenanceTask task, int batchSize) throws Exception {
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(host.chat().runStore())
                .clock(() -> NOW)
                .settings(s -> s.batchSize(batchSize).taskDefaults(t -> t.retries(0)))
                .task(task)
                .build()) {
            engine.start();
            return engine.runNow(task.name()).get(60, TimeUnit.SECONDS);
        }
    }

    /** The same, which has to succeed. */
    static Run run(HostChat host, MaintenanceTask task) throws Exception {
        Run run = end(host, task);
        assertThat(run.state()).as("%s", run.detail()).isEqualTo(RunState.SUCCEEDED);
        return run;
    }

    /** What a preview of the task counts, in batches of seven. */
    static Counts preview(HostChat host, MaintenanceTask task) {
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(host.chat().runStore())
                .clock(() -> NOW)
                .settings(s -> s.batchSize(7))
                .task(task)
                .build()) {
            engine.start();
            return engine.preview(task.name()).counts();
        }
    }

    /** The database itself says whether all tables hold the same rows as then. */
    static void assertSame(HostChat host) throws SQLException {
        assertSame(host, "");
    }

    static void assertSame(HostChat host, String label) throws SQLException {
        for (String table : TABLES) {
            assertThat(host.rows("(SELECT * FROM " + table + " EXCEPT SELECT * FROM before_" + table + ") d")
                            + host.rows("(SELECT * FROM before_" + table + " EXCEPT SELECT * FROM " + table + ") d"))
                    .as(label + table)
                    .isZero();
            assertThat(host.rows(table)).as(label + table).isEqualTo(host.rows("before_" + table));
        }
    }
}
