package io.chatty.maintenance.database.schema;

import static io.chatty.maintenance.database.schema.CleanedTables.MONTH;
import static io.chatty.maintenance.database.schema.CleanedTables.OLD;
import static io.chatty.maintenance.database.schema.CleanedTables.YOUNG;
import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.MessageTable;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.task.Counts;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a message belongs to, and what belongs to it: rooms, teams, children, shared rows and counters. */
final class BelongingsTest {

    private static ChatSchema.Builder messages(Consumer<MessageTable.Builder> more) {
        return ChatSchema.builder().messages("messages", m -> {
            m.key("id").sentAt("sent", TimeKind.epochMillis());
            more.accept(m);
        });
    }

    private static void message(CleanedTables host, int id, long sent, String... more) throws Exception {
        host.execute("INSERT INTO messages VALUES (" + id + ", " + sent + (more.length == 0 ? "" : ", ")
                + String.join(", ", more) + ")");
    }

    @ParameterizedTest
    @EnumSource
    void rooms_through_a_join_teams_through_rooms(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE recipient (id INTEGER PRIMARY KEY, kind SMALLINT, type_id INTEGER NULL)",
                    "CREATE TABLE stream (id INTEGER PRIMARY KEY, realm INTEGER NULL)",
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, recipient INTEGER NULL)",
                    // the direct message of recipient 4 has a user's id that is a stream's as well
                    "INSERT INTO recipient VALUES (1, 2, 10), (2, 2, 20), (3, 2, 30), (4, 1, 10), (5, 2, NULL), (6, 2, 99)",
                    "INSERT INTO stream VALUES (10, 1), (20, 1), (30, 2)");
            for (int recipient = 1; recipient <= 7; recipient++) {
                message(host, recipient, OLD, "" + recipient);
            }
            message(host, 8, OLD, "NULL");
            RetentionPolicies policies = RetentionPolicies.builder()
                    .global(RetentionRule.keepFor(ofDays(30)))
                    .team("1", RetentionRule.keepForever())
                    .room("20", RetentionRule.keepFor(ofDays(10)))
                    .build();
            ChatSchema schema = messages(
                            m -> m.roomThrough("recipient", "recipient", "id", "type_id", Match.isOneOf("kind", 2)))
                    .rooms("stream", r -> r.key("id").team("realm"))
                    .build();
            host.clean(schema, policies, c -> {});
            assertThat(host.left("messages", "id")).containsExactly("1");
            // Without a room, or where the way to it is broken, a message is no orphan: only where the room itself is
            // gone.
            message(host, 12, YOUNG, "2");
            message(host, 14, YOUNG, "4");
            message(host, 15, YOUNG, "5");
            message(host, 16, YOUNG, "6");
            message(host, 17, YOUNG, "7");
            message(host, 18, YOUNG, "NULL");
            Counts counts = host.clean(schema, policies, c -> c.removeOrphans());
            assertThat(host.left("messages", "id")).containsExactly("1", "12", "14", "15", "17", "18");
            assertThat(counts.get("deleted.orphaned")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void teams_by_a_column_and_empty_texts_for_none(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE rooms (id VARCHAR(20) PRIMARY KEY)",
                    "CREATE TABLE users (id VARCHAR(20) PRIMARY KEY)",
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, room VARCHAR(20), sender VARCHAR(20),"
                            + " team VARCHAR(20))",
                    "CREATE TABLE reactions (message VARCHAR(20), room VARCHAR(20))",
                    "INSERT INTO rooms VALUES ('r')",
                    "INSERT INTO users VALUES ('u')");
            message(host, 1, OLD, "'r'", "'u'", "'plus'");
            message(host, 2, OLD, "'r'", "'u'", "''");
            message(host, 3, OLD, "''", "''", "NULL");
            message(host, 4, YOUNG, "''", "''", "''");
            message(host, 5, YOUNG, "NULL", "NULL", "NULL");
            message(host, 6, YOUNG, "'x'", "''", "'plus'");
            message(host, 7, YOUNG, "'r'", "'x'", "NULL");
            host.clean(
                    messages(m -> m.room("room").sender("sender").team("team"))
                            .rooms("rooms", "id")
                            .users("users", "id")
                            .build(),
                    RetentionPolicies.builder()
                            .global(RetentionRule.keepFor(ofDays(30)))
                            .team("plus", RetentionRule.keepForever())
                            .build(),
                    c -> c.removeOrphans());
            assertThat(host.left("messages", "id")).containsExactly("1", "4", "5");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_child_that_refers_to_nothing_by_an_empty_text_is_no_orphan(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, ext VARCHAR(20))",
                    "CREATE UNIQUE INDEX by_ext ON messages (ext, id)",
                    "CREATE TABLE files (ext VARCHAR(20))",
                    "INSERT INTO files VALUES (''), (NULL), ('a'), ('b'), ('gone')");
            message(host, 1, OLD, "'a'");
            message(host, 2, YOUNG, "'b'");
            message(host, 3, OLD, "''"); // an old message without that text does not take those along that have none
            message(host, 4, OLD, "NULL");
            host.clean(
                    messages(m -> {})
                            .children("files", c -> c.refersBy("ext").to("ext"))
                            .build(),
                    MONTH,
                    c -> c.removeOrphans());
            assertThat(host.left("messages", "id")).containsExactly("2");
            assertThat(host.strings("SELECT COALESCE(ext, 'null') FROM files ORDER BY 1"))
                    .containsExactly("", "b", "null");
        }
    }

    @ParameterizedTest
    @EnumSource
    void ids_in_a_general_purpose_column(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id VARCHAR(20) PRIMARY KEY, sent BIGINT)",
                    "CREATE TABLE preferences (category VARCHAR(20), name VARCHAR(40))",
                    "INSERT INTO messages VALUES ('a', " + OLD + "), ('b', " + YOUNG + ")",
                    "INSERT INTO preferences VALUES ('flagged_post', 'a'), ('flagged_post', 'b'), ('theme', 'a'),"
                            + " ('theme', 'dark'), (NULL, 'a'), ('flagged_post', 'gone')");
            host.clean(
                    messages(m -> {})
                            .children(
                                    "preferences",
                                    c -> c.refersBy("name").where(Match.isOneOf("category", "flagged_post")))
                            .build(),
                    MONTH,
                    c -> c.removeOrphans());
            assertThat(host.strings("SELECT CONCAT(COALESCE(category, '-'), ' ', name) FROM preferences ORDER BY 1"))
                    .containsExactlyInAnyOrder("- a", "flagged_post b", "theme a", "theme dark");
        }
    }

    @ParameterizedTest
    @EnumSource
    void rows_that_are_set_loose_and_messages_that_refer_to_messages(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, reply_to BIGINT NULL,"
                            + " FOREIGN KEY (reply_to) REFERENCES messages (id))",
                    "CREATE TABLE tickets (id BIGINT PRIMARY KEY, message BIGINT NULL,"
                            + " FOREIGN KEY (message) REFERENCES messages (id))");
            for (int id = 1; id <= 20; id++) { // chains of old ones, young ones that answer old ones
                message(host, id, id % 3 == 0 ? YOUNG : OLD, id < 3 ? "NULL" : "" + (id - 2));
                host.execute("INSERT INTO tickets VALUES (" + id + ", " + id + ")");
            }
            Counts counts = host.clean(messages(m -> {})
                    .children("messages", c -> c.refersBy("reply_to").setLoose())
                    .children("tickets", c -> c.refersBy("message").setLoose())
                    .build());
            assertThat(host.left("messages", "id")).containsExactly("3", "6", "9", "12", "15", "18");
            assertThat(host.strings("SELECT COUNT(*) FROM messages WHERE reply_to IS NULL"))
                    .containsExactly("6");
            assertThat(host.strings("SELECT id FROM tickets WHERE message IS NOT NULL ORDER BY id"))
                    .containsExactly("3", "6", "9", "12", "15", "18");
            assertThat(host.strings("SELECT COUNT(*) FROM tickets")).containsExactly("20");
            assertThat(counts.get("setLoose.tickets")).isEqualTo(14);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rows_that_several_messages_share_go_with_the_last_of_them(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT)",
                    "CREATE TABLE files (id BIGINT PRIMARY KEY, path VARCHAR(40))",
                    "CREATE TABLE file_messages (id BIGINT PRIMARY KEY, file BIGINT, message BIGINT,"
                            + " FOREIGN KEY (file) REFERENCES files (id), FOREIGN KEY (message) REFERENCES messages (id))",
                    "CREATE TABLE file_scheduled (file BIGINT, FOREIGN KEY (file) REFERENCES files (id))");
            for (int id = 1; id <= 8; id++) {
                message(host, id, id <= 6 ? OLD : YOUNG);
                host.execute("INSERT INTO files VALUES (" + id + ", 'f" + id + "')");
            }
            host.execute(
                    "INSERT INTO file_messages VALUES (1, 1, 1), (2, 2, 1), (3, 2, 6), (4, 3, 1), (5, 3, 7), (6, 4, 2),"
                            + " (7, 5, 8), (8, 6, 3), (9, 6, 3)",
                    "INSERT INTO file_scheduled VALUES (4)");
            // 1: alone with an old one. 2: two old ones, in two batches. 3: an old and a young one. 4: kept by a
            // scheduled
            // one. 5: a young one. 6: twice the same old one. 7, 8: nobody's, which is no message's doing.
            host.clean(messages(m -> {})
                    .shared(
                            "files",
                            s -> s.key("id")
                                    .through("file_messages", "file", "message")
                                    .keptBy("file_scheduled", "file"))
                    .build());
            assertThat(host.left("messages", "id")).containsExactly("7", "8");
            assertThat(host.left("files", "id")).containsExactly("3", "4", "5", "7", "8");
            assertThat(host.left("file_messages", "id")).containsExactly("5", "7");
        }
    }

    @ParameterizedTest
    @EnumSource
    void counters_lose_what_went_and_never_fall_below_zero(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            String exact = server == TestServer.MARIADB ? " COLLATE utf8mb4_bin" : "";
            host.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, room VARCHAR(20)" + exact
                            + ", kind VARCHAR(10) NULL)",
                    "CREATE TABLE rooms (id VARCHAR(20) PRIMARY KEY, total INTEGER NULL)",
                    "INSERT INTO rooms VALUES ('a', 9), ('b', 1), ('c', NULL), ('d', 5), ('', 7)");
            for (int id = 1; id <= 6; id++) {
                message(host, id, OLD, "'a'", id <= 4 ? "'text'" : id == 5 ? "'join'" : "NULL");
                message(host, 10 + id, OLD, "'b'", "'text'");
                message(host, 20 + id, OLD, "'c'", "'text'");
                message(host, 30 + id, YOUNG, "'d'", "'text'");
                message(host, 40 + id, OLD, "''", "'text'");
                message(host, 50 + id, OLD, "'nowhere'", "'text'");
                message(host, 60 + id, OLD, "NULL", "'text'");
            }
            host.clean(messages(m -> {})
                    .counter(
                            "rooms", c -> c.key("id").column("total").of("room").counted(Match.isOneOf("kind", "text")))
                    .build());
            assertThat(host.strings("SELECT CONCAT(id, '=', COALESCE(total, -1)) FROM rooms ORDER BY id"))
                    .containsExactly("=7", "a=5", "b=0", "c=-1", "d=5");
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MARIADB")
    void a_counter_whose_key_is_loose_counts_each_spelling(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server).batchesOf(100)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, room VARCHAR(20) COLLATE"
                            + " utf8mb4_general_ci)",
                    "CREATE TABLE rooms (id VARCHAR(20) COLLATE utf8mb4_general_ci PRIMARY KEY, total INTEGER)",
                    "INSERT INTO rooms VALUES ('café', 10)");
            message(host, 1, OLD, "'café'");
            message(host, 2, OLD, "'CAFÉ'");
            message(host, 3, OLD, "'Cafe '");
            message(host, 4, OLD, "'cafe'");
            message(host, 5, OLD, "'cafe'");
            host.clean(messages(m -> {})
                    .counter("rooms", c -> c.key("id").column("total").of("room"))
                    .build());
            assertThat(host.left("rooms", "total")).containsExactly("5");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_counter_of_a_batch_that_fails_is_as_it_was(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE rooms (id BIGINT PRIMARY KEY, total INTEGER, spare INTEGER CHECK (spare > 0))",
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, room BIGINT)",
                    "INSERT INTO rooms VALUES (1, 9, 1)");
            message(host, 1, OLD, "1");
            ChatSchema schema = messages(m -> {})
                    .counter("rooms", c -> c.key("id").column("total").of("room"))
                    .counter("rooms", c -> c.key("id").column("spare").of("room"))
                    .build();
            assertThatThrownBy(() -> host.clean(schema)).isInstanceOf(AssertionError.class);
            assertThat(host.left("messages", "id")).containsExactly("1");
            assertThat(host.left("rooms", "total")).containsExactly("9");
        }
    }

    @ParameterizedTest
    @EnumSource
    void flags_that_can_be_null(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, pinned BOOLEAN NULL,"
                    + " kind VARCHAR(10) NULL, note VARCHAR(10) NULL)");
            int id = 0;
            for (String pinned : List.of("NULL", "FALSE", "TRUE")) {
                for (String kind : List.of("NULL", "''", "'a'", "'A'", "'b'")) {
                    for (String note : List.of("NULL", "''", "'x'")) {
                        message(host, ++id, OLD, pinned, kind, note);
                    }
                }
            }
            Match hidden = Match.all(
                    Match.not(Match.isOneOf("kind", "a", "b")),
                    Match.isPresent("note"),
                    Match.not(Match.isTrue("pinned")));
            host.clean(
                    messages(m -> m.exempt("hidden", hidden).pinned("pinned")).build());
            // One by one: pinned (31 to 45), and unpinned with a note and a kind that is neither a nor b.
            assertThat(host.strings("SELECT id FROM messages WHERE id <= 30 ORDER BY id"))
                    .containsExactly("3", "6", "12", "18", "21", "27");
            assertThat(host.strings("SELECT COUNT(*) FROM messages WHERE id > 30"))
                    .containsExactly("15");
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_never_deleted_stays_whoever_asks(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, deleted BIGINT, room BIGINT, state_key"
                            + " VARCHAR(10) NULL)",
                    "CREATE TABLE rooms (id BIGINT PRIMARY KEY)",
                    "CREATE TABLE saved (message BIGINT, kind VARCHAR(10))",
                    "INSERT INTO rooms VALUES (1)");
            message(host, 1, OLD, "0", "1", "'key'");
            message(host, 2, OLD, "" + OLD, "1", "'key'");
            message(host, 3, OLD, "0", "9", "'key'");
            message(host, 4, OLD, "" + OLD, "9", "NULL");
            message(host, 5, OLD, "0", "1", "''");
            message(host, 6, OLD, "0", "1", "NULL");
            message(host, 7, OLD, "0", "1", "NULL");
            message(host, 8, YOUNG, "" + OLD, "1", "NULL");
            message(host, 9, YOUNG, "0", "9", "NULL");
            host.execute(
                    "INSERT INTO saved VALUES (6, 'star'), (6, 'star'), (7, 'seen'), (8, 'star'), (9, 'star'), (NULL, 'star')");
            Counts counts = host.clean(
                    messages(m -> m.softDeletedAt("deleted", TimeKind.epochMillis())
                                    .room("room")
                                    .never("state", Match.isPresent("state_key"))
                                    .exempt("starred", Match.hasRow("saved", "message", Match.isOneOf("kind", "star"))))
                            .rooms("rooms", "id")
                            .build(),
                    MONTH,
                    c -> c.softDeleteGrace(ofDays(7)).removeOrphans());
            assertThat(host.left("messages", "id")).containsExactly("1", "2", "3", "6");
            assertThat(counts.get("skipped.exempt.starred")).isEqualTo(1);
        }
    }
}
