package io.chatty.maintenance.examples.chat.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chatty.maintenance.examples.chat.presence.SteppedTime;
import io.chatty.maintenance.presence.local.LocalPresenceTracker;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who is there, as windows are told, in a time that the test lets pass. */
class PeopleTest extends RunningChat {

    private static final int MANY = 3;

    private final SteppedTime time = new SteppedTime(START);
    private boolean pinging = true;

    @Override
    LocalPresenceTracker.Builder presence() {
        return LocalPresenceTracker.builder()
                .settings(settings -> settings.lastSeenGrain(Duration.ofMillis(1))
                        .quietTime(Duration.ZERO)
                        .maxSessionsOfUser(MANY))
                .clock(time)
                .ticker(time::nanos)
                .scheduler(time);
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            time.step(Duration.ofSeconds(1));
        }
    }

    /** A second passes whenever nothing is heard; so many do until that is shown. */
    private int secondsUntil(Ears window, Map<String, String> shown) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        int seconds = 0;
        while (!window.people.equals(shown)) {
            assertThat(System.nanoTime())
                    .as("%s is shown in place of %s", window.people, shown)
                    .isLessThan(deadline);
            if (!window.hearOfPeople()) {
                pass(1);
                seconds++;
                if (pinging) {
                    server.ping();
                }
            }
        }
        return seconds;
    }

    /** Bob comes by that tab; he has when he is told who is there. */
    private WebSocket bobBy(String tab) throws Exception {
        Ears bobs = new Ears();
        WebSocket bob = connect("room=%23tea&user=bob&tab=" + tab, bobs);
        secondsUntil(bobs, Map.of("ann", "ONLINE 1", "bob", "ONLINE 1"));
        return bob;
    }

    private JsonNode people() throws Exception {
        return json("/api/people?room=" + encoded("#tea"));
    }

    private void heardOf(String user, Instant at) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        String last = "\"user\":\"" + user + "\".*\"lastSeen\":\"" + at.truncatedTo(ChronoUnit.MILLIS) + "\"";
        String people = people().toString();
        while (!people.matches(".*\\{" + last + ".*")) {
            assertThat(System.nanoTime())
                    .as("%s was heard of at %s in %s", user, at, people)
                    .isLessThan(deadline);
            people = people().toString();
        }
    }

    @Test
    void a_window_is_told_at_once_who_is_there_and_who_comes() throws Exception {
        Ears anns = new Ears();
        connect("#tea", "ann", anns);
        secondsUntil(anns, Map.of("ann", "ONLINE 1"));
        Ears bobs = new Ears();
        connect("#tea", "bob", bobs);
        secondsUntil(bobs, Map.of("ann", "ONLINE 1", "bob", "ONLINE 1"));
        secondsUntil(anns, Map.of("ann", "ONLINE 1", "bob", "ONLINE 1"));
        connect("#tea", "bob", new Ears());
        secondsUntil(anns, Map.of("ann", "ONLINE 1", "bob", "ONLINE 2"));
        assertThat(people().findValuesAsText("user")).containsExactly("ann", "bob");
        assertThat(json("/api/people?room=" + encoded("#coffee"))).isEmpty();
        assertThat(anns.heard).isEmpty();
    }

    @Test
    void who_leaves_in_good_order_is_gone_at_once() throws Exception {
        Ears anns = new Ears();
        connect("#tea", "ann", anns);
        WebSocket bob = connect("#tea", "bob", new Ears());
        secondsUntil(anns, Map.of("ann", "ONLINE 1", "bob", "ONLINE 1"));
        pass(1);

        bob.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);

        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (people().size() > 1) {
            assertThat(System.nanoTime()).as("bob is there").isLessThan(deadline);
        }
        secondsUntil(anns, Map.of("ann", "ONLINE 1", "bob", "OFFLINE 0"));
    }

    @Test
    void who_is_lost_may_come_back_for_ten_seconds_and_then_is_gone() throws Exception {
        Ears anns = new Ears();
        connect("#tea", "ann", anns);
        WebSocket bob = bobBy("1");
        secondsUntil(anns, Map.of("ann", "ONLINE 1", "bob", "ONLINE 1"));
        for (int code : new int[] {1001, 4000}) {
            bob.sendClose(code, "").get(10, TimeUnit.SECONDS);
            bob = bobBy("1");
        }
        pass(30);
        heardOf("bob", time.instant().minusSeconds(30));
        assertThat(anns.hearOfPeople()).as("anything was told of").isFalse();

        bob.abort();

        assertThat(secondsUntil(anns, Map.of("ann", "ONLINE 1", "bob", "OFFLINE 0")))
                .isGreaterThanOrEqualTo(10);
    }

    @Test
    void who_does_nothing_is_away_until_they_type() throws Exception {
        Ears anns = new Ears();
        WebSocket ann = connect("#tea", "ann", anns);
        secondsUntil(anns, Map.of("ann", "ONLINE 1"));
        for (int minute = 0; minute < 6; minute++) {
            pass(55);
            server.ping();
            heardOf("ann", time.instant());
        }
        secondsUntil(anns, Map.of("ann", "AWAY 1"));
        ann.sendText("", true).get(10, TimeUnit.SECONDS);
        secondsUntil(anns, Map.of("ann", "ONLINE 1"));
        assertThat(storage.count("messages")).isZero();
    }

    @Test
    void a_window_that_answers_pings_stays_and_one_that_is_silent_does_not() throws Exception {
        Ears anns = new Ears();
        connect("#tea", "ann", anns);
        secondsUntil(anns, Map.of("ann", "ONLINE 1"));
        for (int i = 0; i < 3; i++) {
            pass(50);
            server.ping();
            heardOf("ann", time.instant());
        }
        assertThat(anns.hearOfPeople()).as("anything was told of").isFalse();
        pinging = false;
        assertThat(secondsUntil(anns, Map.of("ann", "OFFLINE 0"))).isGreaterThan(59);
    }

    @Test
    void a_window_that_connects_anew_takes_the_place_of_its_old_connection() throws Exception {
        Ears old = new Ears();
        connect("room=%23tea&user=ann&tab=1", old);
        secondsUntil(old, Map.of("ann", "ONLINE 1"));
        Ears anew = new Ears();
        connect("room=%23tea&user=ann&tab=1", anew);
        secondsUntil(anew, Map.of("ann", "ONLINE 1"));
        server.ping();
        assertThat(old.nextText()).startsWith("closed 1000");
        assertThat(people().get(0).get("devices").asInt()).isEqualTo(1);
        server.ping();
        assertThat(anew.heard).isEmpty();
    }

    @Test
    void more_windows_than_a_user_may_have_and_names_of_no_window_are_turned_away() throws Exception {
        for (int i = 0; i < MANY; i++) {
            Ears ears = new Ears();
            connect("#tea", "ann", ears);
            secondsUntil(ears, Map.of("ann", "ONLINE " + (i + 1)));
        }
        Ears refused = new Ears();
        connect("#tea", "ann", refused);
        assertThat(refused.nextText()).startsWith("closed 1013 user:");
        for (String tab : new String[] {"", "x".repeat(41)}) {
            connect("room=%23tea&user=bob&tab=" + tab, refused);
            assertThat(refused.nextText()).startsWith("closed 1008 tab:");
        }
        assertThat(people().findValuesAsText("user")).containsExactly("ann");
    }
}
