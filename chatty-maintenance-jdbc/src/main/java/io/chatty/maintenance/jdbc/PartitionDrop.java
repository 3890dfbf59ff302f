package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.partition.PartitionDropping;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.TaskNames;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Drops whole partitions of a message table that is partitioned by RANGE of the time of sending, so that their space goes back
 * at once. Made by {@link ChatDatabase#partitionDrop}, for what a {@link MessageCleanup} was set to. Thread-safe. For
 * PostgreSQL and MariaDB.
 *
 * <p>A partition goes when all that it could ever hold is older than the shortest time for which any rule keeps messages, and
 * than a day, and it is empty or every row in it is due: as expired by global rules and rules for rooms, or as soft-deleted. One row that is
 * kept by a longer rule, a hold, a pin or anything else keeps the partition. The one with the latest messages always stays,
 * and so does a default one, or one until MAXVALUE.
 *
 * <p>Partitions with rows stay until the cleanup has emptied them where messages cannot go all at once: when a row of another
 * table refers to one of them, or messages are told to a listener, have paths of files or counters, share a key with one elsewhere, were restored, or
 * have the host's own triggers on DELETE; when rules are for users or teams, keep the latest of a room, or are policies of the
 * host's own; on MariaDB also when another table says what is exempt, soft-deleted or in which room a message is. So it is
 * best run {@code after} the cleanup.
 *
 * <p>That all is due is looked at under a lock. On PostgreSQL that keeps out who would write to the partition, as an UPDATE
 * does that does not say by its time of sending which partition it means; to detach it takes a lock of the whole table for a
 * moment, for which it waits 0.2 s at most. On MariaDB all others wait for the table meanwhile, and it waits for them for a
 * second. What is busy is left for the next run. Nothing is dropped that anything depends on: never {@code CASCADE}.
 *
 * <p>A batch is one partition. On PostgreSQL it commits with its record; on MariaDB the record follows, so that after a crash a
 * partition may be gone that was not counted. Subscribers of PostgreSQL's logical replication keep the rows; MariaDB's
 * replicas drop them, too. More than the cleanup's share limit waits for a confirmation, where what both tasks removed in the
 * last seven days counts.
 *
 * <p>A run counts {@code examined} partitions, {@code partitions.dropped}, {@code deleted.expired} and
 * {@code deleted.softDeleted} messages that went with them; a preview {@code due.partitions}, {@code due.partitions.}<i>name</i>
 * with the number of messages in it, {@code due.expired} and {@code due.softDeleted}. Both count {@code skipped.}<i>reason</i>:
 * {@code notDue}, {@code referredTo}, {@code sharedKey}, {@code notEmpty} (its rows have to go one by one), {@code locked}, {@code timeLimit},
 * {@code changed}, {@code held}, {@code dependedOn} (a view, say), {@code rights}, {@code subPartitioned} and
 * {@code foreignTable} (on PostgreSQL). What stands behind each is logged.
 */
public final class PartitionDrop extends OwnTask {

    /** The {@linkplain Builder#lockLimit lock limit} unless another is given: half a second. */
    public static final Duration LOCK_LIMIT = Duration.ofMillis(500);

    private final String name;
    private final MessageCleanup cleanup;
    private final PartitionDropping dropping;

    private PartitionDrop(Builder builder) {
        super(builder.database);
        this.cleanup = builder.cleanup;
        this.name = builder.name == null ? TaskNames.check(cleanup.name() + "-partitions") : builder.name;
        cleanup.countsWith(name);
        this.dropping = new PartitionDropping(
                builder.database, builder.schema, name, cleanup.name(), cleanup.settings(), builder.lockLimit);
    }

    @Override
    boolean worksOn(Database other) {
        return super.worksOn(other) && dropping.isUndone();
    }

    @Override
    public String name() {
        return name;
    }

    /** That of the cleanup: a run that waits for its confirmation lapses when its settings change. */
    @Override
    public String fingerprint() {
        return cleanup.fingerprint();
    }

    @Override
    public List<String> problems() {
        List<String> problems = cleanup.problems();
        return problems.isEmpty() ? dropping.problems() : problems;
    }

    @Override
    public BatchResult runBatch(TaskContext context) throws Exception {
        return dropping.runBatch(context);
    }

    @Override
    public BatchResult previewBatch(TaskContext context) throws Exception {
        return dropping.previewBatch(context);
    }

    @Override
    public String toString() {
        return "PartitionDrop[" + name + "]";
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {

        private final Database database;
        private final ChatSchema schema;
        private final MessageCleanup cleanup;
        private @Nullable String name;
        private Duration lockLimit = LOCK_LIMIT;

        Builder(Database database, ChatSchema schema, MessageCleanup cleanup) {
            this.database = database;
            this.schema = schema;
            this.cleanup = cleanup;
        }

        /**
         * The task's name. Default: the cleanup's and {@code -partitions}.
         *
         * @throws IllegalArgumentException if it is not allowed
         */
        public Builder name(String taskName) {
            this.name = TaskNames.check(taskName);
            return this;
        }

        /**
         * How long a partition may be looked at while it is locked, and so how long others may wait for it; then it stays and
         * counts as {@code skipped.timeLimit}. Empty ones take no time. Default: 0.5 s, in which a server looks at some hundred
         * thousand rows.
         *
         * @throws IllegalArgumentException if it is shorter than 10 ms, or longer than a minute
         */
        public Builder lockLimit(Duration limit) {
            if (limit.compareTo(Duration.ofMillis(10)) < 0 || limit.compareTo(Duration.ofMinutes(1)) > 0) {
                throw new IllegalArgumentException("lockLimit: " + limit + " given, 10 ms to a minute allowed");
            }
            this.lockLimit = limit;
            return this;
        }

        /** The task. */
        public PartitionDrop build() {
            return new PartitionDrop(this);
        }
    }
}
