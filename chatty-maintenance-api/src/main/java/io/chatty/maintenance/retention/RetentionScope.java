package io.chatty.maintenance.retention;

/** What a rule is for: all messages, or those of one room. */
public sealed interface RetentionScope {

    /** All messages. */
    static RetentionScope global() {
        return Global.INSTANCE;
    }

    /**
     * The messages of one room.
     *
     * @param id the room's id as text, letter for letter
     */
    static RetentionScope room(String id) {
        return new Room(id);
    }

    /** See {@link RetentionScope#global()}. */
    enum Global implements RetentionScope {
        /** The one instance. */
        INSTANCE;

        @Override
        public String toString() {
            return "global";
        }
    }

    /**
     * See {@link RetentionScope#room(String)}.
     *
     * @param id the room's id as text, letter for letter
     */
    record Room(String id) implements RetentionScope {
        /** @throws IllegalArgumentException if the id is empty */
        public Room {
            if (id.isEmpty()) {
                throw new IllegalArgumentException("room: an empty id given");
            }
        }

        @Override
        public String toString() {
            return "room " + id;
        }
    }
}
