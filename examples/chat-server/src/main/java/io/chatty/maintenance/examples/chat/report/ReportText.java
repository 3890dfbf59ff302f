package io.chatty.maintenance.examples.chat.report;

import io.chatty.maintenance.examples.chat.history.Imported;
import io.chatty.maintenance.examples.chat.maintenance.CleanupRules;
import io.chatty.maintenance.run.Run;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/** Tells people what there was, what is to go and what went. In plain letters: the terminal may know no others. */
public final class ReportText {

    private static final String RULE = "-".repeat(64);

    private final PrintStream out;

    /** Tells it there. */
    public ReportText(PrintStream out) {
        this.out = out;
    }

    private void line(String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
    }

    private void count(String name, long count) {
        line("  %-48s %,13d", name, count);
    }

    private void title(String title) {
        line("%n%s%n%s", title, RULE);
    }

    /** What was written. */
    public void imported(Imported imported, double seconds) {
        title(String.format(Locale.ROOT, "History, written in %.1f s", seconds));
        count("messages", imported.messages());
        count("  of them soft-deleted by a user", imported.softDeleted());
        count("attachments", imported.attachments());
        count("mentions", imported.mentions());
        count("reactions", imported.reactions());
        count("rooms", imported.rooms());
        count("users", imported.users());
        if (imported.files() + imported.badFiles() > 0) {
            count("log files read", imported.files());
            count("log files left out, without a date in the name", imported.badFiles());
            count("lines left out, neither message nor notice", imported.badLines());
        }
    }

    /** Who was there. */
    public void watched(PresenceReport presence, double seconds) {
        title(String.format(Locale.ROOT, "Presence, as the logs tell of it, played in %.1f s", seconds));
        count("joins", presence.joins());
        count("comings and goings", presence.events());
        count("nicks online at the end", presence.onlineAtEnd());
    }

    /** What is to go. */
    public void preview(Report.Due due, String asOf, Duration grace, double seconds) {
        title(String.format(Locale.ROOT, "Preview as of %s, in %.1f s: would go", asOf, seconds));
        count("soft-deleted over " + CleanupRules.words(grace) + " ago", due.softDeleted());
        count("expired", due.expired());
        due.expiredByPolicy().forEach((policy, messages) -> count("  " + policy, messages));
        count("orphaned: room or sender gone", due.orphaned());
        line("  %s", "-".repeat(62));
        count("messages", due.messages());
        count("and attachments etc. whose message is gone", due.orphans().sum());
    }

    /** A run that would remove too much unasked. */
    public void awaits(Run run) {
        title("Run " + run.id() + " awaits confirmation");
        line("  %s", Objects.requireNonNullElse(run.detail(), ""));
        line("  Confirmed here in code, by engine.confirm(run.id()), since this history is made for it.");
        line("");
    }

    /** What went, and what is left. */
    public void cleaned(Run run, Report.Deleted deleted, Imported imported, Report.Left left, double seconds) {
        title(String.format(Locale.ROOT, "Cleanup %s: %,d batches in %.1f s", run.state(), run.batches(), seconds));
        line("  %-22s %12s %12s %12s", "", "before", "deleted", "left");
        row("messages", imported.messages(), deleted.messages(), left.messages());
        line("  %-22s %12s %,12d", "  soft-deleted", "", deleted.softDeleted());
        line("  %-22s %12s %,12d", "  expired", "", deleted.expired());
        line("  %-22s %12s %,12d", "  orphaned", "", deleted.orphaned());
        row("attachments", imported.attachments(), deleted.attachments(), left.attachments());
        row("mentions", imported.mentions(), deleted.mentions(), left.mentions());
        row("reactions", imported.reactions(), deleted.reactions(), left.reactions());
        String detail = run.detail();
        if (detail != null) {
            line("  cause: %s", detail);
        }
    }

    /** What sweeps of files did. */
    public void filesSwept(FileReport files, double seconds) {
        title(String.format(Locale.ROOT, "Files, swept and after the quarantine swept again, in %.1f s", seconds));
        found(files);
        count("set aside in quarantine", files.quarantined());
        count("deleted, having lain there for a week", files.deleted());
        count("  bytes", files.bytesReclaimed());
        count("left in their place", files.left());
    }

    /** What a sweep of files would find. */
    public void filesPreviewed(FileReport files) {
        title("Preview of files, with the messages as they are");
        found(files);
    }

    private void found(FileReport files) {
        count("files", files.scanned());
        count("  of them thumbnails", files.thumbnails());
        count("orphans", files.orphans());
        count("temporary", files.temporary());
        count("thumbnails whose original is gone", files.thumbnailsWithoutOriginal());
        count("references whose file is missing", files.brokenReferences());
    }

    private void row(String name, long before, long deleted, long left) {
        line("  %-22s %,12d %,12d %,12d", name, before, deleted, left);
    }
}
