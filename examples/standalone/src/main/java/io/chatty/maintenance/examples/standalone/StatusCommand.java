package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows how tasks stand. */
@Command(
        name = "status",
        description =
                "Show how tasks stand by the record in the database, whichever process runs them: due, paused, the run"
                        + " that goes on or rests, the last one.")
final class StatusCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Parameters(paramLabel = "TASK", arity = "0..1", description = "Default: all tasks.")
    private @Nullable String task;

    @Override
    public Integer call() {
        try (ConfiguredEngine configured = shared.onlooker(null)) {
            List<Standing> all = Standing.of(configured, Optional.ofNullable(task));
            shared.output()
                    .print(
                            Documents.of(
                                    "tasks",
                                    all.stream().map(Standing::document).toList()),
                            all.stream().map(Standing::text).collect(Collectors.joining("\n")));
        }
        return ExitCode.OK;
    }
}
