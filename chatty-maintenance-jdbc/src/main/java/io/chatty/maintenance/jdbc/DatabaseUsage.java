package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.file.EvictableFile;
import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.file.EvictionOrder;
import io.chatty.maintenance.file.FileReferences.Released;
import io.chatty.maintenance.file.FileUsage;
import io.chatty.maintenance.file.UsageScope;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.file.FileTableSettings;
import io.chatty.maintenance.jdbc.internal.file.JdbcFileUsage;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a table of the host's says of its files, for limits; see {@link ChatDatabase#fileUsage}. Thread-safe.
 *
 * <p>Giving a file up deletes its row, or sets a column of it, as was said; in that transaction its name is written to the outbox, from
 * which a sweep takes it. Rows that the host has locked are waited for a moment, and then left. Legal holds on the room or the user
 * shield a file, whenever it was made, but for one that was made after the hold's end; where a row does not tell its room or user,
 * each hold may cover it. So does whatever else the references know: another row, another column, an archive.
 *
 * <p>An index on the room and one on the user, each with the size beside it, let sums be read without the table.
 */
public final class DatabaseUsage implements FileUsage {

    private final String table;
    private final JdbcFileUsage usage;
    private final DatabaseReferences references;
    private final boolean tellsRoom;
    private final boolean tellsUser;
    private final boolean tellsUse;

    private DatabaseUsage(Builder builder, FileTableSettings settings, DatabaseReferences references) {
        this.table = builder.table;
        this.usage = new JdbcFileUsage(builder.database, builder.schema, settings, references.reader());
        this.references = references;
        this.tellsRoom = settings.room().isPresent();
        this.tellsUser = settings.user().isPresent();
        this.tellsUse = settings.lastUsedAt().isPresent();
    }

    @Override
    public String name() {
        return table;
    }

    @Override
    public List<String> problems() {
        List<String> problems = references.problems();
        return problems.isEmpty() ? usage.problems() : problems;
    }

    @Override
    public boolean tells(UsageScope.Kind kind) {
        return switch (kind) {
            case ALL -> true;
            case ROOM -> tellsRoom;
            case USER -> tellsUser;
        };
    }

    @Override
    public boolean canOrder(EvictionOrder order) {
        return order != EvictionOrder.LEAST_RECENTLY_USED || tellsUse;
    }

    @Override
    public Used used(UsageScope scope, Instant upTo) throws Exception {
        return usage.used(scope, upTo);
    }

    @Override
    public List<Used> over(UsageScope.Kind kind, long bytes, Instant upTo, String after, int most) throws Exception {
        return usage.over(kind, bytes, upTo, after, most);
    }

    @Override
    public Page evictable(
            UsageScope scope, EvictionOrder order, Instant madeBefore, Optional<Cursor> position, int most)
            throws Exception {
        return usage.evictable(scope, order, madeBefore, position, most);
    }

    @Override
    public Counts shielded(UsageScope scope, Instant madeBefore) throws Exception {
        return usage.shielded(scope, madeBefore);
    }

    @Override
    public Map<String, Outcome> release(
            RunId run, Collection<String> names, Instant madeBefore, EvictionListener listener) throws Exception {
        return usage.release(run, names, madeBefore, listener);
    }

    @Override
    public List<Released> waiting(long after, int most) {
        return usage.waiting(after, most);
    }

    @Override
    public String toString() {
        return "DatabaseUsage[" + table + "]";
    }

    /** What the host does where files are given up. */
    @FunctionalInterface
    public interface FollowingRows {

        /**
         * They are given up, by a transaction that commits when this returns. What it throws undoes it.
         *
         * @param connection the transaction's; it must not be committed, rolled back, closed, or put to another mode
         */
        void released(Connection connection, List<EvictableFile> files) throws Exception;
    }

    /** Describes the table. Not thread-safe. */
    public static final class Builder {

        private final Database database;
        private final ChatSchema schema;
        private final String table;
        private @Nullable String name;
        private @Nullable String size;
        private ChatSchema.@Nullable Time createdAt;
        private ChatSchema.@Nullable Time lastUsedAt;
        private @Nullable String room;
        private @Nullable String user;
        private boolean saysEvictable;
        private Optional<Match> evictable = Optional.empty();
        private boolean deletes;
        private ChatSchema.@Nullable Time marked;
        private final List<String> goAlong = new ArrayList<>();
        private @Nullable DatabaseReferences references;
        private FollowingRows following = (connection, files) -> {};

        Builder(Database database, ChatSchema schema, String table) {
            this.database = database;
            this.schema = schema;
            this.table = ChatSchema.name("fileUsage", table);
        }

        /** The column of the file's name. The {@link #references} say how it stands for the name. Needed. */
        public Builder name(String column) {
            name = ChatSchema.name("name", column);
            return this;
        }

        /** The column of the file's size in bytes. Needed. */
        public Builder size(String column) {
            size = ChatSchema.name("size", column);
            return this;
        }

        /** The column that tells when the row was made, with its zone. Needed, this or the other. */
        public Builder createdAt(String column) {
            return createdAt(column, TimeKind.zoned());
        }

        /** The column that tells when the row was made. */
        public Builder createdAt(String column, TimeKind kind) {
            createdAt = new ChatSchema.Time(column, kind);
            return this;
        }

        /** The column that tells when the file was last used; it tells the time as {@link #createdAt} does, which has to be said before. */
        public Builder lastUsedAt(String column) {
            if (createdAt == null) {
                throw new IllegalArgumentException("lastUsedAt: given before createdAt, as which it tells the time");
            }
            lastUsedAt = new ChatSchema.Time(column, createdAt.kind());
            return this;
        }

        /** The column of the file's room. */
        public Builder room(String column) {
            room = ChatSchema.name("room", column);
            return this;
        }

        /** The column of the file's user. */
        public Builder user(String column) {
            user = ChatSchema.name("user", column);
            return this;
        }

        /** Only files of these rows may go, such as {@code not(isTrue("pinned"))}. Needed, this or {@link #allEvictable}. */
        public Builder evictable(Match match) {
            saysEvictable = true;
            evictable = Optional.of(match);
            return this;
        }

        /** Files of all rows may go. */
        public Builder allEvictable() {
            saysEvictable = true;
            evictable = Optional.empty();
            return this;
        }

        /** A file is given up by deleting its row. Needed, this or {@link #marks}. */
        public Builder deletesRows() {
            deletes = true;
            return this;
        }

        /**
         * Where rows are deleted: a table whose foreign key takes its rows along, or sets them loose, and may. Others are refused.
         */
        public Builder goAlong(String otherTable) {
            goAlong.add(ChatSchema.name("goAlong", otherTable));
            return this;
        }

        /**
         * A file is given up by setting this column to the time. Rows where it is set do not count; the references must not count them
         * either.
         */
        public Builder marks(String column, TimeKind kind) {
            marked = new ChatSchema.Time(column, kind);
            return this;
        }

        /**
         * All that refers to files, this column too. What it knows by another row or column does not go. Needed.
         */
        public Builder references(DatabaseReferences newReferences) {
            if (!newReferences.isIn(database)) {
                throw new IllegalArgumentException(
                        "references: " + newReferences + " given, which is another ChatDatabase's");
            }
            references = newReferences;
            return this;
        }

        /** What the host does in the transaction that gives files up. Default: nothing. */
        public Builder following(FollowingRows newFollowing) {
            following = Objects.requireNonNull(newFollowing, "following");
            return this;
        }

        DatabaseUsage build() {
            if (references == null) {
                throw missing("references");
            }
            if (!saysEvictable) {
                throw missing("evictable(…) or allEvictable()");
            }
            if (deletes == (marked != null)) {
                throw new IllegalArgumentException(
                        "fileUsage: one of deletesRows() and marks(…) is needed, to say how a file is given up");
            }
            return new DatabaseUsage(
                    this,
                    new FileTableSettings(
                            table,
                            needed("name", name),
                            needed("size", size),
                            needed("createdAt", createdAt),
                            Optional.ofNullable(lastUsedAt),
                            Optional.ofNullable(room),
                            Optional.ofNullable(user),
                            evictable,
                            Optional.ofNullable(marked),
                            goAlong,
                            following),
                    references);
        }

        private static <T> T needed(String what, @Nullable T given) {
            if (given == null) {
                throw missing(what);
            }
            return given;
        }

        private static IllegalArgumentException missing(String what) {
            return new IllegalArgumentException("fileUsage: " + what + " is needed, and not given");
        }
    }
}
