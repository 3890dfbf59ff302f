package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.ChatSchema.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A table whose rows belong to several messages, see {@link ChatSchema.Builder#shared}. Immutable. */
public final class SharedTable {

    private final String table;
    private final String key;
    private final Links links;
    private final List<Reference> keptBy;
    private final List<String> files;
    private final ChatSchema.@Nullable Time at;

    private SharedTable(Builder builder, String key, Links links) {
        this.table = builder.table;
        this.key = key;
        this.links = links;
        this.keptBy = List.copyOf(builder.keptBy);
        this.files = builder.files;
        this.at = builder.at;
    }

    /** The table's name. */
    public String table() {
        return table;
    }

    /** Its key. */
    public String key() {
        return key;
    }

    /** The links to messages. */
    public Links links() {
        return links;
    }

    /** Columns of other tables whose values keep the rows that they name. */
    public List<Reference> keptBy() {
        return keptBy;
    }

    /** The columns that hold paths of files. */
    public List<String> files() {
        return files;
    }

    /** The column that tells when a row was written. */
    public Optional<ChatSchema.Time> at() {
        return Optional.ofNullable(at);
    }

    /**
     * A table of links.
     *
     * @param table its name
     * @param refersBy its column that holds the shared row's key
     * @param messageKey its columns that hold the message's key, in the key's order
     */
    public record Links(String table, String refersBy, List<String> messageKey) {}

    /** Collects the description. Not thread-safe. */
    public static final class Builder {

        private final String table;
        private @Nullable String key;
        private @Nullable Links links;
        private final List<Reference> keptBy = new ArrayList<>();
        private List<String> files = List.of();
        private ChatSchema.@Nullable Time at;

        Builder(String table) {
            this.table = table;
        }

        /** The table's key: one column. */
        public Builder key(String column) {
            this.key = ChatSchema.name("shared " + table, column);
            return this;
        }

        /**
         * The table of links to messages, whose rows go with the message.
         *
         * @param refersBy its column that holds the shared row's key
         * @param messageKey its columns that hold the message's key, in the key's order
         */
        public Builder through(String links, String refersBy, String... messageKey) {
            this.links = new Links(
                    ChatSchema.name("shared " + table, links),
                    ChatSchema.name("shared " + table, refersBy),
                    ChatSchema.names("shared " + table, messageKey));
            return this;
        }

        /** A column of another table whose values keep the rows that they name: links to scheduled messages, say. */
        public Builder keptBy(String other, String refersBy) {
            keptBy.add(new Reference(other, refersBy));
            return this;
        }

        /** Columns that hold paths of files, which are handed on to the file sweep when the row has gone. */
        public Builder files(String... columns) {
            this.files = ChatSchema.names("shared " + table, columns);
            return this;
        }

        /**
         * The column that tells when a row was written: a row that no link names, and nothing that {@link #keptBy} says, is an
         * orphan when it is older than the grace of {@code removeOrphans(grace)}. Default: such rows stay. All foreign keys to the
         * table have to be described then, whatever they say ON DELETE. No row is an orphan while the table of links is empty, nor
         * in a cleanup that archives: what is restored may name it.
         */
        public Builder at(String column, TimeKind kind) {
            this.at = new ChatSchema.Time(column, kind);
            return this;
        }

        SharedTable build() {
            if (key == null || links == null) {
                throw new IllegalArgumentException("shared: table \"" + table + "\" is given without its "
                        + (key == null ? "key; call key(column)" : "links; call through(table, column, messageKey)"));
            }
            return new SharedTable(this, key, links);
        }
    }
}
