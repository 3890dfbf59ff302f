package io.chatty.maintenance.database.load;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadSignal;
import java.sql.SQLException;

/** Sessions that all want to change a row that one has changed: each waits for a lock, and its statement is active. */
final class BlockedSessions implements Pressure {

    static final LoadLimits LIMITS = LoadLimits.above(4, 8);

    private final OtherSessions sessions;
    private final String patience;
    private final LoadSignal signal;

    BlockedSessions(TestDatabase database, LoadSignal signal) throws SQLException {
        this.sessions = new OtherSessions(database);
        this.signal = signal;
        this.patience = switch (database.server()) {
            case H2 -> "SET LOCK_TIMEOUT 600000";
            case POSTGRESQL -> "SET lock_timeout = 0";
            case MARIADB -> "SET innodb_lock_wait_timeout = 600";
        };
        database.execute("CREATE TABLE contended (id INT PRIMARY KEY, n INT)");
        database.execute("INSERT INTO contended VALUES (1, 0)");
    }

    @Override
    public LoadSignal signal() {
        return signal;
    }

    @Override
    public void slow() throws SQLException {
        sessions.inTransaction(CHANGE);
        block(5);
    }

    @Override
    public void stop() throws SQLException {
        block(4);
    }

    private static final String CHANGE = "UPDATE contended SET n = n + 1 WHERE id = 1";

    private void block(int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            sessions.executing(patience, CHANGE);
        }
    }

    @Override
    public void release() throws SQLException {
        sessions.close();
    }
}
