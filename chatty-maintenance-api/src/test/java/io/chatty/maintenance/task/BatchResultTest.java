package io.chatty.maintenance.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class BatchResultTest {

    private static final Counts SOME = Counts.none().plus("examined", 7);

    @Test
    void finished_has_no_cursor_and_next_has_one() {
        assertThat(BatchResult.finished().isFinished()).isTrue();
        assertThat(BatchResult.finished().next()).isEmpty();
        assertThat(BatchResult.next(new Cursor("a")).isFinished()).isFalse();
        assertThat(BatchResult.next(new Cursor("a")).next()).contains(new Cursor("a"));
    }

    @Test
    void counts_and_estimate_are_added_without_losing_the_rest() {
        BatchResult result = BatchResult.next(new Cursor("a")).with(SOME).left(12);
        assertThat(result.next()).contains(new Cursor("a"));
        assertThat(result.counts()).isEqualTo(SOME);
        assertThat(result.left()).hasValue(12);
        assertThat(BatchResult.finished().left(0).with(SOME).left()).hasValue(0);
        assertThat(BatchResult.finished().with(SOME).isFinished()).isTrue();
    }

    @Test
    void nothing_is_counted_or_estimated_unless_it_is_said() {
        BatchResult.finished().with(SOME).left(5);
        assertThat(BatchResult.finished().counts()).isEqualTo(Counts.none());
        assertThat(BatchResult.finished().left()).isEmpty();
    }

    @Test
    void a_negative_estimate_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchResult.finished().left(-1))
                .withMessageContaining("-1");
    }
}
