package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.redis.Link.Command;
import io.chatty.maintenance.presence.roster.Roster;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other nodes. One that has not been heard of for a while is suspected, which changes nothing but the log; for longer, it is gone, and
 * one of the others, at a time, takes its sessions away, and only then its name. Used by one thread at a time, but for the figures.
 */
final class Peers {

    private static final Logger LOG = LoggerFactory.getLogger(RedisPresenceTracker.class);
    private static final int AT_ONCE = 500;
    private static final int BATCHES = 10;

    /** A sweeper that does not go on for so long gives way to another. */
    private static final Duration LOCK = Duration.ofSeconds(10);

    private final NodeSettings settings;
    private final Keys keys;
    private final Commands commands;
    private final Link link;
    private final Set<String> suspects = new HashSet<>();
    private long firstHeard;
    private @Nullable String gone; // who is swept
    private long goneAt;
    private int bucket;
    private volatile int nodes;
    private volatile int suspected;
    private volatile boolean isNamesake;

    Peers(NodeSettings settings, Keys keys, Commands commands, Link link) {
        this.settings = settings;
        this.keys = keys;
        this.commands = commands;
        this.link = link;
    }

    /** How many nodes are alive, or not yet gone. */
    int nodes() {
        return nodes;
    }

    int suspected() {
        return suspected;
    }

    /** Whether another node of the same name was heard of. */
    boolean isNamesake() {
        return isNamesake;
    }

    /**
     * Looks who is there.
     *
     * @param now by the clock of Redis, in microseconds
     * @param all nodes, and when they were heard of
     */
    void heard(NodeId me, long now, Map<String, String> all) throws RedisAway {
        firstHeard = firstHeard == 0 ? now : firstHeard;
        suspects.retainAll(all.keySet());
        for (Map.Entry<String, String> each : all.entrySet()) {
            String id = each.getKey();
            long at = Long.parseLong(each.getValue());
            if (!id.equals(me.toString())) {
                look(me, id, at, now);
            }
        }
        nodes = (int) all.values().stream().filter(at -> !at.startsWith("-")).count();
        suspected = suspects.size();
    }

    private void look(NodeId me, String id, long at, long now) throws RedisAway {
        if (at < 0) {
            giveUp(id, -at, now, now);
            return;
        }
        Duration silent = Duration.ofNanos((now - at) * 1000);
        boolean isSuspect = silent.compareTo(settings.suspect()) > 0;
        if (isSuspect && suspects.add(id)) {
            LOG.warn(
                    "Node {} was last heard of {} ago; its users stay as they are until {}",
                    id,
                    silent,
                    settings.gone());
        } else if (!isSuspect && suspects.remove(id)) {
            LOG.info("Node {} is back", id);
        }
        if (me.isNamesake(id)) {
            // What had this node's name and is silent is what it was before its restart.
            if (isSuspect) {
                giveUp(id, at, now - settings.suspect().toNanos() / 1000, now);
            } else if (at > firstHeard && !isNamesake) {
                isNamesake = true;
                LOG.error("Two nodes are called {}: give each a nodeName of its own", me.name());
            }
        } else if (silent.compareTo(settings.gone()) > 0) {
            giveUp(id, at, now - settings.gone().toNanos() / 1000, now);
        }
    }

    private void giveUp(String id, long at, long notHeardSince, long now) throws RedisAway {
        if (gone != null || at > now) {
            return; // one at a time
        }
        if (link.one(commands.giveUp(id, now, notHeardSince)).get(0).equals("1")) {
            gone = id;
            goneAt = at > 1 ? at : now; // another may have begun, and ended before it was done
            bucket = 0;
        }
    }

    /** Whether there is a node to sweep. */
    boolean isSweeping() {
        return gone != null;
    }

    /** Takes some sessions of a node away that is gone. @return whether there are more */
    boolean sweep(NodeId me) throws RedisAway {
        String dead = gone;
        if (dead == null) {
            return false;
        }
        SetArgs lock = SetArgs.Builder.nx().px(LOCK.toMillis());
        String holder = link.one(redis -> redis.set(keys.sweeper(), me.toString(), lock)) != null
                ? me.toString()
                : link.one(redis -> redis.get(keys.sweeper()));
        if (!me.toString().equals(holder)) {
            gone = null; // another does it; if it does not, a later beat finds the node again
            return false;
        }
        link.one(redis -> redis.pexpire(keys.sweeper(), LOCK.toMillis()));
        int batches = 0;
        while (bucket < Roster.SHARDS && batches < BATCHES) {
            batches += sweepBatch(dead) ? 1 : 0;
        }
        if (bucket < Roster.SHARDS) {
            return true;
        }
        link.one(redis -> redis.hdel(keys.nodes(), dead));
        link.one(redis -> redis.del(keys.sweeper()));
        LOG.info("Node {} is gone; its sessions are taken away", dead);
        gone = null;
        return false;
    }

    /** @return whether there was anything */
    private boolean sweepBatch(String dead) throws RedisAway {
        String key = keys.usersOf(bucket, dead);
        List<String> users = link.one(redis -> redis.srandmember(key, AT_ONCE));
        if (users.isEmpty()) {
            bucket++;
            return false;
        }
        List<Command<List<Object>>> says = new ArrayList<>();
        users.forEach(user -> says.add(commands.sayNothing(dead, Escaped.undo(user), goneAt)));
        link.all(says);
        return true;
    }
}
