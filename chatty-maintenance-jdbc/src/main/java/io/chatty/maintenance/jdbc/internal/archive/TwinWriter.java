package io.chatty.maintenance.jdbc.internal.archive;

import io.chatty.maintenance.jdbc.internal.database.ChangedMeanwhile;
import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.OwnRows;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.HostTables;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import io.chatty.maintenance.task.RunId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages that are about to go, and what goes with them, into the archive's tables, in the same transaction. Rows are
 * locked as they are copied, so that what is deleted afterwards is what was copied if it is as many. Not thread-safe.
 */
public final class TwinWriter implements ArchiveWriter {

    private final HostTables tables;
    private final Twins twins;
    private final Session session;
    private final RunId run;
    private final boolean told;

    /**
     * For a batch of that run.
     *
     * @param told whether what goes is noted for a listener, too
     */
    public TwinWriter(HostTables tables, Twins twins, Session session, RunId run, boolean told) {
        this.tables = tables;
        this.twins = twins;
        this.session = session;
        this.run = run;
        this.told = told;
    }

    @Override
    public void messages(List<MessageRow> rows, Sql ofThem) {
        twins.requireSame(session);
        if (copy(tables.key.get(0), ofThem) != rows.size()) {
            throw new ChangedMeanwhile();
        }
        List<List<@Nullable Object>> notes = new ArrayList<>();
        for (MessageRow row : rows) {
            notes.add(ArchiveRows.note(tables, session, run, twins.place(), told, row));
        }
        OwnRows.insert(session, ArchiveRows.ARCHIVED, ArchiveRows.NOTED, "archived_at", notes);
    }

    @Override
    public long copy(Column ofTable, Sql condition) {
        String table = ofTable.table();
        String columns = twins.quoted("", twins.common(table));
        Sql copy = Sql.of(
                "INSERT INTO " + twins.of(ofTable) + " (" + columns + ", " + Twins.RUN + ") SELECT "
                        + twins.quoted("m", twins.common(table)) + ", "
                        + session.dialect().textArgument() + " FROM " + tables.table(ofTable) + " m WHERE ",
                run.value());
        return session.change(session.dialect().unchecked(copy.add(condition).add(" FOR UPDATE")));
    }
}
