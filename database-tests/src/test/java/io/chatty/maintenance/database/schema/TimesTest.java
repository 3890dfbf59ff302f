package io.chatty.maintenance.database.schema;

import static io.chatty.maintenance.database.schema.CleanedTables.MONTH;
import static io.chatty.maintenance.database.schema.CleanedTables.NOW;
import static io.chatty.maintenance.database.schema.CleanedTables.OLD;
import static io.chatty.maintenance.database.schema.CleanedTables.YOUNG;
import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Times however they are told: what tells none stays, and a cut-off is met to its finest unit. */
final class TimesTest {

    private static final Instant CUT_OFF = NOW.minus(ofDays(30));

    private static ChatSchema schema(TimeKind kind) {
        return ChatSchema.builder()
                .messages("messages", m -> m.key("id").sentAt("sent", kind).softDeletedAt("deleted", kind))
                .build();
    }

    @ParameterizedTest
    @CsvSource({"H2, false", "H2, true", "POSTGRESQL, false", "POSTGRESQL, true", "MARIADB, false", "MARIADB, true"})
    void milliseconds_of_which_zero_and_null_are_none(TestServer server, boolean indexed) throws Exception {
        numbers(server, indexed, 1000, TimeKind.epochMillis());
    }

    @ParameterizedTest
    @CsvSource({"H2, false", "H2, true", "POSTGRESQL, false", "POSTGRESQL, true", "MARIADB, false", "MARIADB, true"})
    void seconds_of_which_zero_and_null_are_none(TestServer server, boolean indexed) throws Exception {
        numbers(server, indexed, 1, TimeKind.epochSeconds());
    }

    private static void numbers(TestServer server, boolean indexed, long perSecond, TimeKind kind) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            long cutOff = CUT_OFF.getEpochSecond() * perSecond;
            long grace = NOW.minus(ofDays(7)).getEpochSecond() * perSecond;
            long young = NOW.getEpochSecond() * perSecond;
            host.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, deleted BIGINT)");
            if (indexed) {
                host.execute(
                        "CREATE INDEX by_time ON messages (sent, id)",
                        "CREATE INDEX by_deletion ON messages (deleted)");
            }
            host.execute(
                    "INSERT INTO messages VALUES (1, " + (cutOff - 1) + ", NULL), (2, " + cutOff + ", 0), (3, 0, 0),"
                            + " (4, NULL, NULL), (5, " + young + ", " + (grace - 1) + "), (6, " + young + ", " + grace
                            + "), (7, -1, -1), (8, " + (cutOff - 1) + ", 0), (9, NULL, " + (grace - 1) + ")");
            host.clean(schema(kind), MONTH, c -> c.softDeleteGrace(ofDays(7)));
            assertThat(host.left("messages", "id")).containsExactly("2", "3", "4", "6", "7");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "H2, CHAR(15)",
        "POSTGRESQL, CHAR(15)",
        "MARIADB, CHAR(15)",
        "H2, VARCHAR(40)",
        "POSTGRESQL, VARCHAR(40)",
        "MARIADB, VARCHAR(40)"
    })
    void milliseconds_as_text_filled_up_with_zeros(TestServer server, String type) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent " + type + ", deleted " + type + ")",
                    "CREATE INDEX by_time ON messages (sent)");
            String before = String.format("%015d", CUT_OFF.toEpochMilli() - 1);
            String at = String.format("%015d", CUT_OFF.toEpochMilli());
            List<String> sent =
                    List.of(before, at, "000000000000000", "", "00", "00000000000000x", " " + before.substring(1));
            for (int i = 0; i < sent.size(); i++) {
                host.execute("INSERT INTO messages VALUES (" + i + ", '" + sent.get(i) + "', '000000000000000')");
            }
            host.execute("INSERT INTO messages VALUES (20, NULL, NULL), (21, '" + at + "', '" + before + "')");
            host.clean(schema(TimeKind.epochMillisText(15)), MONTH, c -> c.softDeleteGrace(ofDays(7)));
            assertThat(host.left("messages", "id")).containsExactly("1", "2", "3", "4", "5", "6", "20");
        }
    }

    @ParameterizedTest
    @CsvSource({"H2, false", "H2, true", "POSTGRESQL, false", "POSTGRESQL, true", "MARIADB, false", "MARIADB, true"})
    void dates_as_text(TestServer server, boolean judged) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent VARCHAR(40), room BIGINT)");
            List<String> sent = List.of(
                    "2026-05-16 13:59:59", // Berlin is two hours ahead of the cut-off's 12:00Z
                    "2026-05-16 14:00:00",
                    "0000-00-00 00:00:00",
                    "2025-13-01 00:00:00",
                    "2025-12-32 00:00:00",
                    "2025-12-31 24:00:00",
                    "2025-12-31 23:60:00",
                    "2025-12-31",
                    "2025-12-31T23:00:00",
                    "2025-12-31 23:00:00\n",
                    "x2025-12-31 23:00:00",
                    "",
                    "unknown",
                    "2025-12-31 23:00:00");
            for (int i = 0; i < sent.size(); i++) {
                host.execute("INSERT INTO messages VALUES (" + i + ", '" + sent.get(i) + "', NULL)");
            }
            TimeKind kind = TimeKind.text("uuuu-MM-dd HH:mm:ss", ZoneId.of("Europe/Berlin"));
            host.clean(
                    ChatSchema.builder()
                            .messages(
                                    "messages",
                                    m -> m.key("id").sentAt("sent", kind).room("room"))
                            .build(),
                    judged
                            ? RetentionPolicies.builder()
                                    .global(RetentionRule.keepFor(ofDays(30)))
                                    .policy(scope -> Optional.empty())
                                    .build()
                            : MONTH,
                    c -> {});
            assertThat(host.strings("SELECT id FROM messages ORDER BY id"))
                    .containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12");
        }
    }

    @ParameterizedTest
    @EnumSource
    void timestamps_with_and_without_zone_in_a_strange_zone_of_the_process(TestServer server) throws Exception {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("America/St_Johns"));
        try (CleanedTables host = new CleanedTables(server)) {
            String zoned = server == TestServer.MARIADB ? "TIMESTAMP(3) NULL" : "TIMESTAMP(3) WITH TIME ZONE";
            String local = server == TestServer.MARIADB ? "DATETIME(3)" : "TIMESTAMP(3)";
            host.execute(
                    "CREATE TABLE zoned (id BIGINT PRIMARY KEY, sent " + zoned + ", deleted " + zoned + ")",
                    "CREATE TABLE local (id BIGINT PRIMARY KEY, sent " + local + ", deleted " + local + ")");
            // The session's zone is +12:45 in June, as the test's server sets it; Lima's is -05:00.
            host.execute(
                    server == TestServer.MARIADB
                            ? "INSERT INTO zoned VALUES (1, '2026-05-17 00:44:59.999', NULL),"
                                    + " (2, '2026-05-17 00:45:00', NULL), (3, NULL, NULL)"
                            : "INSERT INTO zoned VALUES (1, '2026-05-16 11:59:59.999Z', NULL),"
                                    + " (2, '2026-05-16 12:00:00Z', NULL), (3, NULL, NULL)",
                    "INSERT INTO local VALUES (1, '2026-05-16 06:59:59.999', NULL),"
                            + " (2, '2026-05-16 07:00:00', NULL), (3, NULL, NULL)");
            for (String table : List.of("zoned", "local")) {
                TimeKind kind = table.equals("zoned") ? TimeKind.zoned() : TimeKind.local(ZoneId.of("America/Lima"));
                host.clean(
                        ChatSchema.builder()
                                .messages(
                                        table,
                                        m -> m.key("id").sentAt("sent", kind).softDeletedAt("deleted", kind))
                                .build(),
                        MONTH,
                        c -> c.softDeleteGrace(ofDays(7)));
                assertThat(host.left(table, "id")).as(table).containsExactly("2", "3");
            }
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void last_used_or_else_created(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE media (id VARCHAR(20) PRIMARY KEY, created BIGINT, used BIGINT)",
                    "INSERT INTO media VALUES ('a', " + OLD + ", NULL), ('b', " + OLD + ", " + YOUNG + "), ('c', "
                            + YOUNG + ", " + OLD + "), ('d', " + YOUNG + ", 0), ('e', " + OLD + ", 0), ('f', 0, NULL)");
            host.clean(ChatSchema.builder()
                    .messages(
                            "media",
                            m -> m.key("id")
                                    .sentAt("used", TimeKind.epochMillis())
                                    .orElseSentAt("created", TimeKind.epochMillis()))
                    .build());
            assertThat(host.left("media", "id")).containsExactly("b", "d", "f");
        }
    }

    @ParameterizedTest
    @EnumSource
    void threads_age_by_their_last_reply_and_messages_by_their_own_time(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT)",
                    "CREATE TABLE threads (root BIGINT PRIMARY KEY, last_reply BIGINT)",
                    "CREATE TABLE members (thread BIGINT)",
                    "INSERT INTO messages VALUES (1, " + OLD + "), (2, " + YOUNG + ")",
                    "INSERT INTO threads VALUES (1, " + YOUNG + "), (2, " + OLD + ")",
                    "INSERT INTO members VALUES (1), (2), (2)");
            host.clean(ChatSchema.builder()
                    .messages("messages", m -> m.key("id").sentAt("sent", TimeKind.epochMillis()))
                    .build());
            host.clean(ChatSchema.builder()
                    .messages("threads", m -> m.key("root").sentAt("last_reply", TimeKind.epochMillis()))
                    .children("members", "thread")
                    .build());
            assertThat(host.left("messages", "id")).containsExactly("2");
            assertThat(host.left("threads", "root")).containsExactly("1");
            assertThat(host.left("members", "thread")).containsExactly("1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_soft_delete_that_is_a_row_in_another_table(TestServer server) throws Exception {
        try (CleanedTables host = new CleanedTables(server)) {
            host.execute(
                    "CREATE TABLE messages (id VARCHAR(20) PRIMARY KEY, sent BIGINT)",
                    "CREATE TABLE redactions (redacts VARCHAR(20), at BIGINT)",
                    "INSERT INTO messages VALUES ('a', " + YOUNG + "), ('b', " + YOUNG + "), ('c', " + YOUNG
                            + "), ('d', " + OLD + "), ('e', " + YOUNG + ")",
                    "INSERT INTO redactions VALUES ('a', " + OLD + "), ('a', " + YOUNG + "), ('b', " + YOUNG
                            + "), ('c', NULL), ('d', " + OLD + "), ('gone', " + OLD + ")");
            var counts = host.clean(
                    ChatSchema.builder()
                            .messages(
                                    "messages",
                                    m -> m.key("id")
                                            .sentAt("sent", TimeKind.epochMillis())
                                            .softDeletedBy("redactions", "redacts", "at", TimeKind.epochMillis()))
                            .children("redactions", "redacts")
                            .build(),
                    MONTH,
                    c -> c.softDeleteGrace(ofDays(7)));
            assertThat(host.left("messages", "id")).containsExactly("b", "c", "e");
            assertThat(host.left("redactions", "redacts")).containsExactly("b", "c", "gone");
            assertThat(counts.get("deleted.softDeleted")).isEqualTo(2);
        }
    }
}
