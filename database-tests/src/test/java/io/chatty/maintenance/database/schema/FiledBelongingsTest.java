package io.chatty.maintenance.database.schema;

import static io.chatty.maintenance.database.schema.CleanedTables.MONTH;
import static io.chatty.maintenance.database.schema.CleanedTables.OLD;
import static io.chatty.maintenance.database.schema.CleanedTables.YOUNG;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.SizeCap;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.testkit.InMemoryFileStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All kinds of rows that go with a message come back out of files, each once. */
final class FiledBelongingsTest {

    private final InMemoryFileStore store = new InMemoryFileStore(Instant::now);

    private static void message(CleanedTables host, int id, long sent, String ext, int room) throws Exception {
        host.execute("INSERT INTO messages VALUES (" + id + ", " + sent + ", " + ext + ", " + room + ")");
    }

    private static ChatSchema schema() {
        return ChatSchema.builder()
                .messages(
                        "messages",
                        m -> m.key("id").sentAt("sent", TimeKind.epochMillis()).room("room"))
                .children("reactions", c -> c.refersBy("message"))
                .children("marks", c -> c.refersBy("name").to("ext").where(Match.isOneOf("kind", "flag")))
                .children("reports", c -> c.refersBy("about"))
                .children("reports", c -> c.refersBy("quotes"))
                .children("drafts", c -> c.refersBy("answers").setLoose())
                .shared("files", s -> s.key("id").through("links", "file", "message"))
                .counter("rooms", c -> c.key("id").column("messages").of("room"))
                .build();
    }

    private static final List<String> TABLES = List.of(
            "SELECT CONCAT(id, ' ', sent, ' ', COALESCE(ext, '-'), ' ', room) FROM messages ORDER BY id",
            "SELECT CONCAT(message, ' ', COALESCE(emoji, '-')) FROM reactions ORDER BY 1",
            "SELECT CONCAT(COALESCE(name, '-'), ' ', kind, ' ', n) FROM marks ORDER BY 1",
            "SELECT CONCAT(id, ' ', COALESCE(about, 0), ' ', COALESCE(quotes, 0)) FROM reports ORDER BY 1",
            "SELECT CONCAT(message, ' ', file) FROM links ORDER BY 1",
            "SELECT CONCAT(id, ' ', path) FROM files ORDER BY 1",
            "SELECT CONCAT(id, ' ', messages) FROM rooms ORDER BY 1");

    private static List<List<String>> all(CleanedTables host) throws Exception {
        List<List<String>> all = new ArrayList<>();
        for (String table : TABLES) {
            all.add(host.strings(table));
        }
        return all;
    }

    private static void fill(CleanedTables host) throws Exception {
        host.execute(
                "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, ext VARCHAR(20), room INTEGER)",
                "CREATE UNIQUE INDEX by_ext ON messages (ext)",
                "CREATE TABLE reactions (message BIGINT, emoji VARCHAR(20))",
                "CREATE TABLE marks (name VARCHAR(20), kind VARCHAR(20), n INTEGER)",
                "CREATE TABLE reports (id BIGINT PRIMARY KEY, about BIGINT, quotes BIGINT)",
                "CREATE TABLE drafts (answers BIGINT NULL)",
                "CREATE TABLE files (id BIGINT PRIMARY KEY, path VARCHAR(40))",
                "CREATE TABLE links (message BIGINT, file BIGINT)",
                "CREATE TABLE rooms (id INTEGER PRIMARY KEY, messages INTEGER)",
                "INSERT INTO rooms VALUES (1, 3), (2, 2)");
        message(host, 1, OLD, "'a'", 1);
        message(host, 2, OLD, "''", 1);
        message(host, 3, OLD, "NULL", 2);
        message(host, 4, YOUNG, "'d'", 1);
        message(host, 5, OLD, "'e'", 2);
        host.execute(
                "INSERT INTO reactions VALUES (1, 'x'), (1, 'x'), (1, NULL), (4, 'x'), (5, 'y')",
                "INSERT INTO marks VALUES ('a', 'flag', 1), ('a', 'flag', 1), ('a', 'other', 2), ('', 'flag', 3),"
                        + " (NULL, 'flag', 4), ('d', 'flag', 5)",
                "INSERT INTO reports VALUES (1, 1, NULL), (2, 1, 1), (3, 4, 5), (4, 4, 4), (5, NULL, NULL)",
                "INSERT INTO drafts VALUES (1), (4)",
                // 10 belongs to two that go, 11 to one that stays, too, 12 to one alone, linked twice; 13 to none
                "INSERT INTO files VALUES (10, 'ten'), (11, 'eleven'), (12, 'twelve'), (13, 'thirteen')",
                "INSERT INTO links VALUES (1, 10), (2, 10), (3, 11), (4, 11), (5, 12), (5, 12)");
    }

    @ParameterizedTest
    @EnumSource
    void children_links_shared_rows_and_counters_come_back_once_each(TestServer server) throws Exception {
        for (int size : List.of(1, 2, 10)) { // those that share a row in files of their own, and in one
            try (CleanedTables host = new CleanedTables(server).batchesOf(size)) {
                fill(host);
                List<List<String>> before = all(host);
                ChatDatabase chat = host.chat(schema());
                chat.migrate();
                Archive archive = chat.archive(store);
                Counts counts = host.clean(chat, MONTH, c -> c.archive(archive));
                assertThat(counts.get("deleted.expired")).isEqualTo(4);
                assertThat(host.left("messages", "id")).containsExactly("4");
                assertThat(host.left("files", "id")).containsExactly("11", "13");
                assertThat(host.left("reports", "id")).containsExactly("4", "5");
                assertThat(host.strings(TABLES.get(6))).containsExactly("1 1", "2 0");

                Counts restored = archive.restore(ArchiveFilter.all());
                assertThat(restored.get("restored.messages")).isEqualTo(4);
                assertThat(restored.get("restored.children.reactions")).isEqualTo(4);
                assertThat(restored.get("restored.children.files")).isEqualTo(2);
                assertThat(all(host)).as("batches of " + size).isEqualTo(before);
                assertThat(store.list("")).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_shared_row_comes_back_with_the_message_that_took_it_along_before(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server).batchesOf(1)) {
            fill(host);
            ChatDatabase chat = host.chat(schema());
            chat.migrate();
            Archive archive = chat.archive(store);
            host.clean(chat, MONTH, c -> c.archive(archive));
            archive.restore(ArchiveFilter.ofRoom("1")); // 1 and 2, of which one went with file 10 still there
            assertThat(host.strings(TABLES.get(4))).containsExactly("1 10", "2 10", "4 11");
            assertThat(host.strings(TABLES.get(5))).containsExactly("10 ten", "11 eleven", "13 thirteen");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_size_cap_takes_what_is_too_much_into_files(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server).batchesOf(2)) {
            fill(host);
            ChatDatabase chat = host.chat(schema());
            chat.migrate();
            Archive archive = chat.archive(store);
            Counts counts = host.clean(
                    chat,
                    RetentionPolicies.builder().build(),
                    c -> c.archive(archive).sizeCap(SizeCap.rows(4).downTo(2)));
            assertThat(counts.get("deleted.capped")).isEqualTo(3);
            assertThat(counts.get("capped.unreached")).isZero();
            assertThat(host.left("messages", "id")).containsExactly("4", "5");
            assertThat(archive.restore(ArchiveFilter.all()).get("restored.messages"))
                    .isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tables_whose_rows_a_file_cannot_tell_apart_are_refused(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT, sent BIGINT, thread BIGINT)",
                    "CREATE INDEX by_id ON messages (id)",
                    "CREATE TABLE votes (thread BIGINT)");
            ChatDatabase chat = host.chat(ChatSchema.builder()
                    .messages("messages", m -> m.sharedKey("id").sentAt("sent", TimeKind.epochMillis()))
                    .children("votes", c -> c.refersBy("thread").to("thread"))
                    .build());
            chat.migrate();
            MessageCleanup cleanup =
                    chat.messageCleanup(MONTH).archive(chat.archive(store)).build();
            assertThat(cleanup.problems())
                    .hasSize(2)
                    .anyMatch(problem -> problem.contains("may share the key"))
                    .anyMatch(problem -> problem.contains("could come back twice"));
        }
    }
}
