package io.chatty.maintenance.jdbc.internal;

import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** PostgreSQL from 12. */
final class PostgresqlDialect implements Dialect {

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public ResultSet tables(DatabaseMetaData database, @Nullable String schema) throws SQLException {
        return database.getTables(null, schema, "%", new String[] {"TABLE", "PARTITIONED TABLE"});
    }

    @Override
    public String now() {
        return "clock_timestamp()";
    }

    @Override
    public void prepareBatch(Session session) {
        // All of them end with the transaction. Planning for each batch's own values costs more than it gains, and so
        // does
        // compiling a statement that takes milliseconds.
        session.list(
                Sql.of("SELECT set_config('lock_timeout', '1000', true), set_config('jit', 'off', true),"
                        + " set_config('row_security', 'off', true),"
                        + " set_config('plan_cache_mode', 'force_generic_plan', true)"),
                row -> row.getString(1));
    }

    @Override
    public void preferRangesToLookups(Session session) {
        session.list(Sql.of("SELECT set_config('enable_nestloop', 'off', true)"), row -> row.getString(1));
    }

    @Override
    public void lockMigrations(Session session) {
        session.list(Sql.of("SELECT pg_advisory_xact_lock(hashtext('chatty_maintenance'))"), row -> true);
    }

    @Override
    public Sql isOneOf(String expression, Column column, List<Object> values) {
        // The driver names a column with a sequence after no type at all.
        String type = switch (column.typeName()) {
            case "bigserial" -> "int8";
            case "serial" -> "int4";
            case "smallserial" -> "int2";
            default -> column.typeName();
        };
        return Sql.of(expression + " = ANY (?)", new Sql.Array(type, values));
    }

    @Override
    public String exact(String expression, Column column) {
        return column.isText() ? "(" + expression + " COLLATE \"C\")" : expression;
    }

    @Override
    public Sql compare(List<String> expressions, String operator, List<Object> values) {
        if (expressions.size() == 1) {
            return Sql.of(expressions.get(0) + " " + operator + " ?", values.get(0));
        }
        // The scalar bound beside the row comparison is what the planner estimates well by.
        String marks = values.stream().map(value -> "?").collect(Collectors.joining(", "));
        return Sql.of(expressions.get(0) + (operator.equals(">") ? " >= ?" : " <= ?"), values.get(0))
                .add(
                        " AND (" + String.join(", ", expressions) + ") " + operator + " (" + marks + ")",
                        values.toArray());
    }

    @Override
    public boolean callsForSecondTry(SQLException failure) {
        return Set.of("55P03", "23503").contains(String.valueOf(failure.getSQLState()));
    }

    @Override
    public boolean deletesInOneStatement() {
        return true;
    }
}
