package io.chatty.maintenance.jdbc.internal.database;

import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.Usage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.jspecify.annotations.Nullable;

/**
 * A connection in a transaction, on which statements run one at a time. Only {@link #cancel} may be called from another
 * thread.
 */
public final class Session {

    private final Handle handle;
    private final Dialect dialect;
    private final Try attempt;
    private long since = System.nanoTime();
    private long selecting; // nanoseconds
    private long changing; // nanoseconds
    private long statements;
    private long rows;
    private @Nullable Statement inFlight; // guarded by this
    private boolean cancelled; // guarded by this

    /** Which try at the work of a batch this is. */
    public enum Try {
        /** The first. */
        FIRST,
        /** One more, since something changed in the midst of the last. */
        AGAIN,
        /** One more, without the rows that the host has locked. */
        WITHOUT_LOCKED
    }

    Session(Handle handle, Dialect dialect, Try attempt) {
        this.handle = handle;
        this.dialect = dialect;
        this.attempt = attempt;
    }

    /** Whether rows that the host has locked are left out, instead of waited for a moment. */
    public boolean skipsLocked() {
        return attempt == Try.WITHOUT_LOCKED;
    }

    public Try attempt() {
        return attempt;
    }

    public boolean isFirstTry() {
        return attempt == Try.FIRST;
    }

    public Dialect dialect() {
        return dialect;
    }

    public Connection connection() {
        return handle.getConnection();
    }

    /** Whether the connection is still there. */
    public boolean isUsable() {
        try {
            return !connection().isClosed();
        } catch (SQLException e) {
            return false;
        }
    }

    /** A row's mapper. */
    @FunctionalInterface
    public interface Row<T> {
        T map(ResultSet row) throws SQLException;
    }

    public <T> List<T> list(Sql sql, Row<T> row) {
        long begin = System.nanoTime();
        try {
            List<T> found = queried(sql, row);
            rows += found.size();
            return found;
        } finally {
            selecting += System.nanoTime() - begin;
        }
    }

    private <T> List<T> queried(Sql sql, Row<T> row) {
        return prepared(handle.createQuery(sql.text()), sql)
                .map((result, context) -> row.map(result))
                .list();
    }

    /**
     * Reads rows one after the other, without holding them all; in a transaction.
     *
     * @param seconds how long the statement may take
     */
    public void each(Sql sql, int seconds, Row<?> row) {
        long begin = System.nanoTime();
        try {
            prepared(handle.createQuery(sql.text()), sql)
                    .setFetchSize(1000)
                    .setQueryTimeout(seconds)
                    .map((result, context) -> {
                        rows++;
                        return String.valueOf(row.map(result));
                    })
                    .useIterator(all -> all.forEachRemaining(read -> {}));
        } finally {
            selecting += System.nanoTime() - begin;
        }
    }

    public <T> Optional<T> first(Sql sql, Row<T> row) {
        return list(sql, row).stream().findFirst();
    }

    public long count(Sql sql) {
        return first(sql, row -> row.getLong(1)).orElse(0L);
    }

    /** Executes a change and gives the number of rows that it touched. */
    public int change(Sql sql) {
        long begin = System.nanoTime();
        try {
            int touched = prepared(handle.createUpdate(sql.text()), sql).execute();
            rows += touched;
            return touched;
        } finally {
            changing += System.nanoTime() - begin;
        }
    }

    /** Inserts a row and gives the number that the database gave it in that column. */
    public long insertNumbered(Sql insert, String column) {
        long begin = System.nanoTime();
        try {
            long number = prepared(handle.createUpdate(insert.text()), insert)
                    .executeAndReturnGeneratedKeys(column)
                    .map((result, context) -> result.getLong(1))
                    .one();
            rows++;
            return number;
        } finally {
            changing += System.nanoTime() - begin;
        }
    }

    /** Executes a change that is written as a query and gives one row, whose columns are numbers of rows that it touched. */
    public List<Long> changes(Sql sql) {
        long begin = System.nanoTime();
        try {
            List<Long> touched = queried(sql, row -> {
                        List<Long> numbers = new ArrayList<>();
                        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                            numbers.add(row.getLong(i));
                        }
                        return numbers;
                    })
                    .get(0);
            rows += touched.stream().mapToLong(Long::longValue).sum();
            return touched;
        } finally {
            changing += System.nanoTime() - begin;
        }
    }

    /**
     * Tells what was used since it was last told. The connection is told up to now: what follows, a record and the commit, is
     * not the task's.
     */
    public void tellUsage(TaskContext context) {
        context.used(Usage.SELECT, selecting);
        context.used(Usage.DELETE, changing);
        context.used(Usage.STATEMENTS, statements);
        context.used(Usage.ROWS, rows);
        long now = System.nanoTime();
        context.used(Usage.CONNECTION, now - since);
        since = now;
        selecting = 0;
        changing = 0;
        statements = 0;
        rows = 0;
    }

    /**
     * What a statement of upkeep gave.
     *
     * @param rows what it said, if that was rows
     * @param warnings what it said beside
     */
    public record Tended<T>(List<T> rows, List<SQLWarning> warnings) {}

    /** Executes a statement of upkeep, which changes no row and may take long; its time is none of the others. */
    public <T> Tended<T> tend(String sql, Row<T> row) {
        statements++;
        try (Statement statement = connection().createStatement()) {
            begin(statement);
            try {
                List<T> rows = new ArrayList<>();
                if (statement.execute(sql)) {
                    try (ResultSet result = statement.getResultSet()) {
                        while (result.next()) {
                            rows.add(row.map(result));
                        }
                    }
                }
                List<SQLWarning> warnings = new ArrayList<>();
                for (SQLWarning said = statement.getWarnings(); said != null; said = said.getNextWarning()) {
                    warnings.add(said);
                }
                return new Tended<>(rows, warnings);
            } finally {
                begin(null);
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** Sends several queries at once, one after the other, and gives the first row of the last. */
    <T> Optional<T> firstOfLast(String queries, Row<T> row) {
        statements++;
        try (Statement statement = connection().createStatement()) {
            begin(statement);
            try {
                statement.execute(queries);
                ResultSet last = statement.getResultSet();
                while (statement.getMoreResults(Statement.KEEP_CURRENT_RESULT)) {
                    last = statement.getResultSet();
                }
                return last.next() ? Optional.of(row.map(last)) : Optional.empty();
            } finally {
                begin(null);
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** Executes text that has no arguments and may be of any kind. */
    public void execute(String sql) {
        statements++;
        try (Statement statement = connection().createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private <S extends SqlStatement<S>> S prepared(S statement, Sql sql) {
        statements++;
        List<Object> arguments = sql.arguments();
        for (int i = 0; i < arguments.size(); i++) {
            Object argument = arguments.get(i);
            statement.bind(i, (position, prepared, context) -> bind(prepared, position, argument));
        }
        return statement.addCustomizer(new StatementCustomizer() {
            @Override
            public void beforeExecution(PreparedStatement prepared, StatementContext context) {
                begin(prepared);
            }

            @Override
            public void afterExecution(PreparedStatement prepared, StatementContext context) {
                begin(null);
            }
        });
    }

    private void bind(PreparedStatement prepared, int position, Object argument) throws SQLException {
        if (argument instanceof Sql.Array array) {
            prepared.setArray(position, connection().createArrayOf(array.elementType(), elements(array)));
        } else {
            prepared.setObject(position, argument);
        }
    }

    /** Whole numbers as what they are: PostgreSQL's driver sends them as such then, and everything else as text. */
    private static Object[] elements(Sql.Array array) {
        List<Object> elements = array.elements();
        return elements.stream().allMatch(Long.class::isInstance) ? elements.toArray(new Long[0]) : elements.toArray();
    }

    private synchronized void begin(@Nullable Statement statement) {
        if (cancelled && statement != null) {
            throw new CancellationException("cancelled before the next statement of the batch");
        }
        inFlight = statement;
    }

    /** Whether {@link #cancel} was called. */
    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /** Ends the statement in flight, and begins no other. */
    public synchronized void cancel() {
        cancelled = true;
        if (inFlight != null) {
            try {
                inFlight.cancel();
            } catch (SQLException e) {
                throw new DatabaseException(e);
            }
        }
    }

    /** Undoes what was changed since the transaction began. */
    public void rollBack() {
        try {
            connection().rollback();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** Does work that leaves no trace when it throws; the transaction goes on then. */
    public <T> T orUndo(Work<T> work) {
        try {
            Savepoint before = connection().setSavepoint();
            try {
                T result = work.run();
                connection().releaseSavepoint(before);
                return result;
            } catch (RuntimeException e) {
                undo(before, e);
                throw e;
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /**
     * Where the database's failure has ended the whole transaction, or the connection, that failure is to be told. After one
     * of our own the work would go on, as if it had been undone: that is not to be.
     */
    private void undo(Savepoint before, RuntimeException failure) {
        try {
            connection().rollback(before);
        } catch (SQLException e) {
            if (failure instanceof MaintenanceException && !(failure instanceof DatabaseException)) {
                DatabaseException notUndone = new DatabaseException(e);
                notUndone.addSuppressed(failure);
                throw notUndone;
            }
            failure.addSuppressed(e);
        }
    }

    /** Work on this session. */
    @FunctionalInterface
    public interface Work<T> {
        T run();
    }

    /** A DELETE of what fulfils a condition, from a table that is called {@code m}. */
    public Sql deleteFrom(String table, Sql condition) {
        return Sql.of(dialect.deleteFrom(table) + " WHERE ").add(condition);
    }
}
