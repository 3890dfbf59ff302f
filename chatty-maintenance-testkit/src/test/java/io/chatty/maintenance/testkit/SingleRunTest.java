package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.TaskContext;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A run that a test does by itself, batch by batch. */
class SingleRunTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    /** Five items, of which a person has to confirm the fourth. */
    private static final class Five implements PreviewableTask {
        private boolean fails;

        @Override
        public String name() {
            return "five";
        }

        @Override
        public BatchResult runBatch(TaskContext context) throws Exception {
            if (fails) {
                throw new IOException("a hiccup");
            }
            return batch(context, "done");
        }

        @Override
        public BatchResult previewBatch(TaskContext context) {
            return batch(context, "due");
        }

        private static BatchResult batch(TaskContext context, String count) {
            int begin = context.cursor().map(at -> Integer.parseInt(at.text())).orElse(0);
            int end = Math.min(begin + context.batchSize(), begin < 3 ? 3 : 5);
            Cursor next = new Cursor(Integer.toString(end));
            BatchResult result = end == 5
                    ? BatchResult.finished()
                    : end == 3 ? BatchResult.awaitConfirmation(next, "two more") : BatchResult.next(next);
            return result.with(Counts.none().plus(count, end - begin));
        }
    }

    @Test
    void it_goes_on_where_the_last_batch_ended_and_rests_where_a_person_has_to_confirm() throws Exception {
        SingleRun run = new SingleRun(new Five(), 2, NOW);
        assertThat(run.step().counts().get("done")).isEqualTo(2);
        assertThat(run.cursor()).contains(new Cursor("2"));
        assertThat(run.now()).isEqualTo(NOW);
        assertThat(run.go().get("done")).isEqualTo(3);
        assertThat(run.awaited()).contains("two more");
        assertThat(run.isFinished()).isFalse();
        assertThat(run.go().get("done")).isEqualTo(5);
        assertThat(run.awaited()).isEmpty();
        assertThat(run.isFinished()).isTrue();
    }

    @Test
    void a_preview_asks_the_task_for_previews_alone() throws Exception {
        SingleRun run = new SingleRun(new Five(), 1, NOW).previews();
        run.go();
        assertThat(run.go()).isEqualTo(Counts.none().plus("due", 5));
    }

    @Test
    void a_batch_that_fails_leaves_it_where_it_was_and_another_task_can_go_on() throws Exception {
        Five failing = new Five();
        SingleRun run = new SingleRun(failing, 2, NOW);
        run.step();
        failing.fails = true;
        assertThatThrownBy(run::step).isInstanceOf(IOException.class).hasMessage("a hiccup");
        assertThat(run.cursor()).contains(new Cursor("2"));
        assertThat(run.counts().get("done")).isEqualTo(2);
        run.goesOnIn(new Five()).go();
        assertThat(run.go().get("done")).isEqualTo(5);
    }

    @Test
    void batches_of_nothing_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SingleRun(new Five(), 0, NOW))
                .withMessage("size: 0 given, 1 or more allowed");
    }
}
