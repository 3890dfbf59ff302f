package io.chatty.maintenance.presence.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceStatus;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** By a user of Redis who may not do all. */
class RedisRightsTest {

    private final String prefix = StartedRedis.freshPrefix();
    private final RedisClient client = RedisClient.create(StartedRedis.uri());
    private final RedisCommands<String, String> redis = client.connect().sync();

    /** As in the guide. */
    private final List<String> enough = List.of(("~" + prefix + ":* ~{" + prefix + ":* &{" + prefix + ":* "
                    + "+evalsha +script|load +time +get +set +del +persist +pexpire +hget +hgetall +hset +hdel +hincrby +sadd +srem "
                    + "+srandmember +zadd +zrem +zrangebyscore +publish +spublish +subscribe +ssubscribe")
            .split(" "));

    @AfterEach
    void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }

    private void allow(List<String> rights) {
        CommandArgs<String, String> args = new CommandArgs<>(StringCodec.UTF8)
                .addValues("SETUSER", "presence", "reset", "on", ">secret")
                .addValues(rights);
        redis.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), args);
    }

    private RedisPresenceTracker start(String name) {
        RedisURI uri = RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(StartedRedis.port())
                .withAuthentication("presence", "secret")
                .build();
        return RedisPresenceTracker.builder(uri)
                .prefix(prefix)
                .nodeName(name)
                .nodeBeat(Duration.ofMillis(100))
                .settings(settings -> settings.reconnectGrace(Duration.ofMillis(100)))
                .build();
    }

    private static void awaitSeen(RedisPresenceTracker tracker, String user, PresenceStatus status) {
        SteppedNode.await(user + " is " + status, () -> tracker.presenceOf(user).status() == status);
    }

    @Test
    void those_that_the_guide_names_are_enough() {
        allow(enough);
        RedisPresenceTracker one = start("one");
        try (RedisPresenceTracker two = start("two")) {
            one.connect("ann", "phone");
            PresenceSession bob = one.connect("bob", "phone");
            awaitSeen(two, "bob", PresenceStatus.ONLINE);
            two.choose("bob", ChosenStatus.of(PresenceStatus.AWAY));
            awaitSeen(one, "bob", PresenceStatus.AWAY);
            two.connect("bob", "phone");
            SteppedNode.await("displaced", () -> !bob.isOpen());
            two.chooseNothing("bob");
            awaitSeen(one, "bob", PresenceStatus.ONLINE);
            awaitSeen(two, "ann", PresenceStatus.ONLINE);
            one.close();
            awaitSeen(two, "ann", PresenceStatus.OFFLINE); // it is swept
            SteppedNode.await("swept", () -> redis.hlen(prefix + ":nodes") == 1);
            assertThat(two.problems()).isEmpty();
        }
    }

    @Test
    void where_one_is_missing_the_problem_tells_what_redis_said() {
        allow(enough.stream().filter(right -> !right.equals("+evalsha")).toList());
        try (RedisPresenceTracker one = start("one")) {
            SteppedNode.await("told", () -> one.problems().toString().contains("NOPERM"));
            assertThat(one.problems()).singleElement().asString().contains("evalsha", "0 users");
        }
    }
}
