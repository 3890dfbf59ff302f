package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * When a message is due, as SQL about a message table that is called {@code m}. The conditions exclude one another, so that
 * each message counts once: as soft-deleted, else as expired, else as orphaned. A preview and a run ask by the same ones.
 */
final class Conditions {

    private static final String M = "m";
    private static final int MOST_ROOMS_IN_A_STATEMENT = 200;

    private final HostTables tables;
    private final CleanupSettings settings;
    private final AskedPolicies asked;
    private final Instant now;
    private Optional<Sql> undecided = Optional.empty(); // what policies could not be had for, when they were asked last
    private Optional<Sql> policyFailed = Optional.empty();

    Conditions(HostTables tables, CleanupSettings settings, AskedPolicies asked, Instant now) {
        this.tables = tables;
        this.settings = settings;
        this.asked = asked;
        this.now = now;
    }

    private String m(Column column) {
        return tables.column(M, column);
    }

    /** Soft-deleted, and its grace is over. */
    Optional<Sql> softDeleted() {
        TimeColumn deletedAt = tables.softDeletedAt;
        if (deletedAt == null) {
            return Optional.empty();
        }
        String live = deletedAt.kind() instanceof TimeKind.EpochMillis ? m(deletedAt.column()) + " > 0 AND " : "";
        return settings.softDeleteGrace()
                .flatMap(grace -> deletedAt.cutOff(now.minus(grace)))
                .map(cutOff -> Sql.of(live).add(before(deletedAt, cutOff)));
    }

    /** The column tells a time, and one before that. */
    private Sql before(TimeColumn time, Object cutOff) {
        String column = m(time.column());
        return Sql.of(tables.dialect.tellsTime(column, time) + column + " < ?", cutOff);
    }

    private Sql sentBefore(Object cutOff) {
        return before(tables.sentAt, cutOff);
    }

    /** What every message fulfils that could have expired; empty if none can. */
    Optional<Sql> mayHaveExpired() {
        RetentionPolicies policies = settings.policies();
        if (policies.mayDecideAnyRoom()) {
            return tables.sentAt.cutOff(now).map(this::sentBefore);
        }
        List<RetentionRule> rules = new ArrayList<>();
        rules.add(policies.ruleWithoutRoom());
        policies.rooms().forEach(room -> rules.add(policies.ruleForRoom(room)));
        return rules.stream()
                .flatMap(rule -> cutOff(rule).stream())
                .max(Instant::compareTo)
                .flatMap(tables.sentAt::cutOff)
                .map(this::sentBefore);
    }

    private Optional<Instant> cutOff(RetentionRule rule) {
        if (rule.latest() > 0) { // only a policy of the host's own can give it; others were refused at the start
            throw new MaintenanceException("policies: \"" + rule
                    + "\" given, but a cleanup does not honour a count yet;" + " nothing of this batch is deleted");
        }
        return rule.keptFor().map(now::minus);
    }

    /** Old enough by the rule that decides, not pinned, and not due as soft-deleted; for the messages of that range. */
    Sql expired(Session session, Sql range) {
        Sql expired = expiredAtAll(session, range).add(not(softDeleted()));
        policyFailed = undecided;
        return expired;
    }

    /** Which messages of {@link #expired}'s range are kept since a policy of the host's own failed; empty if none. */
    Optional<Sql> policyFailed() {
        return policyFailed;
    }

    private Sql expiredAtAll(Session session, Sql range) {
        Sql condition = Sql.of("(").add(old(session, range)).add(")");
        Column pinned = tables.pinned;
        return pinned == null ? condition : condition.add(" AND " + m(pinned) + " IS NOT TRUE");
    }

    private Sql old(Session session, Sql range) {
        Column room = tables.room;
        RetentionPolicies policies = settings.policies();
        if (policies.mayDecideAnyRoom()) {
            return oldByOwnPolicies(session, room, range);
        }
        Optional<Object> withoutRoom = cutOff(policies.ruleWithoutRoom()).flatMap(tables.sentAt::cutOff);
        if (room == null || !policies.dependsOnRoom()) {
            return withoutRoom.map(this::sentBefore).orElseGet(() -> Sql.of("FALSE"));
        }
        if (policies.rooms().size() <= MOST_ROOMS_IN_A_STATEMENT) {
            return oldByFewRules(session, room, withoutRoom);
        }
        Sql condition = Sql.of("FALSE");
        withoutRoom.ifPresent(
                cutOff -> condition.add(" OR " + m(room) + " IS NULL AND ").add(sentBefore(cutOff)));
        // Only the rooms that the range has: so a batch asks for few, however many the host has.
        addRooms(session, condition, room, byCutOff(room, roomsOf(session, room, range), this::declared));
        return condition;
    }

    /** Policies that may decide any room are asked about those of the range; where they give no answer all is kept. */
    private Sql oldByOwnPolicies(Session session, @Nullable Column room, Sql range) {
        List<String> ids = room == null ? List.of() : roomsOf(session, room, range);
        AskedPolicies.Answers answers = asked.about(ids);
        String inNoRoom = room == null ? "TRUE" : m(room) + " IS NULL";
        Sql condition = Sql.of("FALSE");
        answers.withoutRoom()
                .flatMap(this::cutOff)
                .flatMap(tables.sentAt::cutOff)
                .ifPresent(cutOff -> condition.add(" OR " + inNoRoom + " AND ").add(sentBefore(cutOff)));
        Sql unknown = Sql.of(answers.withoutRoom().isPresent() ? "FALSE" : inNoRoom);
        List<Object> unknownRooms = new ArrayList<>();
        if (room != null) {
            addRooms(session, condition, room, byCutOff(room, ids, answers::room));
            ids.stream().filter(id -> answers.room(id).isEmpty()).forEach(id -> unknownRooms.add(value(room, id)));
            if (!unknownRooms.isEmpty()) {
                unknown.add(" OR ").add(isOneOf(session, room, unknownRooms));
            }
        }
        boolean all = answers.withoutRoom().isPresent() && unknownRooms.isEmpty();
        undecided = all ? Optional.empty() : Optional.of(unknown);
        return condition;
    }

    /** The rooms with rules of their own stand in the statement, which then needs no look at the range. */
    private Sql oldByFewRules(Session session, Column room, Optional<Object> withoutRoom) {
        Sql condition = Sql.of("FALSE");
        List<Object> ruled = new ArrayList<>();
        settings.policies().rooms().forEach(id -> ruled.add(value(room, id)));
        withoutRoom.ifPresent(cutOff -> condition
                .add(" OR ")
                .add(sentBefore(cutOff))
                .add(" AND (" + m(room) + " IS NULL OR NOT ")
                .add(isOneOf(session, room, ruled))
                .add(")"));
        addRooms(session, condition, room, byCutOff(room, settings.policies().rooms(), this::declared));
        return condition;
    }

    private void addRooms(Session session, Sql condition, Column room, Map<Object, List<Object>> byCutOff) {
        byCutOff.forEach((cutOff, rooms) ->
                condition.add(" OR ").add(sentBefore(cutOff)).add(" AND ").add(isOneOf(session, room, rooms)));
    }

    private Sql isOneOf(Session session, Column room, List<Object> rooms) {
        return session.dialect().isExactlyOneOf(m(room), room, rooms);
    }

    private List<String> roomsOf(Session session, Column room, Sql range) {
        Sql distinct = Sql.of("SELECT DISTINCT " + session.dialect().exact(m(room), room) + " FROM "
                        + tables.table(room) + " m WHERE " + m(room) + " IS NOT NULL AND ")
                .add(range);
        return session.list(distinct, row -> room.text(row, 1));
    }

    private Map<Object, List<Object>> byCutOff(
            Column room, Collection<String> ids, Function<String, Optional<RetentionRule>> rules) {
        Map<Object, List<Object>> byCutOff = new LinkedHashMap<>();
        for (String id : ids) {
            Object value = value(room, id);
            rules.apply(id)
                    .flatMap(this::cutOff)
                    .flatMap(tables.sentAt::cutOff)
                    .ifPresent(cutOff -> byCutOff.computeIfAbsent(cutOff, key -> new ArrayList<>())
                            .add(value));
        }
        return byCutOff;
    }

    /** No room can be called by an empty text, so that stands for none. */
    private Optional<RetentionRule> declared(String id) {
        return Optional.of(
                id.isEmpty()
                        ? settings.policies().ruleWithoutRoom()
                        : settings.policies().ruleForRoom(id));
    }

    private static Object value(Column room, String id) {
        return room.value(id)
                .orElseThrow(() -> new MaintenanceException("the room \"" + id + "\" in " + room
                        + " cannot be read back as it was written; nothing of this batch is deleted"));
    }

    /** Its room or its sender is gone, and it is due by nothing else; for the messages of that range. */
    Sql orphaned(Session session, Sql range) {
        Sql condition = Sql.of("(FALSE").add(gone(tables.room, tables.rooms)).add(gone(tables.sender, tables.users));
        condition.add(")").add(not(softDeleted()));
        return mayHaveExpired().isPresent() ? condition.add(not(Optional.of(expiredAtAll(session, range)))) : condition;
    }

    /** A table without any row is no reason to delete: more likely it is the wrong one, or being filled. */
    private Sql gone(@Nullable Column reference, @Nullable Column target) {
        if (reference == null || target == null) {
            return Sql.of("");
        }
        String table = tables.table(target);
        return Sql.of(" OR " + m(reference) + " IS NOT NULL AND EXISTS (SELECT 1 FROM " + table + ") AND NOT EXISTS"
                + " (SELECT 1 FROM " + table + " t WHERE " + tables.column("t", target) + " = " + m(reference) + ")");
    }

    /** Not so, where a comparison with NULL counts as not so. */
    private static Sql not(Optional<Sql> condition) {
        return condition
                .map(so -> Sql.of(" AND CASE WHEN ").add(so).add(" THEN 1 ELSE 0 END = 0"))
                .orElseGet(() -> Sql.of(""));
    }

    /** A child row, of a table that is called {@code m}, whose message is gone. */
    Sql orphanedChild(Column messageKey) {
        String messages = tables.table(tables.key);
        return Sql.of("EXISTS (SELECT 1 FROM " + messages + ") AND NOT EXISTS (SELECT 1 FROM " + messages + " t WHERE "
                + tables.column("t", tables.key) + " = " + m(messageKey) + ")");
    }
}
