package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.TaskStatus;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A task as the record in the database has it, whichever process runs it.
 *
 * @param status by an engine that is not started
 * @param due the due time after the last run, empty if none is known
 * @param reasons why it is not well; empty if it is
 */
record Standing(TaskStatus status, Optional<Instant> due, List<String> reasons) {

    /** How long after a due time somebody must have begun a run, or have said that it is skipped. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final int SKIPS_LOOKED_AT = 100;

    /** That task, or all. */
    static List<Standing> of(ConfiguredEngine configured, Optional<String> task) {
        List<String> tasks = task.map(configured::checked).map(List::of).orElseGet(configured::tasks);
        return tasks.stream().map(name -> of(configured.engine(), name)).toList();
    }

    private static Standing of(MaintenanceEngine engine, String task) {
        TaskStatus status = engine.status(task);
        List<Run> history = engine.history(task, SKIPS_LOOKED_AT);
        Optional<Instant> due = engine.dueByRecord(task);
        List<String> reasons = new ArrayList<>();
        Optional<Run> last = history.stream().filter(run -> !run.isSkipped()).findFirst();
        if (status.paused()) {
            reasons.add("paused");
        }
        status.awaitsConfirmation().ifPresent(run -> reasons.add("awaiting confirmation: " + Texts.awaiting(run)));
        if (status.breakerOpen()) {
            reasons.add("failing: the circuit breaker is open");
        }
        last.filter(run -> run.state() == RunState.FAILED || run.state() == RunState.EXPIRED)
                .ifPresent(run -> reasons.add("failing: the last run is " + run.state() + ", " + run.detail()));
        due.filter(at -> at.plus(PATIENCE).isBefore(Instant.now()))
                .filter(at -> status.activeRun()
                        .filter(run -> run.state() == RunState.RUNNING)
                        .isEmpty())
                .filter(at -> history.isEmpty() || !isSeenTo(at, history.get(0)))
                .ifPresent(at -> reasons.add("overdue: it was due at " + at + ", and no process has run it"));
        return new Standing(status, due, reasons);
    }

    /** Whether the newest record is of that due time or a later one, if only to say that it is skipped. */
    private static boolean isSeenTo(Instant due, Run newest) {
        return newest.isSkipped() && !newest.createdAt().isBefore(due);
    }

    Map<String, @Nullable Object> document() {
        return Documents.of(
                "task", status.task(),
                "schedule", status.schedule(),
                "due", due,
                "paused", status.paused(),
                "breakerOpen", status.breakerOpen(),
                "activeRun", status.activeRun().map(Documents::of),
                "lastRun", status.lastRun().map(Documents::of));
    }

    String text() {
        StringJoiner lines = new StringJoiner("\n  ", status.task() + "\n  ", "");
        lines.add(status.schedule().orElse("no schedule: runs when it is asked to"));
        due.ifPresent(at -> lines.add("due     " + at));
        reasons.forEach(reason -> lines.add("not well: " + reason));
        status.activeRun().ifPresent(run -> lines.add("active  " + Texts.line(run) + "  in " + run.owner()));
        status.lastRun()
                .filter(run -> !run.state().isActive())
                .ifPresent(run -> lines.add("last    " + Texts.line(run)));
        return lines.toString();
    }

    Map<String, @Nullable Object> healthDocument() {
        return Documents.of("task", status.task(), "level", level(), "reasons", reasons);
    }

    String healthText() {
        return status.task() + ": " + level() + (reasons.isEmpty() ? "" : ", " + String.join("; ", reasons));
    }

    private String level() {
        return reasons.isEmpty() ? "UP" : "DEGRADED";
    }
}
