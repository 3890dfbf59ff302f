package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Preview;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionPolicy;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A policy of the host's own that throws or hangs keeps what it would have decided about, and fails no run. */
final class HostilePolicyTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final String TASK = "message-cleanup";
    private static final RetentionScope BAD = RetentionScope.room("2");

    /** What a bad policy does instead of an answer. */
    private enum Badness implements RetentionPolicy {
        THROWS {
            @Override
            public Optional<RetentionRule> ruleFor(RetentionScope scope) {
                throw new IllegalStateException("the policy table is locked");
            }
        },
        THROWS_AN_ERROR {
            @Override
            public Optional<RetentionRule> ruleFor(RetentionScope scope) {
                throw new NoClassDefFoundError("the plugin is gone");
            }
        },
        GIVES_NULL {
            @Override
            @SuppressWarnings({"NullAway", "NullOptional"})
            public Optional<RetentionRule> ruleFor(RetentionScope scope) {
                return null;
            }
        }
    }

    static Stream<Arguments> badOnServers() {
        return Stream.of(Badness.values())
                .flatMap(bad -> Stream.of(TestServer.values()).map(server -> Arguments.of(bad, server)));
    }

    /** Three old messages in each of the rooms 1 and 2, three in none, and a new one in each. */
    private static HostChat chat(TestDatabase database) throws Exception {
        HostChat host = new HostChat(database, Shape.ZONED);
        List<Message> messages = new ArrayList<>();
        int id = 0;
        for (String room : new String[] {"1", "2", null}) {
            for (int i = 0; i < 3; i++) {
                messages.add(new Message(Integer.toString(id++), NOW.minus(ofDays(100)), room, "1", null, null));
            }
            messages.add(new Message(Integer.toString(id++), NOW.minus(ofDays(1)), room, "1", null, null));
        }
        host.add(messages);
        return host;
    }

    private static RetentionPolicies keep50DaysBut(RetentionScope badFor, RetentionPolicy bad) {
        return RetentionPolicies.builder()
                .policy(scope -> scope.equals(badFor)
                        ? bad.ruleFor(scope)
                        : scope.equals(RetentionScope.global())
                                ? Optional.of(RetentionRule.keepFor(ofDays(50)))
                                : Optional.empty())
                .build();
    }

    private static MaintenanceEngine engine(HostChat host, RetentionPolicies policies) {
        return MaintenanceEngine.builder()
                .runStore(host.chat().runStore())
                .clock(() -> NOW)
                .task(host.chat().messageCleanup(policies).build())
                .build();
    }

    @ParameterizedTest
    @MethodSource("badOnServers")
    void one_that_fails_for_a_room_keeps_that_room_and_the_run_goes_on_with_the_others(Badness bad, TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            try (MaintenanceEngine engine = engine(host, keep50DaysBut(BAD, bad))) {
                Preview preview = engine.preview(TASK);
                assertThat(preview.counts().get("due.expired")).isEqualTo(6);
                assertThat(preview.counts().get("skipped.policyFailed")).isEqualTo(4);
                engine.start();
                Run run = engine.runNow(TASK).get(1, TimeUnit.MINUTES);
                assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
                assertThat(run.counts().get("deleted.expired")).isEqualTo(6);
                assertThat(run.counts().get("skipped.policyFailed")).isEqualTo(4);
                assertThat(host.ids("messages", "id")).containsExactlyInAnyOrder("3", "4", "5", "6", "7", "11");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("badOnServers")
    void one_that_fails_for_all_that_have_no_rule_of_their_own_keeps_all_of_these(Badness bad, TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            RetentionPolicies policies = RetentionPolicies.builder()
                    .room("1", RetentionRule.keepFor(ofDays(50)))
                    .policy(scope -> scope.equals(RetentionScope.global()) ? bad.ruleFor(scope) : Optional.empty())
                    .build();
            try (MaintenanceEngine engine = engine(host, policies)) {
                engine.start();
                Run run = engine.runNow(TASK).get(1, TimeUnit.MINUTES);
                assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
                assertThat(run.counts().get("deleted.expired")).isEqualTo(3);
                assertThat(run.counts().get("skipped.policyFailed")).isEqualTo(8);
                assertThat(host.ids("messages", "id")).hasSize(9).doesNotContain("0", "1", "2");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void one_that_hangs_keeps_what_it_was_to_answer_until_it_comes_back(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            CountDownLatch comesBack = new CountDownLatch(1);
            RetentionPolicies policies = keep50DaysBut(BAD, scope -> {
                try {
                    comesBack.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return Optional.of(RetentionRule.keepFor(ofDays(50)));
            });
            try (MaintenanceEngine engine = engine(host, policies)) {
                engine.start();
                Run run = engine.runNow(TASK).get(1, TimeUnit.MINUTES);
                assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
                assertThat(run.counts().get("skipped.policyFailed")).isGreaterThanOrEqualTo(4);
                assertThat(host.ids("messages", "id")).contains("3", "4", "5", "6", "7", "11");

                comesBack.countDown();
                // It may still be on its way back when the next run asks.
                Eventually.eventually("it is asked again", () -> {
                    Run next = engine.runNow(TASK).get(1, TimeUnit.MINUTES);
                    assertThat(next.state()).as(next.detail()).isEqualTo(RunState.SUCCEEDED);
                    return next.counts().get("skipped.policyFailed") == 0;
                });
                assertThat(host.ids("messages", "id")).containsExactlyInAnyOrder("3", "7", "11");
            } finally {
                comesBack.countDown();
            }
        }
    }
}
