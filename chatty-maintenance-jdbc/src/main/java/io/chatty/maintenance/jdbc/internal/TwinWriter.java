package io.chatty.maintenance.jdbc.internal;

import io.chatty.maintenance.task.RunId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages that are about to go, and what goes with them, into the archive's tables, in the same transaction. Rows are
 * locked as they are copied, so that what is deleted afterwards is what was copied if it is as many. Not thread-safe.
 */
final class TwinWriter {

    static final String ARCHIVED = "chatty_maintenance_archived";

    private final HostTables tables;
    private final Twins twins;
    private final Session session;
    private final RunId run;

    TwinWriter(HostTables tables, Twins twins, Session session, RunId run) {
        this.tables = tables;
        this.twins = twins;
        this.session = session;
        this.run = run;
    }

    /** Copies those messages, which are locked, and notes that they are in the archive. */
    void messages(List<MessageRow> rows, Sql ofThem) {
        twins.requireSame(session);
        if (copy(tables.key.get(0), ofThem) != rows.size()) {
            throw new ChangedMeanwhile();
        }
        List<List<@Nullable Object>> notes = new ArrayList<>();
        for (MessageRow row : rows) {
            List<@Nullable Object> note = new ArrayList<>();
            note.add(run.value());
            note.add(tables.messageTable());
            note.add(KeyText.of(row.key()));
            note.add(row.scopes().room());
            note.add(row.scopes().user());
            MessageRow.Sent sent = row.sent();
            note.add(sent == null ? null : session.dialect().instant(sent.instant()));
            notes.add(note);
        }
        OwnRows.insert(
                session,
                ARCHIVED,
                List.of("run_id", "message_table", "message_key", "room", "sender", "sent_at"),
                "archived_at",
                notes);
    }

    /** Copies rows that fulfil a condition, and locks them; the number of them. */
    long copy(Column ofTable, Sql condition) {
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
