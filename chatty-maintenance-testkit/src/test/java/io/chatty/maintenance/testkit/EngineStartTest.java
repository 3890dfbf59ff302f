package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.SettingsException;
import io.chatty.maintenance.task.TaskContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is looked at before anything runs. */
@Timeout(60)
class EngineStartTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Stepped stepped = new Stepped();

    private static MaintenanceTask wrong(String name, List<String> problems) {
        return new MaintenanceTask() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public BatchResult runBatch(TaskContext context) {
                return BatchResult.finished();
            }

            @Override
            public List<String> problems() {
                return problems;
            }
        };
    }

    @Test
    void everything_that_is_wrong_is_listed_at_once_and_nothing_is_started() {
        InMemoryRunStore store = new InMemoryRunStore();
        StoredRuns.begun(store, "good", "dead@host", Stepped.START);
        ForwardingStore noTables = new ForwardingStore() {
            @Override
            public List<String> problems() {
                return List.of("no run table");
            }

            @Override
            public TaskRecord look(String task) {
                return store.look(task);
            }
        };
        CountedTask good = new CountedTask("good", 1);
        List<String> mended = new ArrayList<>(List.of("no messages table", "no right to delete"));
        MaintenanceEngine engine = stepped.engine(noTables)
                .task(good, Schedules.every(HOUR))
                .task(wrong("a", mended))
                .task(wrong("b", List.of("no archive folder")))
                .build();
        assertThatThrownBy(engine::start)
                .asInstanceOf(type(SettingsException.class))
                .satisfies(wrong -> assertThat(wrong.problems())
                        .containsExactly(
                                "no run table", "no messages table", "no right to delete", "no archive folder"));
        assertThat(stepped.scheduler.waiting()).isZero();
        stepped.advance(Duration.ofDays(1));
        assertThat(good.cursors).isEmpty();
        assertThat(engine.status("good").nextDue()).isEmpty();
        engine.close();
    }

    @Test
    void once_the_world_is_mended_the_engine_can_be_started_again() {
        List<String> problems = new ArrayList<>(List.of("no messages table"));
        MaintenanceEngine engine = stepped.engine(new InMemoryRunStore())
                .task(wrong("tidy", problems), Schedules.every(HOUR))
                .build();
        assertThatThrownBy(engine::start).isInstanceOf(SettingsException.class);
        problems.clear();
        engine.start();
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_second_start_is_refused_and_harms_nothing() {
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine engine = stepped.engine(new InMemoryRunStore())
                .task(task, Schedules.every(HOUR))
                .build();
        assertThatIllegalStateException()
                .isThrownBy(() -> engine.runNow("tidy"))
                .withMessageContaining("start()");
        engine.start();
        assertThatIllegalStateException().isThrownBy(engine::start).withMessageContaining("once");
        stepped.advance(Duration.ofMinutes(61));
        assertThat(task.cursors).hasSize(1);
        engine.close();
        assertThatIllegalStateException().isThrownBy(engine::start).withMessageContaining("CLOSED");
    }

    @Test
    void building_starts_no_thread_and_touches_no_store() {
        ForwardingStore untouched = new ForwardingStore() {
            @Override
            public TaskRecord look(String task) {
                throw new AssertionError("touched");
            }

            @Override
            public List<Run> history(String task, int limit) {
                throw new AssertionError("touched");
            }

            @Override
            public List<String> problems() {
                throw new AssertionError("touched");
            }
        };
        Eventually.eventuallyNoEngineThreads();
        MaintenanceEngine.builder()
                .runStore(untouched)
                .task(new CountedTask("tidy", 1), Schedules.every(HOUR))
                .build();
        assertThat(Eventually.engineThreads()).isEmpty();
    }

    @Test
    void two_tasks_of_one_name_and_names_that_are_not_allowed_are_refused_by_the_builder() {
        MaintenanceEngine.Builder builder = MaintenanceEngine.builder().task(new CountedTask("tidy", 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.task(new CountedTask("tidy", 1), Schedules.every(HOUR)))
                .withMessageContainingAll("\"tidy\"", "twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.task(new CountedTask("not allowed", 1)))
                .withMessageContaining("\"not allowed\"");
        assertThat(builder.build().status()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 100_001})
    void a_batch_size_out_of_bounds_is_refused(int size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MaintenanceEngine.builder().settings(s -> s.batchSize(size)))
                .withMessageContainingAll(Integer.toString(size), "1 to 100000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-0.001S", "PT1H0.001S"})
    void a_close_timeout_out_of_bounds_is_refused(String timeout) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MaintenanceEngine.builder().settings(s -> s.closeTimeout(Duration.parse(timeout))))
                .withMessageContainingAll(timeout, "PT0S to PT1H");
    }

    @Test
    void what_one_engine_of_a_builder_knows_is_not_the_others() {
        MaintenanceEngine.Builder builder =
                stepped.engine(new InMemoryRunStore()).task(new CountedTask("tidy", 1), Schedules.every(HOUR));
        MaintenanceEngine left = builder.build();
        MaintenanceEngine right = builder.build();
        left.start();
        assertThat(left.status("tidy").nextDue()).isPresent();
        assertThat(right.status("tidy").nextDue()).isEmpty();
        left.close();
    }

    private static ForwardingStore showing(Instant now) {
        return new ForwardingStore() {
            @Override
            public Optional<Instant> now() {
                return Optional.of(now);
            }
        };
    }

    @Test
    void a_system_clock_that_is_far_from_the_stores_is_refused_either_way() {
        for (Duration skew : List.of(Duration.ofHours(2), Duration.ofHours(-2), Duration.ofSeconds(90))) {
            MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(showing(Instant.now().plus(skew)))
                    .task(new CountedTask("tidy", 1))
                    .build();
            assertThatThrownBy(engine::start)
                    .as("skew %s", skew)
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContainingAll("clock", "PT1M");
            engine.close();
        }
    }

    @Test
    void a_system_clock_close_to_the_stores_is_fine_and_the_stores_is_taken_for_cut_offs() {
        Instant theirs = Instant.now().plusSeconds(30);
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(showing(theirs))
                .task(new CountedTask("tidy", 1))
                .build()) {
            engine.start();
            Run run = engine.runNow("tidy").join();
            assertThat(run.now()).isEqualTo(theirs.truncatedTo(java.time.temporal.ChronoUnit.MICROS));
            assertThat(run.createdAt()).isBefore(theirs);
        }
    }

    @Test
    void a_clock_of_the_hosts_own_is_believed_in_all_things() {
        MaintenanceEngine engine = stepped.engine(showing(Instant.parse("1999-01-01T00:00:00Z")))
                .task(new CountedTask("tidy", 1))
                .build();
        engine.start();
        assertThat(engine.runNow("tidy").join().now()).isEqualTo(Stepped.START);
        engine.close();
    }

    @Test
    void a_start_that_the_store_breaks_off_leaves_nothing_going_on() {
        ForwardingStore store = new ForwardingStore() {
            @Override
            public TaskRecord look(String task) {
                if (task.equals("second")) {
                    throw new MaintenanceException("the database is down");
                }
                return super.look(task);
            }
        };
        CountedTask first = new CountedTask("first", 1);
        MaintenanceEngine engine = stepped.engine(store)
                .task(first, Schedules.every(HOUR))
                .task(new CountedTask("second", 1), Schedules.every(HOUR))
                .build();
        assertThatThrownBy(engine::start).hasMessage("the database is down");
        assertThatIllegalStateException()
                .isThrownBy(() -> engine.runNow("first"))
                .withMessageContaining("closed");
        assertThat(stepped.scheduler.waiting()).isZero();
    }

    @Test
    void an_interval_goes_on_from_the_last_run_after_a_restart() {
        InMemoryRunStore store = new InMemoryRunStore();
        CountedTask task = new CountedTask("tidy", 1);
        MaintenanceEngine first =
                stepped.engine(store).task(task, Schedules.every(HOUR)).build();
        first.start();
        stepped.advance(Duration.ofMinutes(61));
        first.close();
        stepped.clock.advance(Duration.ofMinutes(30));
        MaintenanceEngine second =
                stepped.engine(store).task(task, Schedules.every(HOUR)).build();
        second.start();
        stepped.advance(Duration.ofMinutes(31));
        assertThat(task.cursors).hasSize(2);
        second.close();
        stepped.clock.advance(Duration.ofDays(3));
        MaintenanceEngine third =
                stepped.engine(store).task(task, Schedules.every(HOUR)).build();
        third.start();
        stepped.advance(Duration.ofSeconds(1));
        assertThat(task.cursors).as("one run for all that was missed").hasSize(3);
        third.close();
    }
}
