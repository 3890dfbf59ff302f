package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.config.MaintenanceConfig;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Preview;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Says what would be done now. */
@Command(
        name = "preview",
        description =
                "Say what tasks would do if they ran now, with a count for each reason. Changes nothing, neither in"
                        + " the chat's tables nor in those of the engine.")
final class PreviewCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Parameters(paramLabel = "TASK", arity = "0..1", description = "Default: all that can be previewed.")
    private @Nullable String task;

    @Override
    public Integer call() {
        MaintenanceConfig config = shared.config();
        try (ConfiguredEngine configured = (task == null ? config : config.only(task)).engine()) {
            MaintenanceEngine engine = configured.engine();
            List<Preview> previews = new ArrayList<>();
            if (task != null) {
                previews.add(preview(engine, task)
                        .orElseThrow(() -> shared.wrong("TASK: \"" + task
                                + "\" given, which cannot be previewed; allowed is a task that can, such as a"
                                + " message-cleanup")));
            } else {
                configured.tasks().forEach(name -> preview(engine, name).ifPresent(previews::add));
            }
            shared.output()
                    .print(
                            Documents.of(
                                    "previews",
                                    previews.stream().map(Documents::of).toList()),
                            previews.isEmpty()
                                    ? "No task can be previewed."
                                    : previews.stream().map(Preview::toString).collect(Collectors.joining("\n")));
        }
        return ExitCode.OK;
    }

    /** Empty for a task that cannot say it. */
    private static Optional<Preview> preview(MaintenanceEngine engine, String name) {
        try {
            return Optional.of(engine.preview(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
