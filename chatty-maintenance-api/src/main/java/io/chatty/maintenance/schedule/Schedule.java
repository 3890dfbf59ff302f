package io.chatty.maintenance.schedule;

import java.time.Instant;
import java.util.Optional;

/**
 * When a task is due. Implementations are immutable and pure: the same question has the same answer.
 *
 * <p>Ready ones are in the engine's {@code Schedules}.
 */
public interface Schedule {

    /** The first due time strictly after that instant; empty if there is none any more. */
    Optional<Instant> next(Instant after);

    /**
     * The first due time when an engine starts. By default the first after now, so that what was missed while no engine
     * ran is left out.
     *
     * @param lastRun when the task's last run was created, if one is known; then this instant may lie in the past, which
     *     means: at once
     */
    default Optional<Instant> first(Optional<Instant> lastRun, Instant now) {
        return next(now);
    }
}
