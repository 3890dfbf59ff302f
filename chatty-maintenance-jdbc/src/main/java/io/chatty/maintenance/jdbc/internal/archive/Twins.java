package io.chatty.maintenance.jdbc.internal.archive;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.task.MaintenanceException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The archive's tables: for each of the host's tables that messages take along a twin with the same columns, and one more that
 * tells which run put the row there. Immutable.
 */
public final class Twins {

    static final String RUN = "chatty_run";
    private static final int LONGEST_NAME = 63;

    private final HostTables tables;
    private final String prefix;

    public Twins(HostTables tables, String prefix) {
        this.tables = tables;
        this.prefix = prefix;
    }

    ArchivePlace place() {
        return new ArchivePlace.InTables(prefix);
    }

    /** The tables that have a twin, each with the columns by which it is looked up. */
    private Map<String, List<Column>> all() {
        Map<String, List<Column>> all = new LinkedHashMap<>();
        all.put(tables.messageTable(), tables.key);
        for (HostTables.Child child : tables.children) {
            if (!child.setLoose()) {
                all.putIfAbsent(child.table(), child.refersBy());
            }
        }
        for (HostTables.Shared shared : tables.shared) {
            all.putIfAbsent(shared.link().table(), shared.messageKey());
            all.putIfAbsent(shared.key().table(), List.of(shared.key()));
        }
        return all;
    }

    /** In the letters of the host's table: a database that folds names to capitals finds it then without quotes. */
    String name(String table) {
        boolean capitals =
                table.equals(table.toUpperCase(Locale.ROOT)) && !table.equals(table.toLowerCase(Locale.ROOT));
        return (capitals ? prefix.toUpperCase(Locale.ROOT) : prefix) + table;
    }

    /** The twin of that table, for SQL. */
    String of(Column ofTable) {
        return tables.table(name(ofTable.table()));
    }

    /** The columns that a table and its twin have in common, without what the database computes. */
    List<String> common(String table) {
        Set<String> twin = names(name(table));
        return tables.columnsOf(table).stream()
                .filter(column -> !column.generated() && twin.contains(column.name()))
                .map(Column::name)
                .toList();
    }

    /** Columns of a twin that its table has lost. */
    List<String> lost(String table) {
        Set<String> lost = names(name(table));
        lost.removeAll(names(table));
        lost.removeIf(RUN::equalsIgnoreCase);
        return List.copyOf(lost);
    }

    private Set<String> names(String table) {
        Set<String> names = new LinkedHashSet<>();
        tables.columnsOf(table).forEach(column -> names.add(column.name()));
        return names;
    }

    String quoted(String alias, List<String> columns) {
        StringBuilder list = new StringBuilder();
        columns.forEach(column -> list.append(list.isEmpty() ? "" : ", ")
                .append(alias)
                .append(alias.isEmpty() ? "" : ".")
                .append(tables.dialect.quote(column)));
        return list.toString();
    }

    /** What is missing for what is archived to be whole. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        all().keySet().forEach(table -> {
            String twin = name(table);
            Set<String> missing = new LinkedHashSet<>();
            tables.columnsOf(table).stream()
                    .filter(column -> !column.generated())
                    .forEach(column -> missing.add(column.name()));
            Set<String> there = names(twin);
            missing.removeAll(there);
            if (twin.length() > LONGEST_NAME) {
                problems.add("archive: the table's name \"" + twin + "\" is longer than " + LONGEST_NAME
                        + " letters; give a shorter prefix");
            } else if (there.isEmpty()) {
                problems.add("archive: table \"" + twin + "\" is missing; call Archive.migrate() once, or make it by: "
                        + String.join("; ", ddl(table).orElse(List.of())));
            } else if (!missing.isEmpty()) {
                problems.add("archive: table \"" + table + "\" has columns " + missing + " that \"" + twin
                        + "\" lacks, so that they would be lost; add them to it, as the same types");
            } else if (there.stream().noneMatch(RUN::equalsIgnoreCase)) {
                problems.add("archive: table \"" + twin + "\" has no column " + RUN
                        + ", so that it is none of ours; give another prefix");
            }
        });
        return problems;
    }

    /** Refuses to go on when tables have other columns than when they were looked at: what is new would be lost. */
    void requireSame(Session session) {
        List<String> names = new ArrayList<>(all().keySet());
        int known =
                names.stream().mapToInt(name -> tables.columnsOf(name).size()).sum();
        Sql count = Sql.of(
                "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = ? AND table_name IN ("
                        + String.join(", ", Collections.nCopies(names.size(), "?")) + ")",
                Stream.concat(Stream.of(tables.schema), names.stream()).toArray());
        if (session.count(count) != known) {
            throw new MaintenanceException("archive: the columns of " + names
                    + " are no longer those that were looked at when the run began; nothing of this batch is deleted. The"
                    + " next run looks anew");
        }
    }

    /** The statements that make a twin that is missing; empty if it is there. */
    Optional<List<String>> ddl(String table) {
        if (!names(name(table)).isEmpty()) {
            return Optional.empty();
        }
        List<String> columns = tables.columnsOf(table).stream()
                .filter(column -> !column.generated())
                .map(Column::name)
                .toList();
        String index = tables.dialect.quote(shortened(name(table)) + "_run");
        return Optional.of(List.of(
                "CREATE TABLE " + tables.table(name(table)) + " AS SELECT " + quoted("", columns) + ", "
                        + tables.dialect.emptyText(36) + " AS " + RUN + " FROM " + tables.table(table) + " WHERE 1 = 0",
                "CREATE INDEX " + index + " ON " + tables.table(name(table)) + " (" + RUN + ", "
                        + quoted(
                                "",
                                all().getOrDefault(table, List.of()).stream()
                                        .map(Column::name)
                                        .toList()) + ")"));
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST_NAME - 4 ? name : name.substring(0, LONGEST_NAME - 4);
    }

    /** All statements that make what is missing. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        all().keySet().forEach(table -> ddl(table).ifPresent(missing::addAll));
        return missing;
    }
}
