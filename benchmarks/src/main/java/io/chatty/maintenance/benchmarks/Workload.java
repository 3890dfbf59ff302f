package io.chatty.maintenance.benchmarks;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What is loaded, and which of it is due. The messages of the first rooms are kept for 30 days, all others for ever, so
 * that the due messages lie spread among those that stay.
 *
 * @param database where
 * @param rows how many messages
 * @param dueRows how many of them are due, exactly
 * @param dueRooms rooms 1 to this one have messages that are due
 * @param now when the last message was sent
 */
record Workload(Database database, int rows, int dueRows, int dueRooms, Instant now) {

    static final int ROOMS = 40;
    static final Duration SPAN = Duration.ofDays(3 * 365);
    static final Duration KEPT_FOR = Duration.ofDays(30);
    /** Rooms with due messages have none sent this long after the cut-off, so that none falls due while we measure. */
    static final Duration QUIET = Duration.ofDays(5);

    /**
     * A table of what belongs to messages.
     *
     * @param table its name
     * @param share how many rows it has for each message
     */
    record Child(String table, double share) {}

    static final List<Child> CHILDREN =
            List.of(new Child("reactions", 0.25), new Child("attachments", 0.06), new Child("mentions", 0.10));

    static final List<String> TABLES = List.of("messages", "reactions", "attachments", "mentions");

    static Workload of(Database database, int rows, double due) {
        int dueRooms = (int) Math.max(1, Math.min(ROOMS - 1, Math.round(ROOMS * due)));
        return new Workload(
                database,
                rows,
                (int) Math.round(rows * due),
                dueRooms,
                Instant.now().truncatedTo(ChronoUnit.MILLIS));
    }

    Instant cutoff() {
        return now.minus(KEPT_FOR);
    }

    /** Which messages are due, with the cut-off as its one parameter. */
    String dueMessages(String alias) {
        String rooms =
                IntStream.rangeClosed(1, dueRooms).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        return alias + ".room_id IN (" + rooms + ") AND " + alias + ".sent_at < ?";
    }

    void setCutoff(PreparedStatement statement) throws SQLException {
        statement.setObject(1, database.time(cutoff()));
    }

    @Override
    public String toString() {
        return String.format(
                "%,d messages in %d rooms, %,d of them due (older than %d days, in %d of the rooms), with %s",
                rows,
                ROOMS,
                dueRows,
                KEPT_FOR.toDays(),
                dueRooms,
                CHILDREN.stream()
                        .map(child -> String.format("%,d %s", Math.round(rows * child.share()), child.table()))
                        .collect(Collectors.joining(", ")));
    }
}
