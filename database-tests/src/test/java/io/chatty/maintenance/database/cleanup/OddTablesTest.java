package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables and times as some hosts have them, and as nobody would want them. */
final class OddTablesTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

    @ParameterizedTest
    @EnumSource
    void rooms_are_told_apart_letter_for_letter_whatever_the_collation(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            String text = switch (server) {
                case H2 -> "VARCHAR_IGNORECASE(20)";
                case POSTGRESQL -> "VARCHAR(20) COLLATE loose";
                case MARIADB -> "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";
            };
            if (server == TestServer.POSTGRESQL) {
                database.execute(
                        "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
            }
            database.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent_at BIGINT, room " + text + ")");
            for (String kept : List.of("legal", "Legal", "LEGAL")) {
                database.execute("DELETE FROM messages");
                database.execute(
                        "INSERT INTO messages VALUES (1, 1000, 'legal'), (2, 1000, 'Legal'), (3, 1000, 'LEGAL')");
                for (boolean custom : new boolean[] {false, true}) {
                    RetentionPolicies.Builder policies =
                            RetentionPolicies.builder().room(kept, RetentionRule.keepForever());
                    policies.global(RetentionRule.keepFor(ofDays(30)));
                    if (custom) {
                        policies.policy(scope -> Optional.empty());
                    }
                    clean(database, policies.build(), TimeKind.epochMillis(), "id");
                    assertThat(database.strings("SELECT room FROM messages")).containsExactly(kept);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_rooms_rule_holds_in_padded_and_in_old_texts(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            String text = server == TestServer.MARIADB ? "CHAR(10) CHARACTER SET latin1" : "CHAR(10)";
            database.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent_at BIGINT, room " + text + ")");
            for (boolean custom : new boolean[] {false, true}) {
                database.execute("DELETE FROM messages");
                database.execute("INSERT INTO messages VALUES (1, 1000, 'café'), (2, 1000, 'tea'), (3, 1000, '')");
                RetentionPolicies.Builder policies = RetentionPolicies.builder()
                        .global(RetentionRule.keepFor(ofDays(30)))
                        .room("café", RetentionRule.keepForever());
                if (custom) {
                    policies.policy(scope -> Optional.empty());
                }
                clean(database, policies.build(), TimeKind.epochMillis(), "id");
                assertThat(database.strings("SELECT id FROM messages")).containsExactly("1");
            }
        }
    }

    @Test
    void keys_that_count_by_themselves_are_keys_like_any() throws Exception {
        try (TestDatabase database = TestServer.POSTGRESQL.open();
                Connection host = database.dataSource().getConnection();
                Statement statement = host.createStatement()) {
            database.execute("CREATE TABLE messages (id BIGSERIAL PRIMARY KEY, sent_at BIGINT, room SERIAL)");
            database.execute("INSERT INTO messages (sent_at) VALUES (1000), (1000), (1000)");
            RetentionPolicies policies = RetentionPolicies.builder()
                    .global(RetentionRule.keepFor(ofDays(30)))
                    .room("2", RetentionRule.keepForever())
                    .build();
            host.setAutoCommit(false);
            statement.execute("UPDATE messages SET sent_at = 2000 WHERE id = 3"); // so that the rest goes lock first
            clean(database, policies, TimeKind.epochMillis(), "id");
            host.rollback();
            host.setAutoCommit(true);
            assertThat(database.strings("SELECT id FROM messages ORDER BY id")).containsExactly("2", "3");
        }
    }

    @Test
    void a_date_of_zeros_is_no_date() throws Exception {
        try (TestDatabase database = TestServer.MARIADB.open()) {
            database.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent_at DATETIME NOT NULL, deleted_at DATETIME NOT NULL)");
            database.execute("INSERT IGNORE INTO messages VALUES (1, '2026-06-14 00:00:00', 0), (2, 0, 0),"
                    + " (3, '2026-06-14 00:00:00', '2026-01-01 00:00:00')");
            TimeKind utc = TimeKind.local(ZoneId.of("UTC"));
            ChatSchema schema = ChatSchema.builder()
                    .messages(
                            "messages", m -> m.key("id").sentAt("sent_at", utc).softDeletedAt("deleted_at", utc))
                    .build();
            RetentionPolicies policies = RetentionPolicies.builder()
                    .global(RetentionRule.keepFor(ofDays(30)))
                    .build();
            ChatDatabase chat = ChatDatabase.of(database.dataSource(), schema);
            run(chat, chat.messageCleanup(policies).softDeleteGrace(ofDays(7)).build(), NOW);
            assertThat(database.strings("SELECT id FROM messages ORDER BY id")).containsExactly("1", "2");
        }
    }

    @Test
    void an_orphan_with_a_date_of_zeros_goes_like_one_without_a_date() throws Exception {
        try (TestDatabase database = TestServer.MARIADB.open()) {
            database.execute("CREATE TABLE rooms (id BIGINT PRIMARY KEY)");
            database.execute("INSERT INTO rooms VALUES (1)");
            database.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent_at DATETIME NULL, room BIGINT)");
            database.execute("INSERT IGNORE INTO messages VALUES (1, 0, 7), (2, NULL, 7), (3, 0, 1), (4, NULL, 1)");
            ChatSchema schema = ChatSchema.builder()
                    .messages(
                            "messages",
                            m -> m.key("id")
                                    .sentAt("sent_at", TimeKind.local(ZoneId.of("UTC")))
                                    .room("room"))
                    .rooms("rooms", "id")
                    .build();
            RetentionPolicies policies = RetentionPolicies.builder()
                    .global(RetentionRule.keepFor(ofDays(30)))
                    .build();
            ChatDatabase chat = ChatDatabase.of(database.dataSource(), schema);
            run(chat, chat.messageCleanup(policies).removeOrphans().build(), NOW);
            assertThat(database.strings("SELECT id FROM messages ORDER BY id")).containsExactly("3", "4");
        }
    }

    @ParameterizedTest
    @EnumSource
    void names_with_quotes_spaces_and_capitals_are_found_and_quoted(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            String q = server == TestServer.MARIADB ? "`" : "\"";
            String table = q + "Chat: \"\" ?Messages".replace("\"\"", q.equals("`") ? "``" : "\"\"") + q;
            database.execute("CREATE TABLE " + table + " (" + q + "Order" + q + " BIGINT PRIMARY KEY, " + q + "sent At"
                    + q + " BIGINT, room BIGINT)");
            database.execute("INSERT INTO " + table + " VALUES (1, 1000, 1), (2, 1000, 2)");
            ChatSchema schema = ChatSchema.builder()
                    .messages(
                            server == TestServer.MARIADB ? "Chat: ` ?Messages" : "Chat: \" ?Messages",
                            m -> m.key("Order")
                                    .sentAt("sent At", TimeKind.epochMillis())
                                    .room("ROOM"))
                    .build();
            RetentionPolicies policies = RetentionPolicies.builder()
                    .global(RetentionRule.keepFor(ofDays(30)))
                    .room("2", RetentionRule.keepForever())
                    .build();
            clean(ChatDatabase.of(database.dataSource(), schema), policies, NOW);
            assertThat(database.strings("SELECT room FROM " + table)).containsExactly("2");
        }
    }

    /** Berlin's clock showed 02:00 to 03:00 twice on 2025-10-26: 00:00Z to 01:00Z, then 01:00Z to 02:00Z. */
    @ParameterizedTest
    @ValueSource(strings = {"00:00", "00:30", "00:59", "01:00", "01:30", "02:00", "02:10"})
    void of_an_hour_that_the_clock_showed_twice_nothing_goes_before_it_can_only_be_due(String cutOffTime)
            throws Exception {
        Instant cutOff = Instant.parse("2025-10-26T" + cutOffTime + ":00Z");
        for (TestServer server : TestServer.values()) {
            try (TestDatabase database = server.open()) {
                String type = server == TestServer.MARIADB ? "DATETIME(6)" : "TIMESTAMP(6)";
                database.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent_at " + type + ", room BIGINT)");
                List<String> expected = new ArrayList<>();
                for (int minute = 0; minute < 240; minute += 10) {
                    String local = String.format("2025-10-26 %02d:%02d:00", 1 + minute / 60, minute % 60);
                    database.execute("INSERT INTO messages VALUES (" + minute + ", '" + local + "', 1)");
                    // The last instant that the row can mean: of two the second, one hour after the first.
                    Instant latest =
                            Instant.parse(local.replace(' ', 'T') + "Z").minusSeconds(minute < 60 ? 7200 : 3600);
                    if (!latest.isBefore(cutOff)) {
                        expected.add(Integer.toString(minute));
                    }
                }
                RetentionPolicies policies = RetentionPolicies.builder()
                        .global(RetentionRule.keepFor(ofDays(1)))
                        .build();
                ChatSchema schema = ChatSchema.builder()
                        .messages(
                                "messages",
                                m -> m.key("id").sentAt("sent_at", TimeKind.local(ZoneId.of("Europe/Berlin"))))
                        .build();
                clean(ChatDatabase.of(database.dataSource(), schema), policies, cutOff.plus(ofDays(1)));
                assertThat(database.strings("SELECT id FROM messages ORDER BY id"))
                        .as(server + " " + cutOff)
                        .isEqualTo(expected);
            }
        }
    }

    private static void clean(TestDatabase database, RetentionPolicies policies, TimeKind kind, String key)
            throws Exception {
        ChatSchema schema = ChatSchema.builder()
                .messages("messages", m -> m.key(key).sentAt("sent_at", kind).room("room"))
                .build();
        clean(ChatDatabase.of(database.dataSource(), schema), policies, NOW);
    }

    private static void clean(ChatDatabase chat, RetentionPolicies policies, Instant now) throws Exception {
        run(chat, chat.messageCleanup(policies).build(), now);
    }

    private static void run(ChatDatabase chat, MessageCleanup cleanup, Instant now) throws Exception {
        chat.migrate();
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> now)
                .workers(Runnable::run)
                .settings(s -> s.batchSize(5))
                .task(cleanup)
                .build()) {
            engine.start();
            Run run = engine.runNow("message-cleanup").get();
            assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
        }
    }
}
