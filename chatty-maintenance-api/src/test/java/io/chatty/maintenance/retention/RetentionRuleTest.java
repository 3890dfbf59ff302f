package io.chatty.maintenance.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
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

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void a_count_below_one_would_delete_everything_and_is_refused(int count) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionRule.keepLatest(count))
                .withMessageContainingAll("keepLatest: " + count, "at least 1");
        RetentionRule.KeepFor day = RetentionRule.keepFor(Duration.ofDays(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> day.andLatest(count))
                .withMessageContainingAll("andLatest: " + count, "at least 1");
    }

    @Test
    void a_rule_of_time_and_count_refuses_the_times_that_a_rule_of_time_does() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetentionRule.KeepForAndLatest(Duration.ZERO, 1))
                .withMessageContainingAll("PT0S", "longer than zero");
    }

    @Test
    void every_rule_says_for_how_long_and_how_many() {
        Duration day = Duration.ofDays(1);
        assertThat(RetentionRule.keepForever())
                .returns(Optional.empty(), RetentionRule::keptFor)
                .returns(0, RetentionRule::latest)
                .hasToString("keep forever");
        assertThat(RetentionRule.keepFor(day))
                .returns(Optional.of(day), RetentionRule::keptFor)
                .returns(0, RetentionRule::latest)
                .hasToString("keep for 1 day");
        assertThat(RetentionRule.keepLatest(1))
                .returns(Optional.of(Duration.ZERO), RetentionRule::keptFor)
                .returns(1, RetentionRule::latest)
                .hasToString("keep the latest 1");
        assertThat(RetentionRule.keepFor(day.multipliedBy(2)).andLatest(500))
                .returns(Optional.of(Duration.ofDays(2)), RetentionRule::keptFor)
                .returns(500, RetentionRule::latest)
                .hasToString("keep for 2 days and the latest 500");
        assertThat(RetentionRule.keepFor(Duration.ofHours(36))).hasToString("keep for PT36H");
    }

    @Test
    void a_scope_without_an_id_is_refused_and_ids_count_letter_for_letter() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionScope.room(""))
                .withMessage("room: an empty id given");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionScope.team(""))
                .withMessage("team: an empty id given");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetentionScope.user(""))
                .withMessage("user: an empty id given");
        assertThat(RetentionScope.room(" ")).isNotEqualTo(RetentionScope.room("  "));
        assertThat(RetentionScope.room("a")).isNotEqualTo(RetentionScope.team("a"));
    }

    @Test
    void scopes_are_ordered_from_the_least_specific_to_the_most() {
        assertThat(Stream.of(
                                RetentionScope.user("a"),
                                RetentionScope.global(),
                                RetentionScope.room("a"),
                                RetentionScope.team("a"))
                        .sorted(Comparator.comparing(RetentionScope::level)))
                .extracting(RetentionScope::toString)
                .containsExactly("global", "team a", "room a", "user a");
    }
}
