package io.chatty.maintenance.jdbc.internal.policy;

import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.Reach;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The rules of so many rooms that a statement cannot spell them out, as a condition for a stretch of the walk by time. In a
 * short stretch all that a room has is due, or nothing: for those rooms the condition only names them. Time is compared
 * where a room's cut-off lies within the stretch. Immutable.
 */
public final class RoomRules {

    /** More rooms than that are no longer looked up in memory by the database. */
    private static final int MOST = 20_000;

    /** A time is looked for among so many, message by message. */
    private static final int MOST_WITHIN = 200;

    private final HostTables tables;
    private final Column room;
    private final TimeColumn time;
    private final List<Object> ruled;
    private final List<Object> rooms;
    private final List<Duration> keptFor;
    private final Optional<Duration> others;

    private RoomRules(HostTables tables, Column room, TimeColumn time, RetentionPolicies policies, List<Rule> rules) {
        this.tables = tables;
        this.room = room;
        this.time = time;
        this.ruled = rules.stream().map(Rule::room).toList();
        List<Rule> ending = rules.stream()
                .filter(rule -> rule.keptFor.isPresent())
                .sorted(Rule.SHORTEST_FIRST)
                .toList();
        this.rooms = ending.stream().map(Rule::room).toList();
        this.keptFor = ending.stream().map(rule -> rule.keptFor.orElseThrow()).toList();
        this.others = policies.decide().keptFor();
    }

    private record Rule(Object room, Optional<Duration> keptFor) {
        static final Comparator<Rule> SHORTEST_FIRST = Comparator.comparing(rule -> rule.keptFor.orElseThrow());
    }

    /** Those of the policies; empty where a condition cannot say them. Only rooms and all decide, by time. */
    static Optional<RoomRules> of(HostTables tables, RetentionPolicies policies) {
        Reach room = tables.room;
        TimeColumn time = tables.walkedSentAt().orElse(null);
        if (room == null
                || !room.vias().isEmpty()
                || time == null
                || time.kind() instanceof TimeKind.Text
                || time.kind() instanceof TimeKind.EpochMillisText
                || tables.dialect.isListed("", room.own(), List.of()).isEmpty()
                || policies.ids(RetentionScope.Level.ROOM).size() > MOST) {
            return Optional.empty();
        }
        List<Rule> rules = new ArrayList<>();
        for (String id : policies.ids(RetentionScope.Level.ROOM)) {
            Optional<Object> value = room.own().value(id);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            rules.add(new Rule(
                    value.get(), policies.decide(RetentionScope.room(id)).keptFor()));
        }
        return Optional.of(new RoomRules(tables, room.own(), time, policies, rules));
    }

    /**
     * Old enough by the rule that decides, for messages of a stretch; empty if too many cut-offs lie within it.
     *
     * @param after the time from which on its messages were sent; empty if that is not known
     * @param upTo the time of its last message
     */
    public Optional<Sql> old(Instant now, Optional<Object> after, Object upTo) {
        int whole = first(now, 0, cutOff -> !TimeColumn.isBefore(upTo, cutOff));
        int within = first(
                now,
                whole,
                cutOff ->
                        after.filter(from -> !TimeColumn.isBefore(from, cutOff)).isPresent());
        if (within - whole > MOST_WITHIN) {
            return Optional.empty();
        }
        String roomOf = tables.dialect.exact(tables.column("m", room), room);
        Sql old = Sql.of("(").add(isListed(roomOf, rooms.subList(0, whole)));
        if (within > whole) {
            List<Object> some = rooms.subList(whole, within);
            List<Object> before = keptFor.subList(whole, within).stream()
                    .<Object>map(kept -> cutOff(now, kept).orElseThrow())
                    .toList();
            old.add(" OR ").add(isListed(roomOf, some)).add(" AND ");
            old.add(tables.dialect.isListedBefore(
                    roomOf, room, some, tables.column("m", time.column()), time.column(), before));
        }
        others.flatMap(kept -> cutOff(now, kept))
                .ifPresent(cutOff -> old.add(" OR ")
                        .add(time.before(tables.dialect, tables.column("m", time.column()), cutOff))
                        .add(" AND (" + roomOf + " IS NULL OR NOT ")
                        .add(isListed(roomOf, ruled))
                        .add(")"));
        return Optional.of(old.add(") IS TRUE"));
    }

    private Optional<Object> cutOff(Instant now, Duration kept) {
        return time.cutOff(now.minus(kept));
    }

    /** Whether a cut-off is so; those that follow are then, too. */
    @FunctionalInterface
    private interface Test {
        boolean is(Object cutOff);
    }

    /** The first of the rooms, which lie in the order of falling cut-offs, of which something is so; all where there is none. */
    private int first(Instant now, int from, Test test) {
        int low = from;
        int high = rooms.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cutOff(now, keptFor.get(middle))
                    .filter(cutOff -> !test.is(cutOff))
                    .isPresent()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Sql isListed(String expression, List<Object> some) {
        return tables.dialect.isListed(expression, room, some).orElseThrow();
    }
}
