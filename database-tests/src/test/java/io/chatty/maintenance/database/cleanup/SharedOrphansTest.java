package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An attachment that no message has goes when it is old enough, and only then. */
final class SharedOrphansTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final long EDGE = NOW.minus(ofDays(1)).toEpochMilli();

    private static ChatSchema schema() {
        return ChatSchema.builder()
                .messages("messages", m -> m.key("id").sentAt("sent", TimeKind.epochMillis()))
                .shared(
                        "attachments",
                        s -> s.key("id")
                                .through("links", "attachment", "message")
                                .keptBy("scheduled", "attachment")
                                .files("path")
                                .at("made", TimeKind.epochMillis()))
                .build();
    }

    /** Message 1 has attachment 1; 4 is scheduled; the others have nobody. */
    private static ChatDatabase fill(TestDatabase database) throws SQLException {
        database.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT)");
        database.execute("CREATE TABLE attachments (id BIGINT PRIMARY KEY, made BIGINT, path VARCHAR(40))");
        database.execute("CREATE TABLE links (message BIGINT, attachment BIGINT, FOREIGN KEY (attachment)"
                + " REFERENCES attachments (id))");
        database.execute("CREATE TABLE scheduled (attachment BIGINT)");
        database.execute("INSERT INTO messages VALUES (1, " + EDGE + ")");
        database.execute(
                "INSERT INTO attachments VALUES (1, 1, 'one'), (2, " + (EDGE - 1) + ", 'two'), (3, " + EDGE
                        + ", 'three'), (4, 1, 'four'), (5, NULL, 'five'), (6, 0, 'six'), (7, 1, 'one'), (8, 1, NULL), (9, 1, 'nine')");
        database.execute("INSERT INTO links VALUES (1, 1)");
        database.execute("INSERT INTO scheduled VALUES (4)");
        ChatDatabase chat = ChatDatabase.of(database.dataSource(), schema());
        chat.migrate();
        return chat;
    }

    private record Done(Counts preview, Counts run) {}

    private static Done run(ChatDatabase chat, UnaryOperator<MessageCleanup.Builder> settings) throws Exception {
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> NOW)
                .settings(s -> s.batchSize(2))
                .task(settings.apply(
                                chat.messageCleanup(RetentionPolicies.builder().build()))
                        .build())
                .build()) {
            engine.start();
            Counts preview = engine.preview("message-cleanup").counts();
            Run run = engine.runNow("message-cleanup").get(60, TimeUnit.SECONDS);
            assertThat(run.state()).as("%s", run.detail()).isEqualTo(RunState.SUCCEEDED);
            return new Done(preview, run.counts());
        }
    }

    private static List<String> attachments(TestDatabase database) throws SQLException {
        return database.strings("SELECT id FROM attachments ORDER BY id");
    }

    @ParameterizedTest
    @EnumSource
    void it_goes_when_it_is_older_than_the_grace_to_the_millisecond_and_its_file_is_told(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            Done done = run(fill(database), cleanup -> cleanup.removeOrphans(ofDays(1)));
            assertThat(attachments(database)).containsExactly("1", "3", "4", "5", "6");
            assertThat(done.preview().get("due.orphans.attachments")).isEqualTo(4);
            assertThat(done.run().get("deleted.orphans.attachments")).isEqualTo(4);
            assertThat(database.strings("SELECT path FROM chatty_maintenance_gone_file ORDER BY path"))
                    .containsExactly("nine", "two"); // another attachment has the file of the seventh
            assertThat(database.strings("SELECT attachment FROM links")).containsExactly("1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void none_goes_without_a_grace_nor_while_there_are_no_links_at_all(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = fill(database);
            run(chat, MessageCleanup.Builder::removeOrphans);
            assertThat(attachments(database)).hasSize(9);
            database.execute("DELETE FROM links");
            run(chat, cleanup -> cleanup.removeOrphans(ofDays(1)));
            assertThat(attachments(database)).hasSize(9);
        }
    }

    /** A message that is restored may have it. */
    @ParameterizedTest
    @EnumSource
    void none_goes_where_messages_are_archived(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = fill(database);
            chat.archive().migrate();
            run(chat, cleanup -> cleanup.removeOrphans(ofDays(1)).archive(chat.archive()));
            assertThat(attachments(database)).hasSize(9);
        }
    }

    /** H2 looks whether a foreign key's row is there without locking it. */
    @ParameterizedTest
    @EnumSource(names = "H2", mode = EnumSource.Mode.EXCLUDE)
    void one_that_a_message_is_just_getting_stays(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = fill(database);
            try (Connection other =
                            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                    Statement statement = other.createStatement()) {
                other.setAutoCommit(false);
                statement.execute("INSERT INTO links VALUES (1, 2)");
                run(chat, cleanup -> cleanup.removeOrphans(ofDays(1)));
                assertThat(attachments(database)).contains("2");
                other.commit();
            }
            run(chat, cleanup -> cleanup.removeOrphans(ofDays(1)));
            assertThat(attachments(database)).containsExactly("1", "2", "3", "4", "5", "6");
            assertThat(database.strings("SELECT path FROM chatty_maintenance_gone_file"))
                    .containsExactly("nine");
        }
    }

    /** By its foreign key the database would take its rows along. */
    @ParameterizedTest
    @EnumSource
    void what_refers_to_it_and_is_not_described_is_refused(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = fill(database);
            database.execute("CREATE TABLE avatars (attachment BIGINT, FOREIGN KEY (attachment)"
                    + " REFERENCES attachments (id) ON DELETE CASCADE)");
            assertThat(chat.messageCleanup(RetentionPolicies.builder().build())
                            .removeOrphans(ofDays(1))
                            .build()
                            .problems())
                    .singleElement()
                    .asString()
                    .containsIgnoringCase("keptBy(\"avatars\", \"attachment\")");
        }
    }
}
