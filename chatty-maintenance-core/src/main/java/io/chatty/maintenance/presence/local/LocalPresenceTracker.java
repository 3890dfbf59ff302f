package io.chatty.maintenance.presence.local;

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
import io.chatty.maintenance.presence.broadcast.PresenceSource;
import io.chatty.maintenance.presence.broadcast.View;
import io.chatty.maintenance.presence.roster.LastSeenFlush;
import io.chatty.maintenance.presence.roster.Roster;
import io.chatty.maintenance.presence.roster.RosterListener;
import io.chatty.maintenance.presence.tracker.Clockwork;
import io.chatty.maintenance.presence.tracker.Ending;
import io.chatty.maintenance.presence.tracker.Grain;
import io.chatty.maintenance.presence.tracker.TrackerMeters;
import io.chatty.maintenance.task.MaintenanceTask;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Presence in one process, in memory. It works without an engine, on a ticker of its own: one daemon thread, and up to eight that
 * call subscribers, unless the host gives executors.
 *
 * <pre>{@code
 * try (PresenceTracker presence = LocalPresenceTracker.builder().build()) {
 *     PresenceSession session = presence.connect("ann", "phone");
 *     session.heartbeat();                 // at each pong
 *     presence.presenceOf("ann").status(); // ONLINE
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class LocalPresenceTracker implements PresenceTracker {

    private final PresenceSettings settings;
    private final Roster roster;
    private final Broadcaster broadcaster;
    private final View host;
    private final PresenceSource source;
    private final PresenceVisibility visibility;
    private final @Nullable PresenceDirectory directory;
    private final @Nullable LastSeenStore lastSeen;
    private final @Nullable LastSeenFlush flush;
    private final InstantSource clock;
    private final Clockwork clockwork;
    private final @Nullable TrackerMeters meters;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LocalPresenceTracker(Builder builder) {
        this.settings = builder.settings.build();
        this.clock = builder.clock;
        this.visibility = builder.visibility;
        this.directory = builder.directory;
        this.lastSeen = builder.lastSeen;
        this.clockwork = new Clockwork(builder.scheduler, builder.subscribers);
        this.source = new Source();
        this.broadcaster = new Broadcaster(
                source, clockwork.subscribers(), () -> clockwork.after(settings.eventWindow(), this::tell));
        this.roster = new Roster(settings, clock, builder.ticker, new Noting());
        this.host = view(null);
        this.flush = builder.lastSeen == null
                ? null
                : new LastSeenFlush(roster, builder.lastSeen, builder.node, settings, clock);
        this.meters = builder.meters == null ? null : new TrackerMeters(builder.meters);
        if (meters != null) {
            roster.register(meters);
            broadcaster.register(meters);
        }
        clockwork.every(roster.tick(), roster::sweep);
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    private void tell() {
        broadcaster.tell();
    }

    private View view(@Nullable String viewer) {
        return new View(source, broadcaster, visibility, directory, viewer);
    }

    private final class Noting implements RosterListener {
        @Override
        public boolean isWanted() {
            return broadcaster.isWanted();
        }

        @Override
        public void shown(int shard, Presence before, Presence now) {
            broadcaster.note(shard, before, now);
        }

        @Override
        public boolean isSeenKept() {
            return lastSeen != null;
        }
    }

    private final class Source implements PresenceSource {
        @Override
        public int shards() {
            return Roster.SHARDS;
        }

        @Override
        public int shardOf(String user) {
            return Roster.shardOf(user);
        }

        @Override
        public Presence read(String user) {
            return isOn() ? roster.read(user) : Presence.unknown(user, clock.instant());
        }

        @Override
        public long snapshot(int shard, @Nullable Collection<String> only, Consumer<Presence> consumer) {
            return roster.snapshot(shard, only, consumer);
        }
    }

    @Override
    public PresenceSession connect(String user, String device) {
        return roster.connect(View.name("user", user), View.name("device", device));
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
        return isOn() ? roster.own(user) : Presence.unknown(user, clock.instant());
    }

    @Override
    public void choose(String user, ChosenStatus status) {
        roster.choose(View.name("user", user), Optional.of(Objects.requireNonNull(status, "status")));
    }

    @Override
    public void chooseNothing(String user) {
        roster.choose(View.name("user", user), Optional.empty());
    }

    @Override
    public Optional<ChosenStatus> chosen(String user) {
        return roster.chosen(View.name("user", user));
    }

    @Override
    public Map<String, Instant> lastSeen(Collection<String> users) throws Exception {
        return host.lastSeen(users, Grain.of(settings.lastSeenGrain()), user -> Optional.empty(), lastSeen);
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

    @Override
    public void setEnabled(boolean isEnabled) {
        broadcaster.setOff(!isEnabled);
    }

    @Override
    public boolean isEnabled() {
        return !broadcaster.isOff();
    }

    private boolean isOn() {
        return isEnabled() && !closed.get();
    }

    @Override
    public Figures figures() {
        return roster.figures();
    }

    @Override
    public List<MaintenanceTask> tasks() {
        return flush == null ? List.of() : List.of(flush);
    }

    @Override
    public List<String> problems() {
        if (closed.get()) {
            return List.of("closed");
        }
        List<String> problems = new ArrayList<>(roster.problems());
        if (flush != null && flush.failure() != null) {
            problems.add(flush.failure());
        }
        return problems;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Ending.of(
                clockwork::close,
                roster::close,
                () -> {
                    if (flush != null) {
                        flush.close();
                    }
                },
                broadcaster::close,
                () -> {
                    if (meters != null) {
                        meters.remove();
                    }
                });
    }

    /** Builds a {@link LocalPresenceTracker}. */
    public static final class Builder {

        private PresenceSettings.Builder settings = PresenceSettings.builder();
        private PresenceVisibility visibility = (viewer, user) -> PresenceVisibility.Sight.ALL;
        private @Nullable PresenceDirectory directory;
        private @Nullable LastSeenStore lastSeen;
        private String node = "";
        private @Nullable MeterRegistry meters;
        private InstantSource clock = InstantSource.system();
        private LongSupplier ticker = System::nanoTime;
        private @Nullable ScheduledExecutorService scheduler;
        private @Nullable Executor subscribers;

        private Builder() {}

        /** Changes settings from their defaults. */
        public Builder settings(UnaryOperator<PresenceSettings.Builder> change) {
            settings = change.apply(settings);
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
         * Where it is kept when users were last seen. It is written by the task in {@link #tasks()}, for a host's engine, and at
         * {@link #close()}. Default: in memory alone, for the last hundred thousand that went.
         *
         * @param nodeName the name of this process, the same after a restart and unlike that of any other that uses the store; one
         *     to 80 letters, digits, {@code .}, {@code _} and {@code -}
         */
        public Builder lastSeen(LastSeenStore store, String nodeName) {
            lastSeen = Objects.requireNonNull(store, "store");
            node = LastSeenFlush.checkNode(nodeName);
            return this;
        }

        /** Where meters go, until the tracker is closed. Default: nowhere. */
        public Builder meters(MeterRegistry registry) {
            meters = Objects.requireNonNull(registry, "registry");
            return this;
        }

        /** The clock that shows the times that others see. Default: the system's. */
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

        /** Builds the tracker, which starts at once. */
        public LocalPresenceTracker build() {
            return new LocalPresenceTracker(this);
        }
    }
}
