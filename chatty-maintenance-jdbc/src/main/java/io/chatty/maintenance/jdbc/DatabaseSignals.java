package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.signal.PoolSaturation;
import io.chatty.maintenance.jdbc.internal.signal.ServerMeasure;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadSignal;
import io.chatty.maintenance.task.TaskNames;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Ready signals of the host's database, from {@link ChatDatabase#signals()}. This type and all signals are thread-safe.
 *
 * <p>But for {@link #poolSaturation()}, a reading borrows one connection, waiting for it as long as the pool lets it, for one
 * statement in a read-only transaction of its own, which the server gives up after two seconds (PostgreSQL, MariaDB). A
 * reading is unknown, and its reason says why, where the database has no such thing, and where it hides from its user what is
 * asked: PostgreSQL and H2 hide what other users' sessions do, and MariaDB all sessions' transactions. What can be seen is
 * measured even so, and slows and stops if it is enough.
 *
 * <p>Of each signal high values are bad; limits that are not made by {@link LoadLimits#above} are refused with an {@link
 * IllegalArgumentException}. What other tasks and other nodes of this library do in the database counts as load, too.
 */
public final class DatabaseSignals {

    private final Database database;

    DatabaseSignals(Database database) {
        this.database = database;
    }

    /** As {@link #poolSaturation(LoadLimits)}; slow at 0.7, stop at 0.9. */
    public LoadSignal poolSaturation() {
        return poolSaturation(LoadLimits.above(0.7, 0.9));
    }

    /**
     * How much of the host's connection pool the host itself uses, as a share of the most that the pool may hold, called
     * {@code pool-saturation}. Threads that wait for a connection count as if they had one, so that it can be above 1;
     * connections that this {@link ChatDatabase} borrowed or waits for do not count. Borrows no connection.
     *
     * <p>The data source must be HikariCP's, or unwrap to it; otherwise it is unknown.
     */
    public LoadSignal poolSaturation(LoadLimits limits) {
        return PoolSaturation.of(database, limits);
    }

    /** As {@link #lockWaits(LoadLimits)}; slow at 2, stop at 5: a single one is everyday. */
    public LoadSignal lockWaits() {
        return lockWaits(LoadLimits.above(2, 5));
    }

    /**
     * How many sessions of this database wait for a lock of another, called {@code lock-waits}: for rows, tables, metadata,
     * but not for advisory and user locks, which an application may wait for as long as it likes.
     *
     * <p>Needs, for sessions of other users: PostgreSQL pg_read_all_stats (or pg_monitor), H2 an administrator; and MariaDB
     * PROCESS in any case.
     */
    public LoadSignal lockWaits(LoadLimits limits) {
        return ServerMeasure.LOCK_WAITS.of(database, limits);
    }

    /** As {@link #longTransactions(LoadLimits)}; slow at 5 minutes, stop at 30. */
    public LoadSignal longTransactions() {
        return longTransactions(LoadLimits.above(300, 1_800));
    }

    /**
     * The age, in seconds, of the oldest transaction of another session, called {@code long-transactions}. As long as it
     * goes on the database can clean up nothing of what is deleted. A dump is such a transaction: mind the time of backups.
     *
     * <ul>
     *   <li>PostgreSQL: transactions in this database, prepared ones included, that have changed something or still see a
     *       snapshot; needs pg_read_all_stats (or pg_monitor) for those of other users.
     *   <li>MariaDB: transactions of InnoDB in any database; needs PROCESS. The server renews what it tells of transactions only
     *       when nobody has asked for a tenth of a second: a {@link ChatDatabase} asks five times a second at most.
     *   <li>H2: unknown, it does not tell.
     * </ul>
     */
    public LoadSignal longTransactions(LoadLimits limits) {
        return ServerMeasure.LONG_TRANSACTIONS.of(database, limits);
    }

    /** As {@link #activeQueries(LoadLimits)}; slow at 25, stop at 50: the defaults of pt-online-schema-change for MySQL. */
    public LoadSignal activeQueries() {
        return activeQueries(LoadLimits.above(25, 50));
    }

    /**
     * How many other sessions of this database execute a statement, or wait in one, called {@code active-queries}.
     *
     * <p>Needs, for sessions of other users: PostgreSQL pg_read_all_stats (or pg_monitor), H2 an administrator; and MariaDB
     * PROCESS in any case.
     */
    public LoadSignal activeQueries(LoadLimits limits) {
        return ServerMeasure.ACTIVE_QUERIES.of(database, limits);
    }

    /** As {@link #threadsRunning(LoadLimits)}; slow at 25, stop at 50: the defaults of pt-online-schema-change. */
    public LoadSignal threadsRunning() {
        return threadsRunning(LoadLimits.above(25, 50));
    }

    /**
     * How many threads of the whole server work, but for the one that is asked, called {@code threads-running}: MariaDB's
     * status {@code Threads_running}. Needs no right. Unknown on PostgreSQL and H2.
     */
    public LoadSignal threadsRunning(LoadLimits limits) {
        return ServerMeasure.THREADS_RUNNING.of(database, limits);
    }

    /** As {@link #replicationLag(LoadLimits)}; slow at 64 MiB, stop at 256 MiB (4 and 16 segments of the log). */
    public LoadSignal replicationLag() {
        return replicationLag(LoadLimits.above(64, 256));
    }

    /**
     * How much of this PostgreSQL server's log, in MiB (1,048,576 bytes), the replica that is furthest behind has still to
     * replay, called {@code replication-lag}. It grows while a replica's replay is stuck or paused and something is written;
     * a replica that is gone is seen by its replication slot, if it has one, as are logical subscribers that are gone.
     * Nothing to measure where there are neither replicas nor slots; a replica that is delayed on purpose counts.
     *
     * <p>Needs pg_read_all_stats (or pg_monitor). Unknown on MariaDB, whose primary does not know, see {@link #replicaLag},
     * and on H2.
     */
    public LoadSignal replicationLag(LoadLimits limits) {
        return ServerMeasure.REPLICATION_LAG.of(database, limits);
    }

    /** As {@link #replicaLag(String, DataSource, LoadLimits)}; slow at 2 s, stop at 10 s. */
    public LoadSignal replicaLag(String replica, DataSource source) {
        return replicaLag(replica, source, LoadLimits.above(2, 10));
    }

    /**
     * How many seconds a replica is behind, by its own word, called {@code replica-lag.} and its name.
     *
     * <ul>
     *   <li>PostgreSQL: the time since the commit of the last transaction that it replayed, by the two servers' clocks; 0 if
     *       it is connected and has replayed all that it received. After a quiet time the first transaction can show once as
     *       the length of that time. Needs no right.
     *   <li>MariaDB: {@code Seconds_Behind_Master}, the highest if it has several primaries; infinite, so that it stops, while
     *       its receiver or applier does not run. Needs REPLICA MONITOR, which the server calls SLAVE MONITOR.
     * </ul>
     *
     * <p>Unknown if the server is no replica, or cannot be reached: give a data source whose connection timeout is short.
     *
     * @param replica a name for it, of letters, digits, {@code .}, {@code _} and {@code -}
     * @param source connections to the replica, with its own user; never closed
     * @throws IllegalArgumentException if the name is not allowed
     */
    public LoadSignal replicaLag(String replica, DataSource source, LoadLimits limits) {
        String name = TaskNames.check("signal", ServerMeasure.REPLICA_LAG.signalOf(replica));
        return ServerMeasure.REPLICA_LAG.of(
                new Database(Objects.requireNonNull(source, "source"), Database.CONNECTIONS), name, limits);
    }
}
