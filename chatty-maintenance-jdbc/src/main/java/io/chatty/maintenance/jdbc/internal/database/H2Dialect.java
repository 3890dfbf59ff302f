package io.chatty.maintenance.jdbc.internal.database;

import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** H2 from 2.2. */
final class H2Dialect implements Dialect {

    private static final int LOCK_TIMEOUT = 50200;
    private static final int CONCURRENT_UPDATE = 90131;
    /** The isolation level of H2's own. */
    private static final int SNAPSHOT = 6;

    /** A child came between the delete of the children and that of their message: a lock does not keep it out. */
    private static final int CHILD_EXISTS = 23503;

    @Override
    public String name() {
        return "h2";
    }

    @Override
    public ServerLoad load() {
        return new H2Load();
    }

    @Override
    public ResultSet tables(DatabaseMetaData database, @Nullable String schema) throws SQLException {
        return database.getTables(null, schema, "%", new String[] {"BASE TABLE"});
    }

    @Override
    public ChronoUnit finestTime() {
        return ChronoUnit.NANOS;
    }

    @Override
    public String now() {
        return "CURRENT_TIMESTAMP(6)";
    }

    @Override
    public String fromNow() {
        return "DATEADD('MICROSECOND', ?, CURRENT_TIMESTAMP(6))";
    }

    @Override
    public boolean isolatesByTransaction() {
        return false;
    }

    @Override
    public void begin(Session session, boolean batch) {
        // Its lock timeout, 2 s or what the host set in the URL, will do.
    }

    @Override
    public void beginSnapshot(Session session) {
        // Its isolation says it all.
    }

    @Override
    public int snapshotIsolation() {
        return SNAPSHOT; // REPEATABLE READ is of each table when it is first read
    }

    @Override
    public Optional<String> notPrimary(Session session) {
        return session.first(Sql.of("SELECT READONLY()"), row -> row.getBoolean(1))
                .filter(readOnly -> readOnly)
                .map(readOnly -> "is opened read-only");
    }

    @Override
    public Sql looksLike(String expression, String pattern) {
        return Sql.of("REGEXP_LIKE(" + expression + ", ?)", toTheVeryEnd(pattern));
    }

    /** A dollar sign would let a line feed follow. */
    static String toTheVeryEnd(String pattern) {
        return pattern.substring(0, pattern.length() - 1) + "\\z";
    }

    @Override
    public void joinBatches(Session session) {
        session.list(
                Sql.of("SELECT guard FROM chatty_maintenance_guard FOR UPDATE"), row -> true); // H2 has no shared one
    }

    @Override
    public void awaitBatches(Session session) {
        session.list(Sql.of("SELECT guard FROM chatty_maintenance_guard FOR UPDATE WAIT 30"), row -> true);
    }

    @Override
    public void lockMigrations(Session session) {
        // Each statement of the migrations does nothing when it has been done.
    }

    @Override
    public Sql isOneOf(String expression, Column column, List<Object> values) {
        return Sql.of(expression + " = ANY (?)", new Sql.Array(column.typeName(), values));
    }

    @Override
    public Sql areOneOf(List<String> expressions, List<Column> columns, List<List<Object>> rows) {
        return expressions.size() == 1
                ? isOneOf(expressions.get(0), columns.get(0), nth(rows, 0))
                : inUnnested(expressions, columns, rows, Column::typeName);
    }

    static List<Object> nth(List<List<Object>> rows, int position) {
        return rows.stream().map(row -> row.get(position)).toList();
    }

    /** By arrays, one for each column, that are read side by side. */
    static Sql inUnnested(
            List<String> expressions,
            List<Column> columns,
            List<List<Object>> rows,
            Function<Column, String> elementType) {
        Object[] arrays = new Object[columns.size()];
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = new Sql.Array(elementType.apply(columns.get(i)), nth(rows, i));
        }
        String marks = String.join(", ", Collections.nCopies(arrays.length, "?"));
        return Sql.of("(" + String.join(", ", expressions) + ") IN (SELECT * FROM UNNEST(" + marks + "))", arrays);
    }

    @Override
    public Sql forEach(Column column, List<Object> values, Function<Sql, Sql> query) {
        return Sql.of("SELECT r.id, (")
                .add(query.apply(Sql.of("r.id")))
                .add(") FROM UNNEST(?) AS r (id)", new Sql.Array(column.typeName(), values));
    }

    @Override
    public String exact(String expression, Column column) {
        if (!column.isText()) {
            return expression;
        }
        String text = "CAST(" + expression + " AS VARCHAR)";
        return column.jdbcType() == Types.CHAR ? "RTRIM(" + text + ")" : text; // a CHAR comes padded
    }

    @Override
    public Sql pageByBytes(String column, String after, int most) {
        String bytes = column + "_bytes"; // its texts sort by UTF-16
        return Sql.of(" AND " + bytes + " > STRINGTOUTF8(?) ORDER BY " + bytes + " LIMIT ?", after, most);
    }

    @Override
    public Sql compare(List<String> expressions, String operator, List<Object> values) {
        return MariadbDialect.compareByParts(expressions, operator, values);
    }

    @Override
    public boolean callsForSecondTry(SQLException failure) {
        return failure.getErrorCode() == LOCK_TIMEOUT || failure.getErrorCode() == CHILD_EXISTS;
    }

    @Override
    public boolean wasInTheWay(SQLException failure) {
        return failure.getErrorCode() == CONCURRENT_UPDATE || Dialect.super.wasInTheWay(failure);
    }

    @Override
    public boolean batchesShare() {
        return false; // it has no lock that several can have at once
    }
}
