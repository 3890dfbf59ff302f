package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.RunId;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.TypeConversionException;

/** Confirms a run that waits for it. */
@Command(
        name = "confirm",
        description =
                "Let a run go on that awaits confirmation: at the task's next due time in the process that serves, or at"
                        + " once with \"run\". \"status\" shows what it waits for.")
final class ConfirmCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Parameters(paramLabel = "RUN-ID", converter = Id.class, description = "The id, as \"status\" shows it.")
    @SuppressWarnings("NullAway.Init")
    private RunId id;

    static final class Id implements ITypeConverter<RunId> {
        @Override
        public RunId convert(String given) {
            try {
                return new RunId(given);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    @Override
    public Integer call() {
        try (ConfiguredEngine configured = shared.onlooker(null)) {
            MaintenanceEngine engine = configured.engine();
            Optional<Run> before = engine.find(id);
            if (before.isEmpty()) {
                return print(ExitCode.NOT_CONFIRMED, null, "There is no run " + id + ", or it was forgotten.");
            }
            String task = configured.checked(before.get().task());
            try {
                engine.confirm(id);
            } catch (MaintenanceException e) {
                Run now = engine.find(id).orElseThrow(() -> e);
                if (now.state() == RunState.AWAITING_CONFIRMATION) {
                    throw e; // the task could not be asked, say
                }
                return print(ExitCode.NOT_CONFIRMED, now, String.valueOf(e.getMessage()));
            }
            return print(
                    ExitCode.OK,
                    engine.find(id).orElse(null),
                    "Run " + id + " is confirmed. It goes on at the next due time of " + task
                            + " in a process that serves; \"run " + task + "\" goes on at once.");
        }
    }

    private int print(int code, @Nullable Run run, String text) {
        shared.output()
                .print(
                        Documents.of(
                                "confirmed",
                                code == ExitCode.OK,
                                "exitCode",
                                code,
                                "message",
                                text,
                                "run",
                                run == null ? null : Documents.of(run)),
                        text);
        return code;
    }
}
