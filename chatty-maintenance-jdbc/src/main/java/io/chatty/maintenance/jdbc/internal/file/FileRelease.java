package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.file.EvictableFile;
import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.file.FileUsage.Outcome;
import io.chatty.maintenance.jdbc.internal.database.ChangedMeanwhile;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.OwnRows;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.outbox.Outbox;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives files up, in one transaction:
 *
 * <ol>
 *   <li>The rows are locked, in the order of their keys, and looked at again. Those that the host has locked are waited for a
 *       moment, and then left.
 *   <li>The host's listener keeps those that it wants to.
 *   <li>The rows go, by a statement that looks once more whether each may, and that no hold has come since.
 *   <li>All references are asked for the files. If one is left, all is undone, and done again without that file.
 *   <li>The names are written to the outbox, and the host does its part.
 * </ol>
 *
 * Not thread-safe.
 */
final class FileRelease {

    private final Session session;
    private final Dialect dialect;
    private final FileTable table;
    private final FileTableSettings settings;
    private final RunId run;
    private final EvictionListener listener;
    private final Map<String, Outcome> outcomes = new HashMap<>();

    FileRelease(Session session, FileTable table, FileTableSettings settings, RunId run, EvictionListener listener) {
        this.session = session;
        this.dialect = session.dialect();
        this.table = table;
        this.settings = settings;
        this.run = run;
        this.listener = listener;
    }

    /** @param referenced names of which it is known already that they have another reference */
    Map<String, Outcome> release(Collection<String> names, Instant madeBefore, Set<String> referenced)
            throws Exception {
        names.forEach(name -> outcomes.put(name, referenced.contains(name) ? Outcome.REFERENCED : Outcome.CHANGED));
        HoldRows.Known holds = HoldRows.join(session);
        Map<String, FileRow> going = going(names, madeBefore, holds);
        going.keySet().removeAll(referenced);
        veto(going);
        if (going.isEmpty()) {
            return outcomes;
        }
        List<FileRow> rows = List.copyOf(going.values());
        change(rows, madeBefore, holds);
        Set<String> left = new Probe(session, going.keySet()).find(table.sources());
        if (!left.isEmpty()) {
            throw new StillReferenced(left);
        }
        note(rows);
        List<EvictableFile> files =
                rows.stream().map(row -> row.file().orElseThrow()).toList();
        settings.following().released(session.connection(), files);
        listener.released(files);
        going.keySet().forEach(name -> outcomes.put(name, Outcome.RELEASED));
        return outcomes;
    }

    private record Locked(FileRow row, String reason) {}

    /** Locks the rows, and gives those that may go, by name. */
    private Map<String, FileRow> going(Collection<String> names, Instant madeBefore, HoldRows.Known holds) {
        List<Object> values = new ArrayList<>();
        for (String name : names) {
            for (String value : table.own().naming().values(name)) {
                (table.name().canBeEmpty()
                                ? Optional.of((Object) value)
                                : table.name().value(value))
                        .filter(any -> table.own().canHold().test(value))
                        .ifPresent(values::add);
            }
        }
        Map<String, FileRow> going = new LinkedHashMap<>();
        if (values.isEmpty()) {
            return going;
        }
        String key = String.join(", ", table.of(table.key()));
        Sql query = Sql.of("SELECT ")
                .add(table.reason(holds, madeBefore))
                .add(", " + FileRow.columns(table) + " FROM " + table.sqlTable() + " m WHERE ")
                .add(table.live())
                .add(" AND ")
                .add(dialect.isOneOf(table.of(table.name()), table.name(), values))
                .add(" ORDER BY " + key + dialect.forUpdate(session.skipsLocked()));
        for (Locked locked : session.list(
                query,
                row -> new Locked(
                        FileRow.read(table, row, 1), Objects.requireNonNullElse(row.getString(1), FileTable.HELD)))) {
            String name = locked.row().file().map(EvictableFile::name).orElse("");
            if (!outcomes.containsKey(name)) {
                continue; // the database finds equal what is written in another way
            }
            if (locked.reason().equals(FileTable.HELD)) {
                outcomes.put(name, Outcome.HELD);
            } else if (locked.reason().equals(FileTable.MAY_GO) && going.put(name, locked.row()) != null) {
                outcomes.put(name, Outcome.REFERENCED); // by two rows
            }
        }
        going.keySet().removeIf(name -> outcomes.get(name) != Outcome.CHANGED);
        return going;
    }

    private void veto(Map<String, FileRow> going) throws Exception {
        if (going.isEmpty()) {
            return;
        }
        List<EvictableFile> files =
                going.values().stream().map(row -> row.file().orElseThrow()).toList();
        for (String name : listener.kept(files)) {
            if (going.remove(name) != null) {
                outcomes.put(name, Outcome.VETOED);
            }
        }
    }

    private void change(List<FileRow> rows, Instant madeBefore, HoldRows.Known holds) {
        List<List<Object>> keys = new ArrayList<>();
        for (FileRow row : rows) {
            List<Object> key = new ArrayList<>();
            for (int i = 0; i < table.key().size(); i++) {
                Column column = table.key().get(i);
                key.add(FileTable.value(column, row.key().get(i)));
            }
            keys.add(key);
        }
        Sql change = FileTableReader.change(table, markedAt())
                .add(dialect.areOneOf(table.of(table.key()), table.key(), keys))
                .add(" AND ")
                .add(table.live())
                .add(" AND ")
                .add(table.mayGo(holds, madeBefore))
                .add(" AND ")
                .add(HoldRows.noneSince(holds));
        if (session.change(change) != rows.size()) {
            HoldRows.refuseNewer(session, holds);
            throw new ChangedMeanwhile(); // what evictable asks of other tables has changed
        }
    }

    private Optional<Object> markedAt() {
        @Nullable TimeColumn marked = table.marked();
        if (marked == null) {
            return Optional.empty();
        }
        Instant now = session.first(
                        dialect.timed(Sql.of("SELECT " + dialect.now())),
                        row -> Objects.requireNonNull(dialect.readInstant(row, 1)))
                .orElseThrow();
        return marked.cutOff(now);
    }

    /** As the outbox has them: what stands in the schema's columns, the name for others. */
    private void note(List<FileRow> rows) {
        List<List<@Nullable Object>> notes = new ArrayList<>();
        rows.forEach(row -> notes.add(List.of(row.value(), run.value())));
        OwnRows.insert(session, Outbox.FILES, List.of("path", "run_id"), "gone_at", notes);
    }
}
