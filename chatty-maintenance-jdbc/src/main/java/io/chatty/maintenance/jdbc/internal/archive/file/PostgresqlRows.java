package io.chatty.maintenance.jdbc.internal.archive.file;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL writes every value as a text that it reads back as the same value; that is how its own dumps work. Types of
 * extensions and of the host's own are no exception.
 */
final class PostgresqlRows implements RowDialect {

    private static final String COLUMNS = """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attgenerated <> '', a.attidentity = 'a',
                b.typname,
                EXISTS (SELECT 1 FROM pg_cast k WHERE k.castsource = b.oid AND k.casttarget = 'text'::regtype
                    AND k.castmethod = 'f')
            FROM pg_attribute a
                JOIN pg_class c ON c.oid = a.attrelid
                JOIN pg_namespace n ON n.oid = c.relnamespace
                CROSS JOIN LATERAL (
                    WITH RECURSIVE base AS (
                        SELECT t.oid, t.typname, t.typtype, t.typbasetype FROM pg_type t WHERE t.oid = a.atttypid
                        UNION ALL
                        SELECT t.oid, t.typname, t.typtype, t.typbasetype FROM base d JOIN pg_type t ON t.oid = d.typbasetype
                        WHERE d.typtype = 'd')
                    SELECT oid, typname FROM base WHERE typtype <> 'd') b
            WHERE n.nspname = coalesce(?, current_schema()) AND c.relname = ? AND c.relkind IN ('r', 'p')
                AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """;

    /** Of these the cast says what the output does, or what is read as the same value. */
    private static final List<String> PLAIN_CASTS = List.of("bool", "char", "name", "inet", "cidr", "xml");

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public void prepare(Connection connection) throws SQLException {
        if (connection.getAutoCommit()) {
            throw new IllegalStateException("settings for a transaction need one");
        }
        RowDialect.execute(
                connection,
                "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = postgres; SET LOCAL timezone = 'UTC';"
                        + " SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = hex; SET LOCAL array_nulls = on;"
                        + " SET LOCAL xmloption = content; SET LOCAL lc_monetary = 'C'");
    }

    @Override
    public List<LiveColumn> columns(Connection connection, @Nullable String schema, String table, List<String> problems)
            throws SQLException {
        return RowDialect.described(connection, COLUMNS, schema, table, row -> {
            String name = row.getString(1);
            String type = row.getString(2);
            String base = row.getString(5);
            if (base.startsWith("reg") && !base.equals("regrole")) {
                problems.add(RowDialect.cannot(table, name, type)); // a name that another search path reads otherwise
                return Optional.empty();
            }
            boolean castsOtherwise = row.getBoolean(6) && !PLAIN_CASTS.contains(base);
            return Optional.of(
                    new LiveColumn(name, type, new Output(!castsOtherwise), row.getBoolean(3), row.getBoolean(4)));
        });
    }

    /**
     * What the type's output function writes, and its input function reads: a parameter without a type becomes the column's.
     *
     * @param cast whether a cast gives it; the cast of a {@code character} to text drops blanks, but the driver takes it as it is
     */
    private record Output(boolean cast) implements ColumnText {

        @Override
        public Encoding encoding() {
            return Encoding.TEXT;
        }

        @Override
        public String selected(String column) {
            return cast ? column + "::text" : column;
        }

        @Override
        public @Nullable String read(ResultSet row, int position) throws SQLException {
            return row.getString(position);
        }

        @Override
        public String inserted() {
            return "?";
        }

        @Override
        public void bind(PreparedStatement statement, int position, @Nullable String text) throws SQLException {
            if (text == null) {
                statement.setNull(position, Types.OTHER);
            } else {
                statement.setObject(position, text, Types.OTHER);
            }
        }
    }
}
