package io.chatty.maintenance.testkit;

import static io.chatty.maintenance.presence.PresenceStatus.AWAY;
import static io.chatty.maintenance.presence.PresenceStatus.OFFLINE;
import static io.chatty.maintenance.presence.PresenceStatus.ONLINE;
import static io.chatty.maintenance.presence.PresenceStatus.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceLimitException;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.presence.PresenceTracker.Figures;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What sessions come to: who is online, on how many devices, since when, and until when. */
abstract class PresenceOfSessions extends OpenedTracker {

    /** What comes about three ticks late at most does so within this. */
    private static final Duration THREE_TICKS = TICK.multipliedBy(3).plus(MILLI);

    /** Milliseconds into a tick, at which something may happen. */
    private static final int[] OFFSETS = {0, 1, 50, 99};

    /** For the subclass. */
    PresenceOfSessions() {}

    @Test
    void a_user_with_a_session_is_online_since_it_began() throws Exception {
        PresenceTracker tracker = open(settings -> settings.lastSeenGrain(MILLI));
        Instant begun = now();
        PresenceSession session = tracker.connect("ann", "phone");
        assertThat(session.user()).isEqualTo("ann");
        assertThat(session.device()).isEqualTo("phone");
        assertThat(session.isOpen()).isTrue();
        eventuallyIs(tracker, "ann", ONLINE);
        advance(Duration.ofSeconds(3));
        Presence seen = tracker.presenceOf("ann");
        assertThat(seen.user()).isEqualTo("ann");
        assertThat(seen.isOnline()).isTrue();
        assertThat(seen.devices()).isEqualTo(1);
        assertThat(seen.since()).contains(begun);
        assertThat(seen.text()).isEmpty();
        assertThat(seen.version()).isPositive();
        assertThat(seen.lastSeen().orElseThrow())
                .isBetween(begun.minus(TICK).minus(TICK), begun.plus(TICK).plus(TICK));
        assertThat(seen.asOf()).isBetween(begun, now());
    }

    @Test
    void a_user_of_whom_nothing_was_heard_is_offline() throws Exception {
        Presence seen = open().presenceOf("nobody");
        assertThat(seen.status()).isEqualTo(OFFLINE);
        assertThat(seen.devices()).isZero();
        assertThat(seen.since()).isEmpty();
        assertThat(seen.lastSeen()).isEmpty();
        assertThat(seen.text()).isEmpty();
    }

    @Test
    void several_devices_are_one_user_who_is_online_until_the_last_has_gone() throws Exception {
        PresenceTracker tracker = open(settings -> settings.lastSeenGrain(MILLI));
        PresenceSession phone = tracker.connect("ann", "phone");
        PresenceSession desk = tracker.connect("ann", "desk");
        PresenceSession tab = tracker.connect("ann", "tab");
        tracker.connect("bob", "phone");
        eventually(() -> assertThat(tracker.presenceOf("ann").devices()).isEqualTo(3));
        assertThat(tracker.figures()).isEqualTo(new Figures(4, 2));
        desk.close();
        phone.close();
        eventually(() -> assertThat(tracker.presenceOf("ann").devices()).isEqualTo(1));
        assertThat(statusOf(tracker, "ann")).isEqualTo(ONLINE);
        Instant end = now();
        tab.close();
        eventuallyIs(tracker, "ann", OFFLINE);
        Presence seen = tracker.presenceOf("ann");
        assertThat(seen.devices()).isZero();
        assertThat(seen.since()).contains(end);
        assertThat(statusOf(tracker, "bob")).isEqualTo(ONLINE);
        assertThat(tracker.figures()).isEqualTo(new Figures(1, 1));
    }

    @Test
    void users_and_devices_are_told_apart_exactly() throws Exception {
        List<String> alike = List.of("a", "A", "a ", " a", "\u00e9", "e\u0301", "\u00df", "ss", "a:b", "{a}", "a*");
        PresenceTracker tracker = open();
        for (String name : alike) {
            tracker.connect(name, "a");
            tracker.connect("all", name);
        }
        eventually(() -> {
            assertThat(tracker.presenceOf("all").devices()).isEqualTo(alike.size());
            assertThat(tracker.onlineAmong(alike))
                    .extracting(Presence::user)
                    .containsExactlyInAnyOrderElementsOf(alike);
        });
        assertThat(statusOf(tracker, "b")).isEqualTo(OFFLINE);
    }

    @Test
    void a_close_shows_at_once_and_nothing_brings_the_session_back() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession session = tracker.connect("ann", "phone");
        session.close();
        eventuallyIs(tracker, "ann", OFFLINE);
        assertThat(session.isOpen()).isFalse();
        assertThat(session.heartbeat()).isFalse();
        assertThat(session.active()).isFalse();
        session.lost();
        session.close();
        assertThat(session.isOpen()).isFalse();
        advance(TICK);
        assertThat(statusOf(tracker, "ann")).isEqualTo(OFFLINE);
        assertThat(tracker.figures()).isEqualTo(new Figures(0, 0));
    }

    @Test
    void a_late_end_of_an_old_session_never_takes_a_new_one_down() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession old = tracker.connect("ann", "phone");
        PresenceSession young = tracker.connect("ann", "phone");
        assertThat(young.incarnation()).isGreaterThan(old.incarnation());
        assertThat(old.isOpen()).isFalse();
        assertThat(old.heartbeat()).isFalse();
        assertThat(old.active()).isFalse();
        old.lost();
        old.close();
        for (int i = 0; i < 6; i++) {
            advance(TIMEOUT.dividedBy(3));
            assertThat(young.heartbeat()).isTrue();
        }
        assertThat(young.isOpen()).isTrue();
        assertThat(statusOf(tracker, "ann")).isEqualTo(ONLINE);
        assertThat(tracker.presenceOf("ann").devices()).isEqualTo(1);
        assertThat(tracker.figures()).isEqualTo(new Figures(1, 1));
        young.close();
        eventuallyIs(tracker, "ann", OFFLINE);
        assertThat(tracker.figures()).isEqualTo(new Figures(0, 0));
    }

    @Test
    void a_session_that_timed_out_does_not_come_back_beside_its_successor() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession old = tracker.connect("ann", "phone");
        advance(TIMEOUT.plus(THREE_TICKS));
        eventuallyIs(tracker, "ann", OFFLINE);
        PresenceSession young = tracker.connect("ann", "phone");
        assertThat(old.heartbeat()).isFalse();
        old.close();
        eventuallyIs(tracker, "ann", ONLINE);
        assertThat(tracker.presenceOf("ann").devices()).isEqualTo(1);
        assertThat(young.heartbeat()).isTrue();
    }

    @Test
    void a_session_that_timed_out_does_not_come_back_when_its_successor_has_ended() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession desk = tracker.connect("ann", "desk");
        PresenceSession old = tracker.connect("ann", "phone");
        PresenceSession alone = tracker.connect("bob", "phone");
        advance(TIMEOUT.dividedBy(2));
        desk.heartbeat();
        advance(TIMEOUT.dividedBy(2).plus(THREE_TICKS));
        eventually(() -> assertThat(tracker.presenceOf("ann").devices()).isEqualTo(1));
        eventuallyIs(tracker, "bob", OFFLINE);
        tracker.connect("ann", "phone").close();
        tracker.connect("bob", "phone");
        advance(TIMEOUT.dividedBy(3));
        desk.heartbeat();
        advance(TIMEOUT.multipliedBy(2).dividedBy(3).plus(THREE_TICKS)); // the one of bob times out
        desk.heartbeat();
        assertThat(old.heartbeat()).isFalse();
        assertThat(alone.active()).isFalse();
        advance(TICK);
        assertThat(tracker.presenceOf("ann").devices()).isEqualTo(1);
        assertThat(statusOf(tracker, "bob")).isEqualTo(OFFLINE);
    }

    @Test
    void of_many_connections_of_a_device_at_once_one_remains() throws Exception {
        PresenceTracker tracker = open();
        int many = 8;
        ExecutorService threads = Executors.newFixedThreadPool(many);
        try {
            CyclicBarrier begin = new CyclicBarrier(many);
            List<Future<PresenceSession>> connecting = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                connecting.add(threads.submit(() -> {
                    begin.await();
                    return tracker.connect("ann", "phone");
                }));
            }
            List<PresenceSession> sessions = new ArrayList<>();
            for (Future<PresenceSession> each : connecting) {
                sessions.add(each.get(60, TimeUnit.SECONDS));
            }
            List<PresenceSession> open =
                    sessions.stream().filter(PresenceSession::isOpen).toList();
            assertThat(open).hasSize(1);
            assertThat(open.get(0).incarnation())
                    .isEqualTo(sessions.stream()
                            .mapToLong(PresenceSession::incarnation)
                            .max()
                            .orElseThrow());
            sessions.stream().filter(session -> !session.isOpen()).forEach(PresenceSession::close);
            eventuallyIs(tracker, "ann", ONLINE);
            assertThat(tracker.presenceOf("ann").devices()).isEqualTo(1);
            assertThat(tracker.figures()).isEqualTo(new Figures(1, 1));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void silence_ends_a_session_never_before_the_timeout_and_at_most_three_ticks_after() throws Exception {
        for (int offset : OFFSETS) {
            PresenceTracker tracker = open();
            String user = "ann" + offset;
            PresenceSession session = tracker.connect(user, "phone");
            advance(Duration.ofSeconds(7).plusMillis(offset));
            assertThat(session.heartbeat()).isTrue();
            advance(TIMEOUT);
            assertThat(statusOf(tracker, user)).isEqualTo(ONLINE);
            assertThat(session.isOpen()).isTrue();
            advance(THREE_TICKS);
            eventuallyIs(tracker, user, OFFLINE);
            assertThat(session.isOpen()).isFalse();
            assertThat(tracker.figures()).isEqualTo(new Figures(0, 0));
            tracker.close();
        }
    }

    @Test
    void a_lost_session_counts_for_the_grace_and_at_most_three_ticks_more() throws Exception {
        for (int offset : OFFSETS) {
            PresenceTracker tracker = open();
            String user = "ann" + offset;
            PresenceSession session = tracker.connect(user, "phone");
            advance(Duration.ofSeconds(7).plusMillis(offset));
            session.lost();
            assertThat(session.isOpen()).isTrue();
            advance(GRACE);
            assertThat(statusOf(tracker, user)).isEqualTo(ONLINE);
            assertThat(session.isOpen()).isTrue();
            advance(THREE_TICKS);
            eventuallyIs(tracker, user, OFFLINE);
            assertThat(session.isOpen()).isFalse();
            tracker.close();
        }
    }

    @Test
    void a_user_who_does_nothing_is_away_never_too_early_and_at_most_three_ticks_late() throws Exception {
        for (int offset : OFFSETS) {
            PresenceTracker tracker = open();
            String user = "ann" + offset;
            PresenceSession session = tracker.connect(user, "phone");
            advance(Duration.ofSeconds(7).plusMillis(offset));
            assertThat(session.active()).isTrue();
            for (int i = 0; i < 10; i++) {
                advance(AWAY_AFTER.dividedBy(10));
                session.heartbeat();
            }
            assertThat(statusOf(tracker, user)).isEqualTo(ONLINE);
            advance(THREE_TICKS);
            eventuallyIs(tracker, user, AWAY);
            assertThat(tracker.presenceOf(user).devices()).isEqualTo(1);
            session.heartbeat();
            advance(THREE_TICKS);
            assertThat(statusOf(tracker, user)).isEqualTo(AWAY);
            assertThat(session.active()).isTrue();
            eventuallyIs(tracker, user, ONLINE);
            tracker.close();
        }
    }

    @Test
    void a_user_is_away_when_all_devices_are_and_a_short_visit_on_another_does_not_hide_it() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession desk = tracker.connect("ann", "desk");
        PresenceSession phone = tracker.connect("ann", "phone");
        for (int i = 0; i < 10; i++) {
            advance(AWAY_AFTER.dividedBy(8));
            desk.heartbeat();
            phone.active();
        }
        assertThat(statusOf(tracker, "ann")).isEqualTo(ONLINE);
        phone.close();
        eventuallyIs(tracker, "ann", AWAY);
        PresenceSession visit = tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        visit.close();
        eventuallyIs(tracker, "ann", AWAY);
        assertThat(tracker.presenceOf("ann").devices()).isEqualTo(1);
    }

    @Test
    void a_lost_session_and_a_silent_one_in_the_quiet_time_are_away_in_time() throws Exception {
        Duration away = Duration.ofSeconds(70);
        PresenceTracker tracker = open(
                settings -> settings.awayAfter(away).reconnectGrace(AWAY_AFTER).quietTime(AWAY_AFTER));
        PresenceSession lost = tracker.connect("ann", "phone");
        PresenceSession silent = tracker.connect("bob", "phone");
        advance(Duration.ofSeconds(1));
        lost.lost();
        advance(away.plusSeconds(3).minusSeconds(1)); // a tick is a second at most
        eventuallyIs(tracker, "ann", AWAY);
        eventuallyIs(tracker, "bob", AWAY);
        lost.active();
        silent.active();
        eventuallyIs(tracker, "ann", ONLINE);
        eventuallyIs(tracker, "bob", ONLINE);
    }

    @Test
    void a_device_that_comes_back_within_the_grace_was_not_seen_to_go() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession first = tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE);
        PresenceWatcher watcher = watch(tracker.all());
        eventually(() -> assertThat(watcher.lines()).containsExactly("SNAPSHOT ann ONLINE"));
        Presence before = tracker.presenceOf("ann");
        first.lost();
        advance(GRACE.minus(TICK));
        PresenceSession second = tracker.connect("ann", "phone");
        advance(GRACE.multipliedBy(2));
        second.lost();
        advance(GRACE.minus(TICK));
        assertThat(second.heartbeat()).isTrue();
        for (int i = 0; i < 4; i++) {
            advance(GRACE);
            assertThat(second.heartbeat()).isTrue();
        }
        Presence after = tracker.presenceOf("ann");
        assertThat(after.looksLike(before)).isTrue();
        assertThat(after.since()).isEqualTo(before.since());
        assertThat(first.isOpen()).isFalse();
        tracker.connect("bob", "phone");
        letTell();
        eventually(() -> assertThat(watcher.lines()).containsExactly("SNAPSHOT ann ONLINE", "CHANGES bob ONLINE"));
    }

    @Test
    void a_device_that_comes_back_by_itself_is_away_as_it_was_until_a_person_does_something() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession session = tracker.connect("ann", "phone");
        for (int i = 0; i < 11; i++) {
            advance(AWAY_AFTER.dividedBy(10));
            session.heartbeat();
        }
        eventuallyIs(tracker, "ann", AWAY);
        PresenceWatcher watcher = watch(tracker.all());
        eventually(() -> assertThat(watcher.lines()).containsExactly("SNAPSHOT ann AWAY"));
        session.lost();
        advance(GRACE.minus(TICK));
        tracker.connect("ann", "phone");
        letTell();
        PresenceSession last = tracker.connect("ann", "phone");
        letTell();
        assertThat(statusOf(tracker, "ann")).isEqualTo(AWAY);
        last.active();
        eventuallyIs(tracker, "ann", ONLINE);
        letTell();
        eventually(() -> assertThat(watcher.lines()).containsExactly("SNAPSHOT ann AWAY", "CHANGES ann ONLINE"));
        PresenceSession displacing = tracker.connect("ann", "phone");
        for (int i = 0; i < 11; i++) {
            advance(AWAY_AFTER.dividedBy(10));
            displacing.heartbeat();
        }
        eventuallyIs(tracker, "ann", AWAY);
    }

    @Test
    void a_clean_end_needs_no_grace() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession session = tracker.connect("ann", "phone");
        session.lost();
        session.close();
        eventuallyIs(tracker, "ann", OFFLINE);
    }

    @Test
    void a_session_that_is_lost_again_has_its_whole_grace_again() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession session = tracker.connect("ann", "phone");
        session.lost();
        advance(GRACE.minus(TICK));
        session.heartbeat();
        session.lost();
        advance(GRACE);
        assertThat(statusOf(tracker, "ann")).isEqualTo(ONLINE);
        advance(THREE_TICKS);
        eventuallyIs(tracker, "ann", OFFLINE);
    }

    @Test
    void a_heartbeat_brings_a_session_back_that_has_timed_out() throws Exception {
        PresenceTracker tracker = open();
        PresenceSession silent = tracker.connect("ann", "phone");
        PresenceSession lost = tracker.connect("bob", "phone");
        lost.lost();
        advance(TIMEOUT.plus(THREE_TICKS));
        eventually(() -> assertThat(tracker.onlineAmong(List.of("ann", "bob"))).isEmpty());
        long version = tracker.presenceOf("ann").version();
        assertThat(silent.heartbeat()).isTrue();
        assertThat(lost.active()).isTrue();
        eventually(() -> assertThat(tracker.onlineAmong(List.of("ann", "bob"))).hasSize(2));
        assertThat(tracker.presenceOf("ann").version()).isGreaterThan(version);
        assertThat(silent.isOpen()).isTrue();
        assertThat(tracker.figures()).isEqualTo(new Figures(2, 2));
        advance(TIMEOUT);
        assertThat(statusOf(tracker, "ann")).isEqualTo(ONLINE);
        advance(THREE_TICKS);
        eventuallyIs(tracker, "ann", OFFLINE);
    }

    @Test
    void in_the_quiet_time_after_a_start_only_a_clean_end_takes_a_user_offline() throws Exception {
        Duration quiet = TIMEOUT.multipliedBy(3);
        PresenceTracker tracker = open(settings -> settings.quietTime(quiet));
        tracker.connect("silent", "phone");
        tracker.connect("lost", "phone").lost();
        PresenceSession beats = tracker.connect("beats", "phone");
        PresenceSession ends = tracker.connect("ends", "phone");
        List<String> all = List.of("silent", "lost", "beats", "ends");
        advance(TIMEOUT.multipliedBy(2));
        eventually(() -> assertThat(tracker.onlineAmong(all)).hasSize(4));
        ends.close();
        eventuallyIs(tracker, "ends", OFFLINE);
        beats.heartbeat();
        advance(TIMEOUT.minus(TICK));
        assertThat(tracker.onlineAmong(all)).hasSize(3);
        beats.heartbeat();
        advance(THREE_TICKS.plus(TICK));
        eventually(() ->
                assertThat(tracker.onlineAmong(all)).extracting(Presence::user).containsExactly("beats"));
    }

    @Test
    void a_user_has_at_most_so_many_sessions_and_a_known_device_may_always_connect_anew() throws Exception {
        PresenceTracker tracker = open(settings -> settings.maxSessionsOfUser(2));
        PresenceSession phone = tracker.connect("ann", "phone");
        tracker.connect("ann", "desk");
        assertThatThrownBy(() -> tracker.connect("ann", "tab"))
                .isInstanceOf(PresenceLimitException.class)
                .hasMessageContaining("ann")
                .hasMessageContaining("2")
                .hasMessageContaining("maxSessionsOfUser");
        eventually(() -> assertThat(tracker.presenceOf("ann").devices()).isEqualTo(2));
        assertThat(phone.isOpen()).isTrue();
        PresenceSession again = tracker.connect("ann", "phone");
        tracker.connect("bob", "phone");
        again.close();
        tracker.connect("ann", "tab");
        eventually(() -> assertThat(tracker.presenceOf("ann").devices()).isEqualTo(2));
        assertThat(tracker.figures()).isEqualTo(new Figures(3, 2));
    }

    @Test
    void beyond_the_sessions_of_all_a_user_who_was_refused_is_unknown_and_not_offline() throws Exception {
        PresenceTracker tracker = open(settings -> settings.maxSessions(2));
        PresenceSession ann = tracker.connect("ann", "phone");
        tracker.connect("bob", "phone");
        assertThatThrownBy(() -> tracker.connect("cid", "phone"))
                .isInstanceOf(PresenceLimitException.class)
                .hasMessageContaining("2")
                .hasMessageContaining("maxSessions");
        eventuallyIs(tracker, "cid", UNKNOWN);
        eventually(() ->
                assertThat(tracker.onlineAmong(List.of("ann", "bob", "cid"))).hasSize(2));
        assertThat(tracker.figures()).isEqualTo(new Figures(2, 2));
        tracker.connect("ann", "phone").close();
        assertThat(ann.isOpen()).isFalse();
        tracker.connect("cid", "phone");
        eventuallyIs(tracker, "cid", ONLINE);
    }

    @Test
    void one_who_goes_after_sessions_were_refused_is_told_to_have_gone() throws Exception {
        PresenceTracker tracker = open(settings -> settings.maxSessions(1));
        PresenceSession phone = tracker.connect("ann", "phone");
        eventuallyIs(tracker, "ann", ONLINE); // or it would come after the snapshot, in a window of its own
        PresenceWatcher watcher = watch(tracker.all());
        eventually(() -> assertThat(watcher.online()).containsOnlyKeys("ann"));
        assertThatThrownBy(() -> tracker.connect("ann", "desk")).isInstanceOf(PresenceLimitException.class);
        phone.close();
        letTell();
        eventually(() -> assertThat(watcher.online()).isEmpty());
    }

    @Test
    void the_version_of_a_user_only_grows() throws Exception {
        PresenceTracker tracker = open(settings -> settings.choices(1000, Duration.ZERO));
        Versions versions = new Versions(tracker);
        for (int i = 0; i < 20; i++) {
            PresenceSession phone = tracker.connect("ann", "phone");
            eventuallyIs(tracker, "ann", ONLINE);
            versions.grewAtAChange();
            tracker.connect("bob" + i, "phone");
            versions.didNotShrink();
            PresenceSession desk = tracker.connect("ann", "desk");
            eventually(() -> assertThat(tracker.presenceOf("ann").devices()).isEqualTo(2));
            versions.grewAtAChange();
            phone.close();
            desk.close();
            eventuallyIs(tracker, "ann", OFFLINE);
            versions.grewAtAChange();
            tracker.choose("ann", ChosenStatus.text("back soon"));
            versions.didNotShrink();
            tracker.chooseNothing("ann");
            versions.didNotShrink();
        }
        advance(Duration.ofSeconds(1));
        tracker.close();
        PresenceTracker next = open();
        versions.over(next);
        next.connect("ann", "phone");
        eventuallyIs(next, "ann", ONLINE);
        versions.grewAtAChange();
    }

    /** The versions of ann, as they are seen one after the other. */
    private static final class Versions {

        private PresenceTracker tracker;
        private long last;

        Versions(PresenceTracker tracker) {
            this.tracker = tracker;
            didNotShrink();
        }

        void over(PresenceTracker next) {
            tracker = next;
        }

        void didNotShrink() {
            long now = tracker.presenceOf("ann").version();
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }

        void grewAtAChange() {
            long now = tracker.presenceOf("ann").version();
            assertThat(now).isGreaterThan(last);
            last = now;
        }
    }
}
