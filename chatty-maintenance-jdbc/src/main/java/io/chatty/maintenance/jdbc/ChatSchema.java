package io.chatty.maintenance.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The host's tables: what the library has to know of them. Immutable.
 *
 * <p>Names are looked up in the database's own catalogue: letter for letter first, then without regard to case if only one
 * fits. They are checked when the engine starts, and quoted in every statement.
 */
public final class ChatSchema {

    private final @Nullable String schema;
    private final Messages messages;
    private final List<Reference> children;
    private final @Nullable Reference rooms;
    private final @Nullable Reference users;

    private ChatSchema(Builder builder, Messages messages) {
        this.schema = builder.schema;
        this.messages = messages;
        this.children = List.copyOf(builder.children);
        this.rooms = builder.rooms;
        this.users = builder.users;
    }

    /** Starts with nothing described. */
    public static Builder builder() {
        return new Builder();
    }

    /** The database schema of the tables; empty for the connection's own. */
    public Optional<String> schema() {
        return Optional.ofNullable(schema);
    }

    /** The message table. */
    public Messages messages() {
        return messages;
    }

    /** The tables whose rows belong to a message and go with it, in the order in which they are deleted from. */
    public List<Reference> children() {
        return children;
    }

    /** The table of rooms. */
    public Optional<Reference> rooms() {
        return Optional.ofNullable(rooms);
    }

    /** The table of users. */
    public Optional<Reference> users() {
        return Optional.ofNullable(users);
    }

    /**
     * A table and the column by which it hangs together with messages.
     *
     * @param table its name
     * @param column of a child the message's key; of rooms and users their own key
     */
    public record Reference(String table, String column) {
        /** @throws IllegalArgumentException if a name is blank */
        public Reference {
            name("table", table);
            name("column of " + table, column);
        }
    }

    /**
     * A column that tells a time.
     *
     * @param column its name
     * @param kind how it tells the time
     */
    public record Time(String column, TimeKind kind) {
        /** @throws IllegalArgumentException if the name is blank */
        public Time {
            name("time column", column);
            Objects.requireNonNull(kind, "kind");
        }
    }

    private static String name(String what, String given) {
        if (given.isBlank()) {
            throw new IllegalArgumentException(what + ": a blank name given; name it as the database does");
        }
        return given;
    }

    /** The message table. Immutable. */
    public static final class Messages {

        private final String table;
        private final @Nullable String key;
        private final @Nullable Time sentAt;
        private final @Nullable String room;
        private final @Nullable String sender;
        private final @Nullable Time softDeletedAt;
        private final @Nullable String pinned;

        private Messages(
                String table,
                @Nullable String key,
                @Nullable Time sentAt,
                @Nullable String room,
                @Nullable String sender,
                @Nullable Time softDeletedAt,
                @Nullable String pinned) {
            this.table = table;
            this.key = key;
            this.sentAt = sentAt;
            this.room = room;
            this.sender = sender;
            this.softDeletedAt = softDeletedAt;
            this.pinned = pinned;
        }

        /** The key: one column, unique and not null, of whole numbers, text or UUIDs. */
        public Messages key(String column) {
            return new Messages(table, name("key", column), sentAt, room, sender, softDeletedAt, pinned);
        }

        /** When the message was sent, in a column with a time zone. A message without it is never due by age. */
        public Messages sentAt(String column) {
            return sentAt(column, TimeKind.zoned());
        }

        /** When the message was sent. A message without it is never due by age. */
        public Messages sentAt(String column, TimeKind kind) {
            return new Messages(table, key, new Time(column, kind), room, sender, softDeletedAt, pinned);
        }

        /** The id of the message's room; may be NULL, for no room. */
        public Messages room(String column) {
            return new Messages(table, key, sentAt, name("room", column), sender, softDeletedAt, pinned);
        }

        /** The id of the user who sent the message; may be NULL, for none. */
        public Messages sender(String column) {
            return new Messages(table, key, sentAt, room, name("sender", column), softDeletedAt, pinned);
        }

        /** When the message was deleted by a user, in a column with a time zone; NULL while it lives. */
        public Messages softDeletedAt(String column) {
            return softDeletedAt(column, TimeKind.zoned());
        }

        /** When the message was deleted by a user; NULL, or 0 of a number, while it lives. */
        public Messages softDeletedAt(String column, TimeKind kind) {
            return new Messages(table, key, sentAt, room, sender, new Time(column, kind), pinned);
        }

        /** Whether the message is pinned, and thereby exempt from retention; NULL counts as not pinned. */
        public Messages pinned(String column) {
            return new Messages(table, key, sentAt, room, sender, softDeletedAt, name("pinned", column));
        }

        /** The table's name. */
        public String table() {
            return table;
        }

        /** The key column. */
        public String key() {
            return Objects.requireNonNull(key, "key");
        }

        /** The time of sending. */
        public Time sentAt() {
            return Objects.requireNonNull(sentAt, "sentAt");
        }

        /** The room's column. */
        public Optional<String> room() {
            return Optional.ofNullable(room);
        }

        /** The sender's column. */
        public Optional<String> sender() {
            return Optional.ofNullable(sender);
        }

        /** The time of deletion by a user. */
        public Optional<Time> softDeletedAt() {
            return Optional.ofNullable(softDeletedAt);
        }

        /** The column that says whether a message is pinned. */
        public Optional<String> pinned() {
            return Optional.ofNullable(pinned);
        }
    }

    /** Collects the description. Not thread-safe. */
    public static final class Builder {

        private @Nullable String schema;
        private @Nullable Messages messages;
        private final List<Reference> children = new ArrayList<>();
        private @Nullable Reference rooms;
        private @Nullable Reference users;

        private Builder() {}

        /** The database schema in which the tables are. Default: the connection's own. */
        public Builder schema(String name) {
            this.schema = name("schema", name);
            return this;
        }

        /** The message table; {@code key} and {@code sentAt} must be described. */
        public Builder messages(String table, UnaryOperator<Messages> columns) {
            this.messages = columns.apply(new Messages(name("messages", table), null, null, null, null, null, null));
            return this;
        }

        /**
         * A table whose rows belong to a message and go with it.
         *
         * @param column where the message's key stands
         * @throws IllegalArgumentException if that table is there already
         */
        public Builder children(String table, String column) {
            Reference child = new Reference(table, column);
            if (children.stream().anyMatch(other -> other.table().equals(table))) {
                throw new IllegalArgumentException("children: table \"" + table + "\" is given twice");
            }
            children.add(child);
            return this;
        }

        /** The table of rooms: a message whose room it does not have is an orphan. */
        public Builder rooms(String table, String key) {
            this.rooms = new Reference(table, key);
            return this;
        }

        /** The table of users: a message whose sender it does not have is an orphan. */
        public Builder users(String table, String key) {
            this.users = new Reference(table, key);
            return this;
        }

        /**
         * The schema.
         *
         * @throws IllegalArgumentException if a part that is needed is missing
         */
        public ChatSchema build() {
            Messages described = messages;
            if (described == null) {
                throw new IllegalArgumentException(
                        "messages: not described; call messages(table, m -> m.key(…).sentAt(…))");
            }
            if (described.key == null) {
                throw new IllegalArgumentException("messages: the key is not described; call key(column)");
            }
            if (described.sentAt == null) {
                throw new IllegalArgumentException(
                        "messages: the time of sending is not described; call sentAt(column)");
            }
            if (rooms != null && described.room == null) {
                throw new IllegalArgumentException("rooms: described, but messages have no room(column)");
            }
            if (users != null && described.sender == null) {
                throw new IllegalArgumentException("users: described, but messages have no sender(column)");
            }
            if (children.stream().anyMatch(child -> child.table().equals(described.table))) {
                throw new IllegalArgumentException("children: \"" + described.table
                        + "\" is the message table itself, which cannot be its own child");
            }
            return new ChatSchema(this, described);
        }
    }
}
