package io.chatty.maintenance.database.cleanup;

import static io.chatty.maintenance.database.cleanup.ArchivedChat.KEEP_50_DAYS;
import static io.chatty.maintenance.database.cleanup.ArchivedChat.NOW;
import static io.chatty.maintenance.database.cleanup.ArchivedChat.assertSame;
import static io.chatty.maintenance.database.cleanup.ArchivedChat.end;
import static io.chatty.maintenance.database.cleanup.ArchivedChat.fill;
import static io.chatty.maintenance.database.cleanup.ArchivedChat.preview;
import static io.chatty.maintenance.database.cleanup.ArchivedChat.remember;
import static io.chatty.maintenance.database.cleanup.ArchivedChat.run;
import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is archived in files comes back as it was, and nothing goes that is not in a file as it is. */
final class FileArchiveTest {

    private static final String AGED = "UPDATE chatty_maintenance_archived SET archived_at = '2026-05-15 12:00:00+00'";

    private final WatchedStore store = new WatchedStore();

    private static MessageCleanup cleanup(HostChat host, Archive archive) {
        return host.chat().messageCleanup(KEEP_50_DAYS).archive(archive).build();
    }

    private static void age(HostChat host) throws Exception {
        host.execute(host.database.server() == TestServer.MARIADB ? AGED.replace("+00", "") : AGED);
    }

    @ParameterizedTest
    @EnumSource
    void what_a_run_removed_comes_back_as_it_was_and_the_next_run_leaves_it(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            Archive archive = host.chat().archive(store);
            assertThat(archive.ddl()).isEmpty();
            Run run = run(host, cleanup(host, archive));
            assertThat(run.counts().get("deleted.expired")).isEqualTo(20);
            assertThat(run.counts().get("deleted.children.reactions")).isEqualTo(40);
            assertThat(run.counts().get("examined")).isEqualTo(20);
            assertThat(host.rows("messages")).isEqualTo(10);
            assertThat(archive.count(ArchiveFilter.ofRun(run.id()))).isEqualTo(20);
            assertThat(store.names()).hasSize(6).allMatch(name -> name.startsWith("chatty-archive/"));

            host.execute("ALTER TABLE messages ADD COLUMN mood VARCHAR(10) DEFAULT 'calm'");
            Counts restored = archive.restore(ArchiveFilter.ofRun(run.id()));
            assertThat(restored.get("restored.messages")).isEqualTo(20);
            assertThat(restored.get("restored.children.reactions")).isEqualTo(40);
            assertThat(restored.get("restored.children.attachments")).isEqualTo(20);
            assertThat(host.rows("messages WHERE mood = 'calm'")).isEqualTo(30);
            host.execute("ALTER TABLE messages DROP COLUMN mood");
            assertSame(host);
            assertThat(archive.restore(ArchiveFilter.all()).get("restored.messages"))
                    .isZero();
            assertThat(archive.count(ArchiveFilter.all())).isZero();
            assertThat(store.names()).as("nothing is left in the files").isEmpty();

            Run next = run(host, cleanup(host, archive));
            assertThat(next.counts().get("deleted.expired")).isZero();
            assertThat(next.counts().get("skipped.restored")).isEqualTo(20);
            assertSame(host);
            assertThat(store.names()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_part_comes_back_by_room_user_and_time_and_the_rest_later(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            Archive archive = host.chat().archive(store, "kept/for a while");
            run(host, cleanup(host, archive));
            assertThat(archive.restore(ArchiveFilter.ofRoom("1").withUser("2")).get("restored.messages"))
                    .isEqualTo(4); // 1, 7, 13, 19
            assertThat(archive.restore(ArchiveFilter.sentBetween(NOW.minus(ofDays(120)), NOW.minus(ofDays(118))))
                            .get("restored.messages"))
                    .isEqualTo(1); // 20; 19 is back already
            assertThat(host.ids("messages", "id"))
                    .contains("1", "7", "13", "19", "20")
                    .hasSize(15);
            host.execute("INSERT INTO messages SELECT * FROM before_messages WHERE id = 5");
            Counts rest = archive.restore(ArchiveFilter.all());
            assertThat(rest.get("restored.messages")).isEqualTo(14);
            assertThat(rest.get("skipped.alreadyThere")).isEqualTo(1);
            assertThat(host.rows("reactions WHERE message_id = 5")).isZero();
            assertThat(archive.count(ArchiveFilter.all())).isEqualTo(1);
            host.execute("DELETE FROM messages WHERE id = 5");
            archive.restore(ArchiveFilter.all());
            assertSame(host);
        }
    }

    @ParameterizedTest
    @EnumSource
    void two_archives_do_not_mistake_each_others_messages_for_their_own(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            Archive files = host.chat().archive(store);
            Archive others = host.chat().archive(store, "others");
            Archive tables = host.chat().archive();
            tables.migrate();
            run(host, cleanup(host, files));
            for (Archive other : List.of(others, tables)) {
                assertThat(other.count(ArchiveFilter.all())).isZero();
                assertThat(other.restore(ArchiveFilter.all()).get("restored.messages"))
                        .isZero();
                age(host);
                run(host, other.purge(ofDays(1)));
            }
            assertThat(files.restore(ArchiveFilter.all()).get("restored.messages"))
                    .isEqualTo(20);
            assertSame(host);
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_changes_after_it_was_written_stays_with_all_that_belongs_to_it(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            Archive archive = host.chat().archive(store);
            store.afterFirstManifest(
                    () -> { // of 20 to 14: the oldest seven
                        host.execute("UPDATE messages SET body = 'edited' WHERE id = 20");
                        host.execute("UPDATE messages SET pinned = TRUE WHERE id = 19");
                        host.execute("INSERT INTO reactions (message_id, emoji) VALUES (18, 'late')");
                        host.execute("UPDATE reactions SET emoji = 'new' WHERE message_id = 17 AND emoji = 'wave'");
                        host.execute("DELETE FROM reactions WHERE message_id = 16 AND emoji = 'wave'");
                        host.execute("DELETE FROM messages WHERE id = 15");
                        remember(host);
                    });
            Run run = run(host, cleanup(host, archive));
            assertThat(run.counts().get("skipped.changed")).isEqualTo(4); // a pinned one is not due any more
            assertThat(run.counts().get("deleted.expired")).isEqualTo(14);
            assertThat(host.ids("messages", "id"))
                    .contains("20", "19", "18", "17", "16")
                    .doesNotContain("15", "14")
                    .hasSize(15);
            assertThat(host.rows("reactions WHERE message_id = 18")).isEqualTo(3);
            assertThat(host.rows("reactions WHERE message_id = 17 AND emoji = 'new'"))
                    .isEqualTo(1);
            archive.restore(ArchiveFilter.all());
            assertSame(host);
            host.execute("DELETE FROM chatty_maintenance_restored");
            assertThat(run(host, cleanup(host, archive)).counts().get("deleted.expired"))
                    .as("the next run takes them as they are now")
                    .isEqualTo(18);
            archive.restore(ArchiveFilter.all());
            assertSame(host);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothing_waits_for_a_slow_store(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            store.afterFirstManifest(() -> {
                host.execute("UPDATE messages SET body = 'written' WHERE id = 20");
                placeHold(host, "2");
            });
            store.beforeSecondBatch(() -> {
                host.execute("UPDATE messages SET body = 'read' WHERE id = 18");
                placeHold(host, "1");
            });
            Run run = run(host, cleanup(host, host.chat().archive(store)));
            assertThat(run.counts().get("deleted.expired")).isZero();
            assertThat(run.counts().get("skipped.held")).isEqualTo(13); // seven were written before
            assertThat(host.rows("messages WHERE body IN ('written', 'read')")).isEqualTo(2);
            assertThat(host.rows("messages")).isEqualTo(30);
            assertThat(host.rows("chatty_maintenance_archived")).isZero();
        }
    }

    /** It waits for batches that joined those in flight. */
    private static void placeHold(HostChat host, String user) {
        host.chat()
                .holds()
                .place(LegalHold.builder("h" + user, "court", "case").user(user).build());
    }

    @ParameterizedTest
    @EnumSource
    void a_preview_writes_nothing(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            try (MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(host.chat().runStore())
                    .clock(() -> NOW)
                    .task(cleanup(host, host.chat().archive(store)))
                    .build()) {
                engine.start();
                assertThat(engine.preview("message-cleanup").counts().get("due.expired"))
                        .isEqualTo(20);
            }
            assertThat(store.names()).isEmpty();
            assertSame(host);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothing_is_deleted_whose_file_cannot_be_written_or_read_back(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            MessageCleanup cleanup = cleanup(host, host.chat().archive(store));
            for (WatchedStore.Failure failure : WatchedStore.Failure.values()) {
                store.fails(failure);
                Run run = end(host, cleanup);
                assertThat(run.state()).as("%s", failure).isEqualTo(RunState.FAILED);
                assertThat(run.detail())
                        .as("%s", failure)
                        .contains("archive file chatty-archive/")
                        .contains(failure.says);
                assertSame(host, failure + " ");
                assertThat(host.rows("chatty_maintenance_archived")).isZero();
            }
            store.fails(null);
            assertThat(run(host, cleanup).counts().get("deleted.expired")).isEqualTo(20);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_file_that_was_lost_or_altered_is_named_and_nothing_comes_back_wrong(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            Archive archive = host.chat().archive(store);
            end(host, cleanup(host, archive), 30);
            assertThat(store.names()).hasSize(2);
            for (String name : List.copyOf(store.names())) {
                byte[] content = store.replace(name, null);
                assertThatThrownBy(() -> archive.restore(ArchiveFilter.all()))
                        .isInstanceOf(MaintenanceException.class)
                        .hasMessageContaining(name)
                        .hasMessageContaining("missing");
                byte[] altered = content.clone();
                altered[altered.length / 2] ^= 1;
                store.replace(name, altered);
                assertThatThrownBy(() -> archive.restore(ArchiveFilter.all()))
                        .isInstanceOf(MaintenanceException.class)
                        .hasMessageContaining(name)
                        .hasMessageContaining("backup");
                assertThat(host.rows("messages")).isEqualTo(10);
                assertThat(archive.count(ArchiveFilter.all()))
                        .as("nothing leaves the archive for it")
                        .isEqualTo(20);
                store.replace(name, content);
            }
            archive.restore(ArchiveFilter.all());
            assertSame(host);
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_was_archived_long_ago_leaves_for_good_with_its_files(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            Archive archive = host.chat().archive(store);
            run(host, cleanup(host, archive));
            run(host, archive.purge(ofDays(30)));
            assertThat(archive.count(ArchiveFilter.all())).as("too early").isEqualTo(20);
            assertThat(store.names()).hasSize(6);
            age(host);
            host.chat()
                    .holds()
                    .place(LegalHold.builder("u", "court", "case 1").user("1").build());
            assertThat(preview(host, archive.purge(ofDays(30))).get("due.archived"))
                    .isZero();
            Run held = run(host, archive.purge(ofDays(30)));
            assertThat(held.counts().get("skipped.held")).isEqualTo(20);
            assertThat(archive.count(ArchiveFilter.all())).isEqualTo(20);
            host.chat().holds().release("u", "court");
            assertThat(preview(host, archive.purge(ofDays(30))).get("due.archived"))
                    .isEqualTo(20);
            Run run = run(host, archive.purge(ofDays(30)));
            assertThat(run.counts().get("deleted.archived")).isEqualTo(20);
            assertThat(archive.count(ArchiveFilter.all())).isZero();
            assertThat(store.names()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_a_run_left_that_never_deleted_is_swept_and_nothing_else(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            Archive archive = host.chat().archive(store);
            store.fails(WatchedStore.Failure.LOST_BEFORE_THE_SECOND_BATCH);
            assertThat(end(host, cleanup(host, archive)).state()).isEqualTo(RunState.FAILED);
            store.fails(null);
            assertThat(store.names()).as("a file that nothing names").hasSizeGreaterThan(1);
            List<String> left = List.copyOf(store.names());
            run(host, archive.purge(ofDays(30)));
            assertThat(store.names())
                    .as("it could be waiting for its second batch")
                    .isEqualTo(left);

            store.setBack(ofDays(9));
            run(host, cleanup(host, archive));
            String ours = left.get(0).substring(0, left.get(0).lastIndexOf('/') + 1);
            List<String> foreign = List.of(
                    "chatty-archive/another-database/run/20260615T120000Z-0123456789abcdef0123456789abcdef.jsonl.zst",
                    "chatty-archive/readme.txt",
                    ours + "notes.jsonl.zst",
                    "avatar.png");
            for (String name : foreign) {
                store.write(name, out -> out.write(1));
            }
            store.setBack(ofDays(9));
            Run purge = run(host, archive.purge(ofDays(30)));
            assertThat(purge.counts().get("deleted.unrecordedFiles")).isEqualTo(left.size());
            assertThat(store.names()).containsAll(foreign).doesNotContainAnyElementsOf(left);
            archive.restore(ArchiveFilter.all());
            assertSame(host);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_users_messages_are_erased_out_of_the_files_too(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            host.execute("UPDATE messages SET body = 'secret' WHERE user_id = 1");
            remember(host);
            Archive archive = host.chat().archive(store);
            store.afterFirstManifest(() -> host.execute("UPDATE messages SET pinned = TRUE WHERE id = 20"));
            run(host, cleanup(host, archive));
            archive.restore(ArchiveFilter.sentBetween(NOW.minus(ofDays(119)), NOW.minus(ofDays(117)))); // 19, 18
            host.execute("UPDATE messages SET pinned = NULL");
            assertThat(store.texts()).contains("secret");
            var erasure = host.chat().erasure(archive);
            erasure.ask(RetentionScope.user("1"), "privacy desk", "asked to");
            Run run = run(host, erasure);
            assertThat(run.counts().get("deleted.erased.archived")).isEqualTo(8); // 2, 4 … 16
            assertThat(erasure.pending()).isEmpty();
            assertThat(store.texts())
                    .as("the pinned and the restored ones neither")
                    .doesNotContain("secret");
            assertThat(archive.restore(ArchiveFilter.all()).get("restored.messages"))
                    .isEqualTo(9);
            forgetUser1(host);
            assertSame(host);
            assertThat(store.names()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_an_erasure_puts_in_another_file_during_a_restore_comes_back_too(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            Archive archive = host.chat().archive(store);
            end(host, cleanup(host, archive), 2);
            List<String> files =
                    store.names().stream().filter(name -> name.endsWith(".zst")).toList();
            assertThat(files).as("of two messages each").hasSize(10);
            var erasure = host.chat().erasure(archive);
            store.beforeOpening(Collections.max(files), () -> {
                erasure.ask(RetentionScope.user("1"), "privacy desk", "asked to");
                assertThat(run(host, erasure).counts().get("deleted.erased.archived"))
                        .isEqualTo(1);
            });
            assertThat(archive.restore(ArchiveFilter.all()).get("restored.messages"))
                    .as("all but the one that was erased before it came back")
                    .isEqualTo(19);
            forgetUser1(host);
            assertSame(host);
            assertThat(store.names()).isEmpty();
        }
    }

    /** Nothing of that user is to be there. */
    private static void forgetUser1(HostChat host) throws Exception {
        String theirs = " WHERE message_id IN (SELECT id FROM before_messages WHERE user_id = 1)";
        host.execute("DELETE FROM before_reactions" + theirs);
        host.execute("DELETE FROM before_attachments" + theirs);
        host.execute("DELETE FROM before_messages WHERE user_id = 1");
    }
}
