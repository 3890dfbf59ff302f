package io.chatty.maintenance.engine;

import io.chatty.maintenance.task.Counts;
import java.time.Instant;

/**
 * What a task would do if it ran now.
 *
 * @param task its name
 * @param now the now from which its cut-offs were taken
 * @param fingerprint of the task, see {@link io.chatty.maintenance.task.MaintenanceTask#fingerprint}
 * @param batches how many batches were looked at
 * @param counts what would be done, under names that begin with {@code due.}
 */
public record Preview(String task, Instant now, String fingerprint, long batches, Counts counts) {

    /** The preview for people: a line for the task and a line for each count. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Preview of " + task + ", as of " + now + " (nothing was changed)");
        if (!fingerprint.isEmpty()) {
            text.append(String.format("%n  fingerprint %s", fingerprint));
        }
        counts.asMap().forEach((name, count) -> text.append(String.format("%n  %-28s %,12d", name, count)));
        return text.toString();
    }
}
