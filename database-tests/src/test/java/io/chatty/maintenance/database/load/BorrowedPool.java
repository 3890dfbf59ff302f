package io.chatty.maintenance.database.load;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.jdbc.DatabaseSignals;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadSignal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;

/** A host that holds connections of its pool; two of the eight are left over. */
final class BorrowedPool implements Pressure {

    private final TestDatabase database;
    private final LoadSignal signal;
    private final Deque<Connection> borrowed = new ArrayDeque<>();

    BorrowedPool(TestDatabase database, DatabaseSignals signals) {
        this.database = database;
        this.signal = signals.poolSaturation(LoadLimits.above(0.5, 0.75));
    }

    @Override
    public LoadSignal signal() {
        return signal;
    }

    @Override
    public void slow() throws SQLException {
        borrow(4);
    }

    @Override
    public void stop() throws SQLException {
        borrow(2);
    }

    private void borrow(int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            borrowed.add(database.dataSource().getConnection());
        }
    }

    @Override
    public void release() throws SQLException {
        while (!borrowed.isEmpty()) {
            borrowed.remove().close();
        }
    }
}
