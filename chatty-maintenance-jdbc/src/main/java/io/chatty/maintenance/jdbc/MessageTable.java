package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.ChatSchema.Time;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The message table, see {@link ChatSchema.Builder#messages}. Immutable. */
public final class MessageTable {

    private final String table;
    private final List<String> key;
    private final boolean keyShared;
    private final List<Time> sentAt;
    private final @Nullable Reach room;
    private final @Nullable String team;
    private final @Nullable String sender;
    private final @Nullable Time softDeletedAt;
    private final @Nullable SoftDeletes softDeletes;
    private final Map<String, Match> exempt;
    private final Map<String, Match> never;
    private final List<String> files;

    private MessageTable(Builder builder) {
        this.table = builder.table;
        this.key = builder.key;
        this.keyShared = builder.keyShared;
        this.sentAt = List.copyOf(builder.sentAt);
        this.room = builder.room;
        this.team = builder.team;
        this.sender = builder.sender;
        this.softDeletedAt = builder.softDeletedAt;
        this.softDeletes = builder.softDeletes;
        this.exempt = Collections.unmodifiableMap(new LinkedHashMap<>(builder.exempt));
        this.never = Collections.unmodifiableMap(new LinkedHashMap<>(builder.never));
        this.files = List.copyOf(builder.files);
    }

    /** The table's name. */
    public String table() {
        return table;
    }

    /** The columns of the key. */
    public List<String> key() {
        return key;
    }

    /** Whether several rows may share a key, and then go together. */
    public boolean isKeyShared() {
        return keyShared;
    }

    /** The time of sending: the first of these columns that tells one. */
    public List<Time> sentAt() {
        return sentAt;
    }

    /** The room. */
    public Optional<Reach> room() {
        return Optional.ofNullable(room);
    }

    /** The team's column. */
    public Optional<String> team() {
        return Optional.ofNullable(team);
    }

    /** The sender's column. */
    public Optional<String> sender() {
        return Optional.ofNullable(sender);
    }

    /** The time of deletion by a user, where it stands in the message. */
    public Optional<Time> softDeletedAt() {
        return Optional.ofNullable(softDeletedAt);
    }

    /** The table of deletions by users, where they stand in a table of their own. */
    public Optional<SoftDeletes> softDeletes() {
        return Optional.ofNullable(softDeletes);
    }

    /** Whether it is known which messages users deleted, and when. */
    public boolean hasSoftDelete() {
        return softDeletedAt != null || softDeletes != null;
    }

    /** What is exempt from retention, by the name under which it is reported. */
    public Map<String, Match> exempt() {
        return exempt;
    }

    /** What is never deleted, by the name under which it is reported. */
    public Map<String, Match> never() {
        return never;
    }

    /** The columns that hold paths of files. */
    public List<String> files() {
        return files;
    }

    /**
     * What a column leads to.
     *
     * @param column the message's own column
     * @param through the table that says what it leads to; empty if the column holds it itself
     */
    public record Reach(String column, Optional<Through> through) {}

    /**
     * A table on the way.
     *
     * @param table its name
     * @param key its column that is compared with the message's
     * @param value its column that holds what is meant
     * @param where which of its rows count; empty for all
     */
    public record Through(String table, String key, String value, Optional<Match> where) {}

    /**
     * A table that has a row for each message that a user deleted.
     *
     * @param table its name
     * @param refersBy its columns that hold the message's key
     * @param at when the message was deleted
     */
    public record SoftDeletes(String table, List<String> refersBy, Time at) {}

    /** Collects the description. Not thread-safe. */
    public static final class Builder {

        private final String table;
        private List<String> key = List.of();
        private boolean keyShared;
        private final List<Time> sentAt = new ArrayList<>();
        private @Nullable Reach room;
        private @Nullable String team;
        private @Nullable String sender;
        private @Nullable Time softDeletedAt;
        private @Nullable SoftDeletes softDeletes;
        private final Map<String, Match> exempt = new LinkedHashMap<>();
        private final Map<String, Match> never = new LinkedHashMap<>();
        private final List<String> files = new ArrayList<>();

        Builder(String table) {
            this.table = table;
        }

        /**
         * The key: columns of whole numbers, text or UUIDs that are not null and together unique, primary key or not.
         *
         * @throws IllegalArgumentException if a name is blank or given twice
         */
        public Builder key(String... columns) {
            this.key = ChatSchema.names("messages key", columns);
            this.keyShared = false;
            return this;
        }

        /**
         * Columns that tell messages apart, though several rows may share their values, for tables without a unique key.
         * Such rows go together, when all of them are due; rows with NULL in one of these columns stay. The columns should
         * begin an index.
         *
         * @throws IllegalArgumentException if a name is blank or given twice
         */
        public Builder sharedKey(String... columns) {
            this.key = ChatSchema.names("messages sharedKey", columns);
            this.keyShared = true;
            return this;
        }

        /** When the message was sent, in a column with a time zone. A message without it is never due by age. */
        public Builder sentAt(String column) {
            return sentAt(column, TimeKind.zoned());
        }

        /** When the message was sent. A message without it is never due by age. */
        public Builder sentAt(String column, TimeKind kind) {
            sentAt.clear();
            sentAt.add(new Time(column, kind));
            return this;
        }

        /**
         * Where to look when the column of {@link #sentAt(String, TimeKind)}, given before, tells no time: "last used, else
         * created".
         *
         * @throws IllegalArgumentException if {@code sentAt} is not given before
         */
        public Builder orElseSentAt(String column, TimeKind kind) {
            if (sentAt.isEmpty()) {
                throw new IllegalArgumentException("orElseSentAt: " + column + " given, but no sentAt before it");
            }
            sentAt.add(new Time(column, kind));
            return this;
        }

        /** The id of the message's room; may be NULL, for no room. */
        public Builder room(String column) {
            this.room = new Reach(ChatSchema.name("messages room", column), Optional.empty());
            return this;
        }

        /**
         * The message's room, if another table says which it is.
         *
         * @param column the message's column
         * @param through the other table
         * @param throughKey its unique column that is compared with the message's
         * @param roomColumn its column that holds the room's id; may be NULL, for no room
         */
        public Builder roomThrough(String column, String through, String throughKey, String roomColumn) {
            return roomThrough(column, through, throughKey, roomColumn, Optional.empty());
        }

        /**
         * As {@link #roomThrough(String, String, String, String)}, where only rows that match lead to a room.
         *
         * @param where which rows of the other table do
         */
        public Builder roomThrough(String column, String through, String throughKey, String roomColumn, Match where) {
            return roomThrough(column, through, throughKey, roomColumn, Optional.of(where));
        }

        private Builder roomThrough(
                String column, String through, String throughKey, String roomColumn, Optional<Match> where) {
            this.room = new Reach(
                    ChatSchema.name("messages room", column),
                    Optional.of(new Through(
                            ChatSchema.name("messages room", through),
                            ChatSchema.name("messages room", throughKey),
                            ChatSchema.name("messages room", roomColumn),
                            where)));
            return this;
        }

        /** The id of the message's team, or plan: what {@code team} rules go by; may be NULL, for none. */
        public Builder team(String column) {
            this.team = ChatSchema.name("messages team", column);
            return this;
        }

        /** The id of the user who sent the message; may be NULL, for none. */
        public Builder sender(String column) {
            this.sender = ChatSchema.name("messages sender", column);
            return this;
        }

        /** When the message was deleted by a user, in a column with a time zone; NULL while it lives. */
        public Builder softDeletedAt(String column) {
            return softDeletedAt(column, TimeKind.zoned());
        }

        /** When the message was deleted by a user; NULL, or 0 of a number, while it lives. */
        public Builder softDeletedAt(String column, TimeKind kind) {
            this.softDeletedAt = new Time(column, kind);
            return this;
        }

        /**
         * A table that has a row for each message that a user deleted. That row itself goes with the message only if the
         * table is described as {@link ChatSchema.Builder#children children}, too.
         *
         * @param by the table
         * @param refersBy its column that holds the message's key
         * @param at its column that tells when the message was deleted; without a time there the message stays
         */
        public Builder softDeletedBy(String by, String refersBy, String at, TimeKind kind) {
            this.softDeletes = new SoftDeletes(
                    ChatSchema.name("messages softDeletedBy", by),
                    ChatSchema.names("messages softDeletedBy", refersBy),
                    new Time(at, kind));
            return this;
        }

        /** Whether the message is pinned, and thereby exempt from retention; NULL counts as not pinned. */
        public Builder pinned(String column) {
            return exempt("pinned", Match.isTrue(ChatSchema.name("messages pinned", column)));
        }

        /**
         * What is exempt from retention and from the size cap: what is starred, say, or sent by the system. It is no shield
         * from the author's own delete.
         *
         * @param name under which it is reported: letters, digits, {@code .}, {@code _} and {@code -}
         * @throws IllegalArgumentException if the name is given twice or has other signs
         */
        public Builder exempt(String name, Match match) {
            return add("exempt", exempt, name, match);
        }

        /**
         * What is never deleted, whoever asks: what the host's own working needs, such as events that are a room's state.
         *
         * @param name under which it is reported: letters, digits, {@code .}, {@code _} and {@code -}
         * @throws IllegalArgumentException if the name is given twice or has other signs
         */
        public Builder never(String name, Match match) {
            return add("never", never, name, match);
        }

        private Builder add(String what, Map<String, Match> to, String name, Match match) {
            if (!name.matches("[A-Za-z0-9._-]{1,50}")) {
                throw new IllegalArgumentException(what + ": the name \"" + name
                        + "\" given; 1 to 50 letters, digits, '.', '_' and '-' are allowed");
            }
            if (exempt.containsKey(name) || never.containsKey(name)) {
                throw new IllegalArgumentException(what + ": the name \"" + name + "\" is given twice");
            }
            to.put(name, match);
            return this;
        }

        /** Columns that hold paths of files, which are handed on to the file sweep when the message has gone. */
        public Builder files(String... columns) {
            files.clear();
            files.addAll(ChatSchema.names("messages files", columns));
            return this;
        }

        MessageTable build() {
            if (key.isEmpty()) {
                throw new IllegalArgumentException(
                        "messages: the key is not described; call key(column…), or"
                                + " sharedKey(column…) if no columns are unique: without any nobody can say which row is meant");
            }
            if (sentAt.isEmpty()) {
                throw new IllegalArgumentException(
                        "messages: the time of sending is not described; call sentAt(column)");
            }
            if (softDeletedAt != null && softDeletes != null) {
                throw new IllegalArgumentException(
                        "messages: softDeletedAt and softDeletedBy are both given; at most one is allowed");
            }
            if (softDeletes != null && key.size() != softDeletes.refersBy().size()) {
                throw new IllegalArgumentException("messages: softDeletedBy refers by one column, but the key is " + key
                        + "; this is not supported");
            }
            return new MessageTable(this);
        }
    }
}
