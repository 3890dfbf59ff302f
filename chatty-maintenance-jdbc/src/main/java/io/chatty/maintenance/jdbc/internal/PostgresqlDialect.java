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
    public ServerLoad load() {
        return new PostgresqlLoad();
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
    public String fromNow() {
        return "clock_timestamp() + ? * interval '1 microsecond'";
    }

    @Override
    public void begin(Session session, boolean batch) {
        // All of it ends with the transaction, and goes to the server at once. Planning for each batch's own values
        // costs
        // more than it gains, and so does compiling a statement that takes milliseconds. A client that is held up in
        // the
        // middle of a batch is not to keep its rows locked from who takes its run over.
        session.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED"
                + (batch
                        ? "; SET LOCAL lock_timeout = 1000; SET LOCAL jit = off; SET LOCAL row_security = off;"
                                + " SET LOCAL idle_in_transaction_session_timeout = 20000;"
                                + " SET LOCAL plan_cache_mode = force_generic_plan"
                        : ""));
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
    public boolean chainsChanges() {
        return true;
    }
}
