package io.chatty.maintenance.jdbc.internal.database;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** PostgreSQL from 12. */
public final class PostgresqlDialect implements Dialect {

    private static final DateTimeFormatter ELEMENT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

    private static final String TUPLE_HEADER = "24";

    /** The advisory lock that batches share, one for each schema that our tables are in. */
    private static final String BATCHES = "hashtext('chatty_maintenance_guard'), hashtext(current_schema())";

    private static final String JOIN = "SELECT pg_advisory_xact_lock_shared(" + BATCHES + ")";

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
    public Set<List<String>> foreignKeysOfParts(Connection connection) throws SQLException {
        Set<List<String>> keys = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT t.relname, c.conname FROM pg_constraint c"
                        + " JOIN pg_class t ON t.oid = c.conrelid WHERE c.contype = 'f' AND c.conparentid <> 0")) {
            while (rows.next()) {
                keys.add(List.of(rows.getString(1), rows.getString(2)));
            }
        }
        return keys;
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
    public void beginSnapshot(Session session) {
        // A standby refuses READ WRITE. With row_security off a policy that would hide rows is an error.
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE; SET LOCAL row_security = off");
    }

    @Override
    public Predicate<String> canHold(Session session, @Nullable String schema, Column column) {
        String encoding = session.first(Sql.of("SELECT getdatabaseencoding()"), row -> row.getString(1))
                .orElse("");
        return Dialect.encodable(encoding.replaceFirst("^WIN(\\d+)$", "windows-$1"));
    }

    @Override
    public Optional<String> notPrimary(Session session) {
        return session.first(
                        Sql.of("SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'"),
                        row -> row.getBoolean(1)
                                ? "is a standby, which can be behind"
                                : row.getBoolean(2) ? "is read-only to this user (default_transaction_read_only)" : "")
                .filter(why -> !why.isEmpty());
    }

    @Override
    public Optional<Duration> oldestTransaction(Session session) {
        // One that has only begun may still write; only its owner and members of pg_read_all_stats see since when.
        return session.list(
                        Sql.of("SELECT greatest(coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0),"
                                + " (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - prepared)), 0)"
                                + " FROM pg_prepared_xacts WHERE database = current_database())),"
                                + " count(*) FILTER (WHERE backend_type IS NULL)"
                                + " FROM pg_stat_activity WHERE datname = current_database() AND usesysid IS NOT NULL"
                                + " AND pid <> pg_backend_pid()"
                                + " AND coalesce(backend_type, 'client backend') = 'client backend'"),
                        row -> row.getLong(2) > 0
                                ? Optional.<Duration>empty()
                                : Optional.of(Duration.ofMillis((long) (row.getDouble(1) * 1000))))
                .get(0);
    }

    @Override
    public void allowIdle(Session session, int seconds) {
        session.execute("SET LOCAL idle_in_transaction_session_timeout = " + seconds * 1000);
    }

    @Override
    public void preferRangesToLookups(Session session) {
        session.list(Sql.of("SELECT set_config('enable_nestloop', 'off', true)"), row -> row.getString(1));
    }

    @Override
    public Sql looksLike(String expression, String pattern) {
        return Sql.of(expression + " ~ ?", pattern);
    }

    @Override
    public String mark(Column column) {
        // Compared with a varchar, which the driver sends, a bpchar would be cast row by row.
        return column.typeName().equals("bpchar") ? "CAST(? AS bpchar)" : "?";
    }

    @Override
    public long estimatedRows(Session session, @Nullable String schema, String table) {
        // As the planner does: so many rows a page as there were, on as many pages as there are.
        return session.count(Sql.of(
                "SELECT CASE WHEN relpages > 0 THEN (reltuples / relpages * (pg_relation_size(oid)"
                        + " / current_setting('block_size')::int))::bigint ELSE 0 END FROM pg_class WHERE oid = ?::regclass",
                (schema == null ? "" : quote(schema) + ".") + quote(table)));
    }

    @Override
    public void joinBatches(Session session) {
        session.list(Sql.of(JOIN), row -> true);
    }

    @Override
    public <T> Optional<T> joinAndAsk(Session session, Sql query, Session.Row<T> row) {
        return session.firstOfLast(JOIN + "; " + query.text(), row); // sent at once, and each sees for itself
    }

    @Override
    public void awaitBatches(Session session) {
        session.execute("SET LOCAL lock_timeout = 30000; SELECT pg_advisory_xact_lock(" + BATCHES + ")");
    }

    @Override
    public Optional<String> ofLastRow(String column) {
        // Window functions over the same rows take three times as long.
        return Optional.of("(ARRAY_AGG(" + column + "))[COUNT(*)]");
    }

    @Override
    public void lockMigrations(Session session) {
        session.list(Sql.of("SELECT pg_advisory_xact_lock(hashtext('chatty_maintenance'))"), row -> true);
    }

    @Override
    public Sql isOneOf(String expression, Column column, List<Object> values) {
        return Sql.of(expression + " = ANY (?)", new Sql.Array(elementType(column), values));
    }

    @Override
    public Sql isExactlyOneOf(String expression, Column column, List<Object> values) {
        // Written out, whole numbers are looked up in a table of hashes; an argument of many is gone through for each
        // row.
        return column.isLong() && !values.isEmpty()
                ? Sql.of(expression + " IN ("
                        + values.stream().map(String::valueOf).collect(Collectors.joining(", ")) + ")")
                : Dialect.super.isExactlyOneOf(expression, column, values);
    }

    @Override
    public Optional<Sql> isListed(String expression, Column column, List<Object> values) {
        return Optional.of(Sql.of(expression + " IN (SELECT UNNEST(?))", list(column, values)));
    }

    @Override
    public Sql isListedBefore(
            String expression, Column column, List<Object> values, String time, Column ofTime, List<Object> times) {
        return Sql.of(
                "EXISTS (SELECT 1 FROM UNNEST(?, ?) AS r (id, before) WHERE r.id = " + expression + " AND " + time
                        + " < r.before)",
                list(column, values),
                new Sql.Array(
                        elementType(ofTime),
                        times.stream().map(PostgresqlDialect::element).toList()));
    }

    /** As the server writes it: the driver writes an element as Java does, and does not read that itself. */
    private static Object element(Object time) {
        if (time instanceof OffsetDateTime zoned) {
            return ELEMENT.format(zoned.withOffsetSameInstant(ZoneOffset.UTC)) + "+00";
        }
        return time instanceof LocalDateTime local ? ELEMENT.format(local) : time;
    }

    private static Sql.Array list(Column column, List<Object> values) {
        return new Sql.Array(column.isText() ? "varchar" : elementType(column), values);
    }

    /** The driver names a column with a sequence after no type at all. */
    private static String elementType(Column column) {
        return switch (column.typeName()) {
            case "bigserial" -> "int8";
            case "serial" -> "int4";
            case "smallserial" -> "int2";
            default -> column.typeName();
        };
    }

    @Override
    public Sql areOneOf(List<String> expressions, List<Column> columns, List<List<Object>> rows) {
        return expressions.size() == 1
                ? isOneOf(expressions.get(0), columns.get(0), H2Dialect.nth(rows, 0))
                : H2Dialect.inUnnested(expressions, columns, rows, PostgresqlDialect::elementType);
    }

    @Override
    public Sql forEach(Column column, List<Object> values, Function<Sql, Sql> query) {
        return Sql.of("SELECT r.id, (")
                .add(query.apply(Sql.of("r.id")))
                .add(") FROM UNNEST(?) AS r (id)", new Sql.Array(elementType(column), values));
    }

    @Override
    public String bytes(String alias, List<Column> columns) {
        StringBuilder bytes = new StringBuilder(TUPLE_HEADER); // not of the whole row, which differs by the plan
        columns.forEach(column -> bytes.append(" + COALESCE(pg_column_size(")
                .append(column(alias, column))
                .append("), 0)"));
        return bytes.toString();
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

    @Override
    public String forChange() {
        return " FOR NO KEY UPDATE";
    }

    @Override
    public String forShare() {
        return " FOR SHARE";
    }
}
