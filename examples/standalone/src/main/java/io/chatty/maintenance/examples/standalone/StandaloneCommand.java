package io.chatty.maintenance.examples.standalone;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.config.MaintenanceConfig;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.task.SettingsException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** What all commands share: the file, how they print, and what is wrong with arguments. */
@Command(
        name = "chatty-maintenance",
        version = "chatty-maintenance standalone 0.1.0-SNAPSHOT",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        usageHelpWidth = 100,
        description = "The maintenance engine of a chat's database, set up by one file.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all went well",
            "1:an error that nobody has foreseen, or that the database told",
            "2:wrong arguments",
            "3:wrong settings; all mistakes are listed",
            "4:no such task",
            "5:the database cannot be reached",
            "6:the run failed",
            "7:the run was cancelled",
            "8:told to end (SIGTERM, Ctrl-C): the run rests, the next goes on with it",
            "9:the task is paused",
            "10:the task's run goes on in another process",
            "11:health: some maintenance is not done",
            "12:the run awaits confirmation",
            "13:confirm: there is nothing to confirm"
        },
        subcommands = {
            PreviewCommand.class,
            RunCommand.class,
            ServeCommand.class,
            HistoryCommand.class,
            StatusCommand.class,
            HealthCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            CancelCommand.class,
            ConfirmCommand.class,
            ExplainCommand.class,
            RestoreCommand.class,
            RestoreFilesCommand.class,
            EraseCommand.class,
            ValidateCommand.class
        })
final class StandaloneCommand implements Runnable {

    /** How the process learns that it is to end. */
    @FunctionalInterface
    interface End {
        /** Done when it is. Who asks for this decides when the process ends. */
        CompletableFuture<Void> asked();
    }

    private final Output output;
    private final PrintStream err;
    private final End end;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:CHATTY_MAINTENANCE_CONF:-chatty-maintenance.conf}",
            description = "The settings. Default: ${DEFAULT-VALUE}, or what CHATTY_MAINTENANCE_CONF names.")
    private Path file = Path.of("chatty-maintenance.conf");

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print one JSON document (history and serve: one a line), and nothing else.")
    void json(boolean wanted) {
        output.json(wanted);
    }

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log what the engine does, to standard error.")
    private boolean verbose;

    private StandaloneCommand(Output output, PrintStream err, End end) {
        this.output = output;
        this.err = err;
        this.end = end;
    }

    /** Runs a command; gives its {@link ExitCode}. Data goes to {@code out}, all else to {@code err}. */
    static int run(PrintStream out, PrintStream err, End end, String... arguments) {
        Output output = new Output(out);
        output.json(List.of(arguments).contains("--json")); // wrong arguments are told so, too
        CommandLine line = new CommandLine(new StandaloneCommand(output, err, end));
        line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
        line.setParameterExceptionHandler((wrong, given) -> {
            tell(wrong.getCommandLine(), output, Failure.usage(String.valueOf(wrong.getMessage())));
            PrintWriter to = wrong.getCommandLine().getErr();
            CommandLine.UnmatchedArgumentException.printSuggestions(wrong, to);
            to.println("Try --help for all arguments.");
            return ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            Failure failure = Failure.of(thrown);
            tell(command, output, failure);
            StandaloneCommand shared = line.getCommand();
            if (!failure.isExplained() || shared.verbose) {
                thrown.printStackTrace(err);
            }
            return failure.code();
        });
        return line.execute(arguments);
    }

    private static void tell(CommandLine command, Output output, Failure failure) {
        command.getErr().println(command.getColorScheme().errorText(failure.message()));
        output.failure(failure);
    }

    @Override
    public void run() {
        throw wrong(
                "A command is missing: " + String.join(", ", spec.subcommands().keySet()));
    }

    /** Wrong arguments that only the command itself can see. */
    ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    Output output() {
        return output;
    }

    PrintStream err() {
        return err;
    }

    CompletableFuture<Void> askedToEnd() {
        return end.asked();
    }

    Path file() {
        return file;
    }

    /** The settings, from the file as it is now. */
    MaintenanceConfig config() {
        if (verbose) {
            logMore();
        }
        return MaintenanceConfig.load(file);
    }

    /** Says at INFO what the engine does, unless somebody has a logging of their own. */
    static void logMore() {
        if (System.getProperty("logback.configurationFile") == null
                && LoggerFactory.getLogger("io.chatty.maintenance") instanceof Logger logger) {
            logger.setLevel(Level.INFO);
        }
    }

    /**
     * An engine for that task alone, or for all, with a store that is ready. It is not started.
     *
     * @param task null for all
     */
    ConfiguredEngine prepared(@Nullable String task, UnaryOperator<MaintenanceEngine.Builder> more) {
        MaintenanceConfig config = config();
        ConfiguredEngine configured = (task == null ? config : config.only(task)).engine(more);
        try {
            configured.prepareStore();
            return configured;
        } catch (RuntimeException e) {
            configured.close();
            throw e;
        }
    }

    /**
     * The same for a command that looks at runs of other processes, or changes what becomes of them.
     *
     * @throws SettingsException if runs are forgotten with their process
     */
    ConfiguredEngine onlooker(@Nullable String task) {
        ConfiguredEngine configured = prepared(task, UnaryOperator.identity());
        if (!configured.keepsRuns()) {
            configured.close();
            throw new SettingsException(
                    List.of("store.type: \"memory\" given, by which runs and pauses are forgotten with"
                            + " their process; this command needs jdbc"));
        }
        return configured;
    }
}
