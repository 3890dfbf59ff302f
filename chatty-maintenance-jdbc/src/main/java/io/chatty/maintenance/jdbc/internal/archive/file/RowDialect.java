package io.chatty.maintenance.jdbc.internal.archive.file;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How each kind of database writes and reads rows without a loss. Implementations have no state. */
interface RowDialect {

    /** That of the database behind a connection. */
    static RowDialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "PostgreSQL" -> new PostgresqlRows();
            case "MariaDB" -> new MariadbRows();
            case "H2" -> new H2Rows();
            default -> throw new IllegalArgumentException("database: " + product + " is not known");
        };
    }

    /** Its word in archive files: change none. */
    String name();

    /** The identifier in quotes. */
    default String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** Settings by which texts are exact and the same everywhere, for the transaction. */
    void prepare(Connection connection) throws SQLException;

    /** Puts back what {@link #prepare} changed and the end of the transaction does not. */
    default void restore(Connection connection) throws SQLException {}

    /** The columns of a table in their order; one that cannot be archived is left out, and a problem. */
    List<LiveColumn> columns(Connection connection, @Nullable String schema, String table, List<String> problems)
            throws SQLException;

    /** A statement that inserts rows and gives them back as they stand then. */
    default String insertReturning(String into, boolean overriding, String values, String returned) {
        return "INSERT INTO " + into + (overriding ? " OVERRIDING SYSTEM VALUE" : "") + " VALUES " + values
                + " RETURNING " + returned;
    }

    /** Maps a row of the catalogue to a column. */
    @FunctionalInterface
    interface Described {
        Optional<LiveColumn> column(ResultSet row) throws SQLException;
    }

    /** Asks the catalogue for the columns of one table. */
    static List<LiveColumn> described(
            Connection connection, String sql, @Nullable String schema, String table, Described described)
            throws SQLException {
        List<LiveColumn> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    described.column(rows).ifPresent(columns::add);
                }
            }
        }
        return columns;
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String cannot(String table, String column, String type) {
        return "archive: column \"" + column + "\" of table \"" + table + "\" is of type " + type
                + ", which an archive file cannot hold without a loss; change its type, or archive into tables";
    }
}
