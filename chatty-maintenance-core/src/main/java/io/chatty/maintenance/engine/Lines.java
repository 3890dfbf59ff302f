package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.Run;
import java.time.Instant;
import java.util.Locale;
import java.util.StringJoiner;

/** Runs and tasks in one line each, for the log and for consoles. */
final class Lines {

    private Lines() {}

    /** What a run did, what took its time, and why it ended or rests. */
    static String outcome(Run run) {
        StringJoiner line = new StringJoiner(", ");
        line.add(run.batches() == 1 ? "1 batch" : run.batches() + " batches");
        if (!run.counts().asMap().isEmpty()) {
            line.add(run.counts().toString());
        }
        run.usage()
                .bottleneck()
                .ifPresent(name -> line.add(String.format(
                        Locale.ROOT,
                        "bottleneck %s %.0f %%",
                        name,
                        100 * run.usage().share(name))));
        return run.detail() == null ? line.toString() : line + "; " + run.detail();
    }

    /** A line of the history. */
    static String of(Run run) {
        return run.createdAt() + " " + run.state()
                + run.duration().map(took -> " in " + took).orElse("") + ": " + outcome(run)
                + (run.fingerprint().isEmpty() ? "" : ", fingerprint " + run.fingerprint())
                + (run.folded() == 0 ? "" : ", and " + run.folded() + " uneventful before it")
                + " (run " + run.id() + ")";
    }

    /** A line of the status. */
    static String of(TaskStatus status) {
        StringJoiner line = new StringJoiner("; ", status.task() + ": ", "");
        line.add(status.health().level() + status.nextDue().map(Lines::due).orElse(", not due"));
        if (status.paused()) {
            line.add("paused");
        }
        status.health().reasons().forEach(line::add);
        status.runningHere().ifPresent(run -> line.add("runs since " + run.createdAt() + ": " + outcome(run)));
        status.waitsFor().ifPresent(reason -> line.add("waits for " + reason));
        if (status.runningHere().isEmpty()) {
            status.lastRun().ifPresent(run -> line.add("last " + of(run)));
        }
        return line.toString();
    }

    private static String due(Instant due) {
        return ", due " + due;
    }
}
