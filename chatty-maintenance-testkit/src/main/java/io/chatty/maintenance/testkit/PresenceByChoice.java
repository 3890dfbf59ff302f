package io.chatty.maintenance.testkit;

import static io.chatty.maintenance.presence.PresenceStatus.AWAY;
import static io.chatty.maintenance.presence.PresenceStatus.DO_NOT_DISTURB;
import static io.chatty.maintenance.presence.PresenceStatus.INVISIBLE;
import static io.chatty.maintenance.presence.PresenceStatus.OFFLINE;
import static io.chatty.maintenance.presence.PresenceStatus.ONLINE;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.presence.PresenceVisibility;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What users choose, and what is kept of when they were seen. */
abstract class PresenceByChoice extends PresenceOfSessions {

    /** For the subclass. */
    PresenceByChoice() {}

    private PresenceTracker openWithoutLimit() throws Exception {
        return open(settings -> settings.choices(1000, Duration.ZERO));
    }

    private void eventuallySees(PresenceTracker tracker, String line) {
        eventually(() -> assertThat(line(tracker.presenceOf("ann"))).isEqualTo(line));
    }

    @Test
    void a_choice_wins_over_what_the_sessions_say() throws Exception {
        PresenceTracker tracker = openWithoutLimit();
        PresenceSession session = tracker.connect("ann", "phone");
        tracker.choose("ann", ChosenStatus.of(DO_NOT_DISTURB).withText("writing"));
        eventuallySees(tracker, "ann DO_NOT_DISTURB writing");
        assertThat(tracker.chosen("ann"))
                .contains(ChosenStatus.of(DO_NOT_DISTURB).withText("writing"));
        assertThat(tracker.own("ann").status()).isEqualTo(DO_NOT_DISTURB);
        assertThat(tracker.onlineAmong(List.of("ann"))).hasSize(1);
        tracker.choose("ann", ChosenStatus.of(AWAY));
        eventuallySees(tracker, "ann AWAY");
        session.active();
        advance(TICK);
        assertThat(statusOf(tracker, "ann")).isEqualTo(AWAY);
        tracker.choose("ann", ChosenStatus.of(ONLINE));
        for (int i = 0; i < 12; i++) {
            advance(AWAY_AFTER.dividedBy(10));
            session.heartbeat();
        }
        eventuallySees(tracker, "ann ONLINE");
        tracker.chooseNothing("ann");
        eventuallySees(tracker, "ann AWAY");
        assertThat(tracker.chosen("ann")).isEmpty();
    }

    @Test
    void a_text_alone_leaves_the_status_to_the_sessions() throws Exception {
        PresenceTracker tracker = openWithoutLimit();
        PresenceSession session = tracker.connect("ann", "phone");
        tracker.choose("ann", ChosenStatus.text("hello"));
        eventuallySees(tracker, "ann ONLINE hello");
        for (int i = 0; i < 11; i++) {
            advance(AWAY_AFTER.dividedBy(10));
            session.heartbeat();
        }
        eventuallySees(tracker, "ann AWAY hello");
        session.close();
        eventuallySees(tracker, "ann OFFLINE");
    }

    @Test
    void a_choice_outlives_reconnects_and_shows_nobody_online_who_is_not() throws Exception {
        PresenceTracker tracker = openWithoutLimit();
        ChosenStatus chosen = ChosenStatus.of(DO_NOT_DISTURB).withText("writing");
        tracker.choose("ann", chosen);
        assertThat(tracker.chosen("ann")).contains(chosen);
        eventuallySees(tracker, "ann OFFLINE");
        assertThat(tracker.figures().users()).isZero();
        for (int i = 0; i < 3; i++) {
            PresenceSession session = tracker.connect("ann", "phone" + i);
            eventuallySees(tracker, "ann DO_NOT_DISTURB writing");
            session.close();
            eventuallySees(tracker, "ann OFFLINE");
            advance(TIMEOUT.multipliedBy(2));
        }
        assertThat(tracker.chosen("ann")).contains(chosen);
    }

    @Test
    void a_choice_ends_by_itself_never_too_early_and_at_most_three_ticks_late() throws Exception {
        PresenceTracker tracker = openWithoutLimit();
        PresenceSession session = tracker.connect("ann", "phone");
        advance(MILLI.multipliedBy(77));
        ChosenStatus chosen = ChosenStatus.of(DO_NOT_DISTURB).withText("lunch").until(now().plusSeconds(30));
        tracker.choose("ann", chosen);
        eventuallySees(tracker, "ann DO_NOT_DISTURB lunch");
        advance(Duration.ofSeconds(30).minus(MILLI));
        session.heartbeat();
        assertThat(line(tracker.presenceOf("ann"))).isEqualTo("ann DO_NOT_DISTURB lunch");
        assertThat(tracker.chosen("ann")).contains(chosen);
        advance(TICK.multipliedBy(3).plus(MILLI));
        eventuallySees(tracker, "ann ONLINE");
        assertThat(tracker.chosen("ann")).isEmpty();
    }

    @Test
    void a_choice_that_has_ended_before_it_is_made_changes_nothing() throws Exception {
        PresenceTracker tracker = openWithoutLimit();
        tracker.connect("ann", "phone");
        tracker.choose("ann", ChosenStatus.of(INVISIBLE).until(now().minusSeconds(1)));
        assertThat(tracker.chosen("ann")).isEmpty();
        advance(TICK);
        assertThat(line(tracker.presenceOf("ann"))).isEqualTo("ann ONLINE");
    }

    @Test
    void a_choice_may_hold_until_any_time_to_come() throws Exception {
        PresenceTracker tracker = openWithoutLimit();
        PresenceSession session = tracker.connect("ann", "phone");
        for (Instant until :
                List.of(now().plus(Duration.ofDays(3)), Instant.parse("9999-12-31T23:59:59Z"), Instant.MAX)) {
            ChosenStatus chosen = ChosenStatus.of(DO_NOT_DISTURB).until(until);
            tracker.choose("ann", chosen);
            eventuallySees(tracker, "ann DO_NOT_DISTURB");
            assertThat(tracker.chosen("ann")).contains(chosen);
            advance(TIMEOUT.dividedBy(2));
            session.heartbeat();
            assertThat(line(tracker.presenceOf("ann"))).isEqualTo("ann DO_NOT_DISTURB");
            tracker.chooseNothing("ann");
            eventuallySees(tracker, "ann ONLINE");
        }
    }

    @Test
    void an_invisible_user_is_offline_to_others_and_invisible_to_themselves() throws Exception {
        PresenceTracker tracker = openWithoutLimit();
        PresenceWatcher watcher = watch(tracker.all());
        eventually(() -> assertThat(watcher.lines()).containsExactly("SNAPSHOT"));
        PresenceSession session = tracker.connect("ann", "phone");
        eventuallySees(tracker, "ann ONLINE");
        letTell();
        tracker.choose("ann", ChosenStatus.of(INVISIBLE).withText("in hiding"));
        eventuallySees(tracker, "ann OFFLINE");
        Presence seen = tracker.presenceOf("ann");
        assertThat(seen.devices()).isZero();
        assertThat(tracker.onlineAmong(List.of("ann"))).isEmpty();
        assertThat(tracker.seenBy("bob").presenceOf("ann").status()).isEqualTo(OFFLINE);
        Presence own = tracker.own("ann");
        assertThat(line(own)).isEqualTo("ann INVISIBLE in hiding");
        assertThat(own.devices()).isEqualTo(1);
        assertThat(own.isOnline()).isFalse();
        letTell();
        session.close();
        tracker.connect("ann", "desk");
        tracker.connect("ann", "tab");
        advance(TICK);
        assertThat(line(tracker.presenceOf("ann"))).isEqualTo("ann OFFLINE");
        eventually(() -> assertThat(tracker.own("ann").devices()).isEqualTo(2));
        letTell();
        assertThat(tracker.figures().users()).isEqualTo(1);
        // What others see has not changed, and nothing of it tells them that somebody is there.
        assertThat(tracker.presenceOf("ann").version()).isEqualTo(seen.version());
        tracker.choose("ann", ChosenStatus.text("back"));
        eventuallySees(tracker, "ann ONLINE back");
        letTell();
        eventually(() -> assertThat(watcher.lines())
                .containsExactly("SNAPSHOT", "CHANGES ann ONLINE", "CHANGES ann OFFLINE", "CHANGES ann ONLINE back"));
    }

    @Test
    void what_is_chosen_too_often_shows_later_and_the_last_is_never_lost() throws Exception {
        Duration every = Duration.ofSeconds(10);
        PresenceTracker tracker = open(settings -> settings.choices(2, every));
        PresenceSession session = tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE); // or it would come after the snapshot, in a window of its own
        PresenceWatcher watcher = watch(tracker.users(List.of("ann")));
        eventually(() -> assertThat(watcher.lines()).containsExactly("SNAPSHOT ann ONLINE"));
        for (int i = 1; i <= 6; i++) {
            tracker.choose("ann", ChosenStatus.text("text " + i));
        }
        assertThat(tracker.chosen("ann")).contains(ChosenStatus.text("text 6"));
        eventuallySees(tracker, "ann ONLINE text 2");
        letTell();
        advance(every.minus(WINDOW).minus(TICK.multipliedBy(3)));
        assertThat(line(tracker.presenceOf("ann"))).isEqualTo("ann ONLINE text 2");
        session.heartbeat();
        advance(TICK.multipliedBy(7));
        eventuallySees(tracker, "ann ONLINE text 6");
        letTell();
        eventually(() -> assertThat(watcher.told("ann"))
                .containsExactly("ann ONLINE", "ann ONLINE text 2", "ann ONLINE text 6"));
        tracker.choose("ann", ChosenStatus.text("text 7"));
        tracker.chooseNothing("ann");
        assertThat(tracker.chosen("ann")).isEmpty();
        advance(every.plus(TICK.multipliedBy(3)));
        session.heartbeat();
        eventuallySees(tracker, "ann ONLINE");
        letTell();
        eventually(() -> assertThat(watcher.told("ann"))
                .containsExactly("ann ONLINE", "ann ONLINE text 2", "ann ONLINE text 6", "ann ONLINE"));
    }

    @Test
    void the_limit_on_choices_is_of_each_user_and_is_forgotten_in_time() throws Exception {
        Duration every = Duration.ofSeconds(10);
        PresenceTracker tracker = open(settings -> settings.choices(2, every));
        tracker.connect("ann", "phone");
        tracker.connect("bob", "phone");
        tracker.choose("bob", ChosenStatus.text("bob 1"));
        tracker.choose("bob", ChosenStatus.text("bob 2"));
        tracker.choose("ann", ChosenStatus.text("ann 1"));
        tracker.chooseNothing("ann");
        eventuallySees(tracker, "ann ONLINE");
        advance(every.multipliedBy(2).plus(TICK.multipliedBy(3)));
        tracker.choose("ann", ChosenStatus.text("ann 2"));
        tracker.choose("ann", ChosenStatus.text("ann 3"));
        eventuallySees(tracker, "ann ONLINE ann 3");
        assertThat(tracker.presenceOf("bob").text()).contains("bob 2");
    }

    @Test
    void choices_that_come_and_go_leave_a_user_who_connects_meanwhile_in_peace() throws Exception {
        PresenceTracker tracker = open(settings -> settings.choices(3, Duration.ofSeconds(10)));
        for (int i = 0; i < 50; i++) {
            tracker.choose("ann", ChosenStatus.text("text " + i));
            tracker.chooseNothing("ann");
            advance(Duration.ofMillis(9_700 + 37 * i));
            PresenceSession session = tracker.connect("ann", "phone");
            advance(Duration.ofMillis(10_000 + 61 * i));
            session.heartbeat();
            eventuallyIs(tracker, "ann", ONLINE);
            session.close();
            eventuallyIs(tracker, "ann", OFFLINE);
        }
    }

    @Test
    void last_seen_is_cut_to_the_grain() throws Exception {
        PresenceTracker tracker = open();
        advance(Duration.ofSeconds(61));
        PresenceSession session = tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        for (int i = 0; i < 6; i++) {
            advance(Duration.ofSeconds(17));
            session.heartbeat();
            advance(TICK);
            Instant seen = tracker.presenceOf("ann").lastSeen().orElseThrow();
            assertThat(seen.getEpochSecond() % 60).isZero();
            assertThat(seen.getNano()).isZero();
            assertThat(seen).isBetween(now().minusSeconds(61), now());
        }
        Instant end = now();
        session.close();
        eventuallyIs(tracker, "ann", OFFLINE);
        advance(Duration.ofMinutes(10));
        Instant seen = tracker.presenceOf("ann").lastSeen().orElseThrow();
        assertThat(seen.getEpochSecond() % 60).isZero();
        assertThat(seen).isBetween(end.minusSeconds(61), end);
    }

    @Test
    void since_when_a_user_is_offline_tells_no_more_than_when_they_were_last_seen() throws Exception {
        PresenceTracker tracker = open(
                settings -> settings,
                (viewer, user) -> viewer.equals("bob") ? PresenceVisibility.Sight.STATUS : PresenceVisibility.Sight.ALL,
                null);
        advance(Duration.ofSeconds(61));
        PresenceSession session = tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        assertThat(tracker.seenBy("bob").presenceOf("ann").since())
                .isEqualTo(tracker.presenceOf("ann").since())
                .isPresent();
        PresenceWatcher watcher = watch(tracker.seenBy("bob").all());
        eventually(() -> assertThat(watcher.lines()).containsExactly("SNAPSHOT ann ONLINE"));
        advance(Duration.ofMillis(1_234));
        session.close();
        eventuallyIs(tracker, "ann", OFFLINE);
        advance(Duration.ofMinutes(10));
        Instant since = tracker.presenceOf("ann").since().orElseThrow();
        assertThat(since.getEpochSecond() % 60).isZero();
        assertThat(since.getNano()).isZero();
        assertThat(tracker.seenBy("cid").presenceOf("ann").since()).contains(since);
        assertThat(tracker.seenBy("bob").presenceOf("ann").since()).isEmpty();
        eventually(() -> assertThat(watcher.lines()).hasSize(2).last().isEqualTo("CHANGES ann OFFLINE"));
        assertThat(watcher.events().get(1).presences())
                .allSatisfy(told -> assertThat(told.since()).isEmpty());
    }

    @Test
    void when_a_user_was_last_seen_does_not_go_back_as_devices_go() throws Exception {
        PresenceTracker tracker = open(settings -> settings.lastSeenGrain(MILLI));
        PresenceSession phone = tracker.connect("ann", "phone");
        tracker.connect("ann", "desk");
        advance(TIMEOUT.dividedBy(2));
        phone.heartbeat();
        eventuallyIs(tracker, "ann", ONLINE);
        Instant seen = tracker.presenceOf("ann").lastSeen().orElseThrow();
        phone.close();
        eventually(() -> assertThat(tracker.presenceOf("ann").devices()).isEqualTo(1));
        assertThat(tracker.presenceOf("ann").lastSeen().orElseThrow()).isAfterOrEqualTo(seen);
        advance(TIMEOUT);
        eventuallyIs(tracker, "ann", OFFLINE);
        assertThat(tracker.presenceOf("ann").lastSeen().orElseThrow()).isAfterOrEqualTo(seen);
    }

    @Test
    void when_an_invisible_user_was_last_seen_does_not_move() throws Exception {
        PresenceTracker tracker = open(settings -> settings.lastSeenGrain(MILLI).choices(1000, Duration.ZERO));
        PresenceSession session = tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        advance(Duration.ofSeconds(3));
        tracker.choose("ann", ChosenStatus.of(INVISIBLE));
        eventuallyIs(tracker, "ann", OFFLINE);
        Presence hidden = tracker.presenceOf("ann");
        assertThat(hidden.lastSeen()).isPresent();
        for (int i = 0; i < 5; i++) {
            advance(TIMEOUT.dividedBy(2));
            session.active();
            tracker.connect("ann", "desk");
            assertSameTimes(tracker, hidden);
        }
        session.close();
        assertSameTimes(tracker, hidden);
        advance(TIMEOUT.multipliedBy(2));
        assertSameTimes(tracker, hidden);
    }

    private static void assertSameTimes(PresenceTracker tracker, Presence hidden) throws Exception {
        Presence seen = tracker.presenceOf("ann");
        assertThat(seen.lastSeen()).isEqualTo(hidden.lastSeen());
        assertThat(seen.since()).isEqualTo(hidden.since());
        assertThat(tracker.lastSeen(List.of("ann")).get("ann"))
                .isEqualTo(hidden.lastSeen().orElseThrow());
    }

    @Test
    void users_can_be_asked_after_for_when_they_were_last_seen() throws Exception {
        PresenceTracker tracker = open(settings -> settings.lastSeenGrain(MILLI));
        PresenceSession ann = tracker.connect("ann", "phone");
        tracker.connect("bob", "phone").close();
        eventuallyIs(tracker, "ann", ONLINE);
        eventuallyIs(tracker, "bob", OFFLINE);
        Instant went = now();
        advance(TIMEOUT.dividedBy(2));
        ann.heartbeat();
        eventually(() -> assertThat(lastSeen(tracker)).containsOnlyKeys("ann", "bob"));
        assertThat(lastSeen(tracker).get("bob")).isBetween(went.minus(TICK).minus(TICK), went);
        assertThat(lastSeen(tracker).get("ann")).isBetween(now().minus(TICK).minus(TICK), now());
    }

    private static Map<String, Instant> lastSeen(PresenceTracker tracker) {
        try {
            return tracker.lastSeen(List.of("ann", "bob", "nobody"));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void of_a_user_who_chose_nothing_nothing_is_chosen() throws Exception {
        PresenceTracker tracker = open();
        assertThat(tracker.chosen("ann")).isEqualTo(Optional.empty());
        tracker.chooseNothing("ann");
        assertThat(tracker.chosen("ann")).isEqualTo(Optional.empty());
        assertThat(statusOf(tracker, "ann")).isEqualTo(OFFLINE);
    }
}
