package io.chatty.maintenance.database.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.cleanup.PausingDataSource;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.LastSeenTable;
import io.chatty.maintenance.jdbc.TimeKind;
import io.chatty.maintenance.presence.LastSeenStore;
import io.chatty.maintenance.presence.LastSeenStore.Seen;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.SettingsException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of the rows of a host's table, and of users whom it does not have. */
final class HostsRowsTest {

    private static final Instant AT = Instant.parse("2026-07-01T12:00:00Z");

    private static ChatDatabase chat(TestDatabase database) {
        ChatDatabase chat = ChatDatabase.of(database.dataSource(), OnServer.SCHEMA);
        chat.migrate();
        return chat;
    }

    private static LastSeenStore store(TestDatabase database, String keyType, Object... keys) throws SQLException {
        database.execute("CREATE TABLE users (id " + keyType
                + " NOT NULL PRIMARY KEY, seen BIGINT DEFAULT 0 NOT NULL, online INT DEFAULT 0 NOT NULL)");
        for (Object key : keys) {
            database.execute("INSERT INTO users (id) VALUES (" + (key instanceof Number ? key : "'" + key + "'") + ")");
        }
        return store(chat(database));
    }

    private static LastSeenStore store(ChatDatabase chat) {
        return chat.lastSeen(
                "users",
                t -> t.user("id").seenAt("seen", TimeKind.epochSeconds()).online("online", "1", "0"));
    }

    private static List<Seen> online(String... users) {
        return List.of(users).stream().map(user -> new Seen(user, AT, true)).toList();
    }

    private static List<String> rows(TestDatabase database) throws SQLException {
        return database.strings("SELECT CONCAT(id, '=', seen, ' ', online) FROM users ORDER BY id");
    }

    @ParameterizedTest
    @EnumSource
    void who_has_no_row_or_no_possible_key_is_left_out_and_no_row_is_added(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            LastSeenStore store = store(database, "BIGINT", 7, 8);
            store.write("a", online("7", "9", "07", "+7", "7 ", "seven", "7.0", "99999999999999999999"));
            assertThat(rows(database)).containsExactly("7=" + AT.getEpochSecond() + " 1", "8=0 0");
            assertThat(store.online("a", "", 10)).containsExactly("7");
            assertThat(store.find(List.of("7", "07", "seven", "8", "9"))).isEqualTo(Map.of("7", AT));
            assertThat(database.strings("SELECT user_id FROM chatty_maintenance_last_seen"))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_mark_of_a_user_whose_row_is_gone_can_be_taken_away(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            LastSeenStore store = store(database, "BIGINT", 7, 8);
            store.write("a", online("7", "8"));
            database.execute("DELETE FROM users WHERE id = 7");
            assertThat(store.online("a", "", 10)).containsExactly("7", "8");
            store.write("a", List.of(new Seen("7", AT, false), new Seen("8", AT, false)));
            assertThat(store.online("a", "", 10)).isEmpty();
            assertThat(rows(database)).containsExactly("8=" + AT.getEpochSecond() + " 0");
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_the_host_set_itself_is_put_right_by_the_next_write(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            LastSeenStore store = store(database, "BIGINT", 7);
            store.write("a", online("7"));
            database.execute("UPDATE users SET online = 0");
            store.write("a", online("7"));
            assertThat(rows(database)).containsExactly("7=" + AT.getEpochSecond() + " 1");
            database.execute("UPDATE users SET online = 5");
            store.write("b", List.of(new Seen("7", AT, false)));
            assertThat(rows(database)).containsExactly("7=" + AT.getEpochSecond() + " 1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_column_that_says_nothing_says_offline_as_soon_as_that_is_written(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute(
                    "CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, seen BIGINT, online BOOLEAN, state VARCHAR(9))");
            database.execute("INSERT INTO users (id) VALUES (7)");
            ChatDatabase chat = chat(database);
            for (Consumer<LastSeenTable.Builder> column : List.<Consumer<LastSeenTable.Builder>>of(
                    t -> t.online("online"), t -> t.online("state", "on", "off"))) {
                LastSeenStore store =
                        chat.lastSeen("users", t -> column.accept(t.user("id").seenAt("seen", TimeKind.epochMillis())));
                store.write("a", List.of(new Seen("7", AT, false)));
            }
            assertThat(database.strings("SELECT id FROM users WHERE NOT online AND state = 'off'"))
                    .containsExactly("7");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_time_is_cut_to_what_its_column_tells(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, millis BIGINT, digits VARCHAR(15),"
                    + " seconds BIGINT)");
            database.execute("INSERT INTO users (id) VALUES (7)");
            ChatDatabase chat = chat(database);
            Map<String, TimeKind> kinds = Map.of(
                    "millis", TimeKind.epochMillis(),
                    "digits", TimeKind.epochMillisText(15),
                    "seconds", TimeKind.epochSeconds());
            for (Map.Entry<String, TimeKind> kind : kinds.entrySet()) {
                LastSeenStore store = chat.lastSeen("users", t -> t.user("id").seenAt(kind.getKey(), kind.getValue()));
                store.write("a", List.of(new Seen("7", AT.plusNanos(123_999_999), true)));
                assertThat(store.find(List.of("7")))
                        .as(kind.getKey())
                        .containsEntry("7", kind.getKey().equals("seconds") ? AT : AT.plusMillis(123));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_column_that_the_database_computes_is_told_of(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            String stored = server == TestServer.H2 ? "" : " STORED";
            database.execute("CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, a BIGINT, seen BIGINT"
                    + " GENERATED ALWAYS AS (a)" + stored + ", online BIGINT GENERATED ALWAYS AS (a)" + stored + ")");
            assertThat(store(chat(database)).problems())
                    .filteredOn(problem -> problem.contains("is computed by the database"))
                    .hasSize(2)
                    .anyMatch(problem -> problem.toLowerCase(Locale.ROOT).contains("column \"seen\""))
                    .anyMatch(problem -> problem.toLowerCase(Locale.ROOT).contains("column \"online\""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_need_not_change_is_not_written(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            store(database, "BIGINT", 7, 8);
            List<String> changes = new ArrayList<>();
            ChatDatabase chat = ChatDatabase.of(
                    PausingDataSource.ofStatements(database.dataSource(), (sent, before) -> {
                        if (before && sent.sql().matches("(?s)(INSERT|UPDATE|DELETE).*")) {
                            changes.add(sent.sql());
                        }
                    }),
                    OnServer.SCHEMA);
            for (LastSeenStore store : List.of(store(chat), chat.lastSeen())) {
                store.write("a", List.of(new Seen("7", AT, true), new Seen("8", AT, false)));
                assertThat(changes).as("there is something to write").isNotEmpty();
                changes.clear();
                store.write("a", List.of(new Seen("7", AT, true), new Seen("8", AT, false)));
                store.write("a", List.of(new Seen("7", AT.minusSeconds(1), true)));
                assertThat(changes).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_row_that_the_database_takes_for_equal_is_not_the_users(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            if (server == TestServer.POSTGRESQL) {
                database.execute(
                        "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)");
            }
            String type = Map.of(
                            TestServer.H2, "VARCHAR_IGNORECASE(200)",
                            TestServer.POSTGRESQL, "varchar(200) COLLATE loose",
                            TestServer.MARIADB, "VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
                    .get(server);
            LastSeenStore store = store(database, type, "Bob", "anna");
            store.write("a", online("bob", "BOB", "anna"));
            assertThat(rows(database)).containsExactly("anna=" + AT.getEpochSecond() + " 1", "Bob=0 0");
            assertThat(store.find(List.of("bob", "Bob", "anna"))).isEqualTo(Map.of("anna", AT));
            store.write("b", online("bob", "Bob", "ANNA"));
            assertThat(store.find(List.of("BOB", "Bob"))).isEqualTo(Map.of("Bob", AT));
            assertThat(store.find(List.of("BOB", "bob"))).isEmpty();
            assertThat(store.online("a", "", 10)).containsExactly("anna");
            assertThat(store.online("b", "", 10)).containsExactly("Bob");
        }
    }

    @Test
    void a_name_that_the_columns_letters_cannot_write_is_left_out() throws Exception {
        try (TestDatabase database = TestServer.MARIADB.open()) {
            LastSeenStore store = store(database, "VARCHAR(100) CHARACTER SET latin1", "anna");
            store.write("a", online("\u0142ukasz", "anna", "\ud83d\ude00"));
            assertThat(store.find(List.of("anna", "\u0142ukasz"))).isEqualTo(Map.of("anna", AT));
        }
    }

    @ParameterizedTest
    @EnumSource
    void of_an_hour_that_the_clock_shows_twice_the_first_is_meant(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE users (id INT NOT NULL PRIMARY KEY, seen "
                    + (server == TestServer.MARIADB ? "DATETIME(6)" : "TIMESTAMP(6)") + ")");
            database.execute("INSERT INTO users (id) VALUES (1)");
            LastSeenStore store = chat(database)
                    .lastSeen("users", t -> t.user("id").seenAt("seen", TimeKind.local(ZoneId.of("Europe/Berlin"))));
            Instant first = Instant.parse("2026-10-25T00:50:00Z"); // 02:50, and so it is an hour later
            store.write("a", List.of(new Seen("1", first, true)));
            assertThat(store.find(List.of("1"))).isEqualTo(Map.of("1", first));
            store.write("a", List.of(new Seen("1", first.plusSeconds(1800), true))); // 02:20
            assertThat(store.find(List.of("1"))).isEqualTo(Map.of("1", first));
            Instant after = Instant.parse("2026-10-25T02:00:00Z"); // 03:00
            store.write("a", List.of(new Seen("1", after, true)));
            assertThat(store.find(List.of("1"))).isEqualTo(Map.of("1", after));
        }
    }

    @Test
    void the_hosts_own_rows_may_refer_to_a_user_while_a_write_has_it() throws Exception {
        try (TestDatabase database = TestServer.POSTGRESQL.open()) {
            LastSeenStore store = store(database, "BIGINT", 7);
            database.execute("CREATE TABLE posts (author BIGINT REFERENCES users (id))");
            try (Connection hosts = database.dataSource().getConnection();
                    Statement statement = hosts.createStatement()) {
                hosts.setAutoCommit(false);
                statement.execute("INSERT INTO posts VALUES (7)");
                store.write("a", online("7"));
                hosts.rollback();
                hosts.setAutoCommit(true);
            }
            assertThat(store.online("a", "", 10)).containsExactly("7");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_write_that_fails_leaves_nothing(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            LastSeenStore store = store(database, "BIGINT", 7, 8);
            store.write("a", online("7"));
            database.execute("ALTER TABLE users ADD CONSTRAINT never CHECK (id <> 8 OR online = 0)");
            assertThatThrownBy(() ->
                            store.write("a", List.of(new Seen("7", AT.plusSeconds(9), false), new Seen("8", AT, true))))
                    .isInstanceOf(MaintenanceException.class);
            assertThat(rows(database)).containsExactly("7=" + AT.getEpochSecond() + " 1", "8=0 0");
            assertThat(store.online("a", "", 10)).containsExactly("7");
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_does_not_fit_is_told_at_once(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            ChatDatabase chat = ChatDatabase.of(database.dataSource(), OnServer.SCHEMA);
            assertThat(chat.lastSeen().problems()).isNotEmpty().allMatch(problem -> problem.contains("migrate()"));
            assertThatThrownBy(() -> chat.lastSeen().find(List.of("anna")))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("migrate()");
            chat.migrate();
            assertThat(chat.lastSeen().problems()).isEmpty();
            database.execute(
                    "CREATE TABLE users (id BIGINT PRIMARY KEY, nick VARCHAR(20), seen VARCHAR(20), state VARCHAR(9))");
            LastSeenStore wrong = chat.lastSeen(
                    "users",
                    t -> t.user("nick").seenAt("seen", TimeKind.epochMillis()).online("state"));
            assertThat(wrong.problems())
                    .hasSize(3)
                    .anyMatch(problem -> problem.contains("no unique index"))
                    .anyMatch(problem -> problem.contains("does not tell the time"))
                    .anyMatch(problem -> problem.contains("neither true nor false"));
            assertThatThrownBy(() -> wrong.write("a", online("anna"))).isInstanceOf(SettingsException.class);
            database.execute(
                    "CREATE TABLE others (id BIGINT PRIMARY KEY, seen BIGINT, born DATE, state INT, is_on BOOLEAN)");
            Map<String, String> told = Map.of(
                    "born", "is neither a number nor text; allowed are those, and true or false",
                    "state", "\"on\" given, which is no value of",
                    "is_on", "is neither a number nor text; use online(column)");
            told.forEach((column, problem) -> {
                if (!(column.equals("is_on") && server == TestServer.MARIADB)) { // where it is a number
                    LastSeenStore store = chat.lastSeen(
                            "others",
                            t -> t.user("id")
                                    .seenAt("seen", TimeKind.epochMillis())
                                    .online(column, "on", "0"));
                    assertThatThrownBy(() -> store.write("a", online("7")))
                            .isInstanceOf(SettingsException.class)
                            .hasMessageContaining(problem);
                }
            });
            assertThat(chat.lastSeen("nobody", t -> t.user("id").seenAt("seen", TimeKind.epochMillis()))
                            .problems())
                    .singleElement()
                    .asString()
                    .contains("no table \"nobody\"");
        }
    }

    @Test
    void a_description_that_lacks_something_is_refused() throws Exception {
        try (TestDatabase database = TestServer.H2.open()) {
            ChatDatabase chat = ChatDatabase.of(database.dataSource(), OnServer.SCHEMA);
            for (Consumer<LastSeenTable.Builder> lacking : List.<Consumer<LastSeenTable.Builder>>of(
                    t -> t.user("id"),
                    t -> t.seenAt("seen", TimeKind.zoned()),
                    t -> t.user("id").seenAt("seen", TimeKind.zoned()).online("online", "x", "x"),
                    t -> t.user(" ").seenAt("seen", TimeKind.zoned()))) {
                assertThatIllegalArgumentException().isThrownBy(() -> chat.lastSeen("users", lacking));
            }
        }
    }
}
