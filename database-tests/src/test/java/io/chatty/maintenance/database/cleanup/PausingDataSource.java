package io.chatty.maintenance.database.cleanup;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import javax.sql.DataSource;

/** A data source that calls back before and after every statement and commit. */
public final class PausingDataSource {

    /** Told of what is about to be done, or was done. */
    public interface Watcher {
        void at(String what, boolean before);
    }

    /** As {@link Watcher}, told the statement itself. */
    public interface StatementWatcher {
        void at(Sent sent, boolean before);
    }

    /**
     * What is sent to the database.
     *
     * @param what the method that sends it, such as {@code executeQuery} or {@code commit}
     * @param sql the statement; empty for a commit
     * @param arguments its arguments, in order; an array as its elements
     */
    public record Sent(String what, String sql, List<Object> arguments) {

        /** Whether it deletes rows of that table, whatever the quotes around its name. */
        boolean deletesFrom(String table) {
            return sql.replace('`', '"')
                    .toLowerCase(Locale.ROOT)
                    .matches("(?s).*delete (m )?from (\"[^\"]*\"[.])?\"" + table + "\".*");
        }

        /** How many signs of text and values of arguments it sends. */
        long size() {
            long size = sql.length();
            for (Object argument : arguments) {
                size += argument instanceof Object[] elements ? elements.length : 1;
            }
            return size;
        }
    }

    private PausingDataSource() {}

    /** That data source, watched. */
    public static DataSource of(DataSource real, Watcher watcher) {
        return ofStatements(real, (sent, before) -> watcher.at(sent.what(), before));
    }

    /** That data source, its statements watched. */
    public static DataSource ofStatements(DataSource real, StatementWatcher watcher) {
        return proxy(
                DataSource.class,
                real,
                "",
                (name, sql, result) ->
                        result instanceof Connection connection ? connection(connection, watcher) : result,
                watcher);
    }

    private static Connection connection(Connection real, StatementWatcher watcher) {
        return proxy(
                Connection.class,
                real,
                "",
                (name, sql, result) -> {
                    if (result instanceof PreparedStatement statement) {
                        return proxy(PreparedStatement.class, statement, sql, (n, s, r) -> r, watcher);
                    }
                    if (result instanceof Statement statement) {
                        return proxy(Statement.class, statement, "", (n, s, r) -> r, watcher);
                    }
                    return result;
                },
                watcher);
    }

    private interface Wrapping {
        Object wrap(String method, String sql, Object result);
    }

    private static <T> T proxy(Class<T> type, T real, String prepared, Wrapping wrapping, StatementWatcher watcher) {
        TreeMap<Integer, Object> bound = new TreeMap<>();
        InvocationHandler handler = (proxy, method, arguments) -> {
            String name = method.getName();
            boolean watched = name.startsWith("execute") || name.equals("commit");
            String sql =
                    arguments != null && arguments.length > 0 && arguments[0] instanceof String text ? text : prepared;
            if (name.startsWith("set")
                    && arguments != null
                    && arguments.length > 1
                    && arguments[0] instanceof Integer at) {
                bound.put(at, arguments[1] instanceof Array array ? array.getArray() : arguments[1]);
            }
            try {
                Sent sent = new Sent(name, sql, new ArrayList<>(bound.values()));
                if (watched) {
                    watcher.at(sent, true);
                }
                Object result = wrapping.wrap(name, sql, method.invoke(real, arguments));
                if (watched) {
                    watcher.at(sent, false);
                }
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
