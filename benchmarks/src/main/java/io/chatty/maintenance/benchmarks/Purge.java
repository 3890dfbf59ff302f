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

        @Override
        default void close() {}
    }
}
