package io.chatty.maintenance.jdbc.internal.signal;

import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Load;
import io.chatty.maintenance.jdbc.internal.database.ServerLoad;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadSignal;
import java.sql.SQLException;
import java.util.Objects;

/** What can be asked of a database server about its load, where it can tell. */
public enum ServerMeasure {
    /** Sessions of this database that wait for another's lock. */
    LOCK_WAITS("lock-waits", "sessions", ServerLoad::lockWaits),
    /** The age of the oldest transaction of another session. */
    LONG_TRANSACTIONS("long-transactions", "s", ServerLoad::longTransactions),
    /** Other sessions of this database that execute a statement. */
    ACTIVE_QUERIES("active-queries", "statements", ServerLoad::activeQueries),
    /** Other threads of the server that execute a statement. */
    THREADS_RUNNING("threads-running", "threads", ServerLoad::threadsRunning),
    /** How far the replicas of this server are behind. */
    REPLICATION_LAG("replication-lag", "MiB", ServerLoad::replicationLag),
    /** How far this server, a replica, is behind. */
    REPLICA_LAG("replica-lag", "s", ServerLoad::replicaLag);

    private final String signal;
    private final String unit;

    @SuppressWarnings("ImmutableEnumChecker") // it is, and cannot say so
    private final Question question;

    private interface Question {
        Load ask(ServerLoad server, Session session) throws SQLException;
    }

    ServerMeasure(String signal, String unit, Question question) {
        this.signal = signal;
        this.unit = unit;
        this.question = question;
    }

    /** A signal that asks that database. */
    public LoadSignal of(Database database, LoadLimits limits) {
        return of(database, signal, limits);
    }

    /** A signal that asks that one of several databases. */
    public LoadSignal of(Database database, String which, LoadLimits limits) {
        Objects.requireNonNull(limits, "limits");
        return new DatabaseSignal(
                which,
                unit,
                limits,
                () -> database.readOnly(session -> {
                    ServerLoad server = session.dialect().load();
                    server.limitTime(session);
                    return question.ask(server, session);
                }));
    }

    /** What the signal of one of several databases is called. */
    public String signalOf(String which) {
        return signal + "." + which;
    }
}
