package io.chatty.maintenance.database.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveException;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchiveFile;
import io.chatty.maintenance.jdbc.internal.archive.file.ArchivedRow;
import io.chatty.maintenance.jdbc.internal.archive.file.LiveTable;
import io.chatty.maintenance.jdbc.internal.archive.file.MessageInsertion.Counted;
import io.chatty.maintenance.jdbc.internal.archive.file.RowInsertion;
import io.chatty.maintenance.testkit.InMemoryFileStore;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Restoring into tables that are not what they were. */
final class RestoreTest {

    private static final int MESSAGES = 25;

    private final InMemoryFileStore store = new InMemoryFileStore(() -> Instant.parse("2026-06-15T12:00:00Z"));

    /** Messages with reactions, which have a key, and notes, which have none and of which two are the same. */
    private static void create(TestDatabase database) throws SQLException {
        database.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, body VARCHAR(100), slug VARCHAR(20) UNIQUE)");
        database.execute("CREATE TABLE reactions (message_id BIGINT NOT NULL, emoji VARCHAR(20) NOT NULL, n BIGINT,"
                + " PRIMARY KEY (message_id, emoji))");
        database.execute("CREATE TABLE notes (message_id BIGINT, note VARCHAR(20))");
        for (int i = 1; i <= MESSAGES; i++) {
            String body = i % 3 == 0 ? "NULL" : i % 3 == 1 ? "''" : "'body " + i + "'";
            database.execute("INSERT INTO messages VALUES (" + i + ", " + body + ", 's" + i + "')");
            database.execute("INSERT INTO reactions VALUES (" + i + ", 'a', 1), (" + i + ", 'b', NULL)");
            database.execute("INSERT INTO notes VALUES (" + i + ", 'x'), (" + i + ", 'x'), (" + i + ", NULL)");
        }
    }

    private void archiveAndDelete(TestDatabase database) throws SQLException, IOException {
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            LiveTable messages = Archived.live(connection, Archived.spelled(database, "messages"));
            LiveTable reactions = Archived.live(connection, Archived.spelled(database, "reactions"));
            LiveTable notes = Archived.live(connection, Archived.spelled(database, "notes"));
            messages.prepare(connection);
            List<ArchivedRow> rows = Archived.rows(connection, messages, " ORDER BY id");
            List<ArchivedRow> reactionRows = Archived.rows(connection, reactions, " ORDER BY message_id, emoji");
            List<ArchivedRow> noteRows = Archived.rows(connection, notes, " ORDER BY message_id");
            messages.restore(connection);
            connection.commit();
            ArchiveFile.write(store, Archived.FILE, Archived.header(List.of(messages, reactions, notes)), sink -> {
                for (ArchivedRow row : rows) {
                    sink.message(row);
                    for (List<ArchivedRow> children : List.of(reactionRows, noteRows)) {
                        for (ArchivedRow child : children) {
                            if (child.values().get(0).equals(row.values().get(0))) {
                                sink.child(child);
                            }
                        }
                    }
                }
            });
        }
        for (String table : List.of("messages", "reactions", "notes")) {
            database.execute("DELETE FROM " + table);
        }
    }

    private Map<String, Counted> restore(TestDatabase database) throws SQLException, IOException {
        return Archived.restore(database, store, keys(database));
    }

    private static Map<String, List<String>> keys(TestDatabase database) {
        String id = Archived.spelled(database, "id");
        String messageId = Archived.spelled(database, "message_id");
        String emoji = Archived.spelled(database, "emoji");
        return Map.of(
                Archived.spelled(database, "messages"),
                List.of(id),
                Archived.spelled(database, "reactions"),
                List.of(messageId, emoji));
    }

    /** All rows, as the database prints them. */
    private static List<String> all(TestDatabase database) throws SQLException {
        List<String> all = new ArrayList<>();
        for (String sql : List.of(
                "SELECT CONCAT(id, '|', COALESCE(body, '(null)'), '|', slug) FROM messages ORDER BY id",
                "SELECT CONCAT(message_id, '|', emoji, '|', COALESCE(CAST(n AS CHAR(9)), '(null)')) FROM reactions"
                        + " ORDER BY message_id, emoji",
                "SELECT CONCAT(message_id, '|', COALESCE(note, '(null)')) FROM notes"
                        + " ORDER BY message_id, COALESCE(note, 'z')")) {
            all.addAll(database.strings(sql));
        }
        assertThat(all).isNotEmpty();
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void messages_come_back_with_all_their_children_and_a_second_time_nothing_changes(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            create(database);
            List<String> before = all(database);
            archiveAndDelete(database);

            assertThat(restore(database).values())
                    .containsExactly(
                            new Counted(MESSAGES, 0), new Counted(2 * MESSAGES, 0), new Counted(3 * MESSAGES, 0));
            assertThat(all(database)).isEqualTo(before);

            assertThat(restore(database).values())
                    .containsExactly(
                            new Counted(0, MESSAGES), new Counted(0, 2 * MESSAGES), new Counted(0, 3 * MESSAGES));
            assertThat(all(database)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rows_that_are_there_are_left_as_they_are_and_the_others_come_back(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            create(database);
            archiveAndDelete(database);
            database.execute("INSERT INTO messages VALUES (3, 'written since', 'new')");
            database.execute("INSERT INTO reactions VALUES (4, 'a', 99)");

            assertThat(restore(database).values())
                    .containsExactly(
                            new Counted(MESSAGES - 1, 1),
                            new Counted(2 * MESSAGES - 1, 1),
                            new Counted(3 * MESSAGES - 3, 3));
            assertThat(database.strings("SELECT body FROM messages WHERE id = 3"))
                    .containsExactly("written since");
            assertThat(database.strings("SELECT n FROM reactions WHERE message_id = 4 AND emoji = 'a'"))
                    .containsExactly("99");
        }
    }

    /** Two rows with a NULL in their key are two: neither is taken for the other. */
    @ParameterizedTest
    @EnumSource
    void children_with_a_null_in_their_key_come_back_with_their_message_alone(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            create(database);
            database.execute("DELETE FROM notes WHERE note = 'x'");
            database.execute("ALTER TABLE notes ADD CONSTRAINT one_note UNIQUE (message_id, note)");
            database.execute("INSERT INTO notes VALUES (1, NULL), (1, 'y')");
            List<String> before = all(database);
            archiveAndDelete(database);
            Map<String, List<String>> keys = new HashMap<>(keys(database));
            keys.put(
                    Archived.spelled(database, "notes"),
                    List.of(Archived.spelled(database, "message_id"), Archived.spelled(database, "note")));

            Archived.restore(database, store, keys);
            assertThat(all(database)).isEqualTo(before);
            Archived.restore(database, store, keys);
            assertThat(all(database)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_message_without_a_key_is_refused(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            create(database);
            archiveAndDelete(database);
            Map<String, List<String>> keys = Map.of();
            assertThatThrownBy(() -> Archived.restore(database, store, keys))
                    .isInstanceOf(ArchiveException.class)
                    .hasMessageContaining("has no key");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void what_a_delete_returns_can_be_archived_as_well(TestServer server) throws Exception {
        try (TestDatabase database = server.open();
                Connection connection = database.dataSource().getConnection()) {
            create(database);
            connection.setAutoCommit(false);
            LiveTable live = Archived.live(connection, "messages");
            live.prepare(connection);
            List<ArchivedRow> selected = Archived.rows(connection, live, " ORDER BY id");
            List<ArchivedRow> returned = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    var row = statement.executeQuery("DELETE FROM messages RETURNING " + live.selectList(""))) {
                while (row.next()) {
                    returned.add(live.row(row, 1));
                }
            }
            live.restore(connection);
            connection.rollback();
            assertThat(returned).hasSize(MESSAGES).containsExactlyInAnyOrderElementsOf(selected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_conflict_with_another_unique_key_is_an_error_and_leaves_nothing(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            create(database);
            archiveAndDelete(database);
            database.execute("INSERT INTO messages VALUES (1000, 'another', 's25')");

            assertThatThrownBy(() -> restore(database))
                    .isInstanceOf(SQLException.class)
                    .satisfies(e -> assertThat(((SQLException) e).getSQLState()).startsWith("23"));
            assertThat(database.strings("SELECT id FROM messages")).containsExactly("1000");
            assertThat(database.strings("SELECT COUNT(*) FROM notes")).containsExactly("0");
        }
    }

    @ParameterizedTest
    @EnumSource
    void columns_gained_since_have_their_defaults(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            create(database);
            List<String> before = all(database);
            archiveAndDelete(database);
            database.execute("ALTER TABLE messages ADD COLUMN likes INT DEFAULT 7 NOT NULL");
            database.execute("ALTER TABLE reactions ADD COLUMN extra VARCHAR(10)");

            restore(database);

            assertThat(all(database)).isEqualTo(before);
            assertThat(database.strings("SELECT DISTINCT likes FROM messages")).containsExactly("7");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_column_lost_since_is_refused_if_a_value_would_be_lost(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            create(database);
            archiveAndDelete(database);
            database.execute("ALTER TABLE reactions DROP COLUMN n");

            assertThatThrownBy(() -> restore(database))
                    .hasMessageContaining("archive file " + Archived.FILE)
                    .hasMessageContaining("has no column \"" + Archived.spelled(database, "n") + "\" any more")
                    .hasMessageContaining("add it again");
            assertThat(database.strings("SELECT COUNT(*) FROM messages")).containsExactly("0");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_column_lost_since_in_which_all_was_null_is_not_missed(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            create(database);
            List<String> before = all(database);
            database.execute("ALTER TABLE messages ADD COLUMN never VARCHAR(10)");
            archiveAndDelete(database);
            database.execute("ALTER TABLE messages DROP COLUMN never");

            restore(database);

            assertThat(all(database)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_type_that_became_too_narrow_fails_and_nothing_is_cut(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            create(database);
            archiveAndDelete(database);
            database.execute(
                    switch (server) {
                        case MARIADB -> "ALTER TABLE messages MODIFY body VARCHAR(5)";
                        case POSTGRESQL -> "ALTER TABLE messages ALTER COLUMN body TYPE VARCHAR(5)";
                        case H2 -> "ALTER TABLE messages ALTER COLUMN body SET DATA TYPE VARCHAR(5)";
                    });

            assertThatThrownBy(() -> restore(database))
                    .satisfiesAnyOf(
                            e -> assertThat(e).isInstanceOf(SQLException.class),
                            e -> assertThat(e)
                                    .isInstanceOf(ArchiveException.class)
                                    .hasMessageContaining("column \"body\" of table \"messages\" would not come back"));
            assertThat(database.strings("SELECT COUNT(*) FROM messages")).containsExactly("0");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_type_that_would_round_is_noticed(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE m (id INT PRIMARY KEY, price DECIMAL(10,4))");
            database.execute("INSERT INTO m VALUES (1, 1.0001)");
            Archived.archive(database, store, "m", "id");
            database.execute("DELETE FROM m");
            database.execute(
                    switch (server) {
                        case MARIADB -> "ALTER TABLE m MODIFY price DECIMAL(10,2)";
                        case POSTGRESQL -> "ALTER TABLE m ALTER COLUMN price TYPE DECIMAL(10,2)";
                        case H2 -> "ALTER TABLE m ALTER COLUMN price SET DATA TYPE DECIMAL(10,2)";
                    });

            String id = Archived.spelled(database, "id");
            assertThatThrownBy(() ->
                            Archived.restore(database, store, Map.of(Archived.spelled(database, "m"), List.of(id))))
                    .isInstanceOf(ArchiveException.class)
                    .hasMessageContaining("column \"" + Archived.spelled(database, "price") + "\"")
                    .hasMessageContaining("in the row with key [1]");
            assertThat(database.strings("SELECT COUNT(*) FROM m")).containsExactly("0");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void a_trigger_that_changes_a_row_is_noticed(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            create(database);
            archiveAndDelete(database);
            if (server == TestServer.POSTGRESQL) {
                database.execute("CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN NEW.body = upper(NEW.body); RETURN NEW; END'");
                database.execute("CREATE TRIGGER t BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION shout()");
            } else {
                database.execute(
                        "CREATE TRIGGER t BEFORE INSERT ON messages FOR EACH ROW SET NEW.body = UPPER(NEW.body)");
            }
            assertThatThrownBy(() -> restore(database))
                    .isInstanceOf(ArchiveException.class)
                    .hasMessageContaining("column \"body\" of table \"messages\" would not come back");
            assertThat(database.strings("SELECT COUNT(*) FROM messages")).containsExactly("0");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_file_of_another_kind_of_database_is_refused(TestServer server) throws Exception {
        try (TestDatabase database = server.open();
                TestDatabase other = (server == TestServer.H2 ? TestServer.POSTGRESQL : TestServer.H2).open()) {
            create(database);
            archiveAndDelete(database);
            other.execute("CREATE TABLE \"messages\" (\"id\" BIGINT)");
            other.execute("CREATE TABLE \"MESSAGES\" (\"ID\" BIGINT)");
            other.execute("CREATE TABLE \"reactions\" (\"id\" BIGINT)");
            other.execute("CREATE TABLE \"REACTIONS\" (\"ID\" BIGINT)");
            other.execute("CREATE TABLE \"notes\" (\"id\" BIGINT)");
            other.execute("CREATE TABLE \"NOTES\" (\"ID\" BIGINT)");
            assertThatThrownBy(() -> Archived.restore(other, store, keys(database)))
                    .hasMessageContaining("and cannot be put into");
        }
    }

    @ParameterizedTest
    @EnumSource
    void keys_beyond_what_a_double_holds_are_told_apart(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            database.execute("CREATE TABLE m (id BIGINT PRIMARY KEY)");
            database.execute("INSERT INTO m VALUES (9007199254740992), (9007199254740993), (9007199254740994)");
            Archived.archive(database, store, "m", "id");
            database.execute("DELETE FROM m WHERE id <> 9007199254740992");
            String id = Archived.spelled(database, "id");
            assertThat(Archived.restore(database, store, Map.of(Archived.spelled(database, "m"), List.of(id)))
                            .values())
                    .containsExactly(new Counted(2, 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void each_statement_is_told_while_it_runs(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            create(database);
            archiveAndDelete(database);
            List<Statement> told = new ArrayList<>();
            try (Connection connection = database.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                var reader = io.chatty.maintenance.jdbc.internal.archive.file.ArchiveReader.open(store, Archived.FILE);
                LiveTable live = Archived.live(connection, Archived.spelled(database, "messages"));
                RowInsertion insertion = RowInsertion.of(
                        reader,
                        reader.header().tables().get(0),
                        live,
                        keys(database).get(live.name()),
                        new ArrayList<>());
                live.prepare(connection);
                try (var messages = reader.messages()) {
                    ArchivedRow row = messages.next().orElseThrow().row();
                    assertThat(insertion
                                    .insert(connection, told::add, List.of(row))
                                    .cardinality())
                            .isOne();
                }
                live.restore(connection);
                connection.rollback();
            }
            assertThat(told).hasSize(4).satisfies(four -> {
                assertThat(four.get(0)).isNotNull();
                assertThat(four.get(1)).isNull();
                assertThat(four.get(2)).isNotNull();
                assertThat(four.get(3)).isNull();
            });
        }
    }
}
