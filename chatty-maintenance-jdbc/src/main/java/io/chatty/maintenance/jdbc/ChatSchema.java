package io.chatty.maintenance.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The host's tables: what the library has to know of them. Immutable.
 *
 * <p>Names are looked up in the database's own catalogue: letter for letter first, then without regard to case if only one
 * fits. They are checked when the engine starts, and quoted in every statement.
 *
 * <p>An empty text in a column that refers to something (a room, a sender, a message) stands for nothing there, as NULL does.
 */
public final class ChatSchema {

    private final @Nullable String schema;
    private final MessageTable messages;
    private final List<ChildTable> children;
    private final List<SharedTable> shared;
    private final List<Counter> counters;
    private final @Nullable RoomTable rooms;
    private final @Nullable Reference users;

    private ChatSchema(Builder builder, MessageTable messages) {
        this.schema = builder.schema;
        this.messages = messages;
        this.children = List.copyOf(builder.children);
        this.shared = List.copyOf(builder.shared);
        this.counters = List.copyOf(builder.counters);
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
    public MessageTable messages() {
        return messages;
    }

    /** The tables whose rows belong to a message and go with it, in the order in which they are deleted from. */
    public List<ChildTable> children() {
        return children;
    }

    /** The tables whose rows belong to several messages, and go with the last. */
    public List<SharedTable> shared() {
        return shared;
    }

    /** The counters that are repaired when messages go. */
    public List<Counter> counters() {
        return counters;
    }

    /** The table of rooms. */
    public Optional<RoomTable> rooms() {
        return Optional.ofNullable(rooms);
    }

    /** The table of users. */
    public Optional<Reference> users() {
        return Optional.ofNullable(users);
    }

    /**
     * A table and one of its columns.
     *
     * @param table its name
     * @param column the column's name
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

    static String name(String what, String given) {
        if (given.isBlank()) {
            throw new IllegalArgumentException(what + ": a blank name given; name it as the database does");
        }
        return given;
    }

    static List<String> names(String what, String... given) {
        if (given.length == 0) {
            throw new IllegalArgumentException(what + ": no column given");
        }
        List<String> names = List.of(given);
        names.forEach(each -> name(what, each));
        if (names.stream().distinct().count() != names.size()) {
            throw new IllegalArgumentException(what + ": a column is given twice in " + names);
        }
        return names;
    }

    /** Collects the description. Not thread-safe. */
    public static final class Builder {

        private @Nullable String schema;
        private @Nullable MessageTable messages;
        private final List<ChildTable> children = new ArrayList<>();
        private final List<SharedTable> shared = new ArrayList<>();
        private final List<Counter> counters = new ArrayList<>();
        private @Nullable RoomTable rooms;
        private @Nullable Reference users;

        private Builder() {}

        /** The database schema in which the tables are. Default: the connection's own. */
        public Builder schema(String name) {
            this.schema = name("schema", name);
            return this;
        }

        /**
         * The message table; {@code key} and {@code sentAt} must be described.
         *
         * @throws IllegalArgumentException if a part that is needed is missing
         */
        public Builder messages(String table, Consumer<MessageTable.Builder> columns) {
            MessageTable.Builder builder = new MessageTable.Builder(name("messages", table));
            columns.accept(builder);
            this.messages = builder.build();
            return this;
        }

        /**
         * A table whose rows belong to a message and go with it.
         *
         * @param column where the message's key stands
         */
        public Builder children(String table, String column) {
            return children(table, c -> c.refersBy(column));
        }

        /**
         * A table whose rows belong to a message and go with it, or are set loose from it.
         *
         * @throws IllegalArgumentException if {@code refersBy} is missing
         */
        public Builder children(String table, Consumer<ChildTable.Builder> columns) {
            ChildTable.Builder builder = new ChildTable.Builder(name("children", table));
            columns.accept(builder);
            children.add(builder.build());
            return this;
        }

        /**
         * A table whose rows belong to several messages, by a table of links: an attachment that was forwarded, say. A row
         * goes with its last link, also when it had none.
         *
         * @throws IllegalArgumentException if {@code key} or {@code through} is missing
         */
        public Builder shared(String table, Consumer<SharedTable.Builder> columns) {
            SharedTable.Builder builder = new SharedTable.Builder(name("shared", table));
            columns.accept(builder);
            shared.add(builder.build());
            return this;
        }

        /**
         * A column that counts messages, which is made less by those that go, in the same transaction.
         *
         * @param table the table of the counter
         * @throws IllegalArgumentException if its key, its counting column or what it counts is missing
         */
        public Builder counter(String table, Consumer<Counter.Builder> columns) {
            Counter.Builder builder = new Counter.Builder(name("counter", table));
            columns.accept(builder);
            counters.add(builder.build());
            return this;
        }

        /** The table of rooms: a message whose room it does not have is an orphan. */
        public Builder rooms(String table, String key) {
            return rooms(table, r -> r.key(key));
        }

        /**
         * The table of rooms: a message whose room it does not have is an orphan.
         *
         * @throws IllegalArgumentException if {@code key} is missing
         */
        public Builder rooms(String table, Consumer<RoomTable.Builder> columns) {
            RoomTable.Builder builder = new RoomTable.Builder(name("rooms", table));
            columns.accept(builder);
            this.rooms = builder.build();
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
         * @throws IllegalArgumentException if parts are missing or contradict one another
         */
        public ChatSchema build() {
            MessageTable described = messages;
            if (described == null) {
                throw new IllegalArgumentException(
                        "messages: not described; call messages(table, m -> m.key(…).sentAt(…))");
            }
            if (rooms != null && described.room().isEmpty()) {
                throw new IllegalArgumentException("rooms: described, but messages have no room(column)");
            }
            if (rooms != null && rooms.team().isPresent() && described.team().isPresent()) {
                throw new IllegalArgumentException("team: described by messages and by rooms; at most one is allowed");
            }
            if (users != null && described.sender().isEmpty()) {
                throw new IllegalArgumentException("users: described, but messages have no sender(column)");
            }
            children.forEach(child -> check(child, described));
            return new ChatSchema(this, described);
        }

        private void check(ChildTable child, MessageTable described) {
            if (child.table().equals(described.table()) && !child.isSetLoose()) {
                throw new IllegalArgumentException("children: \"" + described.table()
                        + "\" is the message table itself, which cannot be its own child; to have messages that refer to"
                        + " one that goes set loose from it call setLoose()");
            }
            if (child.to().isEmpty()
                    && child.refersBy().size() != described.key().size()) {
                throw new IllegalArgumentException("children: table \"" + child.table() + "\" refers to messages by "
                        + child.refersBy() + ", but their key is " + described.key()
                        + "; as many columns are allowed, in the key's order");
            }
            if (children.stream().filter(child::isAlike).count() > 1) {
                throw new IllegalArgumentException("children: table \"" + child.table() + "\" is given twice");
            }
        }
    }
}
