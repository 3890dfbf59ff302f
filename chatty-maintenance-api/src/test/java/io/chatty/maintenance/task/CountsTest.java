package io.chatty.maintenance.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountsTest {

    @Test
    void counts_of_one_name_add_up() {
        Counts counts = Counts.none().plus("examined", 2).plus("examined", 3).plus("deleted.old", 1);
        assertThat(counts.get("examined")).isEqualTo(5);
        assertThat(counts.get("deleted.old")).isEqualTo(1);
        assertThat(counts.get("deleted")).isZero();
    }

    @Test
    void sums_are_taken_name_by_name_and_leave_their_parts_as_they_were() {
        Counts left = Counts.of(Map.of("a", 1L, "b", 2L));
        Counts right = Counts.of(Map.of("b", 3L, "c", 4L));
        assertThat(left.plus(right).asMap())
                .containsExactly(Map.entry("a", 1L), Map.entry("b", 5L), Map.entry("c", 4L));
        assertThat(left.asMap()).containsExactly(Map.entry("a", 1L), Map.entry("b", 2L));
        assertThat(right.asMap()).containsExactly(Map.entry("b", 3L), Map.entry("c", 4L));
        assertThat(left.plus(Counts.none())).isEqualTo(left);
        assertThat(Counts.none().plus(right)).isEqualTo(right);
    }

    @Test
    void a_zero_is_kept_and_differs_from_not_counted() {
        assertThat(Counts.none().plus("deleted.old", 0)).isNotEqualTo(Counts.none());
        assertThat(Counts.none().plus("deleted.old", 0).asMap()).containsEntry("deleted.old", 0L);
    }

    @Test
    void a_prefix_sums_whole_parts_of_names_only() {
        Counts counts = Counts.of(Map.of("due", 1L, "due.old", 2L, "due.old.pinned", 4L, "dues", 8L, "due_x", 16L));
        assertThat(counts.sum("due")).isEqualTo(7);
        assertThat(counts.sum("due.old")).isEqualTo(6);
        assertThat(counts.sum("nothing")).isZero();
    }

    @Test
    void a_sum_that_is_too_large_is_refused_rather_than_wrong() {
        Counts most = Counts.none().plus("bytes", Long.MAX_VALUE);
        assertThatThrownBy(() -> most.plus("bytes", 1)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> most.plus(most)).isInstanceOf(ArithmeticException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a=b", "a\n", "\t"})
    void names_that_could_not_be_read_back_are_refused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Counts.none().plus(name, 1))
                .withMessageContaining("\"" + name + "\"")
                .withMessageContaining("200 characters");
        assertThatIllegalArgumentException().isThrownBy(() -> Counts.of(Map.of(name, 1L)));
    }

    @Test
    void a_name_has_200_characters_at_most() {
        assertThat(Counts.none().plus("n".repeat(200), 1).get("n".repeat(200))).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> Counts.none().plus("n".repeat(201), 1));
    }

    @Test
    void later_changes_of_the_map_it_was_made_of_do_not_reach_it() {
        Map<String, Long> map = new HashMap<>(Map.of("a", 1L));
        Counts counts = Counts.of(map);
        map.put("a", 2L);
        assertThat(counts.get("a")).isEqualTo(1);
        assertThatThrownBy(() -> counts.asMap().put("a", 3L)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void the_text_is_in_order_of_the_names() {
        assertThat(Counts.of(Map.of("b", 2L, "a", 1L, "c", 0L))).hasToString("a=1 b=2 c=0");
        assertThat(Counts.none()).hasToString("");
        assertThat(Counts.of(Map.of("b", 2L, "a", 1L)))
                .isEqualTo(Counts.none().plus("a", 1).plus("b", 2))
                .hasSameHashCodeAs(Counts.none().plus("a", 1).plus("b", 2));
    }
}
