package io.chatty.maintenance.run;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Usage;
import java.time.Instant;

/**
 * What is recorded of a batch.
 *
 * @param result what it did; one that is finished ends its run as SUCCEEDED, and one after which the run is to wait leaves it
 *     as AWAITING_CONFIRMATION, in the same record
 * @param usage what was used since the record before
 * @param at the engine's clock
 * @param fingerprint of the task that did it, see {@link io.chatty.maintenance.task.MaintenanceTask#fingerprint}
 */
public record BatchRecord(BatchResult result, Usage usage, Instant at, String fingerprint) {

    /** Of a task whose fingerprint is empty. */
    public BatchRecord(BatchResult result, Usage usage, Instant at) {
        this(result, usage, at, "");
    }
}
