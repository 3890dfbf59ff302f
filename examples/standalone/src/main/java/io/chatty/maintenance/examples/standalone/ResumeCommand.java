package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.RunState;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Ends a pause. */
@Command(
        name = "resume",
        description =
                "End a pause. A run that rests goes on at the task's next due time in the process that serves, or at"
                        + " once with \"run\".")
final class ResumeCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Parameters(paramLabel = "TASK", description = "The name of the task in the file.")
    private String task = "";

    @Override
    public Integer call() {
        try (ConfiguredEngine configured = shared.onlooker(task)) {
            MaintenanceEngine engine = configured.engine();
            boolean before = engine.status(task).paused();
            engine.resume(task);
            var run = engine.status(task).activeRun();
            shared.output()
                    .print(
                            Documents.of(
                                    "task",
                                    task,
                                    "paused",
                                    false,
                                    "changed",
                                    before,
                                    "activeRun",
                                    run.map(Documents::of)),
                            task
                                    + (before ? " is no longer paused." : " was not paused.")
                                    + run.filter(rests -> rests.state() == RunState.AWAITING_CONFIRMATION)
                                            .map(waits ->
                                                    " Its run still awaits confirmation: " + Texts.awaiting(waits))
                                            .orElse("")
                                    + run.filter(rests -> before && rests.state() != RunState.AWAITING_CONFIRMATION)
                                            .map(rests -> " Its run goes on after " + Texts.batches(rests)
                                                    + " at the next due time in a process that serves; \"run " + task
                                                    + "\" goes on at once.")
                                            .orElse(""));
        }
        return ExitCode.OK;
    }
}
