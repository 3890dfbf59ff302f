package io.chatty.maintenance.jdbc.internal.archive.file;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * MariaDB, whose server writes most values as text well, but for FLOAT (six digits), BIT (bytes), and charsets that have letters
 * which Unicode has not.
 *
 * <p>Rows are inserted in a mode that takes what older modes let in, zero dates say, and that mends what does not fit. That is
 * noticed, since all that is inserted is read back.
 */
final class MariadbRows implements RowDialect {

    private static final String COLUMNS = """
            SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, IS_GENERATED
            FROM information_schema.COLUMNS
            WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?
            ORDER BY ORDINAL_POSITION
            """;

    /** Each letter of these has a letter of Unicode of its own. */
    private static final Set<String> UNICODE = Set.of("utf8mb4", "utf8mb3", "utf8", "latin1", "ascii");

    @Override
    public String name() {
        return "mariadb";
    }

    @Override
    public String quote(String identifier) {
        return '`' + identifier.replace("`", "``") + '`';
    }

    @Override
    public void prepare(Connection connection) throws SQLException {
        RowDialect.execute(
                connection,
                "SET @chatty_archive_zone = @@SESSION.time_zone, @chatty_archive_mode = @@SESSION.sql_mode,"
                        + " @chatty_archive_client = @@SESSION.character_set_client,"
                        + " @chatty_archive_results = @@SESSION.character_set_results,"
                        + " @chatty_archive_collation = @@SESSION.collation_connection,"
                        + " SESSION time_zone = '+00:00', SESSION character_set_client = utf8mb4,"
                        + " SESSION character_set_results = utf8mb4, SESSION collation_connection = utf8mb4_general_ci,"
                        + " SESSION sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO'");
    }

    @Override
    public void restore(Connection connection) throws SQLException {
        RowDialect.execute(
                connection,
                "SET SESSION time_zone = @chatty_archive_zone, SESSION sql_mode = @chatty_archive_mode,"
                        + " SESSION character_set_client = @chatty_archive_client,"
                        + " SESSION character_set_results = @chatty_archive_results,"
                        + " SESSION collation_connection = @chatty_archive_collation");
    }

    @Override
    public List<LiveColumn> columns(Connection connection, @Nullable String schema, String table, List<String> problems)
            throws SQLException {
        return RowDialect.described(connection, COLUMNS, schema, table, row -> {
            String name = row.getString(1);
            String charset = row.getString(4);
            String type = row.getString(3) + (charset == null ? "" : " character set " + charset);
            boolean generated = "ALWAYS".equals(row.getString(5));
            Optional<ColumnText> text = text(row.getString(2).toLowerCase(Locale.ROOT), charset);
            if (text.isEmpty()) {
                problems.add(RowDialect.cannot(table, name, type));
            }
            return text.map(exact -> new LiveColumn(name, type, exact, generated, false));
        });
    }

    private static Optional<ColumnText> text(String type, @Nullable String charset) {
        ColumnText text = switch (type) {
            case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal" ->
                new Text("CAST(%s AS CHAR)", "?", true);
            case "float", "double" -> new Text("CAST(CAST(%s AS DOUBLE) AS CHAR)", "?", false);
            case "bit" -> new Text("CAST(CAST(%s AS UNSIGNED) AS CHAR)", "CAST(? AS UNSIGNED)", true);
            case "date", "time", "datetime", "timestamp", "year", "uuid", "inet4", "inet6" ->
                new Text("CAST(%s AS CHAR)", "?", false);
            case "enum", "set" -> new Text("%s", "?", false);
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" ->
                charset != null && UNICODE.contains(charset)
                        ? new Text("%s", "?", false)
                        : new Bytes("CAST(%s AS BINARY)", "CONVERT(? USING " + charset + ")");
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> new Bytes("%s", "?");
            case "geometry",
                    "point",
                    "linestring",
                    "polygon",
                    "multipoint",
                    "multilinestring",
                    "multipolygon",
                    "geometrycollection" -> new Bytes("%s", "?");
            default -> null;
        };
        return Optional.ofNullable(text);
    }

    /** Text in UTF-8, which the driver is not let decode: it would put a mark for what it does not understand. */
    private record Text(String select, String insert, boolean number) implements ColumnText {

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
            byte[] bytes = row.getBytes(position);
            if (bytes == null) {
                return null;
            }
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new ArchiveException(
                        "column \"" + row.getMetaData().getColumnName(position) + "\" of table \""
                                + row.getMetaData().getTableName(position)
                                + "\" has a value that is no text of its charset; mend that row before it is archived",
                        e);
            }
        }

        @Override
        public String inserted() {
            return insert;
        }

        @Override
        public void bind(PreparedStatement statement, int position, @Nullable String text) throws SQLException {
            if (text == null) {
                statement.setNull(position, Types.VARCHAR);
            } else if (number) {
                statement.setBigDecimal(position, new BigDecimal(text)); // a text would be compared as a double
            } else {
                statement.setString(position, text);
            }
        }
    }

    private record Bytes(String select, String inserted) implements ColumnText {

        @Override
        public Encoding encoding() {
            return Encoding.BYTES;
        }

        @Override
        public String selected(String column) {
            return select.replace("%s", column);
        }

        @Override
        public @Nullable String read(ResultSet row, int position) throws SQLException {
            return Base64Text.of(row.getBytes(position));
        }

        @Override
        public void bind(PreparedStatement statement, int position, @Nullable String text) throws SQLException {
            statement.setBytes(position, Base64Text.bytes(text));
        }
    }
}
