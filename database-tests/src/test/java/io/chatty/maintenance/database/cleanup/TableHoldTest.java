package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.MessageTable;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A row in a table of the host's own shields the messages of a room or a sender, up to the moment of the DELETE itself. */
final class TableHoldTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final RetentionPolicies KEEP_50_DAYS = RetentionPolicies.builder()
            .global(RetentionRule.keepFor(ofDays(50)))
            .build();
    private static final Match OPEN = Match.isTrue("is_open");

    /** Old messages of rooms that stand in their threads, with a reaction each. */
    private static void fill(TestDatabase database) throws SQLException {
        database.execute("CREATE TABLE threads (id BIGINT PRIMARY KEY, room BIGINT NULL)");
        database.execute(
                "CREATE TABLE messages (id BIGINT PRIMARY KEY, sent_at BIGINT, thread BIGINT NULL, author BIGINT NULL)");
        database.execute("CREATE INDEX messages_sent ON messages (sent_at, id)");
        database.execute("CREATE TABLE reactions (message_id BIGINT)");
        database.execute("CREATE TABLE legal_cases (room_id BIGINT NULL, user_id BIGINT NULL, is_open BOOLEAN NULL)");
        database.execute("INSERT INTO threads VALUES (11, 1), (12, 2), (13, NULL)");
        database.execute("INSERT INTO messages VALUES (1, 1000, 11, 7), (2, 1000, 12, 7), (3, 1000, 13, 8),"
                + " (4, 1000, NULL, NULL), (5, 1000, 11, 9)");
        database.execute("INSERT INTO reactions VALUES (1), (2), (3), (4), (5)");
    }

    private static ChatSchema schema(Consumer<MessageTable.Builder> shields) {
        return schema(shields, more -> more);
    }

    private static ChatSchema schema(Consumer<MessageTable.Builder> shields, UnaryOperator<ChatSchema.Builder> more) {
        return more.apply(ChatSchema.builder()
                        .messages(
                                "messages",
                                m -> shields.accept(m.key("id")
                                        .sentAt("sent_at", TimeKind.epochMillis())
                                        .roomThrough("thread", "threads", "id", "room")
                                        .sender("author"))))
                .build();
    }

    private static Run cleaned(ChatDatabase chat, RetentionPolicies policies) throws Exception {
        chat.migrate();
        try (MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> NOW)
                .task(chat.messageCleanup(policies).build())
                .build()) {
            engine.start();
            Run run = engine.runNow("message-cleanup").get(1, TimeUnit.MINUTES);
            assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
            return run;
        }
    }

    private static void assertLeft(TestDatabase database, String... ids) throws SQLException {
        assertThat(database.strings("SELECT id FROM messages")).containsExactlyInAnyOrder(ids);
        assertThat(database.strings("SELECT message_id FROM reactions")).containsExactlyInAnyOrder(ids);
    }

    /** Policies by which one statement deletes, and such by which messages are judged one by one. */
    private static Stream<Arguments> ways() {
        RetentionPolicies judged = RetentionPolicies.builder()
                .global(RetentionRule.keepFor(ofDays(50)))
                .policy(scope -> Optional.empty())
                .build();
        return Stream.of(TestServer.values())
                .flatMap(server -> Stream.of(Arguments.of(server, KEEP_50_DAYS), Arguments.of(server, judged)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void rows_for_a_room_or_a_sender_keep_their_messages_and_null_is_nobodys(
            TestServer server, RetentionPolicies policies) throws Exception {
        try (TestDatabase database = server.open()) {
            fill(database);
            database.execute("INSERT INTO legal_cases VALUES (2, NULL, TRUE), (1, NULL, FALSE), (1, NULL, NULL),"
                    + " (NULL, 9, TRUE), (NULL, NULL, TRUE), (NULL, 8, FALSE)");
            ChatSchema schema = schema(
                    m -> m.never("legal", Match.roomHasRow("legal_cases", "room_id", OPEN))
                            .exempt("watched", Match.senderHasRow("legal_cases", "user_id", OPEN)),
                    s -> s.children("reactions", "message_id"));
            Run run = cleaned(ChatDatabase.of(database.dataSource(), schema), policies);
            assertLeft(database, "2", "5");
            assertThat(run.counts().get("skipped.never.legal")).isEqualTo(1);
            assertThat(run.counts().get("skipped.exempt.watched")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void a_row_that_comes_right_before_the_delete_keeps_its_messages_with_their_children(
            TestServer server, RetentionPolicies policies) throws Exception {
        try (TestDatabase database = server.open()) {
            fill(database);
            AtomicBoolean came = new AtomicBoolean();
            DataSource heard = PausingDataSource.ofStatements(database.dataSource(), (sent, before) -> {
                String what = sent.sql().isEmpty() ? sent.what() : sent.sql();
                String sql = what.toUpperCase(Locale.ROOT);
                boolean deletes = sql.contains("DELETE ")
                        && sql.contains("MESSAGES")
                        && !sql.contains("1 = 0 ")
                        && !sql.endsWith("1 = 0");
                if (before && deletes && !came.getAndSet(true)) {
                    change(database, "INSERT INTO legal_cases VALUES (1, NULL, TRUE)");
                }
            });
            ChatSchema schema = schema(
                    m -> m.never("legal", Match.roomHasRow("legal_cases", "room_id")),
                    s -> s.children("reactions", "message_id"));
            cleaned(ChatDatabase.of(heard, schema), policies);
            assertThat(came).isTrue();
            assertLeft(database, "1", "5");
        }
    }

    /** So that the numbers are right although others went: one message comes under a hold, another one loses its pin. */
    @ParameterizedTest
    @EnumSource
    void of_two_that_change_places_right_before_the_delete_none_loses_its_children_alone(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            fill(database);
            database.execute("ALTER TABLE messages ADD COLUMN pinned BOOLEAN");
            database.execute("UPDATE messages SET pinned = TRUE WHERE id IN (2, 3, 4)");
            AtomicBoolean came = new AtomicBoolean();
            DataSource heard = PausingDataSource.ofStatements(database.dataSource(), (sent, before) -> {
                if (before && sent.deletesFrom("messages") && !sent.sql().endsWith("1 = 0") && !came.getAndSet(true)) {
                    change(database, "INSERT INTO legal_cases VALUES (NULL, 9, TRUE)");
                    change(database, "UPDATE messages SET pinned = FALSE WHERE id = 2");
                }
            });
            ChatSchema schema = schema(
                    m -> m.pinned("pinned").never("legal", Match.senderHasRow("legal_cases", "user_id")),
                    s -> s.children("reactions", "message_id"));
            cleaned(ChatDatabase.of(heard, schema), KEEP_50_DAYS);
            assertThat(came).isTrue();
            assertThat(database.strings("SELECT id FROM messages")).contains("3", "4", "5");
            assertThat(database.strings("SELECT message_id FROM reactions"))
                    .containsExactlyInAnyOrderElementsOf(database.strings("SELECT id FROM messages"));
        }
    }

    private static void change(TestDatabase database, String sql) {
        try {
            database.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void they_are_refused_where_rows_are_no_messages_or_have_no_such_column(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            fill(database);
            Match room = Match.roomHasRow("legal_cases", "room_id");
            Match sender = Match.senderHasRow("legal_cases", "user_id");
            assertRefused(
                    database,
                    schema(
                            m -> {},
                            s -> s.children(
                                    "reactions", c -> c.refersBy("message_id").where(room))),
                    "roomHasRow(\"legal_cases\") given; it is for exempt and never of messages that have a room(column)");
            assertRefused(
                    database,
                    schema(m -> m.never("legal", Match.roomHasRow("legal_cases", "room_id", sender))),
                    "senderHasRow(\"legal_cases\") given");
            assertRefused(
                    database,
                    ChatSchema.builder()
                            .messages(
                                    "messages",
                                    m -> m.key("id")
                                            .sentAt("sent_at", TimeKind.epochMillis())
                                            .never("legal", Match.not(sender)))
                            .build(),
                    "messages that have a sender(column)");
            assertRefused(
                    database,
                    schema(m -> m.never("legal", Match.roomHasRow("legal_case", "room_id"))),
                    "no table \"legal_case\"");
            assertRefused(
                    database,
                    schema(m -> m.never("legal", Match.roomHasRow("legal_cases", "is_open"))),
                    "cannot be compared");
        }
    }

    @Test
    void a_table_that_may_not_be_read_is_told_at_start() throws Exception {
        try (TestDatabase database = TestServer.POSTGRESQL.open()) {
            fill(database);
            String reader = "reader_" + database.name();
            database.execute("CREATE ROLE " + reader);
            try (HikariDataSource pool = new HikariDataSource()) {
                database.execute("GRANT ALL ON messages, threads TO " + reader);
                pool.setJdbcUrl(database.jdbcUrl());
                pool.setUsername(database.user());
                pool.setPassword(database.password());
                pool.setConnectionInitSql("SET ROLE " + reader);
                for (ChatSchema schema : asking()) {
                    assertThat(ChatDatabase.of(pool, schema)
                                    .messageCleanup(KEEP_50_DAYS)
                                    .build()
                                    .problems())
                            .singleElement(as(STRING))
                            .contains("permission denied for table legal_cases");
                }
            }
            database.execute("DROP OWNED BY " + reader);
            database.execute("DROP ROLE " + reader);
        }
    }

    private static List<ChatSchema> asking() {
        return List.of(
                schema(m -> m.exempt("watched", Match.senderHasRow("legal_cases", "user_id"))),
                schema(m -> m.never("legal", Match.not(Match.roomHasRow("legal_cases", "room_id")))));
    }

    @Test
    void a_table_of_another_collation_is_told_at_start() throws Exception {
        try (TestDatabase database = TestServer.MARIADB.open()) {
            String table =
                    " (id VARCHAR(20) COLLATE utf8mb4_unicode_ci PRIMARY KEY, sent_at BIGINT, room VARCHAR(20) COLLATE utf8mb4_unicode_ci)";
            database.execute("CREATE TABLE messages" + table);
            database.execute("CREATE TABLE legal_cases (room VARCHAR(20) COLLATE utf8mb4_general_ci)");
            database.execute("CREATE TABLE redactions (message VARCHAR(20) COLLATE utf8mb4_general_ci, at BIGINT)");
            ChatSchema held = ChatSchema.builder()
                    .messages(
                            "messages",
                            m -> m.key("id")
                                    .sentAt("sent_at", TimeKind.epochMillis())
                                    .room("room")
                                    .never("legal", Match.roomHasRow("legal_cases", "room")))
                    .build();
            ChatSchema redacted = ChatSchema.builder()
                    .messages(
                            "messages",
                            m -> m.key("id")
                                    .sentAt("sent_at", TimeKind.epochMillis())
                                    .softDeletedBy("redactions", "message", "at", TimeKind.epochMillis()))
                    .build();
            for (ChatSchema schema : List.of(held, redacted)) {
                MessageCleanup.Builder cleanup =
                        ChatDatabase.of(database.dataSource(), schema).messageCleanup(KEEP_50_DAYS);
                if (schema == redacted) {
                    cleanup.softDeleteGrace(ofDays(1));
                }
                assertThat(cleanup.build().problems()).singleElement(as(STRING)).contains("Illegal mix of collations");
            }
        }
    }

    private static void assertRefused(TestDatabase database, ChatSchema schema, String why) {
        assertThat(ChatDatabase.of(database.dataSource(), schema)
                        .messageCleanup(KEEP_50_DAYS)
                        .build()
                        .problems())
                .as(why)
                .anyMatch(problem -> problem.contains(why));
    }
}
