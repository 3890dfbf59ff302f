package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.task.MaintenanceException;
import java.sql.SQLException;

/**
 * What a database server tells about its load. Each question is one statement, that the server gives up after two seconds.
 * Implementations are thread-safe. A question that the server cannot answer throws a {@link MaintenanceException} that says so.
 */
interface ServerLoad {

    /** For the rest of the transaction, has the server give up statements that take long. */
    default void limitTime(Session session) {}

    /** See {@link ServerMeasure#LOCK_WAITS}. */
    Load lockWaits(Session session) throws SQLException;

    /** See {@link ServerMeasure#LONG_TRANSACTIONS}. */
    Load longTransactions(Session session) throws SQLException;

    /** See {@link ServerMeasure#ACTIVE_QUERIES}. */
    Load activeQueries(Session session) throws SQLException;

    /** See {@link ServerMeasure#THREADS_RUNNING}. */
    Load threadsRunning(Session session) throws SQLException;

    /** See {@link ServerMeasure#REPLICATION_LAG}. */
    Load replicationLag(Session session) throws SQLException;

    /** See {@link ServerMeasure#REPLICA_LAG}. */
    Load replicaLag(Session session) throws SQLException;

    /** The one row that a statement finds. */
    static <T> T row(Session session, String sql, Session.Row<T> row) {
        return session.first(Sql.of(sql), row).orElseThrow(() -> new MaintenanceException("the database told nothing"));
    }
}
