package io.chatty.maintenance.jdbc.internal.database;

import io.chatty.maintenance.task.MaintenanceException;
import java.sql.ResultSet;
import java.sql.SQLException;

/** PostgreSQL: shows what others' sessions and the replicas do to members of pg_read_all_stats alone. */
final class PostgresqlLoad implements ServerLoad {

    private static final String GRANT = "; membership in pg_read_all_stats is needed (pg_monitor has it)";

    /** Other sessions of clients in this database; those that hide what they do have no backend_type. */
    private static final String OTHERS = " FROM pg_stat_activity WHERE datname = current_database()"
            + " AND usesysid IS NOT NULL AND pid <> pg_backend_pid()"
            + " AND coalesce(backend_type, 'client backend') = 'client backend'";

    private static final String IS_HIDDEN = "backend_type IS NULL";

    @Override
    public void limitTime(Session session) {
        session.list(Sql.of("SELECT set_config('statement_timeout', '2000', true)"), row -> row.getString(1));
    }

    @Override
    public Load lockWaits(Session session) {
        // A node that waits for an advisory lock waits for its turn to lead, often for days.
        return count(session, "wait_event_type = 'Lock' AND wait_event <> 'advisory'");
    }

    @Override
    public Load activeQueries(Session session) {
        return count(session, "state = 'active'");
    }

    private static Load count(Session session, String which) {
        return ServerLoad.row(
                session,
                "SELECT count(*) FILTER (WHERE " + which + "), count(*) FILTER (WHERE " + IS_HIDDEN + ")" + OTHERS,
                row -> unlessSessionsHide(Load.of(row.getDouble(1)), row.getLong(2)));
    }

    private static Load unlessSessionsHide(Load load, long hidden) {
        return load.unlessHidden(hidden, "PostgreSQL hides what " + hidden + " sessions of other users do" + GRANT);
    }

    @Override
    public Load longTransactions(Session session) {
        // Only those that have changed or still see something: they keep dead rows from being vacuumed. That they do is
        // shown to all, since when is not.
        String holding = OTHERS + " AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL)";
        return ServerLoad.row(
                session,
                "SELECT coalesce(oldest.age, 0), coalesce(oldest.whose, ''), (SELECT count(*)" + holding + " AND "
                        + IS_HIDDEN + ") FROM (SELECT 1) one LEFT JOIN ("
                        + " SELECT extract(epoch FROM clock_timestamp() - xact_start) AS age,"
                        + "  concat_ws(' ', 'session', pid, 'of', usename, nullif(application_name, '')) AS whose"
                        + holding + " AND xact_start IS NOT NULL"
                        + " UNION ALL SELECT extract(epoch FROM clock_timestamp() - prepared),"
                        + "  'prepared transaction ' || gid FROM pg_prepared_xacts WHERE database = current_database()"
                        + " ORDER BY age DESC LIMIT 1) oldest ON true",
                row -> unlessSessionsHide(load(row), row.getLong(3)));
    }

    /** From columns that are the value and whose it is. */
    private static Load load(ResultSet row) throws SQLException {
        double value = row.getDouble(1);
        return new Load(row.wasNull() ? Double.NaN : value, row.getString(2), "");
    }

    @Override
    public Load threadsRunning(Session session) {
        throw new MaintenanceException("PostgreSQL has no threads; use active-queries");
    }

    /**
     * In bytes of the log, not in seconds: pg_stat_replication's own times are null for a replica that is idle, stand still
     * when its reports do, and begin anew when it connects anew; how much of the log it has still to replay is always right.
     * A replica that is gone is seen by its slot, which keeps the log for it.
     */
    @Override
    public Load replicationLag(Session session) {
        return ServerLoad.row(
                session,
                "SELECT last.bytes / 1048576, coalesce(last.whose, ''),"
                        + " (SELECT count(*) FROM pg_stat_replication WHERE state IS NULL)"
                        + " FROM (SELECT 1) one LEFT JOIN ("
                        + " SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) AS bytes,"
                        + "  concat_ws(' ', 'replica', nullif(application_name, ''), host(client_addr)) AS whose"
                        + " FROM pg_stat_replication r LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid"
                        + " WHERE replay_lsn IS NOT NULL AND s.slot_type IS DISTINCT FROM 'logical'"
                        + " UNION ALL SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn),"
                        + "  'replication slot ' || slot_name || ', which nobody reads'"
                        + " FROM pg_replication_slots WHERE NOT active AND restart_lsn IS NOT NULL"
                        + " ORDER BY bytes DESC LIMIT 1) last ON true",
                row -> load(row).unlessHidden(row.getLong(3), "PostgreSQL hides how far its replicas are" + GRANT));
    }

    /**
     * The time since the commit of what it replayed last, unless it has replayed all that it received and still receives: a
     * replica of an idle primary is not behind, one that was cut off is.
     */
    @Override
    public Load replicaLag(Session session) {
        return ServerLoad.row(
                session,
                "SELECT CASE WHEN pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn()"
                        + " AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver) THEN 0"
                        + " ELSE greatest(0, extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()))"
                        + " END, pg_is_in_recovery()",
                row -> {
                    if (!row.getBoolean(2)) {
                        throw new MaintenanceException("this PostgreSQL server is no replica");
                    }
                    double seconds = row.getDouble(1);
                    if (row.wasNull()) {
                        throw new MaintenanceException("this PostgreSQL replica has replayed nothing since its start");
                    }
                    return Load.of(seconds);
                });
    }
}
