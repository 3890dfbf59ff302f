package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.SizeCap;
import io.chatty.maintenance.jdbc.internal.archive.ArchiveRows;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Rights;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.policy.PolicyRows;
import io.chatty.maintenance.jdbc.internal.table.Filter;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.retention.RetentionScope.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a cleanup looks at before it starts: do policies and tables fit, are the rights there, is something slow. */
public final class CleanupChecks {

    private static final Logger LOG = LoggerFactory.getLogger(MessageCleanup.class);

    private final Session session;
    private final HostTables tables;
    private final CleanupSettings settings;
    private final List<String> problems = new ArrayList<>();

    public CleanupChecks(Session session, HostTables tables, CleanupSettings settings) {
        this.session = session;
        this.tables = tables;
        this.settings = settings;
    }

    public List<String> problems() {
        policies();
        settings.sizeCap().ifPresent(this::sizeCap);
        settings.archive().ifPresent(place -> problems.addAll(ArchiveRows.problems(tables, session, place)));
        problems.addAll(rights());
        problems.addAll(filters());
        warnings();
        return problems;
    }

    private void policies() {
        RetentionPolicies policies = settings.policies();
        level(Level.ROOM, tables.room == null ? null : tables.room.value(), "room(column)");
        level(Level.TEAM, tables.team == null ? null : tables.team.value(), "team(column), nor have rooms");
        level(Level.USER, tables.sender, "sender(column)");
        List<PolicyRows> rows = policies.policies().stream()
                .filter(PolicyRows.class::isInstance)
                .map(PolicyRows.class::cast)
                .toList();
        rows.forEach(this::policyTable);
        if (tables.room == null
                && policies.policies().size() > rows.size()
                && policies.ids(Level.ROOM).isEmpty()) {
            problems.add(
                    "policies: there is a policy of the host's own, but messages have no room(column) to ask it about");
        }
        boolean counts = policies.hasCounts() || rows.stream().anyMatch(PolicyRows::hasCounts);
        if (counts && tables.room == null) {
            problems.add("policies: a rule keeps the latest of each room, but messages have no room(column)");
        }
        if (counts && tables.sentAt.size() > 1) {
            problems.add(
                    "policies: a rule keeps the latest of each room, which takes one time of sending; messages have"
                            + " orElseSentAt, too");
        }
    }

    private void policyTable(PolicyRows rows) {
        String missing = switch (rows.level()) {
            case GLOBAL -> "";
            case TEAM -> tables.team == null ? "team(column), nor have rooms" : "";
            case ROOM -> tables.room == null ? "room(column)" : "";
            case USER -> tables.sender == null ? "sender(column)" : "";
        };
        if (!missing.isEmpty()) {
            problems.add("policies: there is a " + rows + ", but messages have no " + missing);
        }
    }

    private void sizeCap(SizeCap cap) {
        if (tables.sentAt.size() > 1) {
            problems.add(
                    "sizeCap: " + cap + " given, for which messages are walked from the oldest by one time of sending;"
                            + " messages have orElseSentAt, too");
        }
        if (tables.keyShared) {
            problems.add(
                    "sizeCap: " + cap + " given, which takes messages with a unique key, or more could go than are too"
                            + " many; describe another key(column)");
        }
    }

    private void level(Level level, @Nullable Column column, String missing) {
        String name = level.name().toLowerCase(Locale.ROOT);
        List<Object> values = new ArrayList<>();
        for (String id : settings.policies().ids(level)) {
            if (column == null) {
                problems.add(
                        "policies: there is a rule for " + name + " \"" + id + "\", but messages have no " + missing);
                continue;
            }
            Optional<Object> value = column.value(id);
            if (value.isEmpty()) {
                problems.add("policies: \"" + id + "\" in the rule for " + scope(level, id) + " can be no value of "
                        + column + "; write it as the database shows it");
            } else {
                values.add(value.get());
            }
        }
        if (level == Level.ROOM && tables.rooms != null && !values.isEmpty()) {
            warnOfUnknown(tables.rooms, values);
        }
    }

    private static RetentionScope scope(Level level, String id) {
        return switch (level) {
            case TEAM -> RetentionScope.team(id);
            case USER -> RetentionScope.user(id);
            default -> RetentionScope.room(id);
        };
    }

    private void warnOfUnknown(Column rooms, List<Object> values) {
        Sql known = Sql.of("SELECT " + tables.column("m", rooms) + " FROM " + tables.table(rooms) + " m WHERE ")
                .add(session.dialect().isOneOf(tables.column("m", rooms), rooms, values));
        List<String> found = session.list(known, row -> Objects.requireNonNullElse(rooms.text(row, 1), ""));
        values.stream()
                .map(Object::toString)
                .filter(id -> !found.contains(id))
                .limit(20)
                .forEach(id ->
                        LOG.warn("There is a rule for room \"{}\", but no such room in {}", id, tables.table(rooms)));
    }

    private List<String> rights() {
        Map<String, String> needed = new LinkedHashMap<>();
        String messages = tables.messages();
        String key = tables.columns("m", tables.key);
        needed.put(Rights.needed("SELECT on " + messages), "SELECT " + key + " FROM " + messages + " m WHERE 1 = 0");
        needed.put(Rights.needed("DELETE on " + messages), session.dialect().deleteFrom(messages) + " WHERE 1 = 0");
        needed.put(
                Rights.needed("SELECT FOR UPDATE (which takes the UPDATE right) on " + messages),
                "SELECT " + key + " FROM " + messages + " m WHERE 1 = 0"
                        + session.dialect().forUpdate(false));
        for (HostTables.Child child : tables.children) {
            Column first = child.first();
            if (child.setLoose()) {
                updated(needed, first);
            } else {
                deleted(needed, first);
            }
            comparison(needed, child.refersBy(), child.to());
        }
        for (HostTables.Shared shared : tables.shared) {
            deleted(needed, shared.link());
            deleted(needed, shared.key());
            shared.keptBy().forEach(keeper -> selected(needed, keeper));
            comparison(needed, shared.messageKey(), tables.key);
        }
        tables.counters.forEach(counter -> updated(needed, counter.column()));
        if (tables.room != null) {
            tables.room.vias().forEach(via -> selected(needed, via.key()));
            if (tables.rooms != null) {
                comparison(needed, List.of(tables.room.value()), List.of(tables.rooms));
            }
        }
        if (tables.sender != null && tables.users != null) {
            comparison(needed, List.of(tables.sender), List.of(tables.users));
        }
        if (tables.softDeletes != null) {
            selected(needed, tables.softDeletes.refersBy().get(0));
            comparison(needed, tables.softDeletes.refersBy(), tables.key);
        }
        for (Column target : new Column[] {tables.rooms, tables.users}) {
            if (target != null) {
                selected(needed, target);
            }
        }
        return Rights.check(session, needed);
    }

    /** What is exempt or never goes can be for another table to say, which may be read, and compared. */
    private List<String> filters() {
        Map<String, Sql> needed = new LinkedHashMap<>();
        tables.never.forEach((name, filter) -> needed.put(asked("never", name), touchingNone(filter)));
        tables.exempt.forEach((name, filter) -> needed.put(asked("exempt", name), touchingNone(filter)));
        return Rights.checkAll(session, needed);
    }

    private static String asked(String kind, String name) {
        return "messages " + kind + ": what \"" + name
                + "\" names cannot be looked up; grant SELECT on its table to the"
                + " database's user, and give both columns one type and collation";
    }

    private Sql touchingNone(Filter filter) {
        return Sql.of("SELECT 1 FROM " + tables.messages() + " m WHERE (")
                .add(filter.on("m"))
                .add(") AND 1 = 0");
    }

    private void selected(Map<String, String> needed, Column of) {
        String table = tables.table(of);
        needed.put(
                Rights.needed("SELECT on " + table),
                "SELECT " + tables.column("m", of) + " FROM " + table + " m WHERE 1 = 0");
    }

    private void deleted(Map<String, String> needed, Column of) {
        selected(needed, of);
        String table = tables.table(of);
        needed.put(Rights.needed("DELETE on " + table), session.dialect().deleteFrom(table) + " WHERE 1 = 0");
    }

    private void updated(Map<String, String> needed, Column of) {
        selected(needed, of);
        String table = tables.table(of);
        needed.put(
                Rights.needed("UPDATE on " + table),
                session.dialect().update(table) + " SET " + session.dialect().assigned(of) + " = "
                        + tables.column("m", of) + " WHERE 1 = 0");
    }

    private void comparison(Map<String, String> needed, List<Column> from, List<Column> to) {
        needed.put(
                "schema: " + from.get(0) + " and " + to.get(0)
                        + " cannot be compared; give both one type and collation",
                "SELECT 1 FROM " + tables.table(from.get(0)) + " m, " + tables.table(to.get(0)) + " t WHERE "
                        + tables.equal("t", to, "m", from) + " AND 1 = 0");
    }

    private void warnings() {
        tables.sentAt.forEach(this::warnIfNotIndexed);
        if (tables.softDeletedAt != null) {
            warnIfNotIndexed(tables.softDeletedAt);
        }
    }

    private void warnIfNotIndexed(TimeColumn time) {
        if (!time.indexed()) {
            String columns = session.dialect().quote(time.column().name()) + ", "
                    + tables.key.stream()
                            .map(column -> session.dialect().quote(column.name()))
                            .reduce((one, other) -> one + ", " + other)
                            .orElse("");
            LOG.warn(
                    "No index begins with {}: each run reads the whole table. This helps: CREATE INDEX ON {} ({})",
                    time.column(),
                    tables.messages(),
                    columns);
        }
    }
}
