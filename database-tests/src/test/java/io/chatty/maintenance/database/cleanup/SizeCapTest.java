package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.SizeCap;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.MessageView;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.retention.ReviewingPolicy;
import io.chatty.maintenance.retention.Verdict;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.Counts;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When there is too much, the oldest go that may go, and no more of them than was too much when it was measured. */
final class SizeCapTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final RetentionPolicies NO_RULE = RetentionPolicies.builder().build();

    /** So many messages with a reaction each, the first the oldest: message 1 is that many days old, the last one day. */
    private static HostChat chat(TestDatabase database, int messages) throws SQLException {
        HostChat host = new HostChat(database, Shape.ZONED);
        host.add(IntStream.rangeClosed(1, messages)
                .mapToObj(i -> new Message("" + i, NOW.minus(ofDays(messages + 1 - i)), "1", "1", null, null))
                .toList());
        host.addReactions(
                IntStream.rangeClosed(1, messages).mapToObj(i -> "" + i).toList());
        return host;
    }

    private record Outcome(Counts preview, Run run) {}

    private static Outcome run(HostChat host, RetentionPolicies policies, Consumer<MessageCleanup.Builder> settings)
            throws Exception {
        MessageCleanup.Builder cleanup = host.chat().messageCleanup(policies);
        settings.accept(cleanup);
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(host.chat().runStore())
                .clock(() -> NOW)
                .workers(Runnable::run)
                .settings(s -> s.batchSize(3))
                .task(cleanup.build())
                .build()) {
            engine.start();
            Counts preview = engine.preview("message-cleanup").counts();
            Run run = engine.runNow("message-cleanup").get(60, TimeUnit.SECONDS);
            return new Outcome(preview, run);
        }
    }

    private static List<String> from(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(i -> "" + i).toList();
    }

    private static void assertOnlyLeft(HostChat host, List<String> ids) throws SQLException {
        assertThat(host.ids("messages", "id")).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(host.ids("reactions", "message_id")).containsExactlyInAnyOrderElementsOf(ids);
    }

    @ParameterizedTest
    @EnumSource
    void what_the_cap_takes_is_what_a_plain_model_says(TestServer server) throws Exception {
        long first = Long.getLong("cap.seed", System.nanoTime() & 0xffffffL);
        System.out.println(server + ": random histories under a cap, seeds from " + first);
        for (Shape shape : Shape.values()) {
            try (TestDatabase database = server.open()) {
                HostChat host = new HostChat(database, shape);
                CapCase.hold(host);
                for (long seed = first; seed < first + 25; seed++) {
                    new CapCase(seed, shape).check(host, server + " " + shape + " seed " + seed);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_oldest_go_down_to_the_low_mark_and_no_table_below_the_high_one_is_touched(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database, 20);
            Outcome untouched =
                    run(host, NO_RULE, c -> c.sizeCap(SizeCap.rows(20).downTo(5)));
            assertThat(untouched.run().counts().get("deleted.capped")).isZero();
            assertOnlyLeft(host, from(1, 20));

            Outcome capped = run(host, NO_RULE, c -> c.sizeCap(SizeCap.rows(19).downTo(9)));
            assertThat(capped.preview().get("due.capped")).isEqualTo(11);
            assertThat(capped.run().counts().get("deleted.capped")).isEqualTo(11);
            assertThat(capped.preview().get("capped.measured")).isEqualTo(20);
            assertThat(capped.run().counts().get("capped.measured")).isEqualTo(20);
            assertThat(capped.run().counts().asMap()).doesNotContainKey("capped.unreached");
            assertOnlyLeft(host, from(12, 20));
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytes_are_those_of_the_rows_and_a_message_that_would_be_too_much_stays(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database, 20);
            host.execute("UPDATE messages SET body = REPEAT('x', CAST(MOD(id * 37, 150) AS "
                    + (server == TestServer.MARIADB ? "SIGNED" : "INTEGER") + "))");
            String size = server == TestServer.POSTGRESQL
                    ? "24 + 4 * 8 + pg_column_size(body)"
                    : "6 * 8 + OCTET_LENGTH(body)"; // PostgreSQL: four columns, and two are NULL
            List<Long> sizes = database.strings("SELECT " + size + " FROM messages ORDER BY id").stream()
                    .map(Long::valueOf)
                    .toList();
            long all = sizes.stream().mapToLong(Long::longValue).sum();
            long low = all
                    - sizes.subList(0, 8).stream().mapToLong(Long::longValue).sum()
                    - 3; // the eighth, not the ninth

            Outcome capped =
                    run(host, NO_RULE, c -> c.sizeCap(SizeCap.bytes(all - 1).downTo(low)));
            assertThat(capped.preview().get("due.capped")).isEqualTo(8);
            assertThat(capped.run().counts().get("deleted.capped")).isEqualTo(8);
            assertThat(capped.preview().get("capped.measured")).isEqualTo(all);
            assertThat(capped.run().counts().get("capped.measured")).isEqualTo(all);
            assertOnlyLeft(host, from(9, 20));
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytes_that_go_for_another_reason_are_not_measured(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database, 20);
            RetentionPolicies keep15Days = RetentionPolicies.builder()
                    .global(RetentionRule.keepFor(ofDays(15)))
                    .build(); // 1 to 5 go
            String size = server == TestServer.POSTGRESQL
                    ? "24 + 4 * 8 + pg_column_size(body)"
                    : "6 * 8 + OCTET_LENGTH(body)";
            long each = host.count("SELECT " + size + " FROM messages WHERE id = 1");
            Outcome capped = run(
                    host, keep15Days, c -> c.sizeCap(SizeCap.bytes(14 * each).downTo(12 * each)));
            for (Counts counts : List.of(capped.preview(), capped.run().counts())) {
                assertThat(counts.get("capped.measured")).isEqualTo(15 * each);
            }
            assertThat(capped.preview().get("due.capped")).isEqualTo(3);
            assertThat(capped.run().counts().get("deleted.expired")).isEqualTo(5);
            assertThat(capped.run().counts().get("deleted.capped")).isEqualTo(3);
            assertOnlyLeft(host, from(9, 20));
        }
    }

    @Test
    void a_cap_that_cannot_be_reached_says_why_and_by_how_much() throws Exception {
        try (TestDatabase database = TestServer.H2.open()) {
            HostChat host = chat(database, 20);
            host.execute("UPDATE messages SET pinned = TRUE WHERE id <= 2");
            host.execute("UPDATE messages SET room_id = 2 WHERE id IN (3, 4)");
            host.execute("UPDATE messages SET user_id = 9 WHERE id IN (5, 6, 7)");
            CapCase.hold(host);
            ReviewingPolicy eight = new ReviewingPolicy() {
                @Override
                public Optional<RetentionRule> ruleFor(RetentionScope scope) {
                    return Optional.empty();
                }

                @Override
                public Verdict review(MessageView message) {
                    return message.key().equals(List.of("8")) ? Verdict.keep("dear") : Verdict.pass();
                }
            };
            RetentionPolicies policies = RetentionPolicies.builder()
                    .room("2", RetentionRule.keepForever())
                    .policy(eight)
                    .floor(ofDays(10))
                    .build();
            Outcome capped = run(host, policies, c -> c.sizeCap(SizeCap.rows(10).downTo(5)));
            for (Counts counts : List.of(capped.preview(), capped.run().counts())) {
                assertThat(counts.get("skipped.capped.exempt.pinned")).isEqualTo(2);
                assertThat(counts.get("skipped.capped.forever")).isEqualTo(2);
                assertThat(counts.get("skipped.capped.held")).isEqualTo(3);
                assertThat(counts.get("skipped.capped.reviewed.dear")).isEqualTo(1);
                assertThat(counts.get("capped.unreached")).isEqualTo(15 - 2); // 9 and 10 go, 11 is ten days old
            }
            assertThat(capped.run().counts().get("deleted.capped")).isEqualTo(2);
            List<String> left = new ArrayList<>(from(1, 8));
            left.addAll(from(11, 20));
            assertOnlyLeft(host, left);
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_comes_after_the_measuring_does_not_make_more_go_and_each_batch_may_be_another_nodes(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database, 20);
            RunStore store = host.chat().runStore();
            Run run = begin(store);
            boolean added = false;
            for (Run before = null; before == null || !run.lastCursor().equals(before.lastCursor()); ) {
                before = run;
                run = ByHand.batch(store, run, capped(host, 15, 10), 2);
                if (!added && run.counts().get("capped.measured") > 0) {
                    added = true;
                    host.add(IntStream.rangeClosed(101, 130)
                            .mapToObj(i -> new Message("" + i, NOW.minus(ofDays(500)), "1", "1", null, null))
                            .toList());
                }
            }
            assertThat(run.counts().get("capped.measured")).isEqualTo(20);
            assertThat(run.counts().get("deleted.capped")).isEqualTo(10);
            assertThat(host.ids("messages", "id")).hasSize(40).containsAll(from(1, 20)); // those are older
        }
    }

    @ParameterizedTest
    @EnumSource
    void another_cap_in_the_middle_of_a_run_is_measured_anew(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database, 20);
            RunStore store = host.chat().runStore();
            Run run = begin(store);
            while (run.counts().get("deleted.capped") == 0) {
                run = ByHand.batch(store, run, capped(host, 10, 5), 2);
            }
            for (Run before = null; before == null || !run.lastCursor().equals(before.lastCursor()); ) {
                before = run;
                run = ByHand.batch(store, run, capped(host, 17, 16), 2);
            }
            assertOnlyLeft(host, from(5, 20)); // two by the first cap, two by the other
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_the_host_has_locked_is_not_made_up_for_by_younger_messages(TestServer server) throws Exception {
        try (TestDatabase database = server.open();
                Connection user = database.dataSource().getConnection();
                Statement statement = user.createStatement()) {
            HostChat host = chat(database, 20);
            RunStore store = host.chat().runStore();
            Run run = begin(store);
            while (run.counts().get("capped.measured") == 0) {
                run = ByHand.batch(store, run, capped(host, 15, 10), 4);
            }
            user.setAutoCommit(false);
            statement.execute("UPDATE messages SET body = 'edited' WHERE id = 2");
            run = ByHand.batch(store, run, capped(host, 15, 10), 4);
            assertThat(run.counts().get("skipped.lockedAtFirst")).isEqualTo(1);
            user.commit();
            for (Run before = null; before == null || !run.lastCursor().equals(before.lastCursor()); ) {
                before = run;
                run = ByHand.batch(store, run, capped(host, 15, 10), 4);
            }
            assertThat(run.counts().get("deleted.capped")).isEqualTo(10);
            assertThat(run.counts().asMap()).doesNotContainKey("capped.unreached");
            assertOnlyLeft(host, from(11, 20));
        }
    }

    @Test
    void the_second_pass_takes_no_more_than_is_still_too_much_then() throws Exception {
        try (TestDatabase database = TestServer.H2.open();
                Connection user = database.dataSource().getConnection();
                Statement statement = user.createStatement()) {
            HostChat host = chat(database, 20);
            RunStore store = host.chat().runStore();
            Run run = begin(store);
            user.setAutoCommit(false);
            statement.execute("UPDATE messages SET body = 'edited' WHERE id IN (1, 2, 3)");
            while (run.counts().get("skipped.lockedAtFirst") == 0) {
                run = ByHand.batch(store, run, capped(host, 15, 10), 4);
            }
            user.rollback();
            host.execute("DELETE FROM reactions WHERE message_id >= 19");
            host.execute("DELETE FROM messages WHERE id >= 19"); // the host's own delete: two fewer are too much
            for (Run before = null; before == null || !run.lastCursor().equals(before.lastCursor()); ) {
                before = run;
                run = ByHand.batch(store, run, capped(host, 15, 10), 4);
            }
            assertThat(run.counts().get("deleted.capped")).isEqualTo(8);
            assertThat(host.ids("messages", "id")).hasSize(10);
        }
    }

    private static Run begin(RunStore store) {
        Run run = Run.begun("message-cleanup", "a", Optional.empty(), NOW, NOW);
        assertThat(store.begin(run, Optional.empty(), Duration.ofMinutes(10))).isTrue();
        return run;
    }

    private static MessageCleanup capped(HostChat host, long high, long low) {
        ChatDatabase chat = host.chat();
        return chat.messageCleanup(NO_RULE)
                .sizeCap(SizeCap.rows(high).downTo(low))
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void a_cap_that_would_take_too_large_a_share_waits_for_confirmation(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database, 10_000);
            for (boolean bytes : new boolean[] {false, true}) {
                SizeCap most = bytes
                        ? SizeCap.bytes(50_000).downTo(40_000)
                        : SizeCap.rows(9000).downTo(6000);
                MessageCleanup cleanup =
                        host.chat().messageCleanup(NO_RULE).sizeCap(most).build();
                try (MaintenanceEngine engine = MaintenanceEngine.builder()
                        .runStore(host.chat().runStore())
                        .clock(() -> NOW)
                        .settings(s -> s.batchSize(1000))
                        .task(cleanup)
                        .build()) {
                    engine.start();
                    Run run = engine.runNow("message-cleanup").get(60, TimeUnit.SECONDS);
                    assertThat(run.state()).as("%s", run.detail()).isEqualTo(RunState.AWAITING_CONFIRMATION);
                    assertThat(run.counts().get("due.capped")).isGreaterThan(3000);
                    assertThat(engine.cancel("message-cleanup")).isTrue();
                }
            }
            assertThat(host.count("SELECT COUNT(*) FROM messages")).isEqualTo(10_000);
        }
    }

    @Test
    void marks_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> SizeCap.rows(0)).hasMessageContaining("0 rows given, must be more than zero");
        assertThatThrownBy(() -> SizeCap.bytes(-1)).hasMessageContaining("-1 bytes given, must be more than zero");
        assertThatThrownBy(() -> SizeCap.rows(10).downTo(10)).hasMessageContaining("less than the high mark of 10");
        assertThatThrownBy(() -> SizeCap.rows(10).downTo(0)).hasMessageContaining("low mark of 0 given");
    }

    @Test
    void a_cap_is_refused_where_it_would_free_nothing_or_could_not_tell_the_oldest_or_take_just_enough()
            throws Exception {
        try (TestDatabase database = TestServer.H2.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            assertThatThrownBy(() -> host.chat()
                            .messageCleanup(NO_RULE)
                            .sizeCap(SizeCap.rows(2).downTo(1))
                            .archive(host.chat().archive())
                            .build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("nothing would be freed");
            host.execute("CREATE TABLE odd (id BIGINT, sent BIGINT, old_sent BIGINT)");
            host.execute("CREATE INDEX odd_id ON odd (id)");
            ChatSchema schema = ChatSchema.builder()
                    .messages(
                            "odd",
                            m -> m.sharedKey("id")
                                    .sentAt("sent", TimeKind.epochMillis())
                                    .orElseSentAt("old_sent", TimeKind.epochMillis()))
                    .build();
            MessageCleanup cleanup = ChatDatabase.of(database.dataSource(), schema)
                    .messageCleanup(NO_RULE)
                    .sizeCap(SizeCap.rows(2).downTo(1))
                    .build();
            assertThat(cleanup.problems())
                    .anySatisfy(problem -> assertThat(problem).contains("sizeCap", "messages have orElseSentAt, too"))
                    .anySatisfy(problem -> assertThat(problem).contains("sizeCap", "takes messages with a unique key"));
        }
    }
}
