package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.EngineHealth;
import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.schedule.Window;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run that awaits confirmation, from the batch that asks for it to its end. */
@Timeout(60)
class ConfirmationTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Schedule HOURLY = Schedules.every(HOUR);

    private final Stepped stepped = new Stepped();
    private final RunStore store = new InMemoryRunStore();
    private final CautiousTask task = new CautiousTask();
    private final List<MaintenanceEvent> events = new CopyOnWriteArrayList<>();

    private MaintenanceEngine started(RunStore in, CautiousTask of, Schedule schedule) {
        MaintenanceEngine engine =
                stepped.engine(in).listener(events::add).task(of, schedule).build();
        engine.start();
        stepped.advance(MINUTE); // so that from here on whole hours and days pass over due times
        return engine;
    }

    private MaintenanceEngine started() {
        MaintenanceEngine engine =
                stepped.engine(store).listener(events::add).task(task).build();
        engine.start();
        return engine;
    }

    /** The engine's run, which it left waiting. */
    private Run waiting(MaintenanceEngine engine) {
        Run run = engine.runNow("tidy").join();
        assertThat(run.state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
        return run;
    }

    private Run stored(Run run) {
        return store.find(run.id()).orElseThrow();
    }

    private static String words(Run run) {
        return "run " + run.id() + " awaits confirmation: 4 of 9 would go; \"confirm " + run.id()
                + "\" lets it go on, \"cancel tidy\" ends it";
    }

    @Test
    void a_run_whose_batch_asks_for_it_waits_with_its_counts_and_holds_nothing() {
        MaintenanceEngine engine = started();
        Run run = waiting(engine);
        assertThat(stored(run)).isEqualTo(run);
        assertThat(run.detail()).isEqualTo(CautiousTask.REASON);
        assertThat(run.counts()).isEqualTo(Counts.none().plus("examined", 9));
        assertThat(run.lastCursor()).isEqualTo(new Cursor("confirmed"));
        assertThat(run.fingerprint()).isEqualTo("a year");
        assertThat(task.cursors).containsExactly("start");
        assertThat(engine.status("tidy").runningHere()).isEmpty();
        assertThat(engine.status("tidy").awaitsConfirmation()).contains(run);
        engine.close();
        assertThat(events)
                .last()
                .isInstanceOfSatisfying(
                        MaintenanceEvent.RunStopped.class,
                        stopped -> assertThat(stopped.run()).isEqualTo(run));
    }

    @Test
    void confirmed_that_very_run_goes_on_from_its_cursor_with_its_own_now() {
        MaintenanceEngine engine = started();
        Run waiting = waiting(engine);
        stepped.advance(DAY);
        engine.confirm(waiting.id());
        assertThat(task.cursors).containsExactly("start", "confirmed", "half");
        assertThat(task.nows).containsOnly(Stepped.START);
        Run ended = stored(waiting);
        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(ended.batches()).isEqualTo(3);
        assertThat(ended.counts().get("deleted")).isEqualTo(4);
        assertThat(ended.detail()).isNull();
        assertThat(store.history("tidy", 10)).hasSize(1);
        engine.close();
        assertThat(events)
                .filteredOn(event -> !(event instanceof MaintenanceEvent.BatchCommitted))
                .extracting(event ->
                        event.getClass().getSimpleName() + " " + event.run().state())
                .containsExactly(
                        "RunStarted RUNNING",
                        "RunStopped AWAITING_CONFIRMATION",
                        "RunResumed RUNNING",
                        "RunStopped SUCCEEDED");
    }

    @Test
    void a_run_may_wait_more_than_once() {
        MaintenanceEngine engine = stepped.engine(store)
                .task(new MaintenanceTask() {
                    @Override
                    public String name() {
                        return "tidy";
                    }

                    @Override
                    public BatchResult runBatch(TaskContext context) {
                        int number = context.cursor()
                                .map(Cursor::text)
                                .map(Integer::parseInt)
                                .orElse(0);
                        return number == 2
                                ? BatchResult.finished()
                                : BatchResult.awaitConfirmation(
                                        new Cursor(Integer.toString(number + 1)), "step " + number);
                    }
                })
                .build();
        engine.start();
        RunId id = engine.runNow("tidy").join().id();
        engine.confirm(id);
        assertThat(store.find(id).orElseThrow().state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
        assertThat(store.find(id).orElseThrow().detail()).isEqualTo("step 1");
        engine.confirm(id);
        assertThat(store.find(id).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    // ---- while it waits

    @Test
    void its_due_times_are_recorded_as_skipped_with_what_to_type() {
        MaintenanceEngine engine = started(store, task, HOURLY);
        stepped.advance(HOUR.multipliedBy(3));
        Run waiting = StoredRuns.active(store, "tidy").orElseThrow();
        assertThat(task.cursors).containsExactly("start");
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly(
                        "AWAITING_CONFIRMATION, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z",
                        "SKIPPED, due 2026-01-01T02:00:00Z, at 2026-01-01T02:00:00Z",
                        "SKIPPED, due 2026-01-01T03:00:00Z, at 2026-01-01T03:00:00Z");
        assertThat(store.history("tidy", 1).get(0).detail()).endsWith("skipped: " + words(waiting));
        engine.confirm(waiting.id());
        stepped.advance(HOUR);
        assertThat(store.history("tidy", 1).get(0).state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
        assertThat(store.history("tidy", 1).get(0).due()).isEqualTo("2026-01-01T04:00:00Z");
        engine.close();
    }

    @Test
    void a_fixed_delay_counts_from_each_due_time_that_is_skipped() {
        MaintenanceEngine engine = started(store, task, Schedules.fixedDelay(HOUR));
        stepped.advance(HOUR.multipliedBy(3));
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly(
                        "AWAITING_CONFIRMATION, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z",
                        "SKIPPED, due 2026-01-01T02:00:00Z, at 2026-01-01T02:00:00Z",
                        "SKIPPED, due 2026-01-01T03:00:00Z, at 2026-01-01T03:00:00Z");
        engine.close();
    }

    @Test
    void a_run_now_is_refused_with_the_same_words() {
        MaintenanceEngine engine = started();
        Run waiting = waiting(engine);
        assertThatThrownBy(() -> engine.runNow("tidy"))
                .isInstanceOf(MaintenanceException.class)
                .hasMessage("task tidy: " + words(waiting));
        assertThat(store.history("tidy", 10)).containsExactly(waiting);
        engine.close();
    }

    @Test
    void a_resume_does_not_confirm_it_whether_the_task_is_paused_or_not() {
        MaintenanceEngine engine = started();
        Run waiting = waiting(engine);
        engine.resume("tidy");
        engine.pause("tidy");
        engine.resume("tidy");
        assertThat(stored(waiting)).isEqualTo(waiting);
        assertThat(task.cursors).containsExactly("start");
        engine.close();
    }

    @Test
    void a_cancel_ends_it() {
        MaintenanceEngine engine = started();
        Run waiting = waiting(engine);
        assertThat(engine.cancel("tidy")).isTrue();
        assertThat(stored(waiting).state()).isEqualTo(RunState.CANCELLED);
        assertThat(stored(waiting).detail()).contains("awaited confirmation", CautiousTask.REASON);
        assertThat(engine.cancel("tidy")).isFalse();
        assertThat(engine.health().reasons()).isEmpty();
        waiting(engine);
        engine.close();
    }

    @Test
    void a_cancel_during_the_batch_that_asks_for_it_ends_it_too() {
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        task.within(context -> assertThat(engine[0].cancel("tidy")).isTrue());
        engine[0] = started();
        assertThat(engine[0].runNow("tidy").join().state()).isEqualTo(RunState.CANCELLED);
        assertThat(store.look("tidy").active()).isEmpty();
        engine[0].close();
    }

    @Test
    void a_pause_during_the_batch_that_asks_for_it_leaves_it_waiting_and_it_is_confirmed_after_the_resume() {
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        task.within(context -> engine[0].pause("tidy"));
        engine[0] = started();
        Run waiting = waiting(engine[0]);
        task.within(context -> {});
        engine[0].resume("tidy");
        assertThat(stored(waiting)).isEqualTo(waiting);
        engine[0].confirm(waiting.id());
        assertThat(stored(waiting).state()).isEqualTo(RunState.SUCCEEDED);
        engine[0].close();
    }

    @Test
    void confirmed_while_its_task_is_paused_it_goes_on_with_the_resume() {
        MaintenanceEngine engine = started();
        Run waiting = waiting(engine);
        engine.pause("tidy");
        engine.confirm(waiting.id());
        assertThat(stored(waiting).state()).isEqualTo(RunState.INTERRUPTED);
        assertThat(task.cursors).containsExactly("start");
        engine.resume("tidy");
        assertThat(stored(waiting).state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void it_waits_over_a_close_and_a_start_and_is_confirmed_then() {
        MaintenanceEngine before = started();
        Run waiting = waiting(before);
        before.close();
        assertThat(stored(waiting)).isEqualTo(waiting);
        MaintenanceEngine after = started(store, task, HOURLY);
        assertThat(stored(waiting)).isEqualTo(waiting);
        assertThat(after.health().reasons()).containsExactly("tidy: awaiting confirmation: " + words(waiting));
        stepped.advance(HOUR);
        assertThat(task.cursors).containsExactly("start");
        after.confirm(waiting.id());
        assertThat(stored(waiting).state()).isEqualTo(RunState.SUCCEEDED);
        after.close();
    }

    @Test
    void a_close_during_the_batch_that_asks_for_it_leaves_it_waiting() {
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        Thread[] closer = new Thread[1];
        task.within(context -> {
            closer[0] = new Thread(engine[0]::close);
            closer[0].start();
            Eventually.eventually(
                    "the engine is closed",
                    () -> engine[0].health().reasons().toString().contains("CLOSED"));
        });
        engine[0] = started();
        Run run = engine[0].runNow("tidy").join();
        assertThat(run.state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
        assertThat(stored(run)).isEqualTo(run);
        assertThatCode(() -> closer[0].join()).doesNotThrowAnyException();
    }

    @Test
    void its_health_is_degraded_until_it_is_confirmed() {
        MaintenanceEngine engine = started();
        Run waiting = waiting(engine);
        assertThat(engine.health().level()).isEqualTo(EngineHealth.Level.DEGRADED);
        assertThat(engine.health().reasons()).containsExactly("tidy: awaiting confirmation: " + words(waiting));
        assertThat(engine.status("tidy").health().reasons())
                .containsExactly("awaiting confirmation: " + words(waiting));
        engine.confirm(waiting.id());
        assertThat(engine.health().level()).isEqualTo(EngineHealth.Level.UP);
        engine.close();
    }

    // ---- a crash

    @Test
    void a_process_that_dies_right_after_the_batch_leaves_it_waiting() {
        RunStore dying = new ForwardingStore(store) {
            @Override
            public Run inBatch(RunClaim claim, MaintenanceTask of, Batch batch) throws Exception {
                Run unused = super.inBatch(claim, of, batch);
                throw new MaintenanceException("the process died");
            }
        };
        MaintenanceEngine dead = started(dying, task, HOURLY);
        stepped.advance(HOUR);
        Run waiting = StoredRuns.active(store, "tidy").orElseThrow();
        assertThat(waiting.state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
        MaintenanceEngine next = started();
        assertThat(stored(waiting)).isEqualTo(waiting);
        next.confirm(waiting.id());
        assertThat(stored(waiting).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(stored(waiting).counts().get("examined")).isEqualTo(9);
        next.close();
        dead.close();
    }

    @Test
    void a_process_that_dies_right_after_the_confirmation_leaves_a_run_that_goes_on_at_the_next_start() {
        MaintenanceEngine before = started();
        Run waiting = waiting(before);
        before.close();
        RunStore dying = new ForwardingStore(store) {
            @Override
            public Optional<Run> takeOver(Run seen, String owner, Duration claimFor) {
                throw new MaintenanceException("the process died");
            }
        };
        MaintenanceEngine dead = started(dying, task, HOURLY);
        assertThatThrownBy(() -> dead.confirm(waiting.id())).hasMessage("the process died");
        assertThat(stored(waiting).state()).isEqualTo(RunState.INTERRUPTED);
        assertThat(stored(waiting).detail()).startsWith("confirmed at " + Stepped.START.plus(MINUTE));
        MaintenanceEngine next = started();
        assertThat(stored(waiting).state()).isEqualTo(RunState.SUCCEEDED);
        next.close();
        dead.close();
    }

    // ---- two engines

    @Test
    void what_one_engine_left_waiting_another_confirms_and_runs() {
        SharedStore shared = new SharedStore(store);
        CautiousTask there = new CautiousTask();
        MaintenanceEngine one = started(shared, task, HOURLY);
        MaintenanceEngine other = stepped.engine(shared).task(there).build();
        other.start();
        stepped.advance(HOUR);
        Run waiting = StoredRuns.active(store, "tidy").orElseThrow();
        other.confirm(waiting.id());
        assertThat(task.cursors).containsExactly("start");
        assertThat(there.cursors).containsExactly("confirmed", "half");
        assertThat(stored(waiting).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(stored(waiting).owner()).isNotEqualTo(waiting.owner());
        assertThat(one.status("tidy").health().reasons()).isEmpty();
        stepped.advance(HOUR);
        assertThat(task.cursors).containsExactly("start", "start");
        one.close();
        other.close();
    }

    @Test
    void an_engine_that_is_not_started_only_stores_the_confirmation_and_the_run_goes_on_where_it_is_due() {
        MaintenanceEngine serves = started(store, task, HOURLY);
        stepped.advance(HOUR);
        Run waiting = StoredRuns.active(store, "tidy").orElseThrow();
        CautiousTask there = new CautiousTask();
        MaintenanceEngine onlooker = stepped.engine(store).task(there).build();
        assertThat(onlooker.status("tidy").health().reasons())
                .containsExactly("awaiting confirmation: " + words(waiting));
        onlooker.confirm(waiting.id());
        assertThat(stored(waiting).state()).isEqualTo(RunState.INTERRUPTED);
        assertThat(there.cursors).isEmpty();
        onlooker.close();
        stepped.advance(HOUR);
        assertThat(task.cursors).containsExactly("start", "confirmed", "half");
        assertThat(stored(waiting).state()).isEqualTo(RunState.SUCCEEDED);
        serves.close();
    }

    // ---- the window

    @Test
    void confirmed_outside_of_its_window_it_goes_on_when_that_opens() {
        Window night = Window.of(LocalTime.of(1, 0), LocalTime.of(5, 0), ZoneOffset.UTC);
        MaintenanceEngine engine = started(
                store, task, Schedules.daily(LocalTime.of(1, 0), ZoneOffset.UTC).within(night));
        stepped.advance(HOUR.multipliedBy(12));
        Run waiting = StoredRuns.active(store, "tidy").orElseThrow();
        engine.confirm(waiting.id());
        assertThat(task.cursors).containsExactly("start");
        assertThat(stored(waiting).state()).isEqualTo(RunState.PAUSED);
        assertThat(stored(waiting).detail()).isEqualTo("its window is closed until 2026-01-02T01:00:00Z");
        stepped.advance(HOUR.multipliedBy(14));
        assertThat(task.cursors).startsWith("start", "confirmed", "half");
        assertThat(stored(waiting).state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    // ---- what is refused

    @Test
    void what_does_not_await_confirmation_is_not_confirmed_and_the_reason_is_told() {
        MaintenanceEngine engine = started();
        Run waiting = waiting(engine);
        engine.confirm(waiting.id());
        assertThatThrownBy(() -> engine.confirm(waiting.id()))
                .isInstanceOf(MaintenanceException.class)
                .hasMessage("run " + waiting.id() + " of task tidy does not await confirmation: it is SUCCEEDED");
        RunId unknown = RunId.random();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.confirm(unknown))
                .withMessageContaining("\"" + unknown + "\" is unknown");
        Run others = StoredRuns.begun(store, "other", "node-b", Stepped.START);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.confirm(others.id()))
                .withMessageContaining("there are [tidy]");
        engine.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> engine.confirm(waiting.id()))
                .withMessageContaining("closed");
    }

    @Test
    void confirmed_twice_the_second_is_told_of_the_first() {
        MaintenanceEngine engine = started();
        Run waiting = waiting(engine);
        engine.pause("tidy");
        engine.confirm(waiting.id());
        assertThatThrownBy(() -> engine.confirm(waiting.id()))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("it is INTERRUPTED, confirmed at " + Stepped.START);
        engine.close();
    }

    @Test
    void of_two_that_confirm_at_once_the_slower_is_told_of_the_faster() {
        MaintenanceEngine engine = started();
        Run waiting = waiting(engine);
        RunStore late = new ForwardingStore(store) {
            @Override
            public Optional<Run> settle(Run seen, RunState state, String detail, Instant at) {
                engine.confirm(waiting.id());
                return super.settle(seen, state, detail, at);
            }
        };
        MaintenanceEngine slower = stepped.engine(late).task(new CautiousTask()).build();
        slower.start();
        assertThatThrownBy(() -> slower.confirm(waiting.id()))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("it is SUCCEEDED");
        assertThat(task.cursors).containsExactly("start", "confirmed", "half");
        slower.close();
        engine.close();
    }

    // ---- seven days

    @ParameterizedTest
    @CsvSource({"-1, true", "0, true", "1, false"})
    void it_may_be_confirmed_for_seven_days_and_has_expired_a_moment_later(long millis, boolean inTime) {
        MaintenanceEngine engine = started();
        Run waiting = waiting(engine);
        stepped.clock.advance(WEEK.plusMillis(millis));
        if (inTime) {
            engine.confirm(waiting.id());
            assertThat(stored(waiting).state()).isEqualTo(RunState.SUCCEEDED);
        } else {
            assertThatThrownBy(() -> engine.confirm(waiting.id()))
                    .isInstanceOf(MaintenanceException.class)
                    .hasMessageContaining("it is EXPIRED, left at " + Stepped.START + ", more than 7 days ago");
            assertThat(stored(waiting).state()).isEqualTo(RunState.EXPIRED);
            assertThat(task.cursors).containsExactly("start");
        }
        assertThat(engine.health().reasons()).isEmpty();
        engine.close();
    }

    @ParameterizedTest
    @CsvSource({"-1, AWAITING_CONFIRMATION", "0, AWAITING_CONFIRMATION", "1, EXPIRED"})
    void a_start_ends_one_that_waited_for_more_than_seven_days(long millis, RunState state) {
        MaintenanceEngine before = started();
        Run waiting = waiting(before);
        before.close();
        stepped.clock.advance(WEEK.plusMillis(millis));
        MaintenanceEngine engine = started();
        assertThat(stored(waiting).state()).isEqualTo(state);
        engine.close();
    }

    @Test
    void a_due_time_ends_one_that_waited_for_more_than_seven_days_and_begins_another() {
        MaintenanceEngine engine = started(store, task, Schedules.every(DAY));
        stepped.advance(DAY);
        Run waiting = StoredRuns.active(store, "tidy").orElseThrow();
        stepped.advance(WEEK);
        assertThat(stored(waiting)).isEqualTo(waiting);
        stepped.advance(DAY);
        assertThat(stored(waiting).state()).isEqualTo(RunState.EXPIRED);
        Run next = StoredRuns.active(store, "tidy").orElseThrow();
        assertThat(next.id()).isNotEqualTo(waiting.id());
        assertThat(next.due()).isEqualTo(Stepped.START.plus(DAY.multipliedBy(9)));
        assertThat(next.state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
        engine.close();
    }

    @Test
    void a_run_now_ends_one_that_waited_for_more_than_seven_days_and_begins_another() {
        MaintenanceEngine engine = started();
        Run waiting = waiting(engine);
        stepped.clock.advance(WEEK.plusMillis(1));
        assertThat(waiting(engine).id()).isNotEqualTo(waiting.id());
        assertThat(stored(waiting).state()).isEqualTo(RunState.EXPIRED);
        engine.close();
    }
}
