package io.chatty.maintenance.presence.redis;

import static io.chatty.maintenance.presence.PresenceStatus.AWAY;
import static io.chatty.maintenance.presence.PresenceStatus.DO_NOT_DISTURB;
import static io.chatty.maintenance.presence.PresenceStatus.INVISIBLE;
import static io.chatty.maintenance.presence.PresenceStatus.OFFLINE;
import static io.chatty.maintenance.presence.PresenceStatus.ONLINE;
import static io.chatty.maintenance.presence.PresenceStatus.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceStatus;
import io.chatty.maintenance.presence.roster.Roster;
import io.chatty.maintenance.testkit.SteppedScheduler;
import io.chatty.maintenance.testkit.TestClock;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What holds of several nodes, beside the contract. */
class RedisPresenceTrackerTest {

    private static final Duration SAID = Duration.ofMillis(25);
    private static final Duration BEAT = Duration.ofSeconds(5);

    private final SteppedNodes stepped = new SteppedNodes();
    private final String prefix = stepped.prefix;
    private final TestClock world = stepped.world;
    private final List<SteppedNode> nodes = stepped.running;
    private final RedisClient client = RedisClient.create(StartedRedis.uri());
    private final RedisCommands<String, String> redis = client.connect().sync();

    @AfterEach
    void close() {
        stepped.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }

    private SteppedNode start(String name, UnaryOperator<RedisPresenceTracker.Builder> change) {
        return stepped.start(name, change);
    }

    private SteppedNode start(String name) {
        return stepped.start(name);
    }

    private void advance(Duration time) {
        stepped.advance(time);
    }

    private static void awaitSeen(SteppedNode node, String user, PresenceStatus status) {
        SteppedNode.await(user + " is " + status + " at " + node.name, () -> node.statusOf(user) == status);
    }

    @Test
    void what_happens_on_one_node_is_seen_and_told_on_the_others() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        Mirror told = new Mirror();
        two.tracker.all().subscribe(told);
        PresenceSession phone = one.tracker.connect("ann", "phone");
        two.tracker.connect("ann", "desk");
        one.tracker.choose("ann", ChosenStatus.of(DO_NOT_DISTURB).withText("a|b %7c \uD83D\uDE00"));
        advance(SAID);
        awaitSeen(two, "ann", DO_NOT_DISTURB);
        SteppedNode.await("two devices", () -> one.tracker.presenceOf("ann").devices() == 2);
        for (SteppedNode node : nodes) {
            Presence seen = node.tracker.presenceOf("ann");
            assertThat(seen.text()).contains("a|b %7c \uD83D\uDE00");
            assertThat(seen.devices()).isEqualTo(2);
            assertThat(node.tracker.chosen("ann")).isPresent();
        }
        assertThat(one.tracker.presenceOf("ann").version())
                .isEqualTo(two.tracker.presenceOf("ann").version());
        advance(Duration.ofSeconds(1));
        assertThat(told.online()).containsExactly(Map.entry("ann", "DO_NOT_DISTURB 2"));
        phone.close();
        two.tracker.chooseNothing("ann");
        advance(SAID);
        awaitSeen(one, "ann", ONLINE);
        SteppedNode.await("one device", () -> two.tracker.presenceOf("ann").devices() == 1);
        assertThat(one.tracker.chosen("ann")).isEmpty();
        two.tracker.choose("ann", ChosenStatus.of(INVISIBLE));
        advance(SAID);
        awaitSeen(one, "ann", OFFLINE);
        assertThat(one.tracker.own("ann").status()).isEqualTo(INVISIBLE);
        assertThat(told.wentBack()).isEmpty();
    }

    @Test
    void the_version_of_one_who_hides_moves_as_that_of_one_who_is_gone_and_with_what_is_seen_alone() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        String gone = IntStream.range(0, 10_000)
                .mapToObj(i -> "gone" + i)
                .filter(user -> Roster.shardOf(user) == Roster.shardOf("ann"))
                .findFirst()
                .orElseThrow();
        PresenceSession phone = one.tracker.connect(gone, "phone");
        advance(SAID);
        awaitSeen(two, gone, ONLINE);
        phone.close();
        advance(SAID);
        awaitSeen(two, gone, OFFLINE);
        long before = two.tracker.presenceOf(gone).version();
        one.tracker.choose("ann", ChosenStatus.of(INVISIBLE));
        one.tracker.connect("ann", "phone");
        advance(SAID);
        SteppedNode.await("hides", () -> two.tracker.own("ann").devices() == 1);
        SteppedNode three = start("three"); // reads it
        SteppedNode.await("hides", () -> three.tracker.own("ann").devices() == 1);
        for (SteppedNode node : nodes) {
            assertThat(node.tracker.presenceOf("ann").version()).isEqualTo(before);
            assertThat(node.tracker.presenceOf(gone).version()).isEqualTo(before);
        }

        PresenceSession desk = one.tracker.connect(gone, "desk");
        advance(SAID);
        awaitSeen(two, gone, ONLINE);
        desk.close();
        advance(SAID);
        awaitSeen(two, gone, OFFLINE);
        assertThat(two.tracker.presenceOf("ann").version())
                .isGreaterThan(before)
                .isEqualTo(two.tracker.presenceOf(gone).version());
    }

    @Test
    void a_device_that_connects_to_another_node_displaces_its_session_there_and_a_late_end_takes_nothing_down() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        Mirror told = new Mirror();
        one.tracker.all().subscribe(told);
        PresenceSession old = one.tracker.connect("ann", "phone|1");
        advance(Duration.ofSeconds(1));
        PresenceSession young = two.tracker.connect("ann", "phone|1");
        advance(SAID);
        SteppedNode.await("displaced", () -> !old.isOpen());
        assertThat(old.heartbeat()).isFalse();
        old.close();
        advance(Duration.ofSeconds(2));
        assertThat(young.heartbeat()).isTrue();
        for (SteppedNode node : nodes) {
            awaitSeen(node, "ann", ONLINE);
            assertThat(node.tracker.presenceOf("ann").devices()).isEqualTo(1);
        }
        assertThat(told.told()).as("how often each was told of").containsExactly(Map.entry("ann", 1));
        young.close();
        advance(SAID);
        awaitSeen(one, "ann", OFFLINE);
    }

    @Test
    void an_older_session_that_is_said_later_is_turned_away() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        one.proxy.cut();
        PresenceSession old = one.tracker.connect("ann", "phone");
        advance(Duration.ofSeconds(1));
        PresenceSession young = two.tracker.connect("ann", "phone");
        advance(SAID);
        one.proxy.heal();
        advance(BEAT.multipliedBy(2));
        assertThat(old.isOpen()).isFalse();
        assertThat(young.isOpen()).isTrue();
        assertThat(two.tracker.presenceOf("ann").devices()).isEqualTo(1);
        assertThat(one.statusOf("ann")).isEqualTo(ONLINE);
    }

    @Test
    void an_older_choice_that_is_said_later_does_not_take_the_place_of_a_newer_one() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        two.tracker.connect("ann", "phone");
        one.proxy.cut();
        one.tracker.choose("ann", ChosenStatus.of(AWAY));
        advance(Duration.ofSeconds(1));
        two.tracker.choose("ann", ChosenStatus.of(DO_NOT_DISTURB));
        advance(BEAT);
        assertThat(one.tracker.chosen("ann")).contains(ChosenStatus.of(AWAY));
        one.proxy.heal();
        advance(BEAT.multipliedBy(2));
        for (SteppedNode node : nodes) {
            awaitSeen(node, "ann", DO_NOT_DISTURB);
            assertThat(node.tracker.chosen("ann")).contains(ChosenStatus.of(DO_NOT_DISTURB));
        }
    }

    @Test
    void what_a_node_did_before_its_clock_was_set_back_does_not_stand_against_what_is_done_elsewhere_later() {
        AtomicLong fast = new AtomicLong(3_600);
        SteppedNode one =
                start("one", builder -> builder.clock(() -> world.instant().plusSeconds(fast.get())));
        SteppedNode two = start("two");
        one.tracker.connect(otherInBucketOf("ann"), "phone"); // incarnations of the bucket do not go back
        advance(BEAT);
        one.proxy.cut();
        one.tracker.choose("ann", ChosenStatus.of(AWAY));
        fast.set(0);
        PresenceSession old = one.tracker.connect("ann", "phone");
        one.proxy.heal();
        advance(BEAT.multipliedBy(2));
        awaitSeen(two, "ann", AWAY);

        PresenceSession young = two.tracker.connect("ann", "phone");
        two.tracker.choose("ann", ChosenStatus.of(DO_NOT_DISTURB));
        advance(SAID);
        awaitSeen(one, "ann", DO_NOT_DISTURB);
        SteppedNode.await("displaced", () -> !old.isOpen());
        assertThat(young.isOpen()).isTrue();
    }

    @Test
    void while_redis_is_away_sessions_go_on_reads_tell_their_age_and_no_version_is_given_out() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        PresenceSession ann = one.tracker.connect("ann", "phone");
        two.tracker.connect("bob", "phone");
        advance(BEAT);
        awaitSeen(one, "bob", ONLINE);
        awaitSeen(one, "ann", ONLINE);
        Mirror told = new Mirror();
        one.tracker.all().subscribe(told);
        long bobs = one.tracker.presenceOf("bob").version();
        one.proxy.cut();
        Instant cut = world.instant();
        PresenceSession cid = one.tracker.connect("cid", "phone");
        ann.close();
        for (int i = 0; i < 3; i++) {
            advance(BEAT);
            assertThat(cid.heartbeat()).isTrue();
            one.tracker.connect("dan", "phone").close();
        }
        assertThat(one.statusOf("cid")).isEqualTo(ONLINE);
        assertThat(one.statusOf("ann")).isEqualTo(OFFLINE);
        Presence bob = one.tracker.presenceOf("bob");
        assertThat(bob.status()).isEqualTo(ONLINE);
        assertThat(bob.version()).isEqualTo(bobs);
        for (String user : List.of("ann", "bob", "cid")) {
            assertThat(one.tracker.presenceOf(user).asOf()).as(user).isBeforeOrEqualTo(cut);
        }
        assertThat(told.told()).isEmpty();
        assertThat(one.tracker.standing().connected()).isFalse();
        assertThat(one.tracker.standing().waiting()).isEqualTo(3);
        assertThat(one.tracker.problems()).singleElement().asString().contains("Redis", "3 users");
        assertThat(two.statusOf("ann")).isEqualTo(ONLINE);
        assertThat(two.statusOf("cid")).isEqualTo(OFFLINE);
        two.tracker.connect("eve", "phone");
        advance(SAID);

        one.proxy.heal();
        advance(BEAT.multipliedBy(2));
        awaitSeen(two, "ann", OFFLINE);
        awaitSeen(two, "cid", ONLINE);
        assertThat(one.statusOf("eve")).isEqualTo(ONLINE);
        assertThat(one.tracker.presenceOf("cid").asOf()).isAfter(cut);
        assertThat(told.told()).containsOnlyKeys("ann", "cid", "eve");
        assertThat(told.wentBack()).isEmpty();
        assertThat(one.tracker.problems()).isEmpty();
    }

    @Test
    void those_who_come_and_go_while_redis_is_away_do_not_wait_to_be_told_of_for_ever() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        PresenceSession ann = one.tracker.connect("ann", "phone");
        PresenceSession bob = one.tracker.connect("bob", "phone");
        advance(BEAT);
        awaitSeen(two, "bob", ONLINE);
        one.proxy.cut();
        advance(BEAT);
        ann.close();
        one.tracker.choose("dan", ChosenStatus.of(AWAY));
        for (int i = 0; i < 10; i++) {
            for (int guest = 0; guest < 100; guest++) {
                one.tracker.connect("guest" + i + "." + guest, "phone").close();
            }
            advance(Duration.ofSeconds(20));
            bob.active();
        }
        assertThat(one.tracker.standing().waiting()).isLessThan(1_000);
        for (int i = 0; i < 8; i++) {
            advance(Duration.ofSeconds(20));
            bob.active();
        }
        assertThat(one.tracker.standing().waiting()).as("ann, bob and dan").isEqualTo(3);
        one.proxy.heal();
        advance(BEAT.multipliedBy(2));
        awaitSeen(two, "ann", OFFLINE);
        SteppedNode.await("choice", () -> two.tracker.chosen("dan").isPresent());
        assertThat(two.statusOf("bob")).isEqualTo(ONLINE);
    }

    @Test
    void when_redis_is_back_nobody_of_many_who_came_meanwhile_is_seen_to_go_until_all_are_told_of() {
        SteppedNode one = start("one");
        one.proxy.cut();
        advance(BEAT);
        List<String> users =
                IntStream.range(0, 10_100).mapToObj(i -> "user" + i).toList();
        users.forEach(user -> one.tracker.connect(user, "phone"));
        one.proxy.heal();
        SteppedNode.await("back", () -> {
            advance(Duration.ofMillis(10));
            return one.tracker.standing().connected();
        });
        assertThat(one.tracker.standing().waiting()).isPositive();
        for (int i = 0; i < 10; i++) {
            assertThat(users).filteredOn(user -> one.statusOf(user) != ONLINE).isEmpty();
            advance(Duration.ofMillis(10));
        }
        assertThat(one.tracker.standing().waiting()).isZero();
    }

    @Test
    void of_a_user_of_whom_nothing_could_be_heard_nothing_is_known() {
        SteppedNode one = start("one", builder -> builder);
        one.tracker.connect("ann", "phone");
        advance(SAID);
        SteppedNode deaf = start("deaf", builder -> {
            RedisPresenceTracker.Builder nowhere =
                    RedisPresenceTracker.builder(StartedRedis.uri(StartedRedis.freePort()));
            return nowhere.prefix(prefix)
                    .clock(world)
                    .ticker(() -> 0)
                    .scheduler(new SteppedScheduler(world))
                    .work(Runnable::run)
                    .subscribers(Runnable::run);
        });
        assertThat(deaf.statusOf("ann")).isEqualTo(UNKNOWN);
        deaf.tracker.connect("bob", "phone");
        assertThat(deaf.statusOf("bob")).isEqualTo(ONLINE);
    }

    @Test
    void a_node_that_is_silent_for_a_while_changes_nothing_for_its_users() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        PresenceSession ann = one.tracker.connect("ann", "phone");
        advance(BEAT);
        awaitSeen(two, "ann", ONLINE);
        Mirror told = new Mirror();
        two.tracker.all().subscribe(told);
        nodes.remove(one); // it stands still
        advance(Duration.ofSeconds(40));
        assertThat(two.tracker.standing().suspected()).isEqualTo(1);
        assertThat(two.tracker.problems()).singleElement().asString().contains("1 of 2 nodes");
        assertThat(two.statusOf("ann")).isEqualTo(ONLINE);
        one.clock.set(world.instant());
        nodes.add(one);
        advance(BEAT);
        assertThat(ann.heartbeat()).isTrue();
        advance(BEAT.multipliedBy(2));
        assertThat(two.tracker.standing().suspected()).isZero();
        assertThat(told.told()).isEmpty();
        assertThat(redis.hlen(prefix + ":nodes")).isEqualTo(2);
    }

    @Test
    void the_sessions_of_a_node_that_died_are_taken_away_when_it_is_gone_and_then_its_name() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        for (int i = 0; i < 200; i++) {
            one.tracker.connect("user" + i, "phone");
        }
        two.tracker.connect("user7", "desk");
        advance(BEAT);
        stepped.kill(one);
        advance(Duration.ofMinutes(4));
        assertThat(two.statusOf("user8")).isEqualTo(ONLINE);
        advance(Duration.ofMinutes(1).plus(BEAT.multipliedBy(3)));
        assertThat(two.statusOf("user8")).isEqualTo(OFFLINE);
        assertThat(two.statusOf("user7")).isEqualTo(OFFLINE); // nobody let it beat
        assertThat(redis.keys("*" + prefix + ":*}:node:one.*")).isEmpty();
        assertThat(redis.hkeys(prefix + ":nodes")).singleElement().asString().startsWith("two.");
        assertThat(redis.keys("*" + prefix + ":*}:user:*")).isEmpty();
    }

    @Test
    void what_a_node_left_behind_is_taken_away_soon_after_it_was_started_again_under_its_name() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        one.tracker.connect("ann", "phone");
        one.tracker.connect("bob", "phone");
        advance(BEAT);
        stepped.kill(one);
        SteppedNode again = start("one");
        again.tracker.connect("bob", "phone");
        advance(Duration.ofSeconds(30).plus(BEAT.multipliedBy(2)));
        assertThat(two.statusOf("ann")).isEqualTo(OFFLINE);
        assertThat(two.statusOf("bob")).isEqualTo(ONLINE);
        assertThat(again.tracker.problems()).isEmpty();
    }

    @Test
    void a_node_that_comes_back_after_it_was_given_up_says_its_sessions_again() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        PresenceSession ann = one.tracker.connect("ann", "phone");
        advance(BEAT);
        nodes.remove(one);
        advance(Duration.ofMinutes(5).plus(BEAT.multipliedBy(3)));
        assertThat(two.statusOf("ann")).isEqualTo(OFFLINE);
        one.clock.set(world.instant());
        nodes.add(one);
        advance(BEAT);
        assertThat(ann.heartbeat()).isTrue();
        advance(BEAT);
        awaitSeen(two, "ann", ONLINE);
        assertThat(one.statusOf("ann")).isEqualTo(ONLINE);
        assertThat(redis.hlen(prefix + ":nodes")).isEqualTo(2);
    }

    @Test
    void what_a_node_said_before_it_knew_that_it_was_forgotten_takes_no_session_down_and_leaves_nothing() {
        AtomicLong lag = new AtomicLong();
        SteppedNode one =
                start("one", builder -> builder.redisTime(() -> world.instant().minusMillis(lag.get())));
        SteppedNode two = start("two");
        PresenceSession ann = one.tracker.connect("ann", "phone");
        advance(BEAT);
        redis.keys("*" + prefix + ":*").forEach(redis::del);
        PresenceSession bob = one.tracker.connect("bob", "phone");
        one.tracker.choose("ann", ChosenStatus.of(AWAY));
        advance(BEAT.minusMillis(5));
        bob.close();
        lag.set(1_000); // as the times that commands take differ
        advance(BEAT);
        assertThat(ann.isOpen()).isTrue();
        advance(BEAT.multipliedBy(2));
        awaitSeen(two, "ann", AWAY);
        assertThat(two.tracker.presenceOf("ann").devices()).isEqualTo(1);
        awaitSeen(two, "bob", OFFLINE);
        assertThat(redis.hkeys(prefix + ":nodes"))
                .as("nodes")
                .hasSize(2)
                .contains(redis.keys("*" + prefix + ":*}:node:*").stream()
                        .map(key -> key.substring(key.indexOf(":node:") + 6))
                        .toArray(String[]::new));
        ann.close();
        advance(SAID);
        awaitSeen(two, "ann", OFFLINE);
    }

    @Test
    void a_node_that_closes_leaves_its_users_online_for_the_grace() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        one.tracker.connect("ann", "phone");
        one.tracker.connect("bob", "phone");
        advance(BEAT);
        awaitSeen(two, "ann", ONLINE);
        awaitSeen(two, "bob", ONLINE);
        Mirror told = new Mirror();
        two.tracker.all().subscribe(told);
        nodes.remove(one);
        one.close();
        advance(BEAT);
        assertThat(two.statusOf("ann")).isEqualTo(ONLINE);
        two.tracker.connect("bob", "phone");
        advance(Duration.ofSeconds(10).plus(BEAT));
        assertThat(two.statusOf("ann")).isEqualTo(OFFLINE);
        assertThat(two.statusOf("bob")).isEqualTo(ONLINE);
        advance(Duration.ofSeconds(1));
        assertThat(told.told()).containsOnlyKeys("ann");
        assertThat(two.tracker.standing().nodes()).isEqualTo(1);
    }

    @Test
    void two_living_nodes_of_the_same_name_are_a_problem_and_take_nothing_from_each_other() {
        SteppedNode one = start("same");
        SteppedNode two = start("same");
        PresenceSession ann = one.tracker.connect("ann", "phone");
        for (int i = 0; i < 12; i++) {
            advance(BEAT);
            ann.heartbeat();
        }
        assertThat(two.statusOf("ann")).isEqualTo(ONLINE);
        assertThat(two.tracker.problems()).singleElement().asString().contains("same", "nodeName");
    }

    @Test
    void a_node_of_the_same_name_that_ended_is_a_problem_no_more() {
        SteppedNode one = start("same");
        SteppedNode two = start("same");
        advance(BEAT.multipliedBy(2));
        assertThat(one.tracker.problems()).hasSize(1);
        assertThat(two.tracker.problems()).hasSize(1);
        nodes.remove(one);
        one.close();
        advance(BEAT);
        assertThat(two.tracker.problems()).isEmpty();
        SteppedNode three = start("same");
        advance(BEAT);
        stepped.kill(three);
        advance(Duration.ofSeconds(45)); // it is swept by then
        assertThat(two.tracker.problems()).isEmpty();
    }

    @Test
    void a_redis_that_has_lost_everything_is_told_again_and_versions_do_not_go_back() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        one.tracker.connect("ann", "phone");
        two.tracker.connect("bob", "phone");
        advance(BEAT);
        awaitSeen(two, "ann", ONLINE);
        awaitSeen(two, "bob", ONLINE);
        Mirror told = new Mirror();
        two.tracker.all().subscribe(told);
        long before = two.tracker.presenceOf("ann").version();
        redis.keys("*" + prefix + ":*").forEach(redis::del);
        advance(BEAT.multipliedBy(4));
        for (SteppedNode node : nodes) {
            awaitSeen(node, "ann", ONLINE);
            awaitSeen(node, "bob", ONLINE);
            assertThat(node.tracker.presenceOf("ann").version()).isGreaterThan(before);
        }
        assertThat(told.wentBack()).isEmpty();
        assertThat(redis.hlen(prefix + ":nodes")).isEqualTo(2);
    }

    @Test
    void a_redis_that_was_set_back_to_an_earlier_state_is_put_right() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        PresenceSession ann = one.tracker.connect("ann", "phone");
        one.tracker.connect("dan", "phone");
        advance(BEAT);
        Map<String, byte[]> dumps = new TreeMap<>();
        redis.keys("{" + prefix + ":*").forEach(key -> dumps.put(key, redis.dump(key)));
        ann.close();
        two.tracker.connect("bob", "phone");
        two.tracker.choose("dan", ChosenStatus.text("lost with it"));
        advance(BEAT);
        awaitSeen(two, "ann", OFFLINE);
        awaitSeen(one, "bob", ONLINE);
        long anns = two.tracker.presenceOf("ann").version();
        long dans = two.tracker.presenceOf("dan").version();
        long bobs = two.tracker.presenceOf("bob").version();
        awaitSeen(two, "dan", ONLINE);
        awaitSeen(two, "bob", ONLINE);
        Mirror told = new Mirror();
        two.tracker.all().subscribe(told);
        redis.keys("{" + prefix + ":*").forEach(redis::del);
        dumps.forEach((key, dump) -> redis.restore(key, 0, dump));
        for (int step = 0; step < 40; step++) {
            advance(Duration.ofMillis(500));
            assertThat(two.tracker.presenceOf("ann").version()).isGreaterThanOrEqualTo(anns);
            assertThat(two.tracker.presenceOf("bob").version()).isGreaterThanOrEqualTo(bobs);
            assertThat(two.tracker.presenceOf("dan").version()).isGreaterThanOrEqualTo(dans);
        }
        assertThat(two.tracker.presenceOf("dan").text()).isEmpty();
        for (SteppedNode node : nodes) {
            awaitSeen(node, "ann", OFFLINE);
            awaitSeen(node, "bob", ONLINE);
        }
        SteppedNode three = start("three");
        assertThat(three.statusOf("ann")).as("in Redis itself").isEqualTo(OFFLINE);
        assertThat(three.statusOf("bob")).as("in Redis itself").isEqualTo(ONLINE);
        assertThat(told.wentBack()).isEmpty();
    }

    private static String otherInBucketOf(String user) {
        return IntStream.range(0, 10_000)
                .mapToObj(i -> "other" + i)
                .filter(other -> Roster.shardOf(other) == Roster.shardOf(user))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void versions_do_not_go_back_where_something_is_said_before_anyone_finds_that_redis_was_set_back() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        one.tracker.connect("ann", "phone");
        advance(BEAT);
        Map<String, byte[]> dumps = new TreeMap<>();
        redis.keys("{" + prefix + ":*").forEach(key -> dumps.put(key, redis.dump(key)));
        one.tracker.choose("ann", ChosenStatus.text("lost"));
        advance(SAID);
        for (SteppedNode node : nodes) {
            SteppedNode.await(
                    "text", () -> node.tracker.presenceOf("ann").text().isPresent());
        }
        long before = two.tracker.presenceOf("ann").version();
        Mirror told = new Mirror();
        two.tracker.all().subscribe(told);
        redis.keys("{" + prefix + ":*").forEach(redis::del);
        dumps.forEach((key, dump) -> redis.restore(key, 0, dump));
        one.tracker.connect(otherInBucketOf("ann"), "phone");
        advance(SAID);
        for (SteppedNode node : nodes) {
            SteppedNode.await("read", () -> {
                node.scheduler.advance(Duration.ofMillis(50));
                assertThat(node.tracker.presenceOf("ann").version()).isGreaterThanOrEqualTo(before);
                return node.tracker.presenceOf("ann").text().isEmpty();
            });
        }
        advance(BEAT.multipliedBy(3));
        assertThat(two.tracker.presenceOf("ann").version())
                .isGreaterThan(before)
                .isEqualTo(one.tracker.presenceOf("ann").version());
        assertThat(told.wentBack()).isEmpty();
    }

    @Test
    void versions_do_not_go_back_where_one_who_hides_is_the_first_of_whom_a_redis_that_lost_everything_is_told() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        one.tracker.connect("ann", "phone");
        advance(SAID);
        awaitSeen(two, "ann", ONLINE);
        long before = two.tracker.presenceOf("ann").version();
        redis.keys("{" + prefix + ":*").forEach(redis::del);
        one.tracker.choose(otherInBucketOf("ann"), ChosenStatus.of(INVISIBLE));
        advance(SAID);
        SteppedNode.await("read", () -> {
            two.scheduler.advance(Duration.ofMillis(50));
            assertThat(two.tracker.presenceOf("ann").version()).isGreaterThanOrEqualTo(before);
            return two.tracker.presenceOf("ann").version() > before;
        });
        advance(BEAT.multipliedBy(2));
        awaitSeen(two, "ann", ONLINE);
    }

    @Test
    void a_change_whose_message_was_lost_is_found_by_the_next_one_or_by_a_beat() {
        SteppedNode one = start("one");
        String channel = new Keys(prefix).channel(Roster.shardOf("ann"));
        one.tracker.connect("other", "phone");
        advance(BEAT);
        // A node that nobody heard: it said something, and its message went nowhere.
        String states = new Keys(prefix).states(Roster.shardOf("ann"));
        String sequence = new Keys(prefix).sequence(Roster.shardOf("ann"));
        redis.hset(states, "ann", "1770000000000001|A|1|1770000000000001|ghost.1.x=1,0||||");
        redis.set(sequence, "1770000000000001");
        assertThat(one.statusOf("ann")).isEqualTo(OFFLINE);
        advance(BEAT.multipliedBy(2));
        assertThat(one.statusOf("ann")).isEqualTo(AWAY);
        redis.hdel(states, "ann");
        redis.set(sequence, "1770000000000003");
        redis.spublish(channel, "1770000000000002|1770000000000003|0|0|nobody|");
        SteppedNode.await("a reading is due", () -> {
            one.scheduler.advance(Duration.ofMillis(50));
            return one.statusOf("ann") == OFFLINE;
        });
    }

    @Test
    void a_change_that_is_not_in_this_redis_is_looked_for_once_and_not_for_ever() {
        SteppedNode one = start("one");
        one.tracker.connect("ann", "phone");
        advance(BEAT);
        // As of another database of this server.
        redis.configResetstat();
        redis.spublish(new Keys(prefix).channel(Roster.shardOf("ann")), "1|1999000000000000|0|0|nobody|");
        SteppedNode.await("read again", () -> {
            advance(Duration.ofMillis(50));
            return calls("hgetall") > 0;
        });
        redis.configResetstat();
        for (int i = 0; i < 100; i++) {
            advance(Duration.ofMillis(50));
        }
        assertThat(calls("hgetall")).isLessThan(20);
        awaitSeen(one, "ann", ONLINE);
    }

    private long calls(String command) {
        String begin = "cmdstat_" + command + ":calls=";
        return redis.info("commandstats")
                .lines()
                .filter(line -> line.startsWith(begin))
                .mapToLong(line -> Long.parseLong(line.substring(begin.length(), line.indexOf(','))))
                .sum();
    }

    @Test
    void sessions_that_nobody_says_again_expire_and_those_that_are_said_again_do_not() {
        SteppedNode one = start("one");
        PresenceSession ann = one.tracker.connect("ann", "phone");
        advance(BEAT);
        // One of a node that is not even known.
        String key = new Keys(prefix).user("ghost");
        int bucket = Roster.shardOf("ghost");
        long ends = UserState.micros(world.instant().plus(Duration.ofMinutes(10)));
        redis.hset(key, "d:phone", "nobody.1.x|1|1|0|" + ends);
        redis.hset(new Keys(prefix).states(bucket), "ghost", "1|O|1|1|nobody.1.x=1,1||||");
        redis.zadd(new Keys(prefix).due(bucket), (double) ends, "ghost");
        redis.set(new Keys(prefix).sequence(bucket), String.valueOf(ends));
        advance(BEAT.multipliedBy(3));
        assertThat(one.statusOf("ghost")).isEqualTo(ONLINE);
        long version = one.tracker.presenceOf("ann").version();
        for (int i = 0; i < 45; i++) {
            advance(Duration.ofSeconds(20));
            ann.active();
        }
        assertThat(one.statusOf("ghost")).isEqualTo(OFFLINE);
        assertThat(one.statusOf("ann")).isEqualTo(ONLINE);
        assertThat(one.tracker.presenceOf("ann").version()).as("she never went").isEqualTo(version);
        assertThat(redis.exists(key)).isZero();
    }

    @Test
    void changes_are_told_by_sharded_pub_sub_where_the_server_has_it() {
        SteppedNode one = start("one");
        SteppedNode two = start("two");
        assertThat(redis.pubsubShardChannels("{" + prefix + ":*")).hasSize(Roster.SHARDS);
        assertThat(redis.pubsubChannels("*" + prefix + "*")).isEmpty();
        one.tracker.connect("ann", "phone");
        advance(SAID);
        awaitSeen(two, "ann", ONLINE);
    }

    @Test
    void changes_are_told_by_plain_pub_sub_where_the_server_has_no_other() {
        SteppedNode one = start("one", builder -> builder.mayShard(() -> false));
        SteppedNode two = start("two", builder -> builder.mayShard(() -> false));
        assertThat(redis.pubsubChannels("{" + prefix + ":*")).hasSize(Roster.SHARDS);
        assertThat(redis.pubsubShardChannels("*" + prefix + "*")).isEmpty();
        PresenceSession old = one.tracker.connect("ann", "phone");
        advance(SAID);
        awaitSeen(two, "ann", ONLINE);
        two.tracker.connect("ann", "phone");
        advance(SAID);
        SteppedNode.await("displaced", () -> !old.isOpen());
    }

    @Test
    void nodes_that_do_not_hear_each_other_yet_since_the_server_was_upgraded_find_what_they_missed() {
        AtomicBoolean upgraded = new AtomicBoolean();
        SteppedNode one = start("one", builder -> builder.mayShard(upgraded::get));
        SteppedNode two = start("two");
        one.tracker.connect("ann", "phone");
        two.tracker.connect("bob", "phone");
        advance(BEAT.multipliedBy(3));
        assertThat(two.statusOf("ann")).isEqualTo(ONLINE);
        assertThat(one.statusOf("bob")).isEqualTo(ONLINE);
        assertThat(one.tracker.shardedChannels()).isZero();
        upgraded.set(true);
        advance(BEAT);
        assertThat(one.tracker.shardedChannels()).isEqualTo(Roster.SHARDS);
        two.tracker.connect("cid", "phone");
        advance(SAID);
        awaitSeen(one, "cid", ONLINE); // no beat was between
    }

    @Test
    void heartbeats_send_nothing_to_redis() {
        SteppedNode one = start("one");
        List<PresenceSession> sessions = IntStream.range(0, 2_000)
                .mapToObj(i -> one.tracker.connect("user" + i, "phone"))
                .toList();
        advance(BEAT);
        long silent = commandsDuring(() -> advance(Duration.ofSeconds(40)));
        sessions.forEach(PresenceSession::heartbeat);
        long beating = commandsDuring(() -> {
            for (int i = 0; i < 40; i++) {
                sessions.forEach(PresenceSession::heartbeat);
                sessions.forEach(PresenceSession::active);
                advance(Duration.ofSeconds(1));
            }
        });
        System.out.println("commands in 40 s with 2,000 sessions: " + silent + " without heartbeats, " + beating
                + " with 160,000 heartbeats and activities");
        assertThat(one.tracker.figures().sessions()).isEqualTo(2_000);
        // Only the round in which sessions are said again may fall differently: a bucket more.
        assertThat(beating).isCloseTo(silent, Offset.offset(100L));
        assertThat(silent).isLessThan(2_000);
    }

    /** What Redis has done, without what scripts did in it. */
    private long commandsDuring(Runnable action) {
        redis.configResetstat();
        action.run();
        long commands = 0;
        Set<String> fromOutside = new HashSet<>(Set.of("evalsha", "eval", "set", "srandmember", "hdel", "del"));
        for (String line : redis.info("commandstats").lines().toList()) {
            if (line.startsWith("cmdstat_") && fromOutside.contains(line.substring(8, line.indexOf(':')))) {
                commands += Long.parseLong(line.substring(line.indexOf("calls=") + 6, line.indexOf(',')));
            }
        }
        return commands;
    }

    @Test
    void what_the_host_gave_is_not_closed() {
        RedisPresenceTracker tracker = RedisPresenceTracker.builder(client)
                .prefix(prefix)
                .nodeBeat(Duration.ofMillis(100))
                .build();
        SteppedNode.await("connected", () -> tracker.standing().connected());
        PresenceSession session = tracker.connect("ann", "phone");
        SteppedNode.await("seen", () -> tracker.presenceOf("ann").isOnline());
        assertThat(tracker.presenceOf("ann").asOf()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        session.close();
        SteppedNode.await("gone", () -> !tracker.presenceOf("ann").isOnline());
        tracker.close();
        assertThat(client.connect().sync().ping()).isEqualTo("PONG");
    }

    @Test
    void settings_that_cannot_be_are_refused_with_what_is_allowed() {
        RedisPresenceTracker.Builder builder = RedisPresenceTracker.builder(client);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.nodeSuspect(Duration.ofSeconds(9)).build())
                .withMessageContaining("nodeSuspect")
                .withMessageContaining("PT9S")
                .withMessageContaining("PT10S");
        builder.nodeSuspect(Duration.ofSeconds(30));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.nodeGone(Duration.ofSeconds(59)).build())
                .withMessageContaining("nodeGone")
                .withMessageContaining("PT1M");
        builder.nodeGone(Duration.ofMinutes(5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.prefix("a{b}").build())
                .withMessageContaining("prefix")
                .withMessageContaining("a{b}");
        builder.prefix("a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.nodeName("a.b").build())
                .withMessageContaining("nodeName");
    }
}
