package io.chatty.maintenance.jdbc.internal.file;

import io.chatty.maintenance.file.EvictionOrder;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.TimeColumn;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The order in which files go: expressions that rise, the last of which are the key. */
final class FileOrder {

    private final FileTable table;
    private final boolean bySize;
    private final List<String> expressions = new ArrayList<>();

    FileOrder(FileTable table, EvictionOrder order) {
        this.table = table;
        this.bySize = order == EvictionOrder.LARGEST;
        String made = table.of(table.createdAt().column());
        TimeColumn used = table.lastUsedAt();
        if (bySize) {
            expressions.add("(0 - " + table.of(table.size()) + ")");
        }
        if (order == EvictionOrder.LEAST_RECENTLY_USED) {
            expressions.add("COALESCE("
                    + table.of(Objects.requireNonNull(used, "lastUsedAt").column()) + ", " + made + ")");
        } else {
            expressions.add(made);
        }
        expressions.addAll(table.of(table.key()));
    }

    List<String> expressions() {
        return expressions;
    }

    /** What a row has of them, which come first in it, as text. */
    List<String> texts(ResultSet row) throws SQLException {
        List<String> texts = new ArrayList<>();
        int at = 0;
        if (bySize) {
            texts.add(Long.toString(row.getLong(++at)));
        }
        texts.add(table.createdAt().text(row, ++at));
        for (Column column : table.key()) {
            texts.add(Objects.requireNonNullElse(column.text(row, ++at), ""));
        }
        return texts;
    }

    /** What those texts stand for. */
    List<Object> values(List<String> texts) {
        List<Object> values = new ArrayList<>();
        int at = 0;
        if (bySize) {
            values.add(Long.valueOf(texts.get(at++)));
        }
        values.add(table.createdAt().value(texts.get(at++)));
        for (Column column : table.key()) {
            values.add(FileTable.value(column, texts.get(at++)));
        }
        return values;
    }
}
