package io.chatty.maintenance.presence.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other nodes. One that has not been heard of for a while is suspected, which changes nothing but the log; for longer, it is gone, and
 * given up, so that its sessions are swept. Used by one thread at a time, but for the figures.
 */
final class Peers {

    private static final Logger LOG = LoggerFactory.getLogger(RedisPresenceTracker.class);

    // In place of when it was heard of:

    /** The node has left. */
    private static final long LEFT = -1;

    /** The node lives on under another id. */
    private static final long LIVES_ON = -2;

    private final NodeSettings settings;
    private final Keys keys;
    private final Commands commands;
    private final Link link;
    private final NodeSweep sweep;
    private final Set<String> suspects = new HashSet<>();
    private long firstHeard;
    private volatile int nodes;
    private volatile int suspected;
    private volatile boolean isNamesake;

    Peers(NodeSettings settings, Keys keys, Commands commands, Link link, NodeSweep sweep) {
        this.settings = settings;
        this.keys = keys;
        this.commands = commands;
        this.link = link;
        this.sweep = sweep;
    }

    /** How many nodes are alive, or not yet gone. */
    int nodes() {
        return nodes;
    }

    int suspected() {
        return suspected;
    }

    /** Whether another node of the same name is alive. */
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
        boolean isNameTaken = false;
        for (Map.Entry<String, String> each : all.entrySet()) {
            String id = each.getKey();
            long at = Long.parseLong(each.getValue());
            if (!id.equals(me.toString())) {
                isNameTaken |= isLivingNamesake(me, id, at, now);
                look(me, id, at, now);
            }
        }
        if (isNameTaken && !isNamesake) {
            LOG.error("Two nodes are called {}: give each a nodeName of its own", me.name());
        }
        isNamesake = isNameTaken;
        nodes = (int) all.values().stream().filter(at -> !at.startsWith("-")).count();
        suspected = suspects.size();
    }

    private void look(NodeId me, String id, long at, long now) throws RedisAway {
        if (at >= 0) {
            watch(id, at, now);
        }
        if (isGone(me, id, at, now)) {
            giveUp(me, id, at, now);
        }
    }

    private void watch(String id, long at, long now) {
        Duration silent = silence(at, now);
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
    }

    /** One that was heard of since this node began is not what this was before its restart. */
    private boolean isLivingNamesake(NodeId me, String id, long at, long now) {
        return at > firstHeard && me.isNamesake(id) && silence(at, now).compareTo(settings.suspect()) <= 0;
    }

    private static Duration silence(long at, long now) {
        return Duration.ofNanos((now - at) * 1000);
    }

    /** Which nodes are gone, and not swept yet. */
    List<String> gone(NodeId me, long now) throws RedisAway {
        List<String> gone = new ArrayList<>();
        link.one(redis -> redis.hgetall(keys.nodes())).forEach((id, at) -> {
            if (isGone(me, id, Long.parseLong(at), now)) {
                gone.add(id);
            }
        });
        return gone;
    }

    /** Whether a node is left, given up, or silent for too long: its sessions are to be taken away. */
    private boolean isGone(NodeId me, String id, long at, long now) {
        if (id.equals(me.toString())) {
            return false;
        }
        return at < 0 ? -at <= now : silence(at, now).compareTo(patience(me, id)) > 0;
    }

    /** What had this node's name and is silent is what it was before its restart. */
    private Duration patience(NodeId me, String id) {
        return me.isNamesake(id) ? settings.suspect() : settings.gone();
    }

    private void giveUp(NodeId me, String id, long at, long now) throws RedisAway {
        if (sweep.isUnderWay()) {
            return; // one at a time
        }
        long notHeardSince = now - patience(me, id).toNanos() / 1000;
        if (link.one(commands.giveUp(id, now, notHeardSince)).get(0).equals("1")) {
            // Another may have begun, and ended before it was done.
            sweep.begin(id, at == LIVES_ON || at == LEFT ? now : Math.abs(at), at != LIVES_ON);
        }
    }
}
