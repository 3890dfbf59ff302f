package io.chatty.maintenance.benchmarks;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is loaded, and which of it is due.
 *
 * @param database where
 * @param rows how many messages
 * @param dueRows how many of them are due; exact once they are loaded
 * @param rules how long messages are kept
 * @param shape what else there is to them
 * @param now when the last message was sent
 */
record Workload(Database database, int rows, int dueRows, Rules rules, Shape shape, Instant now) {

    /** No message falls due this long from now on, so that none does while we measure. */
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

    static Workload of(Database database, int rows, double due, Shape shape) {
        return new Workload(
                database,
                rows,
                (int) Math.round(rows * due),
                shape.ruledRooms() > 0 ? Rules.EachRoom.of(shape.ruledRooms(), due) : Rules.FewRooms.of(due),
                shape,
                Instant.now().truncatedTo(ChronoUnit.MILLIS));
    }

    /** The same, with the number of due messages as it was loaded. */
    Workload loaded(int due) {
        return new Workload(database, rows, due, rules, shape, now);
    }

    /** The host's tables, messages first. */
    List<String> tables() {
        List<String> tables = new ArrayList<>(List.of("messages"));
        CHILDREN.forEach(child -> tables.add(child.table()));
        if (rules.inTable()) {
            tables.add("cut_offs");
        }
        return tables;
    }

    /** Adds the foreign keys, if the shape has them. */
    List<String> foreignKeys() {
        return shape.foreignKeys()
                ? CHILDREN.stream()
                        .map(child -> "ALTER TABLE " + child.table() + " ADD CONSTRAINT " + child.table()
                                + "_of_message FOREIGN KEY (message_id) REFERENCES messages (id)")
                        .toList()
                : List.of();
    }

    /** Which messages are due; with the parameters that {@link #setCutOff} sets. */
    String dueMessages(String alias) {
        return rules.tooOld(alias) + (shape.hasPinned() ? " AND NOT " + alias + ".pinned" : "");
    }

    void setCutOff(PreparedStatement statement) throws SQLException {
        rules.setCutOff(statement, database, now);
    }

    /** Whether a message of that room is too old, pinned or not. */
    boolean isTooOld(int room, Instant sentAt) {
        return rules.keptFor(room)
                .filter(kept -> sentAt.plus(kept).isBefore(now))
                .isPresent();
    }

    /** Whether a message of that room would fall due soon. */
    boolean isAboutToBeDue(int room, Instant sentAt) {
        return rules.keptFor(room)
                .map(sentAt::plus)
                .filter(due -> !due.isBefore(now) && due.isBefore(now.plus(QUIET)))
                .isPresent();
    }

    @Override
    public String toString() {
        return String.format(
                "%,d messages in %,d rooms, %,d of them due (%s%s), with %s%s%s",
                rows,
                rules.rooms(),
                dueRows,
                rules,
                shape.hasPinned() ? ", but for the pinned, " + Math.round(shape.pinned() * 100) + " % of all" : "",
                CHILDREN.stream()
                        .map(child -> String.format("%,d %s", Math.round(rows * child.share()), child.table()))
                        .collect(Collectors.joining(", ")),
                shape.foreignKeys() ? ", by foreign keys" : "",
                shape.snapshotHeld() ? ", while another connection holds an old snapshot" : "");
    }
}
