package io.chatty.maintenance.presence.redis;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.LastSeenStore;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceDirectory;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceSettings;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.presence.PresenceView;
import io.chatty.maintenance.presence.PresenceVisibility;
import io.chatty.maintenance.presence.broadcast.Broadcaster;
import io.chatty.maintenance.presence.broadcast.View;
import io.chatty.maintenance.presence.roster.LastSeenFlush;
import io.chatty.maintenance.presence.tracker.Clockwork;
import io.chatty.maintenance.presence.tracker.Ending;
import io.chatty.maintenance.presence.tracker.Grain;
import io.chatty.maintenance.presence.tracker.TrackerMeters;
import io.chatty.maintenance.task.MaintenanceTask;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Presence over several nodes, each of which has such a tracker, and which share a Redis: a user is online as long as any of them has
 * a session of theirs.
 *
 * <pre>{@code
 * try (PresenceTracker presence = RedisPresenceTracker.builder(RedisURI.create("redis://localhost")).build()) {
 *     PresenceSession session = presence.connect("ann", "phone"); // told to the other nodes within 20 ms
 * }
 * }</pre>
 *
 * <p><b>How it works.</b> Each node keeps its own sessions in memory, as {@link
 * io.chatty.maintenance.presence.local.LocalPresenceTracker} does: a heartbeat writes to memory, and nothing is sent for it. Of users whose
 * sessions came, went, or are idle or active now, the node says in Redis what sessions it has of them, in batches, every 20 ms; a script
 * there folds what all nodes say of a user, and where that comes to something else, gives it the next version and publishes it.
 * Each node has all of that in memory, and answers from it. Changes that were lost on the way are found by their sequence, at the
 * latest after two beats (10 s), and read.
 *
 * <p><b>What a node sees of its own writes.</b> Questions, events and other nodes all have what happened when Redis has it, and gave it its
 * version: some 20 ms later. So two states of a user are never confused. Only {@link #chosen} and {@link #figures} are at once.
 *
 * <p><b>A device</b> has one session over all nodes: the one that began last. The older one is displaced, and its heartbeat gives
 * false, when its node hears of it. The limits on sessions hold for each node by itself, and so does the limit on choices. Where a user chooses
 * on two nodes, the later one holds, by the clock of Redis.
 *
 * <p><b>While Redis is away</b> sessions go on; questions are answered by what was known, which {@link Presence#asOf()} tells the age
 * of, and by what the node's own sessions have come to since, which bears the version before; no events are told and no versions given out. What
 * changed waits, the last of each user, and
 * is said when Redis is back. Users of whom nothing was ever heard are {@link io.chatty.maintenance.presence.PresenceStatus#UNKNOWN}. Calls never
 * wait for Redis.
 *
 * <p><b>A node that dies.</b> Nodes say every 5 s that they are alive. One that has not for 30 s is suspected, which changes nothing but the
 * log. After 5 minutes it is gone: another takes its sessions away. If it comes back after that, it says its sessions again. One that
 * is closed leaves its sessions for the grace of a lost connection, so that users who come back to another node are not seen to go.
 * Should all of that fail, sessions expire in Redis after twice the time until a node is gone; nodes say all of theirs again in that time, four
 * times over, spread evenly.
 *
 * <p><b>How changes are told.</b> By sharded pub/sub where the server has it (Redis 7.0 and later), otherwise by plain pub/sub. The server that has a
 * bucket tells which with each beat, so servers can be upgraded, set back and mixed while nodes run: a node that listens to the other way for up to one beat finds by
 * the sequence that it missed something, and reads it. In a Redis Cluster a change goes to the servers of its slot alone; when a slot moves, nodes
 * listen there.
 *
 * <p>It needs Redis 5 or later, alone, with replicas, or as a cluster, and some memory there for each user with a session or a choice. If
 * Redis loses data, nodes find that, and say what they have; choices of that time are lost.
 *
 * <p>Thread-safe.
 */
public final class RedisPresenceTracker implements PresenceTracker {

    private static final Logger LOG = LoggerFactory.getLogger(RedisPresenceTracker.class);

    private static final Duration LEAVE_WITHIN = Duration.ofSeconds(2);
    private static final Duration WRITE_WITHIN = Duration.ofSeconds(10);
    private static final Duration HURRY_WITHIN = Duration.ofSeconds(3);

    private final PresenceSettings settings;
    private final Clockwork clockwork;
    private final Server server;
    private final Node node;
    private final Reading reading;
    private final Condition condition;
    private final Broadcaster broadcaster;
    private final View host;
    private final PresenceVisibility visibility;
    private final @Nullable PresenceDirectory directory;
    private final @Nullable LastSeenStore lastSeen;
    private final @Nullable LastSeenFlush flush;
    private final @Nullable TrackerMeters meters;
    private final NodeSweepTask nodeSweep;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RedisPresenceTracker(Builder builder) {
        NodeSettings nodeSettings = builder.nodeSettings();
        this.settings = builder.settings.build();
        this.visibility = builder.visibility;
        this.directory = builder.directory;
        this.lastSeen = builder.lastSeen;
        this.clockwork = new Clockwork(builder.scheduler, builder.subscribers);
        this.server = builder.server.get();
        Means means = new Means(
                server,
                clockwork,
                new Turns(builder.work),
                builder.clock,
                builder.ticker,
                builder.redisTime,
                builder.mayShard);
        this.node = new Node(nodeSettings, settings, means, lastSeen != null, this::note);
        this.reading = new Reading(node.replica(), builder.clock, this::isOn);
        this.condition = new Condition(nodeSettings, builder.clock, node.exchange(), node.replica());
        this.broadcaster = new Broadcaster(
                reading, clockwork.subscribers(), () -> clockwork.after(settings.eventWindow(), this::tell));
        this.host = view(null);
        this.nodeSweep = new NodeSweepTask(node.sweeping());
        this.flush = lastSeen == null
                ? null
                : new LastSeenFlush(node.roster(), lastSeen, nodeSettings.name(), settings, builder.clock);
        this.meters = builder.meters == null ? null : new TrackerMeters(builder.meters);
        if (meters != null) {
            node.roster().register(meters);
            broadcaster.register(meters);
            condition.register(meters);
        }
        LOG.info("Presence over several nodes by Redis: {}", nodeSettings);
        node.start();
    }

    /** A builder of a tracker that connects to a Redis by a client of its own. */
    public static Builder builder(RedisURI redis) {
        Objects.requireNonNull(redis, "redis");
        Builder builder = new Builder();
        builder.server = () -> Server.of(redis, builder.commandTimeout);
        return builder;
    }

    /** A builder of a tracker that has two connections of a client, which is never shut down. */
    public static Builder builder(RedisClient client) {
        Objects.requireNonNull(client, "client");
        Builder builder = new Builder();
        builder.server = () -> Server.of(client);
        return builder;
    }

    /** A builder of a tracker that has two connections of a client of a Redis Cluster, which is never shut down. */
    public static Builder builder(RedisClusterClient client) {
        Objects.requireNonNull(client, "client");
        Builder builder = new Builder();
        builder.server = () -> Server.of(client);
        return builder;
    }

    private void tell() {
        broadcaster.tell();
    }

    private void note(int bucket, Presence before, Presence now) {
        if (broadcaster.isWanted()) {
            broadcaster.note(bucket, before, now);
        }
    }

    private View view(@Nullable String viewer) {
        return new View(reading, broadcaster, visibility, directory, viewer);
    }

    private boolean isOn() {
        return isEnabled() && !closed.get();
    }

    @Override
    public PresenceSession connect(String user, String device) {
        return node.roster().connect(View.name("user", user), View.name("device", device));
    }

    @Override
    public PresenceView seenByAll() {
        return host;
    }

    @Override
    public PresenceView seenBy(String viewer) {
        return view(View.name("viewer", viewer));
    }

    @Override
    public Presence own(String user) {
        View.name("user", user);
        return reading.own(user);
    }

    @Override
    public void choose(String user, ChosenStatus status) {
        node.roster().choose(View.name("user", user), Optional.of(status));
    }

    @Override
    public void chooseNothing(String user) {
        node.roster().choose(View.name("user", user), Optional.empty());
    }

    @Override
    public Optional<ChosenStatus> chosen(String user) {
        return node.replica().chosen(View.name("user", user));
    }

    @Override
    public Map<String, Instant> lastSeen(Collection<String> users) throws Exception {
        return host.lastSeen(users, Grain.of(settings.lastSeenGrain()), reading::seenHere, lastSeen);
    }

    @Override
    public AutoCloseable onChange(Consumer<? super Presence> listener) {
        return broadcaster.listen(Objects.requireNonNull(listener, "listener"));
    }

    @Override
    public void roomChanged(String room) {
        host.roomChanged(View.name("room", room));
    }

    @Override
    public void contactsChanged(String user) {
        host.contactsChanged(View.name("user", user));
    }

    /** Switches presence off or on, on this node alone. */
    @Override
    public void setEnabled(boolean isEnabled) {
        broadcaster.setOff(!isEnabled);
    }

    @Override
    public boolean isEnabled() {
        return !broadcaster.isOff();
    }

    @Override
    public Figures figures() {
        return node.roster().figures();
    }

    /**
     * {@code last-seen-<node>}, where that is kept, for the engine of each node; and {@code presence-nodes}, of which one run in all nodes is
     * enough: it takes the sessions of nodes away that are gone, as trackers do by themselves, and puts on record what they did.
     */
    @Override
    public List<MaintenanceTask> tasks() {
        return flush == null ? List.of(nodeSweep) : List.of(flush, nodeSweep);
    }

    @Override
    public List<String> problems() {
        if (closed.get()) {
            return List.of("closed");
        }
        List<String> problems = new ArrayList<>(node.roster().problems());
        if (flush != null && flush.failure() != null) {
            problems.add(flush.failure());
        }
        problems.addAll(condition.problems());
        return problems;
    }

    /** Of how many buckets changes are heard by sharded pub/sub. */
    int shardedChannels() {
        return node.exchange().sharded();
    }

    /**
     * How this node stands with Redis and the others.
     *
     * @param connected whether Redis answered the last beat
     * @param asOf when this node last heard from Redis
     * @param waiting of how many users something waits to be said
     * @param nodes how many nodes there are, this one and those that are suspected among them
     * @param suspected how many have not been heard of for a while
     */
    public record Standing(boolean connected, Instant asOf, int waiting, int nodes, int suspected) {}

    /** How this node stands with Redis and the others. */
    public Standing standing() {
        Peers peers = node.exchange().peers();
        return new Standing(
                node.exchange().isConnected(),
                node.replica().heard(),
                node.replica().waiting(),
                peers.nodes(),
                peers.suspected());
    }

    /**
     * Ends the sessions of this node. Other nodes see their users go after the grace of a lost connection, if they have not come back
     * elsewhere by then; where Redis does not answer within 2 s, when this node is gone for them. Then it is written when users were last seen, for 10 s at most, and
     * for 3 s where Redis did not answer: 5 s in all. It never throws, and gives an interrupt back; one that
     * comes while it waits lets it wait no longer.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        AtomicBoolean isAnswered = new AtomicBoolean();
        Ending.of(
                clockwork::close,
                () -> isAnswered.set(node.leave(settings.reconnectGrace(), LEAVE_WITHIN)),
                node.roster()::close,
                () -> {
                    if (flush != null) {
                        flush.close(isAnswered.get() ? WRITE_WITHIN : HURRY_WITHIN);
                    }
                },
                broadcaster::close,
                () -> {
                    if (meters != null) {
                        meters.remove();
                    }
                },
                server::close);
    }

    /** Builds a {@link RedisPresenceTracker}. Values that are not allowed are refused with an {@link IllegalArgumentException}. */
    public static final class Builder {

        private Supplier<Server> server = () -> {
            throw new IllegalStateException("no Redis is given");
        };
        private PresenceSettings.Builder settings = PresenceSettings.builder();
        private PresenceVisibility visibility = (viewer, user) -> PresenceVisibility.Sight.ALL;
        private @Nullable PresenceDirectory directory;
        private @Nullable LastSeenStore lastSeen;
        private InstantSource clock = InstantSource.system();
        private LongSupplier ticker = System::nanoTime;
        private @Nullable ScheduledExecutorService scheduler;
        private @Nullable Executor subscribers;
        private @Nullable Executor work;
        private @Nullable InstantSource redisTime;
        private BooleanSupplier mayShard = () -> true;
        private String prefix = "chatty:presence";
        private @Nullable String nodeName;
        private @Nullable MeterRegistry meters;
        private Duration sayEvery = Duration.ofMillis(20);
        private Duration nodeBeat = Duration.ofSeconds(5);
        private Duration nodeSuspect = Duration.ofSeconds(30);
        private Duration nodeGone = Duration.ofMinutes(5);
        private Duration commandTimeout = Duration.ofSeconds(3);

        private Builder() {}

        private NodeSettings nodeSettings() {
            if (lastSeen != null && nodeName == null) {
                throw new IllegalArgumentException(
                        "nodeName: none given, but it is to be kept when users were last seen: set a"
                                + " nodeName that is the same after a restart");
            }
            String name = nodeName != null
                    ? nodeName
                    : "node-" + UUID.randomUUID().toString().substring(0, 8);
            return new NodeSettings(prefix, name, sayEvery, nodeBeat, nodeSuspect, nodeGone, commandTimeout);
        }

        /** Changes settings from their defaults. All nodes should have the same. */
        public Builder settings(UnaryOperator<PresenceSettings.Builder> change) {
            settings = change.apply(settings);
            return this;
        }

        /** What all keys and channels begin with; 1 to 100 of A-Z a-z 0-9 _ . : -. Nodes that share it see each other. Default: chatty:presence. */
        public Builder prefix(String begin) {
            prefix = Objects.requireNonNull(begin, "begin");
            return this;
        }

        /**
         * What the node is called; 1 to 60 of A-Z a-z 0-9 _ -, and no two may have the same. With a name that stays, what a node left
         * behind when it died is taken away {@link #nodeSuspect} after its last beat, once it was started again. Default: a random one.
         */
        public Builder nodeName(String name) {
            nodeName = Objects.requireNonNull(name, "name");
            return this;
        }

        /** How long changes of sessions are gathered before Redis is told of them; 0, for at once, to 1 s. Default: 20 ms. */
        public Builder sayEvery(Duration window) {
            sayEvery = Objects.requireNonNull(window, "window");
            return this;
        }

        /** How often a node says that it is alive, looks for what it missed, and tries again to reach Redis; 100 ms to a day. Default: 5 s. */
        public Builder nodeBeat(Duration every) {
            nodeBeat = Objects.requireNonNull(every, "every");
            return this;
        }

        /** After how long without a beat a node is told of in the log; twice {@link #nodeBeat} to a day. Default: 30 s. */
        public Builder nodeSuspect(Duration after) {
            nodeSuspect = Objects.requireNonNull(after, "after");
            return this;
        }

        /** After how long without a beat a node's sessions are taken away; twice {@link #nodeSuspect} to a day. Default: 5 minutes. */
        public Builder nodeGone(Duration after) {
            nodeGone = Objects.requireNonNull(after, "after");
            return this;
        }

        /** How long an answer of Redis may take; 10 ms to a day. Default: 3 s. */
        public Builder commandTimeout(Duration timeout) {
            commandTimeout = Objects.requireNonNull(timeout, "timeout");
            return this;
        }

        /** Who may see whom. Default: all may see all. */
        public Builder visibility(PresenceVisibility rule) {
            visibility = Objects.requireNonNull(rule, "rule");
            return this;
        }

        /** Who is in a room, and who are a user's contacts. Default: none, and questions for these are refused. */
        public Builder directory(PresenceDirectory known) {
            directory = Objects.requireNonNull(known, "known");
            return this;
        }

        /**
         * Where it is kept when users were last seen; needs a {@link #nodeName}. It is written by the task in {@link #tasks()}, for a host's
         * engine, and at {@link #close()}. Default: in memory alone, for the last hundred thousand that went.
         */
        public Builder lastSeen(LastSeenStore store) {
            lastSeen = Objects.requireNonNull(store, "store");
            return this;
        }

        /** Where meters go, until the tracker is closed. Default: nowhere. */
        public Builder meters(MeterRegistry registry) {
            meters = Objects.requireNonNull(registry, "registry");
            return this;
        }

        /** The clock of this node. Default: the system's. */
        public Builder clock(InstantSource source) {
            clock = Objects.requireNonNull(source, "source");
            return this;
        }

        /** What measures the time that passes, in nanoseconds. Default: {@link System#nanoTime}. */
        public Builder ticker(LongSupplier nanos) {
            ticker = Objects.requireNonNull(nanos, "nanos");
            return this;
        }

        /** On what the tracker's clock ticks. It is never shut down. Default: a thread of its own. */
        public Builder scheduler(ScheduledExecutorService hosts) {
            scheduler = Objects.requireNonNull(hosts, "hosts");
            return this;
        }

        /** What calls subscribers and listeners. Default: up to eight daemon threads of its own. */
        public Builder subscribers(Executor hosts) {
            subscribers = Objects.requireNonNull(hosts, "hosts");
            return this;
        }

        /**
         * What waits for Redis, one thing at a time. It must not do it in the thread that gives it the work: with {@link #sayEvery} 0, that
         * holds locks. Default: a daemon thread of its own.
         */
        public Builder work(Executor hosts) {
            work = Objects.requireNonNull(hosts, "hosts");
            return this;
        }

        /** For tests whose time is not that of Redis. */
        Builder redisTime(InstantSource time) {
            redisTime = time;
            return this;
        }

        /** For tests with a Redis that has no sharded pub/sub, or has it all of a sudden. */
        Builder mayShard(BooleanSupplier may) {
            mayShard = may;
            return this;
        }

        /** Builds the tracker, which starts at once. It does not wait for Redis. */
        public RedisPresenceTracker build() {
            return new RedisPresenceTracker(this);
        }
    }
}
