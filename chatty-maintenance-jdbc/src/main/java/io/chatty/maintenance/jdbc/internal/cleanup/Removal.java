package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.archive.ArchiveWriter;
import io.chatty.maintenance.jdbc.internal.database.ChangedMeanwhile;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.outbox.Outbox;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.task.Counts;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Removes messages that are locked, with all that belongs to them: their children first, then what they share with others and
 * nobody else has, then they themselves; and repairs the counters. Since they are locked, and were looked at under the lock,
 * none of them changes meanwhile; what other tables say is asked once more by the statement that deletes them.
 */
public final class Removal {

    private static final Pattern LOOSE = Pattern.compile("[^\\p{L}\\p{N}]");

    private final HostTables tables;
    private final Session session;
    private final MessageRows reading;
    private final Aside aside;
    private Counts counts = Counts.none();

    /**
     * What else is done with what goes.
     *
     * @param archive where it is put
     * @param outbox where it is told
     */
    public record Aside(Optional<ArchiveWriter> archive, Optional<Outbox> outbox) {

        public static final Aside NOTHING = new Aside(Optional.empty(), Optional.empty());

        boolean isNothing() {
            return archive.isEmpty() && outbox.isEmpty();
        }
    }

    Removal(HostTables tables, Session session, MessageRows reading, Aside aside) {
        this.tables = tables;
        this.session = session;
        this.reading = reading;
        this.aside = aside;
    }

    /**
     * Removes them, and counts what went with them.
     *
     * @param rows messages that are locked; all rows of each key
     * @param still what each must fulfil when it is deleted
     * @param first what each must fulfil before anything is deleted, if that hangs on what goes with it
     * @return how many messages went with what; fewer than were given if they no longer fulfil that, and then all of it must be
     *     undone
     */
    Gone remove(List<MessageRow> rows, Sql still, Optional<Sql> first) {
        if (first.isPresent() && !rows.isEmpty()) {
            lockDeletions(rows);
            Sql condition = tables.haveKey(keys(rows)).add(" AND ").add(first.get());
            long fulfil = session.count(Sql.of("SELECT COUNT(*) FROM " + tables.messages() + " m WHERE ")
                    .add(condition));
            if (fulfil < rows.size()) {
                return new Gone(fulfil, counts);
            }
        }
        if (!rows.isEmpty()) {
            aside.archive().ifPresent(archive -> archive.messages(rows, tables.haveKey(keys(rows))));
            aside.outbox().ifPresent(outbox -> outbox.messages(rows, files(rows)));
        }
        tables.children.forEach(child -> counts = counts.plus(name(child), rows.isEmpty() ? 0 : children(child, rows)));
        tables.shared.forEach(shared ->
                counts = counts.plus("deleted.children." + shared.given(), rows.isEmpty() ? 0 : shared(shared, rows)));
        long gone = 0;
        if (!rows.isEmpty()) {
            Sql condition = tables.haveKey(keys(rows)).add(" AND ").add(still);
            gone = session.change(session.deleteFrom(tables.messages(), condition));
            tables.counters.forEach(counter -> repair(counter, rows));
            Optional<String> file = aside.archive().flatMap(ArchiveWriter::file);
            aside.outbox().ifPresent(outbox -> file.ifPresentOrElse(outbox::files, outbox::files));
        }
        return new Gone(gone, counts);
    }

    /** Locks the rows that go with those messages: none of them changes or leaves meanwhile, though more may come. */
    void lockWhatGoesWith(List<MessageRow> rows) {
        for (HostTables.Child child : tables.children) {
            if (!child.setLoose()) {
                lock(child.refersBy(), child.to(), rows);
            }
        }
        tables.shared.forEach(shared -> lock(shared.messageKey(), tables.key, rows));
    }

    private void lock(List<Column> columns, List<Column> to, List<MessageRow> rows) {
        List<List<Object>> values = values(to, rows);
        if (!values.isEmpty()) {
            session.list(
                    Sql.of("SELECT " + tables.columns("m", columns) + " FROM " + tables.table(columns.get(0))
                                    + " m WHERE ")
                            .add(of(columns, to, values))
                            .add(session.dialect().forUpdate(false)),
                    row -> true);
        }
    }

    /** The rows that say that a user deleted those messages: none of them changes meanwhile. */
    private void lockDeletions(List<MessageRow> rows) {
        HostTables.SoftDeletes deletes = tables.softDeletes;
        List<List<Object>> keys = values(tables.key, rows);
        if (deletes != null && !keys.isEmpty()) {
            String table = tables.table(deletes.table());
            session.list(
                    Sql.of("SELECT " + tables.columns("m", deletes.refersBy()) + " FROM " + table + " m WHERE ")
                            .add(of(deletes.refersBy(), tables.key, keys))
                            .add(session.dialect().forUpdate(false)),
                    row -> true);
        }
    }

    /**
     * What went.
     *
     * @param messages how many messages
     * @param others what else, by name of count
     */
    record Gone(long messages, Counts others) {}

    static String name(HostTables.Child child) {
        return (child.setLoose() ? "setLoose." : "deleted.children.") + child.given();
    }

    private long children(HostTables.Child child, List<MessageRow> rows) {
        List<List<Object>> values = values(child.to(), rows);
        if (values.isEmpty()) {
            return 0;
        }
        Sql of = of(child.refersBy(), child.to(), values);
        child.where().ifPresent(where -> of.add(" AND ").add(where.on("m")));
        Column first = child.first();
        if (!child.setLoose()) {
            return delete(first, of, child.files());
        }
        return session.change(
                Sql.of(session.dialect().update(tables.table(first)) + " SET " + noLonger(session, child) + " WHERE ")
                        .add(of));
    }

    /** Deletes rows that go along, put aside and told of as is asked. */
    private long delete(Column ofTable, Sql condition, List<Column> files) {
        long copied =
                aside.archive().map(archive -> archive.copy(ofTable, condition)).orElse(0L);
        if (!files.isEmpty()) {
            aside.outbox().ifPresent(outbox -> outbox.add(files, condition));
        }
        long gone = session.change(session.deleteFrom(tables.table(ofTable), condition));
        if (aside.archive().isPresent() && gone != copied) {
            throw new ChangedMeanwhile();
        }
        return gone;
    }

    private Map<Column, Set<String>> files(List<MessageRow> rows) {
        Map<Column, Set<String>> paths = new LinkedHashMap<>();
        for (Column column : tables.files) {
            for (MessageRow row : rows) {
                Object path = reading.linked(row, column);
                if (path != null && !path.equals("")) {
                    paths.computeIfAbsent(column, any -> new LinkedHashSet<>()).add(path.toString());
                }
            }
        }
        return paths;
    }

    /** What sets a child's row loose from its message. */
    static String noLonger(Session session, HostTables.Child child) {
        return child.refersBy().stream()
                .map(column -> session.dialect().assigned(column) + " = NULL")
                .collect(Collectors.joining(", "));
    }

    /** What those messages hold in those columns, each once; what holds NULL or an empty text is referred to by nothing. */
    private List<List<Object>> values(List<Column> columns, List<MessageRow> rows) {
        Set<List<Object>> values = new LinkedHashSet<>();
        for (MessageRow row : rows) {
            List<@Nullable Object> value = new ArrayList<>();
            columns.forEach(column -> value.add(reading.linked(row, column)));
            if (value.stream().allMatch(part -> part != null && !part.equals(""))) {
                values.add(value.stream().map(Objects::requireNonNull).toList());
            }
        }
        return List.copyOf(values);
    }

    private static List<List<Object>> keys(List<MessageRow> rows) {
        return rows.stream().map(MessageRow::key).distinct().toList();
    }

    /**
     * Rows that refer to those messages. Texts can be alike in the column's collation and differ in the message's: there the
     * database itself has to say which message a row refers to.
     */
    private Sql of(List<Column> columns, List<Column> to, List<List<Object>> values) {
        Sql ofThem = session.dialect().areOneOf(tables.names("m", columns), to, values);
        return to.stream().noneMatch(Column::isText)
                ? ofThem
                : ofThem.add(" AND EXISTS (SELECT 1 FROM " + tables.messages() + " k WHERE "
                                + tables.equal("k", to, "m", columns) + " AND ")
                        .add(tables.areOneOf("k", to, values))
                        .add(")");
    }

    private long shared(HostTables.Shared shared, List<MessageRow> rows) {
        List<List<Object>> keys = values(tables.key, rows);
        if (keys.isEmpty()) {
            return 0;
        }
        String links = tables.table(shared.link());
        Sql of = of(shared.messageKey(), tables.key, keys);
        List<Object> linked = session
                .list(
                        Sql.of("SELECT DISTINCT " + tables.column("m", shared.link()) + " FROM " + links + " m WHERE ")
                                .add(of),
                        row -> Optional.ofNullable(shared.link().text(row, 1)).flatMap(shared.link()::value))
                .stream()
                .flatMap(Optional::stream)
                .toList();
        long gone = delete(shared.link(), of(shared.messageKey(), tables.key, keys), List.of());
        counts = counts.plus("deleted.children." + shared.given() + ".links", gone);
        if (linked.isEmpty()) {
            return 0;
        }
        String key = tables.column("m", shared.key());
        Sql alone = session.dialect().isOneOf(key, shared.link(), linked);
        List<Column> keepers = new ArrayList<>(shared.keptBy());
        keepers.add(shared.link());
        keepers.forEach(keeper -> alone.add(" AND NOT EXISTS (SELECT 1 FROM " + tables.table(keeper) + " t WHERE "
                + tables.column("t", keeper) + " = " + key + ")"));
        return delete(shared.key(), alone, shared.files());
    }

    /** Takes from each counter as many as went; those from which as many went in one statement, in the order of their keys. */
    private void repair(HostTables.Count counter, List<MessageRow> rows) {
        int index = tables.counters.indexOf(counter);
        Map<Object, Integer> byKey = new LinkedHashMap<>();
        for (MessageRow row : rows) {
            Object key = reading.linked(row, counter.of());
            if (key != null && !key.equals("") && row.counted().get(index)) {
                byKey.merge(key, 1, Integer::sum);
            }
        }
        Map<String, List<Object>> together = new TreeMap<>();
        Map<Object, Integer> spellings = new HashMap<>();
        byKey.entrySet().stream()
                .sorted((one, other) ->
                        one.getKey().toString().compareTo(other.getKey().toString()))
                .forEach(entry -> together.computeIfAbsent(
                                entry.getValue() + " " + spellings.merge(loosely(entry.getKey()), 1, Integer::sum),
                                number -> new ArrayList<>())
                        .add(entry.getKey()));
        String column = tables.column("m", counter.column());
        together.values().forEach(keys -> {
            int number = Objects.requireNonNull(byKey.get(keys.get(0)));
            session.change(Sql.of(
                            session.dialect().update(tables.table(counter.key())) + " SET "
                                    + session.dialect().assigned(counter.column()) + " = CASE WHEN " + column
                                    + " > ? THEN " + column + " - ? ELSE 0 END WHERE " + column + " > 0 AND ",
                            number,
                            number)
                    .add(session.dialect().isOneOf(tables.column("m", counter.key()), counter.of(), keys)));
        });
    }

    /** What a loose collation could hold for one with it: their numbers are taken in statements of their own. */
    private static Object loosely(Object key) {
        return key instanceof String text
                ? LOOSE.matcher(Normalizer.normalize(text, Normalizer.Form.NFKD))
                        .replaceAll("")
                        .toUpperCase(Locale.ROOT)
                : key;
    }
}
