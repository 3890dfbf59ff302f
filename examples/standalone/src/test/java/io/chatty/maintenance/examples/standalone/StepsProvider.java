package io.chatty.maintenance.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.config.PluginSettings;
import io.chatty.maintenance.config.TaskProvider;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskContext;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A plugin of the tests: tasks that take a number of batches, each of which counts one. */
public final class StepsProvider implements TaskProvider {

    /** Where the batches of a task with {@code gated = true} wait for the test. */
    static final class Gate {
        private final Semaphore reached = new Semaphore(0);
        private final Semaphore open = new Semaphore(0);

        private void pass() throws InterruptedException {
            reached.release();
            assertThat(open.tryAcquire(30, TimeUnit.SECONDS))
                    .as("the gate opens")
                    .isTrue();
        }

        void awaitReached() throws InterruptedException {
            assertThat(reached.tryAcquire(30, TimeUnit.SECONDS))
                    .as("a batch begins")
                    .isTrue();
        }

        /** Lets one batch after the other through until that has ended. */
        void openUntil(Future<?> end) throws InterruptedException {
            while (!end.isDone()) {
                open(1);
                while (!end.isDone() && !reached.tryAcquire(10, TimeUnit.MILLISECONDS)) {
                    Thread.onSpinWait();
                }
            }
            close();
        }

        void open(int batches) {
            open.release(batches);
        }

        /** As it was at first. */
        void close() {
            reached.drainPermits();
            open.drainPermits();
        }
    }

    static final Gate GATE = new Gate();

    /** For the service loader. */
    public StepsProvider() {}

    @Override
    public String name() {
        return "steps";
    }

    @Override
    public MaintenanceTask create(String task, PluginSettings settings) {
        long steps = settings.wholeNumber("steps").orElse(3L);
        boolean gated = settings.flag("gated").orElse(false);
        boolean cautious = settings.flag("cautious").orElse(false);
        boolean fails = settings.flag("fails").orElse(false);
        return new MaintenanceTask() {
            @Override
            public String name() {
                return task;
            }

            @Override
            public String fingerprint() {
                return steps + " steps";
            }

            @Override
            public BatchResult runBatch(TaskContext context) throws Exception {
                if (fails) {
                    throw new IllegalStateException("the broom is broken");
                }
                if (gated) {
                    GATE.pass();
                }
                int done = context.cursor()
                                .map(Cursor::text)
                                .map(Integer::parseInt)
                                .orElse(0)
                        + 1;
                BatchResult result = done >= steps
                        ? BatchResult.finished()
                        : cautious && done == 1
                                ? BatchResult.awaitConfirmation(new Cursor("1"), "the rest is a lot")
                                : BatchResult.next(new Cursor(Integer.toString(done)));
                return result.with(Counts.none().plus("done", 1));
            }
        };
    }
}
