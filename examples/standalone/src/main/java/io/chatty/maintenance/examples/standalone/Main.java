package io.chatty.maintenance.examples.standalone;

/** The engine from a command line. */
public final class Main {

    private Main() {}

    /** Ends the process with the command's {@link ExitCode}. */
    public static void main(String... arguments) {
        System.exit(StandaloneCommand.run(System.out, System.err, new ProcessEnd(), arguments));
    }
}
