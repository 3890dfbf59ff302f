package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Preview;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.Erasure;
import io.chatty.maintenance.jdbc.ErasureRequest;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.RemovalDelivery;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.PreviewableTask;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was asked to be erased goes, from the archive, too; what a hold covers stays, and is erased when it is released. */
final class ErasureTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final int EACH = 12;

    /** Users 1 and 2 by turns, in rooms 1 and 2 by turns of two; the first half is old. */
    private static HostChat chat(TestDatabase database) throws SQLException {
        HostChat host = new HostChat(database, Shape.ZONED);
        List<Message> messages = new ArrayList<>();
        for (int i = 1; i <= 2 * EACH; i++) {
            messages.add(new Message(
                    Integer.toString(i),
                    NOW.minus(ofDays(i <= EACH ? 100 : 10)),
                    i / 2 % 2 == 0 ? "1" : "2",
                    i % 2 == 0 ? "2" : "1",
                    null,
                    null));
        }
        host.add(messages);
        host.addChildrenToAll();
        return host;
    }

    private static Run run(HostChat host, PreviewableTask task) throws Exception {
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(host.chat().runStore())
                .clock(() -> NOW)
                .settings(s -> s.batchSize(5))
                .task(task)
                .build()) {
            Preview preview = engine.preview(task.name());
            Run run = run(engine, task);
            assertThat(preview.counts().get("due.erased"))
                    .isEqualTo(run.counts().get("deleted.erased"));
            assertThat(preview.counts().get("due.erased.archived"))
                    .isEqualTo(run.counts().get("deleted.erased.archived"));
            return run;
        }
    }

    private static Run run(MaintenanceEngine engine, MaintenanceTask task) throws Exception {
        engine.start();
        Run run = engine.runNow(task.name()).get(60, TimeUnit.SECONDS);
        assertThat(run.state()).as("%s", run.detail()).isEqualTo(RunState.SUCCEEDED);
        return run;
    }

    private static void deliver(HostChat host, RemovalDelivery delivery) throws Exception {
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(host.chat().runStore())
                .task(delivery)
                .build()) {
            run(engine, delivery);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_users_messages_go_from_the_tables_and_from_the_archive(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            Archive archive = host.chat().archive();
            archive.migrate();
            run(
                    host,
                    host.chat()
                            .messageCleanup(RetentionPolicies.builder()
                                    .global(RetentionRule.keepFor(ofDays(50)))
                                    .build())
                            .archive(archive)
                            .build());
            Erasure erasure = host.chat().erasure(archive);
            assertThat(erasure.pending()).isEmpty();
            ErasureRequest asked = erasure.ask(RetentionScope.user("2"), "dpo", "article 17");
            assertThat(erasure.pending()).containsExactly(asked);
            assertThat(host.rows("messages")).as("nothing goes before the run").isEqualTo(EACH);

            Run run = run(host, erasure);

            assertThat(run.counts().get("deleted.erased")).isEqualTo(EACH / 2);
            assertThat(run.counts().get("deleted.erased.archived")).isEqualTo(EACH / 2);
            assertThat(host.rows("messages WHERE user_id = 2")).isZero();
            assertThat(host.rows("messages")).isEqualTo(EACH / 2);
            assertThat(host.rows("reactions")).as("two each").isEqualTo(EACH);
            assertThat(host.rows("archived_reactions")).as("two each").isEqualTo(EACH);
            assertThat(host.rows("archived_messages")).isEqualTo(EACH / 2);
            assertThat(archive.count(ArchiveFilter.ofUser("2"))).isZero();
            assertThat(erasure.pending()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_listener_is_told_what_was_erased_if_asked(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            Erasure quiet = host.chat().erasure();
            Erasure telling = quiet.tellDeleted();
            List<String> told = new ArrayList<>();
            RemovalDelivery delivery = host.chat()
                    .removalDelivery(messages ->
                            messages.forEach(message -> told.add(message.key().get(0))));
            Set<String> theirs = host.ids("messages", "id");
            quiet.ask(RetentionScope.user("2"), "dpo", "article 17");
            run(host, quiet);
            Set<String> others = host.ids("messages", "id");
            assertThat(others).isNotEmpty().isNotEqualTo(theirs);
            telling.ask(RetentionScope.user("1"), "dpo", "article 17");
            run(host, telling);
            assertThat(told).isEmpty();
            deliver(host, delivery);
            assertThat(told).containsExactlyInAnyOrderElementsOf(others);
        }
    }

    @ParameterizedTest
    @EnumSource
    void who_asks_gets_their_own_request_back_though_another_asks_for_the_same(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            RetentionScope scope = RetentionScope.user("2");
            List<ErasureRequest> others = new ArrayList<>();
            DataSource watched = PausingDataSource.ofStatements(database.dataSource(), (sent, before) -> {
                if (!before && others.isEmpty() && sent.sql().contains("INSERT INTO chatty_maintenance_erasure")) {
                    others.add(host.chat().erasure().ask(scope, "dpo", "article 17"));
                }
            });
            ErasureRequest own =
                    ChatDatabase.of(watched, host.schema()).erasure().ask(scope, "dpo", "article 17");
            assertThat(others).hasSize(1);
            assertThat(own.id())
                    .as("it was stored first")
                    .isLessThan(others.get(0).id());
            assertThat(host.chat().erasure().pending()).containsExactly(own, others.get(0));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_listener_is_told_once_of_what_leaves_an_archive_whether_its_cleanup_told_or_not(TestServer server)
            throws Exception {
        for (boolean inFiles : List.of(false, true)) {
            for (boolean cleanupTells : List.of(true, false)) {
                try (TestDatabase database = server.open()) {
                    HostChat host = chat(database);
                    Archive archive = inFiles
                            ? host.chat().archive(new WatchedStore())
                            : host.chat().archive();
                    archive.migrate();
                    List<String> told = new ArrayList<>();
                    RemovalDelivery delivery = host.chat()
                            .removalDelivery(messages -> messages.forEach(
                                    message -> told.add(message.key().get(0))));
                    Set<String> all = host.ids("messages", "id");
                    MessageCleanup.Builder cleanup = host.chat()
                            .messageCleanup(RetentionPolicies.builder()
                                    .global(RetentionRule.keepFor(ofDays(50)))
                                    .build())
                            .archive(archive);
                    run(host, (cleanupTells ? cleanup.tellDeleted() : cleanup).build());
                    assertThat(archive.count(ArchiveFilter.all())).isEqualTo(EACH);
                    Erasure erasure = host.chat().erasure(archive).tellDeleted();
                    erasure.ask(RetentionScope.user("1"), "dpo", "article 17");
                    erasure.ask(RetentionScope.user("2"), "dpo", "article 17");
                    run(host, erasure);
                    assertThat(archive.count(ArchiveFilter.all())).isZero();
                    deliver(host, delivery);
                    assertThat(told)
                            .as("in files: %s, its cleanup told: %s", inFiles, cleanupTells)
                            .containsExactlyInAnyOrderElementsOf(all);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_a_hold_covers_stays_until_it_is_released(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            host.chat()
                    .holds()
                    .place(LegalHold.builder("case-1", "counsel", "litigation")
                            .room("1")
                            .to(NOW.minus(ofDays(50)))
                            .build());
            Erasure erasure = host.chat().erasure();
            erasure.ask(RetentionScope.user("2"), "dpo", "article 17");
            Run run = run(host, erasure);
            assertThat(run.counts().get("skipped.held")).isEqualTo(EACH / 4);
            assertThat(host.rows("messages WHERE user_id = 2")).isEqualTo(EACH / 4);
            assertThat(host.rows("messages WHERE user_id = 2 AND room_id <> 1")).isZero();
            assertThat(erasure.pending()).hasSize(1);

            assertThat(host.chat().holds().release("case-1", "counsel")).isTrue();
            assertThat(host.chat().holds().release("case-1", "counsel")).isFalse();
            run(host, erasure);
            assertThat(host.rows("messages WHERE user_id = 2")).isZero();
            assertThat(host.rows("messages")).isEqualTo(EACH);
            assertThat(erasure.pending()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_room_goes_and_an_id_that_is_none_erases_nothing(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            Erasure erasure = host.chat().erasure();
            erasure.ask(RetentionScope.room("no number"), "dpo", "by mistake");
            erasure.ask(RetentionScope.room("1"), "dpo", "the club is closed");
            run(host, erasure);
            assertThat(host.rows("messages WHERE room_id = 1")).isZero();
            assertThat(host.rows("messages")).isEqualTo(EACH);
            assertThat(erasure.pending()).isEmpty();
            assertThatThrownBy(() -> erasure.ask(RetentionScope.global(), "dpo", "all"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("only a user's or a room's");
            assertThatThrownBy(() -> erasure.ask(RetentionScope.user("1"), " ", "all"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("both must say something");
        }
    }
}
