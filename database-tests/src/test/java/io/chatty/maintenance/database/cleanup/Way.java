package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Whether a condition says what is due, all that is older than fifty days, or messages are judged one by one. */
enum Way {
    BY_A_CONDITION,
    ONE_BY_ONE;

    RetentionPolicies policies() {
        RetentionRule rule = RetentionRule.keepFor(ofDays(50));
        return this == BY_A_CONDITION
                ? RetentionPolicies.builder().global(rule).build()
                : RetentionPolicies.builder()
                        .policy(scope -> scope instanceof RetentionScope.Room ? Optional.of(rule) : Optional.empty())
                        .build();
    }

    /** Each way on each server that runs by itself. */
    static Stream<Arguments> servers() {
        return on(TestServer.POSTGRESQL, TestServer.MARIADB);
    }

    /** Each way on each database. */
    static Stream<Arguments> allServers() {
        return on(TestServer.values());
    }

    private static Stream<Arguments> on(TestServer... servers) {
        return Stream.of(servers).flatMap(server -> Stream.of(values()).map(way -> Arguments.of(server, way)));
    }
}
