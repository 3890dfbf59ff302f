package io.chatty.maintenance.testkit;

import static io.chatty.maintenance.presence.PresenceStatus.INVISIBLE;
import static io.chatty.maintenance.presence.PresenceStatus.OFFLINE;
import static io.chatty.maintenance.presence.PresenceStatus.ONLINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceDirectory;
import io.chatty.maintenance.presence.PresenceEvent;
import io.chatty.maintenance.presence.PresenceEvent.Kind;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceTracker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link PresenceTracker} is held to. An implementer extends it, and gives trackers and a way to let time pass for them.
 * What a tracker does may show a while later, if it speaks to a server.
 */
public abstract class PresenceTrackerContract extends PresenceInViews {

    /** For the subclass. */
    protected PresenceTrackerContract() {}

    private void eventuallyIs(PresenceWatcher watcher, String... lines) {
        eventually(() -> assertThat(watcher.lines()).containsExactly(lines));
    }

    private PresenceTracker openWithShortWindow() throws Exception {
        return open(settings -> settings.choices(1000, Duration.ZERO).eventWindow(MILLI));
    }

    private PresenceTracker openWithoutLimit() throws Exception {
        return open(settings -> settings.choices(1000, Duration.ZERO));
    }

    @Test
    void a_subscriber_gets_a_snapshot_and_then_what_changes() throws Exception {
        PresenceTracker tracker = open();
        tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        PresenceWatcher all = watch(tracker.all());
        PresenceWatcher some = watch(tracker.users(List.of("bob", "cid")));
        eventuallyIs(all, "SNAPSHOT ann ONLINE");
        eventuallyIs(some, "SNAPSHOT");
        assertThat(all.events().get(0).more()).isFalse();
        PresenceSession bob = tracker.connect("bob", "phone");
        letTell();
        eventuallyIs(all, "SNAPSHOT ann ONLINE", "CHANGES bob ONLINE");
        eventuallyIs(some, "SNAPSHOT", "CHANGES bob ONLINE");
        assertThat(all.known("bob").version())
                .isEqualTo(tracker.presenceOf("bob").version());
        bob.close();
        letTell();
        eventuallyIs(all, "SNAPSHOT ann ONLINE", "CHANGES bob ONLINE", "CHANGES bob OFFLINE");
        eventuallyIs(some, "SNAPSHOT", "CHANGES bob ONLINE", "CHANGES bob OFFLINE");
    }

    @Test
    void what_is_in_the_snapshot_is_not_told_again() throws Exception {
        PresenceTracker tracker = open();
        PresenceWatcher watcher = new PresenceWatcher(0);
        tracker.all().subscribe(watcher);
        tracker.connect("ann", "phone");
        tracker.connect("gone", "phone").close();
        letTell();
        tracker.connect("bob", "phone");
        eventually(() -> assertThat(tracker.onlineAmong(List.of("ann", "bob"))).hasSize(2));
        watcher.request(1);
        eventuallyIs(watcher, "SNAPSHOT ann ONLINE, bob ONLINE");
        letTell();
        tracker.connect("cid", "phone");
        letTell();
        watcher.request(Long.MAX_VALUE);
        eventuallyIs(watcher, "SNAPSHOT ann ONLINE, bob ONLINE", "CHANGES cid ONLINE");
    }

    @Test
    void a_large_snapshot_comes_in_parts_and_what_changes_meanwhile_comes_after_it() throws Exception {
        PresenceTracker tracker = open();
        List<String> many = users(1234);
        List<PresenceSession> sessions = new ArrayList<>();
        many.forEach(user -> sessions.add(tracker.connect(user, "phone")));
        eventually(() -> assertThat(tracker.onlineAmong(many)).hasSize(1234));
        letTell();
        PresenceWatcher watcher = new PresenceWatcher(1);
        tracker.all().subscribe(watcher);
        eventually(() -> assertThat(watcher.events()).hasSize(1));
        sessions.subList(0, 600).forEach(PresenceSession::close);
        tracker.connect("late", "phone");
        eventually(() -> assertThat(tracker.onlineAmong(many)).hasSize(634));
        letTell();
        watcher.request(Long.MAX_VALUE);
        eventually(() -> assertThat(watcher.online().keySet())
                .hasSize(635)
                .contains("late")
                .containsAll(many.subList(600, 1234)));
        List<PresenceEvent> events = watcher.events();
        assertThat(events.get(0).kind()).isEqualTo(Kind.SNAPSHOT);
        Set<String> inSnapshot = new HashSet<>();
        boolean more = true;
        for (PresenceEvent event : events) {
            if (more) {
                assertThat(event.kind()).isEqualTo(inSnapshot.isEmpty() ? Kind.SNAPSHOT : Kind.MORE_OF_SNAPSHOT);
                event.presences()
                        .forEach(presence ->
                                assertThat(inSnapshot.add(presence.user())).isTrue());
                more = event.more();
            } else {
                assertThat(event.kind()).isEqualTo(Kind.CHANGES);
            }
        }
        assertThat(more).isFalse();
        assertThat(inSnapshot).hasSizeGreaterThan(500);
    }

    @Test
    void of_the_changes_of_a_window_the_last_of_each_user_is_told() throws Exception {
        PresenceTracker tracker = openWithoutLimit();
        tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        PresenceWatcher watcher = watch(tracker.all());
        eventuallyIs(watcher, "SNAPSHOT ann ONLINE");
        for (int i = 0; i < 10; i++) {
            tracker.choose("ann", ChosenStatus.text("text " + i));
            tracker.connect("bob", "device " + i);
        }
        eventually(() -> assertThat(tracker.presenceOf("bob").devices()).isEqualTo(10));
        letTell();
        eventuallyIs(watcher, "SNAPSHOT ann ONLINE", "CHANGES ann ONLINE text 9, bob ONLINE");
        assertThat(watcher.known("bob").devices()).isEqualTo(10);
    }

    @Test
    void what_is_as_it_was_at_the_end_of_a_window_is_not_told() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession ann = tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        PresenceWatcher watcher = watch(tracker.all());
        eventuallyIs(watcher, "SNAPSHOT ann ONLINE");
        ann.close();
        tracker.connect("ann", "desk");
        tracker.connect("bob", "phone").close();
        letTell();
        tracker.connect("cid", "phone");
        letTell();
        eventuallyIs(watcher, "SNAPSHOT ann ONLINE", "CHANGES cid ONLINE");
    }

    @Test
    void one_whose_snapshot_was_made_while_a_user_was_gone_for_a_moment_is_told_of_the_return() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession ann = tracker.connect("ann", "phone");
        PresenceSession bob = tracker.connect("bob", "phone");
        eventually(() -> assertThat(tracker.onlineAmong(List.of("ann", "bob"))).hasSize(2));
        letTell();
        PresenceWatcher before = watch(tracker.all());
        eventuallyIs(before, "SNAPSHOT ann ONLINE, bob ONLINE");
        ann.close();
        bob.close();
        eventually(() -> assertThat(tracker.onlineAmong(List.of("ann", "bob"))).isEmpty());
        PresenceWatcher all = watch(tracker.all());
        PresenceWatcher some = watch(tracker.users(List.of("ann")));
        eventuallyIs(all, "SNAPSHOT");
        eventuallyIs(some, "SNAPSHOT");
        tracker.connect("ann", "phone");
        tracker.connect("bob", "phone");
        letTell();
        eventually(() -> assertThat(all.online()).containsOnlyKeys("ann", "bob"));
        eventually(() -> assertThat(some.online()).containsOnlyKeys("ann"));
        assertThat(before.lines()).containsExactly("SNAPSHOT ann ONLINE, bob ONLINE");
    }

    @Test
    void many_who_reconnect_at_once_are_told_of_once_each_or_not_at_all() throws Exception {
        PresenceTracker tracker = open();
        List<String> many = users(2000);
        PresenceWatcher watcher = watch(tracker.all());
        List<PresenceSession> sessions = new ArrayList<>();
        many.forEach(user -> sessions.add(tracker.connect(user, "phone")));
        letTell();
        eventually(() -> assertThat(watcher.online()).hasSize(2000));
        many.forEach(user -> assertThat(watcher.told(user)).hasSize(1));
        int events = watcher.events().size();
        sessions.forEach(PresenceSession::lost);
        letTell();
        many.forEach(user -> tracker.connect(user, "phone"));
        sessions.forEach(PresenceSession::close);
        letTell();
        tracker.connect("marker", "phone");
        letTell();
        eventually(() -> assertThat(watcher.online()).hasSize(2001));
        assertThat(watcher.events()).hasSize(events + 1);
    }

    @Test
    void a_slow_subscriber_gets_the_last_state_of_each_user_and_blocks_nobody() throws Exception {
        PresenceTracker tracker = openWithShortWindow();
        tracker.connect("ann", "phone");
        tracker.connect("bob", "phone");
        eventually(() -> assertThat(tracker.onlineAmong(List.of("ann", "bob"))).hasSize(2));
        PresenceWatcher quick = watch(tracker.all());
        PresenceWatcher slow = new PresenceWatcher(1);
        tracker.all().subscribe(slow);
        eventuallyIs(slow, "SNAPSHOT ann ONLINE, bob ONLINE");
        tracker.choose("bob", ChosenStatus.text("once"));
        for (int i = 0; i < 300; i++) {
            String text = "text " + i;
            tracker.choose("ann", ChosenStatus.text(text));
            advance(MILLI.multipliedBy(2));
            eventually(() -> assertThat(quick.known("ann").text()).contains(text));
        }
        eventually(() -> assertThat(quick.events()).hasSizeGreaterThanOrEqualTo(301));
        slow.request(Long.MAX_VALUE);
        eventually(() -> assertThat(slow.known("ann").text()).contains("text 299"));
        List<String> lines = slow.lines();
        assertThat(lines)
                .containsExactly("SNAPSHOT ann ONLINE, bob ONLINE", "COLLAPSED ann ONLINE text 299, bob ONLINE once");
        assertThat(slow.events().get(1).more()).isFalse();
        tracker.choose("ann", ChosenStatus.text("now"));
        letTell();
        eventually(() -> assertThat(slow.lines()).hasSize(3).last().isEqualTo("CHANGES ann ONLINE now"));
    }

    @Test
    void up_to_so_many_events_wait_for_a_subscriber_as_they_are() throws Exception {
        PresenceTracker tracker = openWithShortWindow();
        tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        PresenceWatcher quick = watch(tracker.all());
        PresenceWatcher slow = new PresenceWatcher(1);
        tracker.all().subscribe(slow);
        eventuallyIs(slow, "SNAPSHOT ann ONLINE");
        for (int i = 0; i < 256; i++) {
            String text = "text " + i;
            tracker.choose("ann", ChosenStatus.text(text));
            advance(MILLI.multipliedBy(2));
            eventually(() -> assertThat(quick.known("ann").text()).contains(text));
        }
        slow.request(Long.MAX_VALUE);
        eventually(() -> assertThat(slow.known("ann").text()).contains("text 255"));
        assertThat(slow.told("ann")).hasSize(257).doesNotHaveDuplicates();
    }

    @Test
    void a_subscription_to_a_room_follows_its_members() throws Exception {
        Known known = new Known();
        known.rooms.put("lobby", List.of("ann", "bob"));
        known.rooms.put("other", List.of("ann"));
        PresenceTracker tracker = open(settings -> settings, ALL_SEE_ALL, known);
        List.of("ann", "cid").forEach(user -> tracker.connect(user, "phone"));
        eventually(() -> assertThat(tracker.onlineAmong(List.of("ann", "cid"))).hasSize(2));
        PresenceWatcher lobby = watch(tracker.room("lobby"));
        PresenceWatcher other = watch(tracker.seenBy("bob").room("other"));
        eventuallyIs(lobby, "SNAPSHOT ann ONLINE");
        tracker.connect("bob", "phone");
        letTell();
        eventuallyIs(lobby, "SNAPSHOT ann ONLINE", "CHANGES bob ONLINE");
        known.rooms.put("lobby", List.of("bob", "cid"));
        tracker.roomChanged("lobby");
        eventuallyIs(lobby, "SNAPSHOT ann ONLINE", "CHANGES bob ONLINE", "SNAPSHOT bob ONLINE, cid ONLINE");
        tracker.connect("ann", "desk");
        tracker.connect("cid", "desk");
        letTell();
        eventually(() -> assertThat(lobby.lines()).hasSize(4).last().isEqualTo("CHANGES cid ONLINE"));
        eventuallyIs(other, "SNAPSHOT ann ONLINE", "CHANGES ann ONLINE");
    }

    @Test
    void a_subscription_to_contacts_follows_them() throws Exception {
        Known known = new Known();
        known.contacts.put("ann", List.of("bob", "cid"));
        PresenceTracker tracker = open(settings -> settings, ALL_SEE_ALL, known);
        tracker.connect("bob", "phone");
        eventuallyIs(tracker, "bob", ONLINE);
        PresenceWatcher contacts = watch(tracker.seenBy("ann").contacts("ann"));
        eventuallyIs(contacts, "SNAPSHOT bob ONLINE");
        known.contacts.put("ann", List.of("dan"));
        known.rooms.put("ann", List.of("bob"));
        tracker.roomChanged("ann"); // a room that has the user's name
        tracker.contactsChanged("bob");
        tracker.connect("dan", "phone");
        letTell();
        tracker.contactsChanged("ann");
        eventually(() -> assertThat(contacts.online()).containsOnlyKeys("dan"));
        eventuallyIs(contacts, "SNAPSHOT bob ONLINE", "SNAPSHOT dan ONLINE");
        known.contacts.put("ann", List.of());
        tracker.contactsChanged("ann");
        eventuallyIs(contacts, "SNAPSHOT bob ONLINE", "SNAPSHOT dan ONLINE", "SNAPSHOT");
    }

    /** A room in which bob takes ann's place while the first answer is under way. */
    private static final class MovingRoom implements PresenceDirectory {

        private List<String> members = List.of("ann");
        private @Nullable PresenceTracker tracker;

        @Override
        public Collection<String> membersOf(String room) {
            List<String> read = members;
            if (read.contains("ann") && tracker != null) {
                members = List.of("bob");
                tracker.roomChanged(room);
            }
            return read;
        }

        @Override
        public Collection<String> contactsOf(String user) {
            return List.of();
        }
    }

    @Test
    void a_room_that_changes_while_it_is_subscribed_to_is_followed() throws Exception {
        MovingRoom directory = new MovingRoom();
        PresenceTracker tracker = open(settings -> settings, ALL_SEE_ALL, directory);
        directory.tracker = tracker;
        List.of("ann", "bob").forEach(user -> tracker.connect(user, "phone"));
        eventually(() -> assertThat(tracker.onlineAmong(List.of("ann", "bob"))).hasSize(2));
        PresenceWatcher watcher = watch(tracker.room("lobby"));
        eventually(() -> assertThat(watcher.online()).containsOnlyKeys("bob"));
    }

    @Test
    void a_directory_that_fails_ends_the_subscription_alone_and_a_question_with_its_exception() throws Exception {
        RuntimeException fault = new IllegalStateException("no database");
        PresenceTracker tracker = open(settings -> settings, ALL_SEE_ALL, new PresenceDirectory() {
            @Override
            public Collection<String> membersOf(String room) {
                if (!room.equals("broken")) {
                    return List.of("ann");
                }
                throw fault;
            }

            @Override
            public Collection<String> contactsOf(String user) {
                throw fault;
            }
        });
        PresenceWatcher broken = watch(tracker.room("broken"));
        PresenceWatcher contacts = watch(tracker.contacts("ann"));
        PresenceWatcher sound = watch(tracker.room("sound"));
        for (PresenceWatcher failed : List.of(broken, contacts)) {
            eventually(() -> assertThat(failed.failure()).isSameAs(fault));
            assertThat(failed.events()).isEmpty();
        }
        assertThatThrownBy(() -> tracker.onlineIn("broken")).isSameAs(fault);
        tracker.connect("ann", "phone");
        letTell();
        eventually(() -> assertThat(sound.online()).containsOnlyKeys("ann"));
    }

    @Test
    void an_error_of_the_directory_ends_the_subscription_alone() throws Exception {
        NoClassDefFoundError fault = new NoClassDefFoundError("a class of the directory");
        PresenceTracker tracker = open(settings -> settings, ALL_SEE_ALL, new PresenceDirectory() {
            @Override
            public Collection<String> membersOf(String room) {
                throw fault;
            }

            @Override
            public Collection<String> contactsOf(String user) {
                return List.of();
            }
        });
        PresenceWatcher broken = watch(tracker.room("lobby"));
        eventually(() -> assertThat(broken.failure()).isSameAs(fault));
        assertThat(broken.events()).isEmpty();
    }

    @Test
    void what_goes_on_comes_to_an_end_also_where_the_viewer_may_see_nothing_of_it() throws Exception {
        PresenceTracker tracker =
                open(settings -> settings.eventWindow(MILLI).choices(1000, Duration.ZERO), RULE, null);
        PresenceWatcher quick = watch(tracker.all());
        PresenceWatcher slow = new PresenceWatcher(1);
        tracker.seenBy("bob").all().subscribe(slow);
        eventuallyIs(slow, "SNAPSHOT");
        users(500).forEach(user -> tracker.connect(user, "phone"));
        advance(MILLI.multipliedBy(2));
        eventually(() -> assertThat(quick.online()).hasSize(500));
        tracker.connect("hidden", "phone");
        for (int i = 0; i < 257; i++) {
            String text = "text " + i;
            tracker.choose("hidden", ChosenStatus.text(text));
            advance(MILLI.multipliedBy(2));
            eventually(() -> assertThat(quick.known("hidden").text()).contains(text));
        }
        slow.request(Long.MAX_VALUE);
        eventually(() -> {
            assertThat(slow.online()).hasSize(500);
            assertThat(slow.events().get(slow.events().size() - 1).more()).isFalse();
        });
        tracker.connect("user500", "phone");
        letTell();
        eventually(() -> assertThat(slow.lines().get(slow.lines().size() - 1)).isEqualTo("CHANGES user500 ONLINE"));
    }

    @Test
    void a_viewer_is_told_of_those_alone_whom_they_may_see() throws Exception {
        PresenceTracker tracker = open(settings -> settings.lastSeenGrain(MILLI), RULE, null);
        List.of("hidden1", "shy1").forEach(user -> tracker.connect(user, "phone"));
        eventually(() ->
                assertThat(tracker.onlineAmong(List.of("hidden1", "shy1"))).hasSize(2));
        PresenceWatcher watcher = watch(tracker.seenBy("ann").all());
        PresenceWatcher one = new PresenceWatcher(2);
        tracker.seenBy("ann").all().subscribe(one);
        eventuallyIs(watcher, "SNAPSHOT shy1 ONLINE");
        eventuallyIs(one, "SNAPSHOT shy1 ONLINE");
        PresenceSession hidden = tracker.connect("hidden2", "phone");
        tracker.connect("broken1", "phone");
        letTell();
        hidden.close();
        letTell();
        List.of("hidden3", "shy2", "open", "broken2").forEach(user -> tracker.connect(user, "phone"));
        letTell();
        eventuallyIs(watcher, "SNAPSHOT shy1 ONLINE", "CHANGES open ONLINE, shy2 ONLINE");
        eventuallyIs(one, "SNAPSHOT shy1 ONLINE", "CHANGES open ONLINE, shy2 ONLINE");
        assertThat(watcher.known("shy1").lastSeen()).isEmpty();
        assertThat(watcher.known("shy2").lastSeen()).isEmpty();
        assertThat(watcher.known("open").lastSeen()).isPresent();
    }

    @Test
    void presence_that_is_switched_off_is_told_once_and_a_new_snapshot_ends_it() throws Exception {
        Known known = new Known();
        known.rooms.put("lobby", List.of("ann", "bob", "cid"));
        PresenceTracker tracker = open(settings -> settings, ALL_SEE_ALL, known);
        PresenceSession ann = tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        PresenceWatcher all = watch(tracker.all());
        PresenceWatcher lobby = watch(tracker.room("lobby"));
        eventuallyIs(lobby, "SNAPSHOT ann ONLINE");
        eventuallyIs(all, "SNAPSHOT ann ONLINE");
        tracker.connect("bob", "phone");
        tracker.setEnabled(false);
        tracker.setEnabled(false);
        eventuallyIs(all, "SNAPSHOT ann ONLINE", "SWITCHED_OFF");
        PresenceWatcher late = watch(tracker.all());
        ann.close();
        tracker.connect("cid", "phone");
        letTell();
        tracker.roomChanged("lobby");
        letTell();
        eventuallyIs(late, "SWITCHED_OFF");
        eventuallyIs(all, "SNAPSHOT ann ONLINE", "SWITCHED_OFF");
        eventuallyIs(lobby, "SNAPSHOT ann ONLINE", "SWITCHED_OFF");
        tracker.setEnabled(true);
        eventuallyIs(late, "SWITCHED_OFF", "SNAPSHOT bob ONLINE, cid ONLINE");
        eventuallyIs(all, "SNAPSHOT ann ONLINE", "SWITCHED_OFF", "SNAPSHOT bob ONLINE, cid ONLINE");
        eventuallyIs(lobby, "SNAPSHOT ann ONLINE", "SWITCHED_OFF", "SNAPSHOT bob ONLINE, cid ONLINE");
        tracker.connect("dan", "phone");
        letTell();
        eventually(() -> assertThat(all.lines()).hasSize(4).last().isEqualTo("CHANGES dan ONLINE"));
    }

    @Test
    void a_subscriber_that_fails_gets_nothing_more_and_others_get_all() throws Exception {
        PresenceTracker tracker = open();
        PresenceWatcher failing = new PresenceWatcher(Long.MAX_VALUE) {
            @Override
            public synchronized void onNext(PresenceEvent event) {
                super.onNext(event);
                throw new IllegalStateException("the subscriber is broken");
            }
        };
        tracker.all().subscribe(failing);
        eventuallyIs(failing, "SNAPSHOT");
        PresenceWatcher sound = watch(tracker.all());
        tracker.connect("ann", "phone");
        letTell();
        eventually(() -> assertThat(sound.online()).containsOnlyKeys("ann"));
        tracker.connect("bob", "phone");
        letTell();
        eventually(() -> assertThat(sound.online()).containsOnlyKeys("ann", "bob"));
        assertThat(failing.events()).hasSize(1);
    }

    @Test
    void a_listener_hears_of_each_change_and_its_failures_are_its_own() throws Exception {
        PresenceTracker tracker = openWithoutLimit();
        PresenceSession ann = tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        List<String> heardInVain = Collections.synchronizedList(new ArrayList<>());
        AutoCloseable listening = tracker.onChange(presence -> heard.add(line(presence)));
        tracker.onChange(presence -> {
            heardInVain.add(line(presence));
            if (presence.user().equals("bob")) {
                throw new NoClassDefFoundError("a class of the listener");
            }
            throw new IllegalStateException("the listener is broken");
        });
        tracker.connect("bob", "phone");
        letTell();
        eventually(() -> assertThat(heard).containsExactly("bob ONLINE"));
        tracker.choose("ann", ChosenStatus.of(INVISIBLE));
        letTell();
        eventually(() -> assertThat(heard).containsExactly("bob ONLINE", "ann OFFLINE"));
        tracker.chooseNothing("ann");
        letTell();
        ann.close();
        letTell();
        List<String> all = List.of("bob ONLINE", "ann OFFLINE", "ann ONLINE", "ann OFFLINE");
        eventually(() -> assertThat(heard).isEqualTo(all));
        eventually(() -> assertThat(heardInVain).isEqualTo(all));
        listening.close();
        tracker.connect("cid", "phone");
        letTell();
        eventually(() -> assertThat(heardInVain).hasSize(5));
        assertThat(heard).isEqualTo(all);
    }

    @Test
    void a_listener_hears_who_became_unknown_and_who_is_online_when_presence_is_on_again() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession ann = tracker.connect("ann", "phone");
        tracker.connect("bob", "phone");
        eventually(() -> assertThat(tracker.onlineAmong(List.of("ann", "bob"))).hasSize(2));
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        tracker.onChange(presence -> heard.add(line(presence)));
        tracker.setEnabled(false);
        eventually(() -> assertThat(heard).containsExactlyInAnyOrder("ann UNKNOWN", "bob UNKNOWN"));
        ann.close();
        letTell();
        tracker.setEnabled(true);
        eventually(() -> assertThat(heard).hasSize(3).last().isEqualTo("bob ONLINE"));
        tracker.connect("ann", "phone");
        letTell();
        eventually(() -> assertThat(heard).hasSize(4).last().isEqualTo("ann ONLINE"));
    }

    @Test
    void a_subscription_that_is_cancelled_gets_nothing_more() throws Exception {
        PresenceTracker tracker = open();
        PresenceWatcher cancelled = watch(tracker.all());
        PresenceWatcher other = watch(tracker.all());
        eventuallyIs(cancelled, "SNAPSHOT");
        tracker.connect("ann", "phone");
        cancelled.cancel();
        cancelled.request(1);
        letTell();
        eventually(() -> assertThat(other.online()).containsOnlyKeys("ann"));
        tracker.close();
        eventually(() -> assertThat(other.isCompleted()).isTrue());
        assertThat(cancelled.lines()).containsExactly("SNAPSHOT");
        assertThat(cancelled.isCompleted()).isFalse();
    }

    @Test
    void a_publisher_can_be_subscribed_to_again_and_again() throws Exception {
        PresenceTracker tracker = open();
        var publisher = tracker.users(List.of("ann"));
        PresenceWatcher before = watch(publisher);
        eventuallyIs(before, "SNAPSHOT");
        tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        PresenceWatcher after = watch(publisher);
        eventuallyIs(after, "SNAPSHOT ann ONLINE");
        letTell();
        eventuallyIs(before, "SNAPSHOT", "CHANGES ann ONLINE");
    }

    @Test
    void a_tracker_that_closes_tells_what_has_changed_and_completes_its_subscriptions() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession ann = tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        letTell();
        PresenceWatcher watcher = watch(tracker.all());
        PresenceWatcher slow = new PresenceWatcher(1);
        tracker.all().subscribe(slow);
        eventuallyIs(slow, "SNAPSHOT ann ONLINE");
        eventuallyIs(watcher, "SNAPSHOT ann ONLINE");
        ann.close();
        eventuallyIs(tracker, "ann", OFFLINE);
        tracker.close();
        eventually(() -> assertThat(watcher.isCompleted()).isTrue());
        assertThat(watcher.lines()).containsExactly("SNAPSHOT ann ONLINE", "CHANGES ann OFFLINE");
        assertThat(slow.isCompleted()).isFalse();
        slow.request(1);
        eventually(() -> assertThat(slow.isCompleted()).isTrue());
        assertThat(slow.lines()).containsExactly("SNAPSHOT ann ONLINE", "CHANGES ann OFFLINE");
    }

    @Test
    void what_subscribers_know_is_what_can_be_asked_for() throws Exception {
        PresenceTracker tracker = openWithoutLimit();
        List<String> all = users(40);
        PresenceWatcher watcher = watch(tracker.all());
        List<PresenceSession> sessions = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            for (String user : all) {
                sessions.add(tracker.connect(user, "device " + round % 2));
            }
            for (int i = round; i < sessions.size(); i += 3) {
                sessions.get(i).close();
            }
            tracker.choose(all.get(round), ChosenStatus.of(INVISIBLE));
            tracker.choose(all.get(round + 10), ChosenStatus.text("round " + round));
            letTell();
            eventually(() -> {
                List<Presence> online = tracker.onlineAmong(all);
                assertThat(watcher.online()).hasSameSizeAs(online);
                online.forEach(presence -> assertThat(watcher.known(presence.user()))
                        .matches(told -> told.looksLike(presence) && told.version() <= presence.version()));
            });
        }
    }
}
