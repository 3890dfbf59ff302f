package io.chatty.maintenance.run;

import io.chatty.maintenance.task.RunId;

/**
 * Who may work on a run.
 *
 * @param runId the run
 * @param task the name of its task
 * @param owner which engine
 * @param token grows with every take-over; a record with an older one is refused
 */
public record RunClaim(RunId runId, String task, String owner, long token) {}
