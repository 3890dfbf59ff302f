package io.chatty.maintenance.engine;

import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskFingerprints;
import io.chatty.maintenance.task.TaskNames;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Where the task for a run comes from: an instance that lives with the engine, or a factory.
 *
 * @param name the task's name
 * @param factory makes it, or hands the instance out
 * @param closes whether a task is closed after use
 */
record TaskSource(String name, TaskFactory factory, boolean closes) {

    /** So long, a run waits for its task to be closed. */
    private static final Duration CLOSE_BOUND = Duration.ofSeconds(5);

    TaskSource {
        TaskNames.check(name);
    }

    static TaskSource of(MaintenanceTask task) {
        return new TaskSource(task.name(), () -> task, false);
    }

    static TaskSource of(String name, TaskFactory factory) {
        return new TaskSource(name, factory, true);
    }

    /** The task for one use; to be handed to {@link #close} after it. */
    MaintenanceTask lend() throws Exception {
        MaintenanceTask task = factory.create();
        if (task == null) {
            throw new IllegalStateException("the factory of task " + name + " gave null");
        }
        if (!task.name().equals(name)) {
            close(task);
            throw new IllegalStateException("the factory of task " + name + " gave a task of the name " + task.name());
        }
        return task;
    }

    void close(MaintenanceTask task) throws Exception {
        if (closes && task instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }

    /** The fingerprint of a task that is made for that alone, or of the instance. */
    String fingerprint() throws Exception {
        MaintenanceTask task = lend();
        try {
            return TaskFingerprints.of(task);
        } finally {
            close(task);
        }
    }

    /** What an instance says that a person should see to; of a task that is made for each run, nothing. */
    List<String> warnings(Counts lastRun) throws Exception {
        return closes ? List.of() : List.copyOf(lend().warnings(lastRun));
    }

    /** Closes a task after its run; what it does then is to end nothing, and to hold nothing up. */
    void closeBounded(MaintenanceTask task, EngineLog log) {
        if (!closes || !(task instanceof AutoCloseable)) {
            return;
        }
        try {
            boolean unused = Asking.aside("close", () -> {
                        close(task);
                        return true;
                    })
                    .get(CLOSE_BOUND.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn("The task {} hangs where it is closed after its run; it is left to that", name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            log.warn("The task {} could not be closed after its run", name, e);
        }
    }
}
