package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Preview;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.jdbc.UnusedRows;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rooms and users go when nothing refers to them any more, and they are old enough. */
final class UnusedRowsTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final Duration GRACE = ofDays(30);
    private static final long EDGE = NOW.minus(GRACE).toEpochMilli();

    private static final ChatSchema SCHEMA = ChatSchema.builder()
            .messages(
                    "messages",
                    m -> m.key("id")
                            .sentAt("sent", TimeKind.epochMillis())
                            .room("room")
                            .sender("sender"))
            .rooms("rooms", "id")
            .users("users", "id")
            .build();

    private interface Scene {
        void play(TestDatabase database, ChatDatabase chat) throws Exception;
    }

    /** Room 1 has a message of user 1, room 2 a member, user 2; room 3 is the parent of room 1. */
    private static void on(TestServer server, Scene scene) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE rooms (id BIGINT PRIMARY KEY, made BIGINT, name VARCHAR(20), parent BIGINT,"
                    + " FOREIGN KEY (parent) REFERENCES rooms (id))");
            database.execute("CREATE TABLE users (id BIGINT PRIMARY KEY, made BIGINT)");
            database.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent BIGINT, room BIGINT, sender BIGINT,"
                    + " FOREIGN KEY (room) REFERENCES rooms (id), FOREIGN KEY (sender) REFERENCES users (id))");
            database.execute("CREATE TABLE members (room BIGINT, member BIGINT,"
                    + " FOREIGN KEY (room) REFERENCES rooms (id) ON DELETE CASCADE,"
                    + " FOREIGN KEY (member) REFERENCES users (id) ON DELETE CASCADE)");
            database.execute("INSERT INTO rooms VALUES (3, 1, 'parent', NULL), (2, 1, 'joined', NULL)");
            database.execute("INSERT INTO rooms VALUES (1, 1, 'talk', 3), (4, " + (EDGE - 1) + ", 'old', NULL), (5, "
                    + EDGE + ", 'young', NULL), (6, NULL, 'timeless', NULL), (7, 0, 'timeless', NULL),"
                    + " (8, 1, 'lobby', NULL), (9, 1, 'old', NULL), (10, 1, 'old', NULL)");
            database.execute("INSERT INTO users VALUES (1, 1), (2, 1), (3, 1), (4, " + EDGE + ")");
            database.execute("INSERT INTO messages VALUES (1, " + NOW.toEpochMilli() + ", 1, 1)");
            database.execute("INSERT INTO members VALUES (2, 2)");
            ChatDatabase chat = ChatDatabase.of(database.dataSource(), SCHEMA);
            chat.migrate();
            scene.play(database, chat);
        }
    }

    private static UnusedRows.Builder rooms(ChatDatabase chat) {
        return chat.unusedRooms("made", TimeKind.epochMillis(), GRACE)
                .usedBy("members", "room")
                .usedBy("rooms", "parent");
    }

    private static MaintenanceEngine engine(ChatDatabase chat, UnusedRows task) {
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> NOW)
                .settings(s -> s.batchSize(2).taskDefaults(t -> t.retries(3)))
                .task(task)
                .build();
        engine.start();
        return engine;
    }

    private static Counts run(ChatDatabase chat, UnusedRows task) throws Exception {
        try (MaintenanceEngine engine = engine(chat, task)) {
            Run run = engine.runNow(task.name()).get(60, TimeUnit.SECONDS);
            assertThat(run.state()).as("%s", run.detail()).isEqualTo(RunState.SUCCEEDED);
            return run.counts();
        }
    }

    private static List<String> ids(TestDatabase database, String table) throws SQLException {
        return database.strings("SELECT id FROM " + table + " ORDER BY id");
    }

    @ParameterizedTest
    @EnumSource
    void a_room_goes_when_nothing_refers_to_it_and_it_is_older_than_the_grace_to_the_millisecond(TestServer server)
            throws Exception {
        on(server, (database, chat) -> {
            UnusedRows task = rooms(chat).keep(Match.isOneOf("name", "lobby")).build();
            try (MaintenanceEngine engine = engine(chat, task)) {
                assertThat(engine.preview("unused-rooms").counts().get("due.unused"))
                        .isEqualTo(3);
            }
            assertThat(ids(database, "rooms")).hasSize(10);
            Counts counts = run(chat, task);
            assertThat(ids(database, "rooms")).containsExactly("1", "2", "3", "5", "6", "7", "8");
            assertThat(counts.get("deleted.unused")).isEqualTo(3);
            assertThat(counts.get("examined")).isEqualTo(10);
            assertThat(database.strings("SELECT room FROM members")).containsExactly("2");
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_user_goes_likewise(TestServer server) throws Exception {
        on(server, (database, chat) -> {
            run(
                    chat,
                    chat.unusedUsers("made", TimeKind.epochMillis(), GRACE)
                            .usedBy("members", "member")
                            .build());
            assertThat(ids(database, "users")).containsExactly("1", "2", "4");
        });
    }

    @ParameterizedTest
    @EnumSource
    void none_goes_while_there_is_no_message(TestServer server) throws Exception {
        on(server, (database, chat) -> {
            database.execute("DELETE FROM messages");
            assertThat(run(chat, rooms(chat).build()).get("deleted.unused")).isZero();
            assertThat(ids(database, "rooms")).hasSize(10);
        });
    }

    @ParameterizedTest
    @EnumSource
    void what_a_hold_names_stays_without_any_message_and_with_a_hold_on_everything_all_do(TestServer server)
            throws Exception {
        on(server, (database, chat) -> {
            chat.holds()
                    .place(LegalHold.builder("a", "counsel", "why").room("9").build());
            chat.holds()
                    .place(LegalHold.builder("b", "counsel", "why").user("10").build());
            run(chat, rooms(chat).build());
            assertThat(ids(database, "rooms")).containsExactly("1", "2", "3", "5", "6", "7", "9");
            chat.holds().release("a", "counsel");
            chat.holds()
                    .place(LegalHold.builder("c", "counsel", "why").everything().build());
            run(chat, rooms(chat).build());
            assertThat(ids(database, "rooms")).contains("9");
        });
    }

    private interface Meanwhile {
        void happens() throws Exception;
    }

    private static DataSource whileLocking(TestDatabase database, Meanwhile meanwhile) {
        AtomicBoolean once = new AtomicBoolean(true);
        return PausingDataSource.ofStatements(database.dataSource(), (sent, before) -> {
            boolean locks = sent.sql().contains("FOR UPDATE") && !sent.sql().contains("1 = 0");
            if (before && locks && once.getAndSet(false)) {
                try {
                    meanwhile.happens();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void a_hold_that_comes_while_rooms_go_keeps_what_it_names(TestServer server) throws Exception {
        on(server, (database, chat) -> {
            CompletableFuture<?>[] placing = new CompletableFuture<?>[1];
            ChatDatabase watched = ChatDatabase.of(
                    whileLocking(database, () -> {
                        placing[0] = CompletableFuture.runAsync(() -> chat.holds()
                                .place(LegalHold.builder("a", "counsel", "why")
                                        .room("4")
                                        .build()));
                        Eventually.eventually(
                                "the hold stands", () -> chat.holds().standing().size() == 1);
                    }),
                    SCHEMA);
            run(watched, rooms(watched).build());
            placing[0].get(60, TimeUnit.SECONDS);
            assertThat(ids(database, "rooms")).containsExactly("1", "2", "3", "4", "5", "6", "7");
        });
    }

    /** The foreign key would take the member along; H2 looks for its row without locking it. */
    @ParameterizedTest
    @EnumSource(names = "H2", mode = EnumSource.Mode.EXCLUDE)
    void a_room_that_somebody_is_just_joining_stays_with_its_member(TestServer server) throws Exception {
        on(server, (database, chat) -> {
            try (Connection other =
                            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                    Statement statement = other.createStatement()) {
                other.setAutoCommit(false);
                CompletableFuture<?>[] joining = new CompletableFuture<?>[1];
                ChatDatabase watched = ChatDatabase.of(
                        whileLocking(database, () -> {
                            statement.execute("INSERT INTO members VALUES (4, 2)");
                            joining[0] = CompletableFuture.runAsync(() -> commitWhenWaitedFor(database, other));
                        }),
                        SCHEMA);
                run(watched, rooms(watched).build());
                joining[0].get(60, TimeUnit.SECONDS);
            }
            assertThat(ids(database, "rooms")).containsExactly("1", "2", "3", "4", "5", "6", "7");
            assertThat(database.strings("SELECT room FROM members ORDER BY room"))
                    .containsExactly("2", "4");
        });
    }

    private static void commitWhenWaitedFor(TestDatabase database, Connection other) {
        try {
            Eventually.eventually(
                    "it waits",
                    () -> !database.strings(
                                    database.server() == TestServer.MARIADB
                                            ? "SELECT 1 FROM information_schema.global_status WHERE variable_name ="
                                                    + " 'INNODB_ROW_LOCK_CURRENT_WAITS' AND variable_value > 0"
                                            : "SELECT pid FROM pg_locks WHERE NOT granted")
                            .isEmpty());
            other.commit();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"99, 99, false", "100, 30, false", "100, 31, true"})
    void more_than_the_share_limit_waits_for_a_confirmation(int of, int unused, boolean waits) throws Exception {
        for (TestServer server : TestServer.values()) {
            on(server, (database, chat) -> {
                database.execute("DELETE FROM messages");
                database.execute("DELETE FROM members");
                database.execute("UPDATE rooms SET parent = NULL");
                database.execute("DELETE FROM rooms");
                for (int id = 1; id <= of; id++) {
                    database.execute("INSERT INTO rooms (id, made) VALUES (" + id + ", "
                            + (id <= unused ? 1 : NOW.toEpochMilli()) + ")");
                }
                database.execute("INSERT INTO messages VALUES (1, 1, " + of + ", 1)");
                boolean lastIsUsed = unused == of;
                UnusedRows task = rooms(chat).build();
                try (MaintenanceEngine engine = engine(chat, task)) {
                    Preview preview = engine.preview("unused-rooms");
                    assertThat(preview.awaits().isPresent()).isEqualTo(waits);
                    assertThat(preview.counts().get("due.unused")).isEqualTo(lastIsUsed ? unused - 1 : unused);
                    Run run = engine.runNow("unused-rooms").get(60, TimeUnit.SECONDS);
                    if (waits) {
                        assertThat(run.state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
                        assertThat(ids(database, "rooms")).hasSize(of);
                        engine.confirm(run.id());
                        Eventually.eventually(
                                "the confirmed run ends",
                                () -> !engine.find(run.id())
                                        .orElseThrow()
                                        .state()
                                        .isActive());
                    }
                    assertThat(engine.find(run.id()).orElseThrow().counts().get("deleted.unused"))
                            .isEqualTo(lastIsUsed ? unused - 1 : unused);
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_room_of_an_archived_message_stays_if_the_archive_is_named(TestServer server) throws Exception {
        on(server, (database, chat) -> {
            database.execute("INSERT INTO messages VALUES (2, 1, 4, 1)");
            chat.archive().migrate();
            try (MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(chat.runStore())
                    .clock(() -> NOW)
                    .task(chat.messageCleanup(RetentionPolicies.builder()
                                    .global(RetentionRule.keepFor(ofDays(1)))
                                    .build())
                            .archive(chat.archive())
                            .build())
                    .build()) {
                engine.start();
                engine.runNow("message-cleanup").get(60, TimeUnit.SECONDS);
            }
            assertThat(ids(database, "messages")).containsExactly("1");
            run(chat, rooms(chat).archive(chat.archive()).build());
            assertThat(ids(database, "rooms")).containsExactly("1", "2", "3", "4", "5", "6", "7");
        });
    }

    @ParameterizedTest
    @EnumSource
    void what_could_take_too_much_is_refused(TestServer server) throws Exception {
        on(server, (database, chat) -> {
            assertThat(chat.unusedRooms("made", TimeKind.epochMillis(), GRACE)
                            .usedBy("rooms", "parent")
                            .build()
                            .problems())
                    .singleElement()
                    .asString()
                    .containsIgnoringCase("add usedBy(\"members\", \"room\")");
            database.execute("CREATE TABLE drafts (room BIGINT)");
            assertThat(rooms(chat).usedBy("drafts", "room").build().problems())
                    .singleElement()
                    .asString()
                    .contains("call withoutForeignKeys()");
            assertThat(rooms(chat)
                            .usedBy("drafts", "room")
                            .withoutForeignKeys()
                            .build()
                            .problems())
                    .isEmpty();
            assertThat(chat.unusedRooms("name", TimeKind.epochMillis(), GRACE)
                            .usedBy("members", "room")
                            .usedBy("rooms", "parent")
                            .build()
                            .problems())
                    .singleElement()
                    .asString()
                    .contains("does not tell the time");
            assertThatThrownBy(() -> chat.unusedRooms("made", TimeKind.epochMillis(), Duration.ZERO))
                    .hasMessageContaining("unusedRooms: PT0S given, must be longer than zero");
            assertThatThrownBy(() -> rooms(chat).usedBy("members", "room")).hasMessageContaining("given twice");
            assertThatThrownBy(() -> rooms(chat).shareLimit(0)).hasMessageContaining("shareLimit: 0.0 given");
            ChatDatabase without = ChatDatabase.of(
                    database.dataSource(),
                    ChatSchema.builder()
                            .messages("messages", m -> m.key("id").sentAt("sent", TimeKind.epochMillis()))
                            .build());
            assertThatThrownBy(() -> without.unusedUsers("made", TimeKind.epochMillis(), GRACE))
                    .hasMessageContaining("the schema does not describe them");
        });
    }
}
