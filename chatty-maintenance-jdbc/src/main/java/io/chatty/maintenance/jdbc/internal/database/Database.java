package io.chatty.maintenance.jdbc.internal.database;

import io.chatty.maintenance.jdbc.internal.database.Borrowed.Use;
import io.chatty.maintenance.jdbc.internal.database.Session.Try;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.TaskContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;

/**
 * The host's data source: lends a connection for each transaction, at READ COMMITTED, and gives it back as it was. Holds so
 * many at once at most as it was told. Thread-safe.
 */
public final class Database {

    /** How many connections are held at once unless more are asked for: one for batches, one for what is short. */
    public static final int CONNECTIONS = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(30); // as pools have it, HikariCP for one
    private static final int TRIES = 10;
    private static final ThreadLocal<Binding> BOUND = new ThreadLocal<>();

    private final HostConnections connections;
    private final Jdbi jdbi;
    private final ConnectionLimit limit;
    private volatile @Nullable Dialect dialect;

    /**
     * For that data source; nothing is connected yet.
     *
     * @param connections how many to hold at once at most, two or more
     */
    public Database(DataSource dataSource, int connections) {
        this(dataSource, connections, PATIENCE);
    }

    Database(DataSource dataSource, int connections, Duration patience) {
        this.connections = new HostConnections(dataSource);
        this.jdbi = Jdbi.create(this.connections);
        jdbi.getConfig(SqlStatements.class).setSqlParser(new PlainSqlParser());
        this.limit = new ConnectionLimit(connections, patience);
    }

    public HostConnections connections() {
        return connections;
    }

    /** Work on a session. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Session session) throws Exception;
    }

    /** Work that gives nothing and throws no checked exception but the driver's. */
    @FunctionalInterface
    public interface Change {
        void run(Session session) throws SQLException;
    }

    /**
     * Sends statements each of which commits by itself: one alone costs one round trip. They are right at any isolation, since
     * each sees what was committed before it; where the database undoes one for the sake of another, all is done again.
     */
    public <T> T statements(Work<T> work) {
        return unchecked(() -> untilDone(Use.STATEMENTS, work, Dialect::wasInTheWay));
    }

    /**
     * Does work in a transaction of its own: commits, or rolls back when it throws. Where the database undoes it for the sake
     * of another, it is done again.
     */
    public <T> T transaction(Work<T> work) {
        return unchecked(() -> untilDone(Use.TRANSACTION, work, Dialect::wasInTheWay));
    }

    /**
     * As {@link #transaction}, where the host may keep rows locked: as a batch it leaves a connection for what waits for nobody.
     * A batch must not ask for it.
     */
    public <T> T waiting(Work<T> work) {
        return unchecked(() -> untilDone(Use.WAITING, work, Dialect::wasInTheWay));
    }

    /**
     * As {@link #transaction}, set up as a batch's is. Where the host keeps rows locked for more than a moment, or another node
     * inserts the same in between, it is done again as well, ten times at most.
     */
    public <T> T insistently(Work<T> work) {
        return unchecked(() -> untilDone(
                Use.CHECK,
                work,
                (known, failure) -> known.wasInTheWay(failure)
                        || known.callsForSecondTry(failure)
                        || known.isUniqueViolation(failure)));
    }

    /** As {@link #transaction}, for work that gives nothing. */
    public void change(Change change) {
        transaction(session -> {
            change.run(session);
            return true;
        });
    }

    /** Does work, once, in a transaction that is set up as a batch's is. */
    public <T> T asBatch(Work<T> work) {
        return unchecked(() -> lend(Use.CHECK, Try.FIRST, work));
    }

    /**
     * Does the work of a batch in a transaction of its own. Rows that the host has locked are waited for a moment; if they
     * are still locked then, all is rolled back and done once more without them. So it is, with them, where {@link
     * ChangedMeanwhile} ends the work.
     */
    public <T> T batch(Work<T> work) throws Exception {
        Try attempt = Try.FIRST;
        for (int i = 1; ; i++) {
            try {
                return lend(Use.BATCH, attempt, work);
            } catch (ChangedMeanwhile e) {
                if (i >= TRIES) {
                    throw e;
                }
                attempt = attempt == Try.FIRST ? Try.AGAIN : attempt;
            } catch (Exception e) {
                if (attempt == Try.WITHOUT_LOCKED || !callsForSecondTry(e)) {
                    throw e;
                }
                attempt = Try.WITHOUT_LOCKED;
            }
        }
    }

    private boolean callsForSecondTry(Exception failure) {
        Dialect known = dialect;
        return known != null
                && DatabaseException.sqlCause(failure)
                        .filter(known::callsForSecondTry)
                        .isPresent();
    }

    /** Does work in a transaction of its own that can change nothing. */
    public <T> T readOnly(Work<T> work) throws Exception {
        return lend(Use.READING, Try.FIRST, work);
    }

    /**
     * Does work in a transaction of its own that sees what was committed when it began, or later, but all of it at one moment: what
     * is moved from one table to another meanwhile is seen in one of them. It may take long, as a batch may.
     *
     * @throws DatabaseException also where the server is no primary, or hides rows from this user
     */
    public <T> T snapshot(Work<T> work) throws Exception {
        return lend(Use.SNAPSHOT, Try.FIRST, work);
    }

    /** What an INSERT gives; false if what it would insert is there already. */
    public boolean unlessThere(BooleanSupplier insert) {
        try {
            return insert.getAsBoolean();
        } catch (DatabaseException e) {
            if (DatabaseException.sqlCause(e)
                    .filter(dialect()::isUniqueViolation)
                    .isEmpty()) {
                throw e;
            }
            return false;
        }
    }

    private static <T> T unchecked(Callable<T> work) {
        try {
            return work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (SQLException e) {
            throw new DatabaseException(e);
        } catch (Exception e) {
            throw new MaintenanceException("work in the database failed: " + e, e);
        }
    }

    private <T> T untilDone(Use use, Work<T> work, BiPredicate<Dialect, SQLException> callsForAnotherTry)
            throws Exception {
        for (int i = 1; i < TRIES; i++) {
            try {
                return lend(use, Try.FIRST, work);
            } catch (Exception e) {
                Dialect known = dialect;
                if (known == null
                        || DatabaseException.sqlCause(e)
                                .filter(failure -> callsForAnotherTry.test(known, failure))
                                .isEmpty()) {
                    throw e;
                }
            }
        }
        return lend(use, Try.FIRST, work);
    }

    private <T> T lend(Use use, Try attempt, Work<T> work) throws Exception {
        return told(() -> limit.within(use.mayTakeLong(), () -> withHandle(use, attempt, work)));
    }

    /** Does work, once, in a transaction as a batch's, if there is a connection for it at once; empty if there is none. */
    public <T> Optional<T> besideBatch(Try attempt, Work<T> work) throws Exception {
        return told(() -> limit.ifFree(() -> withHandle(Use.BATCH, attempt, work)));
    }

    private static <T> T told(Callable<T> lending) throws Exception {
        try {
            return lending.call();
        } catch (JdbiException e) { // no type of ours, and what the database said stands deep in it
            throw DatabaseException.sqlCause(e)
                    .<MaintenanceException>map(DatabaseException::new)
                    .orElseGet(() -> new MaintenanceException("work in the database failed: " + e.getMessage(), e));
        }
    }

    /** Does work on a connection of the host's, in whatever transaction that is, which goes on afterwards. */
    public <T> T within(Connection connection, Work<T> work) {
        return unchecked(() -> told(() -> {
            Jdbi hosts = Jdbi.create(connection);
            hosts.getConfig(SqlStatements.class).setSqlParser(new PlainSqlParser());
            try (Handle handle = hosts.open()) {
                return work.run(new Session(handle, dialect(connection), Try.FIRST));
            }
        }));
    }

    private <T> T withHandle(Use use, Try attempt, Work<T> work) throws Exception {
        try (Handle handle = jdbi.open()) {
            Connection connection = handle.getConnection();
            Session session = new Session(handle, dialect(connection), attempt);
            Borrowed borrowed = new Borrowed(connection, use);
            try {
                borrowed.begin(session);
                T result = work.run(session);
                borrowed.commit();
                borrowed.giveBack(session, Optional.empty());
                return result;
            } catch (Throwable e) {
                if (borrowed.rollBack(e)) {
                    borrowed.giveBack(session, Optional.of(e));
                }
                throw e;
            }
        }
    }

    /** The dialect; connects for it if nothing was connected yet. */
    public Dialect dialect() {
        Dialect known = dialect;
        return known == null ? statements(Session::dialect) : known;
    }

    private Dialect dialect(Connection connection) throws SQLException {
        Dialect known = dialect;
        if (known == null) {
            known = Dialect.of(connection);
            dialect = known;
        }
        return known;
    }

    /** How many connections are held at once at most. */
    public int mostConnections() {
        return limit.connections();
    }

    private record Binding(Database database, Session session, RunClaim claim) {}

    /** Does work while tasks of this database that run in this thread work on that session, under that claim. */
    public <T> T binding(Session session, RunClaim claim, Callable<T> work) throws Exception {
        BOUND.set(new Binding(this, session, claim));
        try {
            return work.call();
        } finally {
            BOUND.remove();
        }
    }

    /** Under which claim the batch in this thread works; empty if its record is not written in this database. */
    public Optional<RunClaim> claim() {
        Binding binding = BOUND.get();
        return binding != null && binding.database() == this ? Optional.of(binding.claim()) : Optional.empty();
    }

    /** Does the work of a batch: in the transaction that the run store has begun for it, else in one of its own. */
    public <T> T inBatch(TaskContext context, Work<T> work) throws Exception {
        Binding binding = BOUND.get();
        return binding != null && binding.database() == this
                ? ofTask(binding.session(), context, work)
                : batch(own -> ofTask(own, context, work));
    }

    /** Does the work of a batch whose statements can be in no transaction: each commits by itself. */
    public <T> T inLoneBatch(TaskContext context, Work<T> work) throws Exception {
        return lend(Use.LONE_BATCH, Try.FIRST, session -> ofTask(session, context, work));
    }

    /** Does work in a transaction that can change nothing, set up as a preview's is: times are read as a batch reads them. */
    public <T> T asPreview(Work<T> work) throws Exception {
        return lend(Use.PREVIEW, Try.FIRST, work);
    }

    /** Does the work of a preview's batch, in a transaction that can change nothing. */
    public <T> T inPreview(TaskContext context, Work<T> work) throws Exception {
        return asPreview(session -> ofTask(session, context, work));
    }

    private static <T> T ofTask(Session session, TaskContext context, Work<T> work) throws Exception {
        context.onCancel(session::cancel);
        try {
            return work.run(session);
        } finally {
            session.tellUsage(context);
        }
    }
}
