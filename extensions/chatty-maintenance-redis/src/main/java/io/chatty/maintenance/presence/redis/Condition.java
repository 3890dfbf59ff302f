package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.tracker.TrackerMeters;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How a node stands with Redis and the others, for health checks and meters. Thread-safe. */
final class Condition {

    private final NodeSettings settings;
    private final InstantSource clock;
    private final Exchange exchange;
    private final Replica replica;

    Condition(NodeSettings settings, InstantSource clock, Exchange exchange, Replica replica) {
        this.settings = settings;
        this.clock = clock;
        this.exchange = exchange;
        this.replica = replica;
    }

    /** What is wrong, each with what to do. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!exchange.isConnected()) {
            problems.add("Redis does not answer as it should (" + exchange.why()
                    + "): users of other nodes are shown as of " + replica.heard() + ", and changes of "
                    + replica.waiting() + " users wait: look at Redis, or the network to it");
        }
        if (exchange.peers().suspected() > 0) {
            problems.add(exchange.peers().suspected() + " of "
                    + exchange.peers().nodes() + " nodes have not been heard of for " + settings.suspect()
                    + " or longer: the log has which");
        }
        if (exchange.peers().isNamesake()) {
            problems.add("another node is called " + settings.name() + ": give each a nodeName of its own");
        }
        return problems;
    }

    /** Registers meters. */
    void register(TrackerMeters meters) {
        meters.gauge("nodes", "nodes that are not gone, this one among them", exchange.peers(), Peers::nodes);
        meters.gauge(
                "nodes.suspected", "nodes that have not been heard of for a while", exchange.peers(), Peers::suspected);
        meters.gauge(
                "waiting", "users of whom something waits to be said to the other nodes", replica, Replica::waiting);
        meters.time(
                "age",
                "how long ago this node last heard from Redis",
                TimeUnit.MILLISECONDS,
                replica,
                it -> clock.millis() - it.heard().toEpochMilli());
    }
}
