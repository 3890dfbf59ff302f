package io.chatty.maintenance.presence.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrainTest {

    @ParameterizedTest
    @CsvSource({
        "PT1M,    2026-06-15T12:34:56.789123Z, 2026-06-15T12:34:00Z",
        "PT1M,    2026-06-15T12:34:00Z,        2026-06-15T12:34:00Z",
        "PT0.001S,2026-06-15T12:34:56.789123Z, 2026-06-15T12:34:56.789Z",
        "PT24H,   2026-06-15T12:34:56Z,        2026-06-15T00:00:00Z",
        "PT0.7S,  1970-01-01T00:00:02Z,        1970-01-01T00:00:01.400Z",
        "PT1M,    1969-12-31T23:59:59.999999Z, 1969-12-31T23:59:00Z",
        "PT24H,   1969-12-31T00:00:00Z,        1969-12-31T00:00:00Z",
        "PT1M,    +999999999-12-31T23:59:59.5Z,+999999999-12-31T23:59:00Z",
        "PT1H,    -999999999-01-02T03:04:05Z,  -999999999-01-02T03:00:00Z"
    })
    void a_time_is_cut_to_the_grain_before_it(Duration grain, Instant at, Instant cut) {
        assertThat(Grain.of(grain).cut(at)).isEqualTo(cut);
    }

    @Test
    void the_ends_of_time_are_cut_too() {
        Grain odd = Grain.of(Duration.ofMillis(86_399_999));
        assertThat(odd.cut(Instant.MIN)).isEqualTo(Instant.MIN);
        assertThat(odd.cut(Instant.MIN.plusSeconds(1))).isEqualTo(Instant.MIN);
        assertThat(odd.cut(Instant.MAX)).isBefore(Instant.MAX).isAfter(Instant.MAX.minus(Duration.ofDays(1)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -60_000, 86_400_001})
    void what_can_be_none_is_refused(long millis) {
        assertThatThrownBy(() -> new Grain(millis))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("grain: " + millis + " ms given, 1 ms to a day allowed");
    }
}
