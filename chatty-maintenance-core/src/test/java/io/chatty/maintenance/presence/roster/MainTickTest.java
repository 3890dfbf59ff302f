package io.chatty.maintenance.presence.roster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.PresenceSession;
import io.chatty.maintenance.presence.PresenceSettings;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several trackers in a process: one has its tick in a static field, and none takes the time of another for its own. */
class MainTickTest extends Unheard {

    private final PresenceSettings settings = PresenceSettings.builder()
            .sessionTimeout(Duration.ofSeconds(1))
            .quietTime(Duration.ZERO)
            .build();

    @BeforeEach
    void there_is_none() {
        MainTick.forget();
    }

    private CoarseClock clock(AtomicLong nanos) {
        return new CoarseClock(() -> Instant.EPOCH, nanos::get, settings);
    }

    private Roster roster(AtomicLong nanos) {
        return new Roster(settings, () -> Instant.EPOCH, nanos::get, this);
    }

    private static void pass(Roster roster, AtomicLong nanos, int ticks) {
        for (int i = 0; i < ticks; i++) {
            nanos.addAndGet(roster.tick().toNanos());
            roster.sweep();
        }
    }

    @Test
    void sessions_of_each_tracker_live_by_its_own_time() {
        AtomicLong one = new AtomicLong();
        AtomicLong other = new AtomicLong();
        Roster main = roster(one);
        Roster beside = roster(other);
        PresenceSession ann = main.connect("ann", "phone");
        PresenceSession bob = beside.connect("bob", "phone");
        assertThat(ann).isNotInstanceOf(OtherSession.class);
        assertThat(bob).isInstanceOf(OtherSession.class);

        pass(beside, other, 200);
        assertThat(bob.isOpen()).as("in its own time").isFalse();
        assertThat(ann.isOpen()).as("in the other's time").isTrue();
        for (int i = 0; i < 200; i++) {
            assertThat(ann.heartbeat()).isTrue();
            assertThat(bob.heartbeat()).as("it comes back").isTrue();
            pass(main, one, 1);
        }
        assertThat(ann.isOpen()).isTrue();
        pass(main, one, 200);
        assertThat(ann.isOpen()).isFalse();
        assertThat(bob.isOpen()).as("in the other's time").isTrue();
        bob.heartbeat();
        pass(beside, other, 60);
        assertThat(bob.isOpen()).as("its beat is of its own time").isFalse();
    }

    @Test
    void the_next_tracker_is_the_main_one_after_a_close_and_the_closed_one_moves_it_no_more() {
        AtomicLong one = new AtomicLong();
        AtomicLong other = new AtomicLong();
        Roster closed = roster(one);
        PresenceSession late = closed.connect("ann", "phone");
        pass(closed, one, 5);
        closed.close();
        Roster next = roster(other);
        PresenceSession ann = next.connect("ann", "phone");
        assertThat(ann).isNotInstanceOf(OtherSession.class);

        pass(closed, one, 500); // its ticker was at it when it was closed
        closed.close();
        assertThat(roster(one).connect("bob", "phone"))
                .as("a second close frees nothing of another's")
                .isInstanceOf(OtherSession.class);
        assertThat(late.heartbeat()).isFalse();
        assertThat(late.active()).isFalse();
        next.sweep();
        assertThat(ann.isOpen()).as("in the time of one that is closed").isTrue();
        pass(next, other, 200);
        assertThat(ann.isOpen()).isFalse();
    }

    @Test
    void a_clock_that_was_the_main_one_goes_on_from_where_it_was() {
        AtomicLong nanos = new AtomicLong();
        CoarseClock clock = clock(nanos);
        assertThat(clock.isMain()).isTrue();
        nanos.addAndGet(10 * clock.tick().toNanos());
        int tick = clock.advance();
        clock.close();
        CoarseClock next = clock(new AtomicLong());

        assertThat(next.isMain()).isTrue();
        assertThat(next.now()).as("one that begins").isEqualTo(CoarseClock.FIRST);
        assertThat(clock.isMain()).isFalse();
        assertThat(clock.now()).isEqualTo(tick).isEqualTo(CoarseClock.FIRST + 10);
        nanos.addAndGet(clock.tick().toNanos());
        assertThat(clock.advance()).isEqualTo(tick + 1);
        assertThat(next.now()).isEqualTo(CoarseClock.FIRST);
    }

    @Test
    void one_that_is_never_closed_leaves_its_place_when_nothing_holds_it() {
        WeakReference<CoarseClock> left = new WeakReference<>(clock(new AtomicLong()));
        for (int i = 0; i < 100 && left.get() != null; i++) {
            System.gc();
        }
        assertThat(left.get()).isNull();
        assertThat(clock(new AtomicLong()).isMain()).isTrue();
    }
}
