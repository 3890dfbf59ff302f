package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.TaskContext;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a task's settings come to, in its runs and previews; and what becomes of a run when that changes. */
@Timeout(60)
class TaskFingerprintTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final CautiousTask task = new CautiousTask();

    private MaintenanceEngine started(MaintenanceTask of) {
        MaintenanceEngine engine =
                stepped.engine(store).task(of, Schedules.every(HOUR)).build();
        engine.start();
        stepped.advance(Duration.ofMinutes(1)); // so that from here on whole hours pass over due times
        return engine;
    }

    private static PreviewableTask of(String fingerprint) {
        return new PreviewableTask() {
            @Override
            public String name() {
                return "tidy";
            }

            @Override
            public String fingerprint() {
                return fingerprint;
            }

            @Override
            public BatchResult runBatch(TaskContext context) {
                return BatchResult.finished();
            }

            @Override
            public BatchResult previewBatch(TaskContext context) {
                return BatchResult.finished();
            }
        };
    }

    private Run waiting() {
        stepped.advance(HOUR);
        Run run = StoredRuns.active(store, "tidy").orElseThrow();
        assertThat(run.state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
        return run;
    }

    private Run stored(Run run) {
        return store.find(run.id()).orElseThrow();
    }

    @Test
    void it_stands_in_runs_and_previews_and_is_empty_where_a_task_has_none() {
        MaintenanceEngine engine = started(of("a year"));
        assertThat(engine.runNow("tidy").join().fingerprint()).isEqualTo("a year");
        assertThat(engine.preview("tidy").fingerprint()).isEqualTo("a year");
        assertThat(engine.preview("tidy").toString()).contains("fingerprint a year");
        engine.close();
        MaintenanceEngine without = started(MaintenanceTask.of("tidy", () -> {}));
        assertThat(without.runNow("tidy").join().fingerprint()).isEmpty();
        without.close();
    }

    @Test
    void of_a_task_that_is_made_for_each_run_it_is_that_of_the_one_that_was_made() {
        AtomicInteger made = new AtomicInteger();
        MaintenanceEngine engine = stepped.engine(store)
                .task("tidy", () -> of("made " + made.incrementAndGet()))
                .build();
        engine.start();
        int before = made.get();
        assertThat(engine.runNow("tidy").join().fingerprint()).isEqualTo("made " + (before + 1));
        assertThat(engine.runNow("tidy").join().fingerprint()).isEqualTo("made " + (before + 2));
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "line\nbreak",
                "é",
                "x23456789 x23456789 x23456789 x23456789 x23456789 "
                        + "x23456789 x23456789 x23456789 x23456789 x23456789 1"
            })
    void one_that_cannot_be_stored_everywhere_is_refused_at_the_start(String fingerprint) {
        MaintenanceEngine engine = stepped.engine(store).task(of(fingerprint)).build();
        assertThatIllegalStateException()
                .isThrownBy(engine::start)
                .withMessageContaining("the fingerprint of task tidy is " + fingerprint.length() + " characters");
        engine.close();
    }

    @Test
    void one_that_becomes_wrong_fails_the_next_run_before_its_first_batch() {
        MaintenanceEngine engine = started(task);
        task.fingerprint = "x".repeat(101);
        Run run = engine.runNow("tidy").join();
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.detail()).contains("the fingerprint of task tidy is 101 characters");
        assertThat(task.cursors).isEmpty();
        engine.close();
    }

    @Test
    void a_run_that_goes_on_under_other_settings_has_their_fingerprint_from_its_next_batch_on() throws Exception {
        Run run = StoredRuns.begun(store, "tidy", "dead@host", Stepped.START);
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        task.within(context -> engine[0].pause("tidy"));
        Run waiting = StoredRuns.afterBatch(store, run, BatchResult.next(new Cursor("confirmed")));
        store.end(waiting.claim(), RunState.INTERRUPTED, Optional.empty(), Stepped.START);
        engine[0] = stepped.engine(store).task(task).build();
        engine[0].start();
        assertThat(stored(run).state()).isEqualTo(RunState.PAUSED);
        assertThat(stored(run).fingerprint()).isEqualTo("a year");
        task.within(context -> {});
        task.fingerprint = "two years";
        engine[0].resume("tidy");
        assertThat(task.cursors).containsExactly("confirmed", "half");
        assertThat(stored(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(stored(run).fingerprint()).isEqualTo("two years");
        engine[0].close();
    }

    // ---- of a run that awaits confirmation

    private void assertExpired(Run run) {
        assertThat(stored(run).state()).isEqualTo(RunState.EXPIRED);
        assertThat(stored(run).detail())
                .isEqualTo("the task's settings have changed while it awaited confirmation: their fingerprint was"
                        + " \"a year\", it is \"a day\"");
    }

    @Test
    void a_confirmation_under_other_settings_ends_the_run_as_expired() {
        MaintenanceEngine engine = started(task);
        Run waiting = waiting();
        task.fingerprint = "a day";
        assertThatThrownBy(() -> engine.confirm(waiting.id()))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("it is EXPIRED, the task's settings have changed");
        assertExpired(waiting);
        assertThat(task.cursors).containsExactly("start");
        engine.close();
    }

    @Test
    void a_due_time_under_other_settings_ends_the_run_and_begins_another() {
        MaintenanceEngine engine = started(task);
        Run waiting = waiting();
        task.fingerprint = "a day";
        Run next = waiting();
        assertExpired(waiting);
        assertThat(next.id()).isNotEqualTo(waiting.id());
        assertThat(next.fingerprint()).isEqualTo("a day");
        assertThat(next.due()).isEqualTo(Stepped.START.plus(HOUR.multipliedBy(2)));
        engine.confirm(next.id());
        assertThat(stored(next).state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_start_under_other_settings_ends_the_run() {
        MaintenanceEngine before = started(task);
        Run waiting = waiting();
        before.close();
        task.fingerprint = "a day";
        MaintenanceEngine engine = started(task);
        assertExpired(waiting);
        assertThat(engine.health().reasons()).isEmpty();
        engine.close();
    }

    @Test
    void a_run_now_under_other_settings_ends_the_run_and_begins_another() {
        MaintenanceEngine engine = started(task);
        Run waiting = waiting();
        task.fingerprint = "a day";
        assertThat(engine.runNow("tidy").join().id()).isNotEqualTo(waiting.id());
        assertExpired(waiting);
        engine.close();
    }

    @Test
    void a_task_that_hangs_where_it_is_asked_for_its_fingerprint_holds_no_confirmation_up_for_ever() {
        MaintenanceEngine engine = started(task);
        Run waiting = waiting();
        Gate gate = new Gate();
        task.asked(gate::passUninterruptibly);
        assertThatThrownBy(() -> engine.confirm(waiting.id()))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("was asked for its fingerprint, and did not say it in PT5S");
        gate.openForAll();
        assertThat(stored(waiting)).isEqualTo(waiting);
        engine.close();
    }

    @Test
    void a_run_whose_task_does_not_say_its_fingerprint_is_neither_confirmed_nor_ended() {
        MaintenanceEngine engine = started(task);
        Run waiting = waiting();
        task.fingerprint = "x".repeat(101);
        stepped.advance(HOUR);
        assertThat(stored(waiting)).isEqualTo(waiting);
        assertThatThrownBy(() -> engine.confirm(waiting.id()))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("task tidy could not be asked for its fingerprint");
        assertThat(stored(waiting)).isEqualTo(waiting);
        task.fingerprint = "a year";
        engine.confirm(waiting.id());
        assertThat(stored(waiting).state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }
}
