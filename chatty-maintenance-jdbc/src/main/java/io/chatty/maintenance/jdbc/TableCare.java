package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.internal.care.CareSettings;
import io.chatty.maintenance.jdbc.internal.care.Tending;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.PreviewableTask;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.TaskNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cares for the tables of messages and their children after a purge, where it pays and blocks nobody. Made by
 * {@link ChatDatabase#tableCare}. Thread-safe.
 *
 * <ul>
 *   <li><b>PostgreSQL</b>: {@code VACUUM (ANALYZE)}, which lets new rows use the space of those that went; {@code ANALYZE}
 *       alone where only statistics are old. In one process, as gently as the server's autovacuum is set to be, partition by
 *       partition. Never {@code VACUUM FULL}.
 *   <li><b>MariaDB</b>: {@code ANALYZE TABLE} of InnoDB tables; and, only {@linkplain Builder#rebuild if asked}, an online
 *       rebuild.
 *   <li><b>H2</b>: {@code ANALYZE}. Space comes back when the host closes the database.
 * </ul>
 *
 * <p>A batch is one table. It cannot be in a transaction, so that the record follows it: after a crash a table may be cared for
 * twice, which does no harm, and neither does a statement that is cut off.
 *
 * <p>A run counts {@code examined} tables, and each with one of {@code cared.vacuum}, {@code cared.analyze},
 * {@code cared.rebuild} or {@code skipped.}<i>reason</i>; {@code bytes.reclaimed}, which went back to the disk;
 * {@code bytes.free}, which new rows can use (on PostgreSQL about what this run made so); {@code rows.freed}, dead rows that are
 * gone. A preview counts {@code due.vacuum}, {@code due.analyze}, {@code due.rebuild} or {@code skipped.}<i>reason</i>. All
 * these names end with a dot and the table. The reasons: {@code notWorth}, {@code autovacuum} (it is at the table),
 * {@code locked}, {@code timeLimit}, {@code gone}, {@code rights}; on MariaDB also {@code engine} (not InnoDB),
 * {@code notOnline}, {@code changedTooMuch}, {@code noRoom} and {@code failed}. The figures behind each are logged.
 */
public final class TableCare implements PreviewableTask {

    /** The {@linkplain Builder#timeLimit time limit} unless another is given: 4 minutes. */
    public static final Duration TIME_LIMIT = Duration.ofMinutes(4);

    private final String name;
    private final Tending tending;

    private TableCare(Builder builder) {
        this.name = builder.name;
        this.tending = new Tending(
                builder.database,
                builder.schema,
                new CareSettings(
                        List.copyOf(builder.also),
                        builder.deadShare,
                        builder.timeLimit,
                        builder.truncate,
                        Optional.ofNullable(builder.rebuild)));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> problems() {
        return tending.problems();
    }

    @Override
    public BatchResult runBatch(TaskContext context) throws Exception {
        return tending.runBatch(context);
    }

    @Override
    public BatchResult previewBatch(TaskContext context) throws Exception {
        return tending.previewBatch(context);
    }

    @Override
    public String toString() {
        return "TableCare[" + name + "]";
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {

        private static final Duration LONGEST = Duration.ofDays(1);

        private final Database database;
        private final ChatSchema schema;
        private final List<String> also = new ArrayList<>();
        private String name = "table-care";
        private double deadShare = 0.05;
        private Duration timeLimit = TIME_LIMIT;
        private boolean truncate;
        private CareSettings.@Nullable Rebuild rebuild;

        Builder(Database database, ChatSchema schema) {
            this.database = database;
            this.schema = schema;
        }

        /**
         * The task's name. Default: {@code table-care}.
         *
         * @throws IllegalArgumentException if it is not allowed
         */
        public Builder name(String taskName) {
            this.name = TaskNames.check(taskName);
            return this;
        }

        /**
         * One more table, in the schema of the others, such as one of an archive. Default: those of messages and children.
         *
         * @throws IllegalArgumentException if the name is blank, or the table is there already
         */
        public Builder also(String table) {
            if (table.isBlank()) {
                throw new IllegalArgumentException("also: a blank name given; name it as the database does");
            }
            boolean described = schema.messages().table().equals(table)
                    || schema.children().stream()
                            .anyMatch(child -> child.table().equals(table));
            if (described || also.contains(table)) {
                throw new IllegalArgumentException("also: table \"" + table + "\" is "
                        + (described ? "one of the schema, which are cared for anyway" : "given twice"));
            }
            also.add(table);
            return this;
        }

        /**
         * On PostgreSQL, a table is vacuumed when its dead rows are more than this share of its rows, and analyzed when its
         * changed rows are; in both, plus the fixed number of autovacuum's own formula, and never later than that formula
         * would. 0 to 1. Default: 0.05, where autovacuum waits for 0.2 and comes whenever that is reached.
         *
         * @throws IllegalArgumentException if it is not 0 to 1
         */
        public Builder deadShare(double share) {
            this.deadShare = share("deadShare", share);
            return this;
        }

        /**
         * How long one table may take; then its statement is ended, which does no harm, the table counts as
         * {@code skipped.timeLimit}, and the run goes on with the next. Stands in place of the statement timeout that the
         * database's user has. A table in work when the window closes is finished, within this limit. The task's
         * {@code batchTimeout} must be longer. H2 knows no such limit. Default: 4 minutes.
         *
         * @throws IllegalArgumentException if it is shorter than 100 ms, or longer than a day
         */
        public Builder timeLimit(Duration limit) {
            if (limit.compareTo(Duration.ofMillis(100)) < 0 || limit.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("timeLimit: " + limit + " given, 100 ms to a day allowed");
            }
            this.timeLimit = limit;
            return this;
        }

        /**
         * On PostgreSQL alone: gives empty pages at a table's end back to the disk. Default: they stay, for new rows. To cut
         * them off takes the strongest lock there is: on the primary it is given up as soon as somebody waits for it, but a
         * replica repeats it whoever reads there, and cancels queries or falls behind.
         */
        public Builder truncate() {
            this.truncate = true;
            return this;
        }

        /**
         * On MariaDB alone: writes an InnoDB table anew, while it is read and written, when much of its file is free, so that
         * the space goes back to the disk. Default: never. The server keeps a copy meanwhile, and its replicas do the same
         * after it, for as long, during which they fall behind. It takes a lock for a moment at its begin and its end; what
         * keeps it from that for a second ends it. A table that cannot be rebuilt online, with a full-text index for
         * one, is left ({@code skipped.notOnline}), and so is one of partitions. Takes the rights ALTER and CREATE.
         *
         * @param freeShare from which share of free space in the table's file on, above 0 and below 1
         * @param room how many bytes the copy may take at most: what the disk surely has. A larger table is not rebuilt
         * @throws IllegalArgumentException if they are out of range
         */
        public Builder rebuild(double freeShare, long room) {
            if (share("rebuild freeShare", freeShare) == 0 || freeShare == 1) {
                throw new IllegalArgumentException(
                        "rebuild freeShare: " + freeShare + " given, above 0 and below 1 allowed");
            }
            if (room <= 0) {
                throw new IllegalArgumentException("rebuild room: " + room + " given, must be above 0");
            }
            this.rebuild = new CareSettings.Rebuild(freeShare, room);
            return this;
        }

        private static double share(String what, double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException(what + ": " + share + " given, 0 to 1 allowed");
            }
            return share;
        }

        /** The task. */
        public TableCare build() {
            return new TableCare(this);
        }
    }
}
