package io.chatty.maintenance.examples.chat;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.examples.chat.files.ChatFiles;
import io.chatty.maintenance.examples.chat.history.History;
import io.chatty.maintenance.examples.chat.history.HistoryFiles;
import io.chatty.maintenance.examples.chat.history.HistoryWriter;
import io.chatty.maintenance.examples.chat.history.Imported;
import io.chatty.maintenance.examples.chat.maintenance.ChatMaintenance;
import io.chatty.maintenance.examples.chat.maintenance.CleanupRules;
import io.chatty.maintenance.examples.chat.presence.PresenceReplay;
import io.chatty.maintenance.examples.chat.report.CleanupProgress;
import io.chatty.maintenance.examples.chat.report.FileReport;
import io.chatty.maintenance.examples.chat.report.PresenceReport;
import io.chatty.maintenance.examples.chat.report.Report;
import io.chatty.maintenance.examples.chat.report.ReportText;
import io.chatty.maintenance.examples.chat.server.ChatServer;
import io.chatty.maintenance.examples.chat.server.Uploads;
import io.chatty.maintenance.examples.chat.storage.ChatStorage;
import io.chatty.maintenance.presence.local.LocalPresenceTracker;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** History, who was there in it, preview, cleanup, sweeps of files and report, one after the other; then, if wanted, the server. */
final class Demo {

    private final ChatStorage storage;
    private final ChatFiles files;
    private final History history;
    private final Settings settings;
    private final PrintStream out;
    private final ReportText text;
    private final ChatMaintenance maintenance;
    private final RunNow runNow;
    private final FileDemo fileDemo;

    /** What was asked for. */
    record Settings(
            CleanupRules rules,
            Optional<Instant> asOf,
            int softDeleteEvery,
            boolean previewOnly,
            Optional<Path> report) {}

    Demo(ChatStorage storage, ChatFiles files, History history, Settings settings, PrintStream out) {
        this.storage = storage;
        this.files = files;
        this.history = history;
        this.settings = settings;
        this.out = out;
        this.text = new ReportText(out);
        this.maintenance = new ChatMaintenance(storage.dataSource(), files, settings.rules());
        this.runNow = new RunNow(text);
        this.fileDemo = new FileDemo(files, maintenance, runNow);
    }

    private record Written(Imported imported, Instant asOf, double seconds) {}

    private record Watched(PresenceReport presence, double seconds) {}

    /** Does all of it; whether the cleanup succeeded. */
    boolean run() throws IOException, SQLException, InterruptedException {
        Written written = writeHistory();
        text.imported(written.imported(), written.seconds());
        Watched watched = watch();
        if (!history.logs().isEmpty()) {
            text.watched(watched.presence(), watched.seconds());
        }
        maintenance.migrate();

        long start = System.nanoTime();
        Map<String, Long> byPolicy = maintenance.expiringByPolicy(written.asOf());
        Report.Due due;
        try (MaintenanceEngine engine =
                maintenance.engine().clock(written::asOf).build()) {
            due = Report.Due.of(engine.preview(ChatMaintenance.CLEANUP), byPolicy);
        }
        double previewSeconds = secondsSince(start);
        text.preview(due, written.asOf().toString(), settings.rules().grace(), previewSeconds);

        if (settings.previewOnly()) {
            FileReport would = fileDemo.preview(written.asOf());
            text.filesPreviewed(would);
            out.println("\nNothing was deleted: this was a preview.");
            write(report(written, watched, due, previewSeconds, Optional.empty(), 0, would, 0));
            return true;
        }
        out.println();
        start = System.nanoTime();
        Run run = clean(written.asOf(), due);
        double seconds = secondsSince(start);
        text.cleaned(run, Report.Deleted.of(run.counts()), written.imported(), Report.Left.in(storage), seconds);
        start = System.nanoTime();
        FileReport swept = fileDemo.sweep(written.asOf());
        double fileSeconds = secondsSince(start);
        text.filesSwept(swept, fileSeconds);
        write(report(written, watched, due, previewSeconds, Optional.of(run), seconds, swept, fileSeconds));
        return run.state() == RunState.SUCCEEDED;
    }

    private Written writeHistory() throws IOException, SQLException {
        long start = System.nanoTime();
        HistoryFiles historyFiles = new HistoryFiles(files, history.lostFileEvery());
        try (HistoryWriter writer = new HistoryWriter(storage, historyFiles, settings.softDeleteEvery())) {
            history.writeTo(writer);
            Imported imported = writer.finish();
            Instant asOf = settings.asOf()
                    .or(() -> writer.newest().map(newest -> newest.plus(Duration.ofDays(1))))
                    .orElseGet(Instant::now);
            return new Written(imported, asOf, secondsSince(start));
        }
    }

    private Watched watch() throws IOException {
        long start = System.nanoTime();
        PresenceReport presence = PresenceReplay.play(history.logs());
        return new Watched(presence, secondsSince(start));
    }

    /** The engine as any host has it, but for its clock and that it need not wait for the night. */
    private Run clean(Instant asOf, Report.Due due) throws InterruptedException {
        try (CleanupProgress progress = new CleanupProgress(out, due.messages())) {
            Run run = runNow.run(maintenance.engine().clock(() -> asOf).listener(progress), ChatMaintenance.CLEANUP);
            progress.reached(run);
            return run;
        }
    }

    private Report report(
            Written written,
            Watched watched,
            Report.Due due,
            double previewSeconds,
            Optional<Run> run,
            double seconds,
            FileReport fileReport,
            double fileSeconds)
            throws SQLException {
        return new Report(
                history.title(),
                storage.title(),
                written.asOf().toString(),
                settings.rules().keep().toString(),
                settings.rules().grace().toString(),
                written.imported(),
                due,
                Report.Deleted.of(run.map(Run::counts).orElse(Counts.none())),
                Report.Left.in(storage),
                fileReport,
                watched.presence(),
                run.map(Run::batches).orElse(0L),
                rounded(seconds),
                rounded(written.seconds()),
                rounded(previewSeconds),
                rounded(fileSeconds),
                rounded(watched.seconds()),
                run.map(Report.Outcome::of).orElseGet(Report.Outcome::previewed));
    }

    private void write(Report report) throws IOException {
        if (settings.report().isPresent()) {
            Path file = settings.report().get();
            report.writeTo(file);
            out.println("\nThe report is in " + file + ".");
        }
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static double rounded(double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }

    /** Serves the chat, with the nightly cleanup going by the world's clock, until this thread is interrupted. */
    void serve(int port) {
        try (MaintenanceEngine engine = maintenance.engine().build()) {
            engine.start();
            Uploads uploads = new Uploads(files, maintenance.sweep());
            try (ChatServer server = ChatServer.start(
                    storage, uploads, engine, LocalPresenceTracker.builder(), InstantSource.system(), port)) {
                out.println("\nThe chat is at " + server.address() + " until you press Ctrl+C.");
                out.flush();
                new CountDownLatch(1).await();
            }
        } catch (InterruptedException e) {
            out.println("\nClosed.");
        }
    }
}
