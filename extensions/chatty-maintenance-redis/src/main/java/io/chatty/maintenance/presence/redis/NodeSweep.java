package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.redis.Link.Command;
import io.chatty.maintenance.presence.roster.Roster;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the sessions of a node away that was given up, and only then its name: of some users in one step, by whoever comes first, one of all
 * nodes at a time. All that it knows is in Redis, so that another can go on where one stopped; a session goes only if it is still that
 * node's. Used by one thread at a time.
 */
final class NodeSweep {

    private static final Logger LOG = LoggerFactory.getLogger(RedisPresenceTracker.class);
    private static final int AT_ONCE = 500;
    private static final int STEPS = 10;

    /** A sweeper that does not go on for so long gives way to another. */
    private static final Duration LOCK = Duration.ofSeconds(10);

    private final Keys keys;
    private final Commands commands;
    private final Link link;
    private @Nullable String gone; // who is swept
    private long goneAt;
    private boolean isCounted;
    private int bucket;

    NodeSweep(Keys keys, Commands commands, Link link) {
        this.keys = keys;
        this.commands = commands;
        this.link = link;
    }

    /** What a step has taken away. */
    record Swept(long nodes, long users, long sessions) {
        static final Swept NOTHING = new Swept(0, 0, 0);

        Swept plus(Swept other) {
            return new Swept(nodes + other.nodes, users + other.users, sessions + other.sessions);
        }
    }

    /**
     * A node was given up.
     *
     * @param at when it was heard of last, in microseconds
     * @param isEnd whether the node is gone, not only that id of it
     */
    void begin(String node, long at, boolean isEnd) {
        gone = node;
        goneAt = at;
        isCounted = isEnd;
        bucket = 0;
    }

    /** Whether there is a node to sweep. */
    boolean isUnderWay() {
        return gone != null;
    }

    /** Takes the sessions of some users away. Where another node sweeps, it leaves it to that: a later beat finds the node again, if need be. */
    Swept step(String me, int most) throws RedisAway {
        String dead = gone;
        if (dead == null) {
            return Swept.NOTHING;
        }
        SetArgs lock = SetArgs.Builder.nx().px(LOCK.toMillis());
        String holder = link.one(redis -> redis.set(keys.sweeper(), me, lock)) != null
                ? me
                : link.one(redis -> redis.get(keys.sweeper()));
        if (!me.equals(holder)) {
            gone = null;
            return Swept.NOTHING;
        }
        link.one(redis -> redis.pexpire(keys.sweeper(), LOCK.toMillis()));
        Swept swept = Swept.NOTHING;
        while (bucket < Roster.SHARDS) {
            String key = keys.usersOf(bucket, dead);
            int room = Math.min(AT_ONCE, most - (int) swept.users);
            if (room <= 0) {
                return swept;
            }
            List<String> users = link.one(redis -> redis.srandmember(key, room));
            if (users.isEmpty()) {
                bucket++;
            } else {
                swept = swept.plus(takeAway(dead, users));
            }
        }
        boolean isMine = link.one(redis -> redis.hdel(keys.nodes(), dead)) > 0; // not if another has ended it meanwhile
        link.one(redis -> redis.del(keys.sweeper()));
        LOG.info("Node {} is gone; its sessions are taken away", dead);
        gone = null;
        return isMine && isCounted ? swept.plus(new Swept(1, 0, 0)) : swept;
    }

    private Swept takeAway(String dead, List<String> users) throws RedisAway {
        List<Command<List<Object>>> says = new ArrayList<>();
        users.forEach(user -> says.add(commands.sayNothing(dead, Escaped.undo(user), goneAt)));
        long ended = 0;
        for (List<Object> answer : link.all(says)) {
            ended += Long.parseLong((String) answer.get(3));
        }
        return new Swept(0, users.size(), ended);
    }

    /** Does some steps of a tracker's own, and notes in Redis what they took away. */
    void stepsOfItsOwn(String me) throws RedisAway {
        for (int i = 0; i < STEPS && gone != null; i++) {
            Swept swept = step(me, AT_ONCE);
            Map<String, Long> counts =
                    Map.of("nodes", swept.nodes(), "users", swept.users(), "sessions", swept.sessions());
            List<Command<Long>> notes = new ArrayList<>();
            counts.forEach((what, count) -> {
                if (count > 0) {
                    notes.add(redis -> redis.hincrby(keys.swept(), what, count));
                }
            });
            link.all(notes);
        }
    }

    /** What trackers have taken away by themselves, on all nodes, since this was asked last. */
    Swept sweptMeanwhile() throws RedisAway {
        Map<String, String> swept = Link.inPairs(link.one(commands.swept()));
        return new Swept(count(swept, "nodes"), count(swept, "users"), count(swept, "sessions"));
    }

    private static long count(Map<String, String> swept, String what) {
        return Long.parseLong(swept.getOrDefault(what, "0"));
    }
}
