package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The circuit breaker of a task: three failed tries open it here. */
@Timeout(60)
class BreakerTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore(stepped::nanos);
    private boolean fails = true;
    private final CountedTask task = new CountedTask("tidy", 1).within(context -> {
        if (fails) {
            throw new IOException("disk full");
        }
    });

    private MaintenanceEngine started(int retries) {
        MaintenanceEngine engine = stepped.timed(store)
                .task(task, Schedules.every(HOUR), t -> t.breakerFailures(3).retries(retries))
                .build();
        engine.start();
        return engine;
    }

    private boolean isStoredOpen() {
        return store.look("tidy").breaker().isPresent();
    }

    @Test
    void failures_in_a_row_over_several_runs_open_it_and_that_is_stored() {
        MaintenanceEngine engine = started(0);
        stepped.advance(HOUR.multipliedBy(2).plusMinutes(1));
        assertThat(engine.status("tidy").breakerOpen()).isFalse();
        assertThat(isStoredOpen()).isFalse();
        stepped.advance(HOUR);
        assertThat(engine.status("tidy").breakerOpen()).isTrue();
        assertThat(store.look("tidy").breaker())
                .hasValueSatisfying(opened -> assertThat(opened)
                        .isBetween(
                                Stepped.START.plus(HOUR.multipliedBy(3)),
                                Stepped.START.plus(HOUR.multipliedBy(3)).plusMillis(10)));
        engine.close();
    }

    @Test
    void a_success_in_between_begins_the_count_anew() {
        MaintenanceEngine engine = started(0);
        stepped.advance(HOUR.multipliedBy(2).plusMinutes(1));
        fails = false;
        stepped.advance(HOUR);
        fails = true;
        stepped.advance(HOUR.multipliedBy(2));
        assertThat(engine.history("tidy", 10)).hasSize(5);
        assertThat(isStoredOpen()).isFalse();
        stepped.advance(HOUR);
        assertThat(isStoredOpen()).isTrue();
        engine.close();
    }

    @Test
    void enough_failed_tries_of_one_batch_end_the_run_although_it_has_retries_left() {
        MaintenanceEngine engine = started(10);
        CompletableFuture<Run> run = engine.runNow("tidy");
        stepped.advance(Duration.ofMinutes(5));
        assertThat(run.join().state()).isEqualTo(RunState.FAILED);
        assertThat(run.join().detail())
                .startsWith("the circuit breaker is open: ")
                .contains("disk full");
        assertThat(task.cursors).hasSize(3);
        engine.close();
    }

    @Test
    void while_it_is_open_each_due_time_makes_a_single_try_until_a_good_one_closes_it() {
        MaintenanceEngine engine = started(10);
        stepped.advance(HOUR.plusMinutes(5));
        assertThat(task.cursors).hasSize(3);
        stepped.advance(HOUR);
        assertThat(task.cursors).hasSize(4);
        stepped.advance(HOUR);
        assertThat(task.cursors).hasSize(5);
        assertThat(engine.status("tidy").breakerOpen()).isTrue();
        assertThat(isStoredOpen()).isTrue();
        fails = false;
        stepped.advance(HOUR);
        assertThat(engine.status("tidy").breakerOpen()).isFalse();
        assertThat(isStoredOpen()).isFalse();
        fails = true;
        stepped.advance(HOUR);
        assertThat(task.cursors)
                .as("one that was good, and three before it opens again")
                .hasSize(9);
        engine.close();
    }

    @Test
    void a_run_that_a_person_asks_for_is_a_single_try_too() {
        MaintenanceEngine engine = started(10);
        stepped.advance(HOUR.plusMinutes(5));
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.FAILED);
        assertThat(task.cursors).hasSize(4);
        fails = false;
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(isStoredOpen()).isFalse();
        engine.close();
    }

    @Test
    void a_run_that_is_asked_for_and_refused_while_the_single_try_goes_on_leaves_it_as_it_is() {
        MaintenanceEngine engine = started(10);
        stepped.advance(HOUR.plusMinutes(5));
        task.within(context -> assertThatThrownBy(() -> engine.runNow("tidy"))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("active run"));
        stepped.advance(HOUR);
        assertThat(engine.history("tidy", 1).get(0).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(isStoredOpen()).isFalse();
        assertThat(engine.status("tidy").breakerOpen()).isFalse();
        assertThat(engine.health().reasons()).isEmpty();
        engine.close();
    }

    @Test
    void it_is_open_after_a_restart() {
        MaintenanceEngine engine = started(10);
        stepped.advance(HOUR.plusMinutes(5));
        engine.close();
        MaintenanceEngine next = started(10);
        assertThat(next.status("tidy").breakerOpen()).isTrue();
        stepped.advance(HOUR);
        assertThat(task.cursors).hasSize(4);
        next.close();
    }

    @Test
    void what_another_engine_opened_or_closed_holds_here_from_the_next_due_time_on() {
        MaintenanceEngine engine = started(10);
        store.setBreaker("tidy", Optional.of(Stepped.START));
        stepped.advance(HOUR.plusMinutes(5));
        assertThat(task.cursors).hasSize(1);
        store.setBreaker("tidy", Optional.empty());
        stepped.advance(HOUR);
        assertThat(task.cursors).hasSize(4);
        engine.close();
    }

    @Test
    void a_run_taken_over_from_an_engine_that_opened_it_is_a_single_try() {
        MaintenanceEngine engine = stepped.timed(new SharedStore(store))
                .task(
                        task,
                        Schedules.every(Duration.ofDays(1)),
                        t -> t.breakerFailures(3).retries(10))
                .build();
        engine.start();
        Run others = Run.begun("tidy", "other@host", Optional.of(Stepped.START), Stepped.START, Stepped.START);
        assertThat(store.begin(others, Optional.empty(), Duration.ofSeconds(20)))
                .isTrue();
        store.setBreaker("tidy", Optional.of(Stepped.START));
        engine.pause("tidy");
        stepped.advance(Duration.ofSeconds(30));
        engine.resume("tidy");
        stepped.advance(Duration.ofMinutes(5));
        assertThat(store.find(others.id()).orElseThrow().state()).isEqualTo(RunState.FAILED);
        assertThat(task.cursors).hasSize(1);
        engine.close();
    }

    @Test
    void a_failure_whose_message_cannot_be_read_counts_as_any_other() {
        task.within(context -> {
            throw new HostileHostTest.Unreadable();
        });
        MaintenanceEngine engine = started(0);
        stepped.advance(HOUR.multipliedBy(3).plusMinutes(1));
        Run failed = engine.history("tidy", 1).get(0);
        assertThat(failed.state()).isEqualTo(RunState.FAILED);
        assertThat(failed.detail()).contains("Unreadable, whose message cannot be read");
        assertThat(engine.status("tidy").breakerOpen()).isTrue();
        engine.close();
    }
}
