package io.chatty.maintenance.run;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Usage;
import java.time.Instant;

/**
 * What is recorded of a batch.
 *
 * @param result what it did; one that is finished ends its run as SUCCEEDED, in the same record
 * @param usage what was used since the record before
 * @param at the engine's clock
 */
public record BatchRecord(BatchResult result, Usage usage, Instant at) {}
