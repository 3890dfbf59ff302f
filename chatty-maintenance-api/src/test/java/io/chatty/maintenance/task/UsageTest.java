package io.chatty.maintenance.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class UsageTest {

    private static Usage usage(Map<String, Long> amounts) {
        return new Usage(Counts.of(amounts));
    }

    @Test
    void the_bottleneck_is_what_took_the_most_time_be_it_work_or_waiting() {
        assertThat(usage(Map.of(Usage.SELECT, 3L, Usage.DELETE, 5L, "wait.lag", 4L))
                        .bottleneck())
                .contains(Usage.DELETE);
        assertThat(usage(Map.of(Usage.SELECT, 3L, Usage.DELETE, 5L, "wait.lag", 6L))
                        .bottleneck())
                .contains("wait.lag");
    }

    @Test
    void resources_are_no_bottleneck_however_large() {
        assertThat(usage(Map.of(
                                Usage.SELECT,
                                1L,
                                Usage.CPU,
                                9L,
                                Usage.ALLOCATED,
                                9L,
                                Usage.CONNECTION,
                                9L,
                                Usage.ROWS,
                                9L))
                        .bottleneck())
                .contains(Usage.SELECT);
        assertThat(usage(Map.of(Usage.STATEMENTS, 9L, "waiting", 9L, "timeout", 9L))
                        .bottleneck())
                .isEmpty();
    }

    @Test
    void where_nothing_took_time_there_is_none() {
        assertThat(Usage.NONE.bottleneck()).isEmpty();
        assertThat(usage(Map.of(Usage.SELECT, 0L)).bottleneck()).isEmpty();
    }

    @Test
    void a_time_has_its_share_in_all_times_and_what_is_no_time_has_none() {
        Usage usage = usage(Map.of(Usage.SELECT, 1L, Usage.DELETE, 5L, "wait.lag", 4L, Usage.CPU, 90L));
        assertThat(usage.share(Usage.DELETE)).isEqualTo(0.5);
        assertThat(usage.share("wait.lag")).isEqualTo(0.4);
        assertThat(usage.share(Usage.REVIEW)).isZero();
        assertThat(usage.share(Usage.CPU)).isZero();
        assertThat(Usage.NONE.share(Usage.SELECT)).isZero();
    }

    @Test
    void usage_adds_up_name_by_name() {
        Usage sum =
                usage(Map.of(Usage.SELECT, 3L, Usage.ROWS, 10L)).plus(usage(Map.of(Usage.SELECT, 4L, "wait.lag", 1L)));
        assertThat(sum).isEqualTo(usage(Map.of(Usage.SELECT, 7L, Usage.ROWS, 10L, "wait.lag", 1L)));
        assertThat(sum.plus(Usage.NONE)).isEqualTo(sum);
    }
}
