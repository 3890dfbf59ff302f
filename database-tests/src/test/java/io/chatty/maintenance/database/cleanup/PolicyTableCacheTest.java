package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.PolicyTable;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.task.MaintenanceException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was read of a table of rules is held for a while; what all of it comes to is read anew. */
final class PolicyTableCacheTest {

    private static final RetentionScope ONE = RetentionScope.room("1");
    private static final RetentionScope TWO = RetentionScope.room("2");

    private static HostChat host(TestDatabase database) throws Exception {
        HostChat host = new HostChat(database, Shape.ZONED);
        host.execute("ALTER TABLE rooms ADD retention_days BIGINT");
        host.execute("INSERT INTO rooms (id, retention_days) VALUES (1, 50)");
        return host;
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_is_held_for_its_time_and_so_is_that_there_is_none(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = host(database);
            AtomicLong nanos = new AtomicLong();
            SimpleMeterRegistry meters = new SimpleMeterRegistry();
            PolicyTable table = host.chat()
                    .policyTable(
                            "rooms",
                            t -> t.room("id")
                                    .keepDays("retention_days")
                                    .cachedFor(Duration.ofMinutes(2))
                                    .ticker(nanos::get)
                                    .meters(meters));
            assertThat(table.ruleFor(ONE)).contains(RetentionRule.keepFor(ofDays(50)));
            assertThat(table.ruleFor(TWO)).isEmpty();
            assertThat(table.ruleFor(RetentionScope.global())).isEmpty();
            assertThat(table.ruleFor(RetentionScope.user("1"))).isEmpty();
            assertThat(table.cacheUse()).isEqualTo(new PolicyTable.CacheUse(0, 2, 2, 0, 0, 2));

            host.execute("UPDATE rooms SET retention_days = 70");
            host.execute("INSERT INTO rooms (id, retention_days) VALUES (2, 80)");
            nanos.addAndGet(Duration.ofMinutes(2).toNanos() - 1);
            assertThat(table.ruleFor(ONE)).contains(RetentionRule.keepFor(ofDays(50)));
            assertThat(table.ruleFor(TWO)).isEmpty();
            assertThat(table.cacheUse()).isEqualTo(new PolicyTable.CacheUse(2, 2, 2, 0, 0, 2));

            nanos.addAndGet(1);
            assertThat(table.ruleFor(ONE)).contains(RetentionRule.keepFor(ofDays(70)));
            assertThat(table.ruleFor(TWO)).contains(RetentionRule.keepFor(ofDays(80)));
            assertThat(table.cacheUse()).isEqualTo(new PolicyTable.CacheUse(2, 4, 4, 0, 2, 2));

            host.execute("ALTER TABLE rooms RENAME TO mislaid");
            assertThatThrownBy(() -> table.ruleFor(RetentionScope.room("3"))).isInstanceOf(MaintenanceException.class);
            assertThat(meter(meters, "gets", "hit")).isEqualTo(2);
            assertThat(meter(meters, "gets", "miss")).isEqualTo(5);
            assertThat(meter(meters, "reads", "done")).isEqualTo(4);
            assertThat(meter(meters, "reads", "failed")).isEqualTo(1);
            assertThat(meter(meters, "evictions", "all")).isEqualTo(2);
            assertThat(meters.get("chatty.maintenance.policy.cache.size")
                            .tag("table", "rooms")
                            .gauge()
                            .value())
                    .isEqualTo(2);
        }
    }

    private static double meter(SimpleMeterRegistry meters, String name, String result) {
        return meters.get("chatty.maintenance.policy.cache." + name)
                .tags("table", "rooms", "result", result)
                .functionCounter()
                .count();
    }

    @ParameterizedTest
    @EnumSource
    void the_fingerprint_of_a_cleanup_is_another_as_soon_as_a_rule_in_the_table_is(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = host(database);
            host.execute("ALTER TABLE rooms ADD topic VARCHAR(20)");
            PolicyTable table =
                    host.chat().policyTable("rooms", t -> t.room("id").keepDays("retention_days"));
            MessageCleanup cleanup = host.chat()
                    .messageCleanup(RetentionPolicies.builder().policy(table).build())
                    .build();
            assertThat(cleanup.problems()).isEmpty();
            String first = cleanup.fingerprint();
            assertThat(cleanup.fingerprint()).isEqualTo(first);

            host.execute("UPDATE rooms SET topic = 'tea'");
            host.execute("INSERT INTO rooms (id, retention_days) VALUES (3, NULL)");
            assertThat(cleanup.fingerprint()).isEqualTo(first);

            host.execute("UPDATE rooms SET retention_days = 51 WHERE id = 1");
            String changed = cleanup.fingerprint();
            assertThat(changed).isNotEqualTo(first);

            host.execute("UPDATE rooms SET retention_days = 50 WHERE id = 1");
            host.execute("UPDATE rooms SET retention_days = 0 WHERE id = 3");
            assertThat(cleanup.fingerprint()).isNotIn(first, changed);

            host.execute("UPDATE rooms SET retention_days = NULL WHERE id = 1");
            host.execute("UPDATE rooms SET retention_days = 50 WHERE id = 3");
            assertThat(cleanup.fingerprint()).isNotIn(first, changed);

            host.execute("DELETE FROM rooms");
            host.execute("INSERT INTO rooms (id, retention_days) VALUES (1, 50)");
            assertThat(cleanup.fingerprint()).isEqualTo(first);
        }
    }

    @Test
    void a_table_of_more_than_a_million_rules_has_no_fingerprint_and_says_what_to_do() throws Exception {
        try (TestDatabase database = TestServer.H2.open()) {
            HostChat host = host(database);
            host.execute("INSERT INTO rooms (id, retention_days) SELECT x, 30 FROM SYSTEM_RANGE(2, 1000000)");
            PolicyTable table =
                    host.chat().policyTable("rooms", t -> t.room("id").keepDays("retention_days"));
            assertThat(table.fingerprint()).isNotEmpty();
            host.execute("INSERT INTO rooms (id, retention_days) VALUES (0, 30)");
            assertThatThrownBy(table::fingerprint)
                    .isInstanceOf(MaintenanceException.class)
                    .hasMessageContaining("more than 1000000 rules")
                    .hasMessageContaining("where(match)");
        }
    }
}
