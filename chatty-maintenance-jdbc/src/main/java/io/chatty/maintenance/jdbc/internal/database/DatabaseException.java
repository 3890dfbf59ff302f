package io.chatty.maintenance.jdbc.internal.database;

import io.chatty.maintenance.task.MaintenanceException;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.util.Optional;

/** What the driver said. */
public final class DatabaseException extends MaintenanceException {

    private static final long serialVersionUID = 1;

    public DatabaseException(SQLException cause) {
        super("the database said: " + cause.getMessage(), cause);
    }

    /** As the cause of a failure that is not the driver's own: what collided may be done again, as after a deadlock. */
    static SQLException passing() {
        return new SQLTransactionRollbackException("another one was in the way", "40001");
    }

    /** The driver's exception in a chain of causes, if there is one. */
    public static Optional<SQLException> sqlCause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return Optional.of(sql);
            }
        }
        return Optional.empty();
    }
}
