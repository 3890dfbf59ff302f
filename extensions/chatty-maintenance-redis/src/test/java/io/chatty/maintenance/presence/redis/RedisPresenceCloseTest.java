package io.chatty.maintenance.presence.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.LastSeenStore;
import io.chatty.maintenance.testkit.InMemoryLastSeenStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** The end of a tracker, in real time. */
class RedisPresenceCloseTest {

    private static RedisPresenceTracker.Builder builder(CutProxy proxy) {
        return RedisPresenceTracker.builder(StartedRedis.uri(proxy.port()))
                .prefix(StartedRedis.freshPrefix())
                .nodeName("one")
                .nodeBeat(Duration.ofMillis(100))
                .commandTimeout(Duration.ofMinutes(1));
    }

    private static RedisPresenceTracker start(RedisPresenceTracker.Builder builder) {
        RedisPresenceTracker tracker = builder.build();
        SteppedNode.await("connected", () -> tracker.standing().connected());
        tracker.connect("ann", "phone");
        SteppedNode.await("seen", () -> tracker.presenceOf("ann").isOnline());
        return tracker;
    }

    @Test
    void a_close_is_over_within_five_seconds_where_neither_redis_nor_the_database_answers() {
        try (CutProxy proxy = new CutProxy(StartedRedis.port())) {
            RedisPresenceTracker tracker = start(builder(proxy).lastSeen(new Stuck()));
            proxy.hold();
            tracker.connect("bob", "phone");
            long began = System.nanoTime();
            tracker.close();
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isBetween(
                            Duration.ofSeconds(2), Duration.ofMillis(6_500)); // a second and a half for a busy machine
            assertThat(tracker.problems()).containsExactly("closed");
        }
    }

    @Test
    void a_close_does_not_throw_gives_an_interrupt_back_and_writes_the_rest_whatever_executors_do() {
        InMemoryLastSeenStore store = new InMemoryLastSeenStore();
        try (CutProxy proxy = new CutProxy(StartedRedis.port())) {
            RedisPresenceTracker tracker = start(builder(proxy).lastSeen(store).subscribers(work -> {
                throw new RejectedExecutionException("shut down");
            }));
            tracker.close();
            assertThat(store.find(List.of("ann"))).containsOnlyKeys("ann");
            InMemoryLastSeenStore others = new InMemoryLastSeenStore();
            RedisPresenceTracker other = start(builder(proxy).lastSeen(others));
            Thread.currentThread().interrupt();
            other.close();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(others.find(List.of("ann"))).containsOnlyKeys("ann");
        }
    }

    /** A database that never answers, and heeds no interrupt. */
    private static final class Stuck implements LastSeenStore {

        private final CountDownLatch never = new CountDownLatch(1);

        @Override
        public void write(String node, Collection<Seen> seen) {
            while (true) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    // not heeded
                }
            }
        }

        @Override
        public Map<String, Instant> find(Collection<String> users) {
            return Map.of();
        }

        @Override
        public List<String> online(String node, String after, int most) {
            return List.of();
        }
    }
}
