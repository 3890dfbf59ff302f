package io.chatty.maintenance.benchmarks;

import javax.sql.DataSource;

/** A way to remove the due messages and what belongs to them. */
interface Purge {

    /** For tables and results. */
    String title();

    Workload workload();

    /** Whether it leaves the children of what it removes. */
    default boolean ofMessagesAlone() {
        return false;
    }

    /** What may be done before the clock starts. */
    Job prepare(DataSource dataSource) throws Exception;

    /** The timed part. */
    interface Job extends AutoCloseable {
        void run() throws Exception;

        /** How much of the time it waited for its user, and what it did until then: it only counted what is due. */
        default double secondsUntilConfirmed() {
            return 0;
        }

        @Override
        default void close() {}
    }
}
