package io.chatty.maintenance.jdbc.internal.archive.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** H2, whose casts to text and conversions from it are exact, but for JSON, which would become a JSON string. */
final class H2Rows implements RowDialect {

    private static final String COLUMNS = """
            SELECT C.COLUMN_NAME, C.DATA_TYPE, C.IS_GENERATED, C.IDENTITY_GENERATION, E.DATA_TYPE
            FROM INFORMATION_SCHEMA.COLUMNS C
                LEFT JOIN INFORMATION_SCHEMA.ELEMENT_TYPES E ON E.OBJECT_SCHEMA = C.TABLE_SCHEMA
                    AND E.OBJECT_NAME = C.TABLE_NAME AND E.OBJECT_TYPE = 'TABLE'
                    AND E.COLLECTION_TYPE_IDENTIFIER = C.DTD_IDENTIFIER
            WHERE C.TABLE_SCHEMA = COALESCE(?, CURRENT_SCHEMA) AND C.TABLE_NAME = ?
            ORDER BY C.ORDINAL_POSITION
            """;

    @Override
    public String name() {
        return "h2";
    }

    @Override
    public void prepare(Connection connection) {
        // Its texts depend on no setting.
    }

    @Override
    public String insertReturning(String into, boolean overriding, String values, String returned) {
        return "SELECT " + returned + " FROM FINAL TABLE (INSERT INTO " + into
                + (overriding ? " OVERRIDING SYSTEM VALUE" : "") + " VALUES " + values + ")";
    }

    @Override
    public List<LiveColumn> columns(Connection connection, @Nullable String schema, String table, List<String> problems)
            throws SQLException {
        return RowDialect.described(connection, COLUMNS, schema, table, row -> {
            String name = row.getString(1);
            String element = row.getString(5);
            String type = element == null ? row.getString(2) : element + " ARRAY";
            Optional<ColumnText> text = element == null ? text(type) : array(element);
            if (text.isEmpty()) {
                problems.add(RowDialect.cannot(table, name, type));
            }
            boolean generated = "ALWAYS".equals(row.getString(3));
            boolean alwaysIdentity = "ALWAYS".equals(row.getString(4));
            return text.map(exact -> new LiveColumn(name, type, exact, generated, alwaysIdentity));
        });
    }

    private static Optional<ColumnText> text(String type) {
        if (casts(type)) {
            return Optional.of(new Text("CAST(%s AS VARCHAR)", "?"));
        }
        return switch (type) {
            case "CHARACTER", "CHARACTER VARYING", "VARCHAR_IGNORECASE", "CHARACTER LARGE OBJECT" ->
                Optional.of(new Text("%s", "?"));
            case "JSON" -> Optional.of(new Text("%s", "? FORMAT JSON"));
            case "BINARY", "BINARY VARYING", "BINARY LARGE OBJECT" -> Optional.of(new Bytes());
            default -> Optional.empty();
        };
    }

    private static Optional<ColumnText> array(String element) {
        boolean exact = casts(element) || element.equals("CHARACTER VARYING");
        return exact ? Optional.of(new Elements(element)) : Optional.empty();
    }

    private static boolean casts(String type) {
        return switch (type) {
            case "BOOLEAN",
                    "TINYINT",
                    "SMALLINT",
                    "INTEGER",
                    "BIGINT",
                    "NUMERIC",
                    "REAL",
                    "DOUBLE PRECISION",
                    "DECFLOAT",
                    "DATE",
                    "TIME",
                    "TIME WITH TIME ZONE",
                    "TIMESTAMP",
                    "TIMESTAMP WITH TIME ZONE",
                    "INTERVAL",
                    "ENUM",
                    "UUID",
                    "GEOMETRY" -> true;
            default -> false;
        };
    }

    private record Text(String select, String inserted) implements ColumnText {

        @Override
        public Encoding encoding() {
            return Encoding.TEXT;
        }

        @Override
        public String selected(String column) {
            return select.replace("%s", column);
        }

        @Override
        public @Nullable String read(ResultSet row, int position) throws SQLException {
            return row.getString(position);
        }

        @Override
        public void bind(PreparedStatement statement, int position, @Nullable String text) throws SQLException {
            statement.setString(position, text);
        }
    }

    private record Bytes() implements ColumnText {

        @Override
        public Encoding encoding() {
            return Encoding.BYTES;
        }

        @Override
        public String selected(String column) {
            return column;
        }

        @Override
        public @Nullable String read(ResultSet row, int position) throws SQLException {
            return Base64Text.of(row.getBytes(position));
        }

        @Override
        public String inserted() {
            return "?";
        }

        @Override
        public void bind(PreparedStatement statement, int position, @Nullable String text) throws SQLException {
            statement.setBytes(position, Base64Text.bytes(text));
        }
    }

    private record Elements(String element) implements ColumnText {

        @Override
        public Encoding encoding() {
            return Encoding.LIST;
        }

        @Override
        public String selected(String column) {
            return "CAST(" + column + " AS VARCHAR ARRAY)";
        }

        @Override
        public @Nullable String read(ResultSet row, int position) throws SQLException {
            Array array = row.getArray(position);
            if (array == null) {
                return null;
            }
            List<@Nullable String> texts = new ArrayList<>();
            for (Object text : (Object[]) array.getArray()) {
                texts.add((String) text);
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (JsonOut json = new JsonOut(out)) {
                json.texts(texts);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // in memory there is none
            }
            return out.toString(StandardCharsets.UTF_8);
        }

        @Override
        public String inserted() {
            return "CAST(? AS VARCHAR ARRAY)";
        }

        @Override
        public void bind(PreparedStatement statement, int position, @Nullable String text) throws SQLException {
            if (text == null) {
                statement.setNull(position, Types.ARRAY);
                return;
            }
            try (JsonIn json = new JsonIn(text.getBytes(StandardCharsets.UTF_8))) {
                statement.setArray(
                        position,
                        statement
                                .getConnection()
                                .createArrayOf("VARCHAR", json.texts().toArray()));
            } catch (IOException e) {
                throw new ArchiveException("a list of texts was expected: " + e.getMessage(), e);
            }
        }
    }
}
