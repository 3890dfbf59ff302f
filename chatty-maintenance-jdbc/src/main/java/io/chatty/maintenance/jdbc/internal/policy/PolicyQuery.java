package io.chatty.maintenance.jdbc.internal.policy;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Rights;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.Catalogue;
import io.chatty.maintenance.jdbc.internal.table.Filter;
import io.chatty.maintenance.jdbc.internal.table.FilterReader;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.retention.RetentionScope.Level;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A table of rules as the catalogue knows it, and how it is read. Immutable. */
final class PolicyQuery {

    /** More ids than that make a statement's text too long. */
    private static final int AT_ONCE = 4096;

    private final PolicySource source;
    private final Dialect dialect;
    private final @Nullable Column id;
    private final String columns;
    private final String from;
    private final Sql condition;
    private final List<String> tables;

    /** A row: the id, the time, the count, each as the database shows it. */
    private record Row(
            @Nullable String id,
            @Nullable String time,
            @Nullable String latest) {}

    private PolicyQuery(
            PolicySource source,
            Dialect dialect,
            @Nullable Column id,
            String columns,
            String from,
            Sql condition,
            List<String> tables) {
        this.source = source;
        this.dialect = dialect;
        this.id = id;
        this.columns = columns;
        this.from = from;
        this.condition = condition;
        this.tables = tables;
    }

    /** Looks a table of rules up; empty, with problems added, if something is wrong. */
    static Optional<PolicyQuery> of(
            Session session, @Nullable String schema, PolicySource source, List<String> problems) throws SQLException {
        Dialect dialect = session.dialect();
        Catalogue catalogue = Catalogue.read(session.connection(), dialect, schema);
        int before = problems.size();
        String what = "policyTable " + source.table();
        Optional<String> table = catalogue.table(what, source.table(), problems);
        if (table.isEmpty()) {
            return Optional.empty();
        }
        Optional<Column> id = source.id().flatMap(name -> key(what, catalogue, table.get(), name, problems));
        Optional<Filter> where = source.where()
                .flatMap(match ->
                        new FilterReader(dialect, catalogue, problems, List.of()).read(what, table.get(), match));
        String rules = table.get();
        String alias = "p";
        String from = HostTables.table(dialect, catalogue.schema(), table.get()) + " p";
        if (source.through().isPresent()) {
            PolicySource.Through through = source.through().get();
            Optional<String> other = catalogue.table(what, through.table(), problems);
            Optional<Column> own = key(what, catalogue, table.get(), through.column(), problems);
            Optional<Column> others = other.flatMap(found -> key(what, catalogue, found, through.key(), problems));
            if (other.isEmpty() || own.isEmpty() || others.isEmpty()) {
                return Optional.empty();
            }
            if (!own.get().comparesWith(others.get())) {
                problems.add(
                        what + ": " + own.get() + " and " + others.get() + " are of types that cannot be compared");
            }
            rules = other.get();
            alias = "r";
            from += " JOIN " + HostTables.table(dialect, catalogue.schema(), rules) + " r ON "
                    + dialect.column("r", others.get()) + " = "
                    + dialect.column("p", own.get());
        }
        String of = rules;
        Optional<Column> time = source.time().flatMap(name -> number(what, catalogue, of, name, problems));
        Optional<Column> latest = source.latest().flatMap(name -> number(what, catalogue, of, name, problems));
        if (problems.size() > before) {
            return Optional.empty();
        }
        String in = alias;
        List<String> told = Stream.of(time, latest)
                .flatMap(Optional::stream)
                .map(column -> dialect.column(in, column))
                .toList();
        Sql condition = Sql.of(
                told.stream().map(column -> column + " IS NOT NULL").collect(Collectors.joining(" OR ", "(", ")")));
        where.ifPresent(filter -> condition.add(" AND ").add(filter.on("p")));
        String columns = Stream.of(
                        id.map(column -> dialect.column("p", column)),
                        time.map(column -> dialect.column(in, column)),
                        latest.map(column -> dialect.column(in, column)))
                .map(column -> column.orElse("NULL"))
                .collect(Collectors.joining(", "));
        return Optional.of(new PolicyQuery(
                source,
                dialect,
                id.orElse(null),
                columns,
                from,
                condition,
                Stream.of(table.get(), rules).distinct().toList()));
    }

    private static Optional<Column> key(
            String what, Catalogue catalogue, String table, String name, List<String> problems) {
        Optional<Column> column = catalogue.column(what, table, name, problems);
        column.filter(found -> !found.canBeKey())
                .ifPresent(
                        found -> problems.add(
                                what + ": " + found
                                        + " is of a type that cannot be an id; whole numbers, decimals without a fraction, text and UUIDs can"));
        return column.filter(Column::canBeKey);
    }

    private static Optional<Column> number(
            String what, Catalogue catalogue, String table, String name, List<String> problems) {
        Optional<Column> column = catalogue.column(what, table, name, problems);
        column.filter(found -> !found.isNumber())
                .ifPresent(found -> problems.add(what + ": " + found + " is of a type that is no whole number"));
        return column.filter(Column::isNumber);
    }

    /** What is lacking to read it. */
    List<String> missingRights(Session session) {
        Map<String, String> needed = new LinkedHashMap<>();
        needed.put(
                Rights.needed("SELECT on " + String.join(" and ", tables)),
                "SELECT " + columns + " FROM " + from + " WHERE 1 = 0");
        return Rights.check(session, needed);
    }

    private Sql select() {
        return Sql.of("SELECT " + columns + " FROM " + from + " WHERE ").add(condition);
    }

    private Row row(ResultSet row) throws SQLException {
        Column of = id;
        return new Row(of == null ? "" : of.text(row, 1), row.getString(2), row.getString(3));
    }

    /**
     * What the table says for each of those ids; for the empty one, where it is global. Ids are told apart letter for letter,
     * whatever the database takes for equal.
     */
    Map<String, PolicyAnswer> answers(Session session, Collection<String> ids) {
        Map<String, PolicyAnswer> answers = new HashMap<>();
        ids.forEach(one -> answers.put(one, PolicyAnswer.NONE));
        Column of = id;
        if (of == null) {
            add(answers, session.list(select().add(" LIMIT 2"), this::row));
            return answers;
        }
        List<Object> possible =
                ids.stream().flatMap(one -> of.value(one).stream()).toList();
        for (int i = 0; i < possible.size(); i += AT_ONCE) {
            List<Object> part = possible.subList(i, Math.min(possible.size(), i + AT_ONCE));
            Sql some = select().add(" AND ").add(dialect.isOneOf(dialect.column("p", of), of, part));
            add(answers, session.list(some, this::row));
        }
        return answers;
    }

    private void add(Map<String, PolicyAnswer> answers, List<Row> rows) {
        Map<String, PolicyAnswer> found = new HashMap<>();
        for (Row row : rows) {
            String of = row.id();
            if (of != null && answers.containsKey(of)) {
                PolicyAnswer one = PolicyAnswer.of(source, row.time(), row.latest(), where(of));
                found.merge(
                        of,
                        one,
                        (first, other) -> first.equals(other) && source.level() != Level.GLOBAL
                                ? first
                                : PolicyAnswer.wrong(
                                        where(of) + " has more than one rule" + "; what they would decide is kept"));
            }
        }
        answers.putAll(found);
    }

    private String where(String of) {
        return "table " + source.table()
                + source.id()
                        .map(column -> ", where " + column + " is " + of + ",")
                        .orElse("");
    }

    /** Reads all rows that say something, one after the other, in no order. */
    void each(Session session, int seconds, int most, Consumer<String> text) {
        session.each(select().add(" LIMIT " + most), seconds, row -> {
            Row read = row(row);
            text.accept(read.id() + " " + read.time() + " " + read.latest());
            return true;
        });
    }
}
