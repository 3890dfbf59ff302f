package io.chatty.maintenance.jdbc.internal.archive;

import io.chatty.maintenance.jdbc.internal.database.Column;
import io.chatty.maintenance.jdbc.internal.database.Sql;
import io.chatty.maintenance.jdbc.internal.table.MessageRow;
import java.util.List;
import java.util.Optional;

/**
 * Takes messages that are about to go, and what goes with them, into an archive, in the transaction that deletes. What it says is
 * in the archive stays as it is until it is deleted. Not thread-safe.
 */
public interface ArchiveWriter {

    /** Takes those messages, which are locked, and notes that they are in the archive. */
    void messages(List<MessageRow> rows, Sql ofThem);

    /** Takes rows that fulfil a condition, and locks them; the number of them. */
    long copy(Column ofTable, Sql condition);

    /** The archive file that they are in; empty if it is tables. */
    default Optional<String> file() {
        return Optional.empty();
    }
}
