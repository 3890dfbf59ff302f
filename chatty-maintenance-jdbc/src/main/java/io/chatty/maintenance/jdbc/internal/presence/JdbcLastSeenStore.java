package io.chatty.maintenance.jdbc.internal.presence;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.Rights;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.Catalogue;
import io.chatty.maintenance.presence.LastSeenStore;
import io.chatty.maintenance.task.SettingsException;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps in the host's database when users were last seen: in the library's own table, or in the host's. Which node says that it has
 * whom always stands in a table of our own. Thread-safe. The catalogue is read at the first use.
 */
public final class JdbcLastSeenStore implements LastSeenStore {

    static final String MARKS = "chatty_maintenance_online";
    static final Column MARKED = new Column(MARKS, "user_id", Types.VARCHAR, "varchar", true, false, false);

    private static final Map<String, String> RIGHTS = Map.of(
            Rights.needed("SELECT on " + MARKS),
            "SELECT node FROM " + MARKS + " WHERE 1 = 0",
            Rights.needed("INSERT on " + MARKS),
            "INSERT INTO " + MARKS + " (node, user_id) SELECT node, user_id FROM " + MARKS + " WHERE 1 = 0",
            Rights.needed("DELETE on " + MARKS),
            "DELETE FROM " + MARKS + " WHERE 1 = 0");

    private final Database database;
    private final @Nullable String schema;
    private final Optional<SeenSettings> hosts;
    private volatile @Nullable SeenTable table;

    /** @param hosts what is known of the host's own table; empty for the library's */
    public JdbcLastSeenStore(Database database, ChatSchema schema, Optional<SeenSettings> hosts) {
        this.database = database;
        this.schema = hosts.isPresent() ? schema.schema().orElse(null) : null;
        this.hosts = hosts;
    }

    @Override
    public List<String> problems() {
        return database.transaction(session -> {
            List<String> problems = new ArrayList<>(Migrations.problems(session));
            if (!problems.isEmpty() && hosts.isEmpty()) {
                return problems;
            }
            boolean migrated = problems.isEmpty();
            Optional<SeenTable> known = read(session, problems);
            if (migrated) {
                problems.addAll(Rights.check(session, RIGHTS));
            }
            known.ifPresent(found -> problems.addAll(rights(session, found)));
            return problems;
        });
    }

    private Optional<SeenTable> read(Session session, List<String> problems) throws SQLException {
        Catalogue catalogue = Catalogue.read(session.connection(), session.dialect(), schema);
        SeenTableReader reader = new SeenTableReader(session, catalogue, problems);
        return hosts.isPresent() ? reader.readHosts(hosts.get()) : reader.readOurs();
    }

    private static List<String> rights(Session session, SeenTable table) {
        Sql update = Sql.of(table.dialect().update(table.sqlTable()) + " SET "
                + table.dialect().assigned(table.seenAt().column()) + " = "
                + table.of(table.seenAt().column()));
        if (table.online() != null) {
            Column online = table.online().column();
            update.add(", " + table.dialect().assigned(online) + " = " + table.of(online));
        }
        Map<String, Sql> needed = new LinkedHashMap<>();
        needed.put(
                Rights.needed("SELECT and UPDATE on " + table.sqlTable()),
                update.add(" WHERE " + table.of(table.user()) + " IS NULL AND 1 = 0"));
        if (table.isOurs()) {
            needed.put(
                    Rights.needed("INSERT on " + table.sqlTable()),
                    Sql.of("INSERT INTO " + SeenTableReader.OURS + " (user_id, seen_at) SELECT user_id, seen_at FROM "
                            + SeenTableReader.OURS + " WHERE 1 = 0"));
        }
        return Rights.checkAll(session, needed);
    }

    private SeenTable table() {
        SeenTable known = table;
        if (known == null) {
            known = database.transaction(session -> {
                List<String> problems = new ArrayList<>(Migrations.problems(session));
                Optional<SeenTable> found = problems.isEmpty() ? read(session, problems) : Optional.empty();
                return found.orElseThrow(() -> new SettingsException(problems));
            });
            table = known;
        }
        return known;
    }

    @Override
    public void write(String node, Collection<Seen> seen) {
        LastSeenStore.check(node, seen);
        SeenTable known = table();
        List<Seen> possible =
                seen.stream().filter(each -> known.key(each.user()).isPresent()).toList();
        if (!possible.isEmpty()) {
            database.insistently(session -> {
                new SeenWriting(session, known, node).write(possible);
                return true;
            });
        }
    }

    @Override
    public Map<String, Instant> find(Collection<String> users) {
        Set<String> asked = new HashSet<>(users);
        LastSeenStore.checkNumber(asked.size());
        SeenTable known = table();
        asked.removeIf(user -> known.key(user).isEmpty());
        if (asked.isEmpty()) {
            return Map.of();
        }
        Sql query = Sql.of("SELECT " + known.of(known.user()) + ", "
                        + known.of(known.seenAt().column()) + " FROM " + known.sqlTable() + " m WHERE ")
                .add(known.isOneOf(asked));
        Map<String, Instant> found = new HashMap<>();
        database.statements(session -> session.list(
                        known.dialect().timed(query), row -> Map.entry(known.name(row, 1), known.time(row, 2))))
                .forEach(row -> row.getValue()
                        .filter(time -> asked.contains(row.getKey()))
                        .ifPresent(time -> found.put(row.getKey(), time)));
        return Map.copyOf(found);
    }

    @Override
    public List<String> online(String node, String after, int most) {
        if (most < 1) {
            throw new IllegalArgumentException("most: " + most + " given, 1 or more allowed");
        }
        table(); // which says what is wrong if there are no such tables
        return database.statements(session -> session.list(
                Sql.of("SELECT user_id FROM " + MARKS + " WHERE node = ?", node)
                        .add(session.dialect().pageByBytes("user_id", after, most)),
                row -> Objects.requireNonNull(row.getString(1))));
    }

    @Override
    public String toString() {
        return "JdbcLastSeenStore[" + hosts.map(SeenSettings::table).orElse(SeenTableReader.OURS) + "]";
    }
}
