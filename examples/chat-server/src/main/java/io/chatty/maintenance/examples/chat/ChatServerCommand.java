package io.chatty.maintenance.examples.chat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.chatty.maintenance.examples.chat.files.ChatFiles;
import io.chatty.maintenance.examples.chat.history.GeneratedHistory;
import io.chatty.maintenance.examples.chat.history.History;
import io.chatty.maintenance.examples.chat.history.IrcLogs;
import io.chatty.maintenance.examples.chat.maintenance.CleanupRules;
import io.chatty.maintenance.examples.chat.storage.ChatServerException;
import io.chatty.maintenance.examples.chat.storage.ChatStorage;
import io.chatty.maintenance.examples.chat.storage.DatabaseKind;
import io.chatty.maintenance.task.MaintenanceException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The arguments, and what is wrong with them. */
@Command(
        name = "chat-server",
        version = "chat-server 0.1.0-SNAPSHOT, the example of chatty-maintenance",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpWidth = 100,
        description =
                "A small chat server with the maintenance engine embedded. Without arguments it makes up a chat of"
                        + " three years in a new embedded database, previews what its policies would delete, deletes it, and"
                        + " reports.")
final class ChatServerCommand implements Callable<Integer> {

    private static final int GENERATED_MESSAGES = 100_000;

    private final PrintStream out;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--history",
            paramLabel = "DIR",
            description =
                    "Import the IRC logs *.raw.txt in DIR instead of making a chat up. Then only the global rule and"
                            + " soft delete are in force.")
    private @Nullable Path history;

    @Option(
            names = "--as-of",
            paramLabel = "INSTANT",
            converter = Converters.ToInstant.class,
            description = "What the cleanup takes for now. Default: a day after the newest message.")
    private @Nullable Instant asOf;

    @Option(
            names = "--keep",
            paramLabel = "DURATION",
            converter = Converters.ToDuration.class,
            defaultValue = "P365D",
            description = "How long messages are kept. Default: ${DEFAULT-VALUE}.")
    private Duration keep = Duration.ofDays(365);

    @Option(
            names = "--soft-delete-every",
            paramLabel = "N",
            converter = Converters.ToCount.class,
            defaultValue = "20",
            description = "Every Nth message was soft-deleted a day after it was sent; 0 for none. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int softDeleteEvery = 20;

    @Option(
            names = "--grace",
            paramLabel = "DURATION",
            converter = Converters.ToDuration.class,
            defaultValue = "P7D",
            description = "How long after its soft delete a message goes for good. Default: ${DEFAULT-VALUE}.")
    private Duration grace = Duration.ofDays(7);

    @Option(names = "--preview", description = "Only preview: delete nothing.")
    private boolean previewOnly;

    @Option(names = "--serve", description = "Go on as a server afterwards, until Ctrl+C.")
    private boolean serve;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = Converters.ToPort.class,
            defaultValue = "7070",
            description = "The server's port; 0 for any that is free. Default: ${DEFAULT-VALUE}.")
    private int port = 7070;

    @Option(
            names = "--files",
            paramLabel = "DIR",
            description =
                    "Keep uploads and thumbnails in DIR, which is empty or yet to be made. Default: a temporary folder,"
                            + " removed at the end.")
    private @Nullable Path filesIn;

    @Option(names = "--report", paramLabel = "FILE", description = "Write the report to FILE, as JSON.")
    private @Nullable Path report;

    @ArgGroup(exclusive = false)
    private @Nullable Server server;

    @Option(names = "--verbose", description = "Log what the engine does.")
    private boolean verbose;

    private static final class Server {

        @Option(
                names = "--jdbc-url",
                paramLabel = "URL",
                required = true,
                description = "Use an empty database on a PostgreSQL or MariaDB server instead.")
        @SuppressWarnings("NullAway.Init")
        private String url;

        @Option(names = "--jdbc-user", paramLabel = "NAME", description = "Who connects to it.")
        private @Nullable String user;

        @Option(names = "--jdbc-password", paramLabel = "WORD", description = "With which password.")
        private @Nullable String password;
    }

    private ChatServerCommand(PrintStream out) {
        this.out = out;
    }

    /** Runs the command; gives the exit code: 0 if all went well, 1 for a failure, 2 for a wrong argument. */
    static int run(PrintStream out, PrintStream err, String... arguments) {
        CommandLine command = new CommandLine(new ChatServerCommand(out));
        command.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        command.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
        command.setParameterExceptionHandler((wrong, given) -> {
            err.println(wrong.getMessage());
            err.println("Try --help for all arguments.");
            return CommandLine.ExitCode.USAGE;
        });
        command.setExecutionExceptionHandler((failure, line, parsed) -> {
            err.println(failure instanceof InterruptedException ? "Interrupted." : "Failed: " + inWords(failure));
            if (!isExplained(failure)) {
                failure.printStackTrace(err);
            }
            return CommandLine.ExitCode.SOFTWARE;
        });
        return command.execute(arguments);
    }

    private static String inWords(Exception failure) {
        if (failure instanceof AccessDeniedException denied) {
            return denied.getFile() + " may not be read or written by this user";
        }
        return isExplained(failure) && failure.getMessage() != null ? failure.getMessage() : failure.toString();
    }

    private static boolean isExplained(Exception failure) {
        return failure instanceof ChatServerException
                || failure instanceof FileSystemException
                || failure instanceof MaintenanceException
                || failure instanceof InterruptedException;
    }

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException {
        if (verbose || serve) {
            logMore();
        }
        History chosen = history == null ? new GeneratedHistory(GENERATED_MESSAGES) : logsIn(history);
        checkReport();
        checkFiles();
        CleanupRules rules = new CleanupRules(keep, grace, history == null);
        Demo.Settings settings = new Demo.Settings(
                rules, Optional.ofNullable(asOf), softDeleteEvery, previewOnly, Optional.ofNullable(report));
        Shutdown shutdown = Shutdown.awaitedByTheProcess();
        try (ChatStorage storage = open();
                ChatFiles files = openFiles()) {
            out.println("chat-server: " + chosen.title());
            out.println("Database:    " + storage.title());
            out.println("Files:       " + files.title());
            Demo demo = new Demo(storage, files, chosen, settings, out);
            boolean good = demo.run();
            if (good && serve) {
                demo.serve(port);
            }
            return good ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        } finally {
            shutdown.done();
        }
    }

    private static void logMore() {
        if (LoggerFactory.getLogger("io.chatty.maintenance") instanceof Logger logger) {
            logger.setLevel(Level.INFO);
        }
    }

    private IrcLogs logsIn(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw wrong("--history", "\"" + folder + "\" given, which is no folder; allowed is a folder with logs");
        }
        IrcLogs logs = IrcLogs.in(folder);
        if (logs.isEmpty()) {
            throw wrong(
                    "--history",
                    "\"" + folder + "\" given, which has no logs; allowed is a folder with files *.raw.txt in it");
        }
        return logs;
    }

    private void checkReport() {
        if (report == null) {
            return;
        }
        Path folder = report.toAbsolutePath().getParent();
        if (Files.isDirectory(report) || folder == null || !Files.isDirectory(folder)) {
            throw wrong("--report", "\"" + report + "\" given; allowed is a file in a folder that is there");
        }
        if (!Files.isWritable(Files.exists(report) ? report : folder)) {
            throw wrong(
                    "--report", "\"" + report + "\" given, which may not be written; allowed is a file that may be");
        }
    }

    /** Files of another chat would be orphans of this one. */
    private void checkFiles() throws IOException {
        if (filesIn == null || !Files.exists(filesIn)) {
            return;
        }
        if (!Files.isDirectory(filesIn) || !isEmpty(filesIn)) {
            throw wrong(
                    "--files",
                    "\"" + filesIn + "\" given, which is "
                            + (Files.isDirectory(filesIn) ? "not empty" : "no folder")
                            + "; allowed is a folder that is empty or yet to be made");
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private ChatFiles openFiles() throws IOException {
        return filesIn == null ? ChatFiles.temporary() : ChatFiles.in(Files.createDirectories(filesIn));
    }

    private ChatStorage open() throws SQLException, IOException {
        if (server == null) {
            return ChatStorage.embedded();
        }
        DatabaseKind kind = DatabaseKind.ofServer(server.url)
                .orElseThrow(() -> wrong(
                        "--jdbc-url", "a URL of another kind given; allowed are jdbc:postgresql:… and jdbc:mariadb:…"));
        return ChatStorage.onServer(kind, server.url, server.user, server.password);
    }

    private ParameterException wrong(String option, String what) {
        return new ParameterException(spec.commandLine(), "Invalid value for option '" + option + "': " + what);
    }
}
