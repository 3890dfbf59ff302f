package io.chatty.maintenance.examples.chat.history;

import java.io.IOException;
import java.sql.SQLException;

/** A chat's past. */
public interface History {
    /** What it is, for people. */
    String title();

    /** Writes all of it, the oldest file or message first. */
    void writeTo(HistoryWriter writer) throws IOException, SQLException;

    /** Each so many-th attachment has lost its file; 0 for none. */
    default int lostFileEvery() {
        return 0;
    }
}
