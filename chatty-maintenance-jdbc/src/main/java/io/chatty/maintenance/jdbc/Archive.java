package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.internal.archive.ArchiveContents;
import io.chatty.maintenance.jdbc.internal.archive.ArchivePlace;
import io.chatty.maintenance.jdbc.internal.archive.ArchiveRows;
import io.chatty.maintenance.jdbc.internal.archive.FiledMessages;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.TaskNames;
import java.time.Duration;
import java.util.List;

/**
 * Messages that were removed, with all that went with them: in tables of the same database, for each of the host's tables a twin,
 * or in files. What is in it can be restored until it leaves for good. Made by {@link ChatDatabase#archive}. Thread-safe.
 */
public final class Archive {

    private final Database database;
    private final ArchivePlace place;
    private final ArchiveContents contents;

    Archive(Database database, ChatSchema schema, ArchivePlace place) {
        this.database = database;
        this.place = place;
        this.contents = place instanceof ArchivePlace.InFiles files
                ? new FiledMessages(database, schema, files)
                : new ArchiveRows(database, schema, (ArchivePlace.InTables) place);
    }

    boolean isIn(Database other) {
        return database == other;
    }

    ArchivePlace place() {
        return place;
    }

    boolean isInTables() {
        return place instanceof ArchivePlace.InTables;
    }

    /**
     * Makes the archive's tables that are missing, in the host's schema. Needs the right to create tables, which archiving does
     * not. A column that a host's table has gained since has to be added to its twin by hand; a cleanup does not start before.
     * Does nothing for an archive in files.
     *
     * @throws io.chatty.maintenance.task.MaintenanceException if it failed
     */
    public void migrate() {
        contents.migrate();
    }

    /** The statements that {@link #migrate} would execute, for who makes tables otherwise. */
    public List<String> ddl() {
        return contents.ddl();
    }

    /**
     * Puts archived messages back, with all that went with them, column by column as they were; columns that tables have gained
     * since take their defaults. What is there already is left as it is, so that it can be done again. What was put back is
     * held for 30 days, so that the next run does not take it again. Works in transactions of some hundred messages each. A file
     * is read and compared with its manifest before anything of it comes back.
     *
     * @return how many came back: {@code restored.messages}, {@code restored.children.}<i>table</i>,
     *     {@code skipped.alreadyThere}
     * @throws io.chatty.maintenance.task.MaintenanceException if a column that holds something is no longer there, the database
     *     refuses a row, or a file is missing or was altered; it says which, and what to do. What was put back before stays, and
     *     nothing leaves the archive for it
     */
    public Counts restore(ArchiveFilter which) {
        return contents.restore(which);
    }

    /** How many messages are archived. */
    public long count(ArchiveFilter which) {
        return contents.count(which);
    }

    /**
     * A task, called {@code archive-purge}, that removes for good what has been in the archive for a while. What is in one file
     * went at the same moment, and leaves together with the file, unless a legal hold covers some of it. Files of the archive that
     * are over eight days old and that nothing names are deleted, too: such as were written by a run that ended before it deleted.
     *
     * @param after how long it can be restored, a day or longer; 30 days, say
     * @throws IllegalArgumentException if it is shorter
     */
    public PreviewableTask purge(Duration after) {
        return purge("archive-purge", after);
    }

    /**
     * The same under another name, where one engine purges several archives.
     *
     * @param name the task's
     * @param after how long what was removed can be restored, a day or longer
     * @throws IllegalArgumentException if it is shorter, or the name is not allowed
     */
    public PreviewableTask purge(String name, Duration after) {
        if (after.compareTo(Duration.ofDays(1)) < 0) {
            throw new IllegalArgumentException("archive: purge after " + after + " given, a day or longer allowed");
        }
        return new Purge(this, TaskNames.check(name), after);
    }

    private static final class Purge extends OwnTask {

        private final ArchiveContents contents;
        private final String name;
        private final Duration after;

        private Purge(Archive archive, String name, Duration after) {
            super(archive.database);
            this.name = name;
            this.contents = archive.contents;
            this.after = after;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public List<String> problems() {
            return contents.problems();
        }

        @Override
        public BatchResult runBatch(TaskContext context) throws Exception {
            return contents.purge(context, after);
        }

        @Override
        public BatchResult previewBatch(TaskContext context) throws Exception {
            return contents.previewPurge(context, after);
        }
    }

    @Override
    public String toString() {
        return "Archive[" + place.name() + "…]";
    }
}
