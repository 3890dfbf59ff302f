package io.chatty.maintenance.jdbc.internal.care;

import io.chatty.maintenance.jdbc.internal.database.DatabaseException;
import io.chatty.maintenance.jdbc.internal.database.Rights;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * ANALYZE TABLE on MariaDB, and if asked a rebuild that the server does online or not at all: OPTIMIZE TABLE would copy a
 * table with a full-text index while all writes wait.
 */
final class MariadbCare implements ServerCare {

    private static final String FIGURES = "SELECT COALESCE(t.ENGINE, ''), COALESCE(t.DATA_LENGTH, 0),"
            + " COALESCE(t.INDEX_LENGTH, 0), COALESCE(t.DATA_FREE, 0), COALESCE(t.TABLE_ROWS, 0),"
            + " COALESCE(t.CREATE_OPTIONS, '') LIKE '%partitioned%', @@innodb_file_per_table,"
            + " COALESCE(t.TABLE_COMMENT, '')";

    private static final String OF = " FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = ? AND t.TABLE_NAME = ?";

    /**
     * Whether statistics are younger than the last change. Both times are whole seconds: what changed in the second in
     * which it was analyzed may have changed after that. A server that has just started knows of no change.
     */
    private static final String FRESH = "SELECT s.last_update > COALESCE(t.UPDATE_TIME,"
            + " NOW() - INTERVAL (SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS"
            + " WHERE VARIABLE_NAME = 'UPTIME') SECOND) FROM information_schema.TABLES t"
            + " JOIN (SELECT database_name, MIN(last_update) AS last_update FROM mysql.innodb_table_stats"
            + " WHERE database_name = ? AND (table_name = ? OR LEFT(table_name, CHAR_LENGTH(?) + 3) = CONCAT(?, '#P#'))"
            + " GROUP BY database_name) s WHERE t.TABLE_SCHEMA = ? AND t.TABLE_NAME = ?";

    private record Figures(String engine, Size size, boolean partitioned, boolean ownFile, String comment) {

        static Figures of(ResultSet row) throws SQLException {
            long data = row.getLong(2);
            long indexes = row.getLong(3);
            long free = row.getLong(4);
            return new Figures(
                    row.getString(1),
                    new Size(data + indexes + free, free, data, row.getLong(5), -1, 0),
                    row.getBoolean(6),
                    row.getBoolean(7),
                    row.getString(8));
        }

        double freeShare() {
            return size.bytes() == 0 ? 0 : (double) size.free() / size.bytes();
        }

        long copy() {
            return size.bytes() - size.free();
        }
    }

    @Override
    public List<String> problems(Session session, List<Part> parts, CareSettings settings) {
        List<String> problems = new ArrayList<>();
        if (settings.truncate()) {
            problems.add(
                    "truncate: given, but only PostgreSQL can cut off a table's end; see rebuild(freeShare, room)");
        }
        for (Part part : parts) {
            forbidden(session, "EXPLAIN SELECT 1 FROM " + part.sql() + " WHERE 1 = 0")
                    .map(said -> Rights.needed("SELECT on " + part.sql()) + said)
                    .ifPresent(problems::add);
            forbidden(session, "EXPLAIN INSERT INTO " + part.sql() + " VALUES ()")
                    .map(said -> Rights.needed("INSERT on " + part.sql() + " (for ANALYZE TABLE)") + said)
                    .ifPresent(problems::add);
        }
        return problems;
    }

    /** What the database said if it refuses a statement for want of a right; a table may be locked just now. */
    private static Optional<String> forbidden(Session session, String statement) {
        try {
            session.change(Sql.of(statement));
            return Optional.empty();
        } catch (RuntimeException e) {
            SQLException said = DatabaseException.sqlCause(e).orElseThrow(() -> e);
            return isForbidden(said)
                    ? Optional.of(" (the database said: " + said.getMessage() + ")")
                    : Optional.empty();
        }
    }

    private static Optional<Figures> figures(Session session, Part part) {
        return session.first(
                Sql.of(FIGURES + OF, part.schema() == null ? "" : part.schema(), part.name()), Figures::of);
    }

    @Override
    public Optional<Size> size(Session session, Part part) {
        return figures(session, part).map(Figures::size);
    }

    @Override
    public Diagnosis look(Session session, Part part, CareSettings settings) {
        Figures found = figures(session, part).orElse(null);
        if (found == null) {
            return Diagnosis.skipped("gone", "there is no such table any more");
        }
        if (found.engine().isEmpty()) { // what keeps it from being opened stands in place of its comment
            return Diagnosis.skipped("locked", "the database said: " + found.comment());
        }
        if (!found.engine().equals("InnoDB")) {
            return Diagnosis.skipped(
                    "engine", "it is kept by " + found.engine() + ", which locks a table while it looks");
        }
        String figures = found.size().free() + " of " + found.size().bytes() + " bytes are free";
        CareSettings.Rebuild rebuild = settings.rebuild().orElse(null);
        if (rebuild != null && !found.partitioned() && found.ownFile() && found.freeShare() > rebuild.freeShare()) {
            if (found.copy() <= rebuild.room()) {
                return Diagnosis.needs(Need.REBUILD, figures);
            }
            figures += ", but the copy of a rebuild would take more than the " + rebuild.room() + " that are allowed";
        }
        return isFresh(session, part)
                ? Diagnosis.skipped("notWorth", "it has not changed since it was analyzed; " + figures)
                : Diagnosis.needs(Need.ANALYZE, figures);
    }

    /** Few users may see when a table was analyzed; for others it counts as never. */
    private static boolean isFresh(Session session, Part part) {
        String schema = part.schema() == null ? "" : part.schema();
        String name = part.name();
        try {
            return session.first(Sql.of(FRESH, schema, name, name, name, schema, name), row -> row.getBoolean(1))
                    .orElse(false);
        } catch (RuntimeException e) {
            if (DatabaseException.sqlCause(e).filter(MariadbCare::isForbidden).isEmpty()) {
                throw e;
            }
            return false;
        }
    }

    private static boolean isForbidden(SQLException e) {
        return e.getErrorCode() == 1142 || e.getErrorCode() == 1044 || e.getErrorCode() == 1143;
    }

    @Override
    public Runnable begin(Session session, CareSettings settings) {
        session.execute("SET @chatty_care_lock_wait = @@SESSION.lock_wait_timeout,"
                + " @chatty_care_time = @@SESSION.max_statement_time,"
                // A rebuild that waits for its last lock has all others wait behind it.
                + " SESSION lock_wait_timeout = 1, SESSION max_statement_time = "
                + settings.timeLimit().toMillis() / 1000.0);
        return () -> session.execute("SET SESSION lock_wait_timeout = @chatty_care_lock_wait,"
                + " SESSION max_statement_time = @chatty_care_time");
    }

    @Override
    public Optional<Diagnosis> tend(Session session, Part part, Need need, CareSettings settings) {
        String statement = need == Need.REBUILD
                ? "ALTER TABLE " + part.sql() + " FORCE, ALGORITHM = INPLACE, LOCK = NONE"
                : "ANALYZE NO_WRITE_TO_BINLOG TABLE " + part.sql();
        List<String> said = session.tend(
                        statement,
                        row -> row.getString("Msg_type").equalsIgnoreCase("error") ? row.getString("Msg_text") : "")
                .rows();
        Optional<String> error = said.stream().filter(text -> !text.isEmpty()).findFirst();
        return error.map(MariadbCare::reason);
    }

    /** From a row, which has no code and may be in another language; then it is a failure of that table. */
    private static Diagnosis reason(String text) {
        String reason = text.startsWith("Lock wait timeout exceeded")
                ? "locked"
                : text.contains("max_statement_time exceeded") ? "timeLimit" : "failed";
        return Diagnosis.skipped(reason, "the database said: " + text);
    }

    @Override
    public Optional<Diagnosis> reason(SQLException said) {
        String because = "the database said: " + said.getMessage();
        return switch (said.getErrorCode()) {
            case 1205 -> Optional.of(Diagnosis.skipped("locked", because));
            case 1969, 1317 -> Optional.of(Diagnosis.skipped("timeLimit", because));
            case 1142, 1044, 1227 -> Optional.of(Diagnosis.skipped("rights", because));
            case 1146 -> Optional.of(Diagnosis.skipped("gone", because));
            case 1845, 1846 -> Optional.of(Diagnosis.skipped("notOnline", because));
            case 1799 -> Optional.of(Diagnosis.skipped("changedTooMuch", because));
            case 1114, 1021 -> Optional.of(Diagnosis.skipped("noRoom", because));
            default -> Optional.empty();
        };
    }
}
