package io.chatty.maintenance.jdbc.internal.presence;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.OwnRows;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.presence.SeenTable.OnlineColumn;
import io.chatty.maintenance.presence.LastSeenStore.Seen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a node says, in the transaction of a session; for one batch. The users' rows are locked first, in the order of their
 * keys, which is the same for every node: so two of them wait for one another and never both, and whoever has a row knows all marks
 * of its user. What need not change is not touched.
 */
final class SeenWriting {

    /** Each statement has a branch for each of its rows, and looks through them for each of its rows. */
    private static final int CHANGED_AT_ONCE = 125;

    private static final String MARKS = JdbcLastSeenStore.MARKS;
    private static final String MARKED = "user_id";

    private final Session session;
    private final SeenTable table;
    private final Dialect dialect;
    private final String node;

    SeenWriting(Session session, SeenTable table, String node) {
        this.session = session;
        this.table = table;
        this.dialect = session.dialect();
        this.node = node;
    }

    private record Known(String user, Optional<Instant> at, Optional<Boolean> online) {}

    private record Change(String user, @Nullable Object at) {}

    /** @param seen of users whose names are possible keys */
    void write(Collection<Seen> seen) {
        Map<String, Seen> wanted = new TreeMap<>();
        seen.forEach(each -> wanted.put(each.user(), each));
        Map<String, Known> known = lock(wanted.keySet());
        if (table.isOurs()) {
            insert(wanted, known.keySet());
        }
        Set<String> there = table.isOurs() ? wanted.keySet() : known.keySet();
        mark(wanted, there);
        change(wanted, known);
    }

    private Map<String, Known> lock(Collection<String> users) {
        OnlineColumn online = table.online();
        Sql query = Sql.of("SELECT " + table.of(table.user()) + ", "
                        + table.of(table.seenAt().column())
                        + (online == null ? "" : ", " + table.of(online.column())) + " FROM " + table.sqlTable()
                        + " m WHERE ")
                .add(table.exactly(users))
                .add(" ORDER BY " + table.exactKey() + dialect.forChange());
        Map<String, Known> known = new LinkedHashMap<>();
        session.list(
                        query,
                        row -> new Known(
                                table.name(row, 1),
                                table.time(row, 2),
                                online == null ? Optional.empty() : online.read(row, 3)))
                .forEach(row -> known.put(row.user(), row));
        known.keySet().retainAll(new HashSet<>(users));
        return known;
    }

    private void insert(Map<String, Seen> wanted, Set<String> known) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        wanted.forEach((user, seen) -> {
            if (!known.contains(user)) {
                at(seen).ifPresent(at -> rows.add(List.of(user, at)));
            }
        });
        OwnRows.insert(session, SeenTableReader.OURS, List.of("user_id", "seen_at"), rows);
    }

    /** A mark of a user who is no longer in the host's table goes as well: nobody would take it away later. */
    private void mark(Map<String, Seen> wanted, Set<String> there) {
        Set<String> marked = new HashSet<>(marks(wanted.keySet(), " AND node = ?"));
        List<List<@Nullable Object>> more = new ArrayList<>();
        List<String> less = new ArrayList<>();
        for (Seen seen : wanted.values()) {
            boolean isMarked = marked.contains(seen.user());
            if (!seen.online() && isMarked) {
                less.add(seen.user());
            } else if (seen.online() && !isMarked && there.contains(seen.user())) {
                more.add(List.of(node, seen.user()));
            }
        }
        OwnRows.insert(session, MARKS, List.of("node", MARKED), more);
        if (!less.isEmpty()) {
            session.change(Sql.of("DELETE FROM " + MARKS + " WHERE ")
                    .add(isMarked(less))
                    .add(" AND node = ?", node));
        }
    }

    private List<String> marks(Collection<String> users, String ofNode) {
        if (users.isEmpty()) {
            return List.of();
        }
        Sql query = Sql.of("SELECT DISTINCT " + MARKED + " FROM " + MARKS + " WHERE ")
                .add(isMarked(users))
                .add(ofNode, node);
        return session.list(query, row -> Objects.requireNonNull(row.getString(1)));
    }

    private Sql isMarked(Collection<String> users) {
        return dialect.isOneOf(MARKED, JdbcLastSeenStore.MARKED, List.copyOf(users));
    }

    private void change(Map<String, Seen> wanted, Map<String, Known> known) {
        Set<String> elsewhere = elsewhere(wanted, known.keySet());
        Map<Optional<Boolean>, List<Change>> changes = new LinkedHashMap<>();
        for (Known row : known.values()) {
            Seen seen = Objects.requireNonNull(wanted.get(row.user()));
            Optional<Object> at = at(seen).filter(value -> isLater(value, row.at()));
            Optional<Boolean> online = Optional.of(seen.online() || elsewhere.contains(row.user()))
                    .filter(is -> table.online() != null && !row.online().equals(Optional.of(is)));
            if (at.isPresent() || online.isPresent()) {
                changes.computeIfAbsent(online, any -> new ArrayList<>()).add(new Change(row.user(), at.orElse(null)));
            }
        }
        changes.forEach((online, rows) -> {
            for (int from = 0; from < rows.size(); from += CHANGED_AT_ONCE) {
                change(online, rows.subList(from, Math.min(rows.size(), from + CHANGED_AT_ONCE)));
            }
        });
    }

    /** What the column is to say. */
    private Optional<Object> at(Seen seen) {
        return seen.isTimeKnown() ? table.seenAt().telling(seen.at()) : Optional.empty();
    }

    /** By what the column says of it then: of an hour that the clock shows twice it may say less than is known. */
    private boolean isLater(Object value, Optional<Instant> than) {
        return than.isEmpty() || table.seenAt().earlierInstant(value).isAfter(than.get());
    }

    /** Those that this node no longer has and another one does. */
    private Set<String> elsewhere(Map<String, Seen> wanted, Set<String> known) {
        Set<String> gone = new TreeSet<>(known);
        gone.removeIf(user -> Objects.requireNonNull(wanted.get(user)).online());
        return table.online() == null ? Set.of() : Set.copyOf(marks(gone, " AND node <> ?"));
    }

    private void change(Optional<Boolean> online, List<Change> rows) {
        Sql update = Sql.of(dialect.update(table.sqlTable()) + " SET ");
        List<Change> moved = rows.stream().filter(row -> row.at() != null).toList();
        if (!moved.isEmpty()) {
            Column seenAt = table.seenAt().column();
            update.add(dialect.assigned(seenAt) + " = CASE " + table.exactKey());
            for (Change row : moved) {
                Object key = dialect.argument(table.key(row.user()).orElseThrow());
                update.add(" WHEN ? THEN ?", key, Objects.requireNonNull(row.at()));
            }
            update.add(" ELSE " + table.of(seenAt) + " END");
        }
        OnlineColumn column = table.online();
        if (online.isPresent() && column != null) {
            update.add(
                    (moved.isEmpty() ? "" : ", ") + dialect.assigned(column.column()) + " = ?",
                    column.value(online.get()));
        }
        session.change(update.add(" WHERE ")
                .add(table.exactly(rows.stream().map(Change::user).toList())));
    }
}
