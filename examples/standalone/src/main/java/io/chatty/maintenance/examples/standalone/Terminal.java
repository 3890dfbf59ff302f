package io.chatty.maintenance.examples.standalone;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether somebody watches. */
final class Terminal {

    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private Terminal() {}

    /** Whether standard error is a terminal. Where the system does not tell, whether the process has one. */
    static boolean isStandardError() {
        try {
            if (Files.isSymbolicLink(STANDARD_ERROR)) {
                String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
                return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
            }
        } catch (IOException e) {
            return false; // a bar in a log is worse than none on a screen
        }
        return isConsoleOfTerminal();
    }

    @SuppressWarnings("SystemConsoleNull") // where it is not null without a terminal, it says so itself
    private static boolean isConsoleOfTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true; // before Java 22
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
