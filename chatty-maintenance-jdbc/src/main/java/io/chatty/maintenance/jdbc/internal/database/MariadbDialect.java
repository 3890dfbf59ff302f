package io.chatty.maintenance.jdbc.internal.database;

import io.chatty.maintenance.task.MaintenanceException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** MariaDB from 10.6. */
public final class MariadbDialect implements Dialect {

    private static final int LOCK_TIMEOUT = 1205;
    private static final int DUPLICATE = 1062;
    /** What a deadlock on the counter of an AUTO_INCREMENT column comes as. */
    private static final int NO_AUTO_INCREMENT = 1467;

    private static final int CHANGED_SINCE_READ = 1020;

    private final ServerLoad load = new MariadbLoad();

    @Override
    public String name() {
        return "mariadb";
    }

    @Override
    public ServerLoad load() {
        return load;
    }

    @Override
    public String quote(String identifier) {
        return '`' + identifier.replace("`", "``") + '`';
    }

    @Override
    public @Nullable String currentSchema(Connection connection) throws SQLException {
        return connection.getCatalog();
    }

    @Override
    public ResultSet tables(DatabaseMetaData database, @Nullable String schema) throws SQLException {
        return database.getTables(schema, null, "%", new String[] {"TABLE"});
    }

    @Override
    public ResultSet columns(DatabaseMetaData database, @Nullable String schema) throws SQLException {
        return database.getColumns(schema, null, "%", "%");
    }

    @Override
    public ResultSet exportedKeys(DatabaseMetaData database, @Nullable String schema, String table)
            throws SQLException {
        return database.getExportedKeys(schema, null, table);
    }

    @Override
    public ResultSet indexes(DatabaseMetaData database, @Nullable String schema, String table) throws SQLException {
        return database.getIndexInfo(schema, null, table, false, true);
    }

    @Override
    public boolean timestampFollowsSession(Column column) {
        return column.typeName().toUpperCase(Locale.ROOT).startsWith("TIMESTAMP");
    }

    @Override
    public int latestYear() {
        return 9999;
    }

    @Override
    public Instant earliest(Column column) {
        return column.jdbcType() == Types.TIMESTAMP && timestampFollowsSession(column)
                ? Instant.ofEpochSecond(1)
                : Dialect.super.earliest(column);
    }

    @Override
    public Optional<String> tellsTime(String expression, TimeColumn time) {
        // '0000-00-00 00:00:00' is less than any cut-off, and means "none"
        return time.column().isTimestamp() ? Optional.of(expression + " >= '0001-01-01'") : Optional.empty();
    }

    @Override
    public Sql looksLike(String expression, String pattern) {
        return Sql.of(expression + " REGEXP ?", "(?-im)" + H2Dialect.toTheVeryEnd(pattern));
    }

    @Override
    public String now() {
        return "SYSDATE(6)"; // UTC_TIMESTAMP stands still where the session has SET timestamp
    }

    @Override
    public String fromNow() {
        return "TIMESTAMPADD(MICROSECOND, ?, SYSDATE(6))";
    }

    @Override
    public Sql timed(Sql statement) {
        return Sql.of("SET STATEMENT time_zone = '+00:00' FOR ").add(statement);
    }

    @Override
    public Object instant(Instant instant) {
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    @Override
    public @Nullable Instant readInstant(ResultSet row, int position) throws SQLException {
        LocalDateTime time = row.getObject(position, LocalDateTime.class);
        return time == null ? null : time.toInstant(ZoneOffset.UTC);
    }

    @Override
    public void begin(Session session, boolean batch) {
        session.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED"); // of the next one alone
        if (batch) {
            session.execute("SET @chatty_time_zone = @@SESSION.time_zone,"
                    + " @chatty_lock_wait = @@SESSION.innodb_lock_wait_timeout,"
                    + " @chatty_table_lock_wait = @@SESSION.lock_wait_timeout,"
                    + " @chatty_idle = @@SESSION.idle_transaction_timeout,"
                    + " SESSION time_zone = '+00:00', SESSION innodb_lock_wait_timeout = 1,"
                    + " SESSION lock_wait_timeout = 1," // a table that is locked or altered: by default it waits a day
                    // a client that is held up is not to keep its rows locked from who takes its run over
                    + " SESSION idle_transaction_timeout = 20");
        }
    }

    @Override
    public void beginSnapshot(Session session) {
        session.execute(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"); // of the next one alone, as of its first SELECT
        notPrimary(session).ifPresent(why -> {
            throw new MaintenanceException("the MariaDB server " + why);
        });
    }

    @Override
    public Sql whole(Sql query) {
        return Sql.of("SET STATEMENT sql_select_limit = 18446744073709551615 FOR ")
                .add(query);
    }

    @Override
    public Predicate<String> canHold(Session session, @Nullable String schema, Column column) {
        String charset = session.first(
                        Sql.of(
                                "SELECT COALESCE(character_set_name, '') FROM information_schema.columns WHERE table_schema = "
                                        + "COALESCE(NULLIF(?, ''), DATABASE()) AND table_name = ? AND column_name = ?",
                                schema == null ? "" : schema,
                                column.table(),
                                column.name()),
                        row -> row.getString(1))
                .orElse("");
        return switch (charset) {
            case "", "utf8mb4" -> text -> true;
            case "utf8mb3", "utf8", "ucs2" -> text -> text.chars().noneMatch(c -> Character.isSurrogate((char) c));
            case "latin1" -> Dialect.encodable("windows-1252");
            default -> Dialect.encodable(charset.replaceFirst("^cp(125\\d)$", "windows-$1"));
        };
    }

    @Override
    public Optional<String> notPrimary(Session session) {
        return session.count(Sql.of("SELECT @@GLOBAL.read_only")) == 0
                ? Optional.empty()
                : Optional.of("is read-only, as replicas are");
    }

    @Override
    public Optional<Duration> oldestTransaction(Session session) {
        try {
            double seconds = load.longTransactions(session).value();
            return Optional.of(Duration.ofMillis((long) (seconds * 1000)));
        } catch (SQLException | RuntimeException e) {
            if (DatabaseException.sqlCause(e).isEmpty()) {
                throw new MaintenanceException("MariaDB did not tell its transactions", e);
            }
            return Optional.empty(); // it takes the right PROCESS
        }
    }

    @Override
    public void allowIdle(Session session, int seconds) {
        session.execute("SET SESSION idle_transaction_timeout = " + seconds);
    }

    @Override
    public void afterBatch(Session session) {
        session.execute(
                "SET SESSION time_zone = @chatty_time_zone, SESSION innodb_lock_wait_timeout = @chatty_lock_wait,"
                        + " SESSION lock_wait_timeout = @chatty_table_lock_wait,"
                        + " SESSION idle_transaction_timeout = @chatty_idle");
    }

    @Override
    public long estimatedRows(Session session, @Nullable String schema, String table) {
        return session.count(Sql.of(
                "SELECT COALESCE(table_rows, 0) FROM information_schema.tables WHERE table_schema = "
                        + (schema == null ? "DATABASE()" : "?") + " AND table_name = ?",
                schema == null ? new Object[] {table} : new Object[] {schema, table}));
    }

    @Override
    public void joinBatches(Session session) {
        session.list(Sql.of("SELECT guard FROM chatty_maintenance_guard LOCK IN SHARE MODE"), row -> true);
    }

    @Override
    public void awaitBatches(Session session) {
        session.list(
                Sql.of("SET STATEMENT innodb_lock_wait_timeout = 30 FOR"
                        + " SELECT guard FROM chatty_maintenance_guard FOR UPDATE"),
                row -> true);
    }

    @Override
    public void lockMigrations(Session session) {
        if (session.count(Sql.of("SELECT GET_LOCK('chatty_maintenance', 60)")) != 1) {
            throw new MaintenanceException("another node has been migrating for a minute: try again when it has ended");
        }
    }

    @Override
    public void unlockMigrations(Session session) {
        session.list(Sql.of("SELECT RELEASE_LOCK('chatty_maintenance')"), row -> row.getInt(1));
    }

    @Override
    public Sql isOneOf(String expression, Column column, List<Object> values) {
        List<Object> filled = filled(values);
        String marks = String.join(", ", Collections.nCopies(filled.size(), "?"));
        return Sql.of(
                expression + " IN (" + marks + ")",
                filled.stream().map(this::argument).toArray());
    }

    /** Filled up to a power of two, so that there are few different statements. */
    private static <T> List<T> filled(List<T> values) {
        int size = Integer.highestOneBit(Math.max(1, values.size() - 1)) * 2;
        List<T> filled = new ArrayList<>(values);
        filled.addAll(Collections.nCopies(Math.max(0, size - values.size()), values.get(values.size() - 1)));
        return filled;
    }

    @Override
    public Sql areOneOf(List<String> expressions, List<Column> columns, List<List<Object>> rows) {
        if (expressions.size() == 1) {
            return isOneOf(expressions.get(0), columns.get(0), H2Dialect.nth(rows, 0));
        }
        List<List<Object>> filled = filled(rows);
        String marks = "(" + String.join(", ", Collections.nCopies(columns.size(), "?")) + ")";
        return Sql.of(
                "(" + String.join(", ", expressions) + ") IN ("
                        + String.join(", ", Collections.nCopies(filled.size(), marks)) + ")",
                filled.stream().flatMap(List::stream).map(this::argument).toArray());
    }

    @Override
    public Sql forEach(Column column, List<Object> values, Function<Sql, Sql> query) {
        // As an argument it is compared by the column's collation, as a relation's column by its own.
        Sql all = Sql.of("");
        for (Object value : values) {
            Sql argument = Sql.of("?", argument(value));
            all.add(all.text().isEmpty() ? "SELECT " : " UNION ALL SELECT ")
                    .add(argument)
                    .add(", (")
                    .add(query.apply(argument))
                    .add(")");
        }
        return all;
    }

    @Override
    public Object argument(Object value) {
        return value instanceof UUID ? value.toString() : value;
    }

    @Override
    public String exact(String expression, Column column) {
        return column.isText() ? "BINARY CONVERT(" + expression + " USING utf8mb4)" : expression;
    }

    @Override
    public Sql compare(List<String> expressions, String operator, List<Object> values) {
        return compareByParts(
                expressions, operator, values.stream().map(this::argument).toList());
    }

    /** For databases that find no index range by a row comparison. */
    static Sql compareByParts(List<String> expressions, String operator, List<Object> values) {
        if (expressions.size() == 1) {
            return Sql.of(expressions.get(0) + " " + operator + " ?", values.get(0));
        }
        String first = expressions.get(0);
        String strictly = operator.equals(">") ? " > ?" : " < ?";
        String orEqual = operator.equals(">") ? " >= ?" : " <= ?";
        int parts = expressions.size();
        return Sql.of(first + orEqual, values.get(0))
                .add(" AND (" + first + strictly + " OR (", values.get(0))
                .add(compareByParts(expressions.subList(1, parts), operator, values.subList(1, parts)))
                .add("))");
    }

    @Override
    public String emptyText(int length) {
        return "CAST('' AS CHAR(" + length + "))";
    }

    @Override
    public String textArgument() {
        return "?";
    }

    @Override
    public String asGiven() {
        return "";
    }

    @Override
    public Sql unchecked(Sql insert) {
        return Sql.of("SET STATEMENT sql_mode = 'NO_AUTO_VALUE_ON_ZERO' FOR ").add(insert);
    }

    @Override
    public String deleteFrom(String table) {
        return "DELETE m FROM " + table + " m"; // the form of one table knows no alias before 11.6
    }

    @Override
    public boolean deletesByJoin() {
        return true;
    }

    @Override
    public String byIndex(String index) {
        return " FORCE INDEX (" + quote(index) + ")";
    }

    @Override
    public boolean callsForSecondTry(SQLException failure) {
        return failure.getErrorCode() == LOCK_TIMEOUT;
    }

    @Override
    public boolean isUniqueViolation(SQLException failure) {
        return failure.getErrorCode() == DUPLICATE;
    }

    @Override
    public boolean wasInTheWay(SQLException failure) {
        int code = failure.getErrorCode();
        return code == CHANGED_SINCE_READ || code == NO_AUTO_INCREMENT || Dialect.super.wasInTheWay(failure);
    }

    @Override
    public String forShare() {
        return " LOCK IN SHARE MODE";
    }
}
