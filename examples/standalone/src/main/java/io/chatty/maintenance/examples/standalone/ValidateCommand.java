package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.task.SettingsException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Looks for mistakes in the file. */
@Command(
        name = "validate",
        description =
                "List all mistakes in the file, each with its path and line. Connects to nothing: whether the database"
                        + " has the tables, preview tells.")
final class ValidateCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Override
    public Integer call() {
        List<String> mistakes = mistakes();
        shared.output()
                .print(
                        Documents.of(
                                "file", shared.file().toString(), "valid", mistakes.isEmpty(), "mistakes", mistakes),
                        mistakes.isEmpty() ? shared.file() + ": no mistakes" : String.join("\n", mistakes));
        return mistakes.isEmpty() ? ExitCode.OK : ExitCode.SETTINGS;
    }

    private List<String> mistakes() {
        try {
            return shared.config().validate();
        } catch (SettingsException e) { // there is no such file, or it is not HOCON
            return e.problems();
        }
    }
}
