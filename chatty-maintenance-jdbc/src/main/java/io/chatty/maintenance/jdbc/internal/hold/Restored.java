package io.chatty.maintenance.jdbc.internal.hold;

import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.KeyText;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Which messages are held for a while since they were restored. Made for one batch. Not thread-safe. */
public final class Restored {

    public static final String TABLE = "chatty_maintenance_restored";

    private static final int AT_ONCE = 1000;

    private final HostTables tables;
    private final Session session;
    private final boolean some;
    private final Instant now;
    private final Map<String, Boolean> held = new HashMap<>();

    /** @param some whether there are any at all */
    public Restored(HostTables tables, Session session, boolean some, Instant now) {
        this.tables = tables;
        this.session = session;
        this.some = some;
        this.now = now;
    }

    /** Looks those messages up that are not known yet. */
    public void learn(List<MessageRow> rows) {
        if (!some) {
            return;
        }
        List<String> keys = rows.stream()
                .filter(row -> !row.key().isEmpty())
                .map(row -> KeyText.of(row.key()))
                .filter(key -> !held.containsKey(key))
                .distinct()
                .toList();
        for (int from = 0; from < keys.size(); from += AT_ONCE) {
            look(keys.subList(from, Math.min(keys.size(), from + AT_ONCE)));
        }
    }

    private void look(List<String> keys) {
        keys.forEach(key -> held.put(key, false));
        String marks = keys.stream().map(key -> "?").collect(Collectors.joining(", "));
        Sql look = Sql.of(
                        "SELECT message_key FROM " + Restored.TABLE + " WHERE message_table = ? AND held_until > ?",
                        tables.messageTable(),
                        session.dialect().instant(now.truncatedTo(ChronoUnit.MICROS)))
                .add(" AND message_key IN (" + marks + ")", keys.toArray());
        session.list(look, row -> Objects.requireNonNull(row.getString(1))).forEach(key -> held.put(key, true));
    }

    public boolean holds(MessageRow row) {
        return some && held.getOrDefault(KeyText.of(row.key()), false);
    }
}
