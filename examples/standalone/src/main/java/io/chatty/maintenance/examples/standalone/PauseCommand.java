package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.engine.TaskStatus;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Pauses a task. */
@Command(
        name = "pause",
        description =
                "Pause a task until it is resumed, in all processes: its due times are skipped, and a run that goes on"
                        + " in another process stops after its batch when its claim is renewed, a third of engine.claim-for at most.")
final class PauseCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Parameters(paramLabel = "TASK", description = "The name of the task in the file.")
    private String task = "";

    @Override
    public Integer call() {
        try (ConfiguredEngine configured = shared.onlooker(task)) {
            boolean before = configured.engine().status(task).paused();
            configured.engine().pause(task);
            TaskStatus status = configured.engine().status(task);
            shared.output()
                    .print(
                            Documents.of(
                                    "task",
                                    task,
                                    "paused",
                                    true,
                                    "changed",
                                    !before,
                                    "activeRun",
                                    status.activeRun().map(Documents::of)),
                            task
                                    + (before ? " was paused already." : " is paused.")
                                    + status.activeRun()
                                            .map(PauseCommand::ofRun)
                                            .orElse(""));
        }
        return ExitCode.OK;
    }

    private static String ofRun(Run run) {
        return run.state() == RunState.RUNNING
                ? " Its run in " + run.owner() + " stops when its claim is renewed."
                : " Its run rests after " + Texts.batches(run) + ".";
    }
}
