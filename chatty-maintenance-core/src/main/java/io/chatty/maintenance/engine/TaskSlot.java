package io.chatty.maintenance.engine;

import io.chatty.maintenance.schedule.Schedule;
import io.chatty.maintenance.task.MaintenanceTask;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A registered task and what the engine knows of it at the moment. */
final class TaskSlot {

    final MaintenanceTask task;
    final String name;
    final @Nullable Schedule schedule;

    /** Held while a run is begun, taken over, paused or resumed, so that these do not cross. */
    final Object lifecycle = new Object();

    volatile @Nullable RunLoop loop;
    volatile @Nullable Instant nextDue;

    TaskSlot(MaintenanceTask task, @Nullable Schedule schedule) {
        this.task = task;
        this.name = task.name();
        this.schedule = schedule;
    }
}
