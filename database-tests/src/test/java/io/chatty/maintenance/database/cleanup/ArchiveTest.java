package io.chatty.maintenance.database.cleanup;

import static io.chatty.maintenance.database.cleanup.ArchivedChat.KEEP_50_DAYS;
import static io.chatty.maintenance.database.cleanup.ArchivedChat.NOW;
import static io.chatty.maintenance.database.cleanup.ArchivedChat.assertSame;
import static io.chatty.maintenance.database.cleanup.ArchivedChat.fill;
import static io.chatty.maintenance.database.cleanup.ArchivedChat.preview;
import static io.chatty.maintenance.database.cleanup.ArchivedChat.run;
import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.retention.RemovedMessage;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.SettingsException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is archived comes back as it was, once, and is left alone for a while; later it leaves for good. */
final class ArchiveTest {

    @ParameterizedTest
    @EnumSource
    void what_a_run_removed_comes_back_as_it_was_and_the_next_run_leaves_it(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            Archive archive = host.chat().archive();
            archive.migrate();
            MaintenanceTask cleanup =
                    host.chat().messageCleanup(KEEP_50_DAYS).archive(archive).build();
            Run run = run(host, cleanup);
            assertThat(run.counts().get("deleted.expired")).isEqualTo(20);
            assertThat(host.rows("messages")).isEqualTo(10);
            assertThat(archive.count(ArchiveFilter.ofRun(run.id()))).isEqualTo(20);

            host.execute("ALTER TABLE messages ADD COLUMN mood VARCHAR(10) DEFAULT 'calm'");
            assertThat(archive.restore(ArchiveFilter.ofRun(run.id())).get("restored.messages"))
                    .isEqualTo(20);
            assertThat(host.rows("messages WHERE mood = 'calm'")).isEqualTo(30);
            host.execute("ALTER TABLE messages DROP COLUMN mood");
            assertSame(host);
            assertThat(archive.restore(ArchiveFilter.all()).get("restored.messages"))
                    .isZero();
            assertThat(archive.count(ArchiveFilter.all())).isZero();
            assertSame(host);

            Run next = run(host, cleanup);
            assertThat(next.counts().get("deleted.expired")).isZero();
            assertThat(next.counts().get("skipped.restored")).isEqualTo(20);
            assertSame(host);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_part_comes_back_by_room_user_and_time(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            Archive archive = host.chat().archive("a_");
            archive.migrate();
            run(host, host.chat().messageCleanup(KEEP_50_DAYS).archive(archive).build());
            assertThat(archive.restore(ArchiveFilter.ofRoom("1").withUser("2")).get("restored.messages"))
                    .isEqualTo(4); // 1, 7, 13, 19
            assertThat(archive.restore(ArchiveFilter.sentBetween(NOW.minus(ofDays(120)), NOW.minus(ofDays(118))))
                            .get("restored.messages"))
                    .isEqualTo(1); // 20; 19 is back already
            assertThat(host.ids("messages", "id"))
                    .contains("1", "7", "13", "19", "20")
                    .hasSize(15);
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_there_again_is_left_and_what_was_archived_long_ago_leaves_for_good(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            Archive archive = host.chat().archive();
            archive.migrate();
            run(host, host.chat().messageCleanup(KEEP_50_DAYS).archive(archive).build());
            host.add(List.of(new Message("5", NOW, "1", "1", null, null)));
            assertThat(archive.restore(ArchiveFilter.all()))
                    .satisfies(counts ->
                            assertThat(counts.get("restored.messages")).isEqualTo(19))
                    .satisfies(counts ->
                            assertThat(counts.get("skipped.alreadyThere")).isEqualTo(1));
            assertThat(archive.count(ArchiveFilter.all())).isEqualTo(1);
            host.execute("UPDATE chatty_maintenance_archived SET archived_at = '2026-05-15 12:00:00+00'"
                    .replace("+00", server == TestServer.MARIADB ? "" : "+00"));
            run(host, archive.purge(ofDays(30)));
            assertThat(archive.count(ArchiveFilter.all())).isZero();
            assertThat(host.rows("archived_messages") + host.rows("archived_reactions"))
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_a_hold_covers_does_not_leave_the_archive(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            Archive archive = host.chat().archive();
            archive.migrate();
            run(host, host.chat().messageCleanup(KEEP_50_DAYS).archive(archive).build());
            host.execute("UPDATE chatty_maintenance_archived SET archived_at = '2026-05-15 12:00:00+00'"
                    .replace("+00", server == TestServer.MARIADB ? "" : "+00"));
            host.chat()
                    .holds()
                    .place(LegalHold.builder("u", "court", "case 1").user("1").build());
            Counts foreseen = preview(host, archive.purge(ofDays(30)));
            assertThat(foreseen.get("due.archived")).isEqualTo(10);
            assertThat(foreseen.get("skipped.held")).isEqualTo(10);
            Run purge = run(host, archive.purge(ofDays(30)));
            assertThat(purge.counts().get("deleted.archived")).isEqualTo(10);
            assertThat(purge.counts().get("skipped.held")).isEqualTo(10);
            assertThat(archive.restore(ArchiveFilter.ofUser("1")).get("restored.messages"))
                    .isEqualTo(10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void without_its_tables_nothing_is_deleted(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(host.chat().runStore())
                    .task(host.chat()
                            .messageCleanup(KEEP_50_DAYS)
                            .archive(host.chat().archive())
                            .build())
                    .build();
            assertThatThrownBy(engine::start)
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("Archive.migrate()")
                    .satisfies(refused -> assertThat(refused.getMessage()).containsIgnoringCase("archived_messages"));
            engine.close();
            host.chat().archive().migrate();
            host.execute("ALTER TABLE messages ADD COLUMN mood VARCHAR(10)");
            assertThat(host.chat()
                            .messageCleanup(KEEP_50_DAYS)
                            .archive(host.chat().archive())
                            .build()
                            .problems())
                    .singleElement()
                    .asString()
                    .containsIgnoringCase("mood");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_column_that_came_after_the_start_is_not_lost(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            Archive archive = host.chat().archive();
            archive.migrate();
            try (MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(host.chat().runStore())
                    .clock(() -> NOW)
                    .task(host.chat()
                            .messageCleanup(KEEP_50_DAYS)
                            .archive(archive)
                            .build())
                    .build()) {
                engine.start();
                host.execute("ALTER TABLE reactions ADD COLUMN mood VARCHAR(10)");
                Run run = engine.runNow("message-cleanup").get(60, TimeUnit.SECONDS);
                assertThat(run.state()).isEqualTo(RunState.FAILED);
                assertThat(run.detail()).containsIgnoringCase("mood");
            }
            assertThat(host.rows("messages")).isEqualTo(30);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_listener_is_told_of_what_went_until_it_has_taken_it(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = fill(database);
            run(host, host.chat().messageCleanup(KEEP_50_DAYS).tellDeleted().build());
            List<String> told = new ArrayList<>();
            boolean[] fails = {true};
            MaintenanceTask delivery = host.chat().removalDelivery(messages -> {
                if (fails[0]) {
                    fails[0] = false;
                    throw new IllegalStateException("the index is away");
                }
                messages.stream().map(RemovedMessage::key).forEach(key -> told.add(key.get(0)));
            });
            try (MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(host.chat().runStore())
                    .task(delivery)
                    .build()) {
                engine.start();
                assertThat(engine.runNow("removal-delivery")
                                .get(60, TimeUnit.SECONDS)
                                .state())
                        .isEqualTo(RunState.FAILED);
            }
            run(host, delivery);
            assertThat(told).hasSize(20).doesNotHaveDuplicates().startsWith("20", "19", "18");
            assertThat(host.rows("chatty_maintenance_gone_message")).isZero();
        }
    }
}
