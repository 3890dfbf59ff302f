package io.chatty.maintenance.testkit.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.chatty.maintenance.presence.PresenceSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** What may be set: each value beside what is allowed is refused, by name and with what is. */
class PresenceSettingsTest {

    private static final Duration DAY = Duration.ofDays(1);

    private record Range(
            Duration least,
            Duration most,
            BiFunction<PresenceSettings.Builder, Duration, PresenceSettings.Builder> set) {}

    private static final Map<String, Range> TIMES = Map.of(
            "sessionTimeout", new Range(Duration.ofMillis(100), DAY, PresenceSettings.Builder::sessionTimeout),
            "awayAfter", new Range(Duration.ofMillis(100), DAY, PresenceSettings.Builder::awayAfter),
            "reconnectGrace", new Range(Duration.ZERO, DAY, PresenceSettings.Builder::reconnectGrace),
            "quietTime", new Range(Duration.ZERO, DAY, PresenceSettings.Builder::quietTime),
            "eventWindow", new Range(Duration.ofMillis(1), Duration.ofHours(1), PresenceSettings.Builder::eventWindow),
            "lastSeenGrain", new Range(Duration.ofMillis(1), DAY, PresenceSettings.Builder::lastSeenGrain),
            "lastSeenEvery", new Range(Duration.ofSeconds(1), DAY, PresenceSettings.Builder::lastSeenEvery),
            "choices.every", new Range(Duration.ZERO, DAY, (builder, every) -> builder.choices(5, every)));

    private record Numbers(int most, BiFunction<PresenceSettings.Builder, Integer, PresenceSettings.Builder> set) {}

    private static final Map<String, Numbers> NUMBERS = Map.of(
            "maxSessions", new Numbers(Integer.MAX_VALUE, PresenceSettings.Builder::maxSessions),
            "maxSessionsOfUser", new Numbers(10_000, PresenceSettings.Builder::maxSessionsOfUser),
            "choices.burst", new Numbers(1_000, (builder, burst) -> builder.choices(burst, Duration.ZERO)));

    @Test
    void times_are_allowed_from_the_least_to_the_most_and_refused_beside_these() {
        Duration nano = Duration.ofNanos(1);
        TIMES.forEach((name, range) -> {
            assertThat(range.set.apply(PresenceSettings.builder(), range.least).build())
                    .isNotNull();
            assertThat(range.set.apply(PresenceSettings.builder(), range.most).build())
                    .isNotNull();
            for (Duration wrong : List.of(
                    range.least.minus(nano),
                    range.most.plus(nano),
                    Duration.ofSeconds(Long.MIN_VALUE),
                    Duration.ofSeconds(Long.MAX_VALUE, 999_999_999))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> range.set.apply(PresenceSettings.builder(), wrong))
                        .withMessage(name + ": " + wrong + " given, " + range.least + " to " + range.most + " allowed");
            }
        });
    }

    @Test
    void numbers_are_allowed_from_one_to_the_most_and_refused_beside_these() {
        NUMBERS.forEach((name, numbers) -> {
            assertThat(numbers.set.apply(PresenceSettings.builder(), 1).build()).isNotNull();
            assertThat(numbers.set
                            .apply(PresenceSettings.builder(), numbers.most)
                            .build())
                    .isNotNull();
            for (int wrong : new int[] {0, -1, Integer.MIN_VALUE, numbers.most + 1}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> numbers.set.apply(PresenceSettings.builder(), wrong))
                        .withMessage(name + ": " + wrong + " given, 1 to " + numbers.most + " allowed");
            }
        });
    }

    @Test
    @SuppressWarnings("NullAway") // hosts may come without it
    void a_time_that_is_missing_is_refused_by_name() {
        TIMES.forEach((name, range) -> assertThatNullPointerException()
                .isThrownBy(() -> range.set.apply(PresenceSettings.builder(), null))
                .withMessage(name));
    }

    @Test
    void heartbeats_are_asked_for_so_often_that_one_may_be_missed() {
        PresenceSettings settings = PresenceSettings.defaults();
        assertThat(settings.heartbeatInterval()).isEqualTo(Duration.ofSeconds(25));
        assertThat(settings.heartbeatInterval().multipliedBy(2)).isLessThan(settings.sessionTimeout());
    }
}
