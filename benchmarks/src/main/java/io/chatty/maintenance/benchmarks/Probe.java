package io.chatty.maintenance.benchmarks;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a purge and its pool and takes the time of transactions: from the first statement after auto-commit was
 * switched off, or after a commit, to the end of the commit. If asked to, it takes the time of statements too, which costs
 * a little. Thread-safe.
 */
final class Probe {

    /**
     * What a statement took in all.
     *
     * @param sql the statement without its lists of parameters, or in brackets another call of JDBC
     * @param count how often it was executed, a JDBC batch once
     * @param nanos how long that took
     */
    record StatementTime(String sql, long count, long nanos) {}

    private final boolean statements;
    private final List<Long> transactions = new ArrayList<>(); // nanoseconds; guarded by this
    private final Map<String, StatementTime> times = new HashMap<>(); // guarded by this

    Probe(boolean statements) {
        this.statements = statements;
    }

    DataSource watch(DataSource dataSource) {
        return proxy(DataSource.class, (self, method, arguments) -> {
            long before = System.nanoTime();
            Object result = call(dataSource, method, arguments);
            if (statements) {
                executed("[" + method.getName() + "]", System.nanoTime() - before);
            }
            return result instanceof Connection connection
                    ? proxy(Connection.class, new WatchedConnection(connection))
                    : result;
        });
    }

    /** Forgets what was seen so far: the timed part begins. */
    synchronized void reset() {
        transactions.clear();
        times.clear();
    }

    /** How long each committed transaction took, in nanoseconds. */
    synchronized List<Long> transactions() {
        return List.copyOf(transactions);
    }

    /** What took the longest comes first. */
    synchronized List<StatementTime> statements() {
        return times.values().stream()
                .sorted(Comparator.comparingLong(StatementTime::nanos).reversed())
                .toList();
    }

    private synchronized void committed(long nanos) {
        transactions.add(nanos);
    }

    private synchronized void executed(String sql, long nanos) {
        // Lists of parameters differ in length from batch to batch.
        String key = sql.replaceAll("\\s+", " ").replace("?, ", "").replace("?,", "");
        times.merge(
                key,
                new StatementTime(key, 1, nanos),
                (a, b) -> new StatementTime(a.sql(), a.count() + b.count(), a.nanos() + b.nanos()));
    }

    private final class WatchedConnection implements InvocationHandler {

        private final Connection connection;
        private boolean inTransactions;
        private long startedAt;
        private boolean started;

        private WatchedConnection(Connection connection) {
            this.connection = connection;
        }

        @Override
        public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments) throws Throwable {
            switch (method.getName()) {
                case "setAutoCommit" -> {
                    inTransactions = arguments != null && Boolean.FALSE.equals(arguments[0]);
                    started = false;
                }
                case "rollback" -> started = false;
                case "createStatement", "prepareStatement", "prepareCall" -> {
                    if (inTransactions && !started) {
                        started = true;
                        startedAt = System.nanoTime();
                    }
                }
                default -> {}
            }
            long before = System.nanoTime();
            Object result = call(connection, method, arguments);
            if (method.getName().equals("commit")) {
                long after = System.nanoTime();
                if (started) {
                    committed(after - startedAt);
                    started = false;
                }
                if (statements) {
                    executed("COMMIT", after - before);
                }
            } else if (statements) {
                executed("[" + method.getName() + "]", System.nanoTime() - before);
            }
            if (statements && result instanceof Statement statement) {
                String sql = arguments == null || arguments.length == 0 ? "" : String.valueOf(arguments[0]);
                InvocationHandler watched = new WatchedStatement(statement, sql);
                return statement instanceof PreparedStatement
                        ? proxy(PreparedStatement.class, watched)
                        : proxy(Statement.class, watched);
            }
            return result;
        }
    }

    private final class WatchedStatement implements InvocationHandler {

        private final Statement statement;
        private final String prepared;

        private WatchedStatement(Statement statement, String prepared) {
            this.statement = statement;
            this.prepared = prepared;
        }

        @Override
        public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments) throws Throwable {
            if (!method.getName().startsWith("execute")) {
                return call(statement, method, arguments);
            }
            String sql = arguments != null && arguments.length > 0 ? String.valueOf(arguments[0]) : prepared;
            long before = System.nanoTime();
            try {
                return call(statement, method, arguments);
            } finally {
                executed(sql, System.nanoTime() - before);
            }
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(Probe.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
