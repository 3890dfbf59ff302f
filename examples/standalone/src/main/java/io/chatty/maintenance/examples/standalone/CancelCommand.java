package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.run.Run;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Ends a run for good. */
@Command(
        name = "cancel",
        description =
                "End the run of a task for good. One that rests ends at once; one that goes on in another process when"
                        + " its claim is renewed, a third of engine.claim-for at most. Later runs are not touched.")
final class CancelCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Parameters(paramLabel = "TASK", description = "The name of the task in the file.")
    private String task = "";

    @Override
    public Integer call() {
        try (ConfiguredEngine configured = shared.onlooker(task)) {
            Optional<Run> before = configured.engine().status(task).activeRun();
            boolean asked = configured.engine().cancel(task);
            Optional<Run> now = before.flatMap(run -> configured.engine().find(run.id()));
            shared.output()
                    .print(
                            Documents.of("task", task, "cancelled", asked, "run", now.map(Documents::of)),
                            !asked
                                    ? task + " has no run to cancel."
                                    : now.filter(run -> run.state().isActive()).isPresent()
                                            ? "The run of " + task + " ends when its claim is renewed."
                                            : "The run of " + task + " is cancelled.");
        }
        return ExitCode.OK;
    }
}
