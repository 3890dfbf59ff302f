package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionPolicy;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The host goes on working while a run goes on: what it changes in between counts. */
final class ConcurrentHostTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final int OLD = 10;

    /** Ten old messages, with a reaction and an attachment each; two of them soft-deleted long ago, ids 1 and 2. */
    private static HostChat chatWithOldMessages(TestDatabase database) throws SQLException {
        HostChat host = new HostChat(database, Shape.ZONED);
        host.addRooms(List.of("1"));
        host.addUsers(List.of("1"));
        List<Message> messages = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = 1; i <= OLD; i++) {
            Instant deletedAt = i <= 2 ? NOW.minus(ofDays(30)) : null;
            messages.add(new Message(Integer.toString(i), NOW.minus(ofDays(100 + i)), "1", "1", deletedAt, null));
            ids.add(Integer.toString(i));
        }
        host.add(messages);
        host.addReactions(ids);
        host.addAttachments(ids);
        return host;
    }

    private static MaintenanceEngine engine(HostChat host, MessageCleanup cleanup) {
        return MaintenanceEngine.builder()
                .runStore(host.chat().runStore())
                .clock(() -> NOW)
                .task(cleanup)
                .build();
    }

    private static final RetentionPolicies KEEP_50_DAYS = RetentionPolicies.builder()
            .global(RetentionRule.keepFor(ofDays(50)))
            .build();

    /** A rule for room 1 whose policy does something the first time it is asked: after the select, before the delete. */
    private static RetentionPolicies keep50DaysAfter(ThrowingRunnable first) {
        AtomicBoolean done = new AtomicBoolean();
        RetentionPolicy policy = scope -> {
            if (scope.equals(RetentionScope.room("1")) && !done.getAndSet(true)) {
                try {
                    first.run();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
            return scope.equals(RetentionScope.room("1"))
                    ? Optional.of(RetentionRule.keepFor(ofDays(50)))
                    : Optional.empty();
        };
        return RetentionPolicies.builder().policy(policy).build();
    }

    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    private static void assertOnlyLeft(HostChat host, String... ids) throws SQLException {
        assertThat(host.ids("messages", "id")).containsExactlyInAnyOrder(ids);
        assertThat(host.ids("reactions", "message_id")).containsExactlyInAnyOrder(ids);
        assertThat(host.ids("attachments", "message_id")).containsExactlyInAnyOrder(ids);
    }

    @ParameterizedTest
    @EnumSource
    void a_message_pinned_between_select_and_delete_stays_with_its_children(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chatWithOldMessages(database);
            RetentionPolicies policies =
                    keep50DaysAfter(() -> host.execute("UPDATE messages SET pinned = TRUE WHERE id = 5"));
            try (MaintenanceEngine engine =
                    engine(host, host.chat().messageCleanup(policies).build())) {
                engine.start();
                Run run = engine.runNow("message-cleanup").get(30, TimeUnit.SECONDS);
                assertThat(run.counts().get("deleted.expired")).isEqualTo(OLD - 1);
            }
            assertOnlyLeft(host, "5");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_message_undeleted_while_its_delete_waits_for_the_row_stays_with_its_children(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chatWithOldMessages(database);
            MessageCleanup cleanup = host.chat()
                    .messageCleanup(RetentionPolicies.builder().build())
                    .softDeleteGrace(ofDays(7))
                    .build();
            try (MaintenanceEngine engine = engine(host, cleanup);
                    HostTransaction user = new HostTransaction(database)) {
                engine.start();
                user.execute("UPDATE messages SET deleted_at = NULL WHERE id = 1");
                CompletableFuture<Run> run = engine.runNow("message-cleanup");
                awaitLockWait(host);
                user.commit();
                assertThat(run.get(30, TimeUnit.SECONDS).counts().get("deleted.softDeleted"))
                        .isEqualTo(1);
            }
            assertThat(host.ids("messages", "id"))
                    .contains("1")
                    .doesNotContain("2")
                    .hasSize(OLD - 1);
            assertThat(host.ids("reactions", "message_id")).contains("1").doesNotContain("2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_orphan_that_gets_a_room_while_its_delete_waits_stays_with_its_children(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chatWithOldMessages(database);
            host.execute("UPDATE messages SET room_id = 7 WHERE id = 4");
            MessageCleanup cleanup = host.chat()
                    .messageCleanup(RetentionPolicies.builder().build())
                    .removeOrphans()
                    .build();
            try (MaintenanceEngine engine = engine(host, cleanup);
                    HostTransaction user = new HostTransaction(database)) {
                engine.start();
                user.execute("INSERT INTO rooms (id) VALUES (9)");
                user.execute("UPDATE messages SET room_id = 9 WHERE id = 4");
                CompletableFuture<Run> run = engine.runNow("message-cleanup");
                awaitLockWait(host);
                user.commit();
                Run ended = run.get(30, TimeUnit.SECONDS);
                assertThat(ended.state()).as(ended.detail()).isEqualTo(RunState.SUCCEEDED);
                assertThat(ended.counts().get("deleted.orphaned")).isZero();
            }
            assertThat(host.ids("messages", "id")).hasSize(OLD);
            assertThat(host.ids("reactions", "message_id")).hasSize(OLD);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_reaction_that_the_host_keeps_locked_leaves_its_message_for_the_next_run(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chatWithOldMessages(database);
            try (MaintenanceEngine engine = engine(
                            host, host.chat().messageCleanup(KEEP_50_DAYS).build());
                    HostTransaction user = new HostTransaction(database)) {
                engine.start();
                user.execute("UPDATE reactions SET emoji = '-1' WHERE message_id = 3");
                Run run = engine.runNow("message-cleanup").get(60, TimeUnit.SECONDS);
                assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
                assertThat(run.counts().get("skipped.locked")).isEqualTo(OLD);
                user.rollback();
                assertThat(host.ids("reactions", "message_id")).hasSize(OLD);
                engine.runNow("message-cleanup").get(30, TimeUnit.SECONDS);
                assertOnlyLeft(host);
            }
        }
    }

    /** A transaction of the host's own, beside the run; it locks what it touches until it ends. */
    private static final class HostTransaction implements AutoCloseable {

        private final Connection connection;

        private HostTransaction(TestDatabase database) throws SQLException {
            connection = database.dataSource().getConnection();
            connection.setAutoCommit(false);
        }

        void execute(String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        void commit() throws SQLException {
            connection.commit();
        }

        void rollback() throws SQLException {
            connection.rollback();
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    private static void awaitLockWait(HostChat host) throws SQLException {
        String waits = switch (host.database.server()) {
            case H2 -> "SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL";
            case POSTGRESQL -> "SELECT COUNT(*) FROM pg_locks WHERE NOT granted";
            case MARIADB -> "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT%FOR UPDATE'";
        };
        Instant deadline = Instant.now().plusSeconds(30);
        while (host.count(waits) == 0) {
            assertThat(Instant.now()).as("nothing ever waited for the lock").isBefore(deadline);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_message_that_the_host_keeps_locked_is_skipped_and_counted_and_goes_with_the_next_run(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chatWithOldMessages(database);
            try (MaintenanceEngine engine = engine(
                            host, host.chat().messageCleanup(KEEP_50_DAYS).build());
                    HostTransaction user = new HostTransaction(database)) {
                engine.start();
                user.execute("UPDATE messages SET body = 'edited' WHERE id = 3");
                Run run = engine.runNow("message-cleanup").get(60, TimeUnit.SECONDS);
                assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
                assertThat(run.counts().get("deleted.expired")).isEqualTo(OLD - 1);
                assertThat(run.counts().get("skipped.locked")).isEqualTo(1);
                user.rollback();
                assertOnlyLeft(host, "3");
                engine.runNow("message-cleanup").get(30, TimeUnit.SECONDS);
                assertOnlyLeft(host);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_preview_deletes_nothing_even_while_the_same_task_runs(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chatWithOldMessages(database);
            CountDownLatch inBatch = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            RetentionPolicies policies = keep50DaysAfter(() -> {
                inBatch.countDown();
                assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
            });
            try (MaintenanceEngine engine =
                    engine(host, host.chat().messageCleanup(policies).build())) {
                engine.start();
                CompletableFuture<Run> run = engine.runNow("message-cleanup");
                assertThat(inBatch.await(30, TimeUnit.SECONDS)).isTrue();
                assertThat(engine.preview("message-cleanup").counts().get("due.expired"))
                        .isEqualTo(OLD);
                assertThat(host.ids("messages", "id")).hasSize(OLD);
                assertThat(host.ids("reactions", "message_id")).hasSize(OLD);
                goOn.countDown();
                assertThat(run.get(30, TimeUnit.SECONDS).counts().get("deleted.expired"))
                        .isEqualTo(OLD);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_starting_engine_takes_a_run_over_and_the_batch_of_the_old_one_is_rolled_back(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chatWithOldMessages(database);
            CountDownLatch inBatch = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            RetentionPolicies slow = keep50DaysAfter(() -> {
                inBatch.countDown();
                assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
            });
            try (MaintenanceEngine old =
                            engine(host, host.chat().messageCleanup(slow).build());
                    MaintenanceEngine fresh = engine(
                            host, host.chat().messageCleanup(KEEP_50_DAYS).build())) {
                old.start();
                CompletableFuture<Run> stale = old.runNow("message-cleanup");
                assertThat(inBatch.await(30, TimeUnit.SECONDS)).isTrue();
                Run seen = fresh.history("message-cleanup", 1).get(0);
                host.execute("UPDATE messages SET sent_at = NULL WHERE id = 10"); // a sign of who deleted what
                host.execute(
                        "UPDATE chatty_maintenance_run SET claim_until = '2020-01-01 00:00:00'"); // half a minute later
                fresh.start();
                goOn.countDown();
                assertThatThrownBy(() -> stale.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(ClaimLostException.class);
                Run run = Runs.awaitEnd(fresh, "taken over");
                assertThat(run.id()).isEqualTo(seen.id());
                assertThat(run.now()).isEqualTo(seen.now());
                assertThat(run.token()).isEqualTo(2);
                assertThat(run.counts().get("deleted.expired")).isEqualTo(OLD - 1);
                assertOnlyLeft(host, "10");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_cancel_ends_the_statement_in_flight_and_undoes_its_batch(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chatWithOldMessages(database);
            CountDownLatch inBatch = new CountDownLatch(1);
            RetentionPolicies policies = keep50DaysAfter(inBatch::countDown);
            try (MaintenanceEngine engine =
                            engine(host, host.chat().messageCleanup(policies).build());
                    HostTransaction user = new HostTransaction(database)) {
                engine.start();
                user.execute("UPDATE messages SET body = 'edited' WHERE id = 3");
                CompletableFuture<Run> run = engine.runNow("message-cleanup");
                assertThat(inBatch.await(30, TimeUnit.SECONDS)).isTrue();
                assertThat(engine.cancel("message-cleanup")).isTrue();
                assertThat(run.get(30, TimeUnit.SECONDS).state()).isEqualTo(RunState.CANCELLED);
                user.rollback();
                assertThat(host.ids("messages", "id")).hasSize(OLD);
                assertThat(host.ids("reactions", "message_id")).hasSize(OLD);
            }
        }
    }
}
