package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import io.chatty.maintenance.retention.LegalHold;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which files legal holds cover: those of the room and the user. What a row, or its table, does not tell may be anything. A file may
 * be older than the message that it belongs to, so where a hold begins does not matter; one that was made after its end is not
 * covered.
 */
final class HeldFiles {

    private final FileTable table;

    HeldFiles(FileTable table) {
        this.table = table;
    }

    /** What several holds have in common but for the room or user. */
    private record Group(boolean byRoom, boolean byUser) {}

    /** A condition that is never NULL. */
    Sql condition(List<LegalHold> holds) {
        Map<Group, List<Object>> listed = new LinkedHashMap<>();
        List<Sql> conditions = new ArrayList<>();
        for (LegalHold hold : holds) {
            boolean byRoom = hold.room().isPresent() && table.room() != null;
            boolean byUser = hold.user().isPresent() && table.user() != null;
            if (byRoom != byUser && hold.to().isEmpty()) {
                Column column = byRoom ? table.room() : table.user();
                String id = (byRoom ? hold.room() : hold.user()).orElseThrow();
                List<Object> values = listed.computeIfAbsent(new Group(byRoom, byUser), any -> new ArrayList<>());
                if (column != null) {
                    column.value(id).ifPresent(values::add);
                }
            } else {
                conditions.add(single(hold));
            }
        }
        listed.forEach(
                (group, values) -> conditions.add(isOneOf(group.byRoom() ? table.room() : table.user(), values)));
        if (conditions.isEmpty()) {
            return Sql.of("1 = 0");
        }
        Sql any = Sql.of("(");
        for (int i = 0; i < conditions.size(); i++) {
            any.add(i == 0 ? "" : " OR ").add(conditions.get(i));
        }
        return any.add(")");
    }

    private Sql single(LegalHold hold) {
        return Sql.of("(")
                .add(is(table.room(), hold.room()))
                .add(" AND ")
                .add(is(table.user(), hold.user()))
                .add(" AND ")
                .add(hold.to().map(this::madeBefore).orElseGet(() -> Sql.of("1 = 1")))
                .add(")");
    }

    private Sql madeBefore(Instant end) {
        TimeColumn made = table.createdAt();
        String expression = table.of(made.column());
        Optional<Object> cutOff = made.cutOff(end);
        Sql unknown = made.tellsNone(table.dialect(), expression);
        return cutOff.map(time -> Sql.of("(")
                        .add(unknown)
                        .add(" OR (")
                        .add(made.before(table.dialect(), expression, time))
                        .add("))"))
                .orElse(unknown);
    }

    private Sql is(@Nullable Column column, Optional<String> id) {
        return column == null || id.isEmpty()
                ? Sql.of("1 = 1")
                : isOneOf(column, column.value(id.get()).map(List::of).orElse(List.of()));
    }

    private Sql isOneOf(@Nullable Column column, List<Object> values) {
        if (column == null) {
            return Sql.of("1 = 1");
        }
        String expression = table.of(column);
        return values.isEmpty()
                ? Sql.of(expression + " IS NULL")
                : Sql.of("(" + expression + " IS NULL OR ")
                        .add(table.dialect().isOneOf(expression, column, values))
                        .add(")");
    }
}
