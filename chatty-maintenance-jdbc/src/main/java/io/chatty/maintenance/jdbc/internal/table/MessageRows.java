package io.chatty.maintenance.jdbc.internal.table;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what decides about messages: the list of a SELECT from a message table that is called {@code m}, and its rows. Not
 * thread-safe.
 */
public final class MessageRows {

    private static final String M = "m";

    private final HostTables tables;
    private final Due due;
    private final List<Column> links;
    private final List<Column> values;
    private final Sql list = Sql.of("");
    private int width;
    private final int keyAt;
    private final int sentAt;
    private final int roomAt;
    private final int teamAt;
    private final int senderAt;
    private final int softDeletedAt;
    private final int exemptAt;
    private final int neverAt;
    private final int orphanAt;
    private final int bytesAt;
    private final int countedAt;
    private final int linksAt;
    private final int valuesAt;

    /** Which messages are to go, whatever policies say. */
    public interface Due {

        /** Soft-deleted, and its grace is over; empty if that is no reason to go. It can be NULL. */
        Optional<Sql> softDeleted();

        /** Belonging to nothing; empty if that is not asked for. */
        Optional<Sql> orphan();

        /** Whether a deletion that was read from the message is longer ago than the grace. */
        boolean graceIsOver(Object deletedAt);
    }

    /**
     * For those tables.
     *
     * @param due which of them are to go, whatever policies say
     * @param values the columns that reviewing policies asked for
     * @param withBytes whether to look how much each takes
     */
    public MessageRows(HostTables tables, Due due, List<Column> values, boolean withBytes) {
        this.tables = tables;
        this.due = due;
        this.values = values;
        this.links = links(tables);
        keyAt = columns(tables.key);
        sentAt = columns(tables.sentAt.stream().map(TimeColumn::column).toList());
        roomAt = tables.room == null ? 0 : add(tables.room.of(tables, M));
        teamAt = tables.team == null ? 0 : add(tables.team.of(tables, M));
        senderAt = tables.sender == null ? 0 : add(Sql.of(tables.column(M, tables.sender)));
        softDeletedAt = softDeletion();
        exemptAt = name(tables.exempt);
        neverAt = name(tables.never);
        orphanAt = due.orphan().map(this::truth).orElse(0);
        bytesAt = withBytes ? add(Sql.of(tables.dialect.bytes(M, tables.columns))) : 0;
        countedAt = width + 1;
        tables.counters.forEach(counter -> add(counter.counted()
                .map(filter -> filter.on(M))
                .map(MessageRows::number)
                .orElseGet(() -> Sql.of("1"))));
        linksAt = columns(links);
        valuesAt = columns(values);
    }

    /** What other tables refer to beside the key, and what counters go by. */
    private static List<Column> links(HostTables tables) {
        Set<Column> links = new LinkedHashSet<>();
        tables.children.forEach(child -> links.addAll(child.to()));
        tables.counters.forEach(counter -> links.add(counter.of()));
        links.addAll(tables.files);
        links.removeAll(tables.key);
        return List.copyOf(links);
    }

    private int add(Sql expression) {
        list.add(width == 0 ? "" : ", ").add(expression);
        return ++width;
    }

    private int truth(Sql condition) {
        return add(number(condition));
    }

    private static Sql number(Sql condition) {
        return Sql.of("CASE WHEN ").add(condition).add(" THEN 1 ELSE 0 END");
    }

    private int columns(List<Column> columns) {
        int first = width + 1;
        columns.forEach(column -> add(Sql.of(tables.column(M, column))));
        return first;
    }

    private int name(Map<String, Filter> filters) {
        if (filters.isEmpty()) {
            return 0;
        }
        Sql names = Sql.of("CASE");
        filters.forEach((name, filter) ->
                names.add(" WHEN ").add(filter.on(M)).add(" THEN '" + name + "'")); // letters, digits and the like
        return add(names.add(" END"));
    }

    /** The column of the deletion, or whether it is over its grace. */
    private int softDeletion() {
        if (tables.softDeletedAt != null) {
            return add(Sql.of(tables.column(M, tables.softDeletedAt.column())));
        }
        if (tables.softDeletes == null) {
            return 0;
        }
        return truth(due.softDeleted().orElseGet(() -> Sql.of("1 = 0")));
    }

    /** The messages that fulfil a condition, which may end in more than that: an order, a lock. */
    public List<MessageRow> find(Session session, Sql condition) {
        return session.list(
                Sql.of("SELECT ")
                        .add(list)
                        .add(" FROM " + tables.messages() + " m WHERE ")
                        .add(condition),
                this::read);
    }

    /** The list, without the word SELECT. */
    public Sql list() {
        return Sql.of("").add(list);
    }

    /** How many columns the list has. */
    public int width() {
        return width;
    }

    public MessageRow read(ResultSet row) throws SQLException {
        return new MessageRow(
                key(row),
                sent(row),
                new Scopes(
                        text(row, roomAt, tables.room == null ? null : tables.room.value()),
                        text(row, teamAt, tables.team == null ? null : tables.team.value()),
                        text(row, senderAt, tables.sender)),
                isSoftDeleted(row),
                Optional.ofNullable(exemptAt == 0 ? null : row.getString(exemptAt)),
                Optional.ofNullable(neverAt == 0 ? null : row.getString(neverAt)),
                orphanAt > 0 && row.getInt(orphanAt) == 1,
                bytesAt == 0 ? 0 : row.getLong(bytesAt),
                counted(row),
                values(row, linksAt, links),
                shown(row));
    }

    private boolean isSoftDeleted(ResultSet row) throws SQLException {
        TimeColumn deletion = tables.softDeletedAt;
        if (deletion == null) {
            return softDeletedAt > 0 && row.getInt(softDeletedAt) == 1;
        }
        Object deletedAt = deletion.read(row, softDeletedAt);
        return deletedAt != null && due.graceIsOver(deletedAt);
    }

    private static @Nullable String text(ResultSet row, int position, @Nullable Column column) throws SQLException {
        return column == null || position == 0 ? null : Scopes.id(column.text(row, position));
    }

    private List<Object> key(ResultSet row) throws SQLException {
        List<Object> key = new ArrayList<>();
        for (int i = 0; i < tables.key.size(); i++) {
            Object value = value(row, keyAt + i, tables.key.get(i));
            if (value == null) {
                return List.of();
            }
            key.add(value);
        }
        return key;
    }

    public static @Nullable Object value(ResultSet row, int position, Column column) throws SQLException {
        String text = column.text(row, position);
        return text == null
                ? null
                : column.value(text)
                        .orElseThrow(() -> new IllegalStateException("\"" + text + "\" is no value of " + column));
    }

    private MessageRow.@Nullable Sent sent(ResultSet row) throws SQLException {
        for (int i = 0; i < tables.sentAt.size(); i++) {
            TimeColumn column = tables.sentAt.get(i);
            Object value = column.read(row, sentAt + i);
            if (value != null) {
                return new MessageRow.Sent(column, value);
            }
        }
        return null;
    }

    private List<Boolean> counted(ResultSet row) throws SQLException {
        List<Boolean> counted = new ArrayList<>();
        for (int i = 0; i < tables.counters.size(); i++) {
            counted.add(row.getInt(countedAt + i) == 1);
        }
        return counted;
    }

    private static List<@Nullable Object> values(ResultSet row, int first, List<Column> columns) throws SQLException {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            values.add(columns.get(i).canBeKey() ? value(row, first + i, columns.get(i)) : row.getString(first + i));
        }
        return values;
    }

    private List<@Nullable Object> shown(ResultSet row) throws SQLException {
        List<@Nullable Object> shown = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            shown.add(shown(row, valuesAt + i, values.get(i)));
        }
        return shown;
    }

    /** A text, a number, a truth value or an instant. */
    private @Nullable Object shown(ResultSet row, int position, Column column) throws SQLException {
        if (column.isTruth()) {
            boolean truth = row.getBoolean(position);
            return row.wasNull() ? null : (Object) truth;
        }
        if (column.isWholeNumber()) {
            long number = column.number(row, position);
            return row.wasNull() ? null : (Object) number;
        }
        if (column.hasZone()) {
            OffsetDateTime time = row.getObject(position, OffsetDateTime.class);
            return time == null ? null : time.toInstant();
        }
        if (column.isTimestamp() && tables.dialect.timestampFollowsSession(column)) {
            LocalDateTime time = row.getObject(position, LocalDateTime.class);
            return time == null ? null : time.toInstant(ZoneOffset.UTC);
        }
        return column.text(row, position);
    }

    /** The value of a column of the message, of the key or of what {@link #links} says. */
    public @Nullable Object linked(MessageRow row, Column column) {
        int inKey = tables.key.indexOf(column);
        return inKey >= 0 ? row.key().get(inKey) : row.links().get(links.indexOf(column));
    }

    /** When a message was sent; empty if it tells no time. */
    public static Optional<Instant> instant(MessageRow row) {
        return Optional.ofNullable(row.sent()).map(MessageRow.Sent::instant);
    }
}
