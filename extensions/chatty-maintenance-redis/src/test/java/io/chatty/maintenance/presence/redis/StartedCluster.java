package io.chatty.maintenance.presence.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import redis.embedded.RedisServer;

/** A Redis Cluster of three, without replicas. */
final class StartedCluster implements AutoCloseable {

    private static final int SLOTS = 16_384;

    private final List<Integer> ports = new ArrayList<>();
    private final List<RedisServer> servers = new ArrayList<>();
    private final RedisClient client = RedisClient.create();
    private final List<RedisCommands<String, String>> nodes = new ArrayList<>();

    private final Map<Integer, Integer> moved = new HashMap<>(); // slot to node

    StartedCluster(Path folder) {
        for (int i = 0; i < 3; i++) {
            int port = StartedRedis.freePort();
            int bus = StartedRedis.freePort();
            RedisServer server = StartedRedis.server(port)
                    .setting("dir " + folder)
                    .setting("cluster-enabled yes")
                    .setting("cluster-config-file nodes-" + i + ".conf")
                    .setting("cluster-node-timeout 5000")
                    .setting("cluster-port " + bus)
                    .build();
            server.start();
            servers.add(server);
            ports.add(port);
            nodes.add(client.connect(StartedRedis.uri(port)).sync());
            add(i, SLOTS * i / 3, SLOTS * (i + 1) / 3 - 1);
            if (i > 0) {
                meet(nodes.get(0), port, bus);
            }
        }
        SteppedNode.await(
                "one cluster",
                () -> nodes.stream().allMatch(node -> {
                    String info = node.clusterInfo();
                    return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3");
                }));
    }

    private void add(int node, int first, int last) {
        status(nodes.get(node), "ADDSLOTSRANGE", String.valueOf(first), String.valueOf(last));
    }

    private static void meet(RedisCommands<String, String> node, int port, int bus) {
        status(node, "MEET", "127.0.0.1", String.valueOf(port), String.valueOf(bus));
    }

    private static void status(RedisCommands<String, String> node, String... words) {
        CommandArgs<String, String> args = new CommandArgs<>(StringCodec.UTF8);
        for (String word : words) {
            args.add(word);
        }
        node.dispatch(CommandType.CLUSTER, new StatusOutput<>(StringCodec.UTF8), args);
    }

    List<RedisURI> uris() {
        return ports.stream().map(StartedRedis::uri).toList();
    }

    /** The nodes, each by itself. */
    List<RedisCommands<String, String>> nodes() {
        return nodes;
    }

    /** Which node has a slot. */
    int nodeOf(int slot) {
        return moved.getOrDefault(slot, (slot * 3 + 2) / SLOTS);
    }

    /** Moves a slot with all that is in it to another node. */
    void move(int slot, int to) {
        int from = nodeOf(slot);
        RedisCommands<String, String> source = nodes.get(from);
        RedisCommands<String, String> target = nodes.get(to);
        target.clusterSetSlotImporting(slot, source.clusterMyId());
        source.clusterSetSlotMigrating(slot, target.clusterMyId());
        for (String key : source.clusterGetKeysInSlot(slot, 10_000)) {
            source.migrate("127.0.0.1", ports.get(to), key, 0, 5_000);
        }
        target.clusterSetSlotNode(slot, target.clusterMyId());
        source.clusterSetSlotNode(slot, target.clusterMyId());
        moved.put(slot, to);
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        servers.forEach(RedisServer::stop);
    }
}
