package io.chatty.maintenance.jdbc.internal.archive.file;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages of an archive back, each with its children. Children that have no key, or a NULL in it, are inserted only with a
 * message that is. Thread-safe; a connection is not.
 */
public final class MessageInsertion {

    private final Map<String, RowInsertion> tables;

    /**
     * An insertion into these tables.
     *
     * @param tables by their names in the archive, those that are referred to before those that refer
     */
    public MessageInsertion(Map<String, RowInsertion> tables) {
        this.tables = new LinkedHashMap<>(tables);
    }

    /**
     * How many rows of a table there were.
     *
     * @param inserted that were inserted
     * @param there that were there already and left as they are
     */
    public record Counted(long inserted, long there) {}

    /** Rows of one table, each with whether it may be inserted with its message alone. */
    private static final class Rows {
        private final List<ArchivedRow> all = new ArrayList<>();
        private final List<Integer> messages = new ArrayList<>();
    }

    /**
     * Inserts what is not there.
     *
     * @param inFlight is told the statement that runs, so that it can be cancelled, and null after it
     * @return how many rows there were, by table
     * @throws ArchiveException if something would not come back as it was; roll back then
     * @throws SQLException what the database says; roll back then, too
     */
    public Map<String, Counted> insert(
            Connection connection, Consumer<@Nullable Statement> inFlight, List<ArchivedMessage> messages)
            throws SQLException {
        Map<String, Rows> children = new LinkedHashMap<>();
        Map<String, Rows> own = new LinkedHashMap<>();
        for (int i = 0; i < messages.size(); i++) {
            ArchivedMessage message = messages.get(i);
            if (!insertion(message.row().table().name()).knows(message.row())) {
                throw new ArchiveException(
                        "a message of table \"" + message.row().table().name()
                                + "\" has no key by which it could be known if it were there already");
            }
            add(own, message.row(), i);
            for (ArchivedRow child : message.children()) {
                add(children, child, i);
            }
        }
        Map<String, Counted> counted = new LinkedHashMap<>();
        BitSet insertedMessages = new BitSet();
        for (Map.Entry<String, Rows> table : own.entrySet()) {
            Rows rows = table.getValue();
            BitSet inserted = insertion(table.getKey()).insert(connection, inFlight, rows.all);
            inserted.stream().map(rows.messages::get).forEach(insertedMessages::set);
            count(counted, table.getKey(), inserted, rows.all.size());
        }
        for (Map.Entry<String, RowInsertion> table : tables.entrySet()) {
            Rows rows = children.get(table.getKey());
            if (rows != null) {
                insertChildren(connection, inFlight, table.getKey(), rows, insertedMessages, counted);
            }
        }
        return counted;
    }

    private void insertChildren(
            Connection connection,
            Consumer<@Nullable Statement> inFlight,
            String table,
            Rows rows,
            BitSet insertedMessages,
            Map<String, Counted> counted)
            throws SQLException {
        RowInsertion insertion = insertion(table);
        List<ArchivedRow> candidates = new ArrayList<>();
        for (int i = 0; i < rows.all.size(); i++) {
            if (insertion.knows(rows.all.get(i)) || insertedMessages.get(rows.messages.get(i))) {
                candidates.add(rows.all.get(i));
            }
        }
        count(counted, table, insertion.insert(connection, inFlight, candidates), rows.all.size());
    }

    private RowInsertion insertion(String table) {
        RowInsertion insertion = tables.get(table);
        if (insertion == null) {
            throw new IllegalArgumentException(
                    "tables: \"" + table + "\" is in the archive and not among " + tables.keySet());
        }
        return insertion;
    }

    private void add(Map<String, Rows> tablesOfRows, ArchivedRow row, int message) {
        String table = row.table().name();
        insertion(table); // is refused before anything is inserted
        Rows rows = tablesOfRows.computeIfAbsent(table, name -> new Rows());
        rows.all.add(row);
        rows.messages.add(message);
    }

    private static void count(Map<String, Counted> counted, String table, BitSet inserted, int all) {
        int news = inserted.cardinality();
        counted.merge(
                table,
                new Counted(news, all - news),
                (one, other) -> new Counted(one.inserted + other.inserted, one.there + other.there));
    }
}
