package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.Run;
import java.time.Instant;
import java.util.Optional;

/**
 * A task as it stands.
 *
 * @param task its name
 * @param nextDue when it is due next; empty without a schedule, or before the start
 * @param paused whether it is paused
 * @param runningHere the run that goes on in this engine
 * @param lastRun the newest run in the store
 */
public record TaskStatus(
        String task, Optional<Instant> nextDue, boolean paused, Optional<Run> runningHere, Optional<Run> lastRun) {}
