package io.chatty.maintenance.database.load;

import io.chatty.maintenance.database.servers.MariaDbReplica;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.jdbc.DatabaseSignals;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadReading.Level;
import io.chatty.maintenance.schedule.LoadSignal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** A replica of the MariaDB server that may not write for a while: it slows after a second, and stops after three. */
final class LockedMariaDbReplica implements Pressure {

    private final TestDatabase database;
    private final LoadSignal signal;
    private final Connection replica;

    LockedMariaDbReplica(TestDatabase database, DatabaseSignals signals) throws Exception {
        this.database = database;
        this.signal = signals.replicaLag("test", MariaDbReplica.dataSource(), LoadLimits.above(1, 3));
        this.replica = MariaDbReplica.dataSource().getConnection();
        database.execute("CREATE TABLE replicated (id INT PRIMARY KEY AUTO_INCREMENT)");
        // It replays what all tests before this one have written.
        Pressure.await(signal, Level.NORMAL, Duration.ofMinutes(5));
    }

    @Override
    public LoadSignal signal() {
        return signal;
    }

    @Override
    public void slow() throws SQLException {
        onReplica("FLUSH TABLES WITH READ LOCK");
        database.execute("INSERT INTO replicated VALUES ()");
    }

    @Override
    public void stop() {} // it has only to go on

    @Override
    public void release() throws SQLException {
        onReplica("UNLOCK TABLES");
    }

    private void onReplica(String sql) throws SQLException {
        try (Statement statement = replica.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        replica.close(); // which unlocks
    }
}
