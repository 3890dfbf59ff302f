package io.chatty.maintenance.database.cleanup;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.servers.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;

/**
 * A HikariCP pool whose connections are serializable, and auto-commit or not, with what each was like when it was handed back:
 * before the pool put anything right. Thread-safe.
 */
final class LentConnections implements AutoCloseable {

    static final int SIZE = 4;

    /** What a borrower can change of a connection. */
    record State(boolean autoCommit, int isolation, boolean readOnly, int networkTimeout) {

        static State of(Connection connection) throws SQLException {
            return new State(
                    connection.getAutoCommit(),
                    connection.getTransactionIsolation(),
                    connection.isReadOnly(),
                    connection.getNetworkTimeout());
        }
    }

    private final HikariDataSource pool;
    private final List<State> handedBack = new CopyOnWriteArrayList<>();
    private final State untouched;

    LentConnections(TestDatabase database, boolean autoCommit) throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.jdbcUrl());
        config.setUsername(database.user());
        config.setPassword(database.password());
        config.setAutoCommit(autoCommit);
        config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
        config.setMaximumPoolSize(SIZE);
        this.pool = new HikariDataSource(config);
        try (Connection connection = pool.getConnection()) {
            this.untouched = State.of(connection);
        }
    }

    /** For the library. */
    DataSource dataSource() {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    Object result = invoke(pool, method, arguments);
                    return result instanceof Connection connection ? lent(connection) : result;
                });
    }

    private Connection lent(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close") && !connection.isClosed()) {
                        handedBack.add(State.of(connection));
                    }
                    return invoke(connection, method, arguments);
                });
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    State untouched() {
        return untouched;
    }

    List<State> handedBack() {
        return List.copyOf(handedBack);
    }

    /** For the host itself. */
    DataSource pool() {
        return pool;
    }

    /** How many threads wait for a connection. */
    int awaited() {
        return pool.getHikariPoolMXBean().getThreadsAwaitingConnection();
    }

    int inUse() {
        return pool.getHikariPoolMXBean().getActiveConnections();
    }

    /** All connections of the pool, as the database's own driver has them. */
    List<State> physical() throws SQLException {
        List<Connection> all = new ArrayList<>();
        List<State> states = new ArrayList<>();
        try {
            for (int i = 0; i < SIZE; i++) {
                all.add(pool.getConnection());
            }
            for (Connection connection : all) {
                states.add(State.of(connection.unwrap(Connection.class)));
            }
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
        return states;
    }

    @Override
    public void close() {
        pool.close();
    }
}
