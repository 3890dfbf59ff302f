package io.chatty.maintenance.database.load;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.jdbc.DatabaseSignals;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadSignal;
import java.sql.SQLException;

/** A transaction that has changed something, and goes on: it slows after one second, and stops after three. */
final class OpenTransaction implements Pressure {

    private final OtherSessions sessions;
    private final LoadSignal signal;

    OpenTransaction(TestDatabase database, DatabaseSignals signals) throws SQLException {
        this.sessions = new OtherSessions(database);
        this.signal = signals.longTransactions(LoadLimits.above(1, 3));
        database.execute("CREATE TABLE changed (id INT PRIMARY KEY)");
    }

    @Override
    public LoadSignal signal() {
        return signal;
    }

    @Override
    public void slow() throws SQLException {
        sessions.inTransaction("INSERT INTO changed VALUES (1)");
    }

    @Override
    public void stop() {} // it has only to go on

    @Override
    public void release() throws SQLException {
        sessions.close();
    }
}
