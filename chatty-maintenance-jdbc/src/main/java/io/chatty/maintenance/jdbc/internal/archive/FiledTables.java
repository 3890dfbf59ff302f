package io.chatty.maintenance.jdbc.internal.archive;

import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveHeader;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveReader;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedMessage;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedRow;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedTable;
import io.chatty.maintenance.jdbc.internal.archive.file.LiveTable;
import io.chatty.maintenance.jdbc.internal.archive.file.MessageInsertion;
import io.chatty.maintenance.jdbc.internal.archive.file.RowInsertion;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.DatabaseException;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.Catalogue;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.SettingsException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The host's tables as an archive file has them: with the columns that they have now. A message is written with all rows that go
 * with it, and with the rows that it shares with others, whether they go with it or not. Not thread-safe.
 */
public final class FiledTables {

    private static final int AT_ONCE = 100;

    private final HostTables tables;
    private final Session session;
    private final Map<String, LiveTable> live = new LinkedHashMap<>();

    private FiledTables(HostTables tables, Session session) {
        this.tables = tables;
        this.session = session;
    }

    /**
     * Looks them up.
     *
     * @throws SettingsException if they cannot be archived in files
     */
    public static FiledTables read(HostTables tables, Session session) {
        FiledTables found = new FiledTables(tables, session);
        List<String> problems = found.look();
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return found;
    }

    /** What keeps them from being archived in files. */
    static List<String> problems(HostTables tables, Session session) {
        FiledTables found = new FiledTables(tables, session);
        List<String> problems = found.look();
        if (tables.keyShared) {
            problems.add("archive: rows of table \"" + tables.messageTable() + "\" may share the key " + tables.key
                    + ", and a file tells messages apart by their keys; describe a unique key(column), or archive into"
                    + " tables");
        }
        for (HostTables.Child child : tables.children) {
            if (!child.setLoose() && found.uniqueKeys(child.table()).isEmpty() && !found.areUnique(child.to())) {
                problems.add("archive: table \"" + child.table() + "\" has no unique index, and refers to columns "
                        + child.to()
                        + " that several messages can share, so that its rows could come back twice; make a"
                        + " unique index, or archive into tables");
            }
        }
        return problems;
    }

    private List<String> look() {
        List<String> problems = new ArrayList<>();
        try {
            for (String table : names()) {
                LiveTable.read(session.connection(), tables.schema, table, problems)
                        .ifPresent(found -> live.put(table, found));
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
        return problems;
    }

    /** The tables, those that are referred to before those that refer. */
    private Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        names.add(tables.messageTable());
        tables.shared.forEach(shared -> names.add(shared.key().table()));
        tables.shared.forEach(shared -> names.add(shared.link().table()));
        tables.children.stream().filter(child -> !child.setLoose()).forEach(child -> names.add(child.table()));
        return names;
    }

    private LiveTable live(String table) {
        return Objects.requireNonNull(live.get(table), table);
    }

    public ArchiveHeader header(RunId run, String fingerprint, Instant createdAt) {
        return new ArchiveHeader(
                run,
                fingerprint,
                createdAt,
                live(tables.messageTable()).database(),
                live.values().stream().map(LiveTable::archived).toList());
    }

    /** A message as it is now. */
    @FunctionalInterface
    public interface Taking<E extends Exception> {
        void take(List<Object> key, ArchivedMessage message) throws E;
    }

    /** Reads messages with what belongs to them, some at a time, in the order of their keys here; those that are gone are left out. */
    public <E extends Exception> void read(List<List<Object>> keys, Taking<E> taking) throws E {
        for (int from = 0; from < keys.size(); from += AT_ONCE) {
            Map<List<Object>, Rows> found = new LinkedHashMap<>();
            List<List<Object>> some = keys.subList(from, Math.min(keys.size(), from + AT_ONCE));
            some.forEach(key -> found.put(key, new Rows()));
            prepared(() -> read(some, found));
            for (Map.Entry<List<Object>, Rows> each : found.entrySet()) {
                ArchivedRow row = each.getValue().message;
                if (row != null) {
                    taking.take(each.getKey(), new ArchivedMessage(row, each.getValue().children));
                }
            }
        }
    }

    private static final class Rows {
        private @Nullable ArchivedRow message;
        private final List<ArchivedRow> children = new ArrayList<>();
    }

    private void read(List<List<Object>> keys, Map<List<Object>, Rows> into) {
        String messages = tables.messages() + " m";
        Sql haveKey = tables.haveKey(keys);
        each(tables.messageTable(), "m", messages, Sql.of("").add(haveKey), into, (rows, row) -> rows.message = row);
        for (HostTables.Shared shared : tables.shared) {
            String link = tables.table(shared.link()) + " l";
            String ofMessage = " ON " + tables.equal("l", shared.messageKey(), "m", tables.key);
            String ofLink = " ON " + tables.column("c", shared.key()) + " = " + tables.column("l", shared.link());
            each(
                    shared.key().table(),
                    "c",
                    messages + " JOIN " + link + ofMessage + " JOIN " + tables.table(shared.key()) + " c" + ofLink,
                    Sql.of("").add(haveKey).add(told("m", tables.key)),
                    into,
                    (rows, row) -> {
                        if (!rows.children.contains(row)) { // linked twice, it is one row still
                            rows.children.add(row);
                        }
                    });
            each(
                    shared.link().table(),
                    "l",
                    messages + " JOIN " + link + ofMessage,
                    Sql.of("").add(haveKey).add(told("m", tables.key)),
                    into,
                    (rows, row) -> rows.children.add(row));
        }
        for (int i = 0; i < tables.children.size(); i++) {
            HostTables.Child child = tables.children.get(i);
            if (!child.setLoose()) {
                Sql where = Sql.of("").add(haveKey).add(" AND ").add(belongs(child));
                for (HostTables.Child before : tables.children.subList(0, i)) {
                    if (!before.setLoose() && before.table().equals(child.table())) { // it has such rows already
                        where.add(" AND CASE WHEN ").add(belongs(before)).add(" THEN 1 ELSE 0 END = 0");
                    }
                }
                each(
                        child.table(),
                        "c",
                        messages + " JOIN " + tables.table(child.first()) + " c ON "
                                + tables.equal("c", child.refersBy(), "m", child.to()),
                        where,
                        into,
                        (rows, row) -> rows.children.add(row));
            }
        }
    }

    /** A row of the child's table, called {@code c}, belongs to a message. */
    private Sql belongs(HostTables.Child child) {
        Sql belongs = Sql.of(tables.equal("c", child.refersBy(), "m", child.to()) + told("m", child.to()));
        child.where().ifPresent(where -> belongs.add(" AND ").add(where.on("c")));
        return belongs;
    }

    /** An empty text refers to nothing. */
    private String told(String alias, List<Column> columns) {
        StringBuilder told = new StringBuilder();
        columns.stream()
                .filter(Column::isText)
                .forEach(column -> told.append(" AND ")
                        .append(tables.column(alias, column))
                        .append(" <> ''"));
        return told.toString();
    }

    private interface Add {
        void to(Rows rows, ArchivedRow row);
    }

    private void each(String table, String alias, String from, Sql where, Map<List<Object>, Rows> into, Add add) {
        LiveTable of = live(table);
        int width = of.archived().columns().size();
        Sql sql = Sql.of("SELECT " + of.selectList(alias) + ", " + tables.columns("m", tables.key) + " FROM " + from
                        + " WHERE ")
                .add(where);
        session.list(sql, row -> {
            Rows rows = into.get(key(row, width));
            if (rows != null) { // another spelling of a key that is equal by the column's collation
                add.to(rows, of.row(row, 1));
            }
            return true;
        });
    }

    private List<Object> key(ResultSet row, int before) throws SQLException {
        List<Object> key = new ArrayList<>();
        for (int i = 0; i < tables.key.size(); i++) {
            key.add(Objects.requireNonNull(MessageRows.value(row, before + i + 1, tables.key.get(i))));
        }
        return key;
    }

    /** Locks the rows of a table that is called {@code m} and fulfil a condition, and reads them. */
    public void lock(Column ofTable, Sql condition, Consumer<ArchivedRow> row) {
        LiveTable of = live(ofTable.table());
        Sql sql = Sql.of("SELECT " + of.selectList("m") + " FROM " + tables.table(ofTable) + " m WHERE ")
                .add(condition)
                .add(" FOR UPDATE");
        prepared(() -> session.list(sql, result -> of.row(result, 1)).forEach(row));
    }

    /** Does something with the settings that exact texts take. */
    void prepared(Runnable work) {
        LiveTable any = live(tables.messageTable());
        try {
            any.prepare(session.connection());
            try {
                work.run();
            } finally {
                if (session.isUsable()) {
                    any.restore(session.connection());
                }
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** Puts messages of a file back, none of which is there; counts what came back. */
    Counts insert(ArchiveReader file, List<ArchivedMessage> messages) {
        MessageInsertion insertion = insertion(file);
        Map<String, MessageInsertion.Counted> inserted = new LinkedHashMap<>();
        prepared(() -> {
            try {
                inserted.putAll(insertion.insert(session.connection(), statement -> {}, onceEach(messages)));
            } catch (SQLException e) {
                throw new DatabaseException(e);
            }
        });
        Counts counts = Counts.none();
        for (HostTables.Shared shared : tables.shared) {
            counts = counts.plus(counted(shared.given(), shared.key(), inserted));
        }
        for (HostTables.Child child : tables.children) {
            if (!child.setLoose()) {
                counts = counts.plus(counted(child.given(), child.first(), inserted));
            }
        }
        return counts.plus("restored.messages", messages.size());
    }

    private Counts counted(String given, Column ofTable, Map<String, MessageInsertion.Counted> inserted) {
        MessageInsertion.Counted counted = inserted.remove(ofTable.table()); // once, if it is described twice
        return Counts.none().plus("restored.children." + given, counted == null ? 0 : counted.inserted());
    }

    /** A row that several messages share is written with each, and comes back with the first. */
    private List<ArchivedMessage> onceEach(List<ArchivedMessage> messages) {
        Set<String> keyed = new LinkedHashSet<>();
        names().stream().filter(name -> !keyOf(name).isEmpty()).forEach(keyed::add);
        Set<ArchivedRow> seen = new LinkedHashSet<>();
        messages.forEach(message -> seen.add(message.row()));
        return messages.stream()
                .map(message -> new ArchivedMessage(
                        message.row(),
                        message.children().stream()
                                .filter(row -> !keyed.contains(row.table().name()) || seen.add(row))
                                .toList()))
                .toList();
    }

    /** What puts the messages of a file back. */
    private MessageInsertion insertion(ArchiveReader file) {
        List<String> problems = new ArrayList<>();
        Map<String, RowInsertion> insertions = new LinkedHashMap<>();
        Map<String, ArchivedTable> filed = new LinkedHashMap<>();
        live.keySet()
                .forEach(name -> file.header().tables().stream()
                        .filter(table -> table.name().equals(name))
                        .forEach(table -> filed.put(name, table)));
        file.header().tables().forEach(table -> filed.putIfAbsent(table.name(), table));
        for (ArchivedTable table : filed.values()) {
            LiveTable now = live.get(table.name());
            if (now != null) {
                insertions.put(table.name(), RowInsertion.of(file, table, now, keyOf(table.name()), problems));
            } else if (Optional.ofNullable(file.manifest().tables().get(table.name()))
                    .filter(content -> content.rows() > 0)
                    .isPresent()) {
                problems.add("archive file " + file.name() + ": it has rows of table \"" + table.name()
                        + "\", which the schema no longer describes among " + live.keySet() + "; describe it again");
            }
        }
        if (!problems.isEmpty()) {
            throw new MaintenanceException(String.join("; ", problems));
        }
        return new MessageInsertion(insertions);
    }

    /** What tells the rows of a table apart; empty where nothing does. */
    private List<String> keyOf(String table) {
        if (table.equals(tables.messageTable())) {
            return tables.key.stream().map(Column::name).toList();
        }
        List<Set<String>> unique = uniqueKeys(table);
        Set<String> nullable = new LinkedHashSet<>();
        tables.columnsOf(table).stream().filter(Column::nullable).forEach(column -> nullable.add(column.name()));
        return unique.stream()
                .filter(key -> key.stream().noneMatch(nullable::contains))
                .findFirst()
                .or(() -> unique.stream().findFirst())
                .map(List::copyOf)
                .orElse(List.of());
    }

    private List<Set<String>> uniqueKeys(String table) {
        Set<String> names = new LinkedHashSet<>();
        tables.columnsOf(table).forEach(column -> names.add(column.name()));
        try {
            return Catalogue.uniqueIndexes(session.connection(), session.dialect(), tables.schema, table)
                    .values()
                    .stream()
                    .filter(names::containsAll) // an expression's name is none of a column's
                    .toList();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private boolean areUnique(List<Column> columns) {
        List<String> names = columns.stream().map(Column::name).toList();
        return columns.containsAll(tables.key)
                || uniqueKeys(tables.messageTable()).stream().anyMatch(names::containsAll);
    }
}
