package io.chatty.maintenance.jdbc.internal.archive;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.KeyText;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Moves messages of one run from the archive's tables back to the host's, or removes them from the archive. Not thread-safe. */
public final class Restoration {

    private final HostTables tables;
    private final Twins twins;
    private final Session session;

    public Restoration(HostTables tables, Twins twins, Session session) {
        this.tables = tables;
        this.twins = twins;
        this.session = session;
    }

    /** Moves those of that run back that are not there, with all that went with them. */
    Counts restore(String run, List<ArchiveRows.Archived> archived) {
        Column key = tables.key.get(0);
        String list = tables.columns("m", tables.key);
        Sql away = Sql.of("SELECT " + list + " FROM " + twins.of(key) + " m WHERE ")
                .add(ofRun("m", run, tables.key, keys(archived)))
                .add(" AND NOT EXISTS (SELECT 1 FROM " + tables.messages() + " t WHERE "
                        + tables.equal("t", tables.key, "m", tables.key) + ") FOR UPDATE");
        Set<List<Object>> missing = new HashSet<>(session.list(away, row -> {
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < tables.key.size(); i++) {
                String text = tables.key.get(i).text(row, i + 1);
                values.add(tables.key.get(i).value(text == null ? "" : text).orElseThrow());
            }
            return values;
        }));
        List<ArchiveRows.Archived> back = archived.stream()
                .filter(each -> missing.contains(KeyText.values(each.key(), tables.key)))
                .toList();
        Counts counts = Counts.none()
                .plus("restored.messages", 0)
                .plus("skipped.alreadyThere", archived.size() - (long) back.size());
        if (back.isEmpty()) {
            return counts;
        }
        Sql those = ofRun("m", run, tables.key, keys(back));
        counts = counts.plus("restored.messages", insert(key, those));
        for (HostTables.Shared shared : tables.shared) {
            counts = counts.plus(
                    "restored.children." + shared.given(), insert(shared.key(), sharedBy(shared, run, back)));
            insert(shared.link(), of(shared.messageKey(), tables.key, run, back));
        }
        for (HostTables.Child child : tables.children) {
            if (!child.setLoose()) {
                counts = counts.plus(
                        "restored.children." + child.given(),
                        insert(child.first(), of(child.refersBy(), child.to(), run, back)));
            }
        }
        Sql ofThem = ofRun("k", run, tables.key, keys(back));
        tables.counters.forEach(counter -> count(session, tables, counter, twins.of(key), ofThem));
        forget(run, back);
        return counts;
    }

    private List<List<Object>> keys(List<ArchiveRows.Archived> archived) {
        return archived.stream()
                .map(each -> KeyText.values(each.key(), tables.key))
                .distinct()
                .toList();
    }

    private Sql ofRun(String alias, String run, List<Column> columns, List<List<Object>> keys) {
        return Sql.of(alias + "." + Twins.RUN + " = ? AND ", run).add(tables.areOneOf(alias, columns, keys));
    }

    /** Rows of a twin that refer to those messages in the archive. */
    private Sql of(List<Column> columns, List<Column> to, String run, List<ArchiveRows.Archived> archived) {
        return Sql.of(
                        "m." + Twins.RUN + " = ? AND EXISTS (SELECT 1 FROM " + twins.of(tables.key.get(0)) + " k WHERE "
                                + tables.equal("k", to, "m", columns) + " AND ",
                        run)
                .add(ofRun("k", run, tables.key, keys(archived)))
                .add(")");
    }

    /** Shared rows that went with those messages, and are not there. */
    private Sql sharedBy(HostTables.Shared shared, String run, List<ArchiveRows.Archived> archived) {
        String key = tables.column("m", shared.key());
        return Sql.of(
                        "m." + Twins.RUN + " = ? AND NOT EXISTS (SELECT 1 FROM " + tables.table(shared.key())
                                + " t WHERE "
                                + tables.column("t", shared.key()) + " = " + key + ") AND EXISTS (SELECT 1 FROM "
                                + twins.of(shared.link()) + " l WHERE " + tables.column("l", shared.link()) + " = "
                                + key
                                + " AND ",
                        run)
                .add(ofRun("l", run, shared.messageKey(), keys(archived)))
                .add(")");
    }

    private long insert(Column ofTable, Sql condition) {
        String table = ofTable.table();
        List<String> common = twins.common(table);
        for (String lost : twins.lost(table)) {
            String column = session.dialect().quote(lost);
            Sql held = Sql.of(
                            "SELECT COUNT(*) FROM " + twins.of(ofTable) + " m WHERE m." + column + " IS NOT NULL AND ")
                    .add(condition);
            if (session.count(held) > 0) {
                throw new MaintenanceException("restore: column \"" + lost + "\" of table \"" + table
                        + "\" is gone, and archived rows hold something there that would be lost; add it again, or empty it in "
                        + twins.name(table));
            }
        }
        Sql insert = Sql.of("INSERT INTO " + tables.table(ofTable) + " (" + twins.quoted("", common) + ")"
                        + session.dialect().asGiven() + " SELECT " + twins.quoted("m", common) + " FROM "
                        + twins.of(ofTable) + " m WHERE ")
                .add(condition);
        return session.change(session.dialect().unchecked(insert));
    }

    /**
     * Adds messages that came back to a counter.
     *
     * @param table one that has them, for SQL
     * @param ofThem which of its rows they are, where it is called {@code k}
     */
    static void count(Session session, HostTables tables, HostTables.Count counter, String table, Sql ofThem) {
        String of = tables.column("k", counter.of());
        Sql rows = Sql.of(" FROM " + table + " k WHERE ").add(ofThem);
        counter.counted().ifPresent(counted -> rows.add(" AND ").add(counted.on("k")));
        String column = tables.column("m", counter.column());
        String key = tables.column("m", counter.key());
        Sql update = Sql.of(session.dialect().update(tables.table(counter.key())) + " SET "
                        + session.dialect().assigned(counter.column()) + " = " + column + " + (SELECT COUNT(*)")
                .add(rows)
                .add(" AND " + of + " = " + key + ") WHERE " + column + " IS NOT NULL AND " + key + " IN (SELECT " + of)
                .add(rows)
                .add(")");
        session.change(update);
    }

    /** Removes them from the archive, with all that is there with them. */
    public void forget(String run, List<ArchiveRows.Archived> archived) {
        for (HostTables.Child child : tables.children) {
            if (!child.setLoose()) {
                delete(child.first(), of(child.refersBy(), child.to(), run, archived));
            }
        }
        for (HostTables.Shared shared : tables.shared) {
            delete(shared.link(), of(shared.messageKey(), tables.key, run, archived));
            String links = twins.of(shared.link());
            delete(
                    shared.key(),
                    Sql.of(
                            "m." + Twins.RUN + " = ? AND NOT EXISTS (SELECT 1 FROM " + links + " l WHERE "
                                    + tables.column("l", shared.link()) + " = " + tables.column("m", shared.key())
                                    + " AND l."
                                    + Twins.RUN + " = m." + Twins.RUN + ")",
                            run));
        }
        delete(tables.key.get(0), ofRun("m", run, tables.key, keys(archived)));
        ArchiveRows.forget(session, archived);
    }

    private void delete(Column ofTable, Sql condition) {
        session.change(session.deleteFrom(twins.of(ofTable), condition));
    }
}
