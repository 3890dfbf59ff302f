package io.chatty.maintenance.jdbc.internal.unused;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.internal.cleanup.Unreferenced;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Rights;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.table.Catalogue;
import io.chatty.maintenance.jdbc.internal.table.Filter;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.HostTablesReader;
import io.chatty.maintenance.jdbc.internal.table.Reach;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks up in the catalogue what refers to rooms, or users, and lists what does not fit. Not thread-safe. */
final class UnusedReader {

    private final Session session;
    private final ChatSchema schema;
    private final UnusedSettings settings;
    private final List<String> problems;
    private final String what;

    UnusedReader(Session session, ChatSchema schema, UnusedSettings settings, List<String> problems) {
        this.session = session;
        this.schema = schema;
        this.settings = settings;
        this.problems = problems;
        this.what = settings.what();
    }

    /**
     * What was found.
     *
     * @param tables the host's tables
     * @param rows the rooms, or users
     */
    record Found(HostTables tables, Unreferenced rows) {}

    /** Empty, with problems added, if something is wrong. */
    Optional<Found> read() throws SQLException {
        int before = problems.size();
        Catalogue catalogue = Catalogue.read(
                session.connection(), session.dialect(), schema.schema().orElse(null));
        HostTablesReader reader = new HostTablesReader(session.dialect(), catalogue, problems);
        reader.read(schema);
        Column key = settings.rooms() ? reader.rooms : reader.users;
        if (problems.size() > before || key == null) {
            return Optional.empty();
        }
        HostTables tables = new HostTables(reader);
        List<Column> namedBy = new ArrayList<>(ofMessages(reader));
        for (ChatSchema.Reference reference : settings.usedBy()) {
            reader.keyColumn(what + " usedBy", reference.table(), reference.column())
                    .ifPresent(namedBy::add);
        }
        checkForeignKeys(catalogue, key, namedBy);
        namedBy.addAll(ofArchives(catalogue, reader));
        namedBy.forEach(column -> reader.comparable(what + " usedBy", column, key));
        if (!catalogue.areUnique(List.of(key))) {
            problems.add(what + ": " + key + " has no unique index of its own; name the primary key");
        }
        Optional<TimeColumn> at = reader.time(what + " createdAt", key.table(), settings.createdAt());
        Optional<Filter> keep = reader.filter(what + " keep", key.table(), settings.keep());
        if (problems.size() == before && at.isPresent()) {
            Unreferenced rows = new Unreferenced(key, at.get(), namedBy, tables.messages(), keep);
            problems.addAll(rights(tables, rows));
            return problems.size() == before ? Optional.of(new Found(tables, rows)) : Optional.empty();
        }
        return Optional.empty();
    }

    private List<Column> ofMessages(HostTablesReader reader) {
        Column own = settings.rooms() ? room(reader) : reader.sender;
        if (own == null) {
            problems.add(what + ": nothing says which are in use, since messages have no "
                    + (settings.rooms() ? "room(column)" : "sender(column)"));
            return List.of();
        }
        return List.of(own);
    }

    private static @Nullable Column room(HostTablesReader reader) {
        return reader.room == null ? null : reader.room.value();
    }

    /** Where messages reach their room by another table, that one is not archived, and goes on to name it. */
    private List<Column> ofArchives(Catalogue catalogue, HostTablesReader reader) {
        Reach room = reader.room;
        Column own = settings.rooms() ? (room == null || !room.vias().isEmpty() ? null : room.own()) : reader.sender;
        List<Column> found = new ArrayList<>();
        if (own != null) {
            for (String prefix : settings.archives()) {
                catalogue
                        .table(what + " archive", prefix + schema.messages().table(), problems)
                        .flatMap(table -> catalogue.column(what + " archive", table, own.name(), problems))
                        .ifPresent(found::add);
            }
        }
        return found;
    }

    /** All that there are have to be described; and, unless that was asked for, what is described has to have one. */
    private void checkForeignKeys(Catalogue catalogue, Column key, List<Column> namedBy) throws SQLException {
        List<Column> guarded = new ArrayList<>();
        for (Catalogue.ForeignKey foreign : catalogue.foreignKeysTo(key.table())) {
            Optional<Column> described = namedBy.stream()
                    .filter(column -> foreign.isOf(column)
                            && foreign.columns().equals(List.of(column.name()))
                            && foreign.targets().equals(List.of(key.name())))
                    .findFirst();
            described.ifPresent(guarded::add);
            if (described.isEmpty()) {
                problems.add(what + ": " + foreign + " refers to \"" + key.table()
                        + "\" by a foreign key and is not described; "
                        + (foreign.in().isEmpty() && foreign.targets().equals(List.of(key.name()))
                                ? "add usedBy(\"" + foreign.table() + "\", \""
                                        + foreign.columns().get(0) + "\")"
                                : "drop it, or leave the task out"));
            }
        }
        if (!settings.withoutForeignKeys()) {
            namedBy.stream()
                    .filter(column -> !guarded.contains(column))
                    .forEach(column -> problems.add(what + ": " + column + " has no foreign key to " + key
                            + ", so that a row that is just being written could name one that goes; make one, or, if that"
                            + " cannot be, call withoutForeignKeys()"));
        }
    }

    private List<String> rights(HostTables tables, Unreferenced rows) {
        Map<String, String> needed = new LinkedHashMap<>();
        String table = tables.table(rows.key());
        String key = tables.column("m", rows.key());
        needed.put(Rights.needed("DELETE on " + table), session.dialect().deleteFrom(table) + " WHERE 1 = 0");
        needed.put(
                Rights.needed("SELECT FOR UPDATE (which takes the UPDATE right) on " + table),
                "SELECT " + key + " FROM " + table + " m WHERE 1 = 0"
                        + session.dialect().forUpdate(false));
        for (Column column : rows.namedBy()) {
            needed.put(
                    Rights.needed("SELECT on " + tables.table(column)) + " (and it has to be comparable with "
                            + rows.key() + ")",
                    "SELECT 1 FROM " + table + " m, " + tables.table(column) + " t WHERE " + tables.column("t", column)
                            + " = " + key + " AND 1 = 0");
        }
        return Rights.check(session, needed);
    }
}
