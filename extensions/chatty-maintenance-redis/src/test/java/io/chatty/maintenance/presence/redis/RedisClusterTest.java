package io.chatty.maintenance.presence.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.PresenceSession;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisShardedCluster;

/** Two nodes on a Redis Cluster of three. */
class RedisClusterTest {

    @Test
    void buckets_are_spread_over_a_redis_cluster_and_nodes_see_each_other() throws Exception {
        RedisShardedCluster cluster = RedisShardedCluster.newRedisCluster()
                .ephemeral()
                .initializationTimeout(Duration.ofMinutes(2))
                .shard("a", 0)
                .shard("b", 0)
                .shard("c", 0)
                .build();
        cluster.start();
        List<RedisURI> uris = cluster.ports().stream().map(StartedRedis::uri).toList();
        RedisClusterClient client = RedisClusterClient.create(uris);
        try (RedisPresenceTracker one = start(client);
                RedisPresenceTracker two = start(client)) {
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
            try (var connection = client.connect()) {
                assertThat(connection.sync().keys("{chatty:presence:*}:sequence"))
                        .hasSizeGreaterThan(60);
            }
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
            cluster.stop();
        }
    }

    private static RedisPresenceTracker start(RedisClusterClient client) {
        RedisPresenceTracker tracker = RedisPresenceTracker.builder(client)
                .nodeBeat(Duration.ofMillis(200))
                .build();
        SteppedNode.await("connected", () -> tracker.standing().connected());
        return tracker;
    }
}
