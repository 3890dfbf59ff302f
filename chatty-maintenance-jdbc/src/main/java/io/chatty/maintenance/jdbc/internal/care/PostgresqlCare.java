package io.chatty.maintenance.jdbc.internal.care;

import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * VACUUM (ANALYZE) on PostgreSQL: never FULL, never waiting for a lock, in one process, as gently as autovacuum is set to be.
 */
final class PostgresqlCare implements ServerCare {

    private static final String LOCKED = "55P03";
    private static final String CANCELLED = "57014";
    private static final String FORBIDDEN = "42501";
    private static final String NO_TABLE = "42P01";

    private static final List<String> CHANGED = List.of(
            "statement_timeout",
            "lock_timeout",
            "client_min_messages",
            "max_parallel_maintenance_workers",
            "vacuum_cost_delay",
            "vacuum_cost_limit");

    private static final String HELD = "l.relation = c.oid AND l.granted AND l.pid <> pg_backend_pid()"
            + " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            + " AND l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',"
            + " 'AccessExclusiveLock')";

    private static final String FIGURES =
            "SELECT coalesce(pg_stat_get_live_tuples(c.oid), 0), coalesce(pg_stat_get_dead_tuples(c.oid), 0),"
                    + " coalesce(pg_stat_get_vacuum_count(c.oid), 0),"
                    + " coalesce(pg_stat_get_mod_since_analyze(c.oid), 0),"
                    // from 14 on -1 where nobody has counted yet
                    + " CASE WHEN c.reltuples > 0 THEN c.reltuples ELSE coalesce(pg_stat_get_live_tuples(c.oid), 0) END, "
                    + option("autovacuum_vacuum_threshold") + ", " + option("autovacuum_vacuum_scale_factor") + ", "
                    + option("autovacuum_analyze_threshold") + ", " + option("autovacuum_analyze_scale_factor")
                    // Who vacuums or analyzes a table, or alters it, holds this or a stronger lock. All may see locks;
                    // what
                    // autovacuum is at is shown to few, but that it is nobody's session to all.
                    + ", (SELECT count(*) FROM pg_locks l WHERE " + HELD + ")"
                    + ", (SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid AND a.usesysid IS NULL"
                    + " WHERE " + HELD + ")"
                    + " FROM pg_class c WHERE c.oid = to_regclass(?)";

    /** A setting of autovacuum: the table's own, else the server's. */
    private static String option(String name) {
        return "coalesce((SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = '" + name
                + "'), current_setting('" + name + "'))::float8";
    }

    private record Figures(
            long live,
            long dead,
            long vacuums,
            long changed,
            double rows,
            double vacuumBase,
            double vacuumShare,
            double analyzeBase,
            double analyzeShare,
            boolean held,
            boolean heldByAutovacuum) {

        static Figures of(ResultSet row) throws SQLException {
            return new Figures(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getDouble(5),
                    row.getDouble(6),
                    row.getDouble(7),
                    row.getDouble(8),
                    row.getDouble(9),
                    row.getLong(10) > 0,
                    row.getLong(11) > 0);
        }

        /** Autovacuum's own formula, with our share where that is less. */
        double vacuumFrom(double share) {
            return vacuumBase + Math.min(share, vacuumShare) * rows;
        }

        double analyzeFrom(double share) {
            return analyzeBase + Math.min(share, analyzeShare) * rows;
        }
    }

    @Override
    public List<String> problems(Session session, List<Part> parts, CareSettings settings) {
        List<String> problems = new ArrayList<>();
        settings.rebuild()
                .ifPresent(
                        given -> problems.add("rebuild: given, but on PostgreSQL it would be VACUUM FULL, which locks"
                                + " all out of the table; leave it out, and see truncate()"));
        if (session.first(Sql.of("SELECT current_setting('track_counts')"), row -> row.getString(1))
                .filter("off"::equals)
                .isPresent()) {
            problems.add("track_counts: off, so that PostgreSQL does not count dead rows; switch it on");
        }
        boolean maintain = session.count(Sql.of("SELECT current_setting('server_version_num')::int")) >= 170_000;
        String mayCare =
                "SELECT count(*) FROM pg_class c WHERE c.oid = to_regclass(?) AND (pg_has_role(c.relowner, 'USAGE')"
                        + " OR EXISTS (SELECT 1 FROM pg_database d WHERE d.datname = current_database() AND pg_has_role(d.datdba, 'USAGE'))"
                        + (maintain ? " OR has_table_privilege(c.oid, 'MAINTAIN')" : "") + ")";
        Set<String> refused = new LinkedHashSet<>();
        for (Part part : parts) {
            if (session.count(Sql.of(mayCare, part.sql())) == 0) {
                refused.add(part.sql());
            }
        }
        refused.forEach(table -> problems.add("rights: to vacuum " + table + " takes its owner"
                + (maintain ? ", or MAINTAIN on it; GRANT MAINTAIN ON " + table + " TO the database's user" : "")
                + (maintain ? "" : "; make the database's user a member of the role that owns it")));
        return problems;
    }

    @Override
    public List<Part> parts(Session session, @Nullable String schema, String given, String table) {
        Part itself = ServerCare.super.parts(session, schema, given, table).get(0);
        // A partitioned table has no rows of its own, and so no dead ones.
        List<Part> leaves = session.list(
                Sql.of(
                        // pg_partition_tree would wait for locks
                        "WITH RECURSIVE tree AS (SELECT to_regclass(?)::oid AS id UNION ALL SELECT i.inhrelid FROM tree"
                                + " JOIN pg_inherits i ON i.inhparent = tree.id)"
                                + " SELECT n.nspname, c.relname FROM tree JOIN pg_class c ON c.oid = tree.id"
                                + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'"
                                + " ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"",
                        itself.sql()),
                row -> ServerCare.super
                        .parts(session, row.getString(1), given, row.getString(2))
                        .get(0));
        boolean partitioned = session.count(Sql.of(
                        "SELECT count(*) FROM pg_class WHERE oid = to_regclass(?) AND relkind = 'p'", itself.sql()))
                > 0;
        return partitioned ? leaves : List.of(itself);
    }

    private static Optional<Figures> figures(Session session, Part part) {
        return session.first(Sql.of(FIGURES, part.sql()), Figures::of);
    }

    @Override
    public Optional<Size> size(Session session, Part part) {
        // Waits for who holds the table's strongest lock, unlike all else that is asked here.
        return figures(session, part)
                .flatMap(found -> session.first(
                        Sql.of(
                                "SELECT pg_total_relation_size(to_regclass(?)), pg_relation_size(to_regclass(?))",
                                part.sql(),
                                part.sql()),
                        row -> new Size(
                                row.getLong(1), -1, row.getLong(2), found.live(), found.dead(), found.vacuums())));
    }

    @Override
    public Diagnosis look(Session session, Part part, CareSettings settings) {
        Figures found = figures(session, part).orElse(null);
        if (found == null) {
            return Diagnosis.skipped("gone", "there is no such table any more");
        }
        double dead = found.dead();
        double vacuumFrom = found.vacuumFrom(settings.deadShare());
        double analyzeFrom = found.analyzeFrom(settings.deadShare());
        String figures = String.format(
                "%.0f dead rows, vacuumed from %.0f on; %d changed since it was analyzed, analyzed from %.0f on",
                dead, vacuumFrom, found.changed(), analyzeFrom);
        if (dead <= vacuumFrom && found.changed() <= analyzeFrom) {
            return Diagnosis.skipped("notWorth", figures);
        }
        if (found.heldByAutovacuum()) {
            return Diagnosis.skipped("autovacuum", "autovacuum is at it; " + figures);
        }
        if (found.held()) {
            return Diagnosis.skipped("locked", "another session holds a lock that excludes it; " + figures);
        }
        return Diagnosis.needs(dead > vacuumFrom ? Need.VACUUM : Need.ANALYZE, figures);
    }

    @Override
    public Runnable begin(Session session, CareSettings settings) {
        String names = CHANGED.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        Map<String, String> before = new LinkedHashMap<>();
        session.list(
                Sql.of("SELECT name, setting FROM pg_settings WHERE name IN (" + names + ")"),
                row -> before.put(row.getString(1), row.getString(2)));
        // What the autovacuum of this server may cost; -1 there means as VACUUM itself.
        String cost = "(SELECT set_config('vacuum_cost_%1$s', setting, false) FROM pg_settings"
                + " WHERE name = 'autovacuum_vacuum_cost_%1$s' AND setting <> '-1')";
        session.list(
                Sql.of(
                        "SELECT set_config('statement_timeout', ?, false), set_config('lock_timeout', '1000', false),"
                                + " set_config('client_min_messages', 'warning', false),"
                                + " set_config('max_parallel_maintenance_workers', '0', false), "
                                + String.format(cost, "delay") + ", " + String.format(cost, "limit"),
                        Long.toString(settings.timeLimit().toMillis())),
                row -> true);
        return () -> before.forEach((name, value) -> session.execute("SET " + name + " = '" + value + "'"));
    }

    @Override
    public Optional<Diagnosis> tend(Session session, Part part, Need need, CareSettings settings) {
        String options = need == Need.VACUUM
                ? "VACUUM (ANALYZE, SKIP_LOCKED, TRUNCATE " + settings.truncate() + ") "
                : "ANALYZE (SKIP_LOCKED) ";
        // It skips with a warning what it cannot lock or may not touch, and succeeds.
        return session.tend(options + part.sql(), row -> row.getString(1)).warnings().stream()
                .flatMap(warning -> reason(warning).stream())
                .findFirst();
    }

    @Override
    public Optional<Diagnosis> reason(SQLException said) {
        String because = "the database said: " + said.getMessage();
        return switch (String.valueOf(said.getSQLState())) {
            case LOCKED -> Optional.of(Diagnosis.skipped("locked", because));
            case CANCELLED -> Optional.of(Diagnosis.skipped("timeLimit", because));
            case FORBIDDEN -> Optional.of(Diagnosis.skipped("rights", because));
            case NO_TABLE -> Optional.of(Diagnosis.skipped("gone", because));
            default -> Optional.empty();
        };
    }
}
