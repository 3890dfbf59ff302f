package io.chatty.maintenance.jdbc.internal.outbox;

import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Migrations;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.KeyText;
import io.chatty.maintenance.retention.RemovalListener;
import io.chatty.maintenance.retention.RemovedMessage;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Tells of messages that have gone, in the order in which they went. They are forgotten in the transaction in which the listener
 * was told: when that fails, they are told of again. Thread-safe.
 */
public final class GoneRows {

    private final Database database;
    private final String table;
    private final int keySize;
    private final RemovalListener listener;

    /**
     * For a message table of that name.
     *
     * @param keySize how many columns its key has
     */
    public GoneRows(Database database, String table, int keySize, RemovalListener listener) {
        this.database = database;
        this.table = table;
        this.keySize = keySize;
        this.listener = listener;
    }

    /** Whether our tables are there. */
    public List<String> problems() {
        return database.asBatch(Migrations::problems);
    }

    private record Gone(long seq, RemovedMessage message) {}

    private List<Gone> next(Session session, int limit) {
        return session.list(
                Sql.of(
                        "SELECT seq, message_key, room, run_id FROM " + Outbox.MESSAGES
                                + " WHERE UPPER(message_table) = UPPER(?) ORDER BY seq LIMIT ?",
                        table,
                        limit),
                row -> new Gone(
                        row.getLong(1),
                        new RemovedMessage(
                                KeyText.parts(Objects.requireNonNull(row.getString(2)), keySize),
                                Optional.ofNullable(row.getString(3)),
                                new RunId(Objects.requireNonNull(row.getString(4))))));
    }

    /** Tells of the next messages. */
    public BatchResult tell(TaskContext context) throws Exception {
        return database.inBatch(context, session -> {
            List<Gone> some = next(session, context.batchSize());
            if (!some.isEmpty()) {
                listener.removed(some.stream().map(Gone::message).toList());
                String seqs =
                        some.stream().map(gone -> Long.toString(gone.seq())).collect(Collectors.joining(", "));
                session.change(Sql.of("DELETE FROM " + Outbox.MESSAGES + " WHERE seq IN (" + seqs + ")"));
            }
            Counts counts = Counts.none().plus("examined", some.size()).plus("told", some.size());
            return (some.size() == context.batchSize() ? BatchResult.next(new Cursor("next")) : BatchResult.finished())
                    .with(counts);
        });
    }

    /** Counts those that are to be told of. */
    public BatchResult preview(TaskContext context) throws Exception {
        return database.inPreview(
                context,
                session -> BatchResult.finished()
                        .with(Counts.none()
                                .plus(
                                        "due.told",
                                        session.count(Sql.of(
                                                "SELECT COUNT(*) FROM " + Outbox.MESSAGES
                                                        + " WHERE UPPER(message_table) = UPPER(?)",
                                                table)))));
    }
}
