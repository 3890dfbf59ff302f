package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Preview;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A run that would remove too much of the table waits for a person before its first delete. */
final class ShareLimitTest {

    private static final String TASK = "message-cleanup";
    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final Instant OLD = NOW.minus(ofDays(100));
    private static final Instant YOUNG = NOW.minus(ofDays(10));
    private static final RetentionRule KEEP_50_DAYS = RetentionRule.keepFor(ofDays(50));

    /** By what it is known what is due. */
    private enum Known {
        BY_A_CONDITION,
        MESSAGE_BY_MESSAGE;

        RetentionPolicies policies(RetentionRule rule) {
            RetentionPolicies.Builder policies = RetentionPolicies.builder();
            return this == BY_A_CONDITION
                    ? policies.global(rule).build()
                    : policies.policy(scope -> scope.toString().equals("global") ? Optional.of(rule) : Optional.empty())
                            .build();
        }
    }

    private final TestClock clock = new TestClock(NOW);
    private final List<String> deletes = new CopyOnWriteArrayList<>();

    private ChatDatabase watched(HostChat host) {
        return ChatDatabase.of(
                PausingDataSource.ofStatements(host.database.dataSource(), (sent, before) -> {
                    boolean rightsAlone = sent.sql().endsWith(" WHERE 1 = 0"); // asked for at start
                    if (before && !rightsAlone && sent.deletesFrom("messages")) {
                        deletes.add(sent.sql());
                    }
                }),
                host.schema());
    }

    private MaintenanceEngine engine(ChatDatabase chat, MessageCleanup cleanup) {
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(clock)
                .task(cleanup)
                .build();
        engine.start();
        return engine;
    }

    private MaintenanceEngine engine(HostChat host, RetentionPolicies policies) {
        ChatDatabase chat = watched(host);
        return engine(chat, chat.messageCleanup(policies).build());
    }

    private static Run run(MaintenanceEngine engine) throws Exception {
        return engine.runNow(TASK).get(120, TimeUnit.SECONDS);
    }

    private static Run confirmed(MaintenanceEngine engine, Run waiting) throws Exception {
        engine.confirm(waiting.id());
        Eventually.eventually(
                "the confirmed run ends",
                () -> !engine.find(waiting.id()).orElseThrow().state().isActive());
        return engine.find(waiting.id()).orElseThrow();
    }

    private static long messages(HostChat host) throws Exception {
        return host.count("SELECT COUNT(*) FROM messages");
    }

    private static Stream<Arguments> shares() {
        return Stream.of(TestServer.values())
                .flatMap(server -> Stream.of(Known.values())
                        .flatMap(known -> Stream.of(
                                Arguments.of(server, known, 9_999, 9_999, false), // a small table
                                Arguments.of(server, known, 10_000, 2_999, false),
                                Arguments.of(server, known, 10_000, 3_000, false),
                                Arguments.of(server, known, 10_000, 3_001, true),
                                Arguments.of(server, known, 20_000, 6_000, false),
                                Arguments.of(server, known, 20_000, 6_002, true))));
    }

    @ParameterizedTest
    @MethodSource("shares")
    void a_run_waits_when_more_than_three_tenths_would_go_and_deletes_nothing_before(
            TestServer server, Known known, int of, int due, boolean waits) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = ManyMessages.host(database);
            ManyMessages.add(host, 1, due, OLD, "1");
            ManyMessages.add(host, due + 1, of, YOUNG, "1");
            try (MaintenanceEngine engine = engine(host, known.policies(KEEP_50_DAYS))) {
                Preview preview = engine.preview(TASK);
                assertThat(preview.counts().get("due.expired")).isEqualTo(due);
                Run run = run(engine);
                if (!waits) {
                    assertThat(preview.awaits()).isEmpty();
                    assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
                    assertThat(run.counts().get("deleted.expired")).isEqualTo(due);
                    assertThat(messages(host)).isEqualTo(of - due);
                    assertThat(deletes).isNotEmpty();
                    return;
                }
                assertThat(run.state()).as(run.detail()).isEqualTo(RunState.AWAITING_CONFIRMATION);
                assertThat(preview.awaits())
                        .hasValueSatisfying(
                                why -> assertThat(why).containsIgnoringCase("more than 30 % of table messages"));
                assertThat(preview.toString())
                        .contains("would wait for a confirmation: it would remove more than 30 %");
                assertThat(deletes).isEmpty();
                assertThat(messages(host)).isEqualTo(of);
                assertThat(run.counts().get("due.expired")).isBetween(of * 3 / 10 + 1L, (long) due);
                assertThat(run.detail())
                        .containsIgnoringCase("more than 30 % of table messages")
                        .contains(String.format("of about %,d messages", of))
                        .contains("as of " + NOW);
                clock.advance(ofDays(1));
                Run ended = confirmed(engine, run);
                assertThat(ended.state()).as(ended.detail()).isEqualTo(RunState.SUCCEEDED);
                assertThat(ended.counts().get("deleted.expired")).isEqualTo(due);
                assertThat(messages(host)).isEqualTo(of - due);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0.29, 2900, 2901", "0.07, 700, 701", "0.57, 5700, 5701", "0.0001, 1, 2"})
    void a_share_of_the_hosts_own_is_exact_to_the_message(double share, int most, int tooMany) throws Exception {
        for (int due : List.of(most, tooMany)) {
            try (TestDatabase database = TestServer.H2.open()) {
                HostChat host = ManyMessages.host(database);
                ManyMessages.add(host, 1, due, OLD, "1");
                ManyMessages.add(host, due + 1, 10_000, YOUNG, "1");
                ChatDatabase chat = watched(host);
                try (MaintenanceEngine engine = engine(
                        chat,
                        chat.messageCleanup(Known.BY_A_CONDITION.policies(KEEP_50_DAYS))
                                .shareLimit(share)
                                .build())) {
                    assertThat(run(engine).state())
                            .isEqualTo(due == most ? RunState.SUCCEEDED : RunState.AWAITING_CONFIRMATION);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void without_a_limit_all_may_go_at_once(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = ManyMessages.host(database);
            ManyMessages.add(host, 1, 10_000, OLD, "1");
            ChatDatabase chat = watched(host);
            try (MaintenanceEngine engine = engine(
                    chat,
                    chat.messageCleanup(Known.BY_A_CONDITION.policies(KEEP_50_DAYS))
                            .shareLimit(1)
                            .build())) {
                assertThat(run(engine).counts().get("deleted.expired")).isEqualTo(10_000);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_went_in_the_last_seven_days_counts_and_what_went_before_does_not(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = ManyMessages.host(database);
            ManyMessages.add(host, 1, 2_000, OLD, "1");
            ManyMessages.add(host, 2_001, 14_000, NOW.plus(ofDays(30)), "1");
            try (MaintenanceEngine engine = engine(host, Known.BY_A_CONDITION.policies(KEEP_50_DAYS))) {
                assertThat(run(engine).counts().get("deleted.expired")).isEqualTo(2_000);
                host.execute("UPDATE messages SET sent_at = " + OLD.toEpochMilli() + " WHERE id <= 3601");
                clock.advance(ofDays(7).minus(Duration.ofSeconds(1)));
                Run run = run(engine); // 1601 and 2000 of 12,000
                assertThat(run.state()).as(run.detail()).isEqualTo(RunState.AWAITING_CONFIRMATION);
                assertThat(run.detail()).contains("2,000 more went in the last 7 days");
                assertThat(engine.cancel(TASK)).isTrue();
                clock.advance(Duration.ofSeconds(1));
                assertThat(run(engine).counts().get("deleted.expired")).isEqualTo(1_601);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void exactly_the_limit_together_with_what_went_lately_may_go(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = ManyMessages.host(database);
            ManyMessages.add(host, 1, 2_000, OLD, "1");
            ManyMessages.add(host, 2_001, 14_000, YOUNG, "1");
            try (MaintenanceEngine engine = engine(host, Known.BY_A_CONDITION.policies(KEEP_50_DAYS))) {
                assertThat(run(engine).counts().get("deleted.expired")).isEqualTo(2_000);
                host.execute("UPDATE messages SET sent_at = " + OLD.toEpochMilli() + " WHERE id <= 3600");
                assertThat(run(engine).counts().get("deleted.expired")).isEqualTo(1_600);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_confirmed_run_has_its_own_cut_off_and_the_next_run_asks_anew(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = ManyMessages.host(database);
            ManyMessages.add(host, 1, 4_000, OLD, "1");
            ManyMessages.add(host, 4_001, 8_500, NOW.minus(ofDays(49)), "1"); // due in a day and a bit
            ManyMessages.add(host, 8_501, 20_000, NOW, "1");
            try (MaintenanceEngine engine = engine(
                    host,
                    RetentionPolicies.builder()
                            .global(KEEP_50_DAYS)
                            .room("2", RetentionRule.keepForever())
                            .build())) {
                ManyMessages.add(host, 20_001, 22_100, OLD, "1");
                ManyMessages.add(host, 22_101, 22_200, OLD, "2");
                Run first = run(engine); // 6100 of 22,200 is less
                assertThat(first.counts().get("deleted.expired")).isEqualTo(6_100);
                clock.advance(ofDays(2));
                Run second = run(engine); // 4500 more of 16,100
                assertThat(second.state()).as(second.detail()).isEqualTo(RunState.AWAITING_CONFIRMATION);
                clock.advance(ofDays(6));
                host.execute(
                        "UPDATE messages SET sent_at = " + NOW.minus(ofDays(45)).toEpochMilli()
                                + " WHERE id BETWEEN 8501 AND 8600"); // due by today's clock, not by the run's
                Run ended = confirmed(engine, second);
                assertThat(ended.counts().get("deleted.expired")).isEqualTo(4_500);
                assertThat(ended.now()).isEqualTo(second.now());
                assertThat(messages(host)).isEqualTo(22_200 - 6_100 - 4_500);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void another_engine_confirms_after_a_restart_and_other_policies_let_it_lapse(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = ManyMessages.host(database);
            ManyMessages.add(host, 1, 5_000, OLD, "1");
            ManyMessages.add(host, 5_001, 10_000, YOUNG, "1");
            RetentionPolicies policies = Known.BY_A_CONDITION.policies(KEEP_50_DAYS);
            Run waiting;
            try (MaintenanceEngine engine = engine(host, policies)) {
                waiting = run(engine);
                assertThat(waiting.state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
            }
            try (MaintenanceEngine others =
                    engine(host, Known.BY_A_CONDITION.policies(RetentionRule.keepFor(ofDays(51))))) {
                assertThatThrownBy(() -> others.confirm(waiting.id())).hasMessageContaining("fingerprint");
            }
            assertThat(deletes).isEmpty();
            assertThat(messages(host)).isEqualTo(10_000);
            Run again;
            try (MaintenanceEngine engine = engine(host, policies)) {
                again = run(engine);
                assertThat(again.state()).as(again.detail()).isEqualTo(RunState.AWAITING_CONFIRMATION);
            }
            try (MaintenanceEngine one = engine(host, policies);
                    MaintenanceEngine other = engine(host, policies)) {
                assertThat(one.status(TASK).awaitsConfirmation()).contains(again);
                assertThat(messages(host)).isEqualTo(10_000);
                Run ended = confirmed(other, again);
                assertThat(ended.counts().get("deleted.expired")).isEqualTo(5_000);
                assertThat(one.find(again.id())).contains(ended);
            }
        }
    }
}
