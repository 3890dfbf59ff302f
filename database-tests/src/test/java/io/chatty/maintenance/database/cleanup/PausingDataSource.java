package io.chatty.maintenance.database.cleanup;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import javax.sql.DataSource;

/** A data source that calls back before and after every statement and commit. */
public final class PausingDataSource {

    /** Told of what is about to be done, or was done: {@code commit}, or a statement's text. */
    public interface Watcher {
        void at(String what, boolean before);
    }

    private PausingDataSource() {}

    /** That data source, watched. */
    public static DataSource of(DataSource real, Watcher watcher) {
        return proxy(
                DataSource.class,
                real,
                (sql, result) -> result instanceof Connection connection ? connection(connection, watcher) : result,
                "",
                watcher);
    }

    private static Connection connection(Connection real, Watcher watcher) {
        return proxy(
                Connection.class,
                real,
                (sql, result) -> {
                    if (result instanceof PreparedStatement statement) {
                        return proxy(PreparedStatement.class, statement, (s, r) -> r, sql, watcher);
                    }
                    if (result instanceof Statement statement) {
                        return proxy(Statement.class, statement, (s, r) -> r, "", watcher);
                    }
                    return result;
                },
                "",
                watcher);
    }

    private interface Wrapping {
        Object wrap(String sql, Object result);
    }

    private static <T> T proxy(Class<T> type, T real, Wrapping wrapping, String prepared, Watcher watcher) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            boolean watched =
                    method.getName().startsWith("execute") || method.getName().equals("commit");
            String sql =
                    arguments != null && arguments.length > 0 && arguments[0] instanceof String text ? text : prepared;
            String what = method.getName().equals("commit") ? "commit" : sql;
            try {
                if (watched) {
                    watcher.at(what, true);
                }
                Object result = wrapping.wrap(sql, method.invoke(real, arguments));
                if (watched) {
                    watcher.at(what, false);
                }
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
