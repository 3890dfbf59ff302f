package io.chatty.maintenance.database.files;

import static java.time.temporal.ChronoUnit.HOURS;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.DatabaseReferences;
import io.chatty.maintenance.jdbc.DatabaseUsage;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.TimeKind;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** A host with a table of files, and messages that refer to some by another column. */
final class FileTableHost implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

    final TestDatabase database;
    final ChatDatabase chat;
    final DatabaseReferences references;

    FileTableHost(TestServer server) throws Exception {
        database = server.open();
        database.execute("CREATE TABLE files (id BIGINT PRIMARY KEY, path VARCHAR(100), bytes BIGINT, made BIGINT,"
                + " used BIGINT, room INT, owner VARCHAR(20), pinned BOOLEAN NOT NULL, gone BIGINT)");
        database.execute("CREATE TABLE users (id INT PRIMARY KEY, avatar VARCHAR(100))");
        ChatSchema schema = ChatSchema.builder()
                .messages(
                        "messages",
                        m -> m.key("id").sentAt("sent_at").room("room_id").sender("sender"))
                .build();
        chat = ChatDatabase.of(database.dataSource(), schema);
        chat.migrate();
        references = chat.fileReferences(
                "chat",
                r -> r.column("files", "path", c -> c.where(Match.not(Match.isPresent("gone"))))
                        .column("users", "avatar"));
    }

    /** A row that was made, and used, so many hours before. */
    void put(int id, String path, long bytes, int made, int used, int room, String owner) throws Exception {
        database.execute("INSERT INTO files VALUES (" + id + ", '" + path + "', " + bytes + ", " + millis(made) + ", "
                + (used == 0 ? "NULL" : millis(used)) + ", " + room + ", '" + owner + "', FALSE, NULL)");
    }

    private static long millis(int hoursBefore) {
        return NOW.minus(hoursBefore, HOURS).toEpochMilli();
    }

    DatabaseUsage usage(Consumer<DatabaseUsage.Builder> more) {
        return chat.fileUsage("files", t -> {
            t.name("path")
                    .size("bytes")
                    .createdAt("made", TimeKind.epochMillis())
                    .lastUsedAt("used")
                    .room("room")
                    .user("owner")
                    .evictable(Match.not(Match.isTrue("pinned")))
                    .references(references);
            more.accept(t);
        });
    }

    DatabaseUsage deleting() {
        return usage(DatabaseUsage.Builder::deletesRows);
    }

    DatabaseUsage marking() {
        return usage(t -> t.marks("gone", TimeKind.epochMillis()));
    }

    List<String> paths() throws Exception {
        return database.strings("SELECT path FROM files WHERE gone IS NULL ORDER BY path");
    }

    @Override
    public void close() {
        database.close();
    }
}
