package io.chatty.maintenance.jdbc.internal.table;

import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.task.RunId;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The host's tables as a run found them: it looks once, and not with each batch. Thread-safe. */
public final class TablesOfRun {

    private final ChatSchema schema;
    private volatile @Nullable Found last;

    private record Found(RunId run, HostTables tables) {}

    public TablesOfRun(ChatSchema schema) {
        this.schema = schema;
    }

    public HostTables of(Session session, RunId run) throws SQLException {
        Found found = last;
        if (found == null || !found.run().equals(run)) {
            found = new Found(run, HostTables.of(session, schema));
            last = found;
        }
        return found.tables();
    }
}
