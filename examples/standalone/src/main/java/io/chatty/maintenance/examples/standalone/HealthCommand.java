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

/** Says whether maintenance is done. */
@Command(
        name = "health",
        description =
                "Say whether maintenance is done, by the record in the database: a task whose last run failed, whose"
                        + " circuit breaker is open, which is paused, or which was due and nobody has begun a run, is degraded.")
final class HealthCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Parameters(paramLabel = "TASK", arity = "0..1", description = "Default: all tasks.")
    private @Nullable String task;

    @Override
    public Integer call() {
        try (ConfiguredEngine configured = shared.onlooker(null)) {
            List<Standing> all = Standing.of(configured, Optional.ofNullable(task));
            boolean isUp = all.stream().allMatch(standing -> standing.reasons().isEmpty());
            shared.output()
                    .print(
                            Documents.of(
                                    "level",
                                    isUp ? "UP" : "DEGRADED",
                                    "tasks",
                                    all.stream().map(Standing::healthDocument).toList()),
                            all.stream().map(Standing::healthText).collect(Collectors.joining("\n")));
            return isUp ? ExitCode.OK : ExitCode.DEGRADED;
        }
    }
}
