package io.chatty.maintenance.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionRuleTest {

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-0.000000001S", "PT-1S", "PT-720H"})
    void a_time_of_zero_or_less_would_delete_everything_and_is_refused(String time) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionRule.keepFor(Duration.parse(time)))
                .withMessageContaining(time)
                .withMessageContaining("longer than zero")
                .withMessageContaining("keepForever()");
    }

    @Test
    @SuppressWarnings("NullAway") // what a host without null checks may do
    void a_missing_time_is_refused() {
        assertThatNullPointerException().isThrownBy(() -> RetentionRule.keepFor(null));
    }

    @Test
    void any_time_above_zero_up_to_10_000_years_is_allowed() {
        Duration longest = Duration.ofDays(3_652_425);
        assertThat(RetentionRule.keepFor(Duration.ofNanos(1))).hasToString("keep for PT0.000000001S");
        assertThat(RetentionRule.keepFor(longest)).isEqualTo(RetentionRule.keepFor(longest));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionRule.keepFor(longest.plusNanos(1)))
                .withMessageContaining("10,000 years");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionRule.keepFor(Duration.ofSeconds(Long.MAX_VALUE)));
    }

    @Test
    void a_room_without_an_id_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> RetentionScope.room(""));
        assertThat(RetentionScope.room(" ")).isNotEqualTo(RetentionScope.room("  "));
    }
}
