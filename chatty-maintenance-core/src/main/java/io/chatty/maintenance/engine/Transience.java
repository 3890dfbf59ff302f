package io.chatty.maintenance.engine;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Tells failures that are likely to pass by themselves from those that would only come again. */
final class Transience {

    /** Of SQLSTATE, the classes: connection exception, transaction rollback, insufficient resources, operator intervention. */
    private static final Set<String> CLASSES = Set.of("08", "40", "53", "57");
    /** PostgreSQL: lock not available. MariaDB gives HY000 for a lock wait timeout, with error 1205. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final int MARIADB_LOCK_WAIT_TIMEOUT = 1205;
    private static final int H2_LOCK_TIMEOUT = 50200;
    private static final int MOST_CAUSES = 20;

    private Transience() {}

    static boolean isTransient(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (isTransientItself(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean isTransientItself(Throwable failure) {
        if (failure instanceof SQLException sql) {
            return failure instanceof SQLTransientException
                    || failure instanceof SQLRecoverableException
                    || isTransientState(sql.getSQLState())
                    || sql.getErrorCode() == MARIADB_LOCK_WAIT_TIMEOUT
                    || sql.getErrorCode() == H2_LOCK_TIMEOUT;
        }
        return failure instanceof TimeoutException
                // A file that is not there, or may not be read, will not be there in a second either.
                || (failure instanceof IOException && !(failure instanceof FileSystemException));
    }

    private static boolean isTransientState(@Nullable String state) {
        return state != null
                && (state.equals(LOCK_NOT_AVAILABLE)
                        || (state.length() == 5 && CLASSES.contains(state.substring(0, 2))));
    }
}
