package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.cleanup.PausingDataSource.Sent;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a batch sends to the database does not grow with the number of rules. */
final class StatementsOfABatchTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final int ROOMS = 10_000;
    private static final int BATCH = 500;
    private static final String IN_THE_STATEMENT = "as many as stand in a statement";

    private final List<Sent> sent = new ArrayList<>();
    private boolean watching;

    /** What the batches of a whole run sent, each with its commit. */
    private List<List<Sent>> batches(HostChat host, RetentionPolicies policies) throws Exception {
        host.clear();
        ManyMessages.add(host, 1, 2000, NOW.minus(ofDays(400)), "MOD(x * 7, " + ROOMS + ")");
        ManyMessages.addReactions(host, 1, 2000);
        ChatDatabase chat = ChatDatabase.of(
                PausingDataSource.ofStatements(host.database.dataSource(), (it, before) -> {
                    if (watching && before) {
                        sent.add(it);
                    }
                }),
                host.schema());
        MessageCleanup cleanup = chat.messageCleanup(policies).build();
        RunStore store = chat.runStore();
        Optional<Run> last = store.history("message-cleanup", 1).stream().findFirst();
        Run run = Run.begun("message-cleanup", "a", Optional.empty(), NOW, NOW);
        assertThat(store.begin(run, last.map(Run::id), Duration.ofMinutes(10))).isTrue();
        List<List<Sent>> batches = new ArrayList<>();
        assertThat(cleanup.problems()).isEmpty(); // looks the tables up
        while (run.state().isActive()) {
            sent.clear();
            watching = true;
            run = ByHand.batch(store, run, cleanup, BATCH);
            watching = false;
            batches.add(List.copyOf(sent));
        }
        assertThat(run.counts().get("deleted.expired")).isEqualTo(2000);
        assertThat(run.counts().get("deleted.children.reactions")).isEqualTo(2000);
        assertThat(host.count("SELECT COUNT(*) FROM reactions")).isZero();
        return batches.subList(0, 4); // full ones
    }

    private static RetentionRule rule(int room) {
        return RetentionRule.keepFor(ofDays(30 + room % 300));
    }

    private static RetentionPolicies declared(int rooms) {
        RetentionPolicies.Builder policies = RetentionPolicies.builder();
        if (rooms == 1) {
            return policies.global(rule(1)).build();
        }
        IntStream.range(0, rooms).forEach(room -> policies.room(Integer.toString(room), rule(room)));
        return policies.global(rule(1)).build();
    }

    private static RetentionPolicies asked() {
        return RetentionPolicies.builder()
                .policy(scope -> scope instanceof RetentionScope.Room room
                        ? Optional.of(rule(Integer.parseInt(room.id())))
                        : Optional.empty())
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void with_ten_thousand_rooms_under_rules_of_their_own_a_batch_sends_no_more_than_with_one_rule(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = ManyMessages.host(database);
            int most = batches(host, declared(1)).stream()
                    .mapToInt(List::size)
                    .max()
                    .orElseThrow();
            Map<String, RetentionPolicies> many = new TreeMap<>(Map.of(
                    IN_THE_STATEMENT,
                    declared(200),
                    "declared",
                    declared(ROOMS),
                    "a policy of the host's own",
                    asked()));
            for (Map.Entry<String, RetentionPolicies> each : many.entrySet()) {
                boolean inTheStatement = each.getKey().equals(IN_THE_STATEMENT);
                boolean asLists =
                        server == TestServer.POSTGRESQL && each.getKey().equals("declared");
                long longest = 4000 + 12L * BATCH + (inTheStatement ? 200 * 150 : 0) + (asLists ? 2L * ROOMS : 0);
                for (List<Sent> batch : batches(host, each.getValue())) {
                    assertThat(batch.size())
                            .as(server + ", " + each.getKey() + ": " + batch)
                            .isLessThanOrEqualTo(most);
                    assertThat(batch.stream().mapToLong(Sent::size).max().orElseThrow())
                            .as(server + ", " + each.getKey() + ": signs and values")
                            .isLessThan(longest);
                }
            }
        }
    }
}
