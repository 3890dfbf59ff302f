package io.chatty.maintenance.retention;

import java.util.Locale;

/** What a rule is for: all messages, or those of one team, one room or one user. */
public sealed interface RetentionScope {

    /** How specific a scope is, from the least specific to the most. */
    enum Level {
        /** All messages. */
        GLOBAL,
        /** The messages in the rooms of one team, or of whatever else the host groups its rooms by, such as a plan. */
        TEAM,
        /** The messages of one room. */
        ROOM,
        /** The messages that one user sent. */
        USER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How specific it is. */
    Level level();

    /** All messages. */
    static RetentionScope global() {
        return Global.INSTANCE;
    }

    /**
     * The messages in the rooms of one team, which is whatever the host groups its rooms by: a team, a plan, a tenant.
     *
     * @param id the team's id as text, letter for letter
     * @throws IllegalArgumentException if the id is empty
     */
    static RetentionScope team(String id) {
        return new Team(id);
    }

    /**
     * The messages of one room.
     *
     * @param id the room's id as text, letter for letter
     * @throws IllegalArgumentException if the id is empty
     */
    static RetentionScope room(String id) {
        return new Room(id);
    }

    /**
     * The messages that one user sent.
     *
     * @param id the user's id as text, letter for letter
     * @throws IllegalArgumentException if the id is empty
     */
    static RetentionScope user(String id) {
        return new User(id);
    }

    private static void check(Level level, String id) {
        if (id.isEmpty()) {
            throw new IllegalArgumentException(level + ": an empty id given");
        }
    }

    /** See {@link RetentionScope#global()}. */
    enum Global implements RetentionScope {
        /** The one instance. */
        INSTANCE;

        @Override
        public Level level() {
            return Level.GLOBAL;
        }

        @Override
        public String toString() {
            return "global";
        }
    }

    /**
     * See {@link RetentionScope#team(String)}.
     *
     * @param id the team's id as text, letter for letter
     */
    record Team(String id) implements RetentionScope {
        /** @throws IllegalArgumentException if the id is empty */
        public Team {
            check(Level.TEAM, id);
        }

        @Override
        public Level level() {
            return Level.TEAM;
        }

        @Override
        public String toString() {
            return "team " + id;
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
            check(Level.ROOM, id);
        }

        @Override
        public Level level() {
            return Level.ROOM;
        }

        @Override
        public String toString() {
            return "room " + id;
        }
    }

    /**
     * See {@link RetentionScope#user(String)}.
     *
     * @param id the user's id as text, letter for letter
     */
    record User(String id) implements RetentionScope {
        /** @throws IllegalArgumentException if the id is empty */
        public User {
            check(Level.USER, id);
        }

        @Override
        public Level level() {
            return Level.USER;
        }

        @Override
        public String toString() {
            return "user " + id;
        }
    }
}
