package io.chatty.maintenance.testkit.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.PresenceDirectory;
import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.PresenceEvent.Kind;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceSettings;
import io.chatty.maintenance.presence.PresenceStatus;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.presence.PresenceVisibility;
import io.chatty.maintenance.presence.local.LocalPresenceTracker;
import io.chatty.maintenance.testkit.PresenceTrackerContract;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The tracker in one process, stepped, and what holds of it alone. */
class LocalPresenceTrackerTest extends PresenceTrackerContract {

    /** What waits at most for a subscriber that asks for nothing: 256 events of 500 users. */
    private static final int MOST_WAITING = 256 * PresenceEvent.MAX_PRESENCES;

    private final SteppedPresence stepped = new SteppedPresence();

    @Override
    protected PresenceTracker newTracker(
            UnaryOperator<PresenceSettings.Builder> settings,
            PresenceVisibility visibility,
            @Nullable PresenceDirectory directory) {
        LocalPresenceTracker.Builder builder =
                stepped.tracker().settings(settings).visibility(visibility);
        return directory == null
                ? builder.build()
                : builder.directory(directory).build();
    }

    @Override
    protected void advance(Duration time) {
        stepped.advance(time);
    }

    @Override
    protected Instant now() {
        return stepped.clock.instant();
    }

    @Override
    protected Duration bound() {
        return Duration.ZERO; // all is done when a call returns
    }

    @Test
    void the_version_of_one_who_hides_moves_as_that_of_one_who_is_gone() {
        PresenceTracker tracker = stepped.tracker()
                .settings(settings -> settings.choices(1000, Duration.ZERO))
                .build();
        for (String user : List.of("gone", "hiding")) {
            tracker.connect(user, "phone").close();
        }
        tracker.choose("hiding", ChosenStatus.of(PresenceStatus.INVISIBLE));
        long gone = tracker.presenceOf("gone").version();
        long hiding = tracker.presenceOf("hiding").version();
        // Users of all shards, who are not seen: nobody's version tells of that.
        List<String> all = IntStream.range(0, 1_000).mapToObj(i -> "user" + i).toList();
        all.forEach(user -> tracker.choose(user, ChosenStatus.of(PresenceStatus.INVISIBLE)));
        all.forEach(user -> tracker.connect(user, "phone"));
        tracker.connect("hiding", "phone");
        assertThat(tracker.presenceOf("gone").version()).isEqualTo(gone);
        assertThat(tracker.presenceOf("hiding").version()).isEqualTo(hiding);
        all.forEach(tracker::chooseNothing);
        assertThat(tracker.presenceOf("gone").version()).isGreaterThan(gone);
        assertThat(tracker.presenceOf("hiding").version()).isGreaterThan(hiding);
        assertThat(tracker.own("hiding").version())
                .isEqualTo(tracker.presenceOf("hiding").version());
    }

    @Test
    void a_choice_ends_in_time_where_the_clock_is_set_forward_and_not_before_where_it_is_set_back() {
        AtomicReference<Duration> set = new AtomicReference<>(Duration.ZERO);
        Instant until = now().plus(Duration.ofHours(2));
        try (PresenceTracker tracker = stepped.tracker()
                .clock(() -> stepped.clock.instant().plus(set.get()))
                .build()) {
            tracker.connect("ann", "phone");
            tracker.connect("bob", "phone");
            tracker.choose("ann", ChosenStatus.text("lunch").until(until));
            tracker.choose("bob", ChosenStatus.text("writing"));
            set.set(Duration.ofHours(-1));
            stepped.advance(Duration.ofSeconds(1));
            assertThat(tracker.presenceOf("ann").text()).contains("lunch");
            set.set(Duration.ofHours(2).minusSeconds(3));
            stepped.advance(Duration.ofSeconds(1));
            assertThat(tracker.presenceOf("ann").text()).contains("lunch");
            assertThat(tracker.chosen("ann")).isPresent();
            set.set(Duration.ofHours(2));
            stepped.advance(Duration.ofSeconds(1));
            assertThat(tracker.chosen("ann")).isEmpty();
            assertThat(tracker.presenceOf("ann").text()).isEmpty();
            assertThat(tracker.presenceOf("bob").text()).contains("writing");
        }
    }

    @Test
    void a_choice_ends_in_time_where_the_whole_process_stood_still() {
        try (PresenceTracker tracker = stepped.tracker().build()) {
            tracker.connect("ann", "phone");
            tracker.choose("ann", ChosenStatus.text("lunch").until(now().plus(Duration.ofHours(1))));
            stepped.clock.advance(Duration.ofHours(2)); // nothing was done meanwhile
            stepped.advance(Duration.ofSeconds(1));
            assertThat(tracker.presenceOf("ann").status()).isEqualTo(PresenceStatus.ONLINE);
            assertThat(tracker.presenceOf("ann").text()).isEmpty();
        }
    }

    @Test
    void a_hundred_thousand_who_reconnect_within_ten_seconds_make_one_event_each() {
        int many = 100_000;
        try (PresenceTracker tracker = stepped.tracker().build()) {
            FollowedPresence counting = new FollowedPresence();
            tracker.all().subscribe(counting);
            counting.request(Long.MAX_VALUE);
            for (int i = 0; i < many; i++) {
                tracker.connect("user" + i, "phone");
                tracker.connect("user" + i, "phone"); // a client that tries twice
                if (i % 1_000 == 0) {
                    stepped.advance(Duration.ofMillis(100));
                }
            }
            stepped.advance(Duration.ofSeconds(1));
            assertThat(counting.told).hasSize(many);
            assertThat(counting.told.values()).containsOnly(1);
            assertThat(tracker.figures()).isEqualTo(new PresenceTracker.Figures(many, many));
        }
    }

    @Test
    void a_subscriber_who_is_behind_by_more_than_may_wait_gets_a_new_snapshot() {
        try (PresenceTracker tracker = stepped.tracker().build()) {
            FollowedPresence slow = new FollowedPresence();
            tracker.all().subscribe(slow);
            slow.request(1);
            List<PresenceSession> sessions = new ArrayList<>();
            for (int i = 0; i <= MOST_WAITING; i++) {
                sessions.add(tracker.connect("user" + i, "phone"));
                if (i % 500 == 499) {
                    stepped.advance(Duration.ofMillis(501));
                }
                if (i % 25_000 == 0) {
                    sessions.forEach(PresenceSession::heartbeat);
                }
            }
            stepped.advance(Duration.ofMillis(501));
            assertThat(slow.kinds).isEqualTo(Map.of(Kind.SNAPSHOT, 1));
            slow.request(Long.MAX_VALUE);
            assertThat(slow.online).hasSize(MOST_WAITING + 1);
            assertThat(slow.kinds).containsOnlyKeys(Kind.SNAPSHOT, Kind.MORE_OF_SNAPSHOT);
            assertThat(slow.kinds).containsEntry(Kind.SNAPSHOT, 2);
            tracker.connect("late", "phone");
            stepped.advance(Duration.ofSeconds(1));
            assertThat(slow.online).containsKey("late");
        }
    }

    @Test
    void a_subscriber_that_stands_still_blocks_neither_the_tracker_nor_another() throws Exception {
        CountDownLatch standing = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch heard = new CountDownLatch(1);
        try (PresenceTracker tracker = LocalPresenceTracker.builder()
                .settings(settings -> settings.eventWindow(Duration.ofMillis(1)))
                .build()) {
            AutoCloseable stuck = tracker.onChange(presence -> {
                standing.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            tracker.connect("ann", "phone");
            assertThat(standing.await(20, TimeUnit.SECONDS)).isTrue();
            AutoCloseable listening = tracker.onChange(presence -> {
                if (presence.user().equals("marker")) {
                    heard.countDown();
                }
            });
            for (int i = 0; i < 1_000; i++) {
                tracker.connect("bob", "device").close();
            }
            tracker.connect("marker", "phone");
            assertThat(heard.await(20, TimeUnit.SECONDS)).isTrue();
            listening.close();
            stuck.close();
        } finally {
            released.countDown();
        }
    }

    @Test
    void subscribers_know_whether_presence_is_on_whoever_switches_it_at_once() throws Exception {
        try (PresenceTracker tracker = stepped.tracker().build()) {
            List<FollowedPresence> followers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                FollowedPresence follower = new FollowedPresence();
                tracker.all().subscribe(follower);
                follower.request(Long.MAX_VALUE);
                followers.add(follower);
            }
            CyclicBarrier both = new CyclicBarrier(2);
            CompletableFuture<Void> other =
                    CompletableFuture.runAsync(() -> switchAtOnce(tracker, both, followers, true));
            switchAtOnce(tracker, both, followers, false);
            other.get(60, TimeUnit.SECONDS);
        }
    }

    private static void switchAtOnce(
            PresenceTracker tracker, CyclicBarrier both, List<FollowedPresence> followers, boolean enabled) {
        try {
            for (int round = 0; round < 5_000; round++) {
                both.await(20, TimeUnit.SECONDS);
                tracker.setEnabled(enabled);
                both.await(20, TimeUnit.SECONDS);
                for (FollowedPresence follower : followers) {
                    assertThat(follower.isOff).as("round %d", round).isEqualTo(!tracker.isEnabled());
                }
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void meters_tell_of_the_tracker_that_is_open_and_go_with_it() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        for (int i = 0; i < 2; i++) { // a host may close one and build the next
            try (PresenceTracker tracker = stepped.tracker().meters(registry).build()) {
                AutoCloseable listening = tracker.onChange(presence -> {});
                tracker.connect("ann", "phone");
                tracker.connect("ann", "desk");
                tracker.connect("bob", "phone");
                stepped.advance(Duration.ofSeconds(1));
                Map<String, Double> values = new HashMap<>();
                registry.forEachMeter(meter -> values.put(
                        meter.getId().getName().substring("chatty.maintenance.presence.".length()),
                        meter.measure().iterator().next().getValue()));
                assertThat(values)
                        .containsOnlyKeys("sessions", "users", "subscriptions", "events", "sweep.pause", "sweep.lag")
                        .containsEntry("sessions", 3.0)
                        .containsEntry("users", 2.0)
                        .containsEntry("subscriptions", 1.0)
                        .containsEntry("events", 2.0)
                        .containsEntry("sweep.pause", 5.0)
                        .containsEntry("sweep.lag", 0.0);
                listening.close();
            }
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void a_registry_that_fails_keeps_no_tracker_from_closing() {
        MeterRegistry failing = new SimpleMeterRegistry() {
            @Override
            public @Nullable Meter remove(Meter meter) {
                throw new IllegalStateException("no meter goes");
            }
        };
        PresenceTracker tracker = stepped.tracker().meters(failing).build();
        tracker.close();
        assertThat(tracker.problems()).containsExactly("closed");
    }

    @Test
    void a_tracker_on_threads_of_its_own_leaves_none_behind() throws Exception {
        PresenceTracker tracker = LocalPresenceTracker.builder()
                .settings(settings -> settings.sessionTimeout(Duration.ofMillis(100))
                        .quietTime(Duration.ZERO)
                        .eventWindow(Duration.ofMillis(1)))
                .build();
        CountDownLatch went = new CountDownLatch(2);
        AutoCloseable listening = tracker.onChange(presence -> went.countDown());
        tracker.connect("ann", "phone");
        assertThat(went.await(20, TimeUnit.SECONDS))
                .as("ann came and timed out")
                .isTrue();
        listening.close();
        tracker.close();
        // Those that call subscribers end a while later, by themselves.
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("chatty-maintenance-presence")
                    && !thread.getName().startsWith("chatty-maintenance-presence-subscriber")) {
                thread.join(20_000);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }
}
