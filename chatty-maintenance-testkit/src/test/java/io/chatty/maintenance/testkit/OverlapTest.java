package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.schedule.MissedRuns;
import io.chatty.maintenance.schedule.Overlap;
import io.chatty.maintenance.task.MaintenanceTask;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a due time at which the run before still goes on. */
@Timeout(60)
class OverlapTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();

    /** An engine on that store whose task is due each hour, and may start for a day. */
    private MaintenanceEngine hourly(RunStore in, Overlap overlap, MaintenanceTask task) {
        return stepped.slowEngine(in)
                .task(
                        task,
                        Schedules.cron("0 * * * *", ZoneOffset.UTC),
                        t -> t.overlap(overlap).batchTimeout(DAY).retries(0).missedRuns(MissedRuns.once(DAY)))
                .build();
    }

    private MaintenanceEngine started(Overlap overlap, MaintenanceTask task) {
        MaintenanceEngine engine = hourly(store, overlap, task);
        engine.start();
        return engine;
    }

    /** A task of two batches, of which the first of all takes that long and then does that. */
    private CountedTask taking(Duration first, Runnable then) {
        CountedTask task = new CountedTask("tidy", 2);
        return task.within(context -> {
            if (task.cursors.size() == 1) {
                stepped.advance(first);
                then.run();
            }
        });
    }

    private CountedTask taking(Duration first) {
        return taking(first, () -> {});
    }

    private String detail(String due) {
        return store.history("tidy", 100).stream()
                .filter(run -> run.isSkipped() && Instant.parse(due).equals(run.due()))
                .map(run -> String.valueOf(run.detail()))
                .findFirst()
                .orElse("not skipped");
    }

    @Test
    void it_is_recorded_as_skipped() {
        MaintenanceEngine engine = started(Overlap.SKIP, taking(Duration.ofMinutes(90)));
        stepped.advance(Duration.ofMinutes(190));
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly(
                        "SUCCEEDED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z",
                        "SKIPPED, due 2026-01-01T02:00:00Z, at 2026-01-01T02:00:00Z",
                        "SUCCEEDED, due 2026-01-01T03:00:00Z, at 2026-01-01T03:00:00Z");
        assertThat(detail("2026-01-01T02:00:00Z")).contains("the run before still goes on");
        engine.close();
    }

    @Test
    void one_waits_for_the_end_of_the_run_if_it_may() {
        MaintenanceEngine engine = started(Overlap.QUEUE_ONE, taking(Duration.ofMinutes(90)));
        stepped.advance(Duration.ofMinutes(175));
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly(
                        "SUCCEEDED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z",
                        "SUCCEEDED, due 2026-01-01T02:00:00Z, at 2026-01-01T02:30:00Z");
        engine.close();
    }

    @Test
    void what_comes_while_one_waits_is_recorded_as_skipped() {
        MaintenanceEngine engine = started(Overlap.QUEUE_ONE, taking(Duration.ofMinutes(150)));
        stepped.advance(Duration.ofMinutes(235));
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly(
                        "SUCCEEDED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z",
                        "SKIPPED, due 2026-01-01T03:00:00Z, at 2026-01-01T03:00:00Z",
                        "SUCCEEDED, due 2026-01-01T02:00:00Z, at 2026-01-01T03:30:00Z");
        engine.close();
    }

    @Test
    void one_that_has_waited_beyond_its_start_deadline_is_recorded_as_missed() {
        MaintenanceEngine engine = started(Overlap.QUEUE_ONE, taking(Duration.ofMinutes(90)));
        engine.change("tidy", t -> t.missedRuns(MissedRuns.once(Duration.ofMinutes(20))));
        stepped.advance(Duration.ofMinutes(175));
        assertThat(StoredRuns.lines(store, "tidy")).hasSize(2);
        assertThat(detail("2026-01-01T02:00:00Z")).contains("missed", "PT20M");
        engine.close();
    }

    @Test
    void one_that_waits_is_left_out_when_the_run_before_it_is_cancelled() {
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        CountedTask task = taking(Duration.ofMinutes(90), () -> engine[0].cancel("tidy"));
        engine[0] = started(Overlap.QUEUE_ONE, task);
        stepped.advance(Duration.ofMinutes(190));
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly(
                        "CANCELLED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z",
                        "SKIPPED, due 2026-01-01T02:00:00Z, at 2026-01-01T02:30:00Z",
                        "SUCCEEDED, due 2026-01-01T03:00:00Z, at 2026-01-01T03:00:00Z");
        assertThat(detail("2026-01-01T02:00:00Z")).contains("the run before it was cancelled");
        engine[0].close();
    }

    @Test
    void one_that_waits_is_left_out_when_the_task_is_paused_and_the_run_goes_on_when_it_is_resumed() {
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        CountedTask task = taking(Duration.ofMinutes(90), () -> engine[0].pause("tidy"));
        engine[0] = started(Overlap.QUEUE_ONE, task);
        stepped.advance(Duration.ofMinutes(170));
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly(
                        "PAUSED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z",
                        "SKIPPED, due 2026-01-01T02:00:00Z, at 2026-01-01T02:30:00Z");
        assertThat(detail("2026-01-01T02:00:00Z")).contains("the task is paused");
        engine[0].resume("tidy");
        stepped.advance(Duration.ofSeconds(1));
        assertThat(task.cursors).containsExactly("start", "1");
        engine[0].close();
    }

    @Test
    void one_that_waits_begins_when_the_run_before_it_has_failed() {
        CountedTask task = taking(Duration.ofMinutes(90), () -> {
            throw new IllegalStateException("disk full");
        });
        MaintenanceEngine engine = started(Overlap.QUEUE_ONE, task);
        stepped.advance(Duration.ofMinutes(175));
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly(
                        "FAILED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z",
                        "SUCCEEDED, due 2026-01-01T02:00:00Z, at 2026-01-01T02:30:00Z");
        engine.close();
    }

    @Test
    void one_that_waited_when_the_engine_closed_is_due_again_at_the_next_start() {
        Run run = Run.begun(
                "tidy",
                "closed@host",
                Optional.of(Instant.parse("2026-01-01T01:00:00Z")),
                Stepped.START.plus(HOUR),
                Stepped.START.plus(HOUR));
        store.begin(run, Optional.empty(), HOUR);
        store.end(run.claim(), RunState.INTERRUPTED, Optional.empty(), Stepped.START.plus(HOUR.multipliedBy(2)));
        stepped.clock.advance(Duration.ofMinutes(150)); // it closed after two, when the second was due
        MaintenanceEngine engine = started(Overlap.QUEUE_ONE, new CountedTask("tidy", 1));
        stepped.advance(Duration.ofMinutes(25));
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly(
                        "SUCCEEDED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z",
                        "SUCCEEDED, due 2026-01-01T02:00:00Z, at 2026-01-01T02:30:00Z");
        engine.close();
    }

    @ParameterizedTest
    @EnumSource
    void a_paused_run_counts_as_running_so_that_a_due_time_is_skipped(Overlap overlap) {
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        engine[0] = started(overlap, taking(Duration.ofMinutes(5), () -> engine[0].pause("tidy")));
        stepped.advance(Duration.ofMinutes(125));
        assertThat(StoredRuns.lines(store, "tidy"))
                .containsExactly(
                        "PAUSED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z",
                        "SKIPPED, due 2026-01-01T02:00:00Z, at 2026-01-01T02:00:00Z");
        engine[0].close();
    }

    @Test
    void a_run_that_rests_although_nobody_paused_its_task_is_resumed_by_the_next_due_time() {
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine engine = started(Overlap.SKIP, task);
        Run left = StoredRuns.begun(store, "tidy", "dead@host", Stepped.START);
        store.end(left.claim(), RunState.INTERRUPTED, Optional.empty(), Stepped.START);
        stepped.advance(Duration.ofMinutes(61));
        assertThat(store.history("tidy", 10)).singleElement().satisfies(run -> {
            assertThat(run.id()).isEqualTo(left.id());
            assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        });
        engine.close();
    }

    // ---- with other engines

    private static final class Shared extends ForwardingStore {
        @Override
        public boolean isShared() {
            return true;
        }
    }

    private final Shared shared = new Shared();

    @Test
    void while_the_run_goes_on_in_another_engine_one_waits_if_it_may_and_begins_within_the_time_of_a_claim() {
        MaintenanceEngine engine = hourly(shared, Overlap.QUEUE_ONE, new CountedTask("tidy", 1));
        engine.start();
        Run others = StoredRuns.held(shared, "tidy", "other@host", Stepped.START);
        stepped.advance(Duration.ofMinutes(130));
        shared.end(others.claim(), RunState.SUCCEEDED, Optional.empty(), stepped.now());
        stepped.advance(Duration.ofMinutes(1));
        assertThat(StoredRuns.lines(shared, "tidy"))
                .hasSize(3)
                .startsWith(
                        "SUCCEEDED, due never, at 2026-01-01T00:00:00Z",
                        "SKIPPED, due 2026-01-01T02:00:00Z, at 2026-01-01T02:00:00Z")
                .last()
                .asString()
                .startsWith("SUCCEEDED, due 2026-01-01T01:00:00Z, at 2026-01-01T02:10:");
        engine.close();
    }

    @Test
    void one_that_the_other_engine_has_done_itself_is_not_done_again() {
        MaintenanceEngine engine = hourly(shared, Overlap.QUEUE_ONE, new CountedTask("tidy", 1));
        engine.start();
        Run others = StoredRuns.held(shared, "tidy", "other@host", Stepped.START);
        stepped.advance(Duration.ofMinutes(70));
        shared.end(others.claim(), RunState.SUCCEEDED, Optional.empty(), stepped.now());
        Run queued = Run.begun(
                "tidy", "other@host", Optional.of(Instant.parse("2026-01-01T01:00:00Z")), stepped.now(), stepped.now());
        shared.begin(queued, Optional.of(others.id()), DAY);
        shared.end(queued.claim(), RunState.SUCCEEDED, Optional.empty(), stepped.now());
        stepped.advance(Duration.ofMinutes(5));
        assertThat(StoredRuns.lines(shared, "tidy")).hasSize(2).noneMatch(line -> line.startsWith("SKIPPED"));
        stepped.advance(HOUR);
        assertThat(StoredRuns.lines(shared, "tidy")).hasSize(3);
        engine.close();
    }

    @Test
    void a_due_time_that_another_engine_has_done_is_neither_done_again_nor_recorded() {
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine engine = hourly(shared, Overlap.SKIP, task);
        engine.start();
        stepped.advance(Duration.ofMinutes(30));
        Run others = Run.begun(
                "tidy", "other@host", Optional.of(Instant.parse("2026-01-01T01:00:00Z")), stepped.now(), stepped.now());
        shared.begin(others, Optional.empty(), DAY);
        shared.end(others.claim(), RunState.SUCCEEDED, Optional.empty(), stepped.now());
        stepped.advance(HOUR);
        assertThat(StoredRuns.lines(shared, "tidy")).hasSize(1);
        stepped.advance(HOUR);
        assertThat(task.nows).hasSize(1);
        engine.close();
    }

    @Test
    void a_fixed_delay_counts_from_a_due_time_that_was_skipped_and_then_from_the_end_of_the_other_engines_run() {
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine engine = stepped.slowEngine(shared)
                .task(task, Schedules.fixedDelay(HOUR))
                .build();
        engine.start();
        Run others = StoredRuns.held(shared, "tidy", "other@host", Stepped.START);
        stepped.advance(Duration.ofMinutes(90));
        assertThat(StoredRuns.lines(shared, "tidy")).hasSize(2); // skipped at one
        shared.end(others.claim(), RunState.SUCCEEDED, Optional.empty(), stepped.now());
        stepped.advance(Duration.ofMinutes(55));
        assertThat(task.nows).as("until 02:25").isEmpty();
        stepped.advance(Duration.ofMinutes(6));
        assertThat(task.nows).as("at 02:30").hasSize(1);
        engine.close();
    }

    @Test
    void one_that_waits_is_looked_at_again_when_the_run_before_it_was_left_since_its_claim_was_lost() {
        boolean[] lost = {true};
        ForwardingStore losing = new ForwardingStore() {
            @Override
            public Run inBatch(RunClaim claim, MaintenanceTask task, Batch batch) throws Exception {
                Run after = super.inBatch(claim, task, batch);
                if (lost[0]) {
                    lost[0] = false;
                    throw new ClaimLostException(claim);
                }
                return after;
            }
        };
        MaintenanceEngine engine = hourly(losing, Overlap.QUEUE_ONE, taking(Duration.ofMinutes(90)));
        engine.start();
        stepped.advance(Duration.ofMinutes(151));
        assertThat(StoredRuns.lines(losing, "tidy"))
                .as("the due time of two o'clock takes the run up again")
                .containsExactly("SUCCEEDED, due 2026-01-01T01:00:00Z, at 2026-01-01T01:00:00Z");
        stepped.advance(HOUR);
        assertThat(StoredRuns.lines(losing, "tidy"))
                .hasSize(2)
                .last()
                .isEqualTo("SUCCEEDED, due 2026-01-01T03:00:00Z, at 2026-01-01T03:00:00Z");
        engine.close();
    }

    @Test
    void a_due_time_whose_run_before_still_waits_for_a_worker_is_skipped() {
        CountedTask busy = new CountedTask("busy", 1).within(context -> stepped.advance(Duration.ofMinutes(150)));
        MaintenanceEngine engine = stepped.slowEngine(store)
                .settings(s ->
                        s.tasksAtOnce(1).taskDefaults(t -> t.batchTimeout(DAY).missedRuns(MissedRuns.once(DAY))))
                .task(busy, Schedules.daily(LocalTime.of(0, 30), ZoneOffset.UTC))
                .task(new CountedTask("tidy", 1), Schedules.cron("0 1,2 * * *", ZoneOffset.UTC))
                .build();
        engine.start();
        stepped.advance(Duration.ofHours(4));
        assertThat(StoredRuns.lines(store, "tidy"))
                .isEqualTo(List.of(
                        "SKIPPED, due 2026-01-01T02:00:00Z, at 2026-01-01T02:00:00Z",
                        "SUCCEEDED, due 2026-01-01T01:00:00Z, at 2026-01-01T03:00:00Z"));
        assertThat(detail("2026-01-01T02:00:00Z")).contains("waits for a worker");
        engine.close();
    }

    @Test
    void one_that_another_engine_has_done_is_not_done_again_although_somebody_asked_for_a_run_since() {
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine here = stepped.engine(store)
                .task(task, Schedules.daily(LocalTime.NOON, ZoneOffset.UTC))
                .build();
        MaintenanceEngine there = stepped.engine(store)
                .task(task, Schedules.daily(LocalTime.NOON, ZoneOffset.UTC), s -> s.spread(Duration.ofHours(1)))
                .build();
        here.start();
        there.start();
        stepped.advanceTo("2026-01-01T12:00:01Z");
        assertThat(task.cursors).as("done here").hasSize(1);
        assertThat(there.status("tidy").nextDue())
                .hasValueSatisfying(due -> assertThat(due).isAfter("2026-01-01T12:00:02Z"));
        here.runNow("tidy").join();
        stepped.advance(Duration.ofHours(2));
        assertThat(task.cursors)
                .as("done here, and once more since somebody asked")
                .hasSize(2);
        here.close();
        there.close();
    }
}
