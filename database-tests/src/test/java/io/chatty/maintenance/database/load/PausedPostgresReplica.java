package io.chatty.maintenance.database.load;

import io.chatty.maintenance.database.servers.PostgresReplica;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.jdbc.DatabaseSignals;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadReading.Level;
import io.chatty.maintenance.schedule.LoadSignal;
import java.sql.SQLException;

/** A replica of the PostgreSQL server that receives what is written, and does not replay it. */
final class PausedPostgresReplica implements Pressure {

    /** Leaves a message to nobody in the log, of that length, and commits. */
    private static final String WRITE = "SELECT pg_logical_emit_message(true, 'test', repeat('x', %d))";

    private final TestDatabase database;
    private final LoadSignal signal;
    private final int mebibytes;

    private PausedPostgresReplica(TestDatabase database, LoadSignal signal, int mebibytes) throws Exception {
        this.database = database;
        this.signal = signal;
        this.mebibytes = mebibytes;
        Pressure.await(signal, Level.NORMAL);
    }

    /** By the log that is written: slow at 4 MiB, stop at 16. */
    static Pressure seenByItsPrimary(TestDatabase database, DatabaseSignals signals) throws Exception {
        PostgresReplica.ask("SELECT 1"); // so that there is one
        return new PausedPostgresReplica(database, signals.replicationLag(LoadLimits.above(4, 16)), 6);
    }

    /** By the time that has passed: slow after one second, stop after three. */
    static Pressure seenByItself(TestDatabase database, DatabaseSignals signals) throws Exception {
        LoadSignal signal = signals.replicaLag("test", PostgresReplica.dataSource(), LoadLimits.above(1, 3));
        return new PausedPostgresReplica(database, signal, 1);
    }

    @Override
    public LoadSignal signal() {
        return signal;
    }

    @Override
    public void slow() throws Exception {
        database.strings(WRITE.formatted(1));
        PostgresReplica.awaitReplay(
                database.strings("SELECT pg_current_wal_lsn()").get(0)); // all that is from now
        PostgresReplica.pauseReplay();
        write(mebibytes);
    }

    @Override
    public void stop() throws SQLException {
        write(2 * mebibytes);
    }

    private void write(int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            database.strings(WRITE.formatted(1048576));
        }
    }

    @Override
    public void release() throws SQLException {
        PostgresReplica.resumeReplay();
    }
}
