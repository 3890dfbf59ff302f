package io.chatty.maintenance.database.cleanup;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.TimeKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A host's chat tables in a test's database, in one of several shapes, filled and read by plain JDBC. */
final class HostChat {

    /** How the host keeps keys and times. */
    enum Shape {
        /** Whole-number keys, timestamps with a zone. */
        ZONED,
        /** Text keys, timestamps of Berlin's clock, no index but the key's. */
        LOCAL,
        /** Whole-number keys, milliseconds since 1970. */
        MILLIS
    }

    static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** A message; ids are text whatever the column's type. */
    record Message(String id, Instant sentAt, String room, String sender, Instant deletedAt, Boolean pinned) {}

    final TestDatabase database;
    final Shape shape;
    private final ChatDatabase chat;

    HostChat(TestDatabase database, Shape shape) throws SQLException {
        this.database = database;
        this.shape = shape;
        this.chat = ChatDatabase.of(database.dataSource(), schema());
        String key = shape == Shape.LOCAL ? "VARCHAR(40)" : "BIGINT";
        String time = timeType();
        execute("CREATE TABLE rooms (id " + key + " PRIMARY KEY)");
        execute("CREATE TABLE users (id " + key + " PRIMARY KEY)");
        execute("CREATE TABLE messages (id " + key + " PRIMARY KEY, sent_at " + time + " NULL, room_id " + key
                + " NULL, user_id " + key + " NULL, body VARCHAR(200), deleted_at " + time
                + " NULL, pinned BOOLEAN NULL)");
        execute("CREATE TABLE reactions (message_id " + key + " NULL, emoji VARCHAR(20))");
        execute("CREATE TABLE attachments (id BIGINT PRIMARY KEY, message_id " + key + " NULL)");
        execute("CREATE INDEX reactions_message ON reactions (message_id)");
        execute("CREATE INDEX attachments_message ON attachments (message_id)");
        if (shape != Shape.LOCAL) {
            execute("CREATE INDEX messages_sent ON messages (sent_at, id)");
            execute("CREATE INDEX messages_deleted ON messages (deleted_at)");
        }
        chat.migrate();
    }

    private String timeType() {
        if (shape == Shape.MILLIS) {
            return "BIGINT";
        }
        boolean mariadb = database.server() == TestServer.MARIADB;
        if (shape == Shape.LOCAL) {
            return mariadb ? "DATETIME(6)" : "TIMESTAMP(6)";
        }
        return mariadb ? "TIMESTAMP(6)" : "TIMESTAMP(6) WITH TIME ZONE";
    }

    ChatSchema schema() {
        return schema(shape);
    }

    /** The host's tables in that shape, as it describes them to the library. */
    static ChatSchema schema(Shape shape) {
        TimeKind kind = switch (shape) {
            case ZONED -> TimeKind.zoned();
            case LOCAL -> TimeKind.local(BERLIN);
            case MILLIS -> TimeKind.epochMillis();
        };
        return ChatSchema.builder()
                .messages(
                        "messages",
                        m -> m.key("id")
                                .sentAt("sent_at", kind)
                                .room("room_id")
                                .sender("user_id")
                                .softDeletedAt("deleted_at", kind)
                                .pinned("pinned"))
                .children("reactions", "message_id")
                .children("attachments", "message_id")
                .rooms("rooms", "id")
                .users("users", "id")
                .build();
    }

    ChatDatabase chat() {
        return chat;
    }

    void execute(String sql) throws SQLException {
        database.execute(sql);
    }

    void clear() throws SQLException {
        for (String table : List.of("reactions", "attachments", "messages", "rooms", "users")) {
            execute("DELETE FROM " + table);
        }
    }

    void addRooms(List<String> ids) throws SQLException {
        insert("INSERT INTO rooms (id) VALUES (?)", ids, (row, id) -> key(row, 1, id));
    }

    void addUsers(List<String> ids) throws SQLException {
        insert("INSERT INTO users (id) VALUES (?)", ids, (row, id) -> key(row, 1, id));
    }

    void addReactions(List<String> messageIds) throws SQLException {
        insert("INSERT INTO reactions (message_id, emoji) VALUES (?, '+1')", messageIds, (row, id) -> key(row, 1, id));
    }

    void addAttachments(List<String> messageIds) throws SQLException {
        long[] next = {count("SELECT COALESCE(MAX(id), 0) FROM attachments")};
        insert("INSERT INTO attachments (id, message_id) VALUES (?, ?)", messageIds, (row, id) -> {
            row.setLong(1, ++next[0]);
            key(row, 2, id);
        });
    }

    /** Gives each message two reactions, one of them without an emoji, and an attachment with the message's number. */
    void addChildrenToAll() throws SQLException {
        execute("INSERT INTO reactions (message_id, emoji) SELECT id, 'wave' FROM messages");
        execute("INSERT INTO reactions (message_id, emoji) SELECT id, NULL FROM messages");
        execute("INSERT INTO attachments (id, message_id) SELECT id, id FROM messages");
    }

    void add(List<Message> messages) throws SQLException {
        insert(
                "INSERT INTO messages (id, sent_at, room_id, user_id, deleted_at, pinned, body)"
                        + " VALUES (?, ?, ?, ?, ?, ?, 'hello')",
                messages,
                (row, message) -> {
                    key(row, 1, message.id());
                    time(row, 2, message.sentAt());
                    key(row, 3, message.room());
                    key(row, 4, message.sender());
                    time(row, 5, message.deletedAt());
                    if (message.pinned() == null) {
                        row.setNull(6, Types.BOOLEAN);
                    } else {
                        row.setBoolean(6, message.pinned());
                    }
                });
    }

    private void key(PreparedStatement row, int position, String id) throws SQLException {
        if (id == null) {
            row.setNull(position, shape == Shape.LOCAL ? Types.VARCHAR : Types.BIGINT);
        } else if (shape == Shape.LOCAL) {
            row.setString(position, id);
        } else {
            row.setLong(position, Long.parseLong(id));
        }
    }

    private void time(PreparedStatement row, int position, Instant at) throws SQLException {
        if (at == null) {
            row.setNull(position, shape == Shape.MILLIS ? Types.BIGINT : Types.TIMESTAMP);
        } else if (shape == Shape.MILLIS) {
            row.setLong(position, at.toEpochMilli());
        } else if (shape == Shape.LOCAL) {
            row.setObject(position, LocalDateTime.ofInstant(at, BERLIN));
        } else if (database.server() == TestServer.MARIADB) {
            row.setObject(position, LocalDateTime.ofInstant(at, ZoneOffset.UTC)); // the session is put to UTC
        } else {
            row.setObject(position, at.atOffset(ZoneOffset.UTC));
        }
    }

    private interface Binder<T> {
        void bind(PreparedStatement row, T value) throws SQLException;
    }

    private <T> void insert(String sql, List<T> values, Binder<T> binder) throws SQLException {
        if (values.isEmpty()) {
            return;
        }
        try (Connection connection = database.dataSource().getConnection()) {
            boolean mariadb = database.server() == TestServer.MARIADB;
            try (Statement zone = connection.createStatement()) {
                if (mariadb) {
                    zone.execute("SET time_zone = '+00:00'");
                }
                connection.setAutoCommit(false);
                try (PreparedStatement row = connection.prepareStatement(sql)) {
                    for (T value : values) {
                        binder.bind(row, value);
                        row.addBatch();
                    }
                    row.executeBatch();
                }
                connection.commit();
                connection.setAutoCommit(true);
                if (mariadb) {
                    zone.execute("SET time_zone = '+12:45'");
                }
            }
        }
    }

    Set<String> ids(String table, String column) throws SQLException {
        return new TreeSet<>(
                database.strings("SELECT " + column + " FROM " + table + " WHERE " + column + " IS NOT NULL"));
    }

    /** How many rows a table has, or what else can follow FROM. */
    long rows(String from) throws SQLException {
        return count("SELECT COUNT(*) FROM " + from);
    }

    long count(String sql) throws SQLException {
        return Long.parseLong(database.strings(sql).get(0));
    }
}
