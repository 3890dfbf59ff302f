package io.chatty.maintenance.examples.chat;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.examples.chat.files.ChatFiles;
import io.chatty.maintenance.examples.chat.maintenance.ChatMaintenance;
import io.chatty.maintenance.examples.chat.report.FileReport;
import io.chatty.maintenance.examples.chat.storage.ChatServerException;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/**
 * Sweeps the files: once by the same clock as the cleanup of messages, then again when what was set aside has lain in quarantine
 * for its window, which in a demo is at once.
 */
final class FileDemo {

    private final ChatFiles files;
    private final ChatMaintenance maintenance;
    private final RunNow runNow;

    FileDemo(ChatFiles files, ChatMaintenance maintenance, RunNow runNow) {
        this.files = files;
        this.maintenance = maintenance;
        this.runNow = runNow;
    }

    /** What a sweep would do, with the messages as they are now. Moves and deletes nothing. */
    FileReport preview(Instant asOf) throws IOException {
        long thumbnails = files.count(ChatFiles.THUMBNAILS);
        try (MaintenanceEngine engine =
                maintenance.sweepEngine().clock(() -> asOf).build()) {
            return FileReport.previewed(engine.preview(ChatMaintenance.SWEEP).counts(), thumbnails, files.count(""));
        }
    }

    /** Sweeps twice. */
    FileReport sweep(Instant asOf) throws IOException, InterruptedException {
        long thumbnails = files.count(ChatFiles.THUMBNAILS);
        Run first = sweepOnce(asOf);
        Run second = sweepOnce(asOf.plus(ChatMaintenance.QUARANTINE));
        return FileReport.swept(List.of(first.counts(), second.counts()), thumbnails, files.count(""));
    }

    private Run sweepOnce(Instant now) throws InterruptedException {
        Run run = runNow.run(maintenance.sweepEngine().clock(() -> now), ChatMaintenance.SWEEP);
        if (run.state() != RunState.SUCCEEDED) {
            throw new ChatServerException("The sweep of files ended as " + run.state() + ": " + run.detail());
        }
        return run;
    }
}
