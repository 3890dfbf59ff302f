package io.chatty.maintenance.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TaskRatesTest {

    @Test
    void a_task_keeps_to_none_unless_it_says_so() {
        assertThat(MaintenanceTask.of("tidy", () -> {}).rates()).isEqualTo(TaskRates.none());
        assertThat(TaskRates.none().operationsPerSecond()).isEmpty();
        assertThat(TaskRates.none().bytesPerSecond()).isEmpty();
    }

    @Test
    void one_rate_leaves_the_other_unlimited() {
        assertThat(TaskRates.operations(5).operationsPerSecond()).hasValue(5);
        assertThat(TaskRates.operations(5).bytesPerSecond()).isEmpty();
        assertThat(TaskRates.bytes(5).bytesPerSecond()).hasValue(5);
        assertThat(TaskRates.bytes(5).operationsPerSecond()).isEmpty();
    }

    @Test
    void a_rate_at_which_nothing_would_go_on_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskRates.operations(0))
                .withMessage("operationsPerSecond: 0 given, 1 or more allowed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskRates.bytes(-1))
                .withMessage("bytesPerSecond: -1 given, 1 or more allowed");
    }
}
