package io.chatty.maintenance.engine;

import io.chatty.maintenance.task.MaintenanceTask;

/**
 * Makes a task for each run. A task that is {@link AutoCloseable} is closed when its run no longer goes on in this engine, and
 * after a preview or a check of its settings.
 */
@FunctionalInterface
public interface TaskFactory {

    /**
     * A fresh task, with the name that the factory was registered under.
     *
     * @throws Exception if it cannot be made: a run then ends as failed
     */
    MaintenanceTask create() throws Exception;
}
