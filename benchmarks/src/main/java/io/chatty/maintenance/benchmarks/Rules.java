package io.chatty.maintenance.benchmarks;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How long the messages of each room are kept. Rooms are numbered from 1. */
sealed interface Rules {

    /** The messages' times lie so far apart, from the first to the last. */
    Duration SPAN = Duration.ofDays(3 * 365);

    int rooms();

    /** Empty: for ever. */
    Optional<Duration> keptFor(int room);

    /** The condition that a message is too old, with {@link #setCutOff}'s parameters. */
    String tooOld(String alias);

    void setCutOff(PreparedStatement statement, Database database, Instant now) throws SQLException;

    /** Whether the cut-offs stand in a table of the host's, {@code cut_offs(room_id, sent_before)}. */
    default boolean inTable() {
        return false;
    }

    /**
     * The messages of the first rooms are kept for 30 days, all others for ever, so that the due messages lie spread among
     * those that stay.
     *
     * @param dueRooms rooms 1 to this one have messages that are due
     */
    record FewRooms(int dueRooms) implements Rules {

        static final int ROOMS = 40;
        static final Duration KEPT_FOR = Duration.ofDays(30);

        static FewRooms of(double due) {
            return new FewRooms((int) Math.max(1, Math.min(ROOMS - 1, Math.round(ROOMS * due))));
        }

        @Override
        public int rooms() {
            return ROOMS;
        }

        @Override
        public Optional<Duration> keptFor(int room) {
            return room <= dueRooms ? Optional.of(KEPT_FOR) : Optional.empty();
        }

        @Override
        public String tooOld(String alias) {
            String due =
                    IntStream.rangeClosed(1, dueRooms).mapToObj(String::valueOf).collect(Collectors.joining(", "));
            return alias + ".room_id IN (" + due + ") AND " + alias + ".sent_at < ?";
        }

        @Override
        public void setCutOff(PreparedStatement statement, Database database, Instant now) throws SQLException {
            statement.setObject(1, database.time(now.minus(KEPT_FOR)));
        }

        @Override
        public String toString() {
            return "older than " + KEPT_FOR.toDays() + " days, in " + dueRooms + " of the rooms";
        }
    }

    /**
     * Each room has a time of its own, from next to nothing up, all equally far apart. Plain SQL finds the cut-offs in a
     * table.
     *
     * @param rooms how many
     * @param longest of the last room
     */
    record EachRoom(int rooms, Duration longest) implements Rules {

        /** So that this share of the messages is due, if their ages are spread evenly over the span. */
        static EachRoom of(int rooms, double due) {
            double spans = due <= 0.5 ? 1 / (2 * due) : 2 * (1 - due);
            return new EachRoom(rooms, Duration.ofSeconds((long) (SPAN.toSeconds() * spans)));
        }

        @Override
        public Optional<Duration> keptFor(int room) {
            return Optional.of(Duration.ofSeconds(longest.toSeconds() * room / rooms));
        }

        @Override
        public String tooOld(String alias) {
            return "EXISTS (SELECT 1 FROM cut_offs k WHERE k.room_id = " + alias + ".room_id AND " + alias
                    + ".sent_at < k.sent_before)";
        }

        @Override
        public void setCutOff(PreparedStatement statement, Database database, Instant now) {
            // They stand in the table.
        }

        @Override
        public boolean inTable() {
            return true;
        }

        @Override
        public String toString() {
            return "by a rule of its own for each room, of up to " + longest.toDays() + " days";
        }
    }
}
