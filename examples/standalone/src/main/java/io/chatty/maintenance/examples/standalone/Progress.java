package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.MaintenanceListener;
import io.chatty.maintenance.task.Counts;
import java.io.PrintStream;
import java.util.OptionalLong;
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
    public void on(MaintenanceEvent event) {
        if (event instanceof MaintenanceEvent.BatchCommitted batch) {
            Counts counts = batch.run().counts();
            long done = counts.sum("examined");
            OptionalLong left = batch.result().left();
            left.ifPresent(items -> bar.maxHint(done + items));
            bar.stepTo(done);
            long deleted = counts.sum("deleted") - counts.sum("deleted.children");
            bar.setExtraMessage(Texts.batches(batch.run()) + ", " + deleted + " deleted");
        }
    }

    /** The last state of the bar is printed once, before what comes after it. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            bar.close();
        }
    }
}
