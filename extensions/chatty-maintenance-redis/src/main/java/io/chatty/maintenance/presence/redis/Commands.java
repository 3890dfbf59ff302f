package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.redis.Link.Command;
import io.chatty.maintenance.presence.redis.Notes.Said;
import io.chatty.maintenance.presence.roster.Roster;
import io.chatty.maintenance.presence.roster.UserSessions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The scripts with their keys and arguments, which stand at the head of each. */
final class Commands {

    private static final int DUE_AT_ONCE = 100;

    private final Keys keys;
    private final String life;
    private final BooleanSupplier mayShard;
    private final @Nullable InstantSource time;

    /**
     * @param mayShard whether sharded pub/sub may be used
     * @param time by which Redis judges; null for its own clock
     */
    Commands(Keys keys, Duration life, BooleanSupplier mayShard, @Nullable InstantSource time) {
        this.keys = keys;
        this.life = String.valueOf(life.toNanos() / 1000);
        this.mayShard = mayShard;
        this.time = time;
    }

    private String now() {
        return time == null ? "0" : String.valueOf(UserState.micros(time.instant()));
    }

    /**
     * What a node says of a user.
     *
     * @param ahead how far the clock of Redis is ahead of the node's, in microseconds
     */
    Command<List<Object>> say(String node, String user, UserSessions sessions, @Nullable Said said, long ahead) {
        List<String> args = head(node, user, sessions.seen() * 1000);
        args.add(said == null ? "" : UserState.choice(said.at() + ahead, said.chosen()));
        for (UserSessions.Held held : sessions.held()) {
            args.add(Escaped.of(held.device()));
            args.add(String.valueOf(held.incarnation()));
            args.add(String.valueOf(held.incarnation() + ahead));
            args.add(held.idle() ? "1" : "0");
        }
        return say(node, user, args);
    }

    /** A node has no sessions of the user any more. Without a node it only ends what is over. */
    Command<List<Object>> sayNothing(String node, String user, long seen) {
        List<String> args = head(node, user, seen);
        args.add("");
        return say(node, user, args);
    }

    private List<String> head(String node, String user, long seen) {
        return new ArrayList<>(List.of(
                now(),
                node,
                life,
                Escaped.of(user),
                String.valueOf(seen),
                keys.channel(Roster.shardOf(user)),
                mayShard.getAsBoolean() ? "1" : "0"));
    }

    private Command<List<Object>> say(String node, String user, List<String> args) {
        int bucket = Roster.shardOf(user);
        return Link.script(
                Script.SAY,
                List.of(
                        keys.user(user),
                        keys.states(bucket),
                        keys.sequence(bucket),
                        keys.due(bucket),
                        keys.usersOf(bucket, node)),
                args);
    }

    /**
     * Reads a bucket.
     *
     * @param known the sequence that the node knows of
     * @param isSetBack whether the node knows of newer versions than were read last
     */
    Command<List<Object>> read(int bucket, long known, boolean isSetBack) {
        return Link.script(
                Script.READ,
                List.of(keys.states(bucket), keys.sequence(bucket)),
                List.of(now(), String.valueOf(known), isSetBack ? "1" : "0"));
    }

    /** @param now by the clock of Redis, in microseconds */
    Command<List<Object>> poll(int bucket, long now) {
        return Link.script(
                Script.POLL,
                List.of(keys.sequence(bucket), keys.due(bucket)),
                List.of(String.valueOf(now), String.valueOf(DUE_AT_ONCE)));
    }

    Command<List<Object>> beat(String node, boolean first) {
        return Link.script(Script.BEAT, List.of(keys.nodes()), List.of(now(), node, first ? "1" : "0"));
    }

    /** @param now by the clock of Redis, as the other, in microseconds */
    Command<List<Object>> giveUp(String node, long now, long notHeardSince) {
        return Link.script(
                Script.GIVEUP,
                List.of(keys.nodes()),
                List.of(String.valueOf(now), node, String.valueOf(notHeardSince)));
    }

    /** What trackers have swept by themselves since this was asked last. */
    Command<List<Object>> swept() {
        return Link.script(Script.SWEPT, List.of(keys.swept()), List.of());
    }
}
