package io.chatty.maintenance.database.files;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.file.FileReferences.Released;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.DatabaseReferences;
import io.chatty.maintenance.jdbc.Erasure;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.testkit.InMemoryFileStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Race R4: what a message in an archive refers to stays, for it may be restored; what a purged one did is released. */
final class ArchivedReferencesTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final RetentionPolicies KEEP_50_DAYS = RetentionPolicies.builder()
            .global(RetentionRule.keepFor(ofDays(50)))
            .build();
    private static final List<String> OLD = List.of("in/m1", "in/a1", "in/m2", "in/a2", "in/both");
    private static final List<String> ALL = List.of("in/m1", "in/a1", "in/m2", "in/a2", "in/both", "in/m3", "in/a3");

    private static ChatDatabase chat(TestDatabase database) throws Exception {
        ChatDatabase chat = ChatDatabase.of(
                database.dataSource(),
                ChatSchema.builder()
                        .messages(
                                "messages",
                                m -> m.key("id")
                                        .sentAt("sent_at", TimeKind.epochMillis())
                                        .sender("user_id")
                                        .files("picture"))
                        .children("attachments", c -> c.refersBy("message_id").files("path"))
                        .build());
        chat.migrate();
        database.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent_at BIGINT, user_id BIGINT,"
                + " picture VARCHAR(100))");
        database.execute("CREATE TABLE attachments (id BIGINT PRIMARY KEY, message_id BIGINT, path VARCHAR(100))");
        long old = NOW.minus(ofDays(100)).toEpochMilli();
        long young = NOW.minus(ofDays(1)).toEpochMilli();
        database.execute("INSERT INTO messages VALUES (1, " + old + ", 1, 'm1'), (2, " + old + ", 2, 'm2'), (3, "
                + young + ", 3, 'm3')");
        database.execute("INSERT INTO attachments VALUES (1, 1, 'a1'), (2, 2, 'a2'), (3, 3, 'a3'), (4, 1, 'both'),"
                + " (5, 2, 'both'), (6, 2, NULL)");
        return chat;
    }

    private static DatabaseReferences references(ChatDatabase chat) {
        return chat.fileReferences("chat", r -> r.schemaFiles(c -> c.prefix("in/")));
    }

    private static void run(ChatDatabase chat, Instant now, MaintenanceTask task) throws Exception {
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> now)
                .settings(s -> s.batchSize(7).taskDefaults(t -> t.retries(0)))
                .task(task)
                .build()) {
            engine.start();
            Run run = engine.runNow(task.name()).get(60, TimeUnit.SECONDS);
            assertThat(run.state()).as("%s", run.detail()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    private static void assertReferenced(DatabaseReferences references, List<String> names) throws Exception {
        assertThat(references.problems()).isEmpty();
        assertThat(references.find(ALL)).containsExactlyInAnyOrderElementsOf(names);
        assertThat(FileHost.walked(references, 1)).containsOnly(names.toArray(String[]::new));
        assertThat(FileHost.walked(references, 100)).containsOnly(names.toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource
    void what_was_purged_is_released_until_that_is_forgotten(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = chat(database);
            DatabaseReferences references = references(chat);
            assertReferenced(references, ALL);
            assertThat(references.released(10)).isEmpty();
            run(chat, NOW, chat.messageCleanup(KEEP_50_DAYS).build());
            assertReferenced(references, List.of("in/m3", "in/a3"));
            List<Released> released = references.released(10);
            assertThat(released).extracting(Released::name).containsExactlyInAnyOrderElementsOf(OLD);
            assertThat(references.released(2)).isEqualTo(released.subList(0, 2));
            references.forget(released.subList(0, 2));
            assertThat(references.released(10)).isEqualTo(released.subList(2, 5));
            references.forget(List.of());
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_lies_in_tables_of_an_archive_counts_until_it_leaves(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = chat(database);
            Archive archive = chat.archive("old_");
            archive.migrate();
            assertWhatIsArchivedCounts(chat, archive);
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_lies_in_files_of_an_archive_counts_until_it_leaves(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = chat(database);
            assertWhatIsArchivedCounts(chat, chat.archive(new InMemoryFileStore(Instant::now)));
            assertThat(database.strings("SELECT path FROM chatty_maintenance_archived_path"))
                    .isEmpty();
        }
    }

    private static void assertWhatIsArchivedCounts(ChatDatabase chat, Archive archive) throws Exception {
        DatabaseReferences references = references(chat);
        run(chat, NOW, chat.messageCleanup(KEEP_50_DAYS).archive(archive).build());
        assertThat(archive.count(ArchiveFilter.all())).isEqualTo(2);
        assertReferenced(references, ALL);
        archive.restore(ArchiveFilter.ofUser("1"));
        assertReferenced(references, ALL);
        run(chat, Instant.now().plus(ofDays(30)), archive.purge(ofDays(20)));
        assertThat(archive.count(ArchiveFilter.all())).isZero();
        List<String> left = new ArrayList<>(ALL);
        left.removeAll(List.of("in/m2", "in/a2"));
        assertReferenced(references, left);
    }

    @ParameterizedTest
    @EnumSource
    void what_is_erased_from_an_archive_file_counts_no_more_and_the_rest_does(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = chat(database);
            Archive archive = chat.archive(new InMemoryFileStore(Instant::now));
            DatabaseReferences references = references(chat);
            run(chat, NOW, chat.messageCleanup(KEEP_50_DAYS).archive(archive).build());
            Erasure erasure = chat.erasure(archive);
            erasure.ask(RetentionScope.user("2"), "dpo", "article 17");
            run(chat, Instant.now(), erasure);
            assertThat(archive.count(ArchiveFilter.all())).isEqualTo(1);
            List<String> left = new ArrayList<>(ALL);
            left.removeAll(List.of("in/m2", "in/a2"));
            assertReferenced(references, left);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_named_column_of_a_table_that_is_archived_counts_in_the_archive_too(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = chat(database);
            database.execute("ALTER TABLE attachments ADD COLUMN thumbnail VARCHAR(100)");
            database.execute("UPDATE attachments SET thumbnail = 't1' WHERE id = 1");
            Archive archive = chat.archive();
            archive.migrate();
            DatabaseReferences references = chat.fileReferences("chat", r -> r.column("attachments", "thumbnail"));
            run(chat, NOW, chat.messageCleanup(KEEP_50_DAYS).archive(archive).build());
            assertThat(database.strings("SELECT thumbnail FROM attachments WHERE thumbnail IS NOT NULL"))
                    .isEmpty();
            assertThat(references.find(List.of("t1", "t2"))).containsExactly("t1");
            assertThat(FileHost.walked(references, 100)).contains("t1");
        }
    }
}
