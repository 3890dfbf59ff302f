package io.chatty.maintenance.examples.chat;

/** Runs the demo from a command line. */
public final class Main {

    private Main() {}

    /** Ends the process with the command's exit code. */
    public static void main(String... arguments) {
        System.exit(ChatServerCommand.run(System.out, System.err, arguments));
    }
}
