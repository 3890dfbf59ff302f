package io.chatty.maintenance.jdbc.internal.care;

import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.MariadbDialect;
import io.chatty.maintenance.jdbc.internal.database.PostgresqlDialect;
import io.chatty.maintenance.jdbc.internal.database.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a database's tables are looked at and cared for. Implementations have no state. */
interface ServerCare {

    /** That of a database. */
    static ServerCare of(Dialect dialect) {
        if (dialect instanceof PostgresqlDialect) {
            return new PostgresqlCare();
        }
        return dialect instanceof MariadbDialect ? new MariadbCare() : new H2Care();
    }

    /** What a table needs. */
    enum Need {
        /** Its dead rows' space made free for new ones, and statistics. */
        VACUUM,
        /** Statistics for the planner. */
        ANALYZE,
        /** To be written anew, so that free space goes back to the disk. */
        REBUILD;

        /** As counts call it. */
        String counted() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A table, or a partition of one.
     *
     * @param given the name that the host gave the table, under which it is counted
     * @param schema where it is
     * @param name its own name
     * @param sql its name for SQL
     */
    record Part(String given, @Nullable String schema, String name, String sql) {}

    /**
     * What a look at a table gave.
     *
     * @param need what pays; empty for nothing
     * @param reason if nothing does: the word under which it is counted
     * @param because the figures behind it, for a person
     */
    record Diagnosis(Optional<Need> need, String reason, String because) {

        static Diagnosis needs(Need need, String because) {
            return new Diagnosis(Optional.of(need), "", because);
        }

        static Diagnosis skipped(String reason, String because) {
            return new Diagnosis(Optional.empty(), reason, because);
        }
    }

    /**
     * How large a table is.
     *
     * @param bytes of its files, indexes included
     * @param free how many of them new rows can use, as the server tells; -1 if it does not
     * @param main bytes of the rows alone
     * @param live rows
     * @param dead rows whose space is not free yet; -1 if the server does not tell
     * @param vacuums how often that was looked at
     */
    record Size(long bytes, long free, long main, long live, long dead, long vacuums) {}

    /** What is wrong with rights and settings. */
    List<String> problems(Session session, List<Part> parts, CareSettings settings);

    /** The table itself, or its partitions where they are cared for one by one; in a lasting order, by name. */
    default List<Part> parts(Session session, @Nullable String schema, String given, String table) {
        String quoted = session.dialect().quote(table);
        String sql = schema == null ? quoted : session.dialect().quote(schema) + "." + quoted;
        return List.of(new Part(given, schema, table, sql));
    }

    /** What it needs. Changes nothing and waits for nothing. */
    Diagnosis look(Session session, Part part, CareSettings settings);

    /** Its size; empty where the server does not tell. */
    Optional<Size> size(Session session, Part part);

    /** Sets the session up, so that nothing is waited for and nobody waits long; gives what puts it back. */
    Runnable begin(Session session, CareSettings settings);

    /** Does what it needs. Empty if it was done, else the reason why not, unless that is thrown. */
    Optional<Diagnosis> tend(Session session, Part part, Need need, CareSettings settings);

    /** The reason that stands behind what the driver said; empty if that is a failure. */
    Optional<Diagnosis> reason(SQLException said);
}
