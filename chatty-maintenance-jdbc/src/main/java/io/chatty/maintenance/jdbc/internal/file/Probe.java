package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Asks which names are referenced, in one snapshot: a reference that is moved from one column to another meanwhile is in one of
 * them. Columns are asked as they are, so that their indexes serve, by their own idea of what is equal: one that takes more for equal
 * than names are keeps more. Columns that have to be read as a whole come last, for names that were not found by then. For one
 * question; not thread-safe.
 */
final class Probe {

    private static final int AT_ONCE = 500; // from 1000 on MariaDB makes a join of an IN
    private static final int EACH_AT_ONCE = 200;
    private static final int PATIENCE = 3600; // seconds, for a column that is read as a whole

    private final Session session;
    private final Dialect dialect;
    private final Set<String> wanted;
    private final Set<String> found = new HashSet<>();

    Probe(Session session, Collection<String> names) {
        this.session = session;
        this.dialect = session.dialect();
        this.wanted = new HashSet<>(names);
    }

    Set<String> find(List<FileSource> sources) {
        sources.stream().filter(FileSource::isAsked).forEach(this::ask);
        sources.stream().filter(FileSource::isReadWhole).forEach(this::readWhole);
        return Set.copyOf(found);
    }

    /** Names to which more than one row of a column that can be asked refers. */
    Set<String> severally(FileSource source) {
        Column column = source.column();
        Map<String, Set<String>> meant = new LinkedHashMap<>();
        List<Object> asked = new ArrayList<>();
        for (String name : wanted) {
            for (String value : source.naming().values(name)) {
                boolean possible = !value.isEmpty() && source.canHold().test(value);
                Optional<Object> argument = possible ? argument(column, value) : Optional.empty();
                if (argument.isPresent()
                        && meant.computeIfAbsent(value, any -> new HashSet<>()).add(name)) {
                    asked.add(argument.get());
                }
            }
        }
        Map<String, Long> rows = new HashMap<>();
        for (int from = 0; from < asked.size(); from += EACH_AT_ONCE) {
            List<Object> some = asked.subList(from, Math.min(asked.size(), from + EACH_AT_ONCE));
            counts(source, some)
                    .forEach(count -> Objects.requireNonNull(meant.getOrDefault(count.getKey(), Set.of()))
                            .forEach(name -> rows.merge(name, count.getValue(), Long::sum)));
        }
        rows.values().removeIf(count -> count < 2);
        return Set.copyOf(rows.keySet());
    }

    /** How many rows the database takes for equal to each value. */
    private List<Map.Entry<String, Long>> counts(FileSource source, List<Object> values) {
        Column column = source.column();
        Sql query = dialect.forEach(
                column,
                values,
                value -> source.select(dialect, "COUNT(*)")
                        .add(" AND " + dialect.column("m", column) + " = ")
                        .add(value));
        return session.list(
                dialect.whole(query),
                row -> Map.entry(Objects.requireNonNullElse(column.text(row, 1), ""), row.getLong(2)));
    }

    private void found(Collection<String> names) {
        found.addAll(names);
        wanted.removeAll(names);
    }

    /** Which names each value would mean that could stand in the column. */
    private void ask(FileSource source) {
        Column column = source.column();
        Map<String, Set<String>> meant = new LinkedHashMap<>();
        Map<String, Object> arguments = new HashMap<>();
        for (String name : wanted) {
            for (String value : source.naming().values(name)) {
                Optional<Object> argument =
                        value.isEmpty() || !source.canHold().test(value) ? Optional.empty() : argument(column, value);
                argument.ifPresent(given -> {
                    meant.computeIfAbsent(value, any -> new HashSet<>()).add(name);
                    arguments.put(value, given);
                });
            }
        }
        List<String> values = List.copyOf(meant.keySet());
        for (int from = 0; from < values.size(); from += AT_ONCE) {
            ask(source, values.subList(from, Math.min(values.size(), from + AT_ONCE)), meant, arguments);
        }
    }

    private static Optional<Object> argument(Column column, String value) {
        return column.canBeEmpty() ? Optional.of(value) : column.value(value);
    }

    private void ask(
            FileSource source, List<String> values, Map<String, Set<String>> meant, Map<String, Object> arguments) {
        Column column = source.column();
        String expression = dialect.column("m", column);
        List<Object> asked = values.stream()
                .map(value -> Objects.requireNonNull(arguments.get(value)))
                .toList();
        // Told apart letter for letter: DISTINCT by the column's own idea would give one of several.
        String exact = column.canBeKey() ? "DISTINCT " + dialect.exact(expression, column) : expression;
        Sql query = source.select(dialect, exact).add(" AND ").add(dialect.isOneOf(expression, column, asked));
        boolean asWritten = true;
        for (String there :
                session.list(dialect.whole(query), row -> Objects.requireNonNullElse(column.text(row, 1), ""))) {
            Set<String> names = meant.get(there);
            if (names == null) {
                asWritten = false;
            } else {
                found(names);
            }
        }
        if (!asWritten) {
            askEach(source, values, meant, arguments);
        }
    }

    /** The database found something equal that is written in another way: it says to which of the values. */
    private void askEach(
            FileSource source, List<String> values, Map<String, Set<String>> meant, Map<String, Object> arguments) {
        List<String> left = values.stream()
                .filter(value -> !found.containsAll(Objects.requireNonNull(meant.get(value))))
                .toList();
        for (int from = 0; from < left.size(); from += EACH_AT_ONCE) {
            List<String> some = left.subList(from, Math.min(left.size(), from + EACH_AT_ONCE));
            List<Object> asked = new ArrayList<>();
            some.forEach(value -> asked.add(Objects.requireNonNull(arguments.get(value))));
            for (Map.Entry<String, Long> count : counts(source, asked)) {
                Set<String> names = meant.get(count.getKey());
                if (names != null && count.getValue() > 0) {
                    found(names);
                }
            }
        }
    }

    private void readWhole(FileSource source) {
        if (wanted.isEmpty()) {
            return;
        }
        Column column = source.column();
        Sql all = source.select(dialect, dialect.column("m", column));
        session.each(dialect.whole(all), PATIENCE, row -> {
            String content = column.text(row, 1);
            if (content != null) {
                for (String name : source.names(content)) {
                    if (wanted.contains(name)) {
                        found(List.of(name));
                    }
                }
            }
            return "";
        });
    }
}
