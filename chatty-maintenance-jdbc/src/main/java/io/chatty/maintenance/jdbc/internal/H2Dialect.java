package io.chatty.maintenance.jdbc.internal;

import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** H2 from 2.2. */
final class H2Dialect implements Dialect {

    private static final int LOCK_TIMEOUT = 50200;
    private static final int CONCURRENT_UPDATE = 90131;

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
    public void lockMigrations(Session session) {
        // Each statement of the migrations does nothing when it has been done.
    }

    @Override
    public Sql isOneOf(String expression, Column column, List<Object> values) {
        return Sql.of(expression + " = ANY (?)", new Sql.Array(column.typeName(), values));
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
    public Sql compare(List<String> expressions, String operator, List<Object> values) {
        return MariadbDialect.compareByParts(expressions, operator, values);
    }

    @Override
    public boolean callsForSecondTry(SQLException failure) {
        return failure.getErrorCode() == LOCK_TIMEOUT;
    }

    @Override
    public boolean wasInTheWay(SQLException failure) {
        return failure.getErrorCode() == CONCURRENT_UPDATE || Dialect.super.wasInTheWay(failure);
    }
}
