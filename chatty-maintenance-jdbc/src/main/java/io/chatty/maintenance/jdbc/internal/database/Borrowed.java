package io.chatty.maintenance.jdbc.internal.database;

import io.chatty.maintenance.jdbc.ChatDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection of the host's while it is used: knows how it was, and puts it back so. Not thread-safe. */
final class Borrowed {

    private static final Logger LOG = LoggerFactory.getLogger(ChatDatabase.class);

    /** What it is used for. */
    enum Use {
        /** Statements, each of which commits by itself. */
        STATEMENTS,
        /** The same, for a batch that can be in no transaction. */
        LONE_BATCH,
        /** A transaction. */
        TRANSACTION,
        /** A transaction that may find rows locked by the host. */
        WAITING,
        /** The transaction of a batch. */
        BATCH,
        /** A transaction that is set up as a batch's is, to look whether one could do its work. */
        CHECK,
        /** The transaction of a preview's batch, which can change nothing. */
        PREVIEW,
        /** A transaction that sees what was committed when it began, all at one moment, and in which nothing is hidden. */
        SNAPSHOT,
        /** The transaction of a reading of the server's load, which can change nothing. */
        READING;

        /** Whether each statement commits by itself. */
        boolean isAutoCommit() {
            return this == STATEMENTS || this == LONE_BATCH;
        }

        boolean isReadOnly() {
            return this == PREVIEW || this == READING;
        }

        /** Whether it may take long, or wait for the host: not all connections are for that. */
        boolean mayTakeLong() {
            return this == BATCH || this == LONE_BATCH || this == SNAPSHOT || this == WAITING;
        }

        /** Whether it is set up for a batch's statements. */
        boolean isBatch() {
            return this == BATCH || this == CHECK || this == PREVIEW;
        }
    }

    private final Connection connection;
    private final Use use;
    private final boolean autoCommit;
    private final boolean readOnly;
    private int isolation = Connection.TRANSACTION_READ_COMMITTED;
    private int wanted = Connection.TRANSACTION_READ_COMMITTED;
    private boolean batchBegan;

    Borrowed(Connection connection, Use use) throws SQLException {
        this.connection = connection;
        this.use = use;
        this.autoCommit = connection.getAutoCommit();
        this.readOnly = connection.isReadOnly();
    }

    void begin(Session session) throws SQLException {
        if (!autoCommit) {
            connection.setAutoCommit(true); // neither level nor mode can change inside a transaction
        }
        if (readOnly != use.isReadOnly()) {
            connection.setReadOnly(!readOnly);
        }
        if (use.isAutoCommit()) {
            return;
        }
        if (!session.dialect().isolatesByTransaction()) {
            isolation = connection.getTransactionIsolation();
            wanted = use == Use.SNAPSHOT ? session.dialect().snapshotIsolation() : wanted;
            if (isolation != wanted) {
                connection.setTransactionIsolation(wanted);
            }
        }
        connection.setAutoCommit(false);
        batchBegan = use.isBatch();
        if (use == Use.SNAPSHOT) {
            session.dialect().beginSnapshot(session);
        } else {
            session.dialect().begin(session, use.isBatch());
        }
    }

    void commit() throws SQLException {
        if (!use.isAutoCommit()) {
            connection.commit();
        }
    }

    /** False if it could not: then the connection is no longer used, since to put it back would commit. */
    boolean rollBack(Throwable failure) {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            return true;
        } catch (SQLException e) {
            failure.addSuppressed(e);
            try {
                connection.abort(Runnable::run);
            } catch (SQLException more) {
                failure.addSuppressed(more);
            }
            return false;
        }
    }

    /** Puts it back as it was. What fails here changes nothing of what was committed or rolled back. */
    void giveBack(Session session, Optional<Throwable> failure) {
        try {
            if (connection.isClosed()) {
                return;
            }
            connection.setAutoCommit(true);
            if (batchBegan) {
                session.dialect().afterBatch(session);
            }
            if (isolation != wanted) {
                connection.setTransactionIsolation(isolation);
            }
            if (readOnly != use.isReadOnly()) {
                connection.setReadOnly(readOnly);
            }
            if (!autoCommit) {
                connection.setAutoCommit(false);
            }
        } catch (SQLException | DatabaseException e) {
            failure.ifPresentOrElse(
                    first -> first.addSuppressed(e),
                    () -> LOG.warn("A connection could not be given back as it was", e));
        }
    }
}
