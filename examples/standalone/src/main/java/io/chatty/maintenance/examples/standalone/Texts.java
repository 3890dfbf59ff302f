package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.task.Counts;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.StringJoiner;

/** What people read. */
final class Texts {

    private Texts() {}

    /** A run in a line, as the history has it. */
    static String line(Run run) {
        StringJoiner line = new StringJoiner("  ");
        line.add(run.createdAt().truncatedTo(ChronoUnit.SECONDS).toString());
        line.add(String.format(Locale.ROOT, "%-11s", run.state()));
        line.add(run.task());
        if (!run.isSkipped()) {
            run.duration().ifPresent(took -> line.add("in " + time(took)));
            line.add(batches(run));
            if (!run.counts().asMap().isEmpty()) {
                line.add(run.counts().toString());
            }
        }
        if (run.folded() > 0) {
            line.add("and " + run.folded() + " uneventful before it");
        }
        if (run.detail() != null) {
            line.add(run.detail());
        }
        return line.toString();
    }

    /** What became of a run, with a line for each count. */
    static String outcome(Run run) {
        return "Run " + run.id() + " of " + run.task() + " is " + run.state()
                + run.duration().map(took -> " in " + time(took)).orElse("") + ": " + batches(run)
                + counts(run.counts())
                + run.usage()
                        .bottleneck()
                        .map(name -> String.format(
                                Locale.ROOT,
                                "%n  bottleneck %s, %.0f %%",
                                name,
                                100 * run.usage().share(name)))
                        .orElse("")
                + (run.detail() == null ? "" : String.format("%n  %s", run.detail()));
    }

    /** What a run waits for, and what can be typed. */
    static String awaiting(Run run) {
        return run.detail() + "; \"confirm " + run.id() + "\" lets it go on, \"cancel " + run.task() + "\" ends it";
    }

    static String batches(Run run) {
        return run.batches() == 1 ? "1 batch" : run.batches() + " batches";
    }

    /** A line for each count. */
    static String counts(Counts counts) {
        StringBuilder lines = new StringBuilder();
        counts.asMap()
                .forEach((name, count) -> lines.append(String.format(Locale.ROOT, "%n  %-28s %,12d", name, count)));
        return lines.toString();
    }

    private static String time(Duration took) {
        return String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
    }
}
