package io.chatty.maintenance.examples.chat;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.examples.chat.report.ReportText;
import io.chatty.maintenance.examples.chat.storage.ChatServerException;
import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.MaintenanceListener;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;

/**
 * Runs a task at once, to its end. The first run over years of history removes more than may go unasked: it waits, and is
 * confirmed here as a host would after a look at it.
 */
final class RunNow {

    private final ReportText text;

    RunNow(ReportText text) {
        this.text = text;
    }

    /** In an engine that lives as long as the run. */
    Run run(MaintenanceEngine.Builder described, String task) throws InterruptedException {
        Stops stops = new Stops();
        try (MaintenanceEngine engine = described.listener(stops).build()) {
            engine.start();
            Run run = engine.runNow(task).get();
            if (run.state() == RunState.AWAITING_CONFIRMATION) {
                text.awaits(run);
                engine.confirm(run.id());
                run = stops.next(of -> of.state() != RunState.AWAITING_CONFIRMATION);
            }
            return run;
        } catch (ExecutionException e) {
            throw new ChatServerException("The task " + task + " did not run: " + e.getCause(), e);
        }
    }

    /** Runs that stopped, one after the other. */
    private static final class Stops implements MaintenanceListener {

        private final BlockingQueue<Run> stopped = new LinkedBlockingQueue<>();

        @Override
        public void on(MaintenanceEvent event) {
            if (event instanceof MaintenanceEvent.RunStopped stop) {
                stopped.add(stop.run());
            }
        }

        Run next(Predicate<Run> which) throws InterruptedException {
            Run run = stopped.take();
            while (!which.test(run)) {
                run = stopped.take();
            }
            return run;
        }
    }
}
