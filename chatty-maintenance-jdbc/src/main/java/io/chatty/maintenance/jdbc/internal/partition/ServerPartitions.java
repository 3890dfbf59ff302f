package io.chatty.maintenance.jdbc.internal.partition;

import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.MariadbDialect;
import io.chatty.maintenance.jdbc.internal.database.PostgresqlDialect;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** How a server's partitions of the message table are found and dropped. Implementations have no state. */
interface ServerPartitions {

    /** That of a database; empty where there are no partitions. */
    static Optional<ServerPartitions> of(Dialect dialect) {
        if (dialect instanceof PostgresqlDialect) {
            return Optional.of(new PostgresqlPartitions());
        }
        return dialect instanceof MariadbDialect ? Optional.of(new MariadbPartitions()) : Optional.empty();
    }

    /** How long whoever drops waits for a lock, while others may wait behind it, where the server counts in less than seconds. */
    int LOCK_MILLIS = 200;

    /**
     * A partition.
     *
     * @param name its name
     * @param sql what stands in FROM for its rows
     * @param says what the catalogue says of it; when that differs, it is another one
     * @param unfit why it is never dropped; empty if it may be
     * @param triggered whether the host's own triggers would fire if its rows were deleted
     */
    record Part(String name, String sql, String says, Optional<String> unfit, boolean triggered) {

        /** What stands in FROM for its rows, which are called {@code m} then. */
        String rows() {
            return rowsAs("m");
        }

        String rowsAs(String alias) {
            return sql + " " + alias;
        }
    }

    /** A partition is left as it was; what was done about it is to be undone. */
    final class Left extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String reason;

        Left(String reason, String because) {
            super(because);
            this.reason = reason;
        }

        /** The word under which it is counted. */
        String reason() {
            return reason;
        }
    }

    /** Whether dropping is undone with the transaction. */
    boolean isUndone();

    /** What is wrong with the table, and with the rights on it. */
    List<String> problems(Session session, HostTables tables);

    /**
     * The partitions whose rows were all sent before an instant, whatever rows they will get, ordered by name; without the one
     * that has the latest rows, and without a default one.
     */
    List<Part> before(Session session, HostTables tables, Instant instant);

    /** Whether a condition can be looked at while the partition is locked. */
    boolean canLookUnderLock(Sql condition);

    /** Sets the session up; gives what puts it back. */
    Runnable begin(Session session);

    /**
     * Drops a partition, when a look at it under a lock that keeps writers out says so.
     *
     * @param instant before which all of it was sent
     * @param limit how long the look may take
     * @param look throws {@link Left} if it is not to be dropped
     */
    <T> T drop(Session session, HostTables tables, Part part, Instant instant, Duration limit, Supplier<T> look);
}
