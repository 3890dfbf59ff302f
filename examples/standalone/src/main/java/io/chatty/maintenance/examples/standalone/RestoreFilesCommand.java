package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.file.sweep.FileSweep.Retained;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Gives files back that a sweep set aside. */
@Command(
        name = "restore-files",
        description =
                "Give files back that a file-sweep set aside and that are not deleted yet; no run takes them again for 30"
                        + " days. Can be done again without harm.")
final class RestoreFilesCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Parameters(paramLabel = "TASK", description = "The file-sweep.")
    @SuppressWarnings("NullAway.Init")
    private String task;

    @Option(names = "--file", paramLabel = "NAME", description = "That file; one that is in its place stays there.")
    private @Nullable String file;

    @Option(names = "--run", paramLabel = "RUN-ID", description = "All that this run set aside.")
    private @Nullable String run;

    @Option(names = "--from", paramLabel = "TIME", description = "All set aside at that time or later; takes --to.")
    private @Nullable Instant from;

    @Option(names = "--to", paramLabel = "TIME", description = "All set aside before that time; takes --from.")
    private @Nullable Instant to;

    @Override
    public Integer call() {
        check();
        try (ConfiguredEngine configured = shared.onlooker(null)) {
            String name = configured.checked(task);
            FileSweep sweep = configured.fileSweeps().stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow(
                            () -> shared.wrong("TASK: \"" + name + "\" given, which is no file-sweep; allowed is one"));
            long restored;
            try {
                restored = restore(sweep);
            } catch (IllegalArgumentException e) {
                throw shared.wrong(String.valueOf(e.getMessage()));
            }
            shared.output().print(Documents.of("restored", restored), "Files restored: " + restored);
            return ExitCode.OK;
        }
    }

    private long restore(FileSweep sweep) {
        if (file != null) {
            Retained retained = sweep.retain(file);
            if (retained == Retained.GONE) {
                throw new MaintenanceException(
                        "file \"" + file + "\" is not there, nor does it lie in the quarantine of " + sweep.name()
                                + "; nothing was restored");
            }
            return retained == Retained.RESTORED ? 1 : 0;
        }
        if (run != null) {
            return sweep.restoreRun(new RunId(run));
        }
        return from == null || to == null ? 0 : sweep.restoreBetween(from, to);
    }

    private void check() {
        List<Boolean> given = List.of(file != null, run != null, from != null || to != null);
        if (given.stream().filter(each -> each).count() != 1) {
            throw shared.wrong("restore-files: exactly one of --file, --run, and --from with --to is required");
        }
        if ((from == null) != (to == null)) {
            throw shared.wrong(
                    (from == null ? "--to" : "--from") + ": given alone; --from and --to are allowed together");
        }
    }
}
