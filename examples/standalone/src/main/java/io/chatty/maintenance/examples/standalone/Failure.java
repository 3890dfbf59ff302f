package io.chatty.maintenance.examples.standalone;

import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.chatty.maintenance.config.UnknownTaskException;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.SettingsException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Set;

/**
 * Why a command did not do what it was asked for.
 *
 * @param code of the exit
 * @param kind one word for programs
 * @param message for a person
 * @param mistakes in the settings, each with its path
 * @param isExplained whether the message says all, so that no stack trace is needed
 */
record Failure(int code, String kind, String message, List<String> mistakes, boolean isExplained) {

    /** What databases say of who may not come in, or of what is not there: not logged in, no such database, starting up. */
    private static final Set<String> NO_WAY_IN = Set.of("28000", "28P01", "3D000", "57P03", "90020", "90146", "90013");

    static Failure usage(String message) {
        return new Failure(ExitCode.USAGE, "usage", message, List.of(), true);
    }

    static Failure of(Throwable failure) {
        if (failure instanceof SettingsException settings) {
            return new Failure(ExitCode.SETTINGS, "settings", message(settings), settings.problems(), true);
        }
        if (failure instanceof UnknownTaskException unknown) {
            return new Failure(ExitCode.UNKNOWN_TASK, "unknown-task", message(unknown), List.of(), true);
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isUnreachable(cause)) {
                return new Failure(
                        ExitCode.UNREACHABLE,
                        "unreachable",
                        "database: cannot be reached: " + innermost(failure)
                                + "; see whether it runs, and whether database.url, user and password are right",
                        List.of(),
                        true);
            }
        }
        boolean isExplained = failure instanceof MaintenanceException;
        return new Failure(
                ExitCode.ERROR, "error", isExplained ? message(failure) : failure.toString(), List.of(), isExplained);
    }

    private static boolean isUnreachable(Throwable cause) {
        if (cause instanceof PoolInitializationException
                || cause instanceof SQLTransientConnectionException
                || cause instanceof SQLNonTransientConnectionException) {
            return true;
        }
        String state = cause instanceof SQLException sql && sql.getSQLState() != null ? sql.getSQLState() : "";
        return state.startsWith("08") || NO_WAY_IN.contains(state);
    }

    private static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return message(cause);
    }

    private static String message(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
