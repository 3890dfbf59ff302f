package io.chatty.maintenance.jdbc.internal.database;

import io.chatty.maintenance.task.MaintenanceException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MariaDB: shows others' transactions to users with the right PROCESS alone, and says so.
 *
 * <p>What the server tells of transactions is a copy that it renews only when nobody has looked at it for a tenth of a second.
 * Who looks more often than that sees for ever what was there at first, a transaction that has long ended say. So it is asked
 * at most every fifth of a second, for all that has to do with transactions at once. Thread-safe.
 */
final class MariadbLoad implements ServerLoad {

    /** For this one statement; nothing is left of it in the session. */
    private static final String LIMITED = "SET STATEMENT max_statement_time = 2 FOR ";

    private static final long GOOD_FOR = Duration.ofMillis(200).toNanos();

    /** One row: how many wait for a lock, how many execute a statement, the age of the oldest transaction in seconds. */
    private static final String SESSIONS = LIMITED
            // The states are those of metadata and table locks; a "User lock" is waited for as long as its owner likes.
            + "SELECT COUNT(CASE WHEN t.trx_state = 'LOCK WAIT' OR p.STATE LIKE 'Waiting for % lock' THEN 1 END),"
            + " COUNT(CASE WHEN p.COMMAND <> 'Sleep' AND p.USER <> 'system user' THEN 1 END),"
            // trx_started is by the system's clock, whatever the session's time zone.
            + " (SELECT COALESCE(MAX(TIMESTAMPDIFF(SECOND, trx_started,"
            + " CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', 'SYSTEM'))), 0)"
            + " FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id <> CONNECTION_ID())"
            + " FROM information_schema.PROCESSLIST p"
            + " LEFT JOIN information_schema.INNODB_TRX t ON t.trx_mysql_thread_id = p.ID"
            + " WHERE p.ID <> CONNECTION_ID() AND p.DB = DATABASE()";

    private record Sessions(Load lockWaits, Load active, Load oldest) {}

    private @Nullable Sessions last; // guarded by this
    private long lastAt; // guarded by this

    private synchronized Sessions sessions(Session session) {
        Sessions known = last;
        if (known == null || System.nanoTime() - lastAt > GOOD_FOR) {
            known = ServerLoad.row(
                    session,
                    SESSIONS,
                    row -> new Sessions(
                            Load.of(row.getDouble(1)), Load.of(row.getDouble(2)), Load.of(row.getDouble(3))));
            last = known;
            lastAt = System.nanoTime();
        }
        return known;
    }

    @Override
    public Load lockWaits(Session session) {
        return sessions(session).lockWaits();
    }

    @Override
    public Load activeQueries(Session session) {
        return sessions(session).active();
    }

    @Override
    public Load longTransactions(Session session) {
        return sessions(session).oldest();
    }

    @Override
    public Load threadsRunning(Session session) {
        return ServerLoad.row(
                session,
                LIMITED + "SELECT VARIABLE_VALUE - 1 FROM information_schema.GLOBAL_STATUS"
                        + " WHERE VARIABLE_NAME = 'THREADS_RUNNING'",
                row -> Load.of(row.getDouble(1)));
    }

    @Override
    public Load replicationLag(Session session) {
        throw new MaintenanceException(
                "a MariaDB server does not know how far its replicas are; give them to replicaLag");
    }

    /** A replica that has stopped, or lost its primary, gets further behind for ever. */
    @Override
    public Load replicaLag(Session session) {
        List<Load> sources = session.list(Sql.of("SHOW ALL REPLICAS STATUS"), MariadbLoad::source);
        return sources.stream()
                .max(Comparator.comparingDouble(Load::value))
                .orElseThrow(() -> new MaintenanceException("this MariaDB server is no replica"));
    }

    private static Load source(ResultSet row) throws SQLException {
        double seconds = row.getDouble("Seconds_Behind_Master");
        if (!row.wasNull()) {
            return Load.of(seconds);
        }
        String why = "it does not replicate: receiver " + row.getString("Slave_IO_Running") + ", applier "
                + row.getString("Slave_SQL_Running") + said(row.getString("Last_IO_Error"))
                + said(row.getString("Last_SQL_Error"));
        return new Load(Double.POSITIVE_INFINITY, why, "");
    }

    private static String said(@Nullable String error) {
        return error == null || error.isEmpty() ? "" : ", " + error;
    }
}
