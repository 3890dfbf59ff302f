package io.chatty.maintenance.jdbc;

import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.outbox.GoneRows;
import io.chatty.maintenance.retention.RemovalListener;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.TaskContext;
import java.util.List;

/**
 * Tells a listener of the host's which messages have gone, at least once each, in the order in which they went; see
 * {@link ChatDatabase#removalDelivery}. Thread-safe.
 */
public final class RemovalDelivery extends OwnTask {

    private final GoneRows rows;

    RemovalDelivery(Database database, ChatSchema schema, RemovalListener listener) {
        super(database);
        MessageTable messages = schema.messages();
        this.rows = new GoneRows(database, messages.table(), messages.key().size(), listener);
    }

    @Override
    public String name() {
        return "removal-delivery";
    }

    @Override
    public List<String> problems() {
        return rows.problems();
    }

    @Override
    public BatchResult runBatch(TaskContext context) throws Exception {
        return rows.tell(context);
    }

    @Override
    public BatchResult previewBatch(TaskContext context) throws Exception {
        return rows.preview(context);
    }
}
