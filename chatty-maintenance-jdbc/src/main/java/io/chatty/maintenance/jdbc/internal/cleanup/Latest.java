package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.Reach;
import io.chatty.maintenance.jdbc.internal.table.Scopes;
import io.chatty.maintenance.task.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Since when the latest messages of rooms were sent. A message is one of the latest <i>n</i> of its room if it was sent at the
 * same time as the <i>n</i>th, or later; those that a user deleted do not count. A room is counted when a run first meets it,
 * and again after {@value #MINUTES} minutes. Not thread-safe.
 */
final class Latest {

    private static final int MINUTES = 10;

    private final HostTables tables;
    private final Conditions conditions;
    private final Session session;
    private final RunId run;
    private final Memory memory;

    private record Ask(RunId run, String room, int latest) {}

    /** What was counted: since when, or empty where there are fewer, so that all are kept. */
    private record Counted(Optional<Object> since, long at) {}

    /** What was counted of the rooms that were met last, so many at most. Thread-safe. */
    static final class Memory {

        private static final int MOST = 50_000;

        private final Map<Ask, Counted> counted = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Ask, Counted> eldest) {
                return size() > MOST;
            }
        };

        private synchronized Optional<Counted> get(Ask ask) {
            return Optional.ofNullable(counted.get(ask))
                    .filter(known -> System.nanoTime() - known.at()
                            < Duration.ofMinutes(MINUTES).toNanos());
        }

        private synchronized void put(Ask ask, Optional<Object> since) {
            counted.put(ask, new Counted(since, System.nanoTime()));
        }
    }

    Latest(HostTables tables, Conditions conditions, Session session, RunId run, Memory memory) {
        this.tables = tables;
        this.conditions = conditions;
        this.session = session;
        this.run = run;
        this.memory = memory;
    }

    /**
     * Counts the rooms of those messages, where a count decides and is not known yet: one statement for each number.
     *
     * @param latest how many are kept of those scopes; 0 where no count decides
     */
    void learn(List<MessageRow> rows, ToIntFunction<Scopes> latest) {
        Map<Integer, Set<String>> byNumber = new LinkedHashMap<>();
        for (MessageRow row : rows) {
            int number = latest.applyAsInt(row.scopes());
            String room = row.scopes().room();
            if (number > 0
                    && room != null
                    && memory.get(new Ask(run, room, number)).isEmpty()) {
                byNumber.computeIfAbsent(number, any -> new LinkedHashSet<>()).add(room);
            }
        }
        byNumber.forEach((number, rooms) -> count(number, List.copyOf(rooms)));
    }

    private void count(int number, List<String> rooms) {
        Reach room = tables.room;
        if (room == null) {
            return;
        }
        rooms.forEach(id -> memory.put(new Ask(run, id, number), Optional.empty()));
        Column values = room.value();
        List<Object> ids = new ArrayList<>();
        rooms.forEach(id -> values.value(id).ifPresent(ids::add));
        TimeColumn time = tables.sentAt.get(0);
        Sql statement = tables.dialect.forEach(values, ids, id -> sinceIn(room, id, time, number));
        session.list(statement, row -> {
            Object since = time.read(row, 2);
            String id = values.text(row, 1);
            if (since != null && id != null) {
                memory.put(new Ask(run, id, number), Optional.of(since));
            }
            return true;
        });
    }

    private Sql sinceIn(Reach room, Sql id, TimeColumn time, int number) {
        String sent = tables.column("m", time.column());
        Sql of = room.of(tables, "m");
        Column values = room.value();
        Sql since = Sql.of("SELECT " + sent + " FROM " + tables.messages() + " m WHERE ")
                .add(of)
                .add(" = ")
                .add(id);
        if (values.isText()) { // by its collation, for which there is an index, and letter for letter
            since.add(" AND ").add(exact(of, values)).add(" = ").add(exact(id, values));
        }
        since.add(" AND ").add(conditions.live("m"));
        time.tells(tables.dialect, sent).ifPresent(tells -> since.add(" AND ").add(tells));
        return since.add(" AND " + sent + " IS NOT NULL ORDER BY " + sent + " DESC LIMIT 1 OFFSET " + (number - 1));
    }

    private Sql exact(Sql expression, Column column) {
        return Sql.of(
                tables.dialect.exact(expression.text(), column),
                expression.arguments().toArray());
    }

    /** Whether the message is one of the latest of its room; in no room it is. */
    boolean keeps(MessageRow row, int number) {
        String room = row.scopes().room();
        MessageRow.Sent sent = row.sent();
        if (room == null || sent == null) {
            return true;
        }
        Optional<Object> since = memory.get(new Ask(run, room, number)).flatMap(Counted::since);
        return since.isEmpty() || !TimeColumn.isBefore(sent.value(), since.get());
    }
}
