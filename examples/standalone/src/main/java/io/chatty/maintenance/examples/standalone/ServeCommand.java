package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.task.MaintenanceException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Runs all tasks on their schedules. */
@Command(
        name = "serve",
        description =
                "Run all tasks on their schedules, until SIGTERM or Ctrl-C. Logs to standard error. SIGHUP has it read"
                        + " the file again. Prints a line for each run that ends or rests here.")
final class ServeCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Override
    public Integer call() throws Exception {
        CompletableFuture<Void> askedToEnd = shared.askedToEnd();
        StandaloneCommand.logMore();
        try (ConfiguredEngine configured = shared.config().engine(this::telling)) {
            if (!configured.keepsRuns()) {
                LOG.warn(
                        "store.type = memory: runs and pauses are forgotten when this process ends, and other commands do"
                                + " not see them; jdbc keeps them");
            }
            configured.start();
            boolean reloads = Signals.handle("HUP", () -> reload(configured));
            LOG.info(
                    "Serving {} as process {}; SIGTERM ends it{}",
                    String.join(", ", configured.tasks()),
                    ProcessHandle.current().pid(),
                    reloads ? ", SIGHUP has it read " + shared.file() + " again" : "");
            askedToEnd.get();
            LOG.info("Told to end");
        }
        return ExitCode.OK;
    }

    private MaintenanceEngine.Builder telling(MaintenanceEngine.Builder builder) {
        return builder.listener(event -> {
            if (event instanceof MaintenanceEvent.RunStopped || event instanceof MaintenanceEvent.RunSkipped) {
                shared.output().print(Documents.of(event.run()), Texts.line(event.run()));
            }
        });
    }

    private void reload(ConfiguredEngine configured) {
        LOG.info("Reading {} again", shared.file());
        try {
            configured.apply(shared.config());
        } catch (MaintenanceException e) {
            LOG.error("Nothing was changed: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("The settings could not be taken over", e);
        }
    }
}
