package io.chatty.maintenance.testkit;

import static io.chatty.maintenance.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.TaskFactory;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskContext;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tasks that a factory makes for each run. */
@Timeout(60)
class FactoryTaskTest {

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();
    private final Gate gate = new Gate();
    private final List<String> happened = Collections.synchronizedList(new ArrayList<>());

    private volatile TaskFactory factory = this::made;
    private volatile Runnable onClose = () -> {};

    @AfterEach
    void no_engine_thread_is_left() {
        gate.openForAll();
        Eventually.eventuallyNoEngineThreads();
    }

    /** Says what happens to it. */
    private final class Watched implements MaintenanceTask, AutoCloseable {
        private final CountedTask batches;

        private Watched(CountedTask batches) {
            this.batches = batches;
        }

        @Override
        public String name() {
            return batches.name();
        }

        @Override
        public BatchResult runBatch(TaskContext context) throws Exception {
            happened.add("batch");
            return batches.runBatch(context);
        }

        @Override
        public void close() {
            happened.add("close");
        }
    }

    private MaintenanceTask made() {
        happened.add("make");
        return new Watched(new CountedTask("tidy", 2));
    }

    /** What happens from now on; a start looks at the tasks, too. */
    private MaintenanceEngine started(MaintenanceEngine.Builder builder) {
        MaintenanceEngine engine = builder.build();
        engine.start();
        happened.clear();
        return engine;
    }

    @Test
    void one_is_made_for_each_run_and_closed_after_it() {
        MaintenanceEngine engine = started(stepped.engine(store).task("tidy", this::made));
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(happened).containsExactly("make", "batch", "batch", "close");
        happened.clear();
        engine.runNow("tidy").join();
        assertThat(happened).containsExactly("make", "batch", "batch", "close");
        engine.close();
        assertThat(happened).hasSize(4);
    }

    @Test
    void an_instance_lives_with_the_engine_and_is_the_hosts_to_close() {
        MaintenanceEngine engine = started(stepped.engine(store).task(new Watched(new CountedTask("tidy", 2))));
        engine.runNow("tidy").join();
        engine.runNow("tidy").join();
        engine.close();
        assertThat(happened).containsExactly("batch", "batch", "batch", "batch");
    }

    @Test
    void what_a_start_looks_at_is_closed_again() {
        MaintenanceEngine engine =
                stepped.engine(store).task("tidy", this::made).build();
        engine.start();
        assertThat(happened).startsWith("make", "close").doesNotContain("batch");
        assertThat(happened.stream().filter("make"::equals))
                .hasSameSizeAs(happened.stream().filter("close"::equals).toList());
        engine.close();
    }

    @Test
    void a_run_that_rests_has_its_task_closed_and_goes_on_with_another() {
        MaintenanceEngine[] engine = new MaintenanceEngine[1];
        CountedTask batches = new CountedTask("tidy", 2);
        batches.within(context -> {
            if (batches.cursors.size() == 1) {
                engine[0].pause("tidy");
            }
        });
        engine[0] = started(stepped.engine(store).task("tidy", () -> {
            happened.add("make");
            return new Watched(batches);
        }));
        assertThat(engine[0].runNow("tidy").join().state()).isEqualTo(RunState.PAUSED);
        assertThat(happened).containsExactly("make", "batch", "close");
        engine[0].resume("tidy");
        assertThat(happened).containsExactly("make", "batch", "close", "make", "batch", "close");
        engine[0].close();
    }

    private enum Bad {
        THROWS("java.io.IOException: no connection"),
        THROWS_AN_ERROR("java.lang.NoClassDefFoundError: org/example/Gone"),
        GIVES_NULL("the factory of task tidy gave null"),
        GIVES_ANOTHER("the factory of task tidy gave a task of the name other");

        private final String reason;

        Bad(String reason) {
            this.reason = reason;
        }

        @SuppressWarnings("NullAway") // a factory may break its contract
        private MaintenanceTask make(FactoryTaskTest test) throws Exception {
            return switch (this) {
                case THROWS -> throw new IOException("no connection");
                case THROWS_AN_ERROR -> throw new NoClassDefFoundError("org/example/Gone");
                case GIVES_NULL -> null;
                case GIVES_ANOTHER -> test.new Watched(new CountedTask("other", 1));
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_factory_that_makes_no_such_task_fails_the_run_with_the_reason_and_the_next_is_free(Bad bad) {
        MaintenanceEngine engine = started(stepped.engine(store).task("tidy", () -> factory.create()));
        factory = () -> bad.make(this);
        Run failed = engine.runNow("tidy").join();
        assertThat(failed.state()).isEqualTo(RunState.FAILED);
        assertThat(failed.detail()).startsWith("the task could not be made: ").contains(bad.reason);
        assertThat(happened)
                .as("what is of no use is closed")
                .isEqualTo(bad == Bad.GIVES_ANOTHER ? List.of("close") : List.of());
        assertThat(engine.status("tidy").errors()).hasSize(1);

        factory = this::made;
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_factory_that_hangs_is_written_off_as_a_batch_is_and_hinders_no_operation() throws Exception {
        MaintenanceEngine engine = started(MaintenanceEngine.builder()
                .runStore(store)
                .clock(stepped.clock)
                .ticker(stepped::nanos)
                .scheduler(stepped.scheduler)
                .settings(s -> s.taskDefaults(t -> t.batchTimeout(Duration.ofMinutes(1))))
                .task("tidy", () -> factory.create()));
        factory = () -> {
            gate.passUninterruptibly();
            return made();
        };
        CompletableFuture<Run> run = engine.runNow("tidy");
        gate.awaitReached();
        assertThat(engine.status("tidy").runningHere()).isPresent();
        engine.pause("tidy");
        engine.resume("tidy");
        stepped.advance(Duration.ofMinutes(2));
        Run failed = run.get(20, TimeUnit.SECONDS);
        assertThat(failed.state()).isEqualTo(RunState.FAILED);
        assertThat(failed.detail()).startsWith("the making of the task hangs").contains("Gate.passUninterruptibly");
        assertThat(engine.health().reasons()).singleElement().asString().startsWith("tidy: stuck");

        gate.open();
        eventually(
                "the thread is back",
                () -> engine.health().reasons().stream().noneMatch(reason -> reason.contains("stuck")));
        assertThat(happened).as("what came too late").containsExactly("make", "close");
        factory = this::made;
        assertThat(engine.runNow("tidy").get(20, TimeUnit.SECONDS).state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    /** A task that does that when it is closed. */
    private static MaintenanceTask closing(Runnable close) {
        class Closing implements MaintenanceTask, AutoCloseable {
            @Override
            public String name() {
                return "tidy";
            }

            @Override
            public BatchResult runBatch(TaskContext context) {
                return BatchResult.finished();
            }

            @Override
            public void close() {
                close.run();
            }
        }
        return new Closing();
    }

    @Test
    void a_task_that_fails_where_it_is_closed_harms_neither_its_run_nor_the_next() {
        MaintenanceEngine engine = started(stepped.engine(store).task("tidy", () -> closing(() -> onClose.run())));
        onClose = () -> {
            throw new AssertionError("a bug of the task's");
        };
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        engine.close();
    }

    @Test
    void a_task_that_hangs_where_it_is_closed_is_left_to_that_and_its_run_ends() throws Exception {
        MaintenanceEngine engine = started(stepped.engine(store).task("tidy", () -> closing(() -> onClose.run())));
        onClose = gate::passUninterruptibly;
        assertThat(engine.runNow("tidy").join().state()).isEqualTo(RunState.SUCCEEDED);
        gate.awaitReached();
        engine.close();
    }
}
