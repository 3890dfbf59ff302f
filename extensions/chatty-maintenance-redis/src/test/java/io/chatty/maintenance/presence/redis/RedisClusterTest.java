package io.chatty.maintenance.presence.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.roster.Roster;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two nodes on a Redis Cluster of three. */
class RedisClusterTest {

    private static final Duration BEAT = Duration.ofMillis(200);
    private static final Duration SLOW = Duration.ofMinutes(1); // nothing is found by looking for it

    @TempDir
    private static Path folder;

    private static StartedCluster cluster;
    private static RedisClusterClient client;

    private final String prefix = StartedRedis.freshPrefix();

    @BeforeAll
    static void start() {
        cluster = new StartedCluster(folder);
        client = RedisClusterClient.create(cluster.uris());
    }

    @AfterAll
    static void stop() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        cluster.close();
    }

    private RedisPresenceTracker start(BooleanSupplier mayShard, Duration beat) {
        RedisPresenceTracker tracker = RedisPresenceTracker.builder(client)
                .prefix(prefix)
                .nodeBeat(beat)
                .nodeSuspect(beat.multipliedBy(2))
                .mayShard(mayShard)
                .build();
        SteppedNode.await("connected", () -> tracker.standing().connected());
        return tracker;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void buckets_are_spread_over_a_redis_cluster_and_nodes_see_each_other(boolean isSharded) {
        try (RedisPresenceTracker one = start(() -> isSharded, BEAT);
                RedisPresenceTracker two = start(() -> isSharded, BEAT)) {
            List<String> users =
                    IntStream.range(0, 300).mapToObj(i -> "user" + i).toList();
            List<PresenceSession> sessions = new ArrayList<>();
            users.forEach(user -> sessions.add(one.connect(user, "phone")));
            SteppedNode.await("all are seen", () -> two.onlineAmong(users).size() == 300);
            PresenceSession young = two.connect("user7", "phone");
            SteppedNode.await("displaced", () -> !sessions.get(7).isOpen());
            sessions.forEach(PresenceSession::close);
            SteppedNode.await("one is left", () -> one.onlineAmong(users).size() == 1);
            assertThat(young.isOpen()).isTrue();
            assertThat(one.standing().connected()).isTrue();
            for (RedisCommands<String, String> node : cluster.nodes()) {
                assertThat(node.keys("{" + prefix + ":*}:sequence")).hasSizeBetween(5, 50);
                assertThat(node.pubsubShardChannels("{" + prefix + ":*").isEmpty())
                        .as("sharded channels")
                        .isEqualTo(!isSharded);
            }
        }
    }

    @Test
    void changes_are_told_at_once_on_the_node_of_the_cluster_that_has_the_bucket_and_nowhere_else() {
        try (RedisPresenceTracker one = start(() -> true, SLOW);
                RedisPresenceTracker two = start(() -> true, SLOW)) {
            Keys keys = new Keys(prefix);
            for (int i = 0; i < Roster.SHARDS; i++) {
                int node = cluster.nodeOf(SlotHash.getSlot(keys.channel(i)));
                for (int j = 0; j < 3; j++) {
                    assertThat(cluster.nodes().get(j).pubsubShardChannels(keys.channel(i)))
                            .as("bucket %d on node %d", i, j)
                            .hasSize(j == node ? 1 : 0);
                }
            }
            List<String> users =
                    IntStream.range(0, 300).mapToObj(i -> "user" + i).toList();
            users.forEach(user -> one.connect(user, "phone"));
            SteppedNode.await("all are seen", () -> two.onlineAmong(users).size() == 300);
            assertThat(two.shardedChannels()).isEqualTo(Roster.SHARDS);
        }
    }

    @Test
    void the_changes_of_a_bucket_that_moves_to_another_node_of_the_cluster_are_heard_from_there() {
        try (RedisPresenceTracker one = start(() -> true, SLOW);
                RedisPresenceTracker two = start(() -> true, SLOW)) {
            one.connect("ann", "phone");
            SteppedNode.await("seen", () -> two.presenceOf("ann").isOnline());
            String channel = new Keys(prefix).channel(Roster.shardOf("ann"));
            int slot = SlotHash.getSlot(channel);
            int to = (cluster.nodeOf(slot) + 1) % 3;
            cluster.move(slot, to);
            SteppedNode.await(
                    "heard from there",
                    () -> cluster.nodes().get(to).pubsubShardNumsub(channel).equals(Map.of(channel, 2L)));
            PresenceSession desk = one.connect("ann", "desk");
            SteppedNode.await("seen", () -> two.presenceOf("ann").devices() == 2);
            desk.close();
            SteppedNode.await("seen", () -> two.presenceOf("ann").devices() == 1);
            assertThat(one.standing().connected()).isTrue();
        }
    }
}
