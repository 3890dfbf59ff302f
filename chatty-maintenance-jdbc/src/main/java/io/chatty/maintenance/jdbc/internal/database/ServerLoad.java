package io.chatty.maintenance.jdbc.internal.database;

import io.chatty.maintenance.task.MaintenanceException;
import java.sql.SQLException;

/**
 * What a database server tells about its load. Each question is one statement, that the server gives up after two seconds.
 * Implementations are thread-safe. A question that the server cannot answer throws a {@link MaintenanceException} that says so.
 */
public interface ServerLoad {

    /** For the rest of the transaction, has the server give up statements that take long. */
    default void limitTime(Session session) {}

    /** Sessions of this database that wait for another's lock. */
    Load lockWaits(Session session) throws SQLException;

    /** The age of the oldest transaction of another session, in seconds. */
    Load longTransactions(Session session) throws SQLException;

    /** Other sessions of this database that execute a statement. */
    Load activeQueries(Session session) throws SQLException;

    /** Other threads of the server that execute a statement. */
    Load threadsRunning(Session session) throws SQLException;

    /** How far the replicas of this server are behind, in MiB. */
    Load replicationLag(Session session) throws SQLException;

    /** How far this server, a replica, is behind, in seconds. */
    Load replicaLag(Session session) throws SQLException;

    /** The one row that a statement finds. */
    static <T> T row(Session session, String sql, Session.Row<T> row) {
        return session.first(Sql.of(sql), row).orElseThrow(() -> new MaintenanceException("the database told nothing"));
    }
}
