package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Deletes what is due in a range, children with their messages, and re-checks that it is due in the very statement that
 * deletes.
 *
 * <p>Where a statement can delete and go on with what it deleted (PostgreSQL), that is one statement: a child goes because
 * its message's row was returned as deleted. Elsewhere the messages are locked first, which re-checks them; then their
 * children go, then they. Deleting children first, without the lock, would lose the children of a message that is pinned in
 * between.
 *
 * <p>Rows that the host has locked are waited for a moment; a batch that meets them still locked is done again without
 * them, see {@link Database#batch}. They are counted.
 */
final class Deletion {

    private static final int TRIES = 3;

    private final HostTables tables;
    private final Session session;

    Deletion(HostTables tables, Session session) {
        this.tables = tables;
        this.session = session;
    }

    /**
     * What went.
     *
     * @param rows rows of the step's own table
     * @param children what went with them, by name of count
     * @param locked how many due rows were left out because they were locked
     */
    record Gone(long rows, Counts children, long locked) {}

    Gone delete(Step step, Step.Stretch stretch, Sql condition) {
        if (!step.ofMessages()) {
            return session.skipsLocked()
                    ? new Gone(0, Counts.none(), step.count(session, condition))
                    : new Gone(session.change(deleteFrom(step.table(), condition)), Counts.none(), 0);
        }
        if (step.byOwnColumns() && session.dialect().chainsChanges() && !session.skipsLocked()) {
            return inOneStatement(condition, stretch.keys());
        }
        return session.skipsLocked() ? unlessChildrenAreLocked(step, condition) : lockedFirst(step, condition);
    }

    /** Where the host has children of due messages locked, all of the stretch is left for later. */
    private Gone unlessChildrenAreLocked(Step step, Sql condition) {
        try {
            return session.orUndo(() -> lockedFirst(step, condition));
        } catch (RuntimeException e) {
            if (DatabaseException.sqlCause(e)
                    .filter(session.dialect()::callsForSecondTry)
                    .isEmpty()) {
                throw e;
            }
            return new Gone(0, Counts.none(), step.count(session, condition));
        }
    }

    private Sql deleteFrom(String table, Sql condition) {
        return Sql.of(session.dialect().deleteFrom(table) + " WHERE ").add(condition);
    }

    /**
     * Where keys run with the walk, a bound on their span lets the children be found by one scan of an index range instead
     * of a look for each message. The messages are held to it too, or one that was inserted meanwhile would go without its
     * children.
     */
    private Gone inOneStatement(Sql condition, Optional<Step.KeySpan> keys) {
        if (keys.isPresent()) {
            session.dialect().preferRangesToLookups(session);
        }
        String key = tables.column("m", tables.key);
        Sql sql = Sql.of("WITH gone AS (DELETE FROM " + tables.table(tables.key) + " m WHERE ")
                .add(condition);
        keys.ifPresent(span -> sql.add(" AND ").add(span.has(key)));
        sql.add(" RETURNING " + key + " AS id)");
        StringBuilder results = new StringBuilder(" SELECT (SELECT COUNT(*) FROM gone)");
        for (int i = 0; i < tables.children.size(); i++) {
            Column messageKey = tables.children.get(i).messageKey();
            String childKey = tables.column("c", messageKey);
            sql.add(", c" + i + " AS (DELETE FROM " + tables.table(messageKey) + " c USING gone WHERE " + childKey
                    + " = gone.id");
            keys.ifPresent(span -> sql.add(" AND ").add(span.has(childKey)));
            sql.add(" RETURNING 1)");
            results.append(", (SELECT COUNT(*) FROM c").append(i).append(")");
        }
        List<Long> went = session.changes(sql.add(results.toString()));
        Counts children = Counts.none();
        for (int i = 0; i < tables.children.size(); i++) {
            children = children.plus(childCount(i), went.get(i + 1));
        }
        return new Gone(went.get(0), children, 0);
    }

    private String childCount(int child) {
        return "deleted.children." + tables.children.get(child).given();
    }

    /**
     * What is due can change between the lock and the delete only by other tables than the message's (a room that comes
     * back); then all of it is undone and done again.
     */
    private Gone lockedFirst(Step step, Sql condition) {
        if (step.byOwnColumns()) {
            return lockedOnce(step, condition);
        }
        for (int i = 1; i < TRIES; i++) {
            try {
                return session.orUndo(() -> lockedOnce(step, condition));
            } catch (ChangedMeanwhile e) {
                // once more
            }
        }
        return session.orUndo(() -> lockedOnce(step, condition));
    }

    private Gone lockedOnce(Step step, Sql condition) {
        boolean skipLocked = session.skipsLocked();
        Column key = tables.key;
        String expression = tables.column("m", key);
        String order = step.walk().stream().map(Step.Part::expression).collect(Collectors.joining(", "));
        List<Object> keys = session.list(
                Sql.of("SELECT " + expression + " FROM " + step.table() + " m WHERE ")
                        .add(condition)
                        .add(" ORDER BY " + order + session.dialect().forUpdate(skipLocked)),
                row -> key.value(key.text(row, 1)).orElseThrow());
        Counts children = Counts.none();
        long locked = skipLocked ? Math.max(0, step.count(session, condition) - keys.size()) : 0;
        for (int i = 0; i < tables.children.size(); i++) {
            Column messageKey = tables.children.get(i).messageKey();
            long went = keys.isEmpty() ? 0 : session.change(deleteFrom(tables.table(messageKey), of(messageKey, keys)));
            children = children.plus(childCount(i), went);
        }
        if (!keys.isEmpty()) {
            Sql still = session.dialect()
                    .isOneOf(expression, key, keys)
                    .add(" AND ")
                    .add(condition);
            if (session.change(deleteFrom(step.table(), still)) != keys.size()) {
                throw new ChangedMeanwhile();
            }
        }
        return new Gone(keys.size(), children, locked);
    }

    /**
     * Children of those messages. Texts can be alike in the child's collation and differ in the message's: there the
     * database itself has to say which message a child refers to.
     */
    private Sql of(Column messageKey, List<Object> keys) {
        Column key = tables.key;
        Sql ofThem = session.dialect().isOneOf(tables.column("m", messageKey), key, keys);
        return key.isText()
                ? ofThem.add(" AND EXISTS (SELECT 1 FROM " + tables.table(key) + " k WHERE " + tables.column("k", key)
                                + " = " + tables.column("m", messageKey) + " AND ")
                        .add(session.dialect().isOneOf(tables.column("k", key), key, keys))
                        .add(")")
                : ofThem;
    }

    private static final class ChangedMeanwhile extends MaintenanceException {
        private static final long serialVersionUID = 1;

        private ChangedMeanwhile() {
            super("what is due changed between lock and delete, " + TRIES + " times in a row; the batch was undone");
        }
    }
}
