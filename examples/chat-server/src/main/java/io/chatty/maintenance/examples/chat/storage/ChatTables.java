package io.chatty.maintenance.examples.chat.storage;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The chat's tables. They have no foreign keys: like many grown chats this one has messages whose room or sender is gone,
 * and attachments whose message is.
 */
final class ChatTables {

    /** Says that the tables beside it are this example's. */
    private static final String MARKER = "chat_server_example";

    private static final String LIBRARYS_PREFIX = "chatty_maintenance_";

    private static final List<String> DDL = List.of(
            "CREATE TABLE " + MARKER + " (version INT NOT NULL)",
            "CREATE TABLE rooms (id VARCHAR(300) NOT NULL PRIMARY KEY, topic {text} NOT NULL){options}",
            "CREATE TABLE users (id {id} PRIMARY KEY, name {text} NOT NULL){options}",
            """
            CREATE TABLE messages (
                id {id} PRIMARY KEY,
                room_id VARCHAR(300) NOT NULL,
                user_id BIGINT NOT NULL,
                sent_at {time} NOT NULL,
                body {text} NOT NULL,
                deleted_at {time} NULL,
                pinned BOOLEAN DEFAULT FALSE NOT NULL
            ){options}""",
            "CREATE INDEX messages_sent ON messages (sent_at, id)",
            "CREATE INDEX messages_deleted ON messages (deleted_at)",
            "CREATE INDEX messages_room ON messages (room_id, id)",
            """
            CREATE TABLE reactions (
                message_id BIGINT NOT NULL,
                user_id BIGINT NOT NULL,
                emoji VARCHAR(20) NOT NULL,
                PRIMARY KEY (message_id, user_id, emoji)
            ){options}""",
            """
            CREATE TABLE mentions (
                message_id BIGINT NOT NULL,
                user_id BIGINT NOT NULL,
                PRIMARY KEY (message_id, user_id)
            ){options}""",
            """
            CREATE TABLE attachments (
                id {id} PRIMARY KEY,
                message_id BIGINT NOT NULL,
                url {text} NULL,
                path VARCHAR(200) NULL,
                thumbnail BOOLEAN DEFAULT FALSE NOT NULL
            ){options}""",
            "CREATE INDEX attachments_message ON attachments (message_id)",
            "CREATE INDEX attachments_path ON attachments (path)");

    private static final Set<String> NAMES =
            Set.of(MARKER, "rooms", "users", "messages", "reactions", "mentions", "attachments");

    private ChatTables() {}

    /** Makes the tables; refuses if there is any of such a name. */
    static void create(Connection connection, DatabaseKind kind) throws SQLException {
        refuseIfThere(connection, kind);
        try (Statement statement = connection.createStatement()) {
            for (String ddl : DDL) {
                statement.execute(kind.withTypes(ddl));
            }
        }
    }

    private static void refuseIfThere(Connection connection, DatabaseKind kind) throws SQLException {
        List<String> found = new ArrayList<>();
        DatabaseMetaData database = connection.getMetaData();
        String schema = kind == DatabaseKind.MARIADB ? null : connection.getSchema();
        try (ResultSet tables = database.getTables(connection.getCatalog(), schema, "%", null)) {
            while (tables.next()) {
                String name = tables.getString("TABLE_NAME");
                String lower = name.toLowerCase(Locale.ROOT);
                String type = tables.getString("TABLE_TYPE");
                boolean table = type.contains("TABLE") || type.contains("VIEW");
                if (table && (NAMES.contains(lower) || lower.startsWith(LIBRARYS_PREFIX))) {
                    found.add(name);
                }
            }
        }
        if (found.isEmpty()) {
            return;
        }
        found.sort(null);
        String names = String.join(", ", found);
        if (found.stream().anyMatch(MARKER::equalsIgnoreCase)) {
            throw new ChatServerException("The database holds the chat of an earlier run of this demo, which is left as"
                    + " it is. Name another database or schema, or, to be rid of that chat for good, run there:\n"
                    + "  DROP TABLE " + names + ";");
        }
        throw new ChatServerException("The database has tables already that are named like the demo's but are not the"
                + " demo's: " + names + ". They are left as they are. Name an empty database or schema.");
    }

    /** Lets the database count on from there, after rows that brought their ids along. */
    static void countOnFrom(Connection connection, DatabaseKind kind, String table, long next) throws SQLException {
        if (kind == DatabaseKind.MARIADB) {
            return; // counts on by itself
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE " + table + " ALTER COLUMN id RESTART WITH " + next);
        }
    }
}
