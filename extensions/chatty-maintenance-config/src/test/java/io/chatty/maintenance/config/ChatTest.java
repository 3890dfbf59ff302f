package io.chatty.maintenance.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A chat's database that is cleaned as a file says. */
@Timeout(60)
class ChatTest {

    private static final String SETTINGS = """
            chatty-maintenance {
              store { type = jdbc, migrate = true }
              schema {
                messages {
                  table = messages, key = id, room = room_id
                  sent-at { column = sent_at, kind = epoch-millis }
                  soft-deleted-at { column = deleted_at, kind = local, zone = UTC }
                  pinned = pinned
                }
                children = [ { table = reactions, column = message_id } ]
              }
              policies {
                global = 30 days
                keep-forever = [legal]
                rooms.support = 10 days
                plugins = [ { provider = plan, settings { keep = 20 days, rooms = [random] } } ]
              }
              tasks.night-cleanup {
                type = message-cleanup
                schedule { daily = "02:30", zone = Europe/Berlin }
                settings { soft-delete-grace = 7 days, remove-orphans = true }
              }
            }
            """;

    @TempDir
    private Path folder;

    private String url = "";

    /** Each message's id says what is to become of it: from 100 on it stays. */
    @BeforeEach
    void fill() throws SQLException {
        url = "jdbc:h2:" + folder.resolve("chat");
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE messages (id BIGINT PRIMARY KEY, room_id VARCHAR(20), sent_at BIGINT NOT NULL,"
                            + " deleted_at TIMESTAMP, pinned BOOLEAN)");
            statement.execute("CREATE INDEX sent ON messages (sent_at, id)");
            statement.execute("CREATE TABLE reactions (id BIGINT PRIMARY KEY, message_id BIGINT)");
            message(statement, 1, "lobby", 31, false, -1);
            message(statement, 2, "support", 11, false, -1);
            message(statement, 3, "random", 21, false, -1);
            message(statement, 4, "lobby", 9, false, 8);
            message(statement, 101, "lobby", 29, false, -1);
            message(statement, 102, "support", 9, false, -1);
            message(statement, 103, "random", 19, false, -1);
            message(statement, 104, "legal", 4000, false, -1);
            message(statement, 105, "lobby", 31, true, -1);
            message(statement, 106, "lobby", 9, false, 6);
            statement.execute("INSERT INTO reactions SELECT id, id FROM messages");
            statement.execute("INSERT INTO reactions VALUES (5, 5)");
        }
    }

    private static void message(Statement statement, int id, String room, int age, boolean pinned, int deleted)
            throws SQLException {
        statement.execute("INSERT INTO messages VALUES (" + id + ", '" + room
                + "', DATEDIFF(MILLISECOND, TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00', CURRENT_TIMESTAMP) - CAST("
                + age + " AS BIGINT) * 86400000, "
                + (deleted < 0 ? "NULL" : "DATEADD(DAY, -" + deleted + ", CURRENT_TIMESTAMP AT TIME ZONE 'UTC')")
                + ", " + pinned + ")");
    }

    private List<Long> ids(String table) throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id FROM " + table + " ORDER BY id")) {
            while (row.next()) {
                ids.add(row.getLong(1));
            }
        }
        return ids;
    }

    @Test
    void a_file_has_the_tables_cared_for_and_others_that_it_names() throws Exception {
        Path file = Files.writeString(
                folder.resolve("maintenance.conf"),
                SETTINGS + "chatty-maintenance {"
                        + " database.url = \"" + url + "\"\n"
                        + " tasks.tables { type = table-care, settings { also = [others], dead-share = 0.1, time-limit = 2 min } } }");
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE others (id INT)");
        }
        try (ConfiguredEngine configured = MaintenanceConfig.load(file).engine()) {
            configured.start();
            Run run = configured.engine().runNow("tables").get(30, TimeUnit.SECONDS);

            assertThat(run.counts().asMap())
                    .containsOnlyKeys(
                            "cared.analyze.messages", "cared.analyze.others", "cared.analyze.reactions", "examined");
        }
    }

    @Test
    void a_file_cleans_exactly_what_it_says_over_connections_of_its_own() throws Exception {
        Path file = Files.writeString(
                folder.resolve("maintenance.conf"), SETTINGS + "chatty-maintenance.database.url = \"" + url + "\"\n");
        MaintenanceConfig config = MaintenanceConfig.load(file);
        assertThat(config.validate()).isEmpty();

        try (ConfiguredEngine configured = config.engine()) {
            configured.start();
            cleans(configured.engine());
        }
        try (Connection only = DriverManager.getConnection(url)) {
            assertThat(sessions(only)).as("connections, this one included").isEqualTo(1);
        }
    }

    @Test
    void a_file_tells_teams_and_times_of_every_kind() throws Exception {
        List<String> kinds = List.of(
                "kind = epoch-seconds",
                "kind = epoch-millis-text, digits = 15",
                "kind = text, pattern = \"uuuu-MM-dd HH:mm:ss\", zone = Europe/Berlin");
        List<String> types = List.of("BIGINT", "CHAR(15)", "VARCHAR(19)");
        List<String> olds = List.of("1500000000", "'001500000000000'", "'2017-07-14 04:40:00'");
        List<String> youngs = List.of("32503680000", "'032503680000000'", "'3000-01-01 01:00:00'");
        for (int i = 0; i < kinds.size(); i++) {
            try (Connection connection = DriverManager.getConnection(url);
                    Statement statement = connection.createStatement()) {
                statement.execute("DROP TABLE IF EXISTS posts");
                statement.execute("DROP TABLE IF EXISTS channels");
                statement.execute("CREATE TABLE channels (id BIGINT PRIMARY KEY, team VARCHAR(10))");
                statement.execute("INSERT INTO channels VALUES (1, 'free'), (2, 'plus')");
                statement.execute(
                        "CREATE TABLE posts (id BIGINT PRIMARY KEY, channel BIGINT, sent " + types.get(i) + ")");
                statement.execute("INSERT INTO posts VALUES (1, 1, " + olds.get(i) + "), (2, 2, " + olds.get(i)
                        + "), (3, 1, " + youngs.get(i) + ")");
            }
            String file =
                    "chatty-maintenance { store { type = jdbc, migrate = true }\n database.url = \"" + url + "\"\n"
                            + "schema { messages { table = posts, key = id, room = channel, sent-at { column = sent, "
                            + kinds.get(i)
                            + " } }, rooms { table = channels, key = id, team = team } }\n"
                            + "policies { global = 30 days, teams.plus = forever }\n"
                            + "tasks.clean { type = message-cleanup } }";
            try (ConfiguredEngine configured = MaintenanceConfig.parse(file).engine()) {
                configured.start();
                Run run = configured.engine().runNow("clean").get(30, TimeUnit.SECONDS);
                assertThat(run.state()).as(kinds.get(i) + run.detail()).isEqualTo(RunState.SUCCEEDED);
            }
            assertThat(ids("posts")).as(kinds.get(i)).containsExactly(2L, 3L);
        }
    }

    private static int sessions(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void a_host_gives_its_own_data_source_which_stays_open() throws Exception {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(url);

        try (ConfiguredEngine configured =
                MaintenanceConfig.parse(SETTINGS).dataSource(source).engine()) {
            configured.start();
            cleans(configured.engine());
        }
        assertThat(MaintenanceConfig.parse(SETTINGS + "chatty-maintenance.database.url = \"" + url + "\"")
                        .dataSource(source)
                        .validate())
                .containsExactly("database.url: \"" + url
                        + "\" given, but the host gives a data source; one of the two is allowed (line 24)");
    }

    private void cleans(MaintenanceEngine engine) throws Exception {
        assertThat(engine.preview("night-cleanup").counts().get("due.expired")).isEqualTo(3);
        assertThat(ids("messages")).hasSize(10);

        Run run = engine.runNow("night-cleanup").get(30, TimeUnit.SECONDS);

        assertThat(run.state()).as(String.valueOf(run.detail())).isEqualTo(RunState.SUCCEEDED);
        assertThat(ids("messages")).containsExactly(101L, 102L, 103L, 104L, 105L, 106L);
        assertThat(ids("reactions")).containsExactly(101L, 102L, 103L, 104L, 105L, 106L);
    }

    @Test
    void nothing_is_connected_before_the_start() throws Exception {
        String nowhere = "jdbc:h2:" + folder.resolve("nowhere") + ";IFEXISTS=TRUE";
        MaintenanceConfig config =
                MaintenanceConfig.parse(SETTINGS + "chatty-maintenance.database.url = \"" + nowhere + "\"");

        assertThat(config.validate()).isEmpty();
        try (ConfiguredEngine configured = config.engine()) {
            assertThatThrownBy(configured::start).hasMessageContaining("nowhere");
        }
        assertThat(folder.resolve("nowhere.mv.db")).doesNotExist();
    }
}
