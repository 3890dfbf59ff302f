package io.chatty.maintenance.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. Exits with 0 when all went well, 1 when a measurement failed, 2 when the arguments are wrong. */
@Command(
        name = "benchmarks",
        description = "Measures the library beside its peers.",
        mixinStandardHelpOptions = true,
        subcommands = {
            PurgeCommand.class,
            BesideTrafficCommand.class,
            EngineCommand.class,
            FilesCommand.class,
            PresenceCommand.class
        })
public final class Benchmarks implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set before run()
    private CommandSpec spec;

    private Benchmarks() {}

    /** Runs the command and ends the JVM. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Benchmarks())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "A command is missing, such as: purge, beside-traffic, engine, files, presence");
    }
}
