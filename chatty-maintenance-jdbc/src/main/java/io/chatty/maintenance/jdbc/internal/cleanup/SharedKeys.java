package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.jdbc.internal.table.MessageRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Messages that share a key go together, when all of them go, whatever the reasons. Which of them share one is for the
 * database to say: to a collation that is loose, texts that differ in case are one.
 */
final class SharedKeys {

    private final HostTables tables;
    private final Session session;

    SharedKeys(HostTables tables, Session session) {
        this.tables = tables;
        this.session = session;
    }

    /**
     * For each key, whether all that share it go.
     *
     * @param haveKeys what all messages that have one of the keys fulfil, and no others
     * @param rows those messages
     * @param judgements what becomes of each
     */
    Map<List<Object>, Boolean> allGo(Sql haveKeys, List<MessageRow> rows, List<Judge.Judgement> judgements) {
        Map<List<Object>, Object> groups = groups(haveKeys);
        Map<Object, Boolean> goes = new HashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            List<Object> key = rows.get(i).key();
            goes.merge(groups.getOrDefault(key, key), judgements.get(i).goes(), Boolean::logicalAnd);
        }
        Map<List<Object>, Boolean> byKey = new HashMap<>();
        rows.forEach(row ->
                byKey.put(row.key(), Objects.requireNonNull(goes.get(groups.getOrDefault(row.key(), row.key())))));
        return byKey;
    }

    private Map<List<Object>, Object> groups(Sql haveKeys) {
        Map<List<Object>, Object> groups = new HashMap<>();
        if (tables.key.stream().noneMatch(Column::isText)) {
            return groups;
        }
        String key = tables.columns("m", tables.key);
        session.list(
                Sql.of("SELECT " + key + ", DENSE_RANK() OVER (ORDER BY " + key + ") FROM " + tables.messages()
                                + " m WHERE ")
                        .add(haveKeys),
                row -> {
                    List<Object> values = new ArrayList<>();
                    for (int i = 0; i < tables.key.size(); i++) {
                        values.add(Objects.requireNonNull(MessageRows.value(row, i + 1, tables.key.get(i))));
                    }
                    return groups.put(values, row.getLong(tables.key.size() + 1)) == null;
                });
        return groups;
    }
}
