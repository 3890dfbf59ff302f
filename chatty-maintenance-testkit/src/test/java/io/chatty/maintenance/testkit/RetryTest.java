package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.Window;
import io.chatty.maintenance.task.Counts;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a failed batch is tried again, and what may happen meanwhile. */
@Timeout(60)
class RetryTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final List<Instant> tries = new ArrayList<>();

    /** A task whose first tries fail as a lost connection does. */
    private CountedTask failing(int failures, int batches) {
        return new CountedTask("tidy", batches).within(context -> {
            tries.add(stepped.clock.instant());
            if (tries.size() <= failures) {
                throw new SQLException("connection lost", "08006");
            }
        });
    }

    private MaintenanceEngine started(MaintenanceEngine.Builder builder) {
        MaintenanceEngine engine = builder.build();
        engine.start();
        return engine;
    }

    private MaintenanceEngine.Builder engine() {
        return stepped.timed(store);
    }

    @Test
    void a_failure_that_may_pass_is_tried_again_from_the_same_cursor_and_leaves_no_trace() {
        CountedTask task = new CountedTask("tidy", 3);
        task.within(context -> {
            if (task.cursors.size() == 2) {
                throw new IOException("a hiccup");
            }
        });
        MaintenanceEngine engine = started(engine().task(task));
        CompletableFuture<Run> run = engine.runNow("tidy");
        assertThat(run).isNotDone();
        stepped.advance(MINUTE);
        assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.join().batches()).isEqualTo(3);
        assertThat(run.join().counts()).isEqualTo(Counts.none().plus("done", 3));
        assertThat(task.cursors).containsExactly("start", "1", "1", "2");
        engine.close();
    }

    @Test
    void a_failure_that_will_not_pass_ends_the_run_at_once() {
        CountedTask task = new CountedTask("tidy", 1).within(context -> {
            throw new SQLException("no such table", "42P01");
        });
        MaintenanceEngine engine = started(engine().task(task));
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.FAILED);
        assertThat(task.cursors).hasSize(1);
        engine.close();
    }

    @Test
    void the_hosts_own_rule_says_what_may_pass() {
        CountedTask task = new CountedTask("tidy", 1).within(context -> {
            throw new IllegalStateException("too many requests");
        });
        MaintenanceEngine engine = started(engine().settings(
                        s -> s.taskDefaults(t -> t.retries(2).retryIf(IllegalStateException.class::isInstance)))
                .task(task));
        CompletableFuture<Run> run = engine.runNow("tidy");
        stepped.advance(MINUTE);
        assertThat(run.join().state()).isEqualTo(RunState.FAILED);
        assertThat(task.cursors).hasSize(3);
        engine.close();
    }

    @Test
    void each_batch_has_as_many_retries_as_are_set_and_one_failure_more_ends_the_run() {
        MaintenanceEngine engine = started(
                engine().settings(s -> s.taskDefaults(t -> t.retries(3))).task(failing(3, 2)));
        CompletableFuture<Run> good = engine.runNow("tidy");
        stepped.advance(MINUTE);
        assertThat(good.join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(tries).hasSize(5);
        engine.close();

        tries.clear();
        MaintenanceEngine other = started(stepped.timed(new InMemoryRunStore())
                .settings(s -> s.taskDefaults(t -> t.retries(3)))
                .task(failing(4, 2)));
        CompletableFuture<Run> bad = other.runNow("tidy");
        stepped.advance(MINUTE);
        assertThat(bad.join().state()).isEqualTo(RunState.FAILED);
        assertThat(bad.join().detail()).contains("connection lost");
        assertThat(tries).hasSize(4);
        other.close();
    }

    @Test
    void waits_double_up_to_the_longest_give_or_take_a_quarter_and_differ_from_run_to_run() {
        Set<Long> firsts = new HashSet<>(); // to a twentieth of a second
        for (int i = 0; i < 20; i++) {
            tries.clear();
            MaintenanceEngine engine = started(stepped.timed(new InMemoryRunStore())
                    .settings(s -> s.taskDefaults(
                            t -> t.retries(5).breakerFailures(100).retryDelay(SECOND, Duration.ofSeconds(6))))
                    .task(failing(5, 1)));
            CompletableFuture<Run> run = engine.runNow("tidy");
            stepped.advance(MINUTE);
            assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
            double[] nominal = {1, 2, 4, 6, 6};
            for (int wait = 0; wait < nominal.length; wait++) {
                assertThat(Duration.between(tries.get(wait), tries.get(wait + 1))
                                        .toMillis()
                                / 1000.0)
                        .as("wait %s", wait)
                        .isBetween(nominal[wait] * 0.75, nominal[wait] * 1.25 + 0.002);
            }
            firsts.add(Duration.between(tries.get(0), tries.get(1)).toMillis() / 50);
            engine.close();
        }
        assertThat(firsts).hasSizeGreaterThan(3);
    }

    @Test
    void a_run_that_waits_for_its_retry_holds_no_worker_and_no_batch_of_the_store_and_says_why_it_waits() {
        OpenBatches counting = new OpenBatches(store);
        MaintenanceEngine engine = started(stepped.timed(counting)
                .settings(s -> s.tasksAtOnce(1))
                .task(failing(1, 1))
                .task(new CountedTask("other", 1)));
        CompletableFuture<Run> run = engine.runNow("tidy");
        assertThat(engine.status("tidy").waitsFor()).contains("a batch failed; it is tried again");
        assertThat(counting.open).hasValue(0);
        assertThat(engine.runNow("other").join().state()).isEqualTo(RunState.SUCCEEDED);
        stepped.advance(MINUTE);
        assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @ParameterizedTest
    @EnumSource
    void a_wish_ends_the_wait_at_once_and_there_is_no_further_try(Wish wish) {
        MaintenanceEngine engine = started(engine().task(failing(1, 1)));
        CompletableFuture<Run> run = engine.runNow("tidy");
        wish.tell(engine, "tidy");
        assertThat(run.join().state()).isEqualTo(wish.state);
        stepped.advance(MINUTE);
        assertThat(tries).hasSize(1);
        if (wish == Wish.PAUSE) {
            engine.resume("tidy");
            assertThat(tries).as("tries, with the one after the resume").hasSize(2);
            assertThat(engine.history("tidy", 1).get(0).state()).isEqualTo(RunState.SUCCEEDED);
        }
        engine.close();
        assertThat(stepped.scheduler.waiting()).isZero();
    }

    @Test
    void a_run_whose_window_ends_while_it_waits_pauses_instead_and_goes_on_in_the_next() {
        MaintenanceEngine engine = started(engine().task(
                        failing(1, 1),
                        Schedules.daily(LocalTime.of(2, 59, 59), ZoneOffset.UTC)
                                .within(Window.of(LocalTime.of(2, 0), LocalTime.of(3, 0), ZoneOffset.UTC)),
                        t -> t.retryDelay(Duration.ofSeconds(10), Duration.ofSeconds(10))));
        stepped.advance(Duration.ofHours(4));
        assertThat(tries).hasSize(1);
        Run paused = engine.history("tidy", 1).get(0);
        assertThat(paused.state()).isEqualTo(RunState.PAUSED);
        assertThat(paused.detail()).contains("its window is closed until 2026-01-02T02:00");
        stepped.advance(Duration.ofHours(22).plusSeconds(10));
        assertThat(tries).hasSize(2);
        assertThat(store.find(paused.id()).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_retry_waits_for_the_signals_as_any_batch_does() {
        SetSignal load = new SetSignal("load");
        MaintenanceEngine engine = started(engine().settings(s -> s.signalInterval(Duration.ofMillis(100)))
                .signal(load)
                .task(failing(1, 1)));
        CompletableFuture<Run> run = engine.runNow("tidy");
        load.set(LoadReading.stop("the database is on its knees"));
        stepped.advance(MINUTE);
        assertThat(tries).hasSize(1);
        assertThat(engine.status("tidy").waitsFor().orElseThrow()).contains("on its knees");
        load.set(LoadReading.normal("quiet"));
        stepped.advance(MINUTE);
        assertThat(run.join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(tries).hasSize(2);
        engine.close();
    }

    @Test
    void a_batch_that_was_cancelled_or_whose_claim_was_lost_is_not_tried_again_whatever_the_rule_says() {
        AtomicInteger asked = new AtomicInteger();
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        CountedTask cancelled = new CountedTask("tidy", 1).within(context -> {
            engine[0].cancel("tidy");
            throw new SQLException("canceling statement due to user request", "57014");
        });
        CountedTask stale = new CountedTask("stale", 2).within(context -> {
            Run run = StoredRuns.active(store, "stale").orElseThrow();
            assertThat(store.takeOver(run, run.owner(), MINUTE)).isPresent();
        });
        engine[0] = started(engine().settings(s -> s.taskDefaults(t -> t.retryIf(failure -> {
                    asked.incrementAndGet();
                    return true;
                })))
                .task(cancelled)
                .task(stale));
        assertThat(engine[0].runNow("tidy").join().state()).isEqualTo(RunState.CANCELLED);
        assertThat(engine[0].runNow("stale")).isCompletedExceptionally();
        assertThat(asked).hasValue(0);
        engine[0].close();
    }
}
