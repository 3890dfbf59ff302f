package io.chatty.maintenance.jdbc.internal.partition;

import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Declarative partitions of PostgreSQL. A partition is locked in SHARE mode, which keeps writers of its rows out and readers
 * not; is looked at; then is detached and dropped, for which the whole table is locked for a moment. Who drops gives up before
 * the server looks for deadlocks, and when somebody waits for the partition, so that no session of the host's is ended for it.
 */
final class PostgresqlPartitions implements ServerPartitions {

    private static final Set<String> BOUNDS =
            Set.of("timestamptz", "timestamp", "date", "int8", "bigserial", "int4", "serial");

    @Override
    public boolean isUndone() {
        return true;
    }

    @Override
    public List<String> problems(Session session, HostTables tables) {
        TimeColumn time = tables.sentAt.get(0);
        boolean ranged = session.first(
                        Sql.of(
                                "SELECT p.partstrat = 'r' AND p.partnatts = 1 AND COALESCE(a.attname = ?, FALSE)"
                                        + " FROM pg_partitioned_table p LEFT JOIN pg_attribute a"
                                        + " ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]"
                                        + " WHERE p.partrelid = to_regclass(?)",
                                time.column().name(),
                                tables.messages()),
                        row -> row.getBoolean(1))
                .orElse(false);
        if (!ranged || !BOUNDS.contains(time.column().typeName())) {
            return List.of("partitions: " + tables.messages() + " is not partitioned by RANGE ("
                    + session.dialect().quote(time.column().name())
                    + ") of a timestamp or a number; other partitions are not dropped, leave the task out");
        }
        List<String> problems = new ArrayList<>();
        session.list(
                        Sql.of(
                                "SELECT c.oid::regclass::text FROM pg_class c WHERE NOT pg_has_role(c.relowner, 'USAGE')"
                                        + " AND (c.oid = to_regclass(?) OR c.oid IN"
                                        + " (SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass(?)))",
                                tables.messages(),
                                tables.messages()),
                        row -> row.getString(1))
                .forEach(table -> problems.add("rights: to drop a partition takes the owner of " + table
                        + "; make the database's user a member of the role that owns it"));
        return problems;
    }

    @Override
    public List<Part> before(Session session, HostTables tables, Instant instant) {
        TimeColumn time = tables.sentAt.get(0);
        Object cutOff = time.cutOff(instant).orElse(null);
        if (cutOff == null) {
            return List.of();
        }
        String type = time.column().typeName().replace("bigserial", "int8").replace("serial", "int4");
        // Bounds are shown as the session shows its times, and read so again: in a form that is never ambiguous.
        session.execute("SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'");
        return session.list(
                Sql.of(
                        "WITH parts AS (SELECT i.inhrelid AS id, pg_get_expr(c.relpartbound, c.oid) AS says,"
                                + " c.relname AS name, c.relkind AS kind, n.nspname AS schema FROM pg_inherits i"
                                + " JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
                                + " WHERE i.inhparent = to_regclass(?)"
                                // from 14 on, one that somebody is detaching
                                + " AND COALESCE(to_jsonb(i) ->> 'inhdetachpending', 'false') = 'false'),"
                                + " bounds AS (SELECT p.*, NULLIF(substring(says FROM"
                                + " ' TO \\(''?([^'')]+)''?\\)$'), 'MAXVALUE')::" + type + " AS upper FROM parts p)"
                                + " SELECT name, schema, id || ' ' || says, kind, EXISTS (SELECT 1 FROM pg_trigger t"
                                + " WHERE t.tgrelid IN (id, to_regclass(?)) AND NOT t.tgisinternal AND t.tgtype & 8 <> 0)"
                                + " FROM bounds WHERE upper <= " + "?"
                                + " AND upper < (SELECT MAX(b.upper) FROM bounds b) ORDER BY name COLLATE \"C\"",
                        tables.messages(),
                        tables.messages(),
                        cutOff),
                row -> new Part(
                        row.getString(1),
                        HostTables.table(session.dialect(), row.getString(2), row.getString(1)),
                        row.getString(3),
                        unfit(row.getString(4)),
                        row.getBoolean(5)));
    }

    private static Optional<String> unfit(String kind) {
        return switch (kind) {
            case "r" -> Optional.empty();
            case "p" -> Optional.of("subPartitioned");
            default -> Optional.of("foreignTable");
        };
    }

    @Override
    public boolean canLookUnderLock(Sql condition) {
        return true;
    }

    @Override
    public Runnable begin(Session session) {
        return () -> {};
    }

    private record Limits(String lock, String statement) {}

    @Override
    public <T> T drop(
            Session session, HostTables tables, Part part, Instant instant, Duration limit, Supplier<T> look) {
        Limits before = session.first(
                        Sql.of("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"),
                        row -> new Limits(row.getString(1), row.getString(2)))
                .orElseThrow();
        T found = session.orUndo(() -> {
            session.execute("SET LOCAL lock_timeout = " + LOCK_MILLIS + "; SET LOCAL statement_timeout = "
                    + limit.toMillis() + "; LOCK TABLE ONLY " + part.sql() + " IN SHARE MODE");
            if (!before(session, tables, instant).contains(part)) {
                throw new Left("changed", "it was altered or detached meanwhile");
            }
            T looked = look.get();
            String id = part.says().substring(0, part.says().indexOf(' '));
            if (session.count(Sql.of("SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = " + id)) > 0) {
                throw new Left("locked", "a session waits for it");
            }
            session.execute("ALTER TABLE " + tables.messages() + " DETACH PARTITION " + part.sql() + "; DROP TABLE "
                    + part.sql());
            return looked;
        });
        session.list(
                Sql.of(
                        "SELECT set_config('lock_timeout', ?, true), set_config('statement_timeout', ?, true)",
                        before.lock(),
                        before.statement()),
                row -> true);
        return found;
    }
}
