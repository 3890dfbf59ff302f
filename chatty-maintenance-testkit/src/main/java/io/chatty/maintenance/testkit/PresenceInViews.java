package io.chatty.maintenance.testkit;

import static io.chatty.maintenance.presence.PresenceStatus.OFFLINE;
import static io.chatty.maintenance.presence.PresenceStatus.ONLINE;
import static io.chatty.maintenance.presence.PresenceStatus.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceStatus;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.presence.PresenceTracker.Figures;
import io.chatty.maintenance.presence.PresenceView;
import io.chatty.maintenance.presence.PresenceVisibility;
import io.chatty.maintenance.presence.PresenceVisibility.Sight;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Questions: of many, of rooms and contacts, as seen by someone, while presence is off, and after the end. */
abstract class PresenceInViews extends PresenceByChoice {

    /** For the subclass. */
    PresenceInViews() {}

    /** Of hidden users nothing is seen, of shy ones the status, and the rule fails for broken ones. */
    static final PresenceVisibility RULE = (viewer, user) -> {
        if (user.startsWith("broken")) {
            throw new IllegalStateException("the rule does not know " + user);
        }
        return user.startsWith("hidden") ? Sight.NOTHING : user.startsWith("shy") ? Sight.STATUS : Sight.ALL;
    };

    static List<String> users(int many) {
        return IntStream.range(0, many).mapToObj(i -> "user" + i).toList();
    }

    @Test
    void five_hundred_users_can_be_asked_after_at_once_and_no_more() throws Exception {
        PresenceTracker tracker = open();
        tracker.connect("user7", "phone");
        tracker.connect("user499", "phone");
        eventually(() -> assertThat(tracker.onlineAmong(users(500))).hasSize(2).allMatch(Presence::isOnline));
        List<String> backwards = new ArrayList<>(users(500));
        Collections.reverse(backwards);
        assertThat(tracker.presenceOf(backwards).keySet()).containsExactlyElementsOf(backwards);
        tracker.presenceOf(backwards).forEach((user, presence) -> {
            assertThat(presence.user()).isEqualTo(user);
            assertThat(presence.status()).isEqualTo(user.equals("user7") || user.equals("user499") ? ONLINE : OFFLINE);
        });
        assertThat(tracker.presenceOf(List.of())).isEmpty();
        for (ThrowingCallable tooMany : List.<ThrowingCallable>of(
                () -> tracker.presenceOf(users(501)),
                () -> tracker.seenBy("ann").presenceOf(users(501)),
                () -> tracker.lastSeen(users(501)))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(tooMany)
                    .withMessageContaining("501")
                    .withMessageContaining("500");
        }
    }

    @Test
    void any_number_can_be_asked_for_those_who_are_online() throws Exception {
        PresenceTracker tracker = open();
        for (String user : users(1200)) {
            if (user.endsWith("3")) {
                tracker.connect(user, "phone");
            }
        }
        List<String> twice = new ArrayList<>(users(1200));
        twice.addAll(users(1200));
        eventually(() -> assertThat(tracker.onlineAmong(twice))
                .hasSize(120)
                .doesNotHaveDuplicates()
                .allMatch(presence -> presence.user().endsWith("3")));
        assertThat(tracker.onlineAmong(List.of())).isEmpty();
    }

    @Test
    void a_viewer_sees_what_the_rule_lets_them_see() throws Exception {
        PresenceTracker tracker = open(settings -> settings, RULE, null);
        List<String> all = List.of("open", "shy", "hidden", "broken");
        all.forEach(user -> tracker.connect(user, "phone"));
        eventually(() -> assertThat(tracker.onlineAmong(all)).hasSize(4));
        PresenceView seen = tracker.seenBy("ann");
        assertThat(seen.presenceOf("open").lastSeen()).isPresent();
        assertThat(seen.presenceOf("open").status()).isEqualTo(ONLINE);
        assertThat(seen.presenceOf("shy").status()).isEqualTo(ONLINE);
        assertThat(seen.presenceOf("shy").lastSeen()).isEmpty();
        for (String user : List.of("hidden", "broken")) {
            Presence nothing = seen.presenceOf(user);
            assertThat(nothing).isEqualTo(Presence.unknown(user, nothing.asOf()));
        }
        assertThat(seen.onlineAmong(all)).extracting(Presence::user).containsExactlyInAnyOrder("open", "shy");
        assertThat(seen.presenceOf(all).values())
                .extracting(Presence::status)
                .containsExactly(ONLINE, ONLINE, UNKNOWN, UNKNOWN);
    }

    @Test
    void an_error_of_the_rule_is_taken_for_seeing_nothing() throws Exception {
        PresenceTracker tracker = open(
                settings -> settings,
                (viewer, user) -> {
                    throw new NoClassDefFoundError("a class of the rule");
                },
                null);
        tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        assertThat(tracker.seenBy("bob").presenceOf("ann").status()).isEqualTo(UNKNOWN);
        PresenceWatcher watcher = watch(tracker.seenBy("bob").all());
        eventually(() -> assertThat(watcher.lines()).containsExactly("SNAPSHOT"));
    }

    @Test
    void of_a_room_those_are_told_who_are_online_and_may_be_seen() throws Exception {
        Known known = new Known();
        known.rooms.put("lobby", List.of("ann", "bob", "hidden"));
        PresenceTracker tracker = open(settings -> settings, RULE, known);
        List.of("ann", "hidden", "other").forEach(user -> tracker.connect(user, "phone"));
        eventually(() -> assertThat(tracker.onlineIn("lobby"))
                .extracting(Presence::user)
                .containsExactlyInAnyOrder("ann", "hidden"));
        assertThat(tracker.seenBy("bob").onlineIn("lobby"))
                .extracting(Presence::user)
                .containsExactly("ann");
        assertThat(tracker.onlineIn("nowhere")).isEmpty();
    }

    @Test
    void without_a_directory_questions_of_rooms_and_contacts_are_refused_with_what_to_do() throws Exception {
        PresenceTracker tracker = open();
        for (ThrowingCallable question : List.<ThrowingCallable>of(
                () -> tracker.onlineIn("lobby"),
                () -> tracker.room("lobby"),
                () -> tracker.contacts("ann"),
                () -> tracker.seenBy("ann").onlineIn("lobby"))) {
            assertThatIllegalStateException().isThrownBy(question).withMessageContaining("directory");
        }
    }

    @Test
    void names_that_nobody_can_have_are_refused_and_long_ones_are_not() throws Exception {
        Known known = new Known();
        PresenceTracker tracker = open(settings -> settings, ALL_SEE_ALL, known);
        String longest = "\u00e9".repeat(200);
        tracker.connect(longest, longest);
        eventuallyIs(tracker, longest, ONLINE);
        known.rooms.put(longest, List.of(longest));
        assertThat(tracker.onlineIn(longest)).hasSize(1);
        for (String bad : List.of("", "x".repeat(201))) {
            for (ThrowingCallable wrong : List.<ThrowingCallable>of(
                    () -> tracker.connect(bad, "phone"),
                    () -> tracker.connect("ann", bad),
                    () -> tracker.presenceOf(bad),
                    () -> tracker.presenceOf(List.of("ann", bad)),
                    () -> tracker.onlineAmong(List.of("ann", bad)),
                    () -> tracker.own(bad),
                    () -> tracker.seenBy(bad),
                    () -> tracker.choose(bad, ChosenStatus.text("hello")),
                    () -> tracker.chooseNothing(bad),
                    () -> tracker.chosen(bad),
                    () -> tracker.onlineIn(bad),
                    () -> tracker.users(List.of("ann", bad)),
                    () -> tracker.room(bad),
                    () -> tracker.contacts(bad),
                    () -> tracker.roomChanged(bad),
                    () -> tracker.contactsChanged(bad))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(wrong)
                        .withMessageContaining(bad.isEmpty() ? "empty" : "201")
                        .withMessageContaining("200");
            }
        }
        assertThat(tracker.figures()).isEqualTo(new Figures(1, 1));
    }

    @Test
    void while_presence_is_off_all_is_unknown_and_sessions_are_kept() throws Exception {
        Known known = new Known();
        known.rooms.put("lobby", List.of("ann", "bob"));
        PresenceTracker tracker = open(settings -> settings, ALL_SEE_ALL, known);
        PresenceSession ann = tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        assertThat(tracker.isEnabled()).isTrue();
        tracker.setEnabled(false);
        assertThat(tracker.isEnabled()).isFalse();
        tracker.connect("bob", "phone");
        assertThat(ann.heartbeat()).isTrue();
        assertThat(ann.isOpen()).isTrue();
        assertThat(tracker.presenceOf(List.of("ann", "bob", "nobody")).values())
                .extracting(Presence::status)
                .containsOnly(UNKNOWN);
        assertThat(tracker.presenceOf("ann").lastSeen()).isEmpty();
        assertThat(tracker.own("ann").status()).isEqualTo(UNKNOWN);
        assertThat(tracker.onlineAmong(List.of("ann", "bob"))).isEmpty();
        assertThat(tracker.onlineIn("lobby")).isEmpty();
        assertThat(tracker.figures()).isEqualTo(new Figures(2, 2));
        ann.close();
        tracker.setEnabled(true);
        eventually(() -> {
            assertThat(statusOf(tracker, "ann")).isEqualTo(OFFLINE);
            assertThat(statusOf(tracker, "bob")).isEqualTo(ONLINE);
        });
    }

    @Test
    void a_tracker_that_is_closed_knows_nothing_and_takes_nobody() throws Exception {
        Known known = new Known();
        known.rooms.put("lobby", List.of("ann"));
        PresenceTracker tracker = open(settings -> settings, ALL_SEE_ALL, known);
        PresenceSession beating = tracker.connect("ann", "phone");
        PresenceSession silent = tracker.connect("bob", "phone");
        advance(TIMEOUT.dividedBy(2));
        beating.heartbeat();
        advance(TIMEOUT.dividedBy(2).plus(TICK.multipliedBy(4)));
        eventuallyIs(tracker, "bob", OFFLINE);
        tracker.close();
        tracker.close();
        for (String user : List.of("ann", "bob", "nobody")) {
            assertThat(statusOf(tracker, user)).isEqualTo(UNKNOWN);
            assertThat(tracker.own(user).status()).isEqualTo(UNKNOWN);
            assertThat(tracker.seenBy("cid").presenceOf(user).status()).isEqualTo(UNKNOWN);
        }
        assertThat(tracker.onlineAmong(List.of("ann", "bob"))).isEmpty();
        assertThat(tracker.onlineIn("lobby")).isEmpty();
        assertThat(tracker.figures()).isEqualTo(new Figures(0, 0));
        for (PresenceSession session : List.of(beating, silent)) {
            assertThat(session.isOpen()).isFalse();
            assertThat(session.heartbeat()).isFalse();
            assertThat(session.active()).isFalse();
            session.lost();
            session.close();
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> tracker.connect("ann", "phone"))
                .withMessageContaining("closed");
        tracker.choose("ann", ChosenStatus.of(PresenceStatus.AWAY));
        tracker.roomChanged("lobby");
        tracker.setEnabled(true);
        assertThat(statusOf(tracker, "ann")).isEqualTo(UNKNOWN);
        PresenceWatcher watcher = watch(tracker.all());
        eventually(() -> assertThat(watcher.isCompleted()).isTrue());
        assertThat(watcher.events()).isEmpty();
        try (AutoCloseable listening = tracker.onChange(presence -> {})) {
            assertThat(listening).isNotNull();
        }
    }
}
