package io.chatty.maintenance.jdbc;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of rooms, see {@link ChatSchema.Builder#rooms}. Immutable. */
public final class RoomTable {

    private final String table;
    private final String key;
    private final @Nullable String team;

    private RoomTable(Builder builder, String key) {
        this.table = builder.table;
        this.key = key;
        this.team = builder.team;
    }

    /** The table's name. */
    public String table() {
        return table;
    }

    /** Its key. */
    public String key() {
        return key;
    }

    /** The team's column. */
    public Optional<String> team() {
        return Optional.ofNullable(team);
    }

    /** Collects the description. Not thread-safe. */
    public static final class Builder {

        private final String table;
        private @Nullable String key;
        private @Nullable String team;

        Builder(String table) {
            this.table = table;
        }

        /** The room's id: one column. */
        public Builder key(String column) {
            this.key = ChatSchema.name("rooms", column);
            return this;
        }

        /** The id of the room's team, or plan: what {@code team} rules go by; may be NULL, for none. */
        public Builder team(String column) {
            this.team = ChatSchema.name("rooms team", column);
            return this;
        }

        RoomTable build() {
            if (key == null) {
                throw new IllegalArgumentException(
                        "rooms: table \"" + table + "\" is given without its key; call key(column)");
            }
            return new RoomTable(this, key);
        }
    }
}
