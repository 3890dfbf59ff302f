package io.chatty.maintenance.examples.chat.history;

import io.chatty.maintenance.examples.chat.storage.ChatStorage;
import io.chatty.maintenance.examples.chat.storage.DatabaseKind;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes a history into the chat's tables in JDBC batches, and counts it. */
public final class HistoryWriter implements AutoCloseable {

    private static final int ROWS_A_BATCH = 1_000;
    private static final int ROWS_A_TRANSACTION = 20_000;
    private static final Duration UNTIL_SOFT_DELETED = Duration.ofDays(1);

    private final ChatStorage storage;
    private final DatabaseKind kind;
    private final int softDeleteEvery;
    private final HistoryFiles historyFiles;
    private final Connection connection;
    private final List<Rows> allRows = new ArrayList<>();
    private final Rows rooms;
    private final Rows users;
    private final Rows messages;
    private final Rows attachments;
    private final Rows mentions;
    private final Rows reactions;
    private final Map<String, Long> userIds = new HashMap<>();
    private long lastMessage;
    private long lastUser;
    private long softDeleted;
    private long files;
    private long badFiles;
    private long badLines;
    private int uncommitted;
    private @Nullable Instant newest;

    /**
     * Into those tables.
     *
     * @param historyFiles makes the files of attachments
     * @param softDeleteEvery every so many-th message is one that was soft-deleted a day after it was sent; with 0 none is
     */
    public HistoryWriter(ChatStorage storage, HistoryFiles historyFiles, int softDeleteEvery) throws SQLException {
        this.storage = storage;
        this.kind = storage.kind();
        this.historyFiles = historyFiles;
        this.softDeleteEvery = softDeleteEvery;
        this.connection = storage.dataSource().getConnection();
        this.connection.setAutoCommit(false);
        this.rooms = rows("rooms (id, topic) VALUES (?, ?)");
        this.users = rows("users (id, name) VALUES (?, ?)");
        this.messages = rows(
                "messages (id, room_id, user_id, sent_at, body, deleted_at, pinned)" + " VALUES (?, ?, ?, ?, ?, ?, ?)");
        this.attachments = rows("attachments (message_id, url, path, thumbnail) VALUES (?, ?, ?, ?)");
        this.mentions = rows("mentions (message_id, user_id) VALUES (?, ?)");
        this.reactions = rows("reactions (message_id, user_id, emoji) VALUES (?, ?, ?)");
    }

    private Rows rows(String into) throws SQLException {
        Rows rows = new Rows(connection.prepareStatement("INSERT INTO " + into));
        allRows.add(rows);
        return rows;
    }

    void room(String id, String topic) throws SQLException {
        add(rooms, kind.text(id), topic);
    }

    /** The id of the user of that name, letter for letter; a new one if there is none yet. */
    long user(String name) throws SQLException {
        String stored = kind.text(name);
        Long known = userIds.get(stored);
        if (known != null) {
            return known;
        }
        long id = ++lastUser;
        userIds.put(stored, id);
        add(users, id, stored);
        return id;
    }

    /** The id of a user who is gone: it was given, and is not given again. */
    long goneUser() {
        return ++lastUser;
    }

    void message(NewMessage message) throws IOException, SQLException {
        long id = ++lastMessage;
        long number = messages.count + 1;
        boolean deleted = softDeleteEvery > 0 && number % softDeleteEvery == 0;
        softDeleted += deleted ? 1 : 0;
        Instant deletedAt = deleted ? message.sentAt().plus(UNTIL_SOFT_DELETED) : null;
        if (newest == null || message.sentAt().isAfter(newest)) {
            newest = message.sentAt();
        }
        add(
                messages,
                id,
                kind.text(message.room()),
                message.sender(),
                kind.time(message.sentAt()),
                kind.text(message.text()),
                kind.time(deletedAt),
                message.pinned());
        children(id, message);
    }

    /** What a message left behind that went without its children. */
    void childrenWithoutMessage(NewMessage gone) throws IOException, SQLException {
        children(++lastMessage, gone);
    }

    private void children(long message, NewMessage of) throws IOException, SQLException {
        for (String url : MessageText.urls(of.text())) {
            HistoryFiles.Attached file = historyFiles.attach(url, of.sentAt());
            add(attachments, message, kind.text(url), file.name(), file.thumbnail());
        }
        for (long user : of.mentions()) {
            add(mentions, message, user);
        }
        for (NewMessage.Reaction reaction : of.reactions()) {
            add(reactions, message, reaction.user(), reaction.emoji());
        }
    }

    void countFile() {
        files++;
    }

    void countBadFile() {
        badFiles++;
    }

    void countBadLine() {
        badLines++;
    }

    private void add(Rows rows, @Nullable Object... values) throws SQLException {
        rows.add(values);
        uncommitted++;
        if (uncommitted >= ROWS_A_TRANSACTION) {
            commit();
        }
    }

    private void commit() throws SQLException {
        for (Rows rows : allRows) {
            rows.flush();
        }
        connection.commit();
        uncommitted = 0;
    }

    /** Writes what is still held back, and says how much it was in all. */
    public Imported finish() throws SQLException {
        commit();
        storage.countOnFrom(lastMessage + 1, lastUser + 1);
        return new Imported(
                files,
                badFiles,
                badLines,
                rooms.count,
                users.count,
                messages.count,
                softDeleted,
                attachments.count,
                mentions.count,
                reactions.count);
    }

    /** When the newest message was sent; empty if there is none. */
    public Optional<Instant> newest() {
        return Optional.ofNullable(newest);
    }

    @Override
    public void close() throws SQLException {
        try (Connection closed = connection) {
            closed.rollback(); // after finish() there is nothing left to undo
            closed.setAutoCommit(true);
            for (Rows rows : allRows) {
                rows.statement.close();
            }
        }
    }

    private static final class Rows {

        private final PreparedStatement statement;
        private int waiting;
        private long count;

        Rows(PreparedStatement statement) {
            this.statement = statement;
        }

        void add(@Nullable Object... values) throws SQLException {
            for (int i = 0; i < values.length; i++) {
                if (values[i] == null) {
                    statement.setNull(i + 1, java.sql.Types.TIMESTAMP); // times alone may be missing
                } else {
                    statement.setObject(i + 1, values[i]);
                }
            }
            statement.addBatch();
            count++;
            waiting++;
            if (waiting == ROWS_A_BATCH) {
                flush();
            }
        }

        void flush() throws SQLException {
            if (waiting > 0) {
                statement.executeBatch();
                waiting = 0;
            }
        }
    }
}
