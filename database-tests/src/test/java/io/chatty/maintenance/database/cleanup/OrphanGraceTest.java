package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An orphan that is younger than the grace may get what it lacks, and stays. */
final class OrphanGraceTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

    @ParameterizedTest
    @EnumSource
    void orphans_go_when_they_are_older_than_the_grace_to_the_millisecond(TestServer server) throws Exception {
        long edge = NOW.minus(ofDays(1)).toEpochMilli();
        ChatSchema schema = ChatSchema.builder()
                .messages(
                        "messages",
                        m -> m.key("id").sentAt("sent", TimeKind.epochMillis()).room("room"))
                .rooms("rooms", "id")
                .children("reactions", c -> c.refersBy("message").at("made", TimeKind.epochMillis()))
                .children("receipts", "message")
                .build();
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE rooms (id BIGINT PRIMARY KEY)");
            database.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, room BIGINT)");
            database.execute("CREATE TABLE reactions (message BIGINT, made BIGINT)");
            database.execute("CREATE TABLE receipts (message BIGINT)");
            database.execute("INSERT INTO rooms VALUES (1)");
            database.execute("INSERT INTO messages VALUES (1, " + (edge - 1) + ", 7), (2, " + edge + ", 7), (3, "
                    + (edge - 1) + ", 1), (4, NULL, 7), (5, 0, 7)");
            database.execute("INSERT INTO reactions VALUES (91, " + (edge - 1) + "), (92, " + edge
                    + "), (93, NULL), (94, 0), (3, " + (edge - 1) + ")");
            database.execute("INSERT INTO receipts VALUES (95), (3)");
            ChatDatabase chat = ChatDatabase.of(database.dataSource(), schema);
            chat.migrate();
            Counts preview;
            Run run;
            try (MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(chat.runStore())
                    .clock(() -> NOW)
                    .settings(s -> s.batchSize(2))
                    .task(chat.messageCleanup(RetentionPolicies.builder().build())
                            .removeOrphans(ofDays(1))
                            .build())
                    .build()) {
                engine.start();
                preview = engine.preview("message-cleanup").counts();
                run = engine.runNow("message-cleanup").get(60, TimeUnit.SECONDS);
            }
            assertThat(run.state()).as("%s", run.detail()).isEqualTo(RunState.SUCCEEDED);
            assertThat(database.strings("SELECT id FROM messages ORDER BY id")).containsExactly("2", "3", "4", "5");
            assertThat(database.strings("SELECT message FROM reactions ORDER BY message"))
                    .containsExactly("3", "92", "93", "94");
            assertThat(database.strings("SELECT message FROM receipts")).containsExactly("3"); // tell no time: no grace
            assertThat(preview.get("due.orphaned")).isEqualTo(1);
            assertThat(preview.get("due.orphans.reactions")).isEqualTo(1);
            assertThat(run.counts().get("deleted.orphaned")).isEqualTo(1);
            assertThat(run.counts().get("deleted.orphans.reactions")).isEqualTo(1);
            assertThatThrownBy(() -> chat.messageCleanup(
                                    RetentionPolicies.builder().build())
                            .removeOrphans(Duration.ZERO))
                    .hasMessageContaining("removeOrphans: PT0S given, must be longer than zero");
        }
    }
}
