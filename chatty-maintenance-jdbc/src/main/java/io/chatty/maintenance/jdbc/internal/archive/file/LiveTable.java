package io.chatty.maintenance.jdbc.internal.archive.file;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table of the host's as the catalogue has it now, and how its rows are had as text and put back, exactly. Thread-safe.
 *
 * <p>Statements with {@link #selectList}, and insertions, go between {@link #prepare} and {@link #restore}.
 */
public final class LiveTable {

    private final RowDialect dialect;
    private final @Nullable String schema;
    private final String name;
    private final List<LiveColumn> columns;
    private final List<LiveColumn> kept;
    private final ArchivedTable archived;

    private LiveTable(RowDialect dialect, @Nullable String schema, String name, List<LiveColumn> columns) {
        this.dialect = dialect;
        this.schema = schema;
        this.name = name;
        this.columns = List.copyOf(columns);
        this.kept = columns.stream().filter(column -> !column.generated()).toList();
        this.archived = new ArchivedTable(
                name,
                kept.stream()
                        .map(column -> new ArchivedTable.Column(
                                column.name(), column.type(), column.text().encoding()))
                        .toList());
    }

    /**
     * Looks a table up.
     *
     * @param schema its schema as the catalogue spells it; null for the connection's own
     * @param name its name as the catalogue spells it
     * @param problems gets a line for each column of a type that cannot be archived without a loss
     * @return empty if there is no such table, with a problem added
     */
    public static Optional<LiveTable> read(
            Connection connection, @Nullable String schema, String name, List<String> problems) throws SQLException {
        RowDialect dialect = RowDialect.of(connection);
        int before = problems.size();
        List<LiveColumn> columns = dialect.columns(connection, schema, name, problems);
        if (columns.isEmpty() && problems.size() == before) {
            problems.add("archive: there is no table \"" + name + "\""
                    + (schema == null ? "" : " in schema \"" + schema + "\"") + ", or it may not be seen");
            return Optional.empty();
        }
        return Optional.of(new LiveTable(dialect, schema, name, columns));
    }

    /** Its name, as the catalogue spells it. */
    public String name() {
        return name;
    }

    /** The kind of its database, as {@link ArchiveHeader#database} has it. */
    public String database() {
        return dialect.name();
    }

    /** What an archive has of it: all columns but generated ones. */
    public ArchivedTable archived() {
        return archived;
    }

    /**
     * Sets what texts depend on, the time zone to UTC among it: on PostgreSQL for the transaction, which must have begun; on
     * MariaDB for the session.
     */
    public void prepare(Connection connection) throws SQLException {
        dialect.prepare(connection);
    }

    /** Puts back what {@link #prepare} set and the end of the transaction does not put back. */
    public void restore(Connection connection) throws SQLException {
        dialect.restore(connection);
    }

    /**
     * What to select, or to have returned by a DELETE, for {@link #row}: an expression for each column.
     *
     * @param alias that of the table in the statement; empty for none
     */
    public String selectList(String alias) {
        return selectList(kept, alias);
    }

    String selectList(List<LiveColumn> of, String alias) {
        return of.stream()
                .map(column -> column.text().selected((alias.isEmpty() ? "" : alias + ".") + quote(column.name())))
                .collect(Collectors.joining(", "));
    }

    /**
     * The row that a result set stands at.
     *
     * @param first the position of the first column of {@link #selectList} in it
     * @throws ArchiveException if a value is broken, so that it could not be put back
     */
    public ArchivedRow row(ResultSet row, int first) throws SQLException {
        return new ArchivedRow(archived, texts(kept, row, first));
    }

    static List<@Nullable String> texts(List<LiveColumn> columns, ResultSet row, int first) throws SQLException {
        List<@Nullable String> texts = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            texts.add(columns.get(i).text().read(row, first + i));
        }
        return texts;
    }

    Optional<LiveColumn> column(String columnName) {
        return columns.stream()
                .filter(column -> column.name().equals(columnName))
                .findFirst();
    }

    String quote(String identifier) {
        return dialect.quote(identifier);
    }

    String quoted() {
        return (schema == null ? "" : quote(schema) + ".") + quote(name);
    }

    String insertReturning(List<LiveColumn> inserted, String values, List<LiveColumn> returned) {
        String into = quoted()
                + inserted.stream().map(column -> quote(column.name())).collect(Collectors.joining(", ", " (", ")"));
        boolean overriding = inserted.stream().anyMatch(LiveColumn::alwaysIdentity);
        return dialect.insertReturning(into, overriding, values, selectList(returned, ""));
    }
}
