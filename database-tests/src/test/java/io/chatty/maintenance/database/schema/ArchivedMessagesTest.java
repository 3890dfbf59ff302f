package io.chatty.maintenance.database.schema;

import static io.chatty.maintenance.database.schema.CleanedTables.MONTH;
import static io.chatty.maintenance.database.schema.CleanedTables.NOW;
import static io.chatty.maintenance.database.schema.CleanedTables.OLD;
import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.Erasure;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceTask;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Odd messages go into an archive, and come out of it, as all others do. */
final class ArchivedMessagesTest {

    private static final TimeKind MILLIS = TimeKind.epochMillis();

    private static Counts run(ChatDatabase chat, MaintenanceTask task) throws Exception {
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> NOW)
                .workers(Runnable::run)
                .settings(s -> s.batchSize(5))
                .task(task)
                .build()) {
            engine.start();
            Run run = engine.runNow(task.name()).get();
            assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
            return run.counts();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_time_of_sending_that_no_calendar_has_keeps_no_message_from_its_archive(
            TestServer server, @TempDir Path folder) throws Exception {
        ChatSchema schema = ChatSchema.builder()
                .messages("messages", m -> m.key("id").sentAt("sent", MILLIS).softDeletedAt("deleted", MILLIS))
                .build();
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, deleted BIGINT)");
            ChatDatabase chat = host.chat(schema);
            chat.migrate();
            for (Archive archive : List.of(chat.archive(), chat.archive(LocalFileStore.open(folder)))) {
                archive.migrate();
                host.execute("DELETE FROM messages", "DELETE FROM chatty_maintenance_restored");
                host.insert(
                        "messages",
                        List.of(
                                "1, " + Long.MAX_VALUE + ", " + OLD,
                                "2, " + OLD * 1000 + ", " + OLD, // as microseconds
                                "3, 1, " + OLD));
                host.clean(chat, MONTH, cleanup -> cleanup.archive(archive).softDeleteGrace(ofDays(7)));
                assertThat(host.left("messages", "id")).isEmpty();
                assertThat(archive.restore(ArchiveFilter.all()).get("restored.messages"))
                        .isEqualTo(3);
                assertThat(host.left("messages", "sent"))
                        .containsExactly("1", Long.toString(OLD * 1000), Long.toString(Long.MAX_VALUE));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "POSTGRESQL")
    void infinity_is_a_time_as_others_are(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent timestamptz, deleted BIGINT)",
                    "CREATE INDEX by_time ON messages (sent, id)");
            for (int i = 1; i <= 12; i++) { // more than a batch has
                host.insert("messages", List.of(i + ", '-infinity', NULL", (20 + i) + ", 'infinity', " + OLD));
            }
            host.insert("messages", List.of("40, 'infinity', NULL", "41, '0044-03-15 00:00:00+00 BC', NULL"));
            ChatDatabase chat = host.chat(ChatSchema.builder()
                    .messages(
                            "messages",
                            m -> m.key("id").sentAt("sent", TimeKind.zoned()).softDeletedAt("deleted", MILLIS))
                    .build());
            chat.migrate();
            Archive archive = chat.archive();
            archive.migrate();
            host.clean(chat, MONTH, cleanup -> cleanup.archive(archive).softDeleteGrace(ofDays(7)));
            assertThat(host.left("messages", "id")).containsExactly("40");
            archive.restore(ArchiveFilter.all());
            assertThat(host.strings("SELECT COUNT(*) FROM messages WHERE sent IN ('-infinity', 'infinity')"))
                    .containsExactly("25");
            assertThat(host.strings("SELECT sent AT TIME ZONE 'UTC' FROM messages WHERE id = 41"))
                    .containsExactly("0044-03-15 00:00:00 BC");
        }
    }

    /** Two messages of one key, from one room but two users, that a cleanup has put in an archive. */
    private static Archive twoOfOneKey(CleanedTables host, ChatDatabase chat) throws Exception {
        host.execute(
                "CREATE TABLE messages (id BIGINT, sent BIGINT, author VARCHAR(20))",
                "CREATE INDEX by_id ON messages (id)",
                "INSERT INTO messages VALUES (1, " + OLD + ", 'ann'), (1, " + OLD + ", 'bob'), (2, " + OLD
                        + ", 'ann')");
        chat.migrate();
        Archive archive = chat.archive();
        archive.migrate();
        host.clean(chat, MONTH, cleanup -> cleanup.archive(archive));
        assertThat(host.left("messages", "author")).isEmpty();
        return archive;
    }

    private static ChatDatabase sharing(CleanedTables host) {
        return host.chat(ChatSchema.builder()
                .messages(
                        "messages",
                        m -> m.sharedKey("id").sentAt("sent", MILLIS).sender("author"))
                .build());
    }

    @ParameterizedTest
    @EnumSource
    void of_messages_that_share_a_key_none_leaves_the_archive_while_a_hold_covers_one(TestServer server)
            throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            ChatDatabase chat = sharing(host);
            Archive archive = twoOfOneKey(host, chat);
            chat.holds()
                    .place(LegalHold.builder("case", "counsel", "litigation")
                            .user("bob")
                            .build());
            host.execute("UPDATE chatty_maintenance_archived SET archived_at = '2026-01-15 12:00:00'");
            Counts purged = run(chat, archive.purge(ofDays(30)));
            assertThat(purged.get("deleted.archived")).isEqualTo(1);
            assertThat(purged.get("skipped.held")).isEqualTo(2);
            archive.restore(ArchiveFilter.all());
            assertThat(host.left("messages", "author")).containsExactly("ann", "bob");
        }
    }

    @ParameterizedTest
    @EnumSource
    void of_messages_that_share_a_key_none_is_erased_from_the_archive_for_the_user_of_another(TestServer server)
            throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            ChatDatabase chat = sharing(host);
            Archive archive = twoOfOneKey(host, chat);
            Erasure erasure = chat.erasure(archive);
            erasure.ask(RetentionScope.user("ann"), "ann", "she asked");
            Counts erased = run(chat, erasure);
            assertThat(erased.get("deleted.erased.archived")).isEqualTo(1);
            assertThat(erasure.pending()).hasSize(1);
            archive.restore(ArchiveFilter.all());
            assertThat(host.left("messages", "author")).containsExactly("ann", "bob");
        }
    }
}
