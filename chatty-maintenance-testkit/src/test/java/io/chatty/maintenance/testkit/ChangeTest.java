package io.chatty.maintenance.testkit;

import static io.chatty.maintenance.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Schedules and settings that are changed while an engine lives. */
@Timeout(60)
class ChangeTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final CountedTask task = new CountedTask("tidy", 1);

    @Test
    void a_schedule_given_before_the_start_starts_nothing_and_holds_from_the_start_on() {
        Run left = StoredRuns.begun(store, "tidy", "dead@host", Stepped.START);
        MaintenanceEngine engine =
                stepped.engine(store).task(task, Schedules.every(HOUR)).build();
        engine.reschedule("tidy", Schedules.every(HOUR.multipliedBy(2)));
        stepped.advance(HOUR);
        assertThat(task.nows).isEmpty();
        assertThat(engine.status("tidy").nextDue()).isEmpty();
        engine.start();
        assertThat(store.find(left.id()).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.status("tidy").nextDue()).contains(Stepped.START.plus(HOUR.multipliedBy(2)));
        engine.close();
    }

    @Test
    void a_schedule_given_while_it_runs_holds_at_once() {
        MaintenanceEngine engine =
                stepped.engine(store).task(task, Schedules.every(DAY)).build();
        engine.start();
        engine.reschedule("tidy", Schedules.daily(LocalTime.of(2, 0), ZoneOffset.UTC));
        assertThat(engine.status("tidy").nextDue()).contains(Instant.parse("2026-01-01T02:00:00Z"));
        stepped.advance(Duration.ofHours(3));
        assertThat(task.nows).hasSize(1);
        engine.close();
    }

    @Test
    void a_task_without_a_schedule_can_be_given_one() {
        MaintenanceEngine engine = stepped.engine(store).task(task).build();
        engine.start();
        engine.reschedule("tidy", Schedules.every(HOUR));
        stepped.advance(HOUR.plusMinutes(1));
        assertThat(task.nows).hasSize(1);
        engine.close();
    }

    @Test
    void a_fixed_delay_given_while_its_run_goes_on_counts_from_the_end_of_that_run() {
        MaintenanceEngine engine = stepped.engine(store)
                .task(task, Schedules.every(HOUR), t -> t.batchTimeout(DAY))
                .build();
        engine.start();
        task.within(context -> {
            engine.reschedule("tidy", Schedules.fixedDelay(HOUR.multipliedBy(3)));
            stepped.advance(HOUR.multipliedBy(2));
        });
        stepped.advance(Duration.ofHours(4));
        assertThat(engine.status("tidy").nextDue().orElseThrow())
                .isBetween(Instant.parse("2026-01-01T06:00:00Z"), Instant.parse("2026-01-01T06:00:01Z"));
        engine.close();
    }

    @Test
    void a_schedule_that_fails_is_refused_and_the_one_before_stays() {
        MaintenanceEngine engine =
                stepped.engine(store).task(task, Schedules.every(HOUR)).build();
        engine.start();
        assertThatThrownBy(() -> engine.reschedule("tidy", after -> {
                    throw new IllegalStateException("the calendar service is down");
                }))
                .hasMessageContaining("calendar");
        assertThat(engine.status("tidy").schedule()).contains("every PT1H");
        stepped.advance(HOUR.plusMinutes(1));
        assertThat(task.nows).hasSize(1);
        engine.close();
    }

    @Test
    void after_a_close_a_change_makes_nothing_happen() {
        MaintenanceEngine engine =
                stepped.engine(store).task(task, Schedules.every(DAY)).build();
        engine.start();
        engine.close();
        engine.reschedule("tidy", Schedules.every(HOUR));
        engine.change("tidy", t -> t.jitter(HOUR));
        stepped.advance(DAY.multipliedBy(2));
        assertThat(task.nows).isEmpty();
        assertThat(stepped.scheduler.waiting()).isZero();
    }

    @Test
    void a_wider_window_lets_a_run_go_on_that_waits_for_it() {
        Window night = Window.of(LocalTime.of(1, 0), LocalTime.of(2, 0), ZoneOffset.UTC);
        Window long_ = Window.of(LocalTime.of(1, 0), LocalTime.of(8, 0), ZoneOffset.UTC);
        var daily = Schedules.daily(LocalTime.of(1, 0), ZoneOffset.UTC);
        CountedTask two = new CountedTask("tidy", 2);
        two.within(context -> {
            if (two.cursors.size() == 1) {
                stepped.advance(HOUR);
            }
        });
        MaintenanceEngine engine = stepped.engine(store)
                .task(two, daily.within(night), t -> t.batchTimeout(DAY))
                .build();
        engine.start();
        stepped.advance(Duration.ofHours(4));
        assertThat(store.history("tidy", 1).get(0).state()).isEqualTo(RunState.PAUSED);
        engine.reschedule("tidy", daily.within(long_));
        assertThat(store.history("tidy", 1).get(0).state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void spread_and_jitter_hold_for_the_due_time_that_is_known_already() {
        MaintenanceEngine engine = stepped.engine(store)
                .task(task, Schedules.daily(LocalTime.of(0, 0), ZoneOffset.UTC), t -> t.spread(Duration.ofHours(20)))
                .build();
        engine.start();
        Instant due = Instant.parse("2026-01-02T00:00:00Z");
        assertThat(engine.status("tidy").nextDue().orElseThrow()).isAfter(due);
        engine.change("tidy", t -> t.spread(Duration.ZERO));
        assertThat(engine.status("tidy").nextDue()).contains(due);
        stepped.advance(DAY.plusMinutes(1));
        assertThat(task.nows).hasSize(1);
        engine.close();
    }

    @Test
    void a_due_time_that_is_no_longer_put_off_comes_at_once_and_is_not_late() {
        MaintenanceEngine engine = stepped.engine(store)
                .task(task, Schedules.daily(LocalTime.of(0, 0), ZoneOffset.UTC), t -> t.spread(Duration.ofHours(20)))
                .build();
        engine.start();
        Instant put = engine.status("tidy").nextDue().orElseThrow();
        stepped.advance(Duration.between(stepped.now(), put).minusMinutes(1));
        assertThat(Duration.between(Instant.parse("2026-01-02T00:00:00Z"), stepped.now()))
                .as("later than a run may be")
                .isGreaterThan(HOUR);
        engine.change("tidy", t -> t.spread(Duration.ZERO));
        stepped.advance(Duration.ofSeconds(1));
        assertThat(store.history("tidy", 10)).singleElement().satisfies(run -> {
            assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(run.due()).isEqualTo("2026-01-02T00:00:00Z");
        });
        engine.close();
    }

    @Test
    void a_run_whose_group_is_changed_meanwhile_gives_back_the_place_that_it_took() {
        CountedTask first = new CountedTask("first", 1);
        MaintenanceEngine engine = stepped.engine(store)
                .settings(s -> s.limit("heavy", 1).limit("light", 1))
                .task(first, Schedules.every(HOUR), t -> t.group("heavy"))
                .task(task, Schedules.every(HOUR.multipliedBy(2)), t -> t.group("heavy"))
                .task(new CountedTask("other", 1), Schedules.every(HOUR.multipliedBy(2)), t -> t.group("light"))
                .build();
        engine.start();
        first.within(context -> {
            engine.change("first", t -> t.group("light"));
            first.within(again -> {});
        });
        stepped.advance(HOUR.multipliedBy(2).plusMinutes(1));
        assertThat(task.nows).hasSize(1);
        assertThat(store.history("other", 10)).hasSize(1);
        assertThat(first.nows).hasSize(2);
        engine.close();
    }

    @Test
    void of_two_changes_at_once_none_is_lost() {
        MaintenanceEngine engine = stepped.engine(store).task(task).build();
        engine.change(all -> {
            Thread other = new Thread(() -> engine.change(meanwhile -> meanwhile.limit("reports", 1)));
            other.start();
            eventually(
                    "the other has made its change, or waits with it",
                    () -> other.getState() == Thread.State.TERMINATED || other.getState() == Thread.State.BLOCKED);
            return all.limit("sweeps", 1);
        });
        List<String> groups = new ArrayList<>();
        eventually("both are there", () -> {
            engine.change(all -> {
                groups.clear();
                groups.addAll(all.build().limits().keySet());
                return all;
            });
            return groups.contains("reports") && groups.contains("sweeps");
        });
        engine.close();
    }
}
