package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.redis.NodeSweep.Swept;
import io.chatty.maintenance.presence.roster.Roster;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node and Redis say to each other. Its methods are called one at a time, and wait for Redis; what is told by Redis itself comes in
 * threads of the client's.
 */
final class Exchange {

    private static final Logger LOG = LoggerFactory.getLogger(RedisPresenceTracker.class);

    private final NodeSettings settings;
    private final Keys keys;
    private final Commands commands;
    private final Link link;
    private final Replica replica;
    private final Roster roster;
    private final InstantSource clock;
    private final Runnable reread;
    private final Runnable sayMore;
    private final NodeSweep sweep;
    private final Peers peers;
    private final Hearing hearing;
    private final CatchUp catchUp;
    private final Saying saying;
    private volatile NodeId node;
    private volatile boolean connected;
    private volatile boolean caughtUp; // Redis has what waited while it was away
    private volatile String why = "it was not asked yet"; // it is away
    private boolean told; // that Redis is away
    private boolean isNew = true; // under this id
    private long ahead; // the clock of Redis of this node's, in microseconds

    /**
     * Not connected yet.
     *
     * @param mayShard whether sharded pub/sub may be used
     * @param reread sees to it that {@link #reread} is called soon
     * @param sayMore sees to it that {@link #say} is called soon
     */
    Exchange(
            NodeSettings settings,
            Server server,
            Commands commands,
            Keys keys,
            BooleanSupplier mayShard,
            Replica replica,
            Roster roster,
            InstantSource clock,
            Runnable reread,
            Runnable sayMore) {
        this.settings = settings;
        this.keys = keys;
        this.commands = commands;
        this.link = new Link(server, settings.timeout(), new Ear());
        this.replica = replica;
        this.roster = roster;
        this.clock = clock;
        this.reread = reread;
        this.sayMore = sayMore;
        this.node = NodeId.create(settings.name(), clock);
        this.sweep = new NodeSweep(keys, commands, link);
        this.peers = new Peers(settings, keys, commands, link, sweep);
        this.hearing = new Hearing(keys, link, mayShard);
        this.catchUp = new CatchUp(commands, link, replica, hearing);
        this.saying = new Saying(commands, link, replica, roster);
    }

    /** What the node is called at present: another name after each start, and after others gave it up. */
    String node() {
        return node.toString();
    }

    boolean isConnected() {
        return connected;
    }

    /** Why Redis was away, when it was last. */
    String why() {
        return why;
    }

    /** Whether Redis answers, and has what waited while it did not. */
    boolean isCaughtUp() {
        return connected && caughtUp;
    }

    Peers peers() {
        return peers;
    }

    private long micros() {
        return UserState.micros(clock.instant());
    }

    /** Of how many buckets changes are heard by sharded pub/sub. */
    int sharded() {
        return hearing.sharded();
    }

    private final class Ear implements Link.Listener {
        @Override
        public void told(String channel, String message) {
            replica.hear();
            if (message.startsWith("!")) {
                String[] parts = message.substring(1).split("\\|", -1);
                if (parts[0].equals(node())) {
                    roster.displace(Escaped.undo(parts[1]), Escaped.undo(parts[2]), Long.parseLong(parts[3]));
                }
            } else if (replica.bucket(keys.bucketOf(channel)).heard(Change.parse(message))) {
                reread.run();
            }
        }

        @Override
        public void unheard(String channel) {
            int bucket = keys.bucketOf(channel);
            hearing.unheard(bucket);
            replica.bucket(bucket).doubt();
            reread.run();
        }
    }

    /** Says that the node is alive, looks for what it missed and what is over, and says what waits. @return whether Redis answered */
    boolean beat() {
        try {
            if (!link.isOpen()) {
                connect();
            }
            long now = sayAlive();
            catchUp.poll(now);
            catchUp.listen();
            if (catchUp.read()) {
                reread.run();
            }
            replica.hear();
            if (told) {
                told = false;
                LOG.info("Redis answers again: {} users waited to be told of", replica.waiting());
            }
            say();
            connected = link.isOpen();
            return connected;
        } catch (RedisAway e) {
            away(e);
            return false;
        }
    }

    private void away(RedisAway e) {
        connected = false;
        caughtUp = false;
        why = String.valueOf(e.getMessage());
        if (!told) {
            told = true;
            LOG.warn(
                    "Redis does not answer: presence of this node's users goes on, that of others is as of {}, and changes wait. It is"
                            + " tried again every {}. Look at Redis, or the network to it",
                    replica.heard(),
                    settings.beat(),
                    e);
        }
    }

    private void connect() throws RedisAway {
        hearing.forget();
        link.open();
        catchUp.doubtAll(); // what was told meanwhile is lost
    }

    /** @return the time by the clock of Redis */
    private long sayAlive() throws RedisAway {
        long before = micros();
        List<Object> answer = link.one(commands.beat(node(), isNew));
        if (answer.get(1).equals("1")) {
            LOG.warn(
                    "This node, {}, was not heard of for {} or longer, and others took its sessions away, or Redis has lost its"
                            + " data: it says them again",
                    node,
                    settings.gone());
            node = NodeId.create(settings.name(), clock);
            isNew = true;
            catchUp.doubtAll(); // it reads all, and finds its sessions missing
            before = micros();
            answer = link.one(commands.beat(node(), true));
        }
        isNew = false;
        long now = Long.parseLong((String) answer.get(0));
        ahead = now - (before + micros()) / 2;
        peers.heard(node, now, Link.inPairs(answer.get(2)));
        return now;
    }

    /** Lets all users of a bucket that have a session here be said again; while Redis is away, those who are gone already are not. */
    void repeat(int bucket) {
        roster.usersOf(bucket).forEach(replica.bucket(bucket).notes::touched);
        if (!connected) {
            replica.forgetGone(bucket);
        }
    }

    /** Reads the buckets of which changes may have been lost. */
    void reread() {
        if (!link.isOpen()) {
            return; // with the next beat
        }
        try {
            catchUp.listen();
            if (catchUp.read()) {
                reread.run();
            }
        } catch (RedisAway e) {
            away(e);
        }
    }

    /** Says what waits to be said, or some of it. */
    void say() {
        if (isNew) {
            return; // with the next beat
        }
        try {
            if (saying.say(node(), ahead)) {
                sayMore.run();
            } else {
                caughtUp = link.isOpen(); // not before what waited is there, or it would seem undone for a moment
            }
        } catch (RedisAway e) {
            away(e);
        }
    }

    /** Takes some of the sessions of a node away that is gone. @return whether there are more */
    boolean sweep() {
        try {
            if (link.isOpen()) {
                sweep.stepsOfItsOwn(node());
            }
            return link.isOpen() && sweep.isUnderWay();
        } catch (RedisAway e) {
            away(e);
            return false;
        }
    }

    /** Takes sessions of at most so many users away, if a node is gone. @return nothing when none is left, or another node sweeps */
    Swept sweepSome(int most) throws RedisAway {
        return asked(() -> {
            if (!sweep.isUnderWay()) {
                sayAlive();
            }
            return sweep.step(node(), most);
        });
    }

    /** What {@link #sweep} has done, on all nodes, since this was asked last. */
    Swept sweptMeanwhile() throws RedisAway {
        return asked(sweep::sweptMeanwhile);
    }

    /** What there is to sweep, as far as this node has heard. */
    Swept toSweep() throws RedisAway {
        return asked(() -> {
            Swept due = Swept.NOTHING;
            for (String gone : peers.gone(node, micros() + ahead)) {
                due = due.plus(new Swept(1, 0, 0)).plus(replica.on(gone));
            }
            return due;
        });
    }

    private Swept asked(Question question) throws RedisAway {
        if (!link.isOpen()) {
            throw new RedisAway("there is no connection");
        }
        try {
            return question.ask();
        } catch (RedisAway e) {
            away(e);
            throw e;
        }
    }

    private interface Question {
        Swept ask() throws RedisAway;
    }

    /**
     * Says what waits, and that the node leaves: others take its sessions away when that time is over.
     *
     * @return whether Redis answered
     */
    boolean leave(Duration grace) {
        say();
        boolean isTold = false;
        try {
            if (link.isOpen()) {
                long end = micros() + ahead + grace.toNanos() / 1000;
                link.one(redis -> redis.hset(keys.nodes(), node(), "-" + end));
                isTold = true;
            }
        } catch (RedisAway e) {
            away(e);
        }
        link.close();
        return isTold;
    }
}
