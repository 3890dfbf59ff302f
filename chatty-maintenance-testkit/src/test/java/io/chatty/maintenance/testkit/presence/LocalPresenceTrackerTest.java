package io.chatty.maintenance.testkit.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.Presence;
import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceStatus;
import io.chatty.maintenance.presence.PresenceTracker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds of the tracker in one process. */
class LocalPresenceTrackerTest {

    private final SteppedPresence stepped = new SteppedPresence();

    @Test
    void a_session_that_beats_stays_online_and_one_that_is_silent_times_out() throws Exception {
        try (PresenceTracker tracker =
                stepped.tracker().settings(s -> s.quietTime(Duration.ZERO)).build()) {
            List<String> told = new ArrayList<>();
            AutoCloseable listening = tracker.onChange(presence -> told.add(presence.user() + " " + presence.status()));
            PresenceSession ann = tracker.connect("ann", "phone");
            PresenceSession bob = tracker.connect("bob", "phone");
            for (int i = 0; i < 8; i++) {
                stepped.advance(Duration.ofSeconds(25));
                assertThat(ann.heartbeat()).isTrue();
            }
            assertThat(tracker.presenceOf("ann").status()).isEqualTo(PresenceStatus.ONLINE);
            assertThat(tracker.presenceOf("bob").status()).isEqualTo(PresenceStatus.OFFLINE);
            stepped.advance(Duration.ofSeconds(50));
            ann.heartbeat();
            stepped.advance(Duration.ofSeconds(50));
            ann.heartbeat();
            stepped.advance(Duration.ofSeconds(5));
            assertThat(tracker.presenceOf("ann").status()).isEqualTo(PresenceStatus.AWAY);
            ann.active();
            stepped.advance(Duration.ofSeconds(1));
            ann.close();
            stepped.advance(Duration.ofSeconds(1));
            assertThat(told)
                    .containsExactly(
                            "ann ONLINE", "bob ONLINE", "bob OFFLINE", "ann AWAY", "ann ONLINE", "ann OFFLINE");
            assertThat(bob.isOpen()).isFalse();
            listening.close();
        }
    }

    @Test
    void a_choice_wins_over_the_sessions_and_ends_by_itself() {
        try (PresenceTracker tracker = stepped.tracker().build()) {
            tracker.choose(
                    "ann",
                    ChosenStatus.of(PresenceStatus.DO_NOT_DISTURB)
                            .withText("writing")
                            .until(SteppedPresence.START.plusSeconds(30)));
            assertThat(tracker.presenceOf("ann").status()).isEqualTo(PresenceStatus.OFFLINE);
            PresenceSession session = tracker.connect("ann", "phone");
            Presence seen = tracker.presenceOf("ann");
            assertThat(seen.status()).isEqualTo(PresenceStatus.DO_NOT_DISTURB);
            assertThat(seen.text()).contains("writing");
            stepped.advance(Duration.ofSeconds(20));
            session.heartbeat();
            stepped.advance(Duration.ofSeconds(12));
            assertThat(tracker.presenceOf("ann").status()).isEqualTo(PresenceStatus.ONLINE);
            assertThat(tracker.presenceOf("ann").text()).isEmpty();
            assertThat(tracker.chosen("ann")).isEmpty();
        }
    }
}
