package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.ChangedMeanwhile;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.DatabaseException;
import io.chatty.maintenance.jdbc.internal.database.Dialect;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.retention.RetentionDecision;
import io.chatty.maintenance.task.Counts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Deletes what is due, children with their messages, and re-checks that it is due in the very statement that deletes.
 *
 * <p>Where a statement can delete and go on with what it deleted (PostgreSQL), and a condition says what is due, that is one
 * statement: a child goes because its message's row was returned as deleted. Otherwise the messages are locked first and
 * looked at once more; then all that belongs to them goes, then they, see {@link Removal}. Deleting children first, without
 * the lock, would lose the children of a message that is pinned in between.
 *
 * <p>Rows that the host has locked are waited for a moment; a batch that meets them still locked is done again without
 * them, see {@link Database#batch}. They are counted.
 */
public final class Deletion {

    private final HostTables tables;
    private final Session session;
    private final MessageRows reading;
    private final Removal.Aside aside;
    private final Function<RetentionDecision, String> named;

    /**
     * @param named under which name it is counted what was decided so
     */
    public Deletion(
            HostTables tables,
            Session session,
            MessageRows reading,
            Removal.Aside aside,
            Function<RetentionDecision, String> named) {
        this.tables = tables;
        this.session = session;
        this.reading = reading;
        this.aside = aside;
        this.named = named;
    }

    /**
     * What went.
     *
     * @param rows rows of the step's own table
     * @param others what else came of it, by name of count
     * @param locked how many due rows were left out because they were locked
     */
    public record Gone(long rows, Counts others, long locked) {

        /** So many rows, and nothing else came of it. */
        static Gone of(long rows) {
            return new Gone(rows, Counts.none(), 0);
        }

        /** The same, of which more came. */
        Gone with(Counts more) {
            return new Gone(rows, others.plus(more), locked);
        }
    }

    /** Says of messages that were read under lock which of them go. */
    @FunctionalInterface
    public interface SecondLook {
        List<Judge.Judgement> judge(List<MessageRow> rows);
    }

    /** Rows of a table that belong to nothing else. */
    Gone rows(Step step, Sql condition) {
        HostTables.Shared shared = CleanupSteps.shared(tables, step).orElse(null);
        if (shared != null) {
            return Unreferenced.of(tables, shared)
                    .map(rows -> rows.remove(session, tables, step, condition, shared.files(), aside.outbox()))
                    .orElseThrow();
        }
        return session.skipsLocked()
                ? new Gone(0, Counts.none(), step.count(session, condition))
                : Gone.of(session.change(session.deleteFrom(step.table(), condition)));
    }

    /** Messages in a range, of which a condition on their own columns says whether they are due. */
    Gone range(Step step, Step.Stretch stretch, Sql condition) {
        if (!session.skipsLocked() && session.dialect().chainsChanges() && isSimple()) {
            return inOneStatement(condition, tables.key.size() == 1 ? stretch.keys() : Optional.empty());
        }
        String index = tables.keyIndex;
        if (session.isFirstTry() && index != null && stretch.keys().isPresent() && canGoBySpan(condition)) {
            return bySpan(stretch.keys().get(), index, condition);
        }
        return unlessChildrenAreLocked(
                () -> {
                    List<MessageRow> locked = lock(condition, step.order());
                    long left = session.skipsLocked() ? Math.max(0, step.count(session, condition) - locked.size()) : 0;
                    return gone(
                            new Removal(tables, session, reading, aside).remove(locked, condition, Optional.empty()),
                            locked.size(),
                            left);
                },
                () -> step.count(session, condition));
    }

    /**
     * Messages that were judged; they are looked at once more when they are locked.
     *
     * @param still what each must still fulfil when it is deleted
     * @param first what each must still fulfil before anything is deleted
     */
    public Gone judged(List<List<Object>> keys, SecondLook look, String reason, Sql still, Optional<Sql> first) {
        if (keys.isEmpty()) {
            return new Gone(
                    0,
                    new Removal(tables, session, reading, aside)
                            .remove(List.of(), still, first)
                            .others(),
                    0);
        }
        return unlessChildrenAreLocked(
                () -> {
                    Sql ofThem = tables.haveKey(keys);
                    List<MessageRow> locked = lock(ofThem, tables.columns("m", tables.key));
                    List<Judge.Judgement> judgements = look.judge(locked);
                    long left = session.skipsLocked() ? keys.size() - different(locked) : 0;
                    List<MessageRow> due = due(ofThem, locked, judgements, reason);
                    if (tables.keyShared && session.skipsLocked()) {
                        due = List.of(); // a row that is locked could share the key of one that is not
                        left = keys.size();
                    }
                    Gone gone = gone(removed(due, still, first), due.size(), left);
                    return byReason(gone, reason, locked, judgements, due);
                },
                () -> (long) keys.size());
    }

    /** Messages that are locked, and were judged under the lock. */
    private Removal.Gone removed(List<MessageRow> due, Sql still, Optional<Sql> first) {
        if (first.isPresent() || due.isEmpty() || !session.dialect().chainsChanges() || !isSimple()) {
            return new Removal(tables, session, reading, aside).remove(due, still, first);
        }
        Sql ofThem = tables.haveKey(due.stream().map(MessageRow::key).toList());
        Gone gone = inOneStatement(ofThem.add(" AND ").add(still), Optional.empty());
        return new Removal.Gone(gone.rows(), gone.others());
    }

    /** Those that share a key can go for a reason that is another step's. */
    private Gone byReason(
            Gone gone, String reason, List<MessageRow> rows, List<Judge.Judgement> judgements, List<MessageRow> due) {
        Set<MessageRow> went = Collections.newSetFromMap(new IdentityHashMap<>());
        went.addAll(due);
        Counts others = gone.others().plus(byPolicy(rows, judgements, went));
        long ofThis = gone.rows();
        for (int i = 0; i < rows.size(); i++) {
            String own = judgements.get(i).reason().orElse(reason);
            if (went.contains(rows.get(i)) && !own.equals(reason)) {
                others = others.plus("deleted." + own, 1);
                ofThis--;
            }
        }
        return new Gone(ofThis, others, gone.locked());
    }

    private static Gone gone(Removal.Gone gone, int due, long locked) {
        if (gone.messages() != due) {
            throw new ChangedMeanwhile();
        }
        return new Gone(gone.messages(), gone.others(), locked);
    }

    private long different(List<MessageRow> rows) {
        Set<List<Object>> keys = new HashSet<>();
        rows.forEach(row -> keys.add(row.key()));
        return keys.size();
    }

    private List<MessageRow> due(Sql ofThem, List<MessageRow> rows, List<Judge.Judgement> judgements, String reason) {
        if (tables.keyShared) {
            Map<List<Object>, Boolean> goes = new SharedKeys(tables, session).allGo(ofThem, rows, judgements);
            return rows.stream()
                    .filter(row -> goes.getOrDefault(row.key(), false))
                    .toList();
        }
        List<MessageRow> due = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (judgements.get(i).goesAs(reason)) {
                due.add(rows.get(i));
            }
        }
        return due;
    }

    private Counts byPolicy(List<MessageRow> rows, List<Judge.Judgement> judgements, Set<MessageRow> went) {
        Map<String, Long> byPolicy = new HashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            if (went.contains(rows.get(i))) {
                judgements
                        .get(i)
                        .decision()
                        .ifPresent(by -> byPolicy.merge("deleted.by." + named.apply(by), 1L, Long::sum));
            }
        }
        return Counts.of(byPolicy);
    }

    private List<MessageRow> lock(Sql condition, String order) {
        return reading.find(
                session,
                Sql.of("")
                        .add(condition)
                        .add(" ORDER BY " + order + session.dialect().forUpdate(session.skipsLocked())));
    }

    /**
     * Where the host has children of due messages locked, all of the stretch is left for later.
     *
     * <p>What is due can change between the lock and the delete only by other tables than the message's (a room that comes
     * back, a hold); then all of the batch is undone and done again, see {@link Database#batch}.
     */
    private Gone unlessChildrenAreLocked(Supplier<Gone> removing, Supplier<Long> due) {
        if (!session.skipsLocked()) {
            return removing.get();
        }
        try {
            return session.orUndo(removing::get);
        } catch (RuntimeException e) {
            if (DatabaseException.sqlCause(e)
                    .filter(session.dialect()::callsForSecondTry)
                    .isEmpty()) {
                throw e;
            }
            return new Gone(0, Counts.none(), due.get());
        }
    }

    /** Whether one statement can say what goes with a message. */
    private boolean isSimple() {
        return aside.isNothing()
                && !tables.keyShared
                && tables.shared.isEmpty()
                && tables.counters.isEmpty()
                && tables.files.isEmpty()
                && tables.children.stream()
                        .allMatch(child ->
                                child.files().isEmpty() && !child.table().equals(tables.messageTable()));
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
        List<Column> returned = new ArrayList<>(tables.key);
        tables.children.forEach(child ->
                child.to().stream().filter(column -> !returned.contains(column)).forEach(returned::add));
        Sql sql = Sql.of("WITH deleted AS (DELETE FROM " + tables.messages() + " m WHERE ")
                .add(condition);
        keys.ifPresent(span -> sql.add(" AND ").add(span.has(tables.column("m", tables.onlyKey()))));
        sql.add(" RETURNING " + tables.columns("m", returned) + "), gone AS MATERIALIZED (SELECT * FROM deleted d");
        keys.ifPresent(
                span -> sql.add(" ORDER BY " + tables.columns("d", tables.key))); // once, not for each child's join
        sql.add(")");
        StringBuilder results = new StringBuilder(" SELECT (SELECT COUNT(*) FROM gone)");
        for (int i = 0; i < tables.children.size(); i++) {
            HostTables.Child child = tables.children.get(i);
            sql.add(", c" + i + " AS (").add(withThem(child));
            if (keys.isPresent() && child.to().equals(tables.key)) {
                sql.add(" AND ").add(keys.get().has(tables.column("c", child.first())));
            }
            child.where().ifPresent(where -> sql.add(" AND ").add(where.on("c")));
            sql.add(" RETURNING 1)");
            results.append(", (SELECT COUNT(*) FROM c").append(i).append(")");
        }
        List<Long> went = session.changes(sql.add(results.toString()));
        Counts others = Counts.none();
        for (int i = 0; i < tables.children.size(); i++) {
            others = others.plus(Removal.name(tables.children.get(i)), went.get(i + 1));
        }
        return new Gone(went.get(0), others, 0);
    }

    private boolean canGoBySpan(Sql condition) {
        return HoldRows.asksNoOtherTable(condition)
                && session.dialect().deletesByJoin()
                && isSimple()
                && tables.children.stream()
                        .allMatch(child -> !child.setLoose() && child.to().equals(tables.key));
    }

    /**
     * Where keys lie close together, all statements go by their span, not by lists of keys. What was locked stays as it is,
     * but more can become due meanwhile and lose its children first. None of that can leave again, as no other table is asked: a
     * message by which children were found is locked, too. So the numbers tell: if others went than were locked, all of it has to be undone.
     */
    private Gone bySpan(Step.KeySpan span, String index, Sql condition) {
        Dialect dialect = session.dialect();
        String messages = tables.messages() + " m" + dialect.byIndex(index);
        Sql due = span.has(tables.column("m", tables.onlyKey())).add(" AND ").add(condition);
        long locked = session.count(
                Sql.of("SELECT COUNT(*) FROM " + messages + " WHERE ").add(due).add(dialect.forUpdate(false)));
        Counts others = Counts.none();
        for (HostTables.Child child : tables.children) {
            Sql ofThem = Sql.of("DELETE c FROM " + tables.table(child.table()) + " c JOIN " + messages + " ON "
                            + tables.equal("c", child.refersBy(), "m", child.to()) + " WHERE ")
                    .add(span.has(tables.column("c", child.first())));
            child.where().ifPresent(where -> ofThem.add(" AND ").add(where.on("c")));
            others = others.plus(
                    Removal.name(child),
                    locked == 0 ? 0 : session.change(ofThem.add(" AND ").add(due)));
        }
        long gone = locked == 0
                ? 0
                : session.change(Sql.of("DELETE m FROM " + messages + " WHERE ").add(due));
        if (gone != locked) {
            throw new ChangedMeanwhile();
        }
        return new Gone(gone, others, 0);
    }

    private Sql withThem(HostTables.Child child) {
        String table = tables.table(child.table());
        StringBuilder of = new StringBuilder(" WHERE " + tables.equal("c", child.refersBy(), "gone", child.to()));
        child.to().stream() // an empty text refers to nothing
                .filter(Column::isText)
                .forEach(column ->
                        of.append(" AND ").append(tables.column("gone", column)).append(" <> ''"));
        if (!child.setLoose()) {
            return Sql.of("DELETE FROM " + table + " c USING gone" + of);
        }
        return Sql.of("UPDATE " + table + " c SET " + Removal.noLonger(session, child) + " FROM gone" + of);
    }
}
