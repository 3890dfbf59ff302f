package io.chatty.maintenance.jdbc.internal.database;

import io.chatty.maintenance.task.MaintenanceException;

/** H2: shows other users' sessions to administrators alone. */
final class H2Load implements ServerLoad {

    @Override
    public Load lockWaits(Session session) {
        return sessions(session, "BLOCKER_ID IS NOT NULL");
    }

    @Override
    public Load activeQueries(Session session) {
        return sessions(session, "EXECUTING_STATEMENT IS NOT NULL AND SESSION_ID <> SESSION_ID()");
    }

    private static Load sessions(Session session, String which) {
        String hidden =
                "(SELECT COUNT(*) FROM INFORMATION_SCHEMA.USERS WHERE USER_NAME = CURRENT_USER AND NOT IS_ADMIN)";
        return ServerLoad.row(
                session,
                "SELECT COUNT(*), " + hidden + " FROM INFORMATION_SCHEMA.SESSIONS WHERE " + which,
                row -> Load.of(row.getDouble(1))
                        .unlessHidden(
                                row.getLong(2),
                                "H2 shows this user no session but its own; ALTER USER … ADMIN TRUE is needed"));
    }

    @Override
    public Load longTransactions(Session session) {
        throw new MaintenanceException("H2 does not tell when a transaction began");
    }

    @Override
    public Load threadsRunning(Session session) {
        throw new MaintenanceException("H2 does not count them; use active-queries");
    }

    @Override
    public Load replicationLag(Session session) {
        throw new MaintenanceException("H2 has no replicas");
    }

    @Override
    public Load replicaLag(Session session) {
        throw new MaintenanceException("H2 has no replicas");
    }
}
