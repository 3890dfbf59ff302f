package io.chatty.maintenance.presence.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** A hundred thousand clients come at once, and come to another node when theirs dies. */
class ReconnectStormTest {

    private static final int CLIENTS = 100_000;
    private static final Duration STEP = Duration.ofMillis(100);
    private static final int STEPS = 100; // ten seconds

    private final TestClock world = new TestClock(SteppedNode.START);
    private final List<SteppedNode> nodes = new ArrayList<>();
    private int mostWaiting;
    private int mostScheduled;

    private SteppedNode start(String prefix, String name) {
        SteppedNode node = new SteppedNode(prefix, name, world, Duration.ZERO, builder -> builder);
        nodes.add(node);
        return node;
    }

    private void step(Duration time) {
        for (SteppedNode node : nodes) {
            mostWaiting = Math.max(mostWaiting, node.tracker.standing().waiting());
            mostScheduled = Math.max(mostScheduled, node.scheduler.waiting());
        }
        world.advance(time);
        nodes.forEach(node -> node.scheduler.advance(time));
    }

    /** Each client connects, every third finds its connection broken, and connects again. */
    private List<PresenceSession> come(SteppedNode to) {
        List<PresenceSession> sessions = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            for (int client = i; client < CLIENTS; client += STEPS) {
                String user = "user-" + client;
                PresenceSession session = to.tracker.connect(user, "phone");
                if (client % 3 == 0) {
                    session.lost();
                    session = to.tracker.connect(user, "phone");
                }
                sessions.add(session);
            }
            step(STEP);
        }
        return sessions;
    }

    private void letPass(Duration time, Collection<PresenceSession> beating) {
        for (long second = 0; second < time.toSeconds(); second++) {
            if (second % 20 == 0) {
                beating.forEach(PresenceSession::active);
            }
            step(Duration.ofSeconds(1));
        }
    }

    @Test
    void a_hundred_thousand_clients_that_come_within_ten_seconds_are_one_event_each_and_none_when_they_change_nodes() {
        String prefix = StartedRedis.freshPrefix();
        SteppedNode first = start(prefix, "first");
        SteppedNode second = start(prefix, "second");
        SteppedNode watching = start(prefix, "watching");
        Mirror told = new Mirror();
        watching.tracker.all().subscribe(told);
        watching.tracker.all().subscribe(new Idle());

        long begin = System.nanoTime();
        come(first);
        SteppedNode.await("all are seen", () -> {
            step(STEP);
            return told.online().size() == CLIENTS;
        });
        long came = System.nanoTime();
        assertThat(told.told().values()).as("events a user").hasSize(CLIENTS).containsOnly(1);

        nodes.remove(first);
        first.kill();
        List<PresenceSession> sessions = come(second);
        letPass(Duration.ofMinutes(6), sessions);
        long moved = System.nanoTime();
        assertThat(watching.tracker.standing().nodes())
                .as("the first node is swept")
                .isEqualTo(2);
        assertThat(told.told().values())
                .as("events a user, after the move")
                .hasSize(CLIENTS)
                .containsOnly(1);
        assertThat(told.online()).hasSize(CLIENTS);
        assertThat(told.wentBack()).isEmpty();
        assertThat(sessions).allMatch(PresenceSession::isOpen);
        assertThat(mostWaiting).as("users that wait to be said").isLessThanOrEqualTo(CLIENTS);
        assertThat(mostScheduled).as("shots that wait").isLessThan(20);
        System.out.printf(
                "%,d clients came in %,d ms of real time, and moved, with six minutes more, in %,d ms; at most %,d waited%n",
                CLIENTS, (came - begin) / 1_000_000, (moved - came) / 1_000_000, mostWaiting);
        nodes.forEach(SteppedNode::close);
        System.out.printf("closed in %,d ms%n", (System.nanoTime() - moved) / 1_000_000);
    }

    /** Subscribes, and never asks for anything. */
    private static final class Idle implements Flow.Subscriber<PresenceEvent> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            // that is all
        }

        @Override
        public void onNext(PresenceEvent event) {
            throw new AssertionError("it did not ask for " + event);
        }

        @Override
        public void onError(Throwable e) {
            throw new AssertionError(e);
        }

        @Override
        public void onComplete() {
            // the node is closed
        }
    }
}
