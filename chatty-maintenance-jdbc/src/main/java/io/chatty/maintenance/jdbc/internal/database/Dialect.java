package io.chatty.maintenance.jdbc.internal.database;

import io.chatty.maintenance.task.SettingsException;
import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What differs between the databases. Implementations have no state. */
public interface Dialect {

    /** The dialect of the database behind a connection. */
    static Dialect of(Connection connection) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        String product = database.getDatabaseProductName();
        int major = database.getDatabaseMajorVersion();
        int minor = database.getDatabaseMinorVersion();
        if (product.equals("PostgreSQL") && major >= 12) {
            return new PostgresqlDialect();
        }
        if (product.equals("MariaDB") && (major > 10 || (major == 10 && minor >= 6))) {
            return new MariadbDialect();
        }
        if (product.equals("H2") && (major > 2 || (major == 2 && minor >= 2))) {
            return new H2Dialect();
        }
        throw new SettingsException(List.of("database: " + product + " " + major + "." + minor
                + " given; PostgreSQL from 12, MariaDB from 10.6 and H2 from 2.2 are allowed"));
    }

    /** The folder of its migrations. */
    String name();

    /** What its server tells about its load. */
    ServerLoad load();

    /** The identifier in quotes. */
    default String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A column of a table that is called that, for SQL. */
    default String column(String alias, Column column) {
        return alias + "." + quote(column.name());
    }

    /** The schemas' level in the catalogue: where the connection looks for a table that is named without one. */
    default @Nullable String currentSchema(Connection connection) throws SQLException {
        return connection.getSchema();
    }

    /** The tables of a schema. */
    ResultSet tables(DatabaseMetaData database, @Nullable String schema) throws SQLException;

    /** The columns of the tables of a schema. */
    default ResultSet columns(DatabaseMetaData database, @Nullable String schema) throws SQLException {
        return database.getColumns(null, schema, "%", "%");
    }

    /** The foreign keys that point at a table. */
    default ResultSet exportedKeys(DatabaseMetaData database, @Nullable String schema, String table)
            throws SQLException {
        return database.getExportedKeys(null, schema, table);
    }

    /** Tables and foreign keys of theirs, by name, that a part of a table has only since the whole has them. */
    default Set<List<String>> foreignKeysOfParts(Connection connection) throws SQLException {
        return Set.of();
    }

    /** The indexes of a table. */
    default ResultSet indexes(DatabaseMetaData database, @Nullable String schema, String table) throws SQLException {
        return database.getIndexInfo(null, schema, table, false, true);
    }

    /** Whether a TIMESTAMP of this database is kept in UTC and shown in the session's zone. */
    default boolean timestampFollowsSession(Column column) {
        return false;
    }

    /** The finest unit in which it keeps a time. */
    default ChronoUnit finestTime() {
        return ChronoUnit.MICROS;
    }

    /** Before this instant that column can tell no time. */
    default Instant earliest(Column column) {
        return Instant.parse("1000-01-02T00:00:00Z");
    }

    /** After this year it can tell no date and time without a zone. */
    default int latestYear() {
        return 200_000;
    }

    /** A condition that leaves out what stands for no time at all in a timestamp; empty where there is no such. */
    default Optional<String> tellsTime(String expression, TimeColumn time) {
        return Optional.empty();
    }

    /** A condition: the whole text matches a regular expression that begins with {@code ^} and ends with {@code $}. */
    Sql looksLike(String expression, String pattern);

    /** The mark of an argument that is compared with that column, so that an index of it serves. */
    default String mark(Column column) {
        return "?";
    }

    /**
     * The database's clock, as an expression in a {@link #timed} statement that can be read as {@link #readInstant} does. It
     * goes on while a transaction does, where the database has such a clock.
     */
    String now();

    /** That clock plus as many microseconds as the expression's one argument says. */
    String fromNow();

    /** The statement so that {@link #now} in it is UTC, whatever the session is set to. */
    default Sql timed(Sql statement) {
        return statement;
    }

    /** An instant as an argument for a column of our own tables. */
    default Object instant(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /** An instant from a column of our own tables, or null. */
    default @Nullable Instant readInstant(ResultSet row, int position) throws SQLException {
        OffsetDateTime time = row.getObject(position, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /**
     * Whether {@link #begin} sets READ COMMITTED for the one transaction; otherwise the session's level has to be asked,
     * changed and put back, which costs round trips.
     */
    default boolean isolatesByTransaction() {
        return true;
    }

    /**
     * Begins a transaction: READ COMMITTED, where {@link #isolatesByTransaction}, and for a batch how long it waits for
     * locks, what it plans, its zone.
     */
    void begin(Session session, boolean batch);

    /**
     * Begins a transaction that sees what is committed at one moment from now on, and where nothing is hidden by policies of
     * rows. Fails where the server is no primary, so far as that costs nothing.
     */
    void beginSnapshot(Session session);

    /** The isolation level for that, unless {@link #isolatesByTransaction}. */
    default int snapshotIsolation() {
        return Connection.TRANSACTION_REPEATABLE_READ;
    }

    /** The query so that it gives all its rows, however few a session is set to give. */
    default Sql whole(Sql query) {
        return query;
    }

    /**
     * Which texts a column can hold, in the letters that it or the database has. With another one it could not be compared, or
     * not by its index.
     */
    default Predicate<String> canHold(Session session, @Nullable String schema, Column column) {
        return text -> true;
    }

    /** Which texts a character set of that name has letters for; any if Java does not know it. */
    static Predicate<String> encodable(String charset) {
        return Charset.isSupported(charset)
                ? text -> Charset.forName(charset).newEncoder().canEncode(text)
                : text -> true;
    }

    /** Why what is read here may be old, or no longer what is written: the server is a replica, or may only be read. */
    Optional<String> notPrimary(Session session);

    /** How long the oldest transaction of another session has gone on; zero if there is none, empty if it is not told. */
    default Optional<Duration> oldestTransaction(Session session) {
        return Optional.empty();
    }

    /** Puts back what {@link #begin} changed for a batch and the end of the transaction does not. */
    default void afterBatch(Session session) {}

    /** Lets a batch that holds no lock be idle for so many seconds, while a file is written or read. */
    default void allowIdle(Session session, int seconds) {}

    /** About how many rows a table has, as the database has it in its statistics; less than 1 if it has not. */
    default long estimatedRows(Session session, @Nullable String schema, String table) {
        return 0;
    }

    /** Joins the batches in flight, until the transaction ends: a lock that all of them can have at once. */
    void joinBatches(Session session);

    /** Joins them and then asks, so that the answer knows all that was committed until it has joined. */
    default <T> Optional<T> joinAndAsk(Session session, Sql query, Session.Row<T> row) {
        joinBatches(session);
        return session.first(query, row);
    }

    /** Waits until all batches that are in flight have ended, half a minute at most. */
    void awaitBatches(Session session);

    /** Lets no other node migrate until the transaction or the session ends. */
    void lockMigrations(Session session);

    /** Undoes {@link #lockMigrations} where the end of the transaction does not. */
    default void unlockMigrations(Session session) {}

    /** A condition: the column, written as that expression, is one of those values, by the database's own equality. */
    Sql isOneOf(String expression, Column column, List<Object> values);

    /** A condition: those columns have, together, one of those rows of values, by the database's own equality. */
    Sql areOneOf(List<String> expressions, List<Column> columns, List<List<Object>> rows);

    /** A SELECT of each value, and beside it what a query says of it that gives one value. */
    Sql forEach(Column column, List<Object> values, Function<Sql, Sql> query);

    /** About how many bytes a row takes, of a table that is called that and has those columns. */
    default String bytes(String alias, List<Column> columns) {
        StringBuilder bytes = new StringBuilder();
        int fixed = 0;
        for (Column column : columns) {
            if (column.isVariable()) {
                bytes.append("COALESCE(OCTET_LENGTH(")
                        .append(column(alias, column))
                        .append("), 0) + ");
            } else {
                fixed += Long.BYTES;
            }
        }
        return bytes.append(fixed).toString();
    }

    /** A value of a column, as an argument that stands by itself. */
    default Object argument(Object value) {
        return value;
    }

    /**
     * The rest of a query for a page of our own rows, in the order of a text column's bytes in UTF-8.
     *
     * @param after those behind that text
     */
    default Sql pageByBytes(String column, String after, int most) {
        return Sql.of(" AND " + column + " > ? ORDER BY " + column + " LIMIT ?", after, most);
    }

    /** The column so that texts are told apart letter for letter, whatever its collation. */
    String exact(String expression, Column column);

    /** A condition: the column, written as that expression, is one of those values, letter for letter. */
    default Sql isExactlyOneOf(String expression, Column column, List<Object> values) {
        return isOneOf(exact(expression, column), column.isText() ? column.as("VARCHAR") : column, values);
    }

    /**
     * A condition: the column, written as {@link #exact} has it, is one of many values, which the database looks up in
     * memory; empty if it would not.
     */
    default Optional<Sql> isListed(String expression, Column column, List<Object> values) {
        return Optional.empty();
    }

    /** A condition: a time is less than the one that stands beside the column's value; see {@link #isListed}. */
    default Sql isListedBefore(
            String expression, Column column, List<Object> values, String time, Column ofTime, List<Object> times) {
        throw new UnsupportedOperationException("no lists here");
    }

    /** A condition: the columns, in this order, come after ({@code >}) or not after ({@code <=}) those values. */
    Sql compare(List<String> expressions, String operator, List<Object> values);

    /** What a SELECT ends with that locks its rows: waits a while for those that are locked, or leaves them out. */
    default String forUpdate(boolean skipLocked) {
        return skipLocked ? " FOR UPDATE SKIP LOCKED" : " FOR UPDATE";
    }

    /** What a SELECT ends with that locks its rows to change what is no key: where it can, others may refer to them meanwhile. */
    default String forChange() {
        return forUpdate(false);
    }

    /** What a SELECT ends with that keeps its rows from being changed, and that others can say of them, too. */
    default String forShare() {
        return forUpdate(false);
    }

    /** Whether batches of a cleanup can be in flight side by side. */
    default boolean batchesShare() {
        return true;
    }

    /** The begin of a DELETE of a table that is called {@code m}. */
    default String deleteFrom(String table) {
        return "DELETE FROM " + table + " m";
    }

    /** The begin of an UPDATE of a table that is called {@code m}. */
    default String update(String table) {
        return "UPDATE " + table + " m";
    }

    /** A column on the left of an assignment. */
    default String assigned(Column column) {
        return quote(column.name());
    }

    /** An expression: an empty text, of a column of so many letters. */
    default String emptyText(int length) {
        return "CAST('' AS VARCHAR(" + length + "))";
    }

    /** The mark of a text argument in the list of a SELECT. */
    default String textArgument() {
        return "CAST(? AS VARCHAR(1000))";
    }

    /** What stands in an INSERT before its SELECT, so that columns that count by themselves take what they are given. */
    default String asGiven() {
        return " OVERRIDING SYSTEM VALUE";
    }

    /** An INSERT that takes values as they were once stored, whatever the session holds valid. */
    default Sql unchecked(Sql insert) {
        return insert;
    }

    /** Whether the host was in the way: the database gave up waiting for a lock, or a child came in between. */
    boolean callsForSecondTry(SQLException failure);

    /** Whether a statement can go on with the rows that another has changed within it (WITH … RETURNING). */
    default boolean chainsChanges() {
        return false;
    }

    /**
     * For the rest of the transaction, has ranges joined whole instead of looked up row by row: the planner does not know
     * how many rows a DELETE returns, and guesses one.
     */
    default void preferRangesToLookups(Session session) {}

    /** Whether a DELETE can join tables, and keeps locked what it joined by. */
    default boolean deletesByJoin() {
        return false;
    }

    /** What stands behind a table in FROM so that its rows are looked for by that index; empty if that goes without saying. */
    default String byIndex(String index) {
        return "";
    }

    /** An expression for what the last row of an ordered subquery has in that column; empty if there is none that is cheap. */
    default Optional<String> ofLastRow(String column) {
        return Optional.empty();
    }

    /** Whether a unique value is there already. */
    default boolean isUniqueViolation(SQLException failure) {
        return "23505".equals(failure.getSQLState());
    }

    /** Whether the database undid the transaction for the sake of another one, and it may be done again at once. */
    default boolean wasInTheWay(SQLException failure) {
        return Set.of("40001", "40P01").contains(String.valueOf(failure.getSQLState()));
    }
}
