package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.Run;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A task as it stands.
 *
 * @param task its name
 * @param schedule its schedule, for a person; empty without one
 * @param nextDue when it is due next; empty without a schedule, before the start, and with a fixed delay while a run goes on
 * @param paused whether it is paused
 * @param breakerOpen whether its circuit breaker is open: each due time makes a single try until one is good
 * @param activeRun the run that may still go on, here or in another engine, as the store has it: one that rests, too
 * @param runningHere the run that goes on in this engine
 * @param waitsFor why that run waits at the moment; empty if it works
 * @param lastRun the newest run in the store
 * @param health how it is
 * @param errors what went wrong since the engine was built, by kind, the last first
 */
public record TaskStatus(
        String task,
        Optional<String> schedule,
        Optional<Instant> nextDue,
        boolean paused,
        boolean breakerOpen,
        Optional<Run> activeRun,
        Optional<Run> runningHere,
        Optional<String> waitsFor,
        Optional<Run> lastRun,
        EngineHealth health,
        List<TaskError> errors) {

    /** The run that awaits confirmation, see {@link MaintenanceOperations#confirm}. */
    public Optional<Run> awaitsConfirmation() {
        return activeRun.filter(Run::isAwaitingConfirmation);
    }

    /** What took the most time in the run that goes on, else in the last, see {@link io.chatty.maintenance.task.Usage}. */
    public Optional<String> bottleneck() {
        return runningHere.or(() -> lastRun).flatMap(run -> run.usage().bottleneck());
    }
}
