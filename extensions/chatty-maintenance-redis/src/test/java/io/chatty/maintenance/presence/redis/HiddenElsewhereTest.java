package io.chatty.maintenance.presence.redis;

import static io.chatty.maintenance.presence.PresenceStatus.INVISIBLE;
import static io.chatty.maintenance.presence.PresenceStatus.ONLINE;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.testkit.InMemoryLastSeenStore;
import io.chatty.maintenance.testkit.SingleRun;
import io.chatty.maintenance.testkit.SteppedScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When users were last seen, who chose on one node not to be seen, as others write it. */
class HiddenElsewhereTest {

    private static final Duration SAID = Duration.ofMillis(25);

    private final SteppedNodes nodes = new SteppedNodes();
    private final InMemoryLastSeenStore store = new InMemoryLastSeenStore();

    @AfterEach
    void close() {
        nodes.close();
    }

    private SteppedNode start(String name) {
        return nodes.start(name, builder -> builder.lastSeen(store));
    }

    /** Whether the store has ann as online at a node, once it has written. */
    private boolean isWritten(SteppedNode node) throws Exception {
        new SingleRun(node.tracker.tasks().get(0), 100, nodes.world.instant()).go();
        return store.online(node.name, "", 10).contains("ann");
    }

    private Instant seen() {
        return Objects.requireNonNull(store.find(List.of("ann")).get("ann"));
    }

    private void awaitHiding(boolean is) {
        nodes.advance(SAID);
        for (SteppedNode node : nodes.running) {
            SteppedNode.await(
                    "known at " + node.name,
                    () -> node.tracker.chosen("ann").equals(Optional.of(ChosenStatus.of(INVISIBLE))) == is);
        }
    }

    @Test
    void one_who_hides_by_a_choice_on_another_node_is_written_as_gone_then_and_not_seen_again() throws Exception {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        PresenceSession phone = one.tracker.connect("ann", "phone");
        nodes.advance(Duration.ofMinutes(3));
        phone.active();
        nodes.advance(SAID);
        assertThat(isWritten(one)).isTrue();
        two.tracker.choose("ann", ChosenStatus.of(INVISIBLE));
        awaitHiding(true);
        assertThat(isWritten(one)).isFalse();
        Instant hid = seen();
        assertThat(hid).isEqualTo(SteppedNode.START.plus(Duration.ofMinutes(3)));

        for (int minute = 0; minute < 15; minute++) {
            nodes.advance(Duration.ofSeconds(30));
            phone.active();
            nodes.advance(Duration.ofSeconds(30));
            phone.active();
            assertThat(isWritten(one)).isFalse();
        }
        PresenceSession desk = one.tracker.connect("ann", "desk");
        nodes.advance(SAID);
        assertThat(isWritten(one)).isFalse();
        desk.close();
        SteppedNode late = start("late");
        late.tracker.connect("ann", "pad");
        nodes.advance(SAID);
        assertThat(isWritten(late)).isFalse();
        late.tracker.close();
        nodes.running.remove(late);
        assertThat(isWritten(one)).isFalse();
        assertThat(store.online("late", "", 10)).isEmpty();
        assertThat(seen()).isEqualTo(hid);
        assertThat(two.tracker.lastSeen(List.of("ann"))).containsValue(hid);

        two.tracker.chooseNothing("ann");
        awaitHiding(false);
        assertThat(isWritten(one)).isTrue();
        assertThat(seen()).isAfter(hid);
    }

    @Test
    void one_who_hid_by_a_choice_here_and_shows_by_one_elsewhere_is_written_as_seen() throws Exception {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        one.tracker.connect("ann", "phone");
        one.tracker.choose("ann", ChosenStatus.of(INVISIBLE));
        awaitHiding(true);
        assertThat(isWritten(one)).isFalse();
        two.tracker.chooseNothing("ann");
        awaitHiding(false);
        SteppedNode.await("shown", () -> two.statusOf("ann") == ONLINE);
        assertThat(isWritten(one)).isTrue();
    }

    @Test
    void nobody_is_written_as_seen_before_it_is_known_who_hides() throws Exception {
        SteppedScheduler scheduler = new SteppedScheduler(nodes.world);
        try (CutProxy proxy = new CutProxy(StartedRedis.port())) {
            proxy.cut();
            RedisPresenceTracker tracker = RedisPresenceTracker.builder(StartedRedis.uri(proxy.port()))
                    .prefix(nodes.prefix)
                    .nodeName("deaf")
                    .lastSeen(store)
                    .clock(nodes.world)
                    .redisTime(nodes.world)
                    .ticker(() -> Duration.between(SteppedNode.START, nodes.world.instant())
                            .toNanos())
                    .scheduler(scheduler)
                    .work(Runnable::run)
                    .build();
            SingleRun first = new SingleRun(tracker.tasks().get(0), 100, nodes.world.instant());
            tracker.connect("ann", "phone");
            scheduler.advance(Duration.ofSeconds(10));
            first.go();
            assertThat(store.online("deaf", "", 10)).isEmpty();
            proxy.heal();
            SteppedNode.await("connected", () -> {
                scheduler.advance(Duration.ofSeconds(5));
                return tracker.standing().connected();
            });
            new SingleRun(tracker.tasks().get(0), 100, nodes.world.instant()).go();
            assertThat(store.online("deaf", "", 10)).containsExactly("ann");
            tracker.close();
        }
    }
}
