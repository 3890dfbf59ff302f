package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a task's health is made of, as far as an engine knows it without asking its store. Thread-safe. */
final class TaskHealth {

    /** So late, a due time that was not seen means that the timer does not work. */
    private static final Duration OVERDUE = Duration.ofMinutes(2);

    /** How the last run ended, or rests; null if there was none. */
    volatile @Nullable RunState lastState;
    /** A due time that was lost, and why, until one was not. */
    volatile @Nullable String dueLost;
    /** What hangs, until all that hung has come back. */
    private volatile @Nullable String hung;

    /** The run that awaits confirmation, as was last seen; null if none does. */
    volatile @Nullable Run awaiting;

    /** What the task itself says that a person should see to, by its last run that succeeded. */
    volatile List<String> warnings = List.of();

    private int hanging; // guarded by this
    /** Whether a run was left to other engines, until the next begins here. */
    volatile boolean claimLost;

    private final TaskErrors errors;

    TaskHealth(TaskErrors errors) {
        this.errors = errors;
    }

    synchronized void hangs(String detail) {
        hanging++;
        hung = detail;
    }

    synchronized void cameBack() {
        hanging--;
        if (hanging == 0) {
            hung = null;
        }
    }

    EngineHealth at(Instant now, Optional<Instant> nextDue, Optional<String> scheduleFailure, boolean breakerOpen) {
        List<String> reasons = new ArrayList<>();
        nextDue.filter(due -> due.plus(OVERDUE).isBefore(now))
                .ifPresent(due -> reasons.add("overdue: it was due at " + due));
        if (dueLost != null) {
            reasons.add("failing: a due time was lost, " + dueLost);
        }
        scheduleFailure.ifPresent(failure -> reasons.add("failing: its schedule fails, " + failure));
        String last = errors.all().stream().findFirst().map(TaskError::detail).orElse("see the history");
        if (breakerOpen) {
            reasons.add("failing: the circuit breaker is open, " + last);
        } else if (lastState == RunState.FAILED && hung == null) {
            reasons.add("failing: the last run failed, " + last);
        }
        Run waits = awaiting;
        if (waits != null) {
            reasons.add("awaiting confirmation: " + Confirmation.words(waits));
        }
        if (hung != null) {
            reasons.add("stuck: " + hung);
        }
        if (claimLost) {
            reasons.add("stale claim: a run was left to other engines");
        }
        warnings.forEach(warning -> reasons.add("warning: " + warning));
        return EngineHealth.of(reasons);
    }
}
