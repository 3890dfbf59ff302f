package io.chatty.maintenance.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.chatty.maintenance.schedule.LoadReading.Level;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoadSignalTest {

    private static final LoadLimits LAG = LoadLimits.above(5, 30);

    @Test
    void a_value_that_wavers_around_a_limit_changes_the_level_once() throws Exception {
        double[] value = {0};
        LoadSignal signal = LoadSignal.measured("lag", "s", LAG, () -> value[0]);
        List<Level> levels = new ArrayList<>();
        for (double next : new double[] {4.9, 5, 4.9, 5.1, 4.6, 30, 29, 27, 30, 26.9, 5, 4.5, 4.4, 4.9}) {
            value[0] = next;
            levels.add(signal.read().level());
        }
        assertThat(levels)
                .containsExactly(
                        Level.NORMAL,
                        Level.SLOW,
                        Level.SLOW,
                        Level.SLOW,
                        Level.SLOW,
                        Level.STOP,
                        Level.STOP,
                        Level.STOP,
                        Level.STOP,
                        Level.SLOW,
                        Level.SLOW,
                        Level.SLOW,
                        Level.NORMAL,
                        Level.NORMAL);
    }

    @Test
    void where_there_is_nothing_to_measure_all_is_normal_and_what_was_is_forgotten() throws Exception {
        double[] value = {30};
        LoadSignal signal = LoadSignal.measured("lag", "s", LAG, () -> value[0]);
        assertThat(signal.read().level()).isEqualTo(Level.STOP);
        value[0] = Double.NaN;
        assertThat(signal.read()).isEqualTo(LoadReading.normal("lag: nothing to measure"));
        value[0] = 28;
        assertThat(signal.read().level()).isEqualTo(Level.SLOW);
    }

    @Test
    void what_a_measurement_throws_is_thrown_and_the_level_before_stands() throws Exception {
        double[] value = {30};
        LoadSignal signal = LoadSignal.measured("lag", "s", LAG, () -> {
            if (value[0] < 0) {
                throw new IllegalStateException("no connection");
            }
            return value[0];
        });
        assertThat(signal.read().level()).isEqualTo(Level.STOP);
        value[0] = -1;
        assertThatIllegalStateException().isThrownBy(signal::read).withMessage("no connection");
        value[0] = 28;
        assertThat(signal.read().level()).isEqualTo(Level.STOP);
    }

    @ParameterizedTest
    @CsvSource({
        "12, s, 'lag 12 s (slow at 5, stop at 30)'",
        "0.1234567, s, 'lag 0.123457 s (slow at 5, stop at 30)'",
        "123456789012, B, 'lag 123457000000 B (slow at 5, stop at 30)'",
        "1e-9, s, 'lag 0.000000001 s (slow at 5, stop at 30)'",
        "100, '', 'lag 100 (slow at 5, stop at 30)'",
        "Infinity, s, 'lag infinite s (slow at 5, stop at 30)'"
    })
    void the_reason_says_what_was_measured_for_a_person(double value, String unit, String reason) throws Exception {
        assertThat(LoadSignal.measured("lag", unit, LAG, () -> value).read().reason())
                .isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "replication lag", "lag\n"})
    void a_name_that_meters_cannot_have_is_refused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadSignal.measured(name, "s", LAG, () -> 0))
                .withMessageStartingWith("signal name: \"" + name + "\"")
                .withMessageContaining("100 letters");
    }

    @Test
    void it_says_what_it_is() {
        LoadSignal signal = LoadSignal.measured("lag", "s", LAG, () -> 0);
        assertThat(signal.name()).isEqualTo("lag");
        assertThat(signal).hasToString("LoadSignal[lag, " + LAG + "]");
    }
}
