package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.internal.cleanup.Cleanup;
import io.chatty.maintenance.jdbc.internal.cleanup.CleanupSettings;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.TaskNames;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Removes messages that are due, with their children. Made by {@link ChatDatabase#messageCleanup}. Thread-safe.
 *
 * <p>Each message is due for one reason, the first of these:
 *
 * <ol>
 *   <li><b>softDeleted</b>: a user deleted it, longer than the grace ago;
 *   <li><b>expired</b>: it is older than the rule that decides about it allows, and not pinned;
 *   <li><b>orphaned</b>: its room or its sender is gone, if orphans are to be removed;
 *   <li><b>capped</b>: it is among the oldest, and there is more than the size cap allows, if there is one.
 * </ol>
 *
 * <p>A preview counts {@code examined}, {@code due.}<i>reason</i> and {@code due.orphans.}<i>child table</i>; a run counts
 * {@code examined}, {@code deleted.}<i>reason</i>, {@code deleted.children.}<i>child table</i> for what went with a message,
 * {@code deleted.orphans.}<i>child table</i> for what had none, and {@code skipped.locked} for what the host kept locked in
 * both of two looks ({@code skipped.lockedAtFirst}: in the first), and {@code skipped.changed} for what was written to an archive
 * file and changed before it was to be deleted. Both count {@code skipped.policyFailed} for messages that are
 * kept since a policy of the host's own failed or did not answer.
 *
 * <p>With a size cap both count {@code capped.measured}, the rows or bytes that there are without what goes for another reason;
 * {@code skipped.capped.}<i>reason</i> for messages that were passed over since something keeps them, and
 * {@code capped.unreached}, by how much there is still too much when all that may go is gone.
 */
public final class MessageCleanup extends OwnTask {

    private final String name;
    private final CleanupSettings settings;
    private final Optional<Archive> archive;
    private final Cleanup cleanup;

    private MessageCleanup(Builder builder) {
        super(builder.database);
        this.name = builder.name;
        this.archive = Optional.ofNullable(builder.archive);
        this.settings = new CleanupSettings(
                builder.policies.with(policy -> policy instanceof PolicyTable table ? table.rows() : policy),
                Optional.ofNullable(builder.softDeleteGrace),
                builder.removeOrphans,
                builder.orphanGrace,
                builder.shareLimit,
                archive.map(Archive::place),
                builder.tellsMessages,
                Optional.ofNullable(builder.sizeCap),
                builder.workers);
        this.cleanup = new Cleanup(builder.database, builder.schema, builder.name, settings);
    }

    /** What runs of that task have removed counts for the share limit of this one, too. */
    void countsWith(String task) {
        cleanup.countsWith(task);
    }

    @Override
    public String name() {
        return name;
    }

    /** What policies and settings come to: a run that waits for its confirmation lapses when they change. */
    @Override
    public String fingerprint() {
        return settings.fingerprint();
    }

    @Override
    public List<String> problems() {
        return cleanup.problems();
    }

    @Override
    public BatchResult runBatch(TaskContext context) throws Exception {
        return cleanup.runBatch(context);
    }

    @Override
    public BatchResult previewBatch(TaskContext context) throws Exception {
        return cleanup.previewBatch(context);
    }

    /** The archive that takes what this removes; empty if nothing does. */
    public Optional<Archive> archive() {
        return archive;
    }

    /** Whether a listener is told what this removes, see {@link Builder#tellDeleted}. */
    public boolean tellsDeleted() {
        return settings.tellsMessages();
    }

    /**
     * Says what decides about one message, and when it goes, if all stays as it is. Changes nothing.
     *
     * @param now as of when
     * @param key the values of the message's key, as the database shows them
     * @throws IllegalArgumentException if the key has another number of columns
     * @throws Exception if the database cannot be asked
     */
    public Explanation explain(Instant now, String... key) throws Exception {
        return cleanup.explain(List.of(key), now);
    }

    CleanupSettings settings() {
        return settings;
    }

    @Override
    public String toString() {
        return "MessageCleanup[" + name + "]";
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {

        private final Database database;
        private final ChatSchema schema;
        private final RetentionPolicies policies;
        private String name = "message-cleanup";
        private @Nullable Duration softDeleteGrace;
        private boolean removeOrphans;
        private Duration orphanGrace = Duration.ZERO;
        private double shareLimit = 0.3;
        private @Nullable Archive archive;
        private boolean tellsMessages;
        private @Nullable SizeCap sizeCap;
        private int workers = 1;

        Builder(Database database, ChatSchema schema, RetentionPolicies policies) {
            this.database = database;
            this.schema = schema;
            this.policies = policies;
        }

        /**
         * The task's name. Default: {@code message-cleanup}.
         *
         * @throws IllegalArgumentException if it is not allowed
         */
        public Builder name(String taskName) {
            this.name = TaskNames.check(taskName);
            return this;
        }

        /**
         * How long after its soft delete a message goes for good. Default: soft-deleted messages go by no reason of their
         * own.
         *
         * @throws IllegalArgumentException if it is zero or negative, or the schema does not say by what column messages are
         *     soft-deleted
         */
        public Builder softDeleteGrace(Duration grace) {
            grace("softDeleteGrace", grace);
            if (!schema.messages().hasSoftDelete()) {
                throw new IllegalArgumentException("softDeleteGrace: " + grace
                        + " given, but the schema does not say how messages are soft-deleted; describe it by"
                        + " messages(table, m -> m.softDeletedAt(column))");
            }
            this.softDeleteGrace = grace;
            return this;
        }

        static Duration grace(String name, Duration grace) {
            if (grace.isZero() || grace.isNegative()) {
                throw new IllegalArgumentException(name + ": " + grace + " given, must be longer than zero");
            }
            if (grace.compareTo(Duration.ofDays(3_652_425)) > 0) {
                throw new IllegalArgumentException(name + ": " + grace + " given, at most 10,000 years allowed");
            }
            return grace;
        }

        /**
         * Removes messages whose room or sender is gone, and rows of child tables whose message is gone. NULL is not gone,
         * and while the table of rooms, users or messages has no row at all nothing is. Default: orphans stay.
         *
         * @throws IllegalArgumentException if the schema describes neither rooms nor users nor children nor shared tables
         */
        public Builder removeOrphans() {
            if (schema.rooms().isEmpty()
                    && schema.users().isEmpty()
                    && schema.children().isEmpty()
                    && schema.shared().isEmpty()) {
                throw new IllegalArgumentException(
                        "removeOrphans: the schema describes nothing that could be gone; describe"
                                + " rooms(table, key), users(table, key) or children(table, column)");
            }
            this.removeOrphans = true;
            return this;
        }

        /**
         * As {@link #removeOrphans()}, but what is younger than a grace is no orphan yet. That protects a message whose room or
         * sender gets its row later, and a child that is written before its message. A message is as old as its time of sending
         * says, and one that tells none is no orphan; a child is as old as the column of {@link ChildTable.Builder#at} says.
         * Children of a table without such a column have no grace. Rows of a shared table that nothing names go, too, if
         * {@link SharedTable.Builder#at} says how old they are.
         *
         * @throws IllegalArgumentException if the grace is zero or negative or over 10,000 years, or as {@link #removeOrphans()}
         */
        public Builder removeOrphans(Duration grace) {
            this.orphanGrace = grace("removeOrphans", grace);
            return removeOrphans();
        }

        /**
         * The share of the message table above which a run stops before its first delete, and waits for
         * {@link io.chatty.maintenance.run.RunState#AWAITING_CONFIRMATION confirmation}. What the task removed in the last
         * seven days counts, if its runs are stored in this database; tables under 10,000 messages are left out. Default: 0.3
         *
         * @param share more than 0, up to 1 for no limit
         * @throws IllegalArgumentException if it is not allowed
         */
        public Builder shareLimit(double share) {
            this.shareLimit = share(share);
            return this;
        }

        static double share(double share) {
            if (!(share > 0 && share <= 1)) {
                throw new IllegalArgumentException(
                        "shareLimit: " + share + " given; more than 0, up to 1 for no limit, is allowed");
            }
            return share;
        }

        /**
         * Puts messages and all that goes with them into an archive, from which they can be restored: into tables in the same
         * transaction; into files in two batches, of which the first writes a file and reads it back, and the second deletes what
         * is still as it stands there, and counts the rest as {@code skipped.changed}. Default: what is deleted is gone.
         *
         * @param to an archive of the same database
         * @throws IllegalArgumentException if it is another database's
         */
        public Builder archive(Archive to) {
            if (!to.isIn(database)) {
                throw new IllegalArgumentException("archive: " + to + " given, which is another ChatDatabase's");
            }
            this.archive = to;
            return this;
        }

        /**
         * Keeps the keys of messages that went until a listener was told of them, see {@link ChatDatabase#removalDelivery}.
         * Default: they are not kept.
         */
        public Builder tellDeleted() {
            this.tellsMessages = true;
            return this;
        }

        /**
         * How much there may be: when there is more after all else is done, the oldest messages go that policies allow to, until
         * the low mark is reached, and never more than the excess that the run measured. What is pinned or else exempt, never
         * deleted, held or restored stays, and so does what is younger than the policies' floor, what a rule keeps for ever,
         * what is among the latest that a rule keeps, what a reviewing policy keeps, and what tells no time of sending. The time
         * that a rule keeps messages for does not shield them; messages without any rule may go, too. When all that
         * may go is gone and there is still too much, the run says so. It takes messages with one time of sending and a unique
         * key. Default: any number.
         */
        public Builder sizeCap(SizeCap cap) {
            this.sizeCap = Objects.requireNonNull(cap, "cap");
            return this;
        }

        /**
         * How many transactions at once a batch may use, each for a piece of the messages of its own, where it walks them by
         * an indexed time or by whole-number keys to remove what is soft-deleted, expired or orphaned. It is still one run, with one
         * record, and what goes and is counted is the same. Counting, previews, the second look at what was locked, orphaned
         * children and a size cap take one, and so does H2, which has no lock that several can share. A batch has as many items
         * as with one, which the workers share.
         *
         * <p>So many workers take one connection each and leave one for claims: let {@link ChatDatabase#of(javax.sql.DataSource,
         * ChatSchema, int)} use one more than there are workers, and the pool lend as many. Where other tasks hold them, fewer
         * work. The policies of the host's own are asked in several threads. The task does not start if too few connections are
         * allowed, or the schema describes what only one can tell or change at a time: files, tables shared between messages,
         * counters, messages that refer to messages, keys that are not unique. Runs have to be kept in {@link
         * ChatDatabase#runStore()}; elsewhere one works, and a warning says so. Default: 1
         *
         * @param number 1 to 16
         * @throws IllegalArgumentException if it is not allowed
         */
        public Builder workers(int number) {
            if (number < 1 || number > 16) {
                throw new IllegalArgumentException("workers: " + number + " given, 1 to 16 allowed");
            }
            this.workers = number;
            return this;
        }

        /**
         * The task.
         *
         * @throws IllegalArgumentException if there are a size cap and an archive in tables of the same database, or several
         *     workers and a listener that is to be told in order, or an archive in files
         */
        public MessageCleanup build() {
            if (sizeCap != null && archive != null && archive.isInTables()) {
                throw new IllegalArgumentException(
                        "sizeCap: " + sizeCap + " given together with " + archive
                                + ", which is in the same database, so that nothing would be freed; archive into files, or leave one of the two away");
            }
            if (workers > 1 && tellsMessages) {
                throw new IllegalArgumentException("workers: " + workers
                        + " given together with tellDeleted, whose listener is told in the order in which messages went,"
                        + " which several at once do not have; leave one of the two away");
            }
            if (workers > 1 && archive != null && !archive.isInTables()) {
                throw new IllegalArgumentException("workers: " + workers + " given together with " + archive
                        + ", whose files are written by one; archive into tables, or leave one of the two away");
            }
            return new MessageCleanup(this);
        }
    }
}
