package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.outbox.Outbox;
import io.chatty.maintenance.jdbc.internal.table.Filter;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.task.Counts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Rows of a table that go when nothing names them any more, and they are old enough: who names one anew has it from before.
 *
 * @param key the table's key
 * @param at when a row was made; what tells no time stays
 * @param namedBy all columns that hold such keys
 * @param unlessEmpty a table by which they are known to be named at all: while it is empty, nothing is done
 * @param kept which rows stay although nothing names them
 */
public record Unreferenced(Column key, TimeColumn at, List<Column> namedBy, String unlessEmpty, Optional<Filter> kept) {

    /** The rows of a shared table. */
    static Optional<Unreferenced> of(HostTables tables, HostTables.Shared shared) {
        List<Column> namedBy = new ArrayList<>(shared.keptBy());
        namedBy.add(shared.link());
        return shared.at()
                .map(at -> new Unreferenced(shared.key(), at, namedBy, tables.table(shared.link()), Optional.empty()));
    }

    /** A row, of a table that is called {@code m}, was made before that, and nothing names it. */
    public Sql due(HostTables tables, Instant before) {
        String of = tables.column("m", key);
        Sql due = Sql.of("EXISTS (SELECT 1 FROM " + unlessEmpty + ") AND " + of + " IS NOT NULL AND ")
                .add(at.cutOff(before)
                        .map(cutOff -> at.before(tables.dialect, tables.column("m", at.column()), cutOff))
                        .orElseGet(() -> Sql.of("1 = 0")));
        namedBy.forEach(column -> due.add(" AND NOT EXISTS (SELECT 1 FROM " + tables.table(column) + " t WHERE "
                + tables.column("t", column) + " = " + of + ")"));
        kept.ifPresent(keep -> due.add(" AND NOT (").add(keep.on("m")).add(")"));
        return due;
    }

    /**
     * Deletes what fulfils a condition: locks it first, for which it waits until who just names one by a foreign key has
     * committed, and looks once more when it has the lock.
     *
     * @param step of these rows
     * @param files the columns that hold paths of files
     * @param outbox where the paths are told
     */
    public Deletion.Gone remove(
            Session session, HostTables tables, Step step, Sql condition, List<Column> files, Optional<Outbox> outbox) {
        String of = tables.column("m", key);
        Sql lock = Sql.of("SELECT " + of + " FROM " + step.table() + " m WHERE ")
                .add(condition)
                .add(" ORDER BY " + of + session.dialect().forUpdate(session.skipsLocked()));
        List<Object> keys =
                session.list(lock, row -> Objects.requireNonNull(MessageRows.value(row, 1, key), "a key was NULL"));
        long locked = session.skipsLocked() ? Math.max(0, step.count(session, condition) - keys.size()) : 0;
        if (keys.isEmpty()) {
            return new Deletion.Gone(0, Counts.none(), locked);
        }
        Sql still = session.dialect().isOneOf(of, key, keys).add(" AND ").add(condition);
        if (!files.isEmpty()) {
            outbox.ifPresent(told -> told.add(files, still));
        }
        long gone = session.change(session.deleteFrom(step.table(), still));
        outbox.ifPresent(Outbox::files);
        return new Deletion.Gone(gone, Counts.none(), locked);
    }
}
