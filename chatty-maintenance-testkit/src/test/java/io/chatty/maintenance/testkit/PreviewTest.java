package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Preview;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.SettingsException;
import io.chatty.maintenance.task.TaskContext;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a preview without an end heeds no interrupt
class PreviewTest {

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();

    @FunctionalInterface
    private interface Look {
        BatchResult at(TaskContext context) throws Exception;
    }

    private static PreviewableTask looking(Look look, String... problems) {
        return new PreviewableTask() {
            @Override
            public String name() {
                return "tidy";
            }

            @Override
            public BatchResult previewBatch(TaskContext context) throws Exception {
                return look.at(context);
            }

            @Override
            public BatchResult runBatch(TaskContext context) {
                throw new AssertionError("a preview must not run");
            }

            @Override
            public List<String> problems() {
                return List.of(problems);
            }
        };
    }

    private MaintenanceEngine engine(MaintenanceTask task) {
        return stepped.engine(store).task(task).build();
    }

    @Test
    void a_preview_looks_at_all_batches_before_the_start_and_leaves_no_record() {
        CountedTask task = new CountedTask("tidy", 4);
        Preview preview = engine(task).preview("tidy");
        assertThat(preview.batches()).isEqualTo(4);
        assertThat(preview.counts()).isEqualTo(Counts.none().plus("due.done", 4));
        assertThat(preview.now()).isEqualTo(Stepped.START);
        assertThat(preview.toString()).contains("tidy", "nothing was changed", "due.done", "4");
        assertThat(task.cursors).isEmpty();
        assertThat(store.history("tidy", 10)).isEmpty();
    }

    @Test
    void a_preview_while_a_run_goes_on_leaves_the_run_alone() throws Exception {
        Gate gate = new Gate();
        CountedTask task = new CountedTask("tidy", 2).within(context -> gate.pass());
        try (MaintenanceEngine engine =
                MaintenanceEngine.builder().runStore(store).task(task).build()) {
            engine.start();
            CompletableFuture<Run> run = engine.runNow("tidy");
            gate.awaitReached();
            assertThat(engine.preview("tidy").counts().get("due.done")).isEqualTo(2);
            assertThat(store.history("tidy", 10)).hasSize(1);
            gate.openForAll();
            assertThat(run.get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(run.get().counts()).isEqualTo(Counts.none().plus("done", 2));
        }
    }

    @Test
    void a_task_that_cannot_be_previewed_is_refused() {
        boolean[] ran = {false};
        MaintenanceEngine engine = engine(MaintenanceTask.of("job", () -> ran[0] = true));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.preview("job"))
                .withMessageContainingAll("job", "PreviewableTask");
        assertThat(ran[0]).isFalse();
    }

    @Test
    void wrong_settings_are_told_instead_of_a_preview() {
        MaintenanceEngine engine = engine(looking(context -> BatchResult.finished(), "no messages table"));
        assertThatThrownBy(() -> engine.preview("tidy"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("no messages table");
    }

    @Test
    void a_failure_has_the_task_and_its_cause() {
        MaintenanceEngine engine = engine(looking(context -> {
            throw new IOException("connection reset");
        }));
        assertThatThrownBy(() -> engine.preview("tidy"))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContainingAll("preview of tidy", "connection reset")
                .hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void an_interrupt_of_a_preview_is_given_back() {
        MaintenanceEngine engine = engine(looking(context -> {
            throw new InterruptedException("woken");
        }));
        assertThatThrownBy(() -> engine.preview("tidy")).isInstanceOf(MaintenanceException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    @SuppressWarnings("NullAway") // a task may break its contract
    void a_result_of_null_is_refused_with_the_task() {
        MaintenanceEngine engine = engine(looking(context -> null));
        assertThatThrownBy(() -> engine.preview("tidy"))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContainingAll("preview of tidy", "null");
    }

    @Test
    void a_cursor_that_does_not_go_on_fails_the_preview_rather_than_looping() {
        MaintenanceEngine engine = engine(looking(context -> BatchResult.next(new Cursor("stuck"))));
        assertThatThrownBy(() -> engine.preview("tidy"))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("would never end");
    }
}
