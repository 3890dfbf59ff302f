package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.policy.Expiry;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.task.Counts;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What all that a batch may do at a step has in common: the rows that come next, and what says of them that they go. For one
 * batch; not thread-safe.
 *
 * @param tables the host's tables
 * @param session the batch's transaction
 * @param size how many rows it may look at
 * @param conditions what is due, in SQL
 * @param holds what is held
 * @param judge what is due, message by message
 * @param expiry what the policies say
 * @param now as of when
 * @param shown the columns that reviewing policies asked for
 * @param cursor where it stands
 */
record StepScope(
        HostTables tables,
        Session session,
        int size,
        Conditions conditions,
        HoldRows.Known holds,
        Judge judge,
        Expiry expiry,
        Instant now,
        List<Column> shown,
        CleanupCursor cursor) {

    StepScope at(CleanupCursor there) {
        return new StepScope(tables, session, size, conditions, holds, judge, expiry, now, shown, there);
    }

    MessageRows reading(boolean withBytes) {
        return conditions.reading(shown, withBytes);
    }

    Optional<Step.Stretch> next(Step step, int rows) {
        return step.next(session, cursor.position(), rows);
    }

    /** The rows up to an end. */
    Sql range(Step step, List<String> end) {
        return step.range(session, cursor.position(), end);
    }

    /** The rows up to an end that are due in that step. */
    Sql due(Step step, List<String> end) {
        return Sql.of("").add(range(step, end)).add(" AND (").add(step.due()).add(")");
    }

    /** Does something with a stretch of messages of which a condition says which are due. */
    @FunctionalInterface
    interface WithStretch {
        Look on(Step.Stretch stretch, Sql due);
    }

    /** By a condition that says what the rooms' rules say, where there is one for the stretch; else message by message. */
    Optional<Look> byRooms(Step step, int rows, WithStretch byCondition, Function<Step, Optional<Look>> judged) {
        Optional<Step.Stretch> next = next(step, rows);
        return next.isEmpty()
                ? Optional.empty()
                : dueByRooms(step, next.get())
                        .map(due -> byCondition.on(next.get(), due))
                        .or(() -> judged.apply(step));
    }

    private Optional<Sql> dueByRooms(Step step, Step.Stretch stretch) {
        if (stretch.end().isEmpty()) {
            return Optional.empty();
        }
        Step.Part time = step.walk().get(0);
        Optional<Object> from = cursor.position().stream().findFirst().map(time::value);
        return expiry.manyRooms(tables)
                .orElseThrow()
                .old(now, from, time.value(stretch.end().get(0)))
                .map(old -> range(step, stretch.end())
                        .add(" AND ")
                        .add(old)
                        .add(Conditions.andNot(conditions.softDeleted())));
    }

    /** What of the due rows is kept by nothing. */
    Sql going(Step step, Sql due) {
        Sql going = Sql.of("").add(due).add(" AND ").add(conditions.unlessKept(holds));
        return mayBeExempt(step) ? going.add(" AND ").add(conditions.unlessExempt()) : going;
    }

    /** Exemptions are no shield from the author's own delete, and none for orphans. */
    static boolean mayBeExempt(Step step) {
        return step.name().equals(CleanupSteps.EXPIRED) || step.kind() == Step.Kind.CAPPED;
    }

    /** What a message that was judged under lock must still fulfil when it is deleted: what other tables say. */
    Sql still(Step step, boolean deletionGone) {
        Sql still = conditions.unlessKept(holds);
        if (deletionGone && (tables.keyShared || step.name().equals(CleanupSteps.SOFT_DELETED))) {
            return still;
        }
        if (tables.keyShared) {
            return still.add(" AND (").add(conditions.anyReason()).add(")");
        }
        return mayBeExempt(step)
                ? still.add(" AND ").add(conditions.unlessExempt())
                : still.add(" AND (").add(step.due()).add(")");
    }

    /** Whether the row that says that a user deleted a message goes with it, so that it cannot be asked for at the end. */
    boolean deletionsGo() {
        HostTables.SoftDeletes deletes = tables.softDeletes;
        return deletes != null
                && tables.children.stream().anyMatch(child -> child.table().equals(deletes.table()));
    }

    /** Messages of the next part of the walk, of which those that the step's condition leaves are to be judged. */
    record Part(List<String> end, long examined, List<MessageRow> rows) {}

    Optional<Part> read(Step step, MessageRows reading) {
        // Several rows can stand at one place of a walk by a shared key: they are read with the last that has it.
        if (CleanupSteps.judgesAll(step) && !tables.keyShared) {
            return step.read(session, cursor.position(), size, reading)
                    .map(read -> new Part(read.end(), read.rows().size(), read.rows()));
        }
        return next(step, size)
                .map(stretch ->
                        new Part(stretch.end(), stretch.rows(), reading.find(session, due(step, stretch.end()))));
    }

    /** The keys of those that go in this step, each once. */
    static List<List<Object>> keys(Step step, List<MessageRow> rows, List<Judge.Judgement> judgements) {
        Set<List<Object>> keys = new LinkedHashSet<>();
        for (int i = 0; i < rows.size(); i++) {
            if (judgements.get(i).goesAs(step.name())) {
                keys.add(rows.get(i).key());
            }
        }
        return List.copyOf(keys);
    }

    /** Messages that cannot be named stay: they are counted as a step begins. */
    Counts withoutKey(Step step) {
        if (cursor.pass() != 1 || !cursor.position().isEmpty()) {
            return Counts.none();
        }
        return step.withoutKey()
                .map(rows -> step.name().equals(CleanupSteps.EXPIRED)
                        ? rows.add(Conditions.andNot(conditions.softDeleted()))
                        : rows)
                .map(rows -> Counts.none().plus("skipped.withoutKey", step.count(session, rows)))
                .orElse(Counts.none());
    }

    static Counts skipped(String prefix, List<Judge.Judgement> judgements) {
        Map<String, Long> why = new TreeMap<>();
        judgements.forEach(judgement -> judgement.kept().ifPresent(kept -> why.merge(prefix + kept, 1L, Long::sum)));
        return Counts.of(why);
    }
}
