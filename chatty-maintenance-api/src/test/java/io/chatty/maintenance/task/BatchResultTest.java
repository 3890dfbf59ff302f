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
        assertThat(result.lookedAt()).isEmpty();
        assertThat(BatchResult.finished().left(0).lookingAt(3).with(SOME).left())
                .hasValue(0);
        assertThat(BatchResult.finished().lookingAt(3).with(SOME).left(0).lookedAt())
                .hasValue(3);
        assertThat(BatchResult.finished()
                        .operating(5)
                        .with(SOME)
                        .left(0)
                        .lookingAt(3)
                        .operations())
                .isEqualTo(5);
        assertThat(result.operations()).isZero();
        assertThat(BatchResult.finished().with(SOME).isFinished()).isTrue();
    }

    @Test
    void one_that_awaits_confirmation_says_for_what_and_where_the_run_goes_on_then() {
        BatchResult result = BatchResult.awaitConfirmation(new Cursor("a"), "4 of 9 would go")
                .with(SOME)
                .left(4);
        assertThat(result.awaited()).contains("4 of 9 would go");
        assertThat(result.next()).contains(new Cursor("a"));
        assertThat(result.isFinished()).isFalse();
        assertThat(result.counts()).isEqualTo(SOME);
        assertThat(result.left()).hasValue(4);
        assertThat(result.toString()).contains("next=a, awaits confirmation: 4 of 9 would go");
        assertThat(BatchResult.next(new Cursor("a")).awaited()).isEmpty();
        assertThat(BatchResult.finished().awaited()).isEmpty();
    }

    @Test
    void a_reason_that_says_nothing_or_too_much_is_refused() {
        Cursor cursor = new Cursor("a");
        assertThat(BatchResult.awaitConfirmation(cursor, "x".repeat(1000)).awaited())
                .isPresent();
        for (String reason : new String[] {"", " ", "x".repeat(1001)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BatchResult.awaitConfirmation(cursor, reason))
                    .withMessageContaining("reason: " + reason.length() + " characters given, 1 to 1000");
        }
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
                .isThrownBy(() -> BatchResult.finished().lookingAt(-1))
                .withMessageContaining("lookingAt: -1 given");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchResult.finished().operating(-1))
                .withMessageContaining("operating: -1 given");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchResult.finished().left(-1))
                .withMessageContaining("-1");
    }
}
