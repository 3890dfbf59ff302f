package io.chatty.maintenance.database.cleanup;

import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import java.sql.SQLException;
import java.time.Instant;

/** Messages by the thousand, made by the server itself, in a host's tables that keep milliseconds. */
final class ManyMessages {

    private ManyMessages() {}

    static HostChat host(TestDatabase database) throws SQLException {
        return new HostChat(database, Shape.MILLIS);
    }

    /**
     * Adds the messages of these ids, all sent at that time.
     *
     * @param room what room message x is in, in SQL
     */
    static void add(HostChat host, int first, int last, Instant sentAt, String room) throws SQLException {
        if (first <= last) {
            add(host, first, last, Long.toString(sentAt.toEpochMilli()), room);
        }
    }

    /** As {@link #add(HostChat, int, int, Instant, String)}, with the milliseconds at which message x was sent in SQL. */
    static void add(HostChat host, int first, int last, String sentAt, String room) throws SQLException {
        host.execute("INSERT INTO messages (id, sent_at, room_id, user_id, body) SELECT x, " + sentAt + ", " + room
                + ", 1, 'hello' FROM " + numbers(host.database.server(), first, last));
    }

    /** Adds a reaction to each of these messages. */
    static void addReactions(HostChat host, int first, int last) throws SQLException {
        host.execute("INSERT INTO reactions (message_id, emoji) SELECT x, '+1' FROM "
                + numbers(host.database.server(), first, last));
    }

    private static String numbers(TestServer server, int first, int last) {
        return switch (server) {
            case H2 -> "SYSTEM_RANGE(" + first + ", " + last + ")";
            case POSTGRESQL -> "generate_series(CAST(" + first + " AS bigint), " + last + ") AS s (x)";
            case MARIADB -> "(SELECT seq AS x FROM seq_" + first + "_to_" + last + ") s";
        };
    }
}
