package io.chatty.maintenance.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MissedRunsTest {

    private static final Instant DUE = Instant.parse("2026-05-04T02:30:00Z");

    @ParameterizedTest
    @CsvSource({
        "2026-05-04T02:29:59Z, true",
        "2026-05-04T02:30:00Z, true",
        "2026-05-04T08:30:00Z, true",
        "2026-05-04T08:30:00.000000001Z, false",
        "2030-05-04T02:30:00Z, false"
    })
    void a_run_may_start_up_to_its_deadline(Instant now, boolean allowed) {
        MissedRuns once = MissedRuns.once(Duration.ofHours(6));
        assertThat(once.makeUp()).isTrue();
        assertThat(once.allowsStart(DUE, now)).isEqualTo(allowed);
    }

    @Test
    void being_less_than_a_minute_late_is_no_miss() {
        assertThat(MissedRuns.skip().makeUp()).isFalse();
        assertThat(MissedRuns.skip().allowsStart(DUE, DUE.plusSeconds(60))).isTrue();
        assertThat(MissedRuns.skip().allowsStart(DUE, DUE.plusSeconds(60).plusNanos(1)))
                .isFalse();
    }

    @Test
    void a_deadline_may_be_as_long_as_one_likes() {
        MissedRuns always = MissedRuns.once(Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(always.allowsStart(DUE, DUE.plusSeconds(1L << 40))).isTrue();
        assertThat(always.allowsStart(DUE, DUE.minusSeconds(1L << 40))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-0.000000001S", "PT-6H"})
    void a_deadline_that_no_run_could_meet_is_refused(String deadline) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MissedRuns.once(Duration.parse(deadline)))
                .withMessageContaining(deadline)
                .withMessageContaining("must be positive");
    }
}
