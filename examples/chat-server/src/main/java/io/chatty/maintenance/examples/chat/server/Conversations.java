package io.chatty.maintenance.examples.chat.server;

import io.chatty.maintenance.examples.chat.files.ChatFiles;
import io.chatty.maintenance.examples.chat.history.MessageText;
import io.chatty.maintenance.examples.chat.storage.ChatStorage;
import io.chatty.maintenance.examples.chat.storage.DatabaseKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rooms, users and messages in the chat's tables. Thread-safe. */
final class Conversations {

    private final ChatStorage storage;
    private final DatabaseKind kind;
    private final InstantSource clock;
    private final Object newUsers = new Object();

    Conversations(ChatStorage storage, InstantSource clock) {
        this.storage = storage;
        this.kind = storage.kind();
        this.clock = clock;
    }

    /** A room. */
    record Room(String id, String topic) {}

    /** A user. */
    record User(long id, String name) {}

    /** A message as it is shown. */
    record Message(
            long id, String room, String user, String sentAt, String text, boolean pinned, List<Attachment> files) {}

    /**
     * A file of a message.
     *
     * @param file where it is
     * @param thumbnail where its thumbnail is; null if it has none
     */
    record Attachment(String file, @Nullable String thumbnail) {
        static Attachment of(String path, boolean thumbnail) {
            return new Attachment("/files/" + path, thumbnail ? "/files/" + ChatFiles.thumbnailOf(path) : null);
        }
    }

    private record Attached(long message, Attachment attachment) {}

    List<Room> rooms() throws SQLException {
        return list(
                "SELECT id, topic FROM rooms ORDER BY id",
                row -> new Room(row.getString("id"), row.getString("topic")));
    }

    Optional<Room> room(String id) throws SQLException {
        return list(
                        "SELECT id, topic FROM rooms WHERE id = ?",
                        row -> new Room(row.getString("id"), row.getString("topic")),
                        id)
                .stream()
                .findFirst();
    }

    /** Opens a room; false if there is one of that name. */
    boolean open(Room room) throws SQLException {
        if (room(room.id()).isPresent()) {
            return false;
        }
        update("INSERT INTO rooms (id, topic) VALUES (?, ?)", room.id(), room.topic());
        return true;
    }

    List<User> users() throws SQLException {
        return list("SELECT id, name FROM users ORDER BY id", Conversations::readUser);
    }

    private static User readUser(ResultSet row) throws SQLException {
        return new User(row.getLong("id"), row.getString("name"));
    }

    private Optional<User> user(String name) throws SQLException {
        return list("SELECT id, name FROM users WHERE name = ? ORDER BY id", Conversations::readUser, name).stream()
                .findFirst();
    }

    /** The user of that name, who is new if nobody has it. */
    User enter(String name) throws SQLException {
        synchronized (newUsers) {
            Optional<User> known = user(name);
            if (known.isPresent()) {
                return known.get();
            }
            try (Connection connection = storage.dataSource().getConnection()) {
                return new User(insert(connection, "INSERT INTO users (name) VALUES (?)", name), name);
            }
        }
    }

    /** The latest messages of a room that live, the oldest first. */
    List<Message> latest(String room, int count) throws SQLException {
        List<Message> messages = list(
                "SELECT m.id, m.room_id, u.name, m.sent_at, m.body, m.pinned FROM messages m"
                        + " LEFT JOIN users u ON u.id = m.user_id"
                        + " WHERE m.room_id = ? AND m.deleted_at IS NULL ORDER BY m.id DESC LIMIT " + count,
                this::readMessage,
                room);
        Collections.reverse(messages);
        return withFiles(messages);
    }

    private List<Message> withFiles(List<Message> messages) throws SQLException {
        if (messages.isEmpty()) {
            return messages;
        }
        List<Attached> attached = list(
                "SELECT message_id, path, thumbnail FROM attachments WHERE path IS NOT NULL AND message_id IN ("
                        + String.join(", ", Collections.nCopies(messages.size(), "?")) + ") ORDER BY id",
                row -> new Attached(
                        row.getLong("message_id"), Attachment.of(row.getString("path"), row.getBoolean("thumbnail"))),
                messages.stream().map(Message::id).toArray());
        return messages.stream()
                .map(message -> new Message(
                        message.id(),
                        message.room(),
                        message.user(),
                        message.sentAt(),
                        message.text(),
                        message.pinned(),
                        attached.stream()
                                .filter(file -> file.message() == message.id())
                                .map(Attached::attachment)
                                .toList()))
                .toList();
    }

    /** Whether a file belongs to a message that lives. */
    boolean isAttached(String path) throws SQLException {
        return !list(
                        "SELECT m.id FROM attachments a JOIN messages m ON m.id = a.message_id"
                                + " WHERE a.path = ? AND m.deleted_at IS NULL",
                        row -> row.getLong("id"),
                        path)
                .isEmpty();
    }

    private Message readMessage(ResultSet row) throws SQLException {
        String user = row.getString("name");
        return new Message(
                row.getLong("id"),
                row.getString("room_id"),
                user == null ? "(gone)" : user,
                kind.readTime(row, "sent_at").toString(),
                row.getString("body"),
                row.getBoolean("pinned"),
                List.of());
    }

    /** Stores a message with what belongs to it, in one transaction. */
    Message post(String room, User sender, String text, List<Uploads.Kept> files) throws SQLException {
        Instant sentAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
        String body = kind.text(text);
        Optional<String> addressee = MessageText.addressee(body);
        Optional<User> mentioned = addressee.isPresent() ? user(addressee.get()) : Optional.empty();
        try (Connection connection = storage.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            try {
                long id = insert(
                        connection,
                        "INSERT INTO messages (room_id, user_id, sent_at, body, pinned) VALUES (?, ?, ?, ?, ?)",
                        room,
                        sender.id(),
                        kind.time(sentAt),
                        body,
                        false);
                for (String url : MessageText.urls(body)) {
                    run(connection, "INSERT INTO attachments (message_id, url) VALUES (?, ?)", id, url);
                }
                for (Uploads.Kept file : files) {
                    run(
                            connection,
                            "INSERT INTO attachments (message_id, path, thumbnail) VALUES (?, ?, ?)",
                            id,
                            file.path(),
                            file.thumbnail());
                }
                if (mentioned.isPresent()) {
                    long user = mentioned.get().id();
                    run(connection, "INSERT INTO mentions (message_id, user_id) VALUES (?, ?)", id, user);
                }
                connection.commit();
                return new Message(
                        id,
                        room,
                        sender.name(),
                        sentAt.toString(),
                        body,
                        false,
                        files.stream()
                                .map(file -> Attachment.of(file.path(), file.thumbnail()))
                                .toList());
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    /** Soft-deletes a message: it is shown no longer, and goes for good after the grace. False if there is none. */
    boolean delete(long message) throws SQLException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return update("UPDATE messages SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL", kind.time(now), message)
                > 0;
    }

    // ---- plain JDBC

    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> list(String sql, Reader<T> reader, @Nullable Object... arguments) throws SQLException {
        List<T> found = new ArrayList<>();
        try (Connection connection = storage.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, arguments);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(reader.read(rows));
                }
            }
        }
        return found;
    }

    private int update(String sql, @Nullable Object... arguments) throws SQLException {
        try (Connection connection = storage.dataSource().getConnection()) {
            return run(connection, sql, arguments);
        }
    }

    private int run(Connection connection, String sql, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, arguments);
            return statement.executeUpdate();
        }
    }

    /** Inserts a row and gives the id that the database has made for it. */
    private long insert(Connection connection, String sql, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)) {
            bind(statement, arguments);
            statement.executeUpdate();
            try (ResultSet keys = statement.getGeneratedKeys()) {
                keys.next();
                return keys.getLong(1); // the id is the first column of each table that counts
            }
        }
    }

    private void bind(PreparedStatement statement, @Nullable Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            Object given = arguments[i];
            statement.setObject(i + 1, given instanceof String text ? kind.text(text) : given);
        }
    }
}
