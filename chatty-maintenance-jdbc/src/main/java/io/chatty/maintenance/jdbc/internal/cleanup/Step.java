package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Halves;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One way through a table that is called {@code m}: its rows in the order of the walk's columns, and which of them are due.
 *
 * @param name what the due rows are counted as, such as {@code softDeleted} or {@code orphans.reactions}
 * @param kind how it is found out which rows are due
 * @param table the table, for SQL
 * @param walk the columns by which it is walked, in order; together they are unique for messages
 * @param within what every row that could be due fulfils, for the database to find the rows by; empty for all rows
 * @param due which rows of a range are due, where a condition says it
 */
public record Step(String name, Kind kind, String table, List<Part> walk, Optional<Sql> within, Sql due) {

    /** How it is found out which rows are due. */
    public enum Kind {
        /** A condition on the message's own columns says it, and is checked again by the statement that deletes. */
        RANGE,
        /** As in a range, where the rules of the rooms say so of the stretch; else as judged. */
        ROOMS,
        /** Messages are read and judged one by one. */
        JUDGED,
        /** None is: messages are measured for a size cap. */
        MEASURED,
        /** Messages are read and judged one by one, and go until enough have gone. */
        CAPPED,
        /** The rows are those of another table than messages, and a condition says it. */
        ROWS
    }

    /** A column of the walk: how it is written in SQL, read from a row, and read back from a cursor. */
    interface Part {
        String expression();

        String text(ResultSet row, int position) throws SQLException;

        Object value(String text);

        /** A value between one and a greater one, neither of them, about halfway; empty if it knows of none. */
        default Optional<String> between(String low, String high) {
            return Optional.empty();
        }

        /** How far it is from one value to another, in a unit of its own; not exact. */
        default double distance(String low, String high) {
            return 0;
        }
    }

    record TimePart(TimeColumn time, String expression) implements Part {
        @Override
        public String text(ResultSet row, int position) throws SQLException {
            return time.text(row, position);
        }

        @Override
        public Object value(String text) {
            return time.value(text);
        }

        @Override
        public Optional<String> between(String low, String high) {
            return time.between(low, high);
        }

        @Override
        public double distance(String low, String high) {
            return time.distance(low, high);
        }
    }

    record KeyPart(Column column, String expression) implements Part {
        @Override
        public String text(ResultSet row, int position) throws SQLException {
            String text = column.isText() ? row.getString(position) : column.text(row, position);
            return Objects.requireNonNull(text, "NULL is no position");
        }

        @Override
        public Object value(String text) {
            return column.value(text)
                    .orElseThrow(() -> new IllegalStateException("\"" + text + "\" is no value of " + column));
        }

        @Override
        public Optional<String> between(String low, String high) {
            return column.isLong() ? Halves.ofNumbers(low, high) : Optional.empty();
        }

        @Override
        public double distance(String low, String high) {
            return column.isLong() ? Halves.distanceOfNumbers(low, high) : 0;
        }
    }

    /**
     * A part of the walk.
     *
     * @param end the values of its last row, as text; empty if it goes on to the end of the walk
     * @param rows how many rows it has
     * @param keys the least and the greatest of its keys, if they are whole numbers that lie close together
     */
    public record Stretch(List<String> end, long rows, Optional<KeySpan> keys) {}

    /**
     * A span of whole-number keys, both ends included.
     *
     * @param least the least
     * @param greatest the greatest
     */
    record KeySpan(long least, long greatest) {

        /** Keys this many times as sparse as rows still count as close together. */
        private static final int SPARSE = 8;

        private static Optional<KeySpan> of(long least, long greatest, long rows) {
            return greatest - least >= 0 && (greatest - least) / SPARSE <= rows
                    ? Optional.of(new KeySpan(least, greatest))
                    : Optional.empty();
        }

        /** A column's value is in the span. */
        Sql has(String expression) {
            return Sql.of(expression + " BETWEEN ? AND ?", least, greatest);
        }
    }

    /** Parts of a walk by columns of a table that is called {@code m}. */
    public static List<Part> parts(HostTables tables, List<Column> columns) {
        return columns.stream()
                .<Part>map(column -> new KeyPart(column, tables.column("m", column)))
                .toList();
    }

    /** The same step, which ends at a position; an empty list stands for no bound. */
    Step upTo(Session session, List<String> bound) {
        if (bound.isEmpty()) {
            return this;
        }
        Sql bounded = Sql.of("");
        within.ifPresent(bounded::add);
        addBound(session, bounded, "<=", bound);
        return new Step(name, kind, table, walk, Optional.of(bounded), due);
    }

    /** About the greatest value of the walk's first column that the walk can still meet; empty if it meets no more. */
    Optional<String> greatest(Session session) {
        Part first = walk.get(0);
        boolean bounded = first instanceof TimePart && within.isPresent(); // else the end of an index is there at once
        Sql sql = Sql.of("SELECT " + first.expression() + " FROM " + table + " m WHERE ")
                .add(bounded ? within.get() : Sql.of(first.expression() + " IS NOT NULL"))
                .add(" ORDER BY " + first.expression() + " DESC LIMIT 1");
        return session.first(sql, row -> first.text(row, 1));
    }

    /** What identifies the walk: a position of another walk means nothing to this one. */
    String walkName() {
        return walk.stream().map(Part::expression).collect(Collectors.joining(","));
    }

    /** What a SELECT orders its rows by, to have them in the order of the walk. */
    String order() {
        return walk.stream().map(Part::expression).collect(Collectors.joining(", "));
    }

    /** The next rows of the walk after a position, so many at most; empty if there are none. */
    public Optional<Stretch> next(Session session, List<String> after, int limit) {
        List<String> last = lastRow(session);
        return last.isEmpty()
                ? endFirst(session, after, limit)
                : atOnce(session, last, after, limit, Optional.empty()).map(Counted::stretch);
    }

    /**
     * The next rows of a walk.
     *
     * @param stretch where they end
     * @param found how many of them fulfil a condition
     */
    record Counted(Stretch stretch, long found) {}

    /** The next rows as in {@link #next}, and how many of them fulfil a condition. */
    Optional<Counted> nextCounted(Session session, List<String> after, int limit, Sql condition) {
        List<String> last = lastRow(session);
        return last.isEmpty()
                ? endFirst(session, after, limit)
                        .map(stretch -> new Counted(
                                stretch,
                                count(
                                        session,
                                        range(session, after, stretch.end())
                                                .add(" AND ")
                                                .add(condition))))
                : atOnce(session, last, after, limit, Optional.of(condition));
    }

    /** Expressions for what the last of ordered rows has in the walk's columns; empty if the database has none. */
    private List<String> lastRow(Session session) {
        List<String> last = new ArrayList<>();
        for (int i = 0; i < walk.size(); i++) {
            boolean greatest = i == 0 && walk.get(0) instanceof TimePart; // by which the rows are in order
            session.dialect()
                    .ofLastRow("w" + i)
                    .map(it -> greatest ? "MAX(w0)" : it)
                    .ifPresent(last::add);
        }
        return last;
    }

    /** The walk's columns, and whether a row fulfils a condition, in order. */
    private Sql rows(Session session, List<String> after, Optional<Sql> condition) {
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < walk.size(); i++) {
            columns.add(walk.get(i).expression() + " AS w" + i);
        }
        Sql rows = Sql.of("SELECT " + String.join(", ", columns));
        condition.ifPresent(it -> rows.add(", (").add(it).add(") AS fulfils"));
        return rows.add(" FROM " + table + " m WHERE ")
                .add(range(session, after, List.of()))
                .add(" ORDER BY " + order());
    }

    private Optional<Counted> atOnce(
            Session session, List<String> last, List<String> after, int limit, Optional<Sql> condition) {
        List<String> wanted = aggregates("w" + (walk.size() - 1));
        wanted.add(condition.isPresent() ? "COUNT(*) FILTER (WHERE fulfils)" : "0");
        wanted.addAll(last);
        Sql sql = Sql.of("SELECT " + String.join(", ", wanted) + " FROM (")
                .add(rows(session, after, condition))
                .add(" LIMIT ?", limit)
                .add(") w");
        return session.first(
                        sql,
                        row -> new Counted(
                                stretch(row, row.getLong(1) == 0 ? List.of() : texts(row, 5)), row.getLong(4)))
                .filter(found -> found.stretch().rows() > 0);
    }

    /** The end, then what lies before it: so the keys are those of all rows up to it, whatever came or went in between. */
    private Optional<Stretch> endFirst(Session session, List<String> after, int limit) {
        Sql last = rows(session, after, Optional.empty()).add(" LIMIT 1 OFFSET ?", limit - 1);
        List<String> end = session.first(last, row -> texts(row, 1)).orElseGet(List::of);
        String key = walk.get(walk.size() - 1).expression();
        Sql sql = Sql.of("SELECT " + String.join(", ", aggregates(key)) + " FROM " + table + " m WHERE ")
                .add(range(session, after, end));
        Optional<Stretch> found = session.first(sql, row -> stretch(row, end)).filter(stretch -> stretch.rows() > 0);
        boolean grown = end.isEmpty()
                && found.filter(stretch -> stretch.rows() >= limit).isPresent();
        return grown ? endFirst(session, after, limit) : found;
    }

    /** Not window functions, which are slow at this: on MariaDB their time grows with the square of the rows. */
    private List<String> aggregates(String key) {
        String span = hasNumbers() ? "MIN(" + key + "), MAX(" + key + ")" : "NULL, NULL";
        return new ArrayList<>(List.of("COUNT(*)", span));
    }

    private boolean hasNumbers() {
        return walk.get(walk.size() - 1) instanceof KeyPart key && key.column().isLong();
    }

    private Stretch stretch(ResultSet row, List<String> end) throws SQLException {
        long rows = row.getLong(1);
        return new Stretch(
                end, rows, hasNumbers() ? KeySpan.of(row.getLong(2), row.getLong(3), rows) : Optional.empty());
    }

    private List<String> texts(ResultSet row, int position) throws SQLException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < walk.size(); i++) {
            texts.add(walk.get(i).text(row, position + i));
        }
        return texts;
    }

    /**
     * A part of the walk, message by message.
     *
     * @param end the values of its last row, as text
     * @param rows its messages
     */
    public record Read(List<String> end, List<MessageRow> rows) {}

    /** The next messages of the walk after a position, so many at most; empty if there are none. */
    public Optional<Read> read(Session session, List<String> after, int limit, MessageRows rows) {
        Sql sql = Sql.of("SELECT ").add(rows.list());
        walk.forEach(part -> sql.add(", " + part.expression()));
        sql.add(" FROM " + table + " m WHERE ")
                .add(range(session, after, List.of()))
                .add(" ORDER BY " + order() + " LIMIT ?", limit);
        List<MessageRow> found = new ArrayList<>();
        List<String> end = new ArrayList<>();
        session.list(sql, row -> {
            end.clear();
            for (int i = 0; i < walk.size(); i++) {
                end.add(walk.get(i).text(row, rows.width() + i + 1));
            }
            return found.add(rows.read(row));
        });
        return found.isEmpty() ? Optional.empty() : Optional.of(new Read(List.copyOf(end), found));
    }

    /** The rows after one position up to another; an empty list stands for no bound. */
    public Sql range(Session session, List<String> after, List<String> upTo) {
        Sql range = Sql.of("");
        within.ifPresent(range::add);
        addBound(session, range, ">", after);
        addBound(session, range, "<=", upTo);
        for (String key : nullable()) { // NULL has no place in the order
            range.add(range.text().isEmpty() ? "" : " AND ").add(key + " IS NOT NULL");
        }
        return range.text().isEmpty() ? range.add(walk.get(0).expression() + " IS NOT NULL") : range;
    }

    /** The parts of the key that can be NULL. */
    private List<String> nullable() {
        return walk.stream()
                .filter(part -> part instanceof KeyPart key && key.column().nullable())
                .map(Part::expression)
                .toList();
    }

    /** Rows that could be due, but that the walk never meets, since a part of their key is NULL; empty if there is none. */
    public Optional<Sql> withoutKey() {
        return nullable().isEmpty()
                ? Optional.empty()
                : Optional.of(Sql.of("(" + String.join(" IS NULL OR ", nullable()) + " IS NULL) AND (")
                        .add(within.orElse(due))
                        .add(")"));
    }

    /** How many rows fulfil a condition. */
    public long count(Session session, Sql condition) {
        return session.count(
                Sql.of("SELECT COUNT(*) FROM " + table + " m WHERE ").add(condition));
    }

    private void addBound(Session session, Sql range, String operator, List<String> position) {
        if (position.isEmpty()) {
            return;
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < position.size(); i++) {
            values.add(walk.get(i).value(position.get(i)));
        }
        List<String> expressions =
                walk.stream().limit(position.size()).map(Part::expression).toList();
        range.add(range.text().isEmpty() ? "" : " AND ").add(session.dialect().compare(expressions, operator, values));
    }
}
