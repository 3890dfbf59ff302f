package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.task.MaintenanceException;
import java.sql.SQLException;
import java.util.Optional;

/** What the driver said. */
final class DatabaseException extends MaintenanceException {

    private static final long serialVersionUID = 1;

    DatabaseException(SQLException cause) {
        super("the database said: " + cause.getMessage(), cause);
    }

    /** The driver's exception in a chain of causes, if there is one. */
    static Optional<SQLException> sqlCause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return Optional.of(sql);
            }
        }
        return Optional.empty();
    }
}
