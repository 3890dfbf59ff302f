package io.chatty.maintenance.examples.chat.history;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** A chat's past. */
public interface History {
    /** What it is, for people. */
    String title();

    /** Writes all of it, the oldest file or message first. */
    void writeTo(HistoryWriter writer) throws IOException, SQLException;

    /** The logs of it that have a date, from the oldest day on; none if it is made up. */
    default List<IrcLog> logs() {
        return List.of();
    }

    /** Each so many-th attachment has lost its file; 0 for none. */
    default int lostFileEvery() {
        return 0;
    }
}
