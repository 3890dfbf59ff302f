package io.chatty.maintenance.jdbc.internal.table;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the database says of the tables of one schema, read once. */
public final class Catalogue {

    /** A decimal that was declared without a precision has more than any that was declared with one. */
    private static final int MOST_DIGITS = 1000;

    private final @Nullable String schema;
    private final Map<String, Map<String, Column>> tables = new LinkedHashMap<>();
    private final Connection connection;
    private final Dialect dialect;

    /**
     * A foreign key.
     *
     * @param in the schema of that table, if it is another one
     * @param table the table that has it
     * @param columns its columns
     * @param targets the columns that they refer to
     * @param letsGo whether the database itself takes the rows along, or sets them loose
     */
    public record ForeignKey(
            Optional<String> in, String table, List<String> columns, List<String> targets, boolean letsGo) {

        public boolean isOf(Column column) {
            return in.isEmpty() && table.equals(column.table());
        }

        @Override
        public String toString() {
            return "table \"" + table + "\""
                    + in.map(schema -> " of schema \"" + schema + "\"").orElse("");
        }
    }

    private Catalogue(Connection connection, Dialect dialect, @Nullable String schema) {
        this.connection = connection;
        this.dialect = dialect;
        this.schema = schema;
    }

    /** Reads the tables and columns of a schema; of the connection's own if none is given. */
    public static Catalogue read(Connection connection, Dialect dialect, @Nullable String givenSchema)
            throws SQLException {
        String schema = givenSchema != null ? givenSchema : dialect.currentSchema(connection);
        Catalogue catalogue = new Catalogue(connection, dialect, schema);
        DatabaseMetaData database = connection.getMetaData();
        try (ResultSet rows = dialect.tables(database, schema)) {
            while (rows.next()) {
                if (catalogue.isOurs(rows)) {
                    catalogue.tables.put(rows.getString("TABLE_NAME"), new LinkedHashMap<>());
                }
            }
        }
        try (ResultSet rows = dialect.columns(database, schema)) {
            while (rows.next()) {
                Map<String, Column> columns = catalogue.tables.get(rows.getString("TABLE_NAME"));
                if (columns != null && catalogue.isOurs(rows)) {
                    Column column = new Column(
                            rows.getString("TABLE_NAME"),
                            rows.getString("COLUMN_NAME"),
                            rows.getInt("DATA_TYPE"),
                            rows.getString("TYPE_NAME"),
                            rows.getInt("DECIMAL_DIGITS") == 0 && rows.getInt("COLUMN_SIZE") <= MOST_DIGITS,
                            rows.getInt("NULLABLE") != DatabaseMetaData.columnNoNulls,
                            "YES".equals(rows.getString("IS_GENERATEDCOLUMN")));
                    columns.put(column.name(), column);
                }
            }
        }
        return catalogue;
    }

    /** Drivers take the schema for a pattern, in which {@code _} stands for any letter. */
    private boolean isOurs(ResultSet row) throws SQLException {
        String in = row.getString("TABLE_SCHEM");
        return in == null || schema == null || in.equals(schema);
    }

    public @Nullable String schema() {
        return schema;
    }

    /** The table of that name as the catalogue spells it; empty, with a problem added, if there is none. */
    public Optional<String> table(String what, String name, List<String> problems) {
        Optional<String> found = lookUp(name, tables.keySet());
        if (found.isEmpty()) {
            problems.add(what + ": there is no table \"" + name + "\" in schema " + schema + ", or it may not be seen; "
                    + (tables.isEmpty() ? "that schema has no tables" : "its tables are " + tables.keySet()));
        }
        return found;
    }

    /** The column of that name; empty, with a problem added, if there is none. */
    public Optional<Column> column(String what, String table, String name, List<String> problems) {
        Map<String, Column> columns = tables.getOrDefault(table, Map.of());
        Optional<Column> found = lookUp(name, columns.keySet()).map(columns::get);
        if (found.isEmpty()) {
            problems.add(what + ": there is no column \"" + name + "\" in table \"" + table + "\"; its columns are "
                    + columns.keySet());
        }
        return found;
    }

    /** The tables' names. */
    public Set<String> tables() {
        return tables.keySet();
    }

    /** The columns of a table, as {@link #table} spells it. */
    public List<Column> columns(String table) {
        return List.copyOf(tables.getOrDefault(table, Map.of()).values());
    }

    private static Optional<String> lookUp(String name, Set<String> names) {
        if (names.contains(name)) {
            return Optional.of(name);
        }
        List<String> alike = names.stream().filter(name::equalsIgnoreCase).toList();
        return alike.size() == 1 ? Optional.of(alike.get(0)) : Optional.empty();
    }

    /** The foreign keys that point at a table. */
    public List<ForeignKey> foreignKeysTo(String table) throws SQLException {
        Map<List<String>, ForeignKey> keys = new LinkedHashMap<>();
        Set<List<String>> ofParts = dialect.foreignKeysOfParts(connection);
        try (ResultSet rows = dialect.exportedKeys(connection.getMetaData(), schema, table)) {
            while (rows.next()) {
                String from = rows.getString("FKTABLE_NAME");
                String name = String.valueOf(rows.getString("FK_NAME"));
                if (ofParts.contains(List.of(from, name))) {
                    continue;
                }
                String in = rows.getString("FKTABLE_SCHEM");
                String level = in == null ? rows.getString("FKTABLE_CAT") : in;
                Optional<String> elsewhere =
                        Optional.ofNullable(level).filter(other -> schema != null && !other.equals(schema));
                int rule = rows.getInt("DELETE_RULE");
                boolean letsGo = rule == DatabaseMetaData.importedKeyCascade
                        || rule == DatabaseMetaData.importedKeySetNull
                        || rule == DatabaseMetaData.importedKeySetDefault;
                ForeignKey key = keys.computeIfAbsent(
                        List.of(String.valueOf(level), from, name),
                        any -> new ForeignKey(elsewhere, from, new ArrayList<>(), new ArrayList<>(), letsGo));
                key.columns().add(rows.getString("FKCOLUMN_NAME"));
                key.targets().add(rows.getString("PKCOLUMN_NAME"));
            }
        }
        return List.copyOf(keys.values());
    }

    /** Whether an index begins with that column. */
    public boolean isIndexed(Column column) throws SQLException {
        try (ResultSet rows = dialect.indexes(connection.getMetaData(), schema, column.table())) {
            while (rows.next()) {
                if (rows.getInt("ORDINAL_POSITION") == 1
                        && column.name().equals(rows.getString("COLUMN_NAME"))
                        && rows.getString("FILTER_CONDITION") == null) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether those columns are unique: all of them together, or some of them. */
    public boolean areUnique(List<Column> columns) throws SQLException {
        Set<String> names = columns.stream().map(Column::name).collect(Collectors.toSet());
        return uniqueIndexes(columns).values().stream().anyMatch(names::containsAll);
    }

    /** An index by which that column alone is unique. */
    Optional<String> uniqueIndex(Column column) throws SQLException {
        return uniqueIndexes(List.of(column)).entrySet().stream()
                .filter(index -> index.getValue().equals(Set.of(column.name())))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * The columns of the primary key, or of another unique index without NULL, whose values can be keys; of several the one with
     * the fewest columns. None if there is none.
     */
    public List<Column> walkedKey(String table) throws SQLException {
        Map<String, Column> columns = tables.getOrDefault(table, Map.of());
        return uniqueIndexes(connection, dialect, schema, table).values().stream()
                .map(names -> names.stream().map(columns::get).toList())
                .filter(key ->
                        key.stream().allMatch(column -> column != null && !column.nullable() && column.canBeKey()))
                .min(Comparator.comparingInt(List::size))
                .orElse(List.of());
    }

    /** The columns of each unique index of those columns' table. */
    private Map<String, Set<String>> uniqueIndexes(List<Column> columns) throws SQLException {
        return uniqueIndexes(connection, dialect, schema, columns.get(0).table());
    }

    /** The columns of each unique index of a table, by the index's name. */
    public static Map<String, Set<String>> uniqueIndexes(
            Connection connection, Dialect dialect, @Nullable String schema, String table) throws SQLException {
        Map<String, Set<String>> unique = new LinkedHashMap<>();
        try (ResultSet rows = dialect.indexes(connection.getMetaData(), schema, table)) {
            while (rows.next()) {
                String index = rows.getString("INDEX_NAME");
                if (index != null && !rows.getBoolean("NON_UNIQUE") && rows.getString("FILTER_CONDITION") == null) {
                    // an expression's name is none of a column's
                    unique.computeIfAbsent(index, name -> new LinkedHashSet<>())
                            .add(String.valueOf(rows.getString("COLUMN_NAME")));
                }
            }
        }
        return unique;
    }
}
