package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.schedule.Window;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks that come after other tasks. */
@Timeout(60)
class AfterTaskTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Schedule AT_ONE = Schedules.daily(LocalTime.of(1, 0), ZoneOffset.UTC);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final CountedTask before = new CountedTask("before", 2);
    private final CountedTask after = new CountedTask("after", 1);

    private MaintenanceEngine started(Schedule schedule) {
        MaintenanceEngine engine = stepped.slowEngine(store)
                .task(after, schedule, t -> t.batchTimeout(Duration.ofDays(1)))
                .task(before, AT_ONE, t -> t.batchTimeout(Duration.ofDays(1)).retries(0))
                .build();
        engine.start();
        return engine;
    }

    private void runBefore(MaintenanceEngine engine, Duration within) {
        CompletableFuture<Run> run = engine.runNow("before");
        stepped.advance(within);
        assertThat(run).isDone();
    }

    private MaintenanceEngine started() {
        return started(Schedules.after("before"));
    }

    @Test
    void it_is_due_when_a_run_of_the_other_has_succeeded_whoever_asked_for_that() {
        MaintenanceEngine engine = started();
        assertThat(engine.status("after").nextDue()).isEmpty();
        before.within(context -> stepped.advance(Duration.ofMinutes(20)));
        stepped.advance(Duration.ofHours(3));
        assertThat(StoredRuns.lines(store, "after"))
                .containsExactly("SUCCEEDED, due 2026-01-01T01:40:00Z, at 2026-01-01T01:40:00Z");
        runBefore(engine, Duration.ofMinutes(41));
        assertThat(after.nows).hasSize(2);
        engine.close();
    }

    @Test
    void a_failure_of_the_other_is_no_due_time() {
        MaintenanceEngine engine = started();
        before.within(context -> {
            throw new IllegalStateException("disk full");
        });
        stepped.advance(Duration.ofHours(3));
        assertThat(store.history("before", 1).get(0).state()).isEqualTo(RunState.FAILED);
        assertThat(store.history("after", 1)).isEmpty();
        engine.close();
    }

    @Test
    void a_due_time_of_the_other_that_was_skipped_is_none() {
        MaintenanceEngine engine = started();
        engine.pause("before");
        stepped.advance(Duration.ofHours(3));
        assertThat(store.history("before", 1).get(0).state()).isEqualTo(RunState.SKIPPED);
        assertThat(store.history("after", 1)).isEmpty();
        engine.close();
    }

    @Test
    void while_the_other_is_paused_or_after_it_was_cancelled_it_is_not_due() {
        MaintenanceEngine engine = started();
        before.within(context -> engine.pause("before"));
        stepped.advance(Duration.ofHours(3));
        assertThat(store.history("before", 1).get(0).state()).isEqualTo(RunState.PAUSED);
        assertThat(store.history("after", 1)).isEmpty();
        before.within(context -> {});
        engine.resume("before");
        stepped.advance(Duration.ofSeconds(1));
        assertThat(after.nows).as("when the resumed run has ended").hasSize(1);
        before.within(context -> engine.cancel("before"));
        runBefore(engine, Duration.ofMinutes(41));
        assertThat(after.nows).hasSize(1);
        engine.close();
    }

    @Test
    void one_that_is_paused_itself_records_its_due_time_as_skipped() {
        MaintenanceEngine engine = started();
        engine.pause("after");
        stepped.advance(Duration.ofHours(3));
        assertThat(StoredRuns.lines(store, "after"))
                .containsExactly("SKIPPED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z");
        engine.close();
    }

    @Test
    void three_in_a_chain_run_one_after_the_other_and_a_failure_ends_the_chain() {
        CountedTask last = new CountedTask("last", 1);
        MaintenanceEngine engine = stepped.slowEngine(store)
                .task(last, Schedules.after("after"))
                .task(after, Schedules.after("before"), t -> t.retries(0).batchTimeout(HOUR.multipliedBy(2)))
                .task(before, AT_ONE, t -> t.batchTimeout(HOUR.multipliedBy(2)))
                .build();
        engine.start();
        before.within(context -> stepped.advance(Duration.ofMinutes(10)));
        after.within(context -> stepped.advance(Duration.ofMinutes(10)));
        stepped.advance(Duration.ofHours(5));
        assertThat(StoredRuns.lines(store, "last"))
                .containsExactly("SUCCEEDED, due 2026-01-01T01:30:00Z, at 2026-01-01T01:30:00Z");
        after.within(context -> {
            throw new IllegalStateException("disk full");
        });
        stepped.advance(Duration.ofDays(1));
        assertThat(before.nows).hasSize(4);
        assertThat(last.nows).hasSize(1);
        engine.close();
    }

    @Test
    void a_due_time_while_its_own_run_before_goes_on_is_an_overlap_as_any_other() {
        MaintenanceEngine engine = started();
        after.within(context -> {
            stepped.advance(Duration.ofMinutes(10));
            runBefore(engine, Duration.ofMinutes(1));
        });
        stepped.advance(Duration.ofHours(3));
        assertThat(StoredRuns.lines(store, "after"))
                .containsExactly(
                        "SUCCEEDED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z",
                        "SKIPPED, due 2026-01-01T01:10:00Z, at 2026-01-01T01:10:00Z");
        engine.close();
    }

    @Test
    void one_that_is_due_outside_of_its_window_waits_for_it() {
        Window afternoon = Window.of(LocalTime.of(14, 0), LocalTime.of(16, 0), ZoneOffset.UTC);
        MaintenanceEngine engine = started(Schedules.after("before").within(afternoon));
        stepped.advance(Duration.ofHours(13));
        assertThat(after.nows).isEmpty();
        assertThat(store.history("after", 1).get(0).detail()).contains("window is closed until 2026-01-01T14:00:00Z");
        stepped.advance(Duration.ofHours(2));
        assertThat(store.history("after", 10))
                .singleElement()
                .satisfies(run -> assertThat(run.state()).isEqualTo(RunState.SUCCEEDED));
        engine.close();
    }

    /** A run of the other that succeeded in a process that died right then; this task ran an hour earlier. */
    private void succeededUnseen() {
        Run own = StoredRuns.begun(store, "after", "dead@host", stepped.now().minus(HOUR));
        store.end(
                own.claim(), RunState.SUCCEEDED, Optional.empty(), stepped.now().minus(HOUR));
        Run run = StoredRuns.begun(store, "before", "dead@host", stepped.now());
        store.end(run.claim(), RunState.SUCCEEDED, Optional.empty(), stepped.now());
    }

    @Test
    void a_success_that_nobody_saw_is_made_up_for_at_the_next_start_within_the_start_deadline() {
        succeededUnseen();
        stepped.clock.advance(Duration.ofMinutes(30));
        MaintenanceEngine engine = started();
        stepped.advance(Duration.ofSeconds(1));
        assertThat(after.nows).hasSize(1);
        assertThat(store.history("after", 1).get(0).due()).isEqualTo(Stepped.START);
        engine.close();
        MaintenanceEngine again = started();
        stepped.advance(Duration.ofSeconds(1));
        assertThat(after.nows).as("once").hasSize(1);
        again.close();
    }

    @Test
    void a_success_that_nobody_saw_for_longer_is_recorded_as_missed() {
        succeededUnseen();
        stepped.clock.advance(Duration.ofMinutes(150));
        MaintenanceEngine engine = started();
        stepped.advance(Duration.ofSeconds(1));
        assertThat(after.nows).isEmpty();
        assertThat(store.history("after", 1).get(0).state()).isEqualTo(RunState.SKIPPED);
        assertThat(store.history("after", 1).get(0).detail()).contains("missed");
        engine.close();
    }

    @Test
    void one_that_never_ran_has_missed_nothing_when_an_engine_starts() {
        Run run = StoredRuns.begun(store, "before", "dead@host", stepped.now());
        store.end(run.claim(), RunState.SUCCEEDED, Optional.empty(), stepped.now());
        MaintenanceEngine engine = started();
        stepped.advance(Duration.ofMinutes(1));
        assertThat(store.history("after", 1)).isEmpty();
        engine.close();
    }

    @Test
    void set_clocks_are_all_one_to_it() {
        MaintenanceEngine engine = started();
        stepped.advance(Duration.ofHours(2));
        assertThat(after.nows).hasSize(1);
        stepped.setClock(Duration.ofDays(-5));
        stepped.advance(Duration.ofDays(1));
        assertThat(before.nows).hasSize(4);
        assertThat(after.nows).hasSize(2);
        stepped.setClock(Duration.ofDays(5).plusHours(1));
        stepped.advance(Duration.ofDays(1));
        assertThat(after.nows).hasSize(before.nows.size() / 2);
        engine.close();
    }

    @Test
    void an_unknown_task_or_a_circle_is_refused_at_the_build() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> stepped.slowEngine(store)
                        .task(after, Schedules.after("typo"))
                        .task(before)
                        .build())
                .withMessageContainingAll("after", "typo", "unknown", "before");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> stepped.slowEngine(store)
                        .task(after, Schedules.after("before"))
                        .task(before, Schedules.after("after"))
                        .build())
                .withMessageContainingAll("circle", "after", "before");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> stepped.slowEngine(store)
                        .task(after, Schedules.after("after"))
                        .build())
                .withMessageContaining("itself");
    }

    @Test
    void an_unknown_task_or_a_circle_is_refused_by_a_reschedule_and_nothing_changes() {
        MaintenanceEngine engine = started();
        for (String other : List.of("typo", "after")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.reschedule("before", Schedules.after(other)))
                    .withMessageContaining(other);
        }
        stepped.advance(Duration.ofHours(3));
        assertThat(after.nows).hasSize(1);
        engine.close();
    }
}
