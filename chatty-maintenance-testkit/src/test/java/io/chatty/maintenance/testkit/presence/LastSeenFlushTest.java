package io.chatty.maintenance.testkit.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.LastSeenStore;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceStatus;
import io.chatty.maintenance.presence.local.LocalPresenceTracker;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.SettingsException;
import io.chatty.maintenance.testkit.InMemoryLastSeenStore;
import io.chatty.maintenance.testkit.SingleRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When users were last seen goes to a store by a task, and at a close. */
class LastSeenFlushTest {

    private final SteppedPresence stepped = new SteppedPresence();
    private final InMemoryLastSeenStore stored = new InMemoryLastSeenStore();
    private final List<Integer> batches = new ArrayList<>();
    private List<String> problems = List.of();
    private boolean broken;
    private int looks;
    private final LastSeenStore store = new LastSeenStore() {
        @Override
        public List<String> problems() {
            return problems;
        }

        @Override
        public void write(String node, Collection<Seen> seen) {
            if (broken) {
                throw new IllegalStateException("the database is away");
            }
            batches.add(seen.size());
            stored.write(node, seen);
        }

        @Override
        public Map<String, Instant> find(Collection<String> users) {
            return stored.find(users);
        }

        @Override
        public List<String> online(String node, String after, int most) {
            looks++;
            return stored.online(node, after, most);
        }
    };

    private LocalPresenceTracker tracker() {
        return stepped.tracker().lastSeen(store, "chat-1").build();
    }

    private Counts flush(LocalPresenceTracker tracker, int size) throws Exception {
        return new SingleRun(tracker.tasks().get(0), size, stepped.clock.instant()).go();
    }

    private Instant after(long seconds) {
        return SteppedPresence.START.plusSeconds(seconds);
    }

    @Test
    void those_who_came_or_went_are_written_once_and_in_batches() throws Exception {
        try (LocalPresenceTracker tracker = tracker()) {
            List<PresenceSession> sessions = IntStream.range(0, 1_200)
                    .mapToObj(i -> tracker.connect("u" + i, "phone"))
                    .toList();
            assertThat(flush(tracker, 10_000).get("written")).isEqualTo(1_200);
            assertThat(batches).containsExactly(500, 500, 200);
            assertThat(stored.online("chat-1", "", 2_000)).hasSize(1_200);
            assertThat(flush(tracker, 10_000).get("written")).isZero();

            sessions.get(7).close();
            assertThat(flush(tracker, 10_000).get("written")).isEqualTo(1);
            assertThat(stored.online("chat-1", "", 2_000)).hasSize(1_199).doesNotContain("u7");
        }
    }

    @Test
    void each_who_stays_is_written_once_in_the_time_and_not_all_at_once() throws Exception {
        stepped.advance(Duration.ofSeconds(330)); // the time goes over the end of a round
        try (LocalPresenceTracker tracker = tracker()) {
            List<PresenceSession> sessions = IntStream.range(0, 600)
                    .mapToObj(i -> tracker.connect("u" + i, "phone"))
                    .toList();
            flush(tracker, 10_000);
            long written = 0;
            for (int minute = 0; minute < 10; minute++) {
                for (int beat = 0; beat < 3; beat++) {
                    stepped.advance(Duration.ofSeconds(20));
                    sessions.forEach(PresenceSession::heartbeat);
                }
                long now = flush(tracker, 10_000).get("written");
                assertThat(now).isBetween(20L, 120L);
                written += now;
            }
            assertThat(written).isEqualTo(600);
            assertThat(stored.find(List.of("u0", "u1")).values()).allMatch(at -> at.isAfter(SteppedPresence.START));
        }
    }

    @Test
    void what_could_not_be_written_is_written_later_with_what_is_new() throws Exception {
        try (LocalPresenceTracker tracker = tracker()) {
            PresenceSession ann = tracker.connect("ann", "phone");
            PresenceSession bob = tracker.connect("bob", "phone");
            flush(tracker, 100);
            ann.close();
            bob.close();
            broken = true;
            assertThatThrownBy(() -> flush(tracker, 100)).hasMessage("the database is away");
            assertThat(tracker.problems()).singleElement().asString().contains("the database is away");
            stepped.advance(Duration.ofMinutes(5));
            tracker.connect("ann", "phone");
            broken = false;
            flush(tracker, 100);
            assertThat(tracker.problems()).isEmpty();
            assertThat(stored.online("chat-1", "", 10)).containsExactly("ann");
            assertThat(stored.find(List.of("ann"))).containsEntry("ann", after(300));
        }
    }

    @Test
    void a_close_writes_the_rest() {
        LocalPresenceTracker tracker = tracker();
        tracker.connect("ann", "phone").close();
        tracker.connect("bob", "phone");
        IntStream.range(0, 1_200).forEach(i -> tracker.connect("u" + i, "phone"));
        tracker.close();
        assertThat(stored.find(List.of("ann", "bob"))).containsOnlyKeys("ann", "bob");
        assertThat(batches.stream().mapToInt(each -> each).sum()).isEqualTo(1_202);
        assertThat(stored.online("chat-1", "", 10)).isEmpty();
    }

    @Test
    void a_close_by_a_thread_that_was_interrupted_before_writes_all_the_same() {
        LocalPresenceTracker tracker = tracker();
        IntStream.range(0, 1_200).forEach(i -> tracker.connect("u" + i, "phone"));
        Thread.currentThread().interrupt();
        tracker.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(batches.stream().mapToInt(each -> each).sum()).isEqualTo(1_200);
    }

    @Test
    void after_a_crash_those_whom_this_node_left_online_are_put_right_and_no_others() throws Exception {
        stored.write("chat-2", List.of(new LastSeenStore.Seen("eve", after(-60), true)));
        stored.write(
                "chat-1",
                IntStream.range(0, 500)
                        .mapToObj(i -> new LastSeenStore.Seen("u" + i, after(-60), true))
                        .toList());
        stored.write("chat-1", List.of(new LastSeenStore.Seen("ann", after(-60), true)));
        try (LocalPresenceTracker tracker = tracker()) {
            tracker.connect("ann", "phone");
            assertThat(flush(tracker, 100).get("putRight")).isEqualTo(500);
            assertThat(stored.online("chat-1", "", 2_000)).containsExactly("ann");
            assertThat(stored.online("chat-2", "", 10)).containsExactly("eve");
            assertThat(stored.find(List.of("u3"))).containsEntry("u3", after(-60));
            assertThat(flush(tracker, 100).get("putRight")).isZero();
        }
    }

    @Test
    void after_a_crash_those_who_are_back_already_are_looked_at_once() throws Exception {
        List<String> users = IntStream.range(0, 250).mapToObj(i -> "u" + i).toList();
        stored.write(
                "chat-1",
                users.stream()
                        .map(user -> new LastSeenStore.Seen(user, after(-60), true))
                        .toList());
        try (LocalPresenceTracker tracker = tracker()) {
            users.forEach(user -> tracker.connect(user, "phone"));
            assertThat(flush(tracker, 100).get("putRight")).isZero();
            assertThat(looks).as("a hundred at a time").isEqualTo(3);
            assertThat(stored.online("chat-1", "", 2_000)).hasSize(250);
        }
    }

    @Test
    void a_close_puts_right_as_well_whom_this_node_left_online_where_no_engine_did() throws Exception {
        for (int i = 0; i < 600; i++) {
            store.write("chat-1", List.of(new LastSeenStore.Seen("left" + i, after(0), true)));
        }
        store.write("chat-2", List.of(new LastSeenStore.Seen("bob", after(0), true)));
        stepped.advance(Duration.ofMinutes(5));
        try (LocalPresenceTracker tracker = tracker()) {
            tracker.connect("left7", "phone");
        }
        assertThat(stored.online("chat-1", "", 1_000)).isEmpty();
        assertThat(stored.online("chat-2", "", 10)).containsExactly("bob");
        assertThat(stored.find(List.of("left7", "left8"))).isEqualTo(Map.of("left7", after(300), "left8", after(0)));
    }

    @Test
    void who_turns_invisible_was_last_seen_then() throws Exception {
        try (LocalPresenceTracker tracker = tracker()) {
            PresenceSession ann = tracker.connect("ann", "phone");
            tracker.choose("ann", ChosenStatus.of(PresenceStatus.INVISIBLE));
            flush(tracker, 100);
            for (int i = 0; i < 60; i++) {
                stepped.advance(Duration.ofSeconds(20));
                ann.heartbeat();
            }
            flush(tracker, 100);
            assertThat(stored.online("chat-1", "", 10)).isEmpty();
            assertThat(stored.find(List.of("ann"))).containsEntry("ann", SteppedPresence.START);
            assertThat(tracker.lastSeen(List.of("ann"))).containsEntry("ann", SteppedPresence.START);
        }
    }

    @Test
    void what_the_store_tells_is_cut_to_the_grain_whoever_wrote_it() throws Exception {
        Instant exact = Instant.parse("2025-12-31T10:11:12.345678Z"); // the host's, or from before the grain was set
        Instant far = Instant.parse("+999999999-12-31T18:00:00Z"); // infinity, as a driver tells it
        stored.write(
                "other",
                List.of(new LastSeenStore.Seen("zoe", exact, false), new LastSeenStore.Seen("far", far, false)));
        try (LocalPresenceTracker tracker = stepped.tracker()
                .settings(settings -> settings.lastSeenGrain(Duration.ofDays(1)))
                .lastSeen(store, "chat-1")
                .build()) {
            assertThat(tracker.lastSeen(List.of("zoe", "far")))
                    .isEqualTo(Map.of(
                            "zoe",
                            Instant.parse("2025-12-31T00:00:00Z"),
                            "far",
                            Instant.parse("+999999999-12-31T00:00:00Z")));
        }
    }

    @Test
    void engines_that_share_a_run_store_write_each_of_its_own_node() throws Exception {
        InMemoryRunStore runs = new InMemoryRunStore();
        try (LocalPresenceTracker one = tracker();
                LocalPresenceTracker two =
                        stepped.tracker().lastSeen(store, "chat-2").build();
                MaintenanceEngine first = engine(runs, one);
                MaintenanceEngine second = engine(runs, two)) {
            first.start();
            second.start();
            one.connect("ann", "phone");
            two.connect("bob", "phone");
            stepped.advance(Duration.ofMinutes(3));
            assertThat(stored.find(List.of("ann", "bob"))).containsOnlyKeys("ann", "bob");
        }
    }

    @Test
    void an_engine_does_not_start_with_a_store_that_is_not_ready() {
        problems = List.of("table users: column last_seen_at is missing");
        try (LocalPresenceTracker tracker = tracker();
                MaintenanceEngine engine = engine(new InMemoryRunStore(), tracker)) {
            assertThatThrownBy(engine::start)
                    .isInstanceOfSatisfying(
                            SettingsException.class,
                            refused -> assertThat(refused.problems()).isEqualTo(problems));
            problems = List.of();
            engine.start();
        }
    }

    private MaintenanceEngine engine(RunStore runs, LocalPresenceTracker tracker) {
        return MaintenanceEngine.builder()
                .runStore(runs)
                .clock(stepped.clock)
                .scheduler(stepped.scheduler)
                .workers(Runnable::run)
                .task(tracker.tasks().get(0), Schedules.every(Duration.ofMinutes(1)))
                .build();
    }

    @Test
    void a_name_that_no_node_can_have_is_refused_by_the_method_that_it_is_given_to() {
        for (String name : List.of("n".repeat(81), "chat 1", "")) {
            assertThatThrownBy(() -> stepped.tracker().lastSeen(store, name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("node name: \"" + name + "\" is not one to 80 letters, digits, '.', '_' and '-'");
        }
        assertThatThrownBy(() -> stepped.tracker().lastSeen(store, none()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("node name");
        stepped.tracker().lastSeen(store, "n".repeat(80)).build().close();
    }

    @SuppressWarnings("NullAway") // what a host gives that is not checked so
    private static String none() {
        return null;
    }
}
