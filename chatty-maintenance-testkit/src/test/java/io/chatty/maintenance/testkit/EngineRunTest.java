package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskContext;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a run does from its due time to its end. */
@Timeout(60)
class EngineRunTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();

    private static MaintenanceTask task(java.util.function.Function<TaskContext, BatchResult> batch) {
        return new MaintenanceTask() {
            @Override
            public String name() {
                return "tidy";
            }

            @Override
            public BatchResult runBatch(TaskContext context) {
                return batch.apply(context);
            }
        };
    }

    @Test
    void a_task_runs_at_its_due_time_batch_by_batch_with_its_cursor_and_one_now() {
        CountedTask task = new CountedTask("tidy", 3).within(context -> stepped.clock.advance(Duration.ofSeconds(1)));
        MaintenanceEngine engine = stepped.engine(store)
                .task(task, Schedules.daily(LocalTime.of(2, 30), ZoneOffset.UTC))
                .build();
        engine.start();
        stepped.advance(Duration.ofMinutes(149));
        assertThat(task.cursors).isEmpty();
        stepped.advance(Duration.ofMinutes(2));

        assertThat(task.cursors).containsExactly("start", "1", "2");
        assertThat(task.nows).hasSize(3).allMatch(task.nows.get(0)::equals);
        Run run = engine.history("tidy", 10).get(0);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.batches()).isEqualTo(3);
        assertThat(run.counts()).isEqualTo(Counts.none().plus("done", 3));
        assertThat(run.now())
                .isEqualTo(task.nows.get(0))
                .isBetween(Stepped.START.plusSeconds(9000), Stepped.START.plusSeconds(9001));
        assertThat(run.duration()).contains(Duration.ofSeconds(3));
        assertThat(engine.status("tidy").nextDue())
                .contains(Stepped.START.plus(1, ChronoUnit.DAYS).plusSeconds(9000));
        assertThat(engine.status("tidy").runningHere()).isEmpty();
        engine.close();
    }

    @Test
    void a_batch_is_given_its_size_and_the_now_in_microseconds() {
        stepped.clock.set(Stepped.START.plusNanos(1_234_567));
        List<Integer> sizes = new ArrayList<>();
        CountedTask task = new CountedTask("tidy", 1).within(context -> sizes.add(context.batchSize()));
        MaintenanceEngine engine =
                stepped.engine(store).settings(s -> s.batchSize(17)).task(task).build();
        engine.start();
        assertThat(engine.runNow("tidy").join().now()).isEqualTo(Stepped.START.plusNanos(1_234_000));
        assertThat(sizes).containsExactly(17);
        engine.close();
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new IOException("disk full", new IllegalStateException("quota")), "quota"),
                Arguments.of(new IllegalArgumentException("no such room"), "no such room"),
                Arguments.of(new AssertionError("counted wrong"), "counted wrong"),
                Arguments.of(new StackOverflowError("too deep"), "too deep"),
                Arguments.of(new NoClassDefFoundError("org/example/Gone"), "org/example/Gone"),
                Arguments.of(new InterruptedException("woken"), "woken"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_failure_is_kept_with_its_cause_and_the_next_due_time_runs_again(Throwable failure, String cause) {
        CountedTask task = new CountedTask("tidy", 3).within(context -> {
            if (context.cursor().isPresent()) {
                EngineRunTest.<RuntimeException>raise(failure);
            }
        });
        MaintenanceEngine engine = stepped.engine(store)
                .task(task, Schedules.every(HOUR), t -> t.retries(0))
                .build();
        engine.start();
        stepped.advance(Duration.ofMinutes(61));
        Run failed = engine.history("tidy", 1).get(0);
        assertThat(failed.state()).isEqualTo(RunState.FAILED);
        assertThat(failed.detail()).contains(failure.getClass().getSimpleName(), cause);
        assertThat(failed.batches()).isEqualTo(1);
        assertThat(failed.endedAt()).isNotNull();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();

        task.within(context -> {});
        stepped.advance(Duration.ofMinutes(61));
        assertThat(engine.history("tidy", 10))
                .extracting(Run::state)
                .containsExactly(RunState.SUCCEEDED, RunState.FAILED);
        assertThat(task.cursors).containsExactly("start", "1", "start", "1", "2");
        engine.close();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // a task may throw anything, as Lombok users do
    private static <E extends Throwable> void raise(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    @SuppressWarnings("NullAway") // a task may break its contract
    void a_result_of_null_fails_the_run() {
        MaintenanceEngine engine =
                stepped.engine(store).task(task(context -> null)).build();
        engine.start();
        Run run = engine.runNow("tidy").join();
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.detail()).contains("null", "BatchResult");
        assertThat(run.batches()).isZero();
        engine.close();
    }

    @Test
    void a_cursor_that_does_not_go_on_fails_the_run_rather_than_looping() {
        MaintenanceEngine engine = stepped.engine(store)
                .task(task(context -> BatchResult.next(new Cursor("stuck"))))
                .build();
        engine.start();
        Run run = engine.runNow("tidy").join();
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.detail()).contains("would never end");
        assertThat(run.batches()).isEqualTo(1);
        engine.close();
    }

    @Test
    void the_same_cursor_is_fine_as_long_as_something_was_done() {
        int[] left = {5};
        MaintenanceEngine engine = stepped.engine(store)
                .task(task(context -> left[0]-- > 0
                        ? BatchResult.next(new Cursor("first"))
                                .with(Counts.none().plus("deleted.old", 1))
                        : BatchResult.finished()))
                .build();
        engine.start();
        Run run = engine.runNow("tidy").join();
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.counts().get("deleted.old")).isEqualTo(5);
        engine.close();
    }

    @Test
    void a_second_run_of_a_task_is_refused_while_one_goes_on_and_others_are_free() throws Exception {
        Gate gate = new Gate();
        CountedTask task = new CountedTask("tidy", 1).within(context -> gate.pass());
        CountedTask other = new CountedTask("other", 1);
        try (MaintenanceEngine engine =
                MaintenanceEngine.builder().task(task).task(other).build()) {
            engine.start();
            var run = engine.runNow("tidy");
            gate.awaitReached();
            assertThatThrownBy(() -> engine.runNow("tidy"))
                    .isInstanceOf(MaintenanceException.class)
                    .hasMessageContainingAll("tidy", "active run");
            assertThat(engine.runNow("other").join().state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(engine.status("tidy").runningHere()).isPresent();
            gate.open();
            assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
            gate.open();
            assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    @Test
    void a_due_time_while_the_run_before_goes_on_is_recorded_as_skipped() throws Exception {
        Gate gate = new Gate();
        CountedTask task = new CountedTask("tidy", 1).within(context -> gate.pass());
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(store)
                .clock(stepped.clock)
                .scheduler(stepped.scheduler)
                .task(task, Schedules.every(HOUR), t -> t.batchTimeout(Duration.ofDays(1)))
                .build();
        engine.start();
        stepped.advance(Duration.ofMinutes(61));
        gate.awaitReached();
        stepped.advance(HOUR);
        Eventually.eventually(
                "the skip is there", () -> engine.history("tidy", 10).size() == 2);
        Run skipped = engine.history("tidy", 1).get(0);
        assertThat(skipped.state()).isEqualTo(RunState.SKIPPED);
        assertThat(skipped.detail()).contains("2026-01-01T02:00", "still goes on");
        assertThat(gate.isReached()).isFalse();
        gate.openForAll();
        Eventually.eventually(
                "the run is over", () -> engine.status("tidy").runningHere().isEmpty());
        stepped.advance(HOUR);
        Eventually.eventually("it runs again", () -> task.cursors.size() == 2);
        engine.close();
    }

    @Test
    void while_another_engine_works_on_a_run_its_due_times_are_skipped_and_the_run_is_left_alone() {
        MaintenanceEngine engine = stepped.engine(store)
                .task(new CountedTask("tidy", 1), Schedules.every(HOUR))
                .build();
        engine.start();
        Run others = StoredRuns.held(store, "tidy", "other@host", Stepped.START);
        stepped.advance(Duration.ofMinutes(61));
        assertThat(store.find(others.id())).contains(others);
        assertThat(store.history("tidy", 1).get(0).detail()).contains("another engine", "other@host");
        engine.close();
    }

    @Test
    void a_run_whose_end_could_not_be_stored_goes_on_when_its_claim_would_have_run_out() {
        boolean[] down = {true};
        ForwardingStore broken = new ForwardingStore() {
            @Override
            public Run inBatch(
                    io.chatty.maintenance.run.RunClaim claim,
                    io.chatty.maintenance.task.MaintenanceTask task,
                    Batch batch)
                    throws Exception {
                if (down[0]) {
                    throw new MaintenanceException("the database is down");
                }
                return super.inBatch(claim, task, batch);
            }

            @Override
            public Run end(
                    io.chatty.maintenance.run.RunClaim claim,
                    RunState state,
                    java.util.Optional<String> detail,
                    java.time.Instant at) {
                if (down[0]) {
                    throw new MaintenanceException("the database is down");
                }
                return super.end(claim, state, detail, at);
            }
        };
        CountedTask task = new CountedTask("tidy", 2);
        MaintenanceEngine engine =
                stepped.engine(broken).task(task, Schedules.every(HOUR)).build();
        engine.start();
        assertThatThrownBy(() -> engine.runNow("tidy").join()).hasRootCauseMessage("the database is down");
        down[0] = false;
        stepped.advance(Duration.ofSeconds(31));
        Run run = broken.history("tidy", 10).get(0);
        assertThat(broken.history("tidy", 10)).hasSize(1);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.token()).isEqualTo(2);
        engine.close();
    }
}
