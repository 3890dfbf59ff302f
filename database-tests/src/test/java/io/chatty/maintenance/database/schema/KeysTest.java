package io.chatty.maintenance.database.schema;

import static io.chatty.maintenance.database.schema.CleanedTables.MONTH;
import static io.chatty.maintenance.database.schema.CleanedTables.OLD;
import static io.chatty.maintenance.database.schema.CleanedTables.YOUNG;
import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageTable;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.task.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys of every kind: each message goes by its own key, with the children that have it, and no other. */
final class KeysTest {

    private static ChatSchema schema(Consumer<MessageTable.Builder> messages, String... children) {
        return ChatSchema.builder()
                .messages("messages", m -> {
                    m.sentAt("sent", TimeKind.epochMillis());
                    messages.accept(m);
                })
                .children("reactions", c -> c.refersBy(children))
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void random_text_keys(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id VARCHAR(26) PRIMARY KEY, sent BIGINT)",
                    "CREATE INDEX by_time ON messages (sent, id)",
                    "CREATE TABLE reactions (message VARCHAR(26))");
            TreeSet<String> kept = new TreeSet<>();
            Random random = new Random(5);
            for (int i = 0; i < 60; i++) {
                String id = Long.toString(random.nextLong() >>> 1, 36);
                boolean old = random.nextBoolean();
                host.execute(
                        "INSERT INTO messages VALUES ('" + id + "', " + (old ? OLD : YOUNG) + ")",
                        "INSERT INTO reactions VALUES ('" + id + "'), ('" + id + "')");
                if (!old) {
                    kept.add(id);
                }
            }
            host.clean(schema(m -> m.key("id"), "message"));
            assertThat(new TreeSet<>(host.left("messages", "id"))).isEqualTo(kept);
            assertThat(host.left("reactions", "message")).hasSize(2 * kept.size());
            assertThat(new TreeSet<>(host.left("reactions", "message"))).isEqualTo(kept);
        }
    }

    @ParameterizedTest
    @EnumSource
    void composite_keys_of_whole_numbers(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (room INTEGER, nr BIGINT, sent BIGINT, PRIMARY KEY (room, nr))",
                    "CREATE TABLE reactions (in_room INTEGER, to_nr BIGINT)");
            List<String> kept = fillComposite(host, "%d, %d");
            host.clean(schema(m -> m.key("room", "nr"), "in_room", "to_nr"));
            assertThat(pairs(host, "messages", "room", "nr")).isEqualTo(kept);
            assertThat(pairs(host, "reactions", "in_room", "to_nr")).isEqualTo(kept);
        }
    }

    @ParameterizedTest
    @EnumSource
    void composite_keys_walked_by_time_of_which_many_are_sent_at_once(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (room VARCHAR(10), nr INTEGER, sent BIGINT, PRIMARY KEY (room, nr))",
                    "CREATE INDEX by_time ON messages (sent, room, nr)",
                    "CREATE TABLE reactions (in_room VARCHAR(10), to_nr INTEGER)");
            List<String> kept = fillComposite(host, "'r%d', %d");
            host.clean(schema(m -> m.key("room", "nr"), "in_room", "to_nr"));
            assertThat(pairs(host, "messages", "room", "nr")).isEqualTo(kept);
            assertThat(pairs(host, "reactions", "in_room", "to_nr")).isEqualTo(kept);
        }
    }

    @ParameterizedTest
    @EnumSource
    void composite_keys_of_three_columns(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (realm INTEGER, room INTEGER, nr INTEGER, sent BIGINT,"
                            + " PRIMARY KEY (realm, room, nr))",
                    "CREATE TABLE reactions (realm INTEGER, room INTEGER, nr INTEGER)");
            List<String> kept = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                String key = i / 40 + ", " + i / 20 % 2 + ", " + i % 20;
                boolean old = i % 3 > 0;
                host.execute(
                        "INSERT INTO messages VALUES (" + key + ", " + (old ? OLD : YOUNG) + ")",
                        "INSERT INTO reactions VALUES (" + key + ")");
                if (!old) {
                    kept.add(key.replace(", ", "/"));
                }
            }
            host.clean(schema(m -> m.key("realm", "room", "nr"), "realm", "room", "nr"));
            for (String table : List.of("messages", "reactions")) {
                assertThat(host.strings(
                                "SELECT CONCAT(realm, '/', room, '/', nr) FROM " + table + " ORDER BY realm, room, nr"))
                        .isEqualTo(kept);
            }
        }
    }

    /** The same numbers in every room, so that one column alone tells nothing. */
    private static List<String> fillComposite(CleanedTables host, String key) throws Exception {
        List<String> kept = new ArrayList<>();
        for (int room = 1; room <= 4; room++) {
            for (int nr = 1; nr <= 12; nr++) {
                boolean old = (room + nr) % 3 > 0;
                String values = String.format(key, room, nr);
                host.execute(
                        "INSERT INTO messages VALUES (" + values + ", " + (old ? OLD : YOUNG) + ")",
                        "INSERT INTO reactions VALUES (" + values + ")");
                if (!old) {
                    kept.add(values.replace("'", "").replace(", ", "/"));
                }
            }
        }
        return kept;
    }

    private static List<String> pairs(CleanedTables host, String table, String one, String other) throws Exception {
        return host.strings(
                "SELECT CONCAT(" + one + ", '/', " + other + ") FROM " + table + " ORDER BY " + one + ", " + other);
    }

    @ParameterizedTest
    @EnumSource
    void a_unique_key_without_a_primary_key(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (event_id VARCHAR(60) NOT NULL, sent BIGINT)",
                    "CREATE UNIQUE INDEX one_event ON messages (event_id)",
                    "CREATE TABLE reactions (event_id VARCHAR(60))",
                    "INSERT INTO messages VALUES ('$a:x', " + OLD + "), ('$b:x', " + YOUNG + "), ('$c:x', " + OLD + ")",
                    "INSERT INTO reactions VALUES ('$a:x'), ('$b:x'), ('$d:x')");
            host.clean(schema(m -> m.key("event_id"), "event_id"));
            assertThat(host.left("messages", "event_id")).containsExactly("$b:x");
            assertThat(host.left("reactions", "event_id")).containsExactly("$b:x", "$d:x");
        }
    }

    @ParameterizedTest
    @EnumSource
    void rows_that_share_a_key_go_together_when_all_are_due(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            sharedTable(host);
            host.execute("CREATE INDEX by_key ON messages (id)");
            shared(host, 1, OLD, OLD, OLD); // goes, over the edge of batches
            shared(host, 2, OLD, YOUNG); // one of them is young
            for (int id = 10; id < 20; id++) {
                shared(host, id, OLD, OLD);
            }
            host.execute("INSERT INTO messages VALUES (3, " + OLD + ", TRUE, 1, 0), (3, " + OLD + ", NULL, 1, 0)");
            host.execute("INSERT INTO messages VALUES (4, " + OLD + ", NULL, 1, 0), (4, " + OLD + ", NULL, 2, 0)");
            host.execute("INSERT INTO messages VALUES (NULL, " + OLD + ", NULL, 1, 0), (NULL, " + OLD
                    + ", NULL, 1, 0), (NULL, " + YOUNG + ", NULL, 1, 0)");
            host.execute("INSERT INTO reactions VALUES (1), (1), (2), (3), (4), (NULL)");
            ChatSchema schema = schema(m -> m.sharedKey("id").pinned("pinned").room("room"), "id");
            ChatDatabase chat = host.chat(schema);
            chat.migrate();
            chat.holds()
                    .place(LegalHold.builder("case-7", "court", "asked for")
                            .room("2")
                            .build());
            Counts counts = host.clean(schema);
            assertThat(host.strings("SELECT id FROM messages WHERE id IS NOT NULL ORDER BY id"))
                    .containsExactly("2", "2", "3", "3", "4", "4");
            assertThat(host.strings("SELECT COUNT(*) FROM messages WHERE id IS NULL"))
                    .containsExactly("3");
            assertThat(host.strings("SELECT COALESCE(id, 0) FROM reactions ORDER BY 1"))
                    .containsExactly("0", "2", "3", "4");
            assertThat(counts.get("deleted.expired")).isEqualTo(23);
            assertThat(counts.get("skipped.withoutKey")).isEqualTo(2);
            assertThat(counts.get("skipped.held")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rows_that_share_a_key_go_together_also_for_different_reasons(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            sharedTable(host);
            host.execute(
                    "CREATE TABLE rooms (id BIGINT)",
                    "INSERT INTO rooms VALUES (1)",
                    // old beside deleted
                    "INSERT INTO messages VALUES (1, " + OLD + ", NULL, 1, 0), (1, " + YOUNG + ", NULL, 1, " + OLD
                            + ")",
                    // old beside an orphan
                    "INSERT INTO messages VALUES (2, " + OLD + ", NULL, 1, 0), (2, " + YOUNG + ", NULL, 9, 0)",
                    // deleted beside one that is neither
                    "INSERT INTO messages VALUES (3, " + YOUNG + ", NULL, 1, " + OLD + "), (3, " + YOUNG
                            + ", NULL, 1, 0)",
                    // deleted beside an orphan
                    "INSERT INTO messages VALUES (4, " + YOUNG + ", NULL, 1, " + OLD + "), (4, " + YOUNG
                            + ", NULL, 9, 0)",
                    "INSERT INTO messages VALUES (5, " + YOUNG + ", NULL, 1, 0)",
                    "INSERT INTO reactions VALUES (1), (2), (3), (4), (5)");
            ChatSchema schema = ChatSchema.builder()
                    .messages(
                            "messages",
                            m -> m.sharedKey("id")
                                    .sentAt("sent", TimeKind.epochMillis())
                                    .softDeletedAt("deleted", TimeKind.epochMillis())
                                    .room("room"))
                    .children("reactions", "id")
                    .rooms("rooms", "id")
                    .build();
            host.clean(schema, MONTH, c -> c.softDeleteGrace(ofDays(7)).removeOrphans());
            assertThat(host.left("messages", "id")).containsExactly("3", "3", "5");
            assertThat(host.left("reactions", "id")).containsExactly("3", "5");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_shared_composite_key_of_which_a_part_is_missing(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (room BIGINT NULL, nr BIGINT NULL, sent BIGINT)",
                    "CREATE INDEX by_time ON messages (sent)",
                    "CREATE TABLE reactions (room BIGINT NULL, nr BIGINT NULL)");
            for (int i = 0; i < 14; i++) {
                host.execute(
                        "INSERT INTO messages VALUES (1, " + i + ", " + OLD + "), (1, NULL, " + OLD + "), (NULL, " + i
                                + ", " + OLD + ")",
                        "INSERT INTO reactions VALUES (1, " + i + "), (1, NULL), (NULL, " + i + "), (7, " + i + ")");
            }
            Counts counts =
                    host.clean(schema(m -> m.sharedKey("room", "nr"), "room", "nr"), MONTH, c -> c.removeOrphans());
            assertThat(host.strings("SELECT COUNT(*) FROM messages WHERE room IS NULL OR nr IS NULL"))
                    .containsExactly("28");
            assertThat(host.strings("SELECT COUNT(*) FROM messages")).containsExactly("28");
            assertThat(counts.get("skipped.withoutKey")).isEqualTo(28);
            assertThat(host.strings("SELECT COUNT(*) FROM reactions WHERE room IS NULL OR nr IS NULL"))
                    .containsExactly("28");
            assertThat(host.strings("SELECT COUNT(*) FROM reactions")).containsExactly("28");
        }
    }

    private static void sharedTable(CleanedTables host) throws Exception {
        host.execute(
                "CREATE TABLE messages (id BIGINT NULL, sent BIGINT, pinned BOOLEAN, room BIGINT, deleted BIGINT)",
                "CREATE INDEX by_time ON messages (sent)",
                "CREATE TABLE reactions (id BIGINT NULL)");
    }

    private static void shared(CleanedTables host, int id, long... sent) throws Exception {
        for (long at : sent) {
            host.execute("INSERT INTO messages VALUES (" + id + ", " + at + ", NULL, 1, 0)");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void shared_keys_that_the_collation_holds_for_one_go_together(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            String text = "VARCHAR(20) COLLATE utf8mb4_general_ci";
            if (server == TestServer.POSTGRESQL) {
                host.execute(
                        "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
                text = "VARCHAR(20) COLLATE loose";
            }
            host.execute(
                    "CREATE TABLE messages (id " + text + ", sent BIGINT)",
                    "CREATE TABLE reactions (id " + text + ")",
                    "INSERT INTO messages VALUES ('a', " + OLD + "), ('A', " + YOUNG + "), ('b', " + OLD + "), ('B', "
                            + OLD + ")",
                    "INSERT INTO reactions VALUES ('a'), ('A'), ('b'), ('B')");
            host.clean(schema(m -> m.sharedKey("id"), "id"));
            assertThat(host.left("messages", "id")).containsExactlyInAnyOrder("a", "A");
            assertThat(host.left("reactions", "id")).containsExactlyInAnyOrder("a", "A");
        }
    }

    @Test
    void ids_that_differ_in_case_alone_are_two_messages_also_to_children_of_a_looser_collation() throws Exception {
        try (CleanedTables host = new CleanedTables(TestServer.MARIADB)) {
            host.execute(
                    "CREATE TABLE messages (id VARCHAR(20) COLLATE utf8mb4_bin PRIMARY KEY, sent BIGINT)",
                    "CREATE TABLE reactions (id VARCHAR(20) COLLATE utf8mb4_general_ci)",
                    "INSERT INTO messages VALUES ('a', " + OLD + "), ('A', " + YOUNG + "), ('b', " + OLD + ")",
                    "INSERT INTO reactions VALUES ('a'), ('A'), ('b'), ('B')");
            host.clean(schema(m -> m.key("id"), "id"));
            assertThat(host.left("messages", "id")).containsExactly("A");
            // Columns of two collations are compared by the stricter one.
            assertThat(host.left("reactions", "id")).containsExactlyInAnyOrder("A", "B");
        }
    }

    @ParameterizedTest
    @EnumSource
    void padded_keys(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id CHAR(10) PRIMARY KEY, sent BIGINT)",
                    "CREATE TABLE reactions (id CHAR(10))",
                    "CREATE INDEX by_time ON messages (sent, id)");
            for (int i = 0; i < 12; i++) {
                host.execute(
                        "INSERT INTO messages VALUES ('k" + i + "', " + (i % 4 == 0 ? YOUNG : OLD) + ")",
                        "INSERT INTO reactions VALUES ('k" + i + "')");
            }
            host.clean(schema(m -> m.key("id"), "id"));
            assertThat(host.strings("SELECT TRIM(id) FROM messages ORDER BY 1")).containsExactly("k0", "k4", "k8");
            assertThat(host.strings("SELECT TRIM(id) FROM reactions ORDER BY 1"))
                    .containsExactly("k0", "k4", "k8");
        }
    }

    @ParameterizedTest
    @EnumSource
    void keys_with_spaces_at_their_end_and_empty_ones(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id VARCHAR(10) PRIMARY KEY, sent BIGINT)",
                    "CREATE TABLE reactions (id VARCHAR(10))",
                    "INSERT INTO messages VALUES ('', " + OLD + "), ('a  ', " + OLD + "), ('b ', " + YOUNG + ")",
                    "INSERT INTO reactions VALUES (''), ('a  '), ('b ')");
            host.clean(schema(m -> m.key("id"), "id"));
            assertThat(host.left("messages", "id")).containsExactly("b ");
            assertThat(host.left("reactions", "id")).as("'' refers to nothing").containsExactly("", "b ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void uuids(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id UUID PRIMARY KEY, sent BIGINT)", "CREATE TABLE reactions (id UUID)");
            for (int i = 0; i < 12; i++) {
                String id = "'00000000-0000-4000-8000-0000000000" + (10 + i) + "'";
                host.execute(
                        "INSERT INTO messages VALUES (" + id + ", " + (i % 4 == 0 ? YOUNG : OLD) + ")",
                        "INSERT INTO reactions VALUES (" + id + ")");
            }
            host.clean(schema(m -> m.key("id"), "id"));
            assertThat(host.left("messages", "id")).hasSize(3).isEqualTo(host.left("reactions", "id"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void decimals_without_a_fraction_and_none_with(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id DECIMAL(25, 0) PRIMARY KEY, sent BIGINT)",
                    "CREATE TABLE reactions (id DECIMAL(25, 0))",
                    "INSERT INTO messages VALUES (1, " + OLD + "), (20000000000000000000001, " + OLD
                            + "), (20000000000000000000002, " + YOUNG + ")",
                    "INSERT INTO reactions SELECT id FROM messages");
            host.clean(schema(m -> m.key("id"), "id"));
            assertThat(host.left("messages", "id")).containsExactly("20000000000000000000002");
            assertThat(host.left("reactions", "id")).containsExactly("20000000000000000000002");
            host.execute("DROP TABLE messages", "CREATE TABLE messages (id DECIMAL(25, 2) PRIMARY KEY, sent BIGINT)");
            assertThat(host.problems(schema(m -> m.key("id"), "id")).toString())
                    .contains("messages key: column", "is of a type that cannot be a key");
        }
    }

    @Test
    void unsigned_keys_beyond_what_a_long_can_hold() throws Exception {
        try (CleanedTables host = new CleanedTables(TestServer.MARIADB)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT UNSIGNED PRIMARY KEY, sent BIGINT UNSIGNED,"
                            + " room BIGINT UNSIGNED)",
                    "CREATE INDEX by_time ON messages (sent, id)",
                    "CREATE TABLE reactions (id BIGINT UNSIGNED)",
                    "INSERT INTO messages VALUES (1, " + OLD + ", 1), (18446744073709551614, " + OLD
                            + ", 18446744073709551614), (18446744073709551615, " + YOUNG
                            + ", 1), (5, 18446744073709551615, 1)",
                    "INSERT INTO reactions SELECT id FROM messages");
            host.clean(schema(m -> m.key("id").room("room"), "id"));
            assertThat(host.left("messages", "id")).containsExactly("5", "18446744073709551615");
            assertThat(host.left("reactions", "id")).containsExactly("5", "18446744073709551615");
        }
    }

    @Test
    void keys_that_are_shown_with_zeros_before_them() throws Exception {
        try (CleanedTables host = new CleanedTables(TestServer.MARIADB)) {
            host.execute(
                    "CREATE TABLE messages (id INT(8) UNSIGNED ZEROFILL PRIMARY KEY, sent BIGINT)",
                    "CREATE TABLE reactions (id INT(8) UNSIGNED ZEROFILL)",
                    "INSERT INTO messages VALUES (1, " + OLD + "), (2, " + YOUNG + ")",
                    "INSERT INTO reactions SELECT id FROM messages");
            host.clean(schema(m -> m.key("id").room("id"), "id"));
            assertThat(host.left("messages", "id + 0")).containsExactly("2");
            assertThat(host.left("reactions", "id + 0")).containsExactly("2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_not_unique_is_refused_with_what_to_do(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT NOT NULL, sent BIGINT)",
                    "CREATE INDEX by_key ON messages (id)",
                    "CREATE TABLE reactions (id BIGINT)");
            assertThat(host.problems(schema(m -> m.key("id"), "id")).toString())
                    .contains("has no unique index of its own", "call sharedKey");
            assertThat(host.problems(schema(m -> m.sharedKey("id"), "id"))).isEmpty();
        }
    }

    @Test
    void no_key_at_all_is_refused_with_what_to_do() {
        assertThatThrownBy(() ->
                        ChatSchema.builder().messages("messages", m -> m.sentAt("sent", TimeKind.epochMillis())))
                .hasMessageContaining("call key(column…), or sharedKey(column…) if no columns are unique");
    }

    @Test
    void keys_that_tell_case_apart_by_type_alone_are_refused() throws Exception {
        try (CleanedTables host = new CleanedTables(TestServer.POSTGRESQL)) {
            host.execute(
                    "CREATE EXTENSION IF NOT EXISTS citext",
                    "CREATE TABLE messages (id CITEXT PRIMARY KEY, sent BIGINT)",
                    "CREATE TABLE reactions (id CITEXT)");
            assertThat(host.problems(schema(m -> m.key("id"), "id")).toString())
                    .contains("(CITEXT) is of a type that cannot be a key");
        }
    }
}
