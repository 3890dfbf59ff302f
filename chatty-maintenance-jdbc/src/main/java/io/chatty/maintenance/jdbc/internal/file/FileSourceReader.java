package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.FileColumn;
import io.chatty.maintenance.jdbc.FileColumn.Holding;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Rights;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.outbox.ArchivedPaths;
import io.chatty.maintenance.jdbc.internal.table.Catalogue;
import io.chatty.maintenance.jdbc.internal.table.Filter;
import io.chatty.maintenance.jdbc.internal.table.FilterReader;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks the columns of references up in the catalogue, and lists all that does not fit. Race R4 (a kind of reference that is not
 * known): besides what the host names, what the schema of messages calls files counts, and the same columns of each archive's
 * tables, which are known by their column {@code chatty_run}, and what archive files hold, as noted when it was archived.
 */
public final class FileSourceReader {

    private static final String WHAT = "file references";
    private static final String TWIN_MARK = "chatty_run";
    private static final String ARCHIVED = "chatty_maintenance_archived";

    private final Session session;
    private final Dialect dialect;
    private final Catalogue catalogue;
    private final List<String> problems;
    private final List<FileSource> sources = new ArrayList<>();

    FileSourceReader(Session session, Catalogue catalogue, List<String> problems) {
        this.session = session;
        this.dialect = session.dialect();
        this.catalogue = catalogue;
        this.problems = problems;
    }

    /** The columns that the schema of messages calls files. */
    public static Set<ChatSchema.Reference> ofSchema(ChatSchema schema) {
        Set<ChatSchema.Reference> files = new LinkedHashSet<>();
        add(files, schema.messages().table(), schema.messages().files());
        schema.children().forEach(child -> add(files, child.table(), child.files()));
        schema.shared().forEach(shared -> add(files, shared.table(), shared.files()));
        return files;
    }

    private static void add(Set<ChatSchema.Reference> files, String table, List<String> columns) {
        columns.forEach(column -> files.add(new ChatSchema.Reference(table, column)));
    }

    List<FileSource> read(List<FileColumn> columns) throws SQLException {
        for (FileColumn given : columns) {
            int before = problems.size();
            Optional<FileSource> source = source(given);
            if (source.isPresent() && problems.size() == before) {
                sources.add(source.get());
                twins(source.get());
                sources.add(archived(source.get()));
            }
        }
        return List.copyOf(sources);
    }

    private Optional<FileSource> source(FileColumn given) throws SQLException {
        Optional<String> table = catalogue.table(WHAT, given.table(), problems);
        Optional<Column> column = table.flatMap(found -> catalogue.column(WHAT, found, given.column(), problems));
        if (table.isEmpty() || column.isEmpty()) {
            return Optional.empty();
        }
        if (!fits(column.get(), given.holding())) {
            problems.add(WHAT + ": " + column.get() + " holds no "
                    + (given.holding() instanceof Holding.One
                            ? "single value; texts, whole numbers and UUIDs can be one. For JSON and arrays use json(table,"
                                    + " column)"
                            : "text that could be looked through"));
            return Optional.empty();
        }
        Optional<Filter> where = given.where()
                .flatMap(match ->
                        new FilterReader(dialect, catalogue, problems, List.of()).read(WHAT, table.get(), match));
        List<Column> key = new ArrayList<>();
        for (String name : given.key()) {
            catalogue.column(WHAT + " key", table.get(), name, problems).ifPresent(key::add);
        }
        checkKey(key);
        if (given.key().isEmpty()) {
            key = catalogue.walkedKey(table.get());
            if (key.isEmpty()) {
                problems.add(
                        WHAT + ": table \"" + table.get() + "\" has no primary key, or none of whole numbers, texts and"
                                + " UUIDs, so that it cannot be walked; make one, or name columns that are indexed and NOT NULL by"
                                + " key(…)");
                return Optional.empty();
            }
        }
        return Optional.of(new FileSource(
                sqlTable(table.get()),
                column.get(),
                given.holding(),
                given.naming(),
                session.dialect().canHold(session, catalogue.schema(), column.get()),
                where,
                List.copyOf(key),
                given.key().isEmpty() || (!key.isEmpty() && catalogue.areUnique(key)),
                beside(table.get(), given.size(), true),
                beside(table.get(), given.sha256(), false)));
    }

    private void checkKey(List<Column> key) {
        for (Column column : key) {
            if (column.nullable() || !column.canBeKey()) {
                problems.add(WHAT + ": " + column + " given as key, which "
                        + (column.nullable() ? "can be NULL" : "is of a type that cannot be one")
                        + "; NOT NULL columns of whole numbers, texts and UUIDs are allowed");
            }
        }
    }

    private @Nullable Column beside(String table, Optional<String> name, boolean number) {
        Optional<Column> found = name.flatMap(given -> catalogue.column(WHAT, table, given, problems));
        if (number && found.isPresent() && !found.get().isNumber()) {
            problems.add(WHAT + ": " + found.get() + " given as size, which is no whole number");
        }
        return found.orElse(null);
    }

    private static boolean fits(Column column, Holding holding) {
        if (holding instanceof Holding.One) {
            return column.canBeEmpty() || column.canBeKey();
        }
        return holding instanceof Holding.Json || column.canBeEmpty() || isJson(column);
    }

    /** Whether it is of the database's own type for JSON. */
    static boolean isJson(Column column) {
        return column.typeName().toLowerCase(Locale.ROOT).startsWith("json");
    }

    /** The column's twins in archives: all rows count there, and may come back. */
    private void twins(FileSource of) {
        String table = of.column().table();
        for (String twin : catalogue.tables()) {
            List<Column> columns = catalogue.columns(twin);
            Optional<Column> mark = named(columns, TWIN_MARK);
            Optional<Column> column = named(columns, of.column().name());
            boolean alike = twin.length() > table.length()
                    && twin.toLowerCase(Locale.ROOT).endsWith(table.toLowerCase(Locale.ROOT));
            if (!alike || mark.isEmpty() || column.isEmpty()) {
                continue;
            }
            List<Column> key = new ArrayList<>(List.of(mark.get()));
            of.key().forEach(part -> named(columns, part.name()).ifPresent(key::add));
            sources.add(new FileSource(
                    sqlTable(twin),
                    column.get(),
                    of.holding(),
                    of.naming(),
                    session.dialect().canHold(session, catalogue.schema(), column.get()),
                    Optional.empty(),
                    List.copyOf(key),
                    false,
                    of.size() == null ? null : named(columns, of.size().name()).orElse(null),
                    of.sha256() == null
                            ? null
                            : named(columns, of.sha256().name()).orElse(null)));
        }
    }

    private static Optional<Column> named(List<Column> columns, String name) {
        return columns.stream()
                .filter(column -> column.name().equalsIgnoreCase(name))
                .findFirst();
    }

    /** What stands in the column of messages that lie in archive files, by what was noted when they were put there. */
    private FileSource archived(FileSource of) {
        String holder = ArchivedPaths.holder(of.column().table(), of.column().name());
        Filter stillThere = alias -> Sql.of(
                alias + ".holder = ? AND EXISTS (SELECT 1 FROM " + ARCHIVED + " a WHERE a.archive_file = " + alias
                        + ".archive_file)",
                holder);
        String table = "(SELECT seq AS " + dialect.quote("seq") + ", path AS " + dialect.quote("path")
                + ", holder, archive_file FROM " + ArchivedPaths.TABLE
                + ")"; // in whatever letters the database keeps them
        return new FileSource(
                table,
                own("path", Types.VARCHAR, "varchar"),
                of.holding(),
                of.naming(),
                of.canHold(),
                Optional.of(stillThere),
                List.of(own("seq", Types.BIGINT, "bigint")),
                true,
                null,
                null);
    }

    private static Column own(String name, int type, String typeName) {
        return new Column(ArchivedPaths.TABLE, name, type, typeName, true, false, false);
    }

    private String sqlTable(String name) {
        return HostTables.table(dialect, catalogue.schema(), name);
    }

    /** The rights that are missing to read them. */
    static List<String> rights(Session session, List<FileSource> sources) {
        Map<String, Sql> needed = new LinkedHashMap<>();
        for (FileSource source : sources) {
            List<Column> columns = new ArrayList<>(source.key());
            columns.add(source.column());
            if (source.size() != null) {
                columns.add(source.size());
            }
            if (source.sha256() != null) {
                columns.add(source.sha256());
            }
            String names = String.join(
                    ", ",
                    columns.stream()
                            .map(column -> session.dialect().column("m", column))
                            .toList());
            needed.put(
                    Rights.needed("SELECT on " + source.sqlTable() + " (" + source.label() + ")"),
                    source.select(session.dialect(), names).add(" AND 1 = 0"));
        }
        return Rights.checkAll(session, needed);
    }
}
