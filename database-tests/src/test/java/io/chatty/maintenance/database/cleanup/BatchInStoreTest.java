package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.BatchRecord;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A batch of the cleanup and its record, in the run store's own transaction. */
final class BatchInStoreTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int OLD = 40;
    private static final RetentionPolicies KEEP_50_DAYS = RetentionPolicies.builder()
            .global(RetentionRule.keepFor(ofDays(50)))
            .build();

    private static HostChat hostWithOldMessages(TestDatabase database) throws Exception {
        HostChat host = new HostChat(database, Shape.ZONED);
        host.add(IntStream.range(0, OLD)
                .mapToObj(i -> new Message("" + i, NOW.minus(ofDays(100)), "1", "1", null, null))
                .toList());
        host.addReactions(List.of("0", "0", "1"));
        return host;
    }

    private static Run begin(RunStore store) {
        Run run = Run.begun("message-cleanup", "a", Optional.empty(), NOW, NOW);
        assertThat(store.begin(run, Optional.empty(), LONG)).isTrue();
        return run;
    }

    @ParameterizedTest
    @EnumSource
    void what_a_stale_holder_deleted_comes_back_with_its_record_refused(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = hostWithOldMessages(database);
            RunStore store = host.chat().runStore();
            RunStore another =
                    ChatDatabase.of(database.dataSource(), host.schema()).runStore();
            MessageCleanup cleanup = host.chat().messageCleanup(KEEP_50_DAYS).build();
            assertThat(store.commitsWith(cleanup)).isTrue();
            assertThat(another.commitsWith(cleanup)).isFalse();
            Run run = begin(store);
            store.renew(run.claim(), Duration.ZERO);
            assertThatThrownBy(() -> store.inBatch(run.claim(), cleanup, () -> {
                        BatchResult result = cleanup.runBatch(new ByHand(run, 1000));
                        assertThat(result.counts().get("deleted.expired")).isEqualTo(OLD);
                        assertThat(another.takeOver(run, "b", LONG)).isPresent();
                        return new BatchRecord(result, Usage.NONE, NOW);
                    }))
                    .isInstanceOf(ClaimLostException.class);
            assertThat(host.ids("messages", "id")).hasSize(OLD);
            assertThat(host.count("SELECT COUNT(*) FROM reactions")).isEqualTo(3);
            assertThat(store.find(run.id())).contains(run.takenOver("b"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_batch_after_which_its_run_is_to_wait_commits_together_with_that(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = hostWithOldMessages(database);
            RunStore store = host.chat().runStore();
            RunStore another =
                    ChatDatabase.of(database.dataSource(), host.schema()).runStore();
            MessageCleanup cleanup = host.chat().messageCleanup(KEEP_50_DAYS).build();
            Run run = begin(store);
            Run after = store.inBatch(run.claim(), cleanup, () -> {
                BatchResult result = cleanup.runBatch(new ByHand(run, 10));
                assertThat(another.find(run.id())).contains(run);
                return new BatchRecord(
                        BatchResult.awaitConfirmation(result.next().orElseThrow(), "enough for now"),
                        Usage.NONE,
                        NOW,
                        "50 days");
            });
            assertThat(after.state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
            assertThat(another.find(run.id())).contains(after);
            assertThat(host.ids("messages", "id")).hasSize(OLD - 10);

            Run again = another.takeOver(
                            another.settle(after, RunState.INTERRUPTED, "confirmed", NOW)
                                    .orElseThrow(),
                            "b",
                            LONG)
                    .orElseThrow();
            another.renew(again.claim(), Duration.ZERO);
            assertThatThrownBy(() -> store.inBatch(again.claim(), cleanup, () -> {
                        BatchResult result = cleanup.runBatch(new ByHand(again, 10));
                        assertThat(another.takeOver(again, "c", LONG)).isPresent();
                        return new BatchRecord(
                                BatchResult.awaitConfirmation(result.next().orElseThrow(), "more"), Usage.NONE, NOW);
                    }))
                    .isInstanceOf(ClaimLostException.class);
            assertThat(host.ids("messages", "id")).hasSize(OLD - 10);
            assertThat(another.find(run.id()).orElseThrow().state()).isEqualTo(RunState.RUNNING);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_batch_may_ask_the_store_while_its_own_transaction_is_open(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = hostWithOldMessages(database);
            RunStore store = host.chat().runStore();
            MessageCleanup cleanup = host.chat().messageCleanup(KEEP_50_DAYS).build();
            Run run = begin(store);
            Run after = store.inBatch(run.claim(), cleanup, () -> {
                BatchResult result = cleanup.runBatch(new ByHand(run, 10));
                assertThat(store.look("message-cleanup").active()).contains(run);
                assertThat(store.renew(run.claim(), LONG).isHeld()).isTrue();
                store.setPaused("message-cleanup", true);
                return new BatchRecord(result, Usage.NONE, NOW);
            });
            assertThat(store.find(run.id())).contains(after);
            assertThat(store.look("message-cleanup").paused()).isTrue();
            assertThat(host.ids("messages", "id")).hasSize(OLD - 10);
        }
    }

    /** On PostgreSQL messages and children go by one statement that is written as a query. */
    @ParameterizedTest
    @EnumSource
    void a_batch_tells_what_it_used(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = hostWithOldMessages(database);
            RunStore store = host.chat().runStore();
            MessageCleanup cleanup = host.chat().messageCleanup(KEEP_50_DAYS).build();
            Run run = begin(store);
            long before = System.nanoTime();
            Run after = ByHand.batch(store, run, cleanup, 1000);
            long took = System.nanoTime() - before;
            Map<String, Long> used = after.usage().amounts().asMap();
            assertThat(used)
                    .containsOnlyKeys(Usage.CONNECTION, Usage.DELETE, Usage.ROWS, Usage.SELECT, Usage.STATEMENTS);
            assertThat(used.get(Usage.SELECT)).isPositive();
            assertThat(used.get(Usage.DELETE)).isPositive();
            assertThat(used.get(Usage.CONNECTION))
                    .isGreaterThanOrEqualTo(used.get(Usage.SELECT) + used.get(Usage.DELETE))
                    .isLessThanOrEqualTo(took);
            // At least the look for the stretch, and the deletes of messages and reactions; the looks at holds besides.
            assertThat(used.get(Usage.STATEMENTS)).isBetween(2L, 20L);
            assertThat(used.get(Usage.ROWS)).isBetween(OLD + 3L + 1, 2L * OLD + 3 + 8);
        }
    }

    @ParameterizedTest
    @EnumSource
    void looking_takes_no_time_of_deleting_and_a_preview_tells_too(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = hostWithOldMessages(database);
            MessageCleanup cleanup = host.chat().messageCleanup(KEEP_50_DAYS).build();
            ByHand context = new ByHand(begin(host.chat().runStore()), 1000);
            assertThat(cleanup.previewBatch(context).counts().get("due.expired"))
                    .isEqualTo(OLD);
            assertThat(context.used()).containsEntry(Usage.DELETE, 0L);
            assertThat(context.used().get(Usage.SELECT)).isPositive();
            assertThat(context.used().get(Usage.CONNECTION))
                    .isGreaterThanOrEqualTo(context.used().get(Usage.SELECT));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_batch_in_a_transaction_of_its_own_tells_the_same(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = hostWithOldMessages(database);
            MessageCleanup cleanup = host.chat().messageCleanup(KEEP_50_DAYS).build();
            RunStore elsewhere =
                    ChatDatabase.of(database.dataSource(), host.schema()).runStore();
            Run run = begin(elsewhere);
            Run after = ByHand.batch(elsewhere, run, cleanup, 1000);
            assertThat(after.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(after.counts())
                    .isEqualTo(Counts.none()
                            .plus("examined", OLD)
                            .plus("deleted.expired", OLD)
                            .plus("deleted.children.reactions", 3)
                            .plus("deleted.children.attachments", 0));
            assertThat(after.usage().amounts().get(Usage.ROWS)).isGreaterThanOrEqualTo(OLD + 3L);
            assertThat(after.usage().amounts().get(Usage.CONNECTION)).isPositive();
        }
    }
}
