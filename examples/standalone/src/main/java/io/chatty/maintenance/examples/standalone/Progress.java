package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.MaintenanceListener;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.task.Counts;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that goes on with each batch that has committed. How far it has to go, only a task that estimates it knows. */
final class Progress implements MaintenanceListener, AutoCloseable {

    /** When there is a bar. */
    enum When {
        /** On a terminal. */
        auto,
        /** Always. */
        always,
        /** Never. */
        never;

        boolean isNow() {
            return this == always || (this == auto && Terminal.isStandardError());
        }
    }

    private static final int WIDTH = 100;

    private final ProgressBar bar;
    private boolean closed;

    Progress(PrintStream err, String task) {
        bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(-1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(500)
                .setConsumer(new ConsoleProgressBarConsumer(err, WIDTH))
                .build();
    }

    @Override
    public synchronized void on(MaintenanceEvent event) {
        if (!closed && event instanceof MaintenanceEvent.BatchCommitted batch) {
            batch.result().left().ifPresent(items -> bar.maxHint(examined(batch.run()) + items));
            show(batch.run());
        }
    }

    private void show(Run run) {
        Counts counts = run.counts();
        bar.stepTo(examined(run));
        long deleted = counts.sum("deleted") - counts.sum("deleted.children");
        bar.setExtraMessage(Texts.batches(run) + ", " + deleted + " deleted");
    }

    private static long examined(Run run) {
        return run.counts().sum("examined");
    }

    /** Closes the bar with the run as it was left: its end can be known before its last events have come. */
    synchronized void close(Run run) {
        if (!closed) {
            show(run);
            close();
        }
    }

    /** The last state of the bar is printed once, before what comes after it. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            bar.close();
        }
    }
}
