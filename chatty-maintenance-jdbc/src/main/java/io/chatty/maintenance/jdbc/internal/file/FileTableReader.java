package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Rights;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.table.Catalogue;
import io.chatty.maintenance.jdbc.internal.table.Catalogue.ForeignKey;
import io.chatty.maintenance.jdbc.internal.table.Filter;
import io.chatty.maintenance.jdbc.internal.table.FilterReader;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.HostTablesReader;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks the host's table of files up in the catalogue, and lists all that does not fit. Not thread-safe. */
final class FileTableReader {

    private static final String WHAT = "file usage";

    private final Dialect dialect;
    private final Catalogue catalogue;
    private final FileTableSettings settings;
    private final List<String> problems;

    FileTableReader(Session session, Catalogue catalogue, FileTableSettings settings, List<String> problems) {
        this.dialect = session.dialect();
        this.catalogue = catalogue;
        this.settings = settings;
        this.problems = problems;
    }

    /** Empty, with problems added, if something is wrong. */
    Optional<FileTable> read(List<FileSource> sources) throws SQLException {
        int before = problems.size();
        Optional<String> table = catalogue.table(WHAT, settings.table(), problems);
        if (table.isEmpty()) {
            return Optional.empty();
        }
        List<Column> key = catalogue.walkedKey(table.get());
        if (key.isEmpty()) {
            problems.add(WHAT + ": table \"" + table.get()
                    + "\" has no primary key of whole numbers, texts or UUIDs; make one");
        }
        Optional<Column> name = catalogue.column(WHAT + " name", table.get(), settings.name(), problems);
        Optional<Column> size = catalogue.column(WHAT + " size", table.get(), settings.size(), problems);
        size.filter(column -> !column.isLong())
                .ifPresent(
                        column -> problems.add(WHAT + " size: " + column + " is no whole number of at most 64 bits"));
        Optional<TimeColumn> createdAt = time("createdAt", table.get(), Optional.of(settings.createdAt()));
        Optional<TimeColumn> lastUsedAt = time("lastUsedAt", table.get(), settings.lastUsedAt());
        Optional<TimeColumn> marked = time("marks", table.get(), settings.marked());
        Optional<Column> room = scope("room", table.get(), settings.room());
        Optional<Column> user = scope("user", table.get(), settings.user());
        Optional<Filter> evictable = settings.evictable()
                .flatMap(match -> new FilterReader(dialect, catalogue, problems, key.size() == 1 ? key : List.of())
                        .read(WHAT + " evictable", table.get(), match));
        if (settings.marked().isEmpty()) {
            checkForeignKeys(table.get());
        }
        if (createdAt.isPresent() && lastUsedAt.isPresent()) {
            checkAlike(createdAt.get(), lastUsedAt.get());
        }
        if (problems.size() > before) {
            return Optional.empty();
        }
        Optional<FileSource> own = own(name.orElseThrow(), sources);
        if (own.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new FileTable(
                dialect,
                HostTables.table(dialect, catalogue.schema(), table.get()),
                key,
                name.orElseThrow(),
                size.orElseThrow(),
                createdAt.orElseThrow(),
                lastUsedAt.orElse(null),
                room.orElse(null),
                user.orElse(null),
                evictable,
                marked.orElse(null),
                own.get(),
                sources));
    }

    private Optional<TimeColumn> time(String what, String table, Optional<ChatSchema.Time> given) throws SQLException {
        return given.isEmpty()
                ? Optional.empty()
                : new HostTablesReader(dialect, catalogue, problems).time(WHAT + " " + what, table, given.get());
    }

    private Optional<Column> scope(String what, String table, Optional<String> given) {
        Optional<Column> column = given.flatMap(name -> catalogue.column(WHAT + " " + what, table, name, problems));
        column.filter(found -> !found.canBeKey())
                .ifPresent(found -> problems.add(WHAT + " " + what + ": " + found
                        + " is of a type that cannot be told apart; whole numbers, texts and UUIDs are allowed"));
        return column;
    }

    private void checkAlike(TimeColumn createdAt, TimeColumn lastUsedAt) {
        if (!createdAt.column().typeName().equalsIgnoreCase(lastUsedAt.column().typeName())
                || !createdAt.kind().equals(lastUsedAt.kind())) {
            problems.add(
                    WHAT + " lastUsedAt: " + lastUsedAt.column() + " and " + createdAt.column()
                            + " tell the time in different ways, so that they cannot be put in one order; leave lastUsedAt away");
        }
    }

    private void checkForeignKeys(String table) throws SQLException {
        for (ForeignKey foreign : catalogue.foreignKeysTo(table)) {
            boolean named = settings.goAlong().stream().anyMatch(foreign.table()::equalsIgnoreCase);
            if (!foreign.letsGo() || !named) {
                problems.add(WHAT + ": " + foreign + " refers to \"" + table + "\" by a foreign key; "
                        + (foreign.letsGo()
                                ? "the database takes its rows along or sets them loose: say goAlong(\""
                                        + foreign.table() + "\") if it may, or let rows be marked"
                                : "a row that it names cannot be deleted: let rows be marked"));
            }
        }
    }

    /** The source of references that the column of names is: what it holds has to keep files from the sweep. */
    private Optional<FileSource> own(Column name, List<FileSource> sources) {
        Optional<FileSource> own = sources.stream()
                .filter(source -> source.column().equals(name) && source.isAsked())
                .findFirst();
        if (own.isEmpty()) {
            problems.add(WHAT + ": " + name + " is none of the references; add it to them by column(\"" + name.table()
                    + "\", \"" + name.name() + "\"), or its files would be orphans to a sweep");
        }
        return own;
    }

    /** The rights that are missing to give files up. */
    static List<String> rights(Session session, FileTable table) {
        String key = String.join(", ", table.of(table.key()));
        Sql select = Sql.of(
                "SELECT " + key + ", " + table.of(table.size()) + " FROM " + table.sqlTable() + " m WHERE 1 = 0");
        return Rights.checkAll(
                session,
                Map.of(
                        Rights.needed("SELECT on " + table.sqlTable()),
                        select,
                        Rights.needed((table.marked() == null ? "DELETE on " : "UPDATE on ") + table.sqlTable()),
                        change(table, Optional.empty()).add("1 = 0")));
    }

    /** What takes a row away, up to its condition. */
    static Sql change(FileTable table, Optional<Object> time) {
        @Nullable TimeColumn marked = table.marked();
        if (marked == null) {
            return Sql.of(table.dialect().deleteFrom(table.sqlTable()) + " WHERE ");
        }
        Sql update = Sql.of(table.dialect().update(table.sqlTable()) + " SET "
                + table.dialect().assigned(marked.column()) + " = ");
        time.ifPresentOrElse(value -> update.add("?", value), () -> update.add(table.of(marked.column())));
        return update.add(" WHERE ");
    }
}
