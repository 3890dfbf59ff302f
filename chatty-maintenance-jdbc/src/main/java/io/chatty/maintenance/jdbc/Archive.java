package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.internal.ArchiveRows;
import io.chatty.maintenance.jdbc.internal.Database;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.TaskContext;
import java.time.Duration;
import java.util.List;

/**
 * Messages that were removed, with all that went with them, in tables of the same database: for each of the host's tables a
 * twin. What is in it can be restored until it leaves for good. Made by {@link ChatDatabase#archive}. Thread-safe.
 */
public final class Archive {

    private final Database database;
    private final String prefix;
    private final ArchiveRows rows;

    Archive(Database database, ChatSchema schema, String prefix) {
        this.database = database;
        this.prefix = prefix;
        this.rows = new ArchiveRows(database, schema, prefix);
    }

    boolean isIn(Database other) {
        return database == other;
    }

    String prefix() {
        return prefix;
    }

    /**
     * Makes the archive's tables that are missing, in the host's schema. Needs the right to create tables, which archiving does
     * not. A column that a host's table has gained since has to be added to its twin by hand; a cleanup does not start before.
     *
     * @throws io.chatty.maintenance.task.MaintenanceException if it failed
     */
    public void migrate() {
        rows.migrate();
    }

    /** The statements that {@link #migrate} would execute, for who makes tables otherwise. */
    public List<String> ddl() {
        return rows.ddl();
    }

    /**
     * Puts archived messages back, with all that went with them, column by column as they were; columns that tables have gained
     * since take their defaults. What is there already is left as it is, so that it can be done again. What was put back is
     * held for 30 days, so that the next run does not take it again. Works in transactions of 500 messages each.
     *
     * @return how many came back: {@code restored.messages}, {@code restored.children.}<i>table</i>,
     *     {@code skipped.alreadyThere}
     * @throws io.chatty.maintenance.task.MaintenanceException if a column that holds something is no longer there, or the database
     *     refuses a row; what was put back before stays
     */
    public Counts restore(ArchiveFilter which) {
        return rows.restore(which);
    }

    /** How many messages are archived. */
    public long count(ArchiveFilter which) {
        return rows.count(which);
    }

    /**
     * A task, called {@code archive-purge}, that removes for good what has been in the archive for a while, oldest first.
     *
     * @param after how long it can be restored, a day or longer; 30 days, say
     * @throws IllegalArgumentException if it is shorter
     */
    public PreviewableTask purge(Duration after) {
        if (after.compareTo(Duration.ofDays(1)) < 0) {
            throw new IllegalArgumentException("archive: purge after " + after + " given, a day or longer allowed");
        }
        return new Purge(this, after);
    }

    private static final class Purge extends OwnTask {

        private final ArchiveRows rows;
        private final Duration after;

        private Purge(Archive archive, Duration after) {
            super(archive.database);
            this.rows = archive.rows;
            this.after = after;
        }

        @Override
        public String name() {
            return "archive-purge";
        }

        @Override
        public List<String> problems() {
            return rows.problems();
        }

        @Override
        public BatchResult runBatch(TaskContext context) throws Exception {
            return rows.purge(context, after);
        }

        @Override
        public BatchResult previewBatch(TaskContext context) throws Exception {
            return rows.previewPurge(context, after);
        }
    }

    @Override
    public String toString() {
        return "Archive[" + prefix + "…]";
    }
}
