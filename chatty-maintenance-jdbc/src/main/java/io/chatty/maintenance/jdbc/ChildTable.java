package io.chatty.maintenance.jdbc;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A table whose rows belong to a message, see {@link ChatSchema.Builder#children}. Immutable. */
public final class ChildTable {

    private final String table;
    private final List<String> refersBy;
    private final List<String> to;
    private final @Nullable Match where;
    private final boolean setLoose;
    private final List<String> files;
    private final ChatSchema.@Nullable Time at;

    private ChildTable(Builder builder) {
        this.table = builder.table;
        this.refersBy = builder.refersBy;
        this.to = builder.to;
        this.where = builder.where;
        this.setLoose = builder.setLoose;
        this.files = builder.files;
        this.at = builder.at;
    }

    /** The table's name. */
    public String table() {
        return table;
    }

    /** The columns that hold the message's key, or what {@link #to} says. */
    public List<String> refersBy() {
        return refersBy;
    }

    /** The message's columns that are referred to; empty for its key. */
    public List<String> to() {
        return to;
    }

    /** Which rows refer to messages; empty for all. */
    public Optional<Match> where() {
        return Optional.ofNullable(where);
    }

    /** Whether the rows stay, with NULL in the columns by which they referred to the message. */
    public boolean isSetLoose() {
        return setLoose;
    }

    /** The columns that hold paths of files. */
    public List<String> files() {
        return files;
    }

    /** When a row was written; empty if that is not told. */
    public Optional<ChatSchema.Time> at() {
        return Optional.ofNullable(at);
    }

    boolean isAlike(ChildTable other) {
        return table.equals(other.table) && refersBy.equals(other.refersBy) && where().equals(other.where());
    }

    /** Collects the description. Not thread-safe. */
    public static final class Builder {

        private final String table;
        private List<String> refersBy = List.of();
        private List<String> to = List.of();
        private @Nullable Match where;
        private boolean setLoose;
        private List<String> files = List.of();
        private ChatSchema.@Nullable Time at;

        Builder(String table) {
            this.table = table;
        }

        /** The columns that hold the message's key, in the key's order. */
        public Builder refersBy(String... columns) {
            this.refersBy = ChatSchema.names("children of " + table, columns);
            return this;
        }

        /** The message's unique columns that are referred to, if they are not its key. */
        public Builder to(String... messageColumns) {
            this.to = ChatSchema.names("children of " + table, messageColumns);
            return this;
        }

        /** Which rows refer to messages, for a table whose column holds ids of several kinds. */
        public Builder where(Match match) {
            this.where = match;
            return this;
        }

        /** The rows stay when their message goes, with NULL in the columns by which they referred to it. */
        public Builder setLoose() {
            this.setLoose = true;
            return this;
        }

        /** Columns that hold paths of files, which are handed on to the file sweep when the row has gone. */
        public Builder files(String... columns) {
            this.files = ChatSchema.names("children of " + table, columns);
            return this;
        }

        /** The column that tells when a row was written: by it an orphan has its grace, see {@code removeOrphans(grace)}. */
        public Builder at(String column, TimeKind kind) {
            this.at = new ChatSchema.Time(column, kind);
            return this;
        }

        ChildTable build() {
            if (refersBy.isEmpty()) {
                throw new IllegalArgumentException("children: table \"" + table
                        + "\" is given without the columns that refer to messages; call refersBy(column…)");
            }
            if (!to.isEmpty() && to.size() != refersBy.size()) {
                throw new IllegalArgumentException("children: table \"" + table + "\" refers by " + refersBy + " to "
                        + to + "; as many columns on both sides are allowed");
            }
            if (setLoose && !files.isEmpty()) {
                throw new IllegalArgumentException("children: table \"" + table
                        + "\" has files and setLoose(), but rows that stay keep their files; leave one of them out");
            }
            return new ChildTable(this);
        }
    }
}
