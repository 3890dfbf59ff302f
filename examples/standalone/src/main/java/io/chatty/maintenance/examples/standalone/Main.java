package io.chatty.maintenance.examples.standalone;

/** The engine from a command line. */
public final class Main {

    /** H2 would close its databases at a SIGTERM, before the engine has stored where its runs rest. */
    private static final String H2_CLOSES_ON_EXIT = "h2.dbCloseOnExit";

    private Main() {}

    /** Ends the process with the command's {@link ExitCode}. */
    public static void main(String... arguments) {
        if (System.getProperty(H2_CLOSES_ON_EXIT) == null) {
            System.setProperty(H2_CLOSES_ON_EXIT, "false");
        }
        ProcessEnd end = new ProcessEnd();
        end.with(StandaloneCommand.run(System.out, System.err, end, arguments));
    }
}
