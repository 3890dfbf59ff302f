package io.chatty.maintenance.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskNamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "message-cleanup", "A.b_c-9", "..."})
    void letters_digits_and_three_signs_are_allowed(String name) {
        assertThat(TaskNames.check(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "ä", "a\n", "a:b", "٣"})
    void other_names_are_refused_with_what_is_allowed(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskNames.check(name))
                .withMessageContaining("\"" + name + "\"")
                .withMessageContaining("letters, digits");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskNames.check("signal", name))
                .withMessageStartingWith("signal name: \"" + name + "\"");
        assertThatIllegalArgumentException().isThrownBy(() -> MaintenanceTask.of(name, () -> {}));
    }

    @Test
    void a_name_has_100_characters_at_most() {
        assertThat(TaskNames.check("n".repeat(100))).hasSize(100);
        assertThatIllegalArgumentException().isThrownBy(() -> TaskNames.check("n".repeat(101)));
    }

    @Test
    void settings_that_are_wrong_are_all_in_the_message() {
        SettingsException wrong = new SettingsException(List.of("no table", "no right"));
        assertThat(wrong).hasMessageContainingAll("2 problems", "no table", "no right");
        assertThat(wrong.problems()).containsExactly("no table", "no right");
        assertThat(new SettingsException(List.of("no table"))).hasMessageStartingWith("1 problem in");
    }
}
