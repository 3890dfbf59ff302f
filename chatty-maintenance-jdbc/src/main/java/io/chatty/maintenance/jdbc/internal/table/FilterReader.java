package io.chatty.maintenance.jdbc.internal.table;

import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks up in the catalogue what a {@link Match} says of a table, and lists what does not fit. */
public final class FilterReader {

    private final Dialect dialect;
    private final Catalogue catalogue;
    private final List<String> problems;
    private final List<Column> messageKey;
    private final @Nullable Reach room;
    private final @Nullable Reach sender;

    public FilterReader(Dialect dialect, Catalogue catalogue, List<String> problems, List<Column> messageKey) {
        this(dialect, catalogue, problems, messageKey, null, null);
    }

    /**
     * A reader for what shields messages.
     *
     * @param room the messages' room, if it is known
     * @param sender their sender, if it is known
     */
    public FilterReader(
            Dialect dialect,
            Catalogue catalogue,
            List<String> problems,
            List<Column> messageKey,
            @Nullable Reach room,
            @Nullable Reach sender) {
        this.dialect = dialect;
        this.catalogue = catalogue;
        this.problems = problems;
        this.messageKey = messageKey;
        this.room = room;
        this.sender = sender;
    }

    /** The filter; empty, with problems added, if something is wrong. */
    public Optional<Filter> read(String what, String table, Match match) {
        if (match instanceof Match.IsTrue truth) {
            return column(what, table, truth.column()).flatMap(column -> isTrue(what, column));
        }
        if (match instanceof Match.IsPresent present) {
            return column(what, table, present.column()).map(this::isPresent);
        }
        if (match instanceof Match.IsOneOf oneOf) {
            return column(what, table, oneOf.column()).flatMap(column -> isOneOf(what, column, oneOf.values()));
        }
        if (match instanceof Match.Not not) {
            return read(what, table, not.match())
                    .map(filter ->
                            alias -> Sql.of("NOT (").add(filter.on(alias)).add(")"));
        }
        if (match instanceof Match.All all) {
            return all(what, table, all);
        }
        if (match instanceof Match.RoomHasRow row) {
            return reached(what, table, "room", room, row.table())
                    .flatMap(of -> hasRow(what, of, row.table(), row.column(), row.where()));
        }
        if (match instanceof Match.SenderHasRow row) {
            return reached(what, table, "sender", sender, row.table())
                    .flatMap(of -> hasRow(what, of, row.table(), row.column(), row.where()));
        }
        return hasRow(what, table, (Match.HasRow) match);
    }

    private Optional<Reach> reached(String what, String table, String of, @Nullable Reach reach, String other) {
        if (reach == null || !reach.own().table().equals(table)) {
            problems.add(what + ": " + of + "HasRow(\"" + other
                    + "\") given; it is for exempt and never of messages that" + " have a " + of + "(column)");
            return Optional.empty();
        }
        return Optional.of(reach);
    }

    private Optional<Column> column(String what, String table, String name) {
        return catalogue.column(what, table, name, problems);
    }

    private String of(String alias, Column column) {
        return dialect.column(alias, column);
    }

    private Optional<Filter> isTrue(String what, Column column) {
        if (!column.isTruth()) {
            problems.add(what + ": " + column + " is no truth value; BOOLEAN (on MariaDB TINYINT) is");
            return Optional.empty();
        }
        return Optional.of(alias -> Sql.of(of(alias, column) + " IS TRUE"));
    }

    private Filter isPresent(Column column) {
        return column.canBeEmpty()
                ? alias -> Sql.of("(" + of(alias, column) + " IS NOT NULL AND " + of(alias, column) + " <> '')")
                : alias -> Sql.of(of(alias, column) + " IS NOT NULL");
    }

    private Optional<Filter> isOneOf(String what, Column column, List<Object> values) {
        List<Object> found = new ArrayList<>();
        for (Object value : values) {
            Optional<Object> fits = column.canBeKey() ? column.value(value.toString()) : Optional.empty();
            if (fits.isEmpty()) {
                problems.add(what + ": \"" + value + "\" can be no value of " + column
                        + "; whole numbers, texts and UUIDs can be compared, written as the database shows them");
                return Optional.empty();
            }
            found.add(fits.get());
        }
        return Optional.of(alias -> Sql.of("(" + of(alias, column) + " IS NOT NULL AND ")
                .add(dialect.isExactlyOneOf(of(alias, column), column, found))
                .add(")"));
    }

    private Optional<Filter> all(String what, String table, Match.All all) {
        List<Filter> filters = new ArrayList<>();
        for (Match match : all.matches()) {
            read(what, table, match).ifPresent(filters::add);
        }
        return filters.size() < all.matches().size()
                ? Optional.empty()
                : Optional.of(alias -> {
                    Sql sql = Sql.of("(");
                    for (int i = 0; i < filters.size(); i++) {
                        sql.add(i == 0 ? "" : " AND ").add(filters.get(i).on(alias));
                    }
                    return sql.add(")");
                });
    }

    private Optional<Filter> hasRow(String what, String table, Match.HasRow row) {
        if (messageKey.size() != 1 || !messageKey.get(0).table().equals(table)) {
            problems.add(what + ": hasRow(\"" + row.table() + "\") given, but "
                    + (messageKey.size() > 1
                            ? "the key has several columns: it looks for a key of one column"
                            : "it looks for a message's key, and these rows are no messages"));
            return Optional.empty();
        }
        return hasRow(what, new Reach(messageKey.get(0), List.of()), row.table(), row.column(), row.where());
    }

    /** A row of that table holds what a message's column leads to. It is never NULL, whatever is. */
    private Optional<Filter> hasRow(String what, Reach of, String table, String column, Optional<Match> matching) {
        Optional<String> other = catalogue.table(what, table, problems);
        Optional<Column> refers = other.flatMap(found -> column(what, found, column));
        if (other.isEmpty() || refers.isEmpty()) {
            return Optional.empty();
        }
        if (!refers.get().canBeKey() || !refers.get().comparesWith(of.value())) {
            problems.add(what + ": " + refers.get() + " and " + of.value() + " are of types that cannot be compared");
            return Optional.empty();
        }
        Optional<Filter> where = Optional.empty();
        if (matching.isPresent()) {
            where = read(what, other.get(), matching.get());
            if (where.isEmpty()) {
                return Optional.empty();
            }
        }
        String from = HostTables.table(dialect, catalogue.schema(), other.get());
        Optional<Filter> narrowed = where;
        return Optional.of(alias -> {
            String h = alias + "h";
            Sql sql = Sql.of("EXISTS (SELECT 1 FROM " + from + " " + h + " WHERE " + of(h, refers.get()) + " = ")
                    .add(of.of(dialect, alias));
            narrowed.ifPresent(filter -> sql.add(" AND ").add(filter.on(h)));
            return sql.add(")");
        });
    }
}
