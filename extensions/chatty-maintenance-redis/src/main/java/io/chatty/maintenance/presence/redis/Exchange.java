package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.redis.Link.Command;
import io.chatty.maintenance.presence.redis.NodeSweep.Swept;
import io.chatty.maintenance.presence.redis.Notes.Note;
import io.chatty.maintenance.presence.roster.Roster;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node and Redis say to each other. Its methods are called one at a time, and wait for Redis; what is told by Redis itself comes in
 * threads of the client's.
 */
final class Exchange {

    private static final Logger LOG = LoggerFactory.getLogger(RedisPresenceTracker.class);
    private static final int AT_ONCE = 500;
    private static final int READ_AT_ONCE = 8;

    /** So many batches are said, then something else has its turn. */
    private static final int BATCHES = 20;

    private static final int SWEEPS = 10;

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
    private volatile NodeId node;
    private volatile boolean connected;
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
        this.peers = new Peers(settings, commands, link, sweep);
        this.hearing = new Hearing(keys, link, mayShard);
    }

    /** What the node is called at present: another name after each start, and after others gave it up. */
    String node() {
        return node.toString();
    }

    boolean isConnected() {
        return connected;
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
                    displaced(Escaped.undo(parts[1]), parts[2], parts[3]);
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

    private void displaced(String user, String device, String incarnation) {
        roster.displace(user, Escaped.undo(device), Long.parseLong(incarnation));
    }

    /** Says that the node is alive, looks for what it missed and what is over, and says what waits. @return whether Redis answered */
    boolean beat() {
        try {
            if (!link.isOpen()) {
                connect();
            }
            long now = sayAlive();
            poll(now);
            listen();
            reread(false);
            replica.hear();
            if (told) {
                told = false;
                LOG.info("Redis answers again: {} users waited to be told of", replica.waiting());
            }
            say();
            connected = link.isOpen(); // not before what waited is there, or it would seem undone for a moment
            return connected;
        } catch (RedisAway e) {
            away(e);
            return false;
        }
    }

    private void away(RedisAway e) {
        connected = false;
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
        doubtAll(); // what was told meanwhile is lost
    }

    private void doubtAll() {
        for (int i = 0; i < Roster.SHARDS; i++) {
            replica.bucket(i).doubt();
        }
    }

    /** @return the time by the clock of Redis */
    private long sayAlive() throws RedisAway {
        long before = micros();
        List<Object> answer = link.one(commands.beat(node(), isNew));
        if (answer.get(1).equals("1")) {
            LOG.warn(
                    "This node, {}, was not heard of for {} or longer, and others took its sessions away: it says them again",
                    node,
                    settings.gone());
            node = NodeId.create(settings.name(), clock);
            isNew = true;
            doubtAll(); // it reads all, and finds its sessions missing
            before = micros();
            answer = link.one(commands.beat(node(), true));
        }
        isNew = false;
        long now = Long.parseLong((String) answer.get(0));
        ahead = now - (before + micros()) / 2;
        peers.heard(node, now, inPairs(answer.get(2)));
        return now;
    }

    /** Lets all users of a bucket that have a session here be said again. */
    void repeat(int bucket) {
        roster.usersOf(bucket).forEach(replica.bucket(bucket).notes::touched);
    }

    private static Map<String, String> inPairs(Object list) {
        List<?> all = (List<?>) list;
        Map<String, String> pairs = new HashMap<>();
        for (int i = 0; i < all.size(); i += 2) {
            pairs.put((String) all.get(i), (String) all.get(i + 1));
        }
        return pairs;
    }

    private void poll(long now) throws RedisAway {
        List<Command<List<Object>>> polls = new ArrayList<>();
        long[] before = new long[Roster.SHARDS];
        for (int i = 0; i < Roster.SHARDS; i++) {
            before[i] = replica.bucket(i).sequence();
            polls.add(commands.poll(i, now));
        }
        List<List<Object>> answers = link.all(polls);
        List<Command<List<Object>>> over = new ArrayList<>();
        for (int i = 0; i < Roster.SHARDS; i++) {
            List<Object> answer = answers.get(i);
            Bucket bucket = replica.bucket(i);
            boolean isDoubtful = bucket.isDoubtful();
            if (bucket.isToRead(before[i], Long.parseLong((String) answer.get(0)))) {
                bucket.doubt();
                if (!isDoubtful) {
                    hearing.unheard(i); // it should have been told: perhaps nobody listens where it is told
                }
            }
            hearing.told(i, answer.get(2).equals("1"));
            for (Object user : (List<?>) answer.get(1)) {
                over.add(commands.sayNothing("", Escaped.undo((String) user), now));
            }
        }
        link.all(over);
    }

    private void listen() throws RedisAway {
        for (int bucket : hearing.listen()) {
            replica.bucket(bucket).doubt();
        }
    }

    /** Reads the buckets of which changes may have been lost. */
    void reread() {
        if (!link.isOpen()) {
            return; // with the next beat
        }
        try {
            listen();
            reread(true);
        } catch (RedisAway e) {
            away(e);
        }
    }

    private void reread(boolean soon) throws RedisAway {
        List<Integer> doubtful = IntStream.range(0, Roster.SHARDS)
                .filter(i -> replica.bucket(i).isDoubtful())
                .boxed()
                .toList();
        boolean again = false;
        for (int from = 0; from < doubtful.size(); from += READ_AT_ONCE) {
            List<Integer> some = doubtful.subList(from, Math.min(doubtful.size(), from + READ_AT_ONCE));
            List<Command<List<Object>>> reads = some.stream()
                    .map(i -> commands.read(i, replica.bucket(i).sequence()))
                    .toList();
            List<List<Object>> answers = link.all(reads);
            for (int i = 0; i < some.size(); i++) {
                List<Object> answer = answers.get(i);
                Map<String, UserState> states = new HashMap<>();
                inPairs(answer.get(1)).forEach((user, state) -> {
                    UserState parsed = UserState.parse(state);
                    if (parsed != null) {
                        states.put(Escaped.undo(user), parsed);
                    }
                });
                again |= replica.bucket(some.get(i)).load(Long.parseLong((String) answer.get(0)), states);
            }
        }
        if (again && soon) {
            reread.run();
        }
    }

    /** Says what waits to be said, or some of it. */
    void say() {
        List<Note> taken = new ArrayList<>();
        int batches = 0;
        while (link.isOpen() && !isNew) {
            if (batches++ == BATCHES) {
                sayMore.run();
                return;
            }
            for (int i = 0; i < Roster.SHARDS && taken.size() < AT_ONCE; i++) {
                replica.bucket(i).notes.take(AT_ONCE - taken.size(), taken);
            }
            if (taken.isEmpty()) {
                return;
            }
            try {
                say(taken);
            } catch (RedisAway e) {
                taken.forEach(
                        note -> replica.bucket(Roster.shardOf(note.user)).notes.giveBack(note));
                away(e);
            }
            taken.clear();
        }
    }

    private void say(List<Note> taken) throws RedisAway {
        List<Command<List<Object>>> says = new ArrayList<>();
        for (Note note : taken) {
            says.add(commands.say(node(), note.user, roster.sessionsOf(note.user), note.said(), ahead));
        }
        List<List<Object>> answers = link.all(says);
        replica.hear();
        for (int i = 0; i < taken.size(); i++) {
            Note note = taken.get(i);
            List<Object> answer = answers.get(i);
            Bucket bucket = replica.bucket(Roster.shardOf(note.user));
            String change = (String) answer.get(1);
            if (!change.isEmpty()) {
                bucket.did(Change.parse(change));
            }
            bucket.notes.done(note, Long.parseLong((String) answer.get(0)));
            for (Object lost : (List<?>) answer.get(2)) {
                String[] parts = ((String) lost).split("\\|", -1);
                displaced(note.user, parts[0], parts[1]);
            }
        }
    }

    /** Takes some of the sessions of a node away that is gone, and notes how many. @return whether there are more */
    boolean sweep() {
        try {
            for (int i = 0; i < SWEEPS && link.isOpen() && sweep.isUnderWay(); i++) {
                Swept swept = sweep.step(node(), AT_ONCE);
                List<Command<Long>> notes = new ArrayList<>();
                for (Map.Entry<String, Long> each : Map.of(
                                "nodes", swept.nodes(), "users", swept.users(), "sessions", swept.sessions())
                        .entrySet()) {
                    if (each.getValue() > 0) {
                        notes.add(redis -> redis.hincrby(keys.swept(), each.getKey(), each.getValue()));
                    }
                }
                link.all(notes);
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
        return asked(() -> {
            Map<String, String> swept = inPairs(link.one(commands.swept()));
            return new Swept(count(swept, "nodes"), count(swept, "users"), count(swept, "sessions"));
        });
    }

    private static long count(Map<String, String> swept, String what) {
        return Long.parseLong(swept.getOrDefault(what, "0"));
    }

    /** What there is to sweep, as far as this node has heard. */
    Swept toSweep() throws RedisAway {
        return asked(() -> {
            long now = micros() + ahead;
            Swept due = Swept.NOTHING;
            for (Map.Entry<String, String> each :
                    link.one(redis -> redis.hgetall(keys.nodes())).entrySet()) {
                if (peers.isGone(node, each.getKey(), Long.parseLong(each.getValue()), now)) {
                    due = due.plus(new Swept(1, 0, 0)).plus(replica.on(each.getKey()));
                }
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
