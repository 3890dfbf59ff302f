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

    /** Told of what is about to be done, or was done. */
    public interface Watcher {
        void at(String what, boolean before);
    }

    private PausingDataSource() {}

    /** That data source, watched. */
    public static DataSource of(DataSource real, Watcher watcher) {
        return proxy(
                DataSource.class,
                real,
                (name, result) -> result instanceof Connection connection ? connection(connection, watcher) : result,
                watcher);
    }

    private static Connection connection(Connection real, Watcher watcher) {
        return proxy(
                Connection.class,
                real,
                (name, result) -> {
                    if (result instanceof PreparedStatement statement) {
                        return proxy(PreparedStatement.class, statement, (n, r) -> r, watcher);
                    }
                    if (result instanceof Statement statement) {
                        return proxy(Statement.class, statement, (n, r) -> r, watcher);
                    }
                    return result;
                },
                watcher);
    }

    private interface Wrapping {
        Object wrap(String method, Object result);
    }

    private static <T> T proxy(Class<T> type, T real, Wrapping wrapping, Watcher watcher) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            boolean watched =
                    method.getName().startsWith("execute") || method.getName().equals("commit");
            try {
                if (watched) {
                    watcher.at(method.getName(), true);
                }
                Object result = wrapping.wrap(method.getName(), method.invoke(real, arguments));
                if (watched) {
                    watcher.at(method.getName(), false);
                }
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
