package io.chatty.maintenance.config;

import io.chatty.maintenance.engine.TaskSettings;
import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.task.MaintenanceTask;
import java.util.Optional;

/**
 * A task as the file has it.
 *
 * @param task what is run
 * @param schedule empty if it runs only when it is asked to
 * @param settings all of them, the defaults included
 */
record PlannedTask(MaintenanceTask task, Optional<Schedule> schedule, TaskSettings settings) {

    /** The same, to be run only when it is asked to. */
    PlannedTask unscheduled() {
        return new PlannedTask(task, Optional.empty(), settings);
    }
}
