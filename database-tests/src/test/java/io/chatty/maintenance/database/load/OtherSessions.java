package io.chatty.maintenance.database.load;

import io.chatty.maintenance.database.servers.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Sessions of a database that are none of the pool's. Closing ends what they execute, and them. */
final class OtherSessions implements AutoCloseable {

    private final TestDatabase database;
    private final String user;
    private final Deque<Connection> open = new ArrayDeque<>();
    private final Deque<Connection> transactions = new ArrayDeque<>();
    private final List<Runnable> running = new ArrayList<>();

    OtherSessions(TestDatabase database) {
        this(database, database.user());
    }

    /** As another user, whose password is his name. */
    OtherSessions(TestDatabase database, String user) {
        this.database = database;
        this.user = user;
    }

    Connection open() throws SQLException {
        String password = user.equals(database.user()) ? database.password() : user;
        Connection connection = DriverManager.getConnection(Databases.url(database), user, password);
        open.add(connection);
        return connection;
    }

    /** Opens a session in a transaction that has executed that. */
    Connection inTransaction(String sql) throws SQLException {
        Connection connection = open();
        connection.setAutoCommit(false);
        transactions.add(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    /** Opens a session, and lets it execute something that does not end. */
    void executing(String before, String sql) throws SQLException {
        Statement statement = open().createStatement();
        statement.execute(before);
        Thread thread = new Thread(
                () -> {
                    try {
                        statement.execute(sql);
                    } catch (SQLException e) { // it was cancelled, as is meant
                        System.out.println("a session of another ended: " + e.getMessage());
                    }
                },
                "session-" + open.size());
        thread.setDaemon(true);
        thread.start();
        running.add(() -> end(statement, thread));
    }

    private static void end(Statement statement, Thread thread) {
        try {
            while (thread.isAlive()) { // it may not have begun
                statement.cancel();
                thread.join(10);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws SQLException {
        while (!transactions.isEmpty()) {
            transactions.remove().rollback(); // others may wait for their locks, and H2 cancels no such wait
        }
        running.forEach(Runnable::run);
        running.clear();
        while (!open.isEmpty()) {
            open.remove().close();
        }
    }
}
