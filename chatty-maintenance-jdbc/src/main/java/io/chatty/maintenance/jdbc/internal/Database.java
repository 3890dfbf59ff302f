package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.TaskContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's data source: lends a connection for each transaction, at READ COMMITTED, and gives it back as it was.
 * Thread-safe.
 */
public final class Database {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final ThreadLocal<Binding> BOUND = new ThreadLocal<>();

    private final Jdbi jdbi;
    private volatile @Nullable Dialect dialect;

    /** For that data source; nothing is connected yet. */
    public Database(DataSource dataSource) {
        this.jdbi = Jdbi.create(dataSource);
        jdbi.getConfig(SqlStatements.class).setSqlParser(new PlainSqlParser());
    }

    /** Work in a transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run(Session session) throws Exception;
    }

    /** Does work in a transaction of its own: commits, or rolls back when it throws. */
    <T> T transaction(Work<T> work) throws Exception {
        return transaction(false, false, work);
    }

    /**
     * Does the work of a batch in a transaction of its own. Rows that the host has locked are waited for a moment; if they
     * are still locked then, all is rolled back and done once more without them.
     */
    <T> T batch(Work<T> work) throws Exception {
        try {
            return transaction(work);
        } catch (Exception e) {
            Dialect known = dialect;
            if (known == null
                    || DatabaseException.sqlCause(e)
                            .filter(known::callsForSecondTry)
                            .isEmpty()) {
                throw e;
            }
            return transaction(false, true, work);
        }
    }

    /** Does work in a transaction of its own that can change nothing. */
    <T> T readOnly(Work<T> work) throws Exception {
        return transaction(true, false, work);
    }

    /** Work in a transaction that gives nothing and throws no checked exception but the driver's. */
    @FunctionalInterface
    interface Change {
        void run(Session session) throws SQLException;
    }

    /** As {@link #transaction(Work)}, for work that gives nothing. */
    void change(Change change) {
        inTransaction(session -> {
            change.run(session);
            return true;
        });
    }

    /** As {@link #transaction(Work)}, for work that throws no checked exception but the driver's. */
    <T> T inTransaction(Work<T> work) {
        try {
            return transaction(work);
        } catch (RuntimeException e) {
            throw e;
        } catch (SQLException e) {
            throw new DatabaseException(e);
        } catch (Exception e) {
            throw new MaintenanceException("work in the database failed: " + e, e);
        }
    }

    private <T> T transaction(boolean readOnly, boolean skipLocked, Work<T> work) throws Exception {
        try {
            return withHandle(readOnly, skipLocked, work);
        } catch (JdbiException e) { // no type of ours, and what the database said stands deep in it
            throw DatabaseException.sqlCause(e)
                    .<MaintenanceException>map(DatabaseException::new)
                    .orElseGet(() -> new MaintenanceException("work in the database failed: " + e.getMessage(), e));
        }
    }

    private <T> T withHandle(boolean readOnly, boolean skipLocked, Work<T> work) throws Exception {
        try (Handle handle = jdbi.open()) {
            Connection connection = handle.getConnection();
            boolean autoCommit = connection.getAutoCommit();
            if (!autoCommit) {
                connection.setAutoCommit(true); // the isolation cannot change inside a transaction
            }
            int isolation = connection.getTransactionIsolation();
            boolean wasReadOnly = connection.isReadOnly();
            try {
                if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                }
                if (wasReadOnly != readOnly) {
                    connection.setReadOnly(readOnly);
                }
                connection.setAutoCommit(false);
                T result = work.run(new Session(handle, dialect(connection), skipLocked));
                connection.commit();
                restore(connection, autoCommit, isolation, wasReadOnly, readOnly, Optional.empty());
                return result;
            } catch (Throwable e) {
                if (rollBack(connection, e)) {
                    restore(connection, autoCommit, isolation, wasReadOnly, readOnly, Optional.of(e));
                }
                throw e;
            }
        }
    }

    /** False if it could not: then the connection is no longer used, since to put it back would commit. */
    private static boolean rollBack(Connection connection, Throwable failure) {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            return true;
        } catch (SQLException e) {
            failure.addSuppressed(e);
            try {
                connection.abort(Runnable::run);
            } catch (SQLException more) {
                failure.addSuppressed(more);
            }
            return false;
        }
    }

    /** Puts a connection back as it was. What fails here changes nothing of what was committed or rolled back. */
    private static void restore(
            Connection connection,
            boolean autoCommit,
            int isolation,
            boolean wasReadOnly,
            boolean readOnly,
            Optional<Throwable> failure) {
        try {
            if (connection.isClosed()) {
                return;
            }
            connection.setAutoCommit(true);
            if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                connection.setTransactionIsolation(isolation);
            }
            if (wasReadOnly != readOnly) {
                connection.setReadOnly(wasReadOnly);
            }
            if (!autoCommit) {
                connection.setAutoCommit(false);
            }
        } catch (SQLException e) {
            failure.ifPresentOrElse(
                    first -> first.addSuppressed(e),
                    () -> LOG.warn("A connection could not be given back as it was", e));
        }
    }

    private Dialect dialect(Connection connection) throws SQLException {
        Dialect known = dialect;
        if (known == null) {
            known = Dialect.of(connection);
            dialect = known;
        }
        return known;
    }

    private record Binding(Database database, Session session) {}

    /** Does work while tasks of this database that run in this thread work on that session. */
    <T> T binding(Session session, Callable<T> work) throws Exception {
        BOUND.set(new Binding(this, session));
        try {
            return work.call();
        } finally {
            BOUND.remove();
        }
    }

    /** Does the work of a batch: in the transaction that the run store has begun for it, else in one of its own. */
    <T> T inBatch(TaskContext context, Work<T> work) throws Exception {
        Binding binding = BOUND.get();
        return binding != null && binding.database() == this
                ? prepared(binding.session(), context, work)
                : batch(own -> prepared(own, context, work));
    }

    /** Does the work of a preview's batch, in a transaction that can change nothing. */
    <T> T inPreview(TaskContext context, Work<T> work) throws Exception {
        return readOnly(session -> prepared(session, context, work));
    }

    private static <T> T prepared(Session session, TaskContext context, Work<T> work) throws Exception {
        context.onCancel(session::cancel);
        return asBatch(session, work);
    }

    /** Does work on a session that is set up as a batch's is. */
    static <T> T asBatch(Session session, Work<T> work) throws Exception {
        session.dialect().prepareBatch(session);
        T result;
        try {
            result = work.run(session);
        } catch (Throwable e) {
            try {
                session.dialect().afterBatch(session);
            } catch (RuntimeException more) {
                e.addSuppressed(more); // what failed first is what matters
            }
            throw e;
        }
        session.dialect().afterBatch(session);
        return result;
    }
}
