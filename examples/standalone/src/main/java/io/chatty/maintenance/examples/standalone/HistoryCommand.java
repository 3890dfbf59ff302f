package io.chatty.maintenance.examples.standalone;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.run.Run;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.TypeConversionException;

/** Shows runs. */
@Command(
        name = "history",
        description = "Show runs, the newest first, and due times that were skipped. With --json a document a line.")
final class HistoryCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private StandaloneCommand shared;

    @Parameters(paramLabel = "TASK", arity = "0..1", description = "Default: all tasks.")
    private @Nullable String task;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            converter = Limit.class,
            defaultValue = "20",
            description = "How many at most. Default: ${DEFAULT-VALUE}.")
    private int limit = 20;

    static final class Limit implements ITypeConverter<Integer> {

        private static final int MOST = 100_000;

        @Override
        public Integer convert(String given) {
            try {
                int number = Integer.parseInt(given);
                if (number >= 1 && number <= MOST) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw refused(given);
            }
            throw refused(given);
        }

        private static TypeConversionException refused(String given) {
            return new TypeConversionException("\"" + given + "\" given, 1 to " + MOST + " allowed");
        }
    }

    @Override
    public Integer call() {
        try (ConfiguredEngine configured = shared.onlooker(task)) {
            List<Run> runs = configured.tasks().stream()
                    .flatMap(name -> configured.engine().history(name, limit).stream())
                    .sorted(Comparator.comparing(Run::createdAt).reversed())
                    .limit(limit)
                    .toList();
            for (Run run : runs) {
                if (shared.output().isClosed()) {
                    break;
                }
                shared.output().print(Documents.of(run), Texts.line(run));
            }
        }
        return ExitCode.OK;
    }
}
