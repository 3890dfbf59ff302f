package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.hold.HoldRows;
import io.chatty.maintenance.jdbc.internal.policy.Expiry;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import io.chatty.maintenance.jdbc.internal.table.Reach;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.retention.RetentionDecision;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * When a message is due, as SQL about a message table that is called {@code m}. Conditions are joined so that each message
 * counts once: as soft-deleted, else as expired, else as orphaned. {@link Judge} says the same of a row that was read.
 */
public final class Conditions implements MessageRows.Due {

    private static final String M = "m";

    private final HostTables tables;
    private final CleanupSettings settings;
    private final Expiry expiry;
    private final Instant now;

    public Conditions(HostTables tables, CleanupSettings settings, Expiry expiry, Instant now) {
        this.tables = tables;
        this.settings = settings;
        this.expiry = expiry;
        this.now = now;
    }

    private String m(Column column) {
        return tables.column(M, column);
    }

    private Optional<Instant> graceEnds() {
        return settings.softDeleteGrace().map(now::minus);
    }

    /**
     * Reads messages.
     *
     * @param values the columns that reviewing policies asked for
     * @param withBytes whether to look how much each takes
     */
    public MessageRows reading(List<Column> values, boolean withBytes) {
        return new MessageRows(tables, this, values, withBytes);
    }

    @Override
    public boolean graceIsOver(Object deletedAt) {
        TimeColumn column = tables.softDeletedAt;
        return column != null
                && graceEnds()
                        .flatMap(column::cutOff)
                        .filter(cutOff -> TimeColumn.isBefore(deletedAt, cutOff))
                        .isPresent();
    }

    @Override
    public Optional<Sql> softDeleted() {
        TimeColumn deletedAt = tables.softDeletedAt;
        if (deletedAt != null) {
            return graceEnds()
                    .flatMap(deletedAt::cutOff)
                    .map(cutOff -> deletedAt.before(tables.dialect, m(deletedAt.column()), cutOff));
        }
        HostTables.SoftDeletes deletes = tables.softDeletes;
        if (deletes == null) {
            return Optional.empty();
        }
        return graceEnds()
                .flatMap(deletes.at()::cutOff)
                .map(cutOff -> Sql.of(deletionRow(deletes, M) + " AND ")
                        .add(deletes.at()
                                .before(
                                        tables.dialect,
                                        tables.column("d", deletes.at().column()),
                                        cutOff))
                        .add(")"));
    }

    /** Another table says that a user deleted it, and what follows; a message of a table that is called that. */
    private String deletionRow(HostTables.SoftDeletes deletes, String alias) {
        return "EXISTS (SELECT 1 FROM " + tables.table(deletes.table()) + " d WHERE "
                + tables.equal("d", deletes.refersBy(), alias, tables.key);
    }

    /** No user deleted it; for a message table that is called that. */
    Sql live(String alias) {
        TimeColumn deletedAt = tables.softDeletedAt;
        if (deletedAt != null) {
            return deletedAt.tellsNone(tables.dialect, tables.column(alias, deletedAt.column()));
        }
        HostTables.SoftDeletes deletes = tables.softDeletes;
        return Sql.of(deletes == null ? "1 = 1" : "NOT " + deletionRow(deletes, alias) + ")");
    }

    /** It was sent before that; empty if the database can tell no such time. */
    Optional<Sql> sentBefore(Instant instant) {
        return sentBefore(M, instant);
    }

    private Optional<Sql> sentBefore(String alias, Instant instant) {
        Sql condition = Sql.of("");
        Sql earlierTellNone = Sql.of("");
        for (TimeColumn time : tables.sentAt) {
            String column = tables.column(alias, time.column());
            time.cutOff(instant)
                    .ifPresent(cutOff -> condition
                            .add(condition.text().isEmpty() ? "" : " OR ")
                            .add(earlierTellNone)
                            .add(time.before(tables.dialect, column, cutOff)));
            earlierTellNone.add(time.tellsNone(tables.dialect, column)).add(" AND ");
        }
        if (condition.text().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                tables.sentAt.size() == 1
                        ? condition
                        : Sql.of("(").add(condition).add(")"));
    }

    /** What every message fulfils that could have expired; empty if none can. */
    Optional<Sql> mayHaveExpired() {
        return expiry.youngest(now).flatMap(this::sentBefore);
    }

    /** What every message fulfils that a size cap may take: it tells when it was sent, and that was before any floor. */
    Optional<Sql> mayBeCapped() {
        return sentBefore(now.minus(expiry.policies().floor().orElse(Duration.ZERO)));
    }

    /** Old enough by the rule that decides, where {@link Expiry#isPlain} holds. */
    public Sql old() {
        Reach room = tables.room;
        Optional<Sql> withoutRoom = old(expiry.policies().decide());
        List<String> ruled = List.copyOf(expiry.policies().ids(RetentionScope.Level.ROOM));
        if (room == null || ruled.isEmpty()) {
            return withoutRoom.orElseGet(() -> Sql.of("1 = 0"));
        }
        Sql condition = Sql.of("(1 = 0");
        Sql roomOf = room.of(tables, M);
        withoutRoom.ifPresent(old -> condition
                .add(" OR ")
                .add(old)
                .add(" AND (")
                .add(roomOf)
                .add(" IS NULL OR NOT ")
                .add(isOneOf(room, ruled))
                .add(")"));
        Map<RetentionDecision, List<String>> byDecision = new LinkedHashMap<>();
        ruled.forEach(id -> byDecision
                .computeIfAbsent(
                        unnamed(expiry.policies().decide(RetentionScope.room(id))), decision -> new ArrayList<>())
                .add(id));
        byDecision.forEach((decision, ids) -> old(decision)
                .ifPresent(old -> condition.add(" OR ").add(old).add(" AND ").add(isOneOf(room, ids))));
        return condition.add(")");
    }

    /** Rules that come to the same, whatever they are for. */
    private static RetentionDecision unnamed(RetentionDecision decision) {
        return new RetentionDecision(List.of(), decision.keptFor(), decision.latest(), decision.longest(), List.of());
    }

    private Optional<Sql> old(RetentionDecision decision) {
        return decision.cutOff(now).flatMap(this::sentBefore);
    }

    private Sql isOneOf(Reach room, Collection<String> ids) {
        return isOneOf(room.of(tables, M), room.value(), ids);
    }

    private Sql isOneOf(Sql expression, Column column, Collection<String> ids) {
        List<Object> values = new ArrayList<>();
        for (String id : ids) {
            values.add(column.value(id)
                    .orElseThrow(() -> new MaintenanceException("\"" + id + "\" is no value of " + column)));
        }
        Sql oneOf = tables.dialect.isExactlyOneOf(expression.text(), column, values);
        return Sql.of(oneOf.text(), both(expression, oneOf));
    }

    private static Object[] both(Sql first, Sql second) {
        List<Object> arguments = new ArrayList<>(first.arguments());
        arguments.addAll(second.arguments());
        return arguments.toArray();
    }

    /** Nothing keeps it from its author's own delete, or from being an orphan. */
    public Sql unlessKept(HoldRows.Known holds) {
        Sql condition = HoldRows.noneSince(holds);
        tables.never
                .values()
                .forEach(never -> condition.add(" AND NOT (").add(never.on(M)).add(")"));
        held(holds.holds()).ifPresent(held -> condition.add(" AND NOT ").add(held));
        return condition;
    }

    /** Nothing exempts it from retention. */
    public Sql unlessExempt() {
        Sql condition = Sql.of("1 = 1");
        tables.exempt
                .values()
                .forEach(exempt -> condition.add(" AND NOT (").add(exempt.on(M)).add(")"));
        return condition;
    }

    /** How many of the messages that fulfil a condition are kept, and why; nothing where there is no reason. */
    Counts kept(Session session, Sql due, HoldRows.Known holds, boolean mayBeExempt) {
        Sql why = Sql.of("CASE");
        tables.never.forEach(
                (name, never) -> why.add(" WHEN ").add(never.on(M)).add(" THEN 'skipped.never." + name + "'"));
        held(holds.holds()).ifPresent(held -> why.add(" WHEN ").add(held).add(" THEN 'skipped.held'"));
        if (mayBeExempt) {
            tables.exempt.forEach(
                    (name, exempt) -> why.add(" WHEN ").add(exempt.on(M)).add(" THEN 'skipped.exempt." + name + "'"));
        }
        Counts counts = Counts.none();
        if (why.text().equals("CASE")) {
            return counts;
        }
        Sql sql = Sql.of("SELECT why, COUNT(*) FROM (SELECT ")
                .add(why.add(" END"))
                .add(" AS why FROM " + tables.messages() + " m WHERE ")
                .add(due)
                .add(") k WHERE why IS NOT NULL GROUP BY why");
        for (Counts reason : session.list(sql, row -> Counts.none().plus(row.getString(1), row.getLong(2)))) {
            counts = counts.plus(reason);
        }
        return counts;
    }

    /** Some of those holds cover it; empty if none can. It is never NULL. */
    private Optional<Sql> held(List<LegalHold> holds) {
        if (holds.stream().anyMatch(LegalHold::everything)) {
            return Optional.of(Sql.of("(1 = 1)"));
        }
        List<String> rooms = new ArrayList<>();
        List<String> users = new ArrayList<>();
        Sql condition = Sql.of("(1 = 0");
        for (LegalHold hold : holds) {
            boolean ranged = hold.from().isPresent() || hold.to().isPresent();
            if (!ranged && hold.user().isEmpty()) {
                rooms.add(hold.room().orElseThrow());
            } else if (!ranged && hold.room().isEmpty()) {
                users.add(hold.user().orElseThrow());
            } else {
                condition.add(" OR (").add(covered(hold)).add(")");
            }
        }
        condition.add(" OR ").add(inOneOf(rooms)).add(" OR ").add(fromOneOf(users));
        return holds.isEmpty() ? Optional.empty() : Optional.of(condition.add(")"));
    }

    /** A time that is not told may be any. */
    private Sql covered(LegalHold hold) {
        Sql covered = Sql.of("1 = 1");
        hold.room().ifPresent(room -> covered.add(" AND ").add(inOneOf(List.of(room))));
        hold.user().ifPresent(user -> covered.add(" AND ").add(fromOneOf(List.of(user))));
        hold.from()
                .flatMap(this::sentBefore)
                .ifPresent(before -> covered.add(" AND CASE WHEN ").add(before).add(" THEN 1 ELSE 0 END = 0"));
        if (hold.to().isPresent()) {
            covered.add(" AND (").add(toldNoTime());
            sentBefore(hold.to().get()).ifPresent(before -> covered.add(" OR ").add(before));
            covered.add(")");
        }
        return covered;
    }

    private Sql toldNoTime() {
        Sql none = Sql.of("(1 = 1");
        tables.sentAt.forEach(time -> none.add(" AND ").add(time.tellsNone(tables.dialect, m(time.column()))));
        return none.add(")");
    }

    /** That user sent it; for an index by the database's own equality, too. */
    public Sql sentBy(String user) {
        Column sender = Objects.requireNonNull(tables.sender);
        return sender.value(user)
                .map(value -> Sql.of(m(sender) + " = " + tables.dialect.mark(sender) + " AND ", value)
                        .add(fromOneOf(List.of(user))))
                .orElseGet(() -> Sql.of("1 = 0"));
    }

    /** It is in that room. */
    public Sql isIn(String id) {
        Reach room = Objects.requireNonNull(tables.room);
        return room.value()
                .value(id)
                .map(value -> Sql.of("")
                        .add(room.of(tables, M))
                        .add(" = " + tables.dialect.mark(room.value()) + " AND ", value)
                        .add(inOneOf(List.of(id))))
                .orElseGet(() -> Sql.of("1 = 0"));
    }

    private Sql inOneOf(List<String> rooms) {
        Reach room = tables.room;
        return room == null ? none(rooms) : oneOf(room.of(tables, M), room.value(), rooms);
    }

    private Sql fromOneOf(List<String> users) {
        Column sender = tables.sender;
        return sender == null ? none(users) : oneOf(Sql.of(m(sender)), sender, users);
    }

    /** What the messages do not tell may be any. */
    private static Sql none(List<String> ids) {
        return Sql.of(ids.isEmpty() ? "1 = 0" : "1 = 1");
    }

    private Sql oneOf(Sql expression, Column column, List<String> ids) {
        List<String> possible =
                ids.stream().filter(id -> column.value(id).isPresent()).toList();
        return possible.isEmpty()
                ? Sql.of("1 = 0")
                : Sql.of("(")
                        .add(expression)
                        .add(" IS NOT NULL AND ")
                        .add(isOneOf(expression, column, possible))
                        .add(")");
    }

    /** Its room or its sender is gone; empty if that is no reason to go. */
    @Override
    public Optional<Sql> orphan() {
        if (!settings.orphans() || ((tables.room == null || tables.rooms == null) && tables.users == null)) {
            return Optional.empty();
        }
        Sql condition = Sql.of("(1 = 0");
        if (tables.room != null && tables.rooms != null) {
            condition.add(gone(tables.room.of(tables, M), tables.room.value(), tables.rooms));
        }
        if (tables.sender != null && tables.users != null) {
            condition.add(gone(Sql.of(m(tables.sender)), tables.sender, tables.users));
        }
        condition.add(")");
        if (!settings.orphanGrace().isZero()) {
            condition
                    .add(" AND ")
                    .add(sentBefore(now.minus(settings.orphanGrace())).orElseGet(() -> Sql.of("1 = 0")));
        }
        return Optional.of(condition);
    }

    /** A table without any row is no reason to delete: more likely it is the wrong one, or being filled. */
    private Sql gone(Sql reference, Column column, Column target) {
        String table = tables.table(target);
        Sql gone = Sql.of(" OR ").add(reference).add(" IS NOT NULL AND ");
        if (column.isText()) {
            gone.add(reference).add(" <> '' AND ");
        }
        return gone.add("EXISTS (SELECT 1 FROM " + table + ") AND NOT EXISTS (SELECT 1 FROM " + table + " t WHERE "
                        + tables.column("t", target) + " = ")
                .add(reference)
                .add(")");
    }

    /** There is a reason for it to go, though by age perhaps not by the rule that decides. It can be NULL. */
    Sql anyReason() {
        Sql reasons = Sql.of("1 = 0");
        softDeleted().ifPresent(deleted -> reasons.add(" OR (").add(deleted).add(")"));
        mayHaveExpired()
                .ifPresent(old -> reasons.add(" OR (")
                        .add(old)
                        .add(" AND ")
                        .add(unlessExempt())
                        .add(")"));
        orphan().ifPresent(orphan -> reasons.add(" OR ").add(orphan));
        return reasons;
    }

    /** Not so, where a comparison with NULL counts as not so; with AND before it, or nothing where there is no condition. */
    static Sql andNot(Optional<Sql> condition) {
        return condition
                .map(so -> Sql.of(" AND CASE WHEN ").add(so).add(" THEN 1 ELSE 0 END = 0"))
                .orElseGet(() -> Sql.of(""));
    }

    /**
     * A shared row, of a table that is called {@code m}, that nothing names; empty if that is no reason to go. Not while there
     * is an archive: a message that is restored from there may name it.
     */
    Optional<Sql> orphanedShared(HostTables.Shared shared) {
        return settings.orphanGrace().isZero() || settings.archive().isPresent()
                ? Optional.empty()
                : Unreferenced.of(tables, shared).map(rows -> rows.due(tables, now.minus(settings.orphanGrace())));
    }

    /** A child row, of a table that is called {@code m}, whose message is gone. */
    Sql orphanedChild(HostTables.Child child) {
        String messages = tables.messages();
        Sql orphaned = Sql.of("EXISTS (SELECT 1 FROM " + messages + ")");
        for (Column column : child.refersBy()) {
            orphaned.add(
                    " AND " + m(column) + " IS NOT NULL" + (column.isText() ? " AND " + m(column) + " <> ''" : ""));
        }
        child.where().ifPresent(where -> orphaned.add(" AND ").add(where.on(M)));
        if (!settings.orphanGrace().isZero()) {
            child.at()
                    .ifPresent(at -> orphaned.add(" AND ")
                            .add(at.cutOff(now.minus(settings.orphanGrace()))
                                    .map(cutOff -> at.before(tables.dialect, m(at.column()), cutOff))
                                    .orElseGet(() -> Sql.of("1 = 0"))));
        }
        return orphaned.add(" AND NOT EXISTS (SELECT 1 FROM " + messages + " t WHERE "
                + tables.equal("t", child.to(), M, child.refersBy()) + ")");
    }
}
