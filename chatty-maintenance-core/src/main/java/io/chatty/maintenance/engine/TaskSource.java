package io.chatty.maintenance.engine;

import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskNames;

/**
 * Where the task for a run comes from: an instance that lives with the engine, or a factory.
 *
 * @param name the task's name
 * @param factory makes it, or hands the instance out
 * @param closes whether a task is closed after use
 */
record TaskSource(String name, TaskFactory factory, boolean closes) {

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

    /** Whether that task is to be closed after use. */
    boolean closes(MaintenanceTask task) {
        return closes && task instanceof AutoCloseable;
    }

    void close(MaintenanceTask task) throws Exception {
        if (closes && task instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }
}
