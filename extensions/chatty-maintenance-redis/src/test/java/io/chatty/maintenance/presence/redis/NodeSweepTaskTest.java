package io.chatty.maintenance.presence.redis;

import static io.chatty.maintenance.presence.PresenceStatus.OFFLINE;
import static io.chatty.maintenance.presence.PresenceStatus.ONLINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.testkit.SingleRun;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The sessions of nodes that are gone, as a task that an engine runs. */
class NodeSweepTaskTest {

    private static final Duration BEAT = Duration.ofSeconds(5);
    private static final Duration GONE = Duration.ofMinutes(6);
    private static final int USERS = 200;

    private static final Counts NOTHING = counts("", 0, 0, 0);

    private final SteppedNodes nodes = new SteppedNodes();
    private final RedisClient client = RedisClient.create(StartedRedis.uri());
    private final RedisCommands<String, String> redis = client.connect().sync();

    @AfterEach
    void close() {
        nodes.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }

    /** A node with 200 users, every fourth of them with two devices, dies. */
    private void oneDies() {
        SteppedNode dying = nodes.start("dying");
        for (int i = 0; i < USERS; i++) {
            dying.tracker.connect("user" + i, "phone");
            if (i % 4 == 0) {
                dying.tracker.connect("user" + i, "desk");
            }
        }
        nodes.advance(BEAT);
        nodes.running.forEach(node -> SteppedNode.await("all are seen", () -> devices(node) == 250));
        nodes.kill(dying);
    }

    private static int devices(SteppedNode node) {
        return IntStream.range(0, USERS)
                .map(i -> node.tracker.presenceOf("user" + i).devices())
                .sum();
    }

    private static MaintenanceTask task(SteppedNode node) {
        return node.tracker.tasks().get(0);
    }

    private MaintenanceEngine engine(SteppedNode node) {
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(new InMemoryRunStore())
                .clock(nodes.world)
                .scheduler(node.scheduler)
                .workers(Runnable::run)
                .task(task(node), Schedules.every(Duration.ofHours(1)))
                .build();
        engine.start();
        return engine;
    }

    private static Counts all(String prefix) {
        return counts(prefix, 1, USERS, 250);
    }

    private static Counts counts(String prefix, long nodes, long users, long sessions) {
        return Counts.of(Map.of(prefix + "nodes", nodes, prefix + "users", users, prefix + "sessions", sessions));
    }

    private Counts run(SteppedNode node, int size) throws Exception {
        return new SingleRun(task(node), size, nodes.world.instant()).go();
    }

    @Test
    void a_run_takes_the_sessions_of_a_gone_node_away_in_batches_and_has_them_on_record() {
        SteppedNode two = nodes.start("two");
        oneDies();
        nodes.standStill(GONE);
        try (MaintenanceEngine engine = engine(two)) {
            assertThat(engine.preview("presence-nodes").counts()).isEqualTo(all("due."));
            assertThat(redis.hlen(nodes.prefix + ":nodes"))
                    .as("a preview changes nothing")
                    .isEqualTo(2);
            assertThat(two.statusOf("user8")).isEqualTo(ONLINE);
            var due = engine.runNow("presence-nodes");
            two.scheduler.advance(Duration.ZERO);
            Run run = due.join();
            assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(run.counts()).isEqualTo(all(""));
            assertThat(engine.history("presence-nodes", 10)).containsExactly(run);
            SteppedNode.await("told", () -> devices(two) == 0);
            assertThat(redis.hkeys(nodes.prefix + ":nodes"))
                    .singleElement()
                    .asString()
                    .startsWith("two.");
            assertThat(engine.preview("presence-nodes").counts()).isEqualTo(counts("due.", 0, 0, 0));
        }
    }

    @Test
    void what_trackers_took_away_by_themselves_is_put_on_record_once_by_the_next_run() throws Exception {
        SteppedNode two = nodes.start("two");
        oneDies();
        nodes.advance(GONE);
        assertThat(two.statusOf("user8")).isEqualTo(OFFLINE);
        SteppedNode three = nodes.start("three");
        assertThat(run(three, 100)).isEqualTo(NOTHING.plus(all("meanwhile.")));
        assertThat(run(two, 100)).isEqualTo(NOTHING);
    }

    @Test
    void a_node_that_comes_back_after_it_was_swept_is_on_record_once() throws Exception {
        SteppedNode two = nodes.start("two");
        SteppedNode one = nodes.start("one");
        one.tracker.connect("ann", "phone");
        nodes.advance(BEAT);
        nodes.running.remove(one);
        nodes.advance(GONE);
        one.clock.set(nodes.world.instant());
        nodes.running.add(one);
        nodes.advance(BEAT.multipliedBy(2));
        assertThat(redis.hlen(nodes.prefix + ":nodes")).isEqualTo(2);
        assertThat(run(two, 100).get("meanwhile.nodes")).isEqualTo(1);
    }

    @Test
    void batches_are_bounded_and_another_node_goes_on_where_one_stopped() throws Exception {
        SteppedNode two = nodes.start("two");
        oneDies();
        nodes.standStill(GONE);
        SingleRun run = new SingleRun(task(two), 30, nodes.world.instant());
        assertThat(run.step().counts().get("users")).isEqualTo(30);
        SteppedNode three = nodes.start("three"); // it leaves the sweep that it finds to the other
        assertThat(run.step().counts().get("users")).isEqualTo(30);
        assertThat(run(three, 500)).as("one sweeps at a time").isEqualTo(NOTHING);
        assertThat(redis.hlen(nodes.prefix + ":nodes"))
                .as("its name stays till the end")
                .isEqualTo(3);
        redis.del(nodes.prefix + ":sweeper"); // as it is after ten seconds
        assertThat(run.goesOnIn(task(three)).go()).isEqualTo(all(""));
        assertThat(new SingleRun(task(two), 30, nodes.world.instant()).go()).isEqualTo(NOTHING);
    }

    @Test
    void a_session_that_began_elsewhere_meanwhile_is_not_taken_away() throws Exception {
        SteppedNode two = nodes.start("two");
        oneDies();
        nodes.standStill(GONE);
        SingleRun run = new SingleRun(task(two), 1, nodes.world.instant());
        run.step();
        SteppedNode three = nodes.start("three"); // it leaves the sweep that it finds to the other
        for (int i = 0; i < USERS; i += 4) {
            three.tracker.connect("user" + i, "phone");
        }
        three.scheduler.advance(Duration.ofMillis(25)); // said
        Counts counts = run.go();
        assertThat(counts.get("nodes")).isEqualTo(1);
        assertThat(counts.get("sessions")).isBetween(200L, 201L); // 50 were displaced, but for what went first
        for (int i = 0; i < USERS; i++) {
            String user = "user" + i;
            boolean isBack = i % 4 == 0;
            SteppedNode.await(user, () -> two.tracker.presenceOf(user).devices() == (isBack ? 1 : 0));
        }
    }

    @Test
    void while_redis_is_away_a_run_fails_and_says_so() {
        SteppedNode two = nodes.start("two");
        two.proxy.cut();
        SteppedNode.await("broken", () -> {
            two.scheduler.advance(BEAT);
            return !two.tracker.standing().connected();
        });
        assertThatThrownBy(() -> run(two, 10))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("Redis does not answer");
        assertThatThrownBy(() -> new SingleRun(task(two), 10, nodes.world.instant())
                        .previews()
                        .go())
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("Redis does not answer");
    }
}
