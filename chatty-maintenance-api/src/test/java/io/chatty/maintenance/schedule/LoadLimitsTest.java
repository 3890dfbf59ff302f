package io.chatty.maintenance.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.schedule.LoadReading.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadLimitsTest {

    @ParameterizedTest
    @CsvSource({
        // value, after NORMAL, after SLOW, after STOP: a level ends more than a tenth below its limit
        "0, NORMAL, NORMAL, NORMAL",
        "8.9, NORMAL, NORMAL, NORMAL",
        "9, NORMAL, SLOW, SLOW",
        "9.9, NORMAL, SLOW, SLOW",
        "10, SLOW, SLOW, SLOW",
        "17.9, SLOW, SLOW, SLOW",
        "18, SLOW, SLOW, STOP",
        "19.9, SLOW, SLOW, STOP",
        "20, STOP, STOP, STOP",
        "Infinity, STOP, STOP, STOP"
    })
    void where_high_values_are_bad_a_level_is_reached_at_its_limit_and_left_below_it(
            double value, Level afterNormal, Level afterSlow, Level afterStop) {
        assertLevels(LoadLimits.above(10, 20), value, afterNormal, afterSlow, afterStop);
    }

    @ParameterizedTest
    @CsvSource({
        "30, NORMAL, NORMAL, NORMAL",
        "22.1, NORMAL, NORMAL, NORMAL",
        "22, NORMAL, SLOW, SLOW",
        "20.1, NORMAL, SLOW, SLOW",
        "20, SLOW, SLOW, SLOW",
        "11.1, SLOW, SLOW, SLOW",
        "11, SLOW, SLOW, STOP",
        "10.1, SLOW, SLOW, STOP",
        "10, STOP, STOP, STOP",
        "0, STOP, STOP, STOP"
    })
    void where_low_values_are_bad_a_level_is_reached_at_its_limit_and_left_above_it(
            double value, Level afterNormal, Level afterSlow, Level afterStop) {
        assertLevels(LoadLimits.below(20, 10), value, afterNormal, afterSlow, afterStop);
    }

    private static void assertLevels(
            LoadLimits limits, double value, Level afterNormal, Level afterSlow, Level afterStop) {
        assertThat(limits.level(value, Level.NORMAL)).as("after NORMAL").isEqualTo(afterNormal);
        assertThat(limits.level(value, Level.UNKNOWN)).as("after UNKNOWN").isEqualTo(afterNormal);
        assertThat(limits.level(value, Level.SLOW)).as("after SLOW").isEqualTo(afterSlow);
        assertThat(limits.level(value, Level.STOP)).as("after STOP").isEqualTo(afterStop);
    }

    @Test
    void limits_closer_than_a_tenth_lead_from_stop_through_slow() {
        LoadLimits close = LoadLimits.above(95, 100);
        assertThat(close.level(89, Level.STOP)).isEqualTo(Level.SLOW);
        assertThat(close.level(85, Level.STOP)).isEqualTo(Level.NORMAL);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "NaN, 1", "1, NaN", "-1, 1", "1, -1", "Infinity, 1", "1, Infinity"})
    void limits_that_are_no_limits_are_refused(double slowAt, double stopAt) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LoadLimits(slowAt, stopAt))
                .withMessageContaining("slowAt " + slowAt + ", stopAt " + stopAt)
                .withMessageContaining("two different finite numbers from 0 up");
        assertThatIllegalArgumentException().isThrownBy(() -> LoadLimits.above(slowAt, stopAt));
        assertThatIllegalArgumentException().isThrownBy(() -> LoadLimits.below(slowAt, stopAt));
    }

    @Test
    void limits_the_wrong_way_round_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadLimits.above(20, 10))
                .withMessageContaining("stopAt 10.0 given, above slowAt, 20.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadLimits.below(10, 20))
                .withMessageContaining("stopAt 20.0 given, below slowAt, 10.0");
    }
}
