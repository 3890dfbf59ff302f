package io.chatty.maintenance.jdbc;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which rows are meant, by what stands in their columns. A comparison with NULL counts as no match, also within
 * {@link #not}: every row either matches or does not. Immutable.
 */
public sealed interface Match {

    /** The truth value in that column is true. */
    static Match isTrue(String column) {
        return new IsTrue(column);
    }

    /** There is a value in that column: not NULL, and no empty text. */
    static Match isPresent(String column) {
        return new IsPresent(column);
    }

    /**
     * The value in that column is one of those: texts letter for letter, or whole numbers.
     *
     * @throws IllegalArgumentException if no value is given, or one that is neither a text nor a whole number
     */
    static Match isOneOf(String column, Object... values) {
        return new IsOneOf(column, Arrays.asList(values));
    }

    /** That does not match. */
    static Match not(Match match) {
        return new Not(match);
    }

    /** All of those match. */
    static Match all(Match... matches) {
        return new All(Arrays.asList(matches));
    }

    /** Another table has a row whose column holds this row's key: of messages alone, whose key is one column. */
    static Match hasRow(String table, String column) {
        return new HasRow(table, column, Optional.empty());
    }

    /** As {@link #hasRow(String, String)}, for rows of that table that match. */
    static Match hasRow(String table, String column, Match where) {
        return new HasRow(table, column, Optional.of(where));
    }

    /** Another table has a row whose column holds the id of the message's room: of messages alone. In no room there is none. */
    static Match roomHasRow(String table, String column) {
        return new RoomHasRow(table, column, Optional.empty());
    }

    /** As {@link #roomHasRow(String, String)}, for rows of that table that match. */
    static Match roomHasRow(String table, String column, Match where) {
        return new RoomHasRow(table, column, Optional.of(where));
    }

    /** Another table has a row whose column holds the id of the message's sender: of messages alone. */
    static Match senderHasRow(String table, String column) {
        return new SenderHasRow(table, column, Optional.empty());
    }

    /** As {@link #senderHasRow(String, String)}, for rows of that table that match. */
    static Match senderHasRow(String table, String column, Match where) {
        return new SenderHasRow(table, column, Optional.of(where));
    }

    /**
     * See {@link Match#isTrue}.
     *
     * @param column its name
     */
    record IsTrue(String column) implements Match {
        /** @throws IllegalArgumentException if the name is blank */
        public IsTrue {
            ChatSchema.name("match", column);
        }

        @Override
        public String toString() {
            return column + " is true";
        }
    }

    /**
     * See {@link Match#isPresent}.
     *
     * @param column its name
     */
    record IsPresent(String column) implements Match {
        /** @throws IllegalArgumentException if the name is blank */
        public IsPresent {
            ChatSchema.name("match", column);
        }

        @Override
        public String toString() {
            return column + " is present";
        }
    }

    /**
     * See {@link Match#isOneOf}.
     *
     * @param column its name
     * @param values the values
     */
    record IsOneOf(String column, List<Object> values) implements Match {
        /** @throws IllegalArgumentException if the name is blank, or the values are not allowed */
        public IsOneOf {
            ChatSchema.name("match", column);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("isOneOf: no value given for column " + column);
            }
            for (Object value : values) {
                boolean wholeNumber = value instanceof Long || value instanceof Integer || value instanceof Short;
                if (!(value instanceof String) && !wholeNumber) {
                    throw new IllegalArgumentException("isOneOf: " + value + " given for column " + column
                            + ", texts and whole numbers are allowed");
                }
            }
            values = values.stream()
                    .map(value -> value instanceof Number number ? (Object) number.longValue() : value)
                    .toList();
        }

        @Override
        public String toString() {
            return column + " is one of " + values;
        }
    }

    /**
     * See {@link Match#not}.
     *
     * @param match what is not so
     */
    record Not(Match match) implements Match {
        @Override
        public String toString() {
            return "not (" + match + ")";
        }
    }

    /**
     * See {@link Match#all}.
     *
     * @param matches what is so
     */
    record All(List<Match> matches) implements Match {
        /** @throws IllegalArgumentException if there is none */
        public All {
            if (matches.isEmpty()) {
                throw new IllegalArgumentException("all: no match given");
            }
            matches = List.copyOf(matches);
        }

        @Override
        public String toString() {
            return matches.stream().map(Match::toString).collect(Collectors.joining(" and "));
        }
    }

    /**
     * See {@link Match#hasRow(String, String)}.
     *
     * @param table the other table
     * @param column where the key stands in it
     * @param where which of its rows count; empty for all
     */
    record HasRow(String table, String column, Optional<Match> where) implements Match {
        /** @throws IllegalArgumentException if a name is blank */
        public HasRow {
            ChatSchema.name("match", table);
            ChatSchema.name("match", column);
        }

        @Override
        public String toString() {
            return "a row of " + table + " has it in " + column
                    + where.map(match -> " where " + match).orElse("");
        }
    }

    /**
     * See {@link Match#roomHasRow(String, String)}.
     *
     * @param table the other table
     * @param column where the id stands in it
     * @param where which of its rows count; empty for all
     */
    record RoomHasRow(String table, String column, Optional<Match> where) implements Match {
        /** @throws IllegalArgumentException if a name is blank */
        public RoomHasRow {
            ChatSchema.name("match", table);
            ChatSchema.name("match", column);
        }

        @Override
        public String toString() {
            return "a row of " + table + " has its room in " + column
                    + where.map(match -> " where " + match).orElse("");
        }
    }

    /**
     * See {@link Match#senderHasRow(String, String)}.
     *
     * @param table the other table
     * @param column where the id stands in it
     * @param where which of its rows count; empty for all
     */
    record SenderHasRow(String table, String column, Optional<Match> where) implements Match {
        /** @throws IllegalArgumentException if a name is blank */
        public SenderHasRow {
            ChatSchema.name("match", table);
            ChatSchema.name("match", column);
        }

        @Override
        public String toString() {
            return "a row of " + table + " has its sender in " + column
                    + where.map(match -> " where " + match).orElse("");
        }
    }
}
