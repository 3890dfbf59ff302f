package io.chatty.maintenance.jdbc.internal.partition;

import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.hold.Restored;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Partitions of MariaDB. Statements that alter a table are in no transaction, and locks of rows end before them: the table is
 * locked whole, by LOCK TABLES, while a partition is looked at and dropped, so that others wait meanwhile. The tables of holds
 * and children are locked against writing: who places a hold waits, and one that was placed before is seen.
 */
final class MariadbPartitions implements ServerPartitions {

    /** TO_DAYS('1970-01-01'). */
    private static final long DAYS_BEFORE_1970 = 719_528;

    private static final Pattern LITERAL =
            Pattern.compile("'(\\d{4}-\\d{2}-\\d{2})(?: (\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,6})?))?'");

    /** By what the table is partitioned. */
    private enum By {
        COLUMN,
        UNIX_TIMESTAMP,
        TO_DAYS,
        SOMETHING_ELSE
    }

    @Override
    public boolean isUndone() {
        return false;
    }

    private static Sql of(HostTables tables, String select, String more) {
        return Sql.of(
                "SELECT " + select + " FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = "
                        + (tables.schema == null ? "DATABASE()" : "?") + " AND TABLE_NAME = ?" + more,
                tables.schema == null
                        ? new Object[] {tables.messageTable()}
                        : new Object[] {tables.schema, tables.messageTable()});
    }

    private static By by(Session session, HostTables tables) {
        TimeColumn time = tables.sentAt.get(0);
        String column = time.column().name().toLowerCase(Locale.ROOT);
        boolean inUtc =
                time.kind() instanceof TimeKind.Local local && local.zone().equals(ZoneOffset.UTC);
        return session.first(
                        of(
                                tables,
                                "PARTITION_METHOD, PARTITION_EXPRESSION",
                                " AND PARTITION_METHOD IN ('RANGE', 'RANGE COLUMNS') LIMIT 1"),
                        row -> {
                            String expression =
                                    row.getString(2).replace("`", "").toLowerCase(Locale.ROOT);
                            if (expression.equals(column)) {
                                return By.COLUMN;
                            }
                            boolean timestamp = tables.dialect.timestampFollowsSession(time.column());
                            if (expression.equals("unix_timestamp(" + column + ")") && timestamp && inUtc) {
                                return By.UNIX_TIMESTAMP;
                            }
                            boolean local = time.kind() instanceof TimeKind.Local && !timestamp;
                            return expression.equals("to_days(" + column + ")") && local
                                    ? By.TO_DAYS
                                    : By.SOMETHING_ELSE;
                        })
                .orElse(By.SOMETHING_ELSE);
    }

    @Override
    public List<String> problems(Session session, HostTables tables) {
        return by(session, tables) == By.SOMETHING_ELSE
                ? List.of("partitions: " + tables.messages() + " is not partitioned by RANGE of "
                        + tables.sentAt.get(0).column()
                        + ", nor by RANGE COLUMNS, UNIX_TIMESTAMP or TO_DAYS of it; other partitions are not dropped,"
                        + " leave the task out")
                : List.of();
    }

    /** A partition and what it ends before; empty for MAXVALUE, and for what is not known. */
    private record Bound(String name, Optional<Object> upper, String says) {

        boolean isUntil(Object cutOff) {
            return upper.filter(bound -> bound.getClass() == cutOff.getClass()
                            && (bound.equals(cutOff) || TimeColumn.isBefore(bound, cutOff)))
                    .isPresent();
        }
    }

    private static Optional<Object> upper(By by, String described) {
        if (by == By.COLUMN) {
            var literal = LITERAL.matcher(described);
            if (literal.matches()) {
                String clock = literal.group(2);
                return Optional.of(LocalDateTime.parse(literal.group(1) + "T" + (clock == null ? "00:00:00" : clock)));
            }
        }
        if (!described.matches("-?\\d{1,18}")) {
            return Optional.empty();
        }
        long number = Long.parseLong(described);
        return switch (by) {
            case COLUMN -> Optional.of(number);
            case UNIX_TIMESTAMP -> Optional.of(LocalDateTime.ofEpochSecond(number, 0, ZoneOffset.UTC));
            case TO_DAYS ->
                Optional.of(LocalDate.ofEpochDay(number - DAYS_BEFORE_1970).atStartOfDay());
            case SOMETHING_ELSE -> Optional.empty();
        };
    }

    @Override
    public List<Part> before(Session session, HostTables tables, Instant instant) {
        Object cutOff = tables.sentAt.get(0).cutOff(instant).orElse(null);
        By by = by(session, tables);
        if (cutOff == null || by == By.SOMETHING_ELSE) {
            return List.of();
        }
        List<Bound> bounds = session.list(
                of(
                        tables,
                        "DISTINCT PARTITION_NAME, PARTITION_DESCRIPTION, PARTITION_ORDINAL_POSITION",
                        " ORDER BY PARTITION_ORDINAL_POSITION"),
                row -> new Bound(row.getString(1), upper(by, row.getString(2)), by + " " + row.getString(2)));
        boolean triggered = session.count(Sql.of(
                        "SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_MANIPULATION = 'DELETE'"
                                + " AND EVENT_OBJECT_SCHEMA = "
                                + (tables.schema == null ? "DATABASE()" : "?") + " AND EVENT_OBJECT_TABLE = ?",
                        tables.schema == null
                                ? new Object[] {tables.messageTable()}
                                : new Object[] {tables.schema, tables.messageTable()}))
                > 0;
        return bounds.subList(0, Math.max(0, bounds.size() - 1)).stream()
                .filter(bound -> bound.isUntil(cutOff))
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .map(bound -> new Part(
                        bound.name(),
                        tables.messages() + " PARTITION (" + tables.dialect.quote(bound.name()) + ")",
                        bound.says(),
                        Optional.empty(),
                        triggered))
                .toList();
    }

    /** Under LOCK TABLES each table that is read has to be locked, by the name that the statement calls it. */
    @Override
    public boolean canLookUnderLock(Sql condition) {
        return HoldRows.asksNoOtherTable(condition);
    }

    @Override
    public Runnable begin(Session session) {
        session.dialect().begin(session, true);
        session.execute("SET @chatty_statement_time = @@SESSION.max_statement_time");
        return () -> {
            session.execute("SET SESSION max_statement_time = @chatty_statement_time");
            session.dialect().afterBatch(session);
        };
    }

    @Override
    public <T> T drop(
            Session session, HostTables tables, Part part, Instant instant, Duration limit, Supplier<T> look) {
        List<String> locks = new ArrayList<>();
        locks.add(tables.messages() + " WRITE");
        locks.add(tables.messages() + " AS m WRITE");
        locks.add(tables.messages() + " AS k WRITE");
        locks.add(tables.messages() + " AS s WRITE");
        locks.add(HoldRows.TABLE + " READ");
        locks.add(Restored.TABLE + " READ");
        PartitionLook.references(tables).forEach(reference -> locks.add(reference.table() + " READ"));
        session.execute("LOCK TABLES " + String.join(", ", locks));
        try {
            if (!before(session, tables, instant).contains(part)) {
                throw new Left("changed", "it was altered meanwhile");
            }
            session.execute("SET SESSION max_statement_time = " + limit.toMillis() / 1000.0);
            T found = look.get();
            session.execute("SET SESSION max_statement_time = 0"); // what has begun to drop is not to be broken off
            session.execute(
                    "ALTER TABLE " + tables.messages() + " DROP PARTITION " + tables.dialect.quote(part.name()));
            return found;
        } finally {
            if (session.isUsable()) {
                session.execute("UNLOCK TABLES");
            }
        }
    }
}
