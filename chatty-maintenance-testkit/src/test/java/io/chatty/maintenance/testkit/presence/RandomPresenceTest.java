package io.chatty.maintenance.testkit.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceLimitException;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceStatus;
import io.chatty.maintenance.presence.PresenceTracker;
import io.chatty.maintenance.testkit.presence.PresenceModel.Is;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is done in whatever order, the tracker says what the model allows, and who follows its events knows the same. */
class RandomPresenceTest {

    private static final int SEEDS = 60;
    private static final int STEPS = 300;

    private static final List<String> USERS = List.of("ann", "bob", "cid");
    private static final List<String> DEVICES = List.of("phone", "desk", "tab", "watch");
    private static final Duration WINDOW = Duration.ofMillis(500);

    @Test
    void what_is_seen_is_what_may_be() {
        Long only = Long.getLong("presence.seed");
        long first = only == null ? System.nanoTime() & 0xffff_ffffL : only;
        System.out.println("Random presence: seeds from " + first + (only == null ? ", and from 0" : ""));
        for (int i = 0; i < (only == null ? SEEDS : 1); i++) {
            long seed = i % 2 == 0 ? first + i : i;
            try {
                new Play(seed).play();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private record Known(PresenceSession session, PresenceModel.Session model) {}

    private static final class Play {

        private final Random random;
        private final SteppedPresence stepped = new SteppedPresence();
        private final Duration timeout = Duration.ofSeconds(30);
        private final Duration away = Duration.ofMinutes(2);
        private final Duration grace;
        private final Duration quiet;
        private final Duration choiceEvery;
        private final PresenceModel model;
        private final PresenceTracker tracker;
        private final List<Known> sessions = new ArrayList<>();
        private final Map<String, Presence> seenLast = new HashMap<>();
        private final FollowedPresence quick = new FollowedPresence();
        private final FollowedPresence slow = new FollowedPresence();
        private final List<String> done = new ArrayList<>();

        Play(long seed) {
            random = new Random(seed);
            grace = random.nextBoolean() ? Duration.ofSeconds(5) : Duration.ZERO;
            quiet = random.nextInt(3) == 0 ? Duration.ofSeconds(70) : Duration.ZERO;
            choiceEvery = random.nextBoolean() ? Duration.ofSeconds(10) : Duration.ZERO;
            Duration tick = (grace.isZero() ? timeout : grace).dividedBy(50);
            model = new PresenceModel(timeout, away, grace, SteppedPresence.START.plus(quiet), tick, 3, choiceEvery);
            tracker = stepped.tracker()
                    .settings(settings -> settings.sessionTimeout(timeout)
                            .awayAfter(away)
                            .reconnectGrace(grace)
                            .quietTime(quiet)
                            .eventWindow(WINDOW)
                            .maxSessionsOfUser(3)
                            .choices(2, choiceEvery))
                    .build();
            tracker.all().subscribe(quick);
            quick.request(Long.MAX_VALUE);
            tracker.all().subscribe(slow);
        }

        private Instant now() {
            return stepped.clock.instant();
        }

        private <T> T any(List<T> some) {
            return some.get(random.nextInt(some.size()));
        }

        void play() {
            try (tracker) {
                for (int i = 0; i < STEPS; i++) {
                    try {
                        step();
                        USERS.forEach(this::look);
                        for (Known known : sessions) {
                            assertThat(model.isOpen(known.model, now()).canBe(known.session.isOpen()))
                                    .as("%s of %s is open", known.session.device(), known.session.user())
                                    .isTrue();
                        }
                        if (random.nextInt(5) == 0) {
                            compareFollowers();
                        }
                    } catch (AssertionError e) {
                        throw new AssertionError(
                                e.getMessage() + "\nafter, grace " + grace + ", quiet " + quiet + ", choices "
                                        + choiceEvery + ":\n"
                                        + String.join("\n", done.subList(Math.max(0, done.size() - 40), done.size())),
                                e);
                    }
                }
            }
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0, 1 -> connect(any(USERS), any(DEVICES));
                case 2, 3, 4 -> signOfLife();
                case 5 -> end();
                case 6 -> choose(any(USERS));
                case 7 -> {
                    if (random.nextInt(6) == 0) {
                        boolean enabled = !tracker.isEnabled();
                        note("presence is " + (enabled ? "on" : "off"));
                        tracker.setEnabled(enabled);
                        seenLast.clear();
                    } else {
                        slow.request(1);
                    }
                }
                default -> {
                    List<Duration> times = List.of(
                            Duration.ofMillis(1),
                            Duration.ofMillis(37),
                            Duration.ofMillis(100),
                            Duration.ofMillis(613),
                            Duration.ofMillis(4_950),
                            Duration.ofSeconds(5),
                            Duration.ofMillis(9_870),
                            Duration.ofMillis(29_999),
                            Duration.ofMillis(random.nextInt(60_000)));
                    Duration time = any(times);
                    note("advance " + time);
                    stepped.advance(time);
                }
            }
        }

        private void note(String what) {
            done.add(Duration.between(SteppedPresence.START, now()) + " " + what);
        }

        private void connect(String user, String device) {
            Is room = model.hasRoom(user, device, now());
            note("connect " + user + " " + device + ", has room " + room);
            try {
                PresenceSession session = tracker.connect(user, device);
                assertThat(room.canBe(true)).as("%s may connect", user).isTrue();
                sessions.add(new Known(session, model.connected(user, device, now())));
            } catch (PresenceLimitException e) {
                assertThat(room.canBe(false)).as(e.getMessage()).isTrue();
            }
        }

        private void signOfLife() {
            if (sessions.isEmpty()) {
                return;
            }
            int at = random.nextInt(3) == 0
                    ? random.nextInt(sessions.size())
                    : Math.max(0, sessions.size() - 1 - random.nextInt(6));
            Known known = sessions.get(at);
            boolean isActive = random.nextInt(3) == 0;
            Is taken = model.isTaken(known.model, now());
            note((isActive ? "active " : "heartbeat ") + known.session.user() + " " + known.session.device() + " "
                    + known.session.incarnation() + ", is taken " + taken);
            boolean was = isActive ? known.session.active() : known.session.heartbeat();
            assertThat(taken.canBe(was)).as("a sign of life is taken: %s", was).isTrue();
            if (!was) {
                model.over(known.model);
            } else if (isActive) {
                model.active(known.model, now());
            } else {
                model.beaten(known.model, now());
            }
        }

        private void end() {
            if (sessions.isEmpty()) {
                return;
            }
            Known known = any(sessions);
            if (random.nextBoolean()) {
                note("close " + known.session.user() + " " + known.session.device() + " "
                        + known.session.incarnation());
                known.session.close();
                model.over(known.model);
            } else {
                note("lost " + known.session.user() + " " + known.session.device() + " " + known.session.incarnation());
                known.session.lost();
                model.lost(known.model, now());
            }
        }

        private void choose(String user) {
            if (random.nextInt(4) == 0) {
                note("choose nothing " + user);
                tracker.chooseNothing(user);
                model.chosen(user, null, now());
                return;
            }
            ChosenStatus chosen = random.nextInt(4) == 0
                    ? ChosenStatus.text("text " + random.nextInt(3))
                    : ChosenStatus.of(any(List.of(
                            PresenceStatus.ONLINE,
                            PresenceStatus.AWAY,
                            PresenceStatus.DO_NOT_DISTURB,
                            PresenceStatus.INVISIBLE)));
            if (random.nextBoolean()) {
                chosen = chosen.withText("text " + random.nextInt(3));
            }
            if (choiceEvery.isZero() && random.nextInt(3) == 0) {
                chosen = chosen.until(now().plusMillis(random.nextInt(50_000) - 1_000));
            }
            note("choose " + user + " " + chosen);
            tracker.choose(user, chosen);
            model.chosen(user, chosen, now());
        }

        private void look(String user) {
            Presence seen = tracker.presenceOf(user);
            assertThat(tracker.chosen(user)).isEqualTo(model.chosen(user, now()));
            if (!tracker.isEnabled()) {
                assertThat(seen.status()).isEqualTo(PresenceStatus.UNKNOWN);
                return;
            }
            String why = model.whyNot(seen, now());
            if (why != null) {
                fail(user + " at " + Duration.between(SteppedPresence.START, now()) + ": " + why);
            }
            Presence before = seenLast.put(user, seen);
            if (before != null) {
                assertThat(seen.version()).isGreaterThanOrEqualTo(before.version());
                if (!seen.looksLike(before)) {
                    assertThat(seen.version()).isGreaterThan(before.version());
                }
            }
        }

        /** Those of whom nothing changed for a window are known to those who follow. */
        private void compareFollowers() {
            Map<String, Presence> before = tracker.presenceOf(USERS);
            note("a window passes");
            stepped.advance(WINDOW.plusMillis(1));
            slow.request(2);
            while (slow.kinds.isEmpty()) {
                slow.request(1);
            }
            boolean isCaughtUp = random.nextBoolean();
            if (isCaughtUp) {
                slow.request(1_000);
            }
            Map<String, Presence> now = tracker.presenceOf(USERS);
            compare("the quick one", quick, before, now);
            if (isCaughtUp) {
                compare("the slow one", slow, before, now);
            }
        }

        private void compare(
                String who, FollowedPresence follower, Map<String, Presence> before, Map<String, Presence> now) {
            assertThat(follower.isOff).as("%s knows that presence is off", who).isEqualTo(!tracker.isEnabled());
            now.forEach((user, presence) -> {
                Presence was = Objects.requireNonNull(before.get(user));
                if (presence.version() != was.version() && presence.isOnline()) {
                    return;
                }
                if (presence.isOnline() != was.isOnline()) {
                    return;
                }
                if (presence.isOnline()) {
                    assertThat(follower.online).as("what %s knows", who).containsKey(user);
                    Presence known = Objects.requireNonNull(follower.online.get(user));
                    assertThat(known.looksLike(presence))
                            .as("%s: %s knows %s", presence, who, known)
                            .isTrue();
                    assertThat(known.version()).isLessThanOrEqualTo(presence.version());
                } else {
                    assertThat(follower.online).as("what %s knows", who).doesNotContainKey(user);
                }
            });
        }
    }
}
