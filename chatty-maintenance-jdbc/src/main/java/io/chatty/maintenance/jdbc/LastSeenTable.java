package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.internal.presence.SeenSettings;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The host's own table of users, in which it is kept when they were last seen; see {@link ChatDatabase#lastSeen(String,
 * java.util.function.Consumer)}. Immutable.
 */
public final class LastSeenTable {

    private final SeenSettings settings;

    private LastSeenTable(SeenSettings settings) {
        this.settings = settings;
    }

    SeenSettings settings() {
        return settings;
    }

    @Override
    public String toString() {
        return "LastSeenTable[" + settings.table() + "]";
    }

    /** Describes the table. Not thread-safe. */
    public static final class Builder {

        private final String table;
        private @Nullable String user;
        private ChatSchema.@Nullable Time seenAt;
        private Optional<SeenSettings.Online> online = Optional.empty();

        Builder(String table) {
            this.table = table;
        }

        /**
         * The column of the user's key, by which the tracker knows the user: a number, a UUID or text, unique. Needed. Numbers and
         * UUIDs are written as the database does, without leading zeros and in small letters.
         */
        public Builder user(String column) {
            user = ChatSchema.name("user", column);
            return this;
        }

        /**
         * The column of when the user was last seen. Needed. Only ever set to a later time. Of an hour that a local clock shows
         * twice, the first is meant.
         */
        public Builder seenAt(String column, TimeKind kind) {
            seenAt = new ChatSchema.Time(column, kind);
            return this;
        }

        /** The column that is true while a node says that it has the user, and false otherwise. Default: none. */
        public Builder online(String column) {
            online = Optional.of(new SeenSettings.Online(ChatSchema.name("online", column), Optional.empty()));
            return this;
        }

        /**
         * The column that has a value while a node says that it has the user, and another one otherwise. Default: none.
         *
         * @param column a column of numbers or text
         * @param whenOnline the one, such as {@code online} or {@code 1}
         * @param otherwise the other
         * @throws IllegalArgumentException if they are the same
         */
        public Builder online(String column, String whenOnline, String otherwise) {
            if (whenOnline.equals(otherwise)) {
                throw new IllegalArgumentException(
                        "online: \"" + whenOnline + "\" given for both; who is online and who is not need two values");
            }
            online = Optional.of(new SeenSettings.Online(
                    ChatSchema.name("online", column), Optional.of(new SeenSettings.Values(whenOnline, otherwise))));
            return this;
        }

        LastSeenTable build() {
            if (user == null || seenAt == null) {
                throw new IllegalArgumentException(
                        "lastSeen: " + (user == null ? "user" : "seenAt") + " is needed, and not given");
            }
            return new LastSeenTable(new SeenSettings(table, user, seenAt, online));
        }
    }
}
