package io.chatty.maintenance.examples.chat.report;

import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.MaintenanceListener;
import io.chatty.maintenance.run.Run;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar for a cleanup: it goes on with each batch that has committed. */
public final class CleanupProgress implements MaintenanceListener, AutoCloseable {

    private static final int WIDTH = 78;

    private final ProgressBar bar;

    /** From nothing to as many messages as a preview has promised. */
    public CleanupProgress(PrintStream out, long messages) {
        this.bar = new ProgressBarBuilder()
                .setTaskName("Cleaning")
                .setInitialMax(messages)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(500)
                .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
                .build();
    }

    @Override
    public void on(MaintenanceEvent event) {
        if (event instanceof MaintenanceEvent.BatchCommitted batch) {
            reached(batch.run());
        }
    }

    /** The run is at that point; events that got lost do no harm then. */
    public void reached(Run run) {
        bar.stepTo(Report.Deleted.of(run.counts()).messages());
    }

    @Override
    public void close() {
        bar.close();
    }
}
