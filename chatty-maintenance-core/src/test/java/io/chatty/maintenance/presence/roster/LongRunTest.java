package io.chatty.maintenance.presence.roster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.presence.ChosenStatus;
import io.chatty.maintenance.presence.PresenceSettings;
import io.chatty.maintenance.presence.PresenceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a shard comes to in years, whose ticks are more than an int counts, and at more calls than there is time to forget them. */
class LongRunTest extends Unheard {

    private static final int MANY = 100_000;

    /** A fortnight of ticks of 10 ms. */
    private static final int LONG = 121_000_000;

    private final PresenceSettings settings = PresenceSettings.builder()
            .reconnectGrace(Duration.ofMillis(500)) // so that a tick is 10 ms
            .quietTime(Duration.ZERO)
            .build();
    private final CoarseClock clock = new CoarseClock(() -> Instant.EPOCH, () -> 0, settings);
    private final Shard shard = new Shard(0, settings, clock, this, new AtomicInteger());
    private int touched;

    @Override
    public void touched(int of, String user) {
        touched++;
    }

    @Test
    void a_session_is_away_for_years_while_nobody_does_anything() {
        RosterSession session = shard.connect("ann", "bot");
        int now = clock.now();
        for (int i = 0; i < 100; i++) {
            now += LONG;
            session.beaten(now);
            session.look(shard, now);
            assertThat(session.look(shard, now + 1)).isPositive();
            assertThat(session.isIdle()).as("after %d fortnights", i + 1).isTrue();
            assertThat(session.isOpen()).isTrue();
        }
    }

    @Test
    void a_choice_takes_effect_however_long_ago_the_last_was() {
        int now = clock.now();
        for (int fortnights = 1; fortnights <= 40; fortnights++) {
            Choice choice = new Choice(new UserEntry("ann", shard, 0), now);
            choice.choose(Optional.of(ChosenStatus.text("old")), now);
            now += 2 * shard.choiceTicks;
            shard.sweep(now, Integer.MAX_VALUE); // all may be chosen again, and nothing looks any more
            choice.choose(Optional.of(ChosenStatus.text("new")), now + fortnights * LONG);
            assertThat(choice.text()).as("after %d fortnights", fortnights).isEqualTo("new");
            assertThat(choice.isWaiting()).isFalse();
        }
    }

    @Test
    void a_choice_that_ends_another_day_is_no_news_until_then() {
        shard.choose("ann", Optional.of(ChosenStatus.text("out").until(Instant.EPOCH.plus(Duration.ofDays(1)))));
        int now = clock.now() + 2 * shard.choiceTicks;
        shard.sweep(now, Integer.MAX_VALUE); // ann may choose as often as anyone again
        touched = 0;
        for (int i = 0; i < 100_000; i += 100) {
            shard.sweep(now + i, Integer.MAX_VALUE);
        }
        assertThat(touched).isZero();
    }

    @Test
    void who_comes_and_goes_at_once_is_not_kept_until_their_time() {
        for (int i = 0; i < MANY; i++) {
            RosterSession session = shard.connect("user" + i, "phone");
            if (i % 2 == 0) {
                session.lost();
            }
            session.close();
            shard.connect("ann", "phone"); // displaces the one before
        }
        assertThat(shard.wheel.size()).isLessThan(3_000);
        assertThat(shard.withSession()).isOne();
        assertThat(shard.read("ann").status()).isEqualTo(PresenceStatus.ONLINE);
    }

    @Test
    void who_stays_is_still_looked_at_when_others_have_gone() {
        int ticks = clock.ticks(settings.sessionTimeout());
        for (int i = 0; i < 10; i++) {
            shard.connect("staying" + i, "phone");
        }
        for (int i = 0; i < MANY; i++) {
            shard.connect("user" + i, "phone").close();
        }
        int now = clock.now() + ticks + 1;
        shard.sweep(now, Integer.MAX_VALUE); // is put in question
        assertThat(shard.withSession()).isEqualTo(10);
        shard.sweep(now + 1, Integer.MAX_VALUE);
        assertThat(shard.withSession()).isZero();
        assertThat(shard.wheel.size()).isZero();
    }

    @Test
    void who_chooses_again_and_again_waits_once() {
        for (int i = 0; i < MANY; i++) {
            shard.choose("ann", Optional.of(ChosenStatus.text("text " + i)));
        }
        assertThat(shard.wheel.size()).isOne();
        assertThat(shard.isChoiceWaiting("ann")).isTrue();
    }
}
