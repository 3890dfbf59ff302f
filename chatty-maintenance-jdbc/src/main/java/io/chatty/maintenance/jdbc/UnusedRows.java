package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.internal.archive.ArchivePlace;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.unused.UnusedRemoval;
import io.chatty.maintenance.jdbc.internal.unused.UnusedSettings;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.TaskContext;
import io.chatty.maintenance.task.TaskNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Removes rooms, or users, that nothing refers to any more: no message, and no row of the tables that are named by
 * {@link Builder#usedBy}. Made by {@link ChatDatabase#unusedRooms} and {@link ChatDatabase#unusedUsers}. Thread-safe.
 *
 * <p>A row goes when it is older than the grace; one that tells no time stays, and so does one that a legal hold names. While
 * there is no message at all, none goes: more likely the table is the wrong one, or being filled. All foreign keys that point
 * at the table have to be described, whatever they say ON DELETE. Rows are locked before they are looked at for the last
 * time, so that on PostgreSQL and MariaDB one that is just being referred to stays where a foreign key says that it is: what is
 * described has to have one, unless {@link Builder#withoutForeignKeys} is called. H2 checks foreign keys without such a lock.
 *
 * <p>A run counts {@code examined} rows, {@code deleted.unused} and {@code skipped.locked}, a preview {@code examined} and
 * {@code due.unused}.
 */
public final class UnusedRows extends OwnTask {

    private final String name;
    private final UnusedSettings settings;
    private final UnusedRemoval removal;

    private UnusedRows(Builder builder) {
        super(builder.database);
        this.name = builder.name;
        this.settings = new UnusedSettings(
                builder.rooms,
                builder.createdAt,
                builder.grace,
                List.copyOf(builder.usedBy),
                List.copyOf(builder.archives),
                Optional.ofNullable(builder.keep),
                builder.withoutForeignKeys,
                builder.shareLimit);
        this.removal = new UnusedRemoval(builder.database, builder.schema, name, settings);
    }

    @Override
    public String name() {
        return name;
    }

    /** What the settings come to: a run that waits for its confirmation lapses when they change. */
    @Override
    public String fingerprint() {
        return Integer.toHexString(settings.toString().hashCode());
    }

    @Override
    public List<String> problems() {
        return removal.problems();
    }

    @Override
    public BatchResult runBatch(TaskContext context) throws Exception {
        return removal.runBatch(context);
    }

    @Override
    public BatchResult previewBatch(TaskContext context) throws Exception {
        return removal.previewBatch(context);
    }

    @Override
    public String toString() {
        return "UnusedRows[" + name + "]";
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {

        private final Database database;
        private final ChatSchema schema;
        private final boolean rooms;
        private final ChatSchema.Time createdAt;
        private final Duration grace;
        private final List<ChatSchema.Reference> usedBy = new ArrayList<>();
        private final List<String> archives = new ArrayList<>();
        private String name;
        private @Nullable Match keep;
        private boolean withoutForeignKeys;
        private double shareLimit = 0.3;

        Builder(Database database, ChatSchema schema, boolean rooms, ChatSchema.Time createdAt, Duration grace) {
            String what = rooms ? "unusedRooms" : "unusedUsers";
            if (rooms ? schema.rooms().isEmpty() : schema.users().isEmpty()) {
                throw new IllegalArgumentException(what + ": the schema does not describe them; add "
                        + (rooms ? "rooms" : "users") + "(table, key) to it");
            }
            this.database = database;
            this.schema = schema;
            this.rooms = rooms;
            this.createdAt = createdAt;
            this.grace = MessageCleanup.Builder.grace(what, grace);
            this.name = rooms ? "unused-rooms" : "unused-users";
        }

        /**
         * The task's name. Default: {@code unused-rooms}, or {@code unused-users}.
         *
         * @throws IllegalArgumentException if it is not allowed
         */
        public Builder name(String taskName) {
            this.name = TaskNames.check(taskName);
            return this;
        }

        /**
         * A column whose values keep the rows that they name, such as that of memberships. Each that there is should be named;
         * those with a foreign key have to be. Default: messages alone.
         *
         * @throws IllegalArgumentException if a name is blank, or the column is given twice
         */
        public Builder usedBy(String table, String column) {
            ChatSchema.Reference reference = new ChatSchema.Reference(table, column);
            if (usedBy.contains(reference)) {
                throw new IllegalArgumentException("usedBy: " + reference + " is given twice");
            }
            usedBy.add(reference);
            return this;
        }

        /**
         * An archive whose messages keep rooms and users, too, so that they can be restored. Each that there is should be named.
         *
         * @throws IllegalArgumentException if it is another database's, or in files
         */
        public Builder archive(Archive archive) {
            if (!archive.isIn(database)) {
                throw new IllegalArgumentException("archive: " + archive + " given, which is another ChatDatabase's");
            }
            if (!(archive.place() instanceof ArchivePlace.InTables tables)) {
                throw new IllegalArgumentException("archive: " + archive
                        + " given, which is in files, and no statement can ask those; only archives in tables are allowed:"
                        + " leave unused rows where they are as long as there is that one");
            }
            archives.add(tables.prefix());
            return this;
        }

        /** Rows of the table that stay whatever refers to them: the room that all are in, say. Default: none. */
        public Builder keep(Match match) {
            this.keep = match;
            return this;
        }

        /**
         * Allows columns that refer to rooms, or users, without a foreign key: then a row that is written in the very moment
         * in which the one that it names goes is not seen. Default: they are refused.
         */
        public Builder withoutForeignKeys() {
            this.withoutForeignKeys = true;
            return this;
        }

        /**
         * The share of the table above which a run stops before its first delete, and waits for its
         * {@link io.chatty.maintenance.run.RunState#AWAITING_CONFIRMATION confirmation}. What the task removed in the last seven
         * days counts; tables under 100 rows are left out. Default: 0.3
         *
         * @param share more than 0, up to 1 for no limit
         * @throws IllegalArgumentException if it is not allowed
         */
        public Builder shareLimit(double share) {
            this.shareLimit = MessageCleanup.Builder.share(share);
            return this;
        }

        /** The task. */
        public UnusedRows build() {
            return new UnusedRows(this);
        }
    }
}
