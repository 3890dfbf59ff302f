package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Nodes that share a Redis, and the time. */
final class SteppedNodes implements AutoCloseable {

    private static final Duration STEP = Duration.ofMillis(500);

    final String prefix = StartedRedis.freshPrefix();
    final TestClock world = new TestClock(SteppedNode.START);

    /** Those that time passes for. */
    final List<SteppedNode> running = new ArrayList<>();

    SteppedNode start(String name, UnaryOperator<RedisPresenceTracker.Builder> change) {
        SteppedNode node = new SteppedNode(prefix, name, world, Duration.ZERO, change);
        running.add(node);
        return node;
    }

    SteppedNode start(String name) {
        return start(name, builder -> builder);
    }

    /** Lets time pass for all nodes, in steps. */
    void advance(Duration time) {
        Instant end = world.instant().plus(time);
        while (world.instant().isBefore(end)) {
            Duration left = Duration.between(world.instant(), end);
            Duration step = left.compareTo(STEP) < 0 ? left : STEP;
            world.advance(step);
            running.forEach(node -> node.scheduler.advance(step));
        }
    }

    /** Lets time pass in which no node does anything. */
    void standStill(Duration time) {
        world.advance(time);
        running.forEach(node -> node.clock.advance(time));
    }

    void kill(SteppedNode node) {
        running.remove(node);
        node.kill();
    }

    @Override
    public void close() {
        running.forEach(SteppedNode::close);
    }
}
