package io.chatty.maintenance.database.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.TableCare;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.SettingsException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On MariaDB tables are analyzed, and rebuilt only if asked, online. */
final class MariadbCareTest {

    private static final int MESSAGES = 100_000;
    private static final long ROOM = 1L << 30;

    private TestDatabase database;
    private HostChat host;

    @BeforeEach
    void create() throws Exception {
        database = TestServer.MARIADB.open();
        host = new HostChat(database, Shape.ZONED);
        for (String table : List.of("messages", "reactions", "attachments")) {
            // The server's own thread would analyze it in the midst of a test, at a time that nobody knows.
            database.execute("ALTER TABLE " + table + " STATS_AUTO_RECALC = 0");
        }
    }

    @AfterEach
    void drop() {
        database.close();
    }

    private TableCare care() {
        return host.chat().tableCare().build();
    }

    private TableCare rebuild() {
        return host.chat().tableCare().rebuild(0.3, ROOM).build();
    }

    private long free() throws SQLException {
        return Cared.number(
                database,
                "SELECT DATA_FREE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'messages'");
    }

    private long file() throws SQLException {
        return Cared.number(
                database,
                "SELECT FILE_SIZE FROM information_schema.INNODB_SYS_TABLESPACES WHERE NAME = CONCAT(DATABASE(), '/messages')");
    }

    /** Rows that went are purged a little later. */
    private void fillAndDelete() throws Exception {
        Cared.fill(database, MESSAGES);
        database.execute("DELETE FROM messages WHERE id > 1000");
        awaitPurge();
    }

    private void awaitPurge() throws Exception {
        Eventually.eventually(
                "the second of the last change is over",
                () -> Cared.number(
                                database,
                                "SELECT NOW() > UPDATE_TIME FROM information_schema.TABLES"
                                        + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'messages'")
                        == 1);
        Eventually.eventually(
                "their space is free",
                () -> free() > 10 << 20
                        && Cared.number(
                                        database,
                                        "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS"
                                                + " WHERE VARIABLE_NAME = 'INNODB_HISTORY_LIST_LENGTH'")
                                == 0);
    }

    private Connection other(String before) throws SQLException {
        Connection connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(before);
        }
        return connection;
    }

    private static Counts preview(TableCare care) {
        try (MaintenanceEngine engine = Cared.engine(care)) {
            engine.start();
            return engine.preview(care.name()).counts();
        }
    }

    @Test
    void a_table_is_analyzed_once_for_its_changes_and_never_rebuilt_unasked() throws Exception {
        fillAndDelete();
        long file = file();
        Cared.untilChangesAreOfAnEarlierSecond(database);

        Counts counts = Cared.run(care()).counts();

        assertThat(counts.get("cared.analyze.messages")).isEqualTo(1);
        assertThat(counts.get("bytes.free.messages")).isGreaterThan(10 << 20);
        assertThat(counts.get("bytes.reclaimed.messages")).isZero();
        assertThat(file()).isEqualTo(file);
        assertThat(Cared.number(
                        database,
                        "SELECT n_rows FROM mysql.innodb_table_stats WHERE database_name = DATABASE()"
                                + " AND table_name = 'messages'"))
                .isBetween(900L, 1_100L);
        assertThat(Cared.run(care()).counts().asMap())
                .containsOnlyKeys(
                        "examined",
                        "skipped.notWorth.messages",
                        "skipped.notWorth.reactions",
                        "skipped.notWorth.attachments");
    }

    @Test
    void a_rebuild_gives_the_space_back_to_the_disk_and_is_not_repeated() throws Exception {
        fillAndDelete();
        long file = file();
        assertThat(preview(rebuild()).get("due.rebuild.messages")).isEqualTo(1);
        assertThat(file()).isEqualTo(file);

        Counts counts = Cared.run(rebuild()).counts();

        assertThat(counts.get("cared.rebuild.messages")).isEqualTo(1);
        assertThat(counts.get("bytes.reclaimed.messages")).isGreaterThan(10 << 20);
        assertThat(file()).isLessThan(file / 4);
        assertThat(host.ids("messages", "id")).hasSize(1_000);
        assertThat(preview(rebuild()).sum("due.rebuild")).isZero();
    }

    @Test
    void a_table_whose_copy_has_no_room_is_not_rebuilt() throws Exception {
        fillAndDelete();
        assertThat(preview(host.chat().tableCare().rebuild(0.3, 100).build()).sum("due.rebuild"))
                .isZero();
    }

    @Test
    void a_table_that_cannot_be_rebuilt_online_is_left() throws Exception {
        database.execute("ALTER TABLE messages ADD FULLTEXT INDEX messages_text (body)");
        fillAndDelete();
        assertThat(Cared.run(rebuild()).counts().get("skipped.notOnline.messages"))
                .isEqualTo(1);
    }

    @Test
    void a_rebuild_gives_up_when_a_transaction_keeps_it_waiting_and_holds_nobody_up() throws Exception {
        fillAndDelete();
        try (Connection other = other("SELECT COUNT(*) FROM messages WHERE id = 1")) {
            Counts counts = Cared.run(rebuild()).counts(); // ends while the transaction goes on
            assertThat(counts.get("skipped.locked.messages")).isEqualTo(1);
            other.rollback();
        }
        assertThat(Cared.run(rebuild()).counts().get("cared.rebuild.messages")).isEqualTo(1);
    }

    @Test
    void a_locked_table_is_skipped_and_the_next_cared_for() throws Exception {
        fillAndDelete();
        try (Connection other = other("LOCK TABLES messages WRITE")) {
            Counts counts = Cared.run(care()).counts(); // ends while the lock is held
            assertThat(counts.get("skipped.locked.messages")).isEqualTo(1);
            assertThat(counts.get("examined")).isEqualTo(3);
            try (Statement statement = other.createStatement()) {
                statement.execute("UNLOCK TABLES");
            }
        }
    }

    @Test
    void a_rebuild_that_takes_too_long_is_ended_and_loses_nothing() throws Exception {
        Cared.fill(database, MESSAGES * 3);
        database.execute("DELETE FROM messages WHERE id > 150000");
        awaitPurge();
        TableCare care = host.chat()
                .tableCare()
                .rebuild(0.1, ROOM)
                .timeLimit(Duration.ofMillis(100))
                .build();
        assertThat(Cared.run(care).counts().get("skipped.timeLimit.messages")).isEqualTo(1);
        assertThat(host.count("SELECT COUNT(*) FROM messages")).isEqualTo(150_000);
    }

    @Test
    void tables_of_other_engines_are_left_since_they_would_be_locked() throws Exception {
        database.execute("CREATE TABLE logs (id INT) ENGINE = Aria");
        database.execute("INSERT INTO logs VALUES (1)");
        assertThat(Cared.run(host.chat().tableCare().also("logs").build())
                        .counts()
                        .get("skipped.engine.logs"))
                .isEqualTo(1);
    }

    @Test
    void a_session_gets_its_settings_back() throws Exception {
        fillAndDelete();
        try (HikariDataSource pool = pool(database.user(), database.password())) {
            pool.setConnectionInitSql("SET lock_wait_timeout = 77, max_statement_time = 88");
            String before = settings(pool);
            Cared.run(ChatDatabase.of(pool, host.schema())
                    .tableCare()
                    .rebuild(0.3, ROOM)
                    .build());
            assertThat(settings(pool)).isEqualTo(before).contains(" 77 88");
        }
    }

    private HikariDataSource pool(String user, String password) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(database.jdbcUrl());
        pool.setUsername(user);
        pool.setPassword(password);
        pool.setMaximumPoolSize(1);
        return pool;
    }

    private static String settings(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery(
                        "SELECT CONCAT_WS(' ', CONNECTION_ID(), @@lock_wait_timeout, ROUND(@@max_statement_time), @@time_zone,"
                                + " @@innodb_lock_wait_timeout)")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void rights_that_lack_are_told_at_start_and_those_for_statistics_are_not_needed() throws Exception {
        String account = "plain_" + database.name() + "@localhost";
        database.execute("CREATE USER " + account + " IDENTIFIED BY 'plain'");
        try (HikariDataSource pool = pool("plain_" + database.name(), "plain")) {
            database.execute("GRANT SELECT ON " + database.name() + ".* TO " + account);
            TableCare care = ChatDatabase.of(pool, host.schema()).tableCare().build();
            assertThatThrownBy(() -> Cared.run(care))
                    .isInstanceOfSatisfying(
                            SettingsException.class,
                            e -> assertThat(e.problems())
                                    .hasSize(3)
                                    .allSatisfy(problem -> assertThat(problem).contains("rights: INSERT on `")));
            database.execute("GRANT INSERT ON " + database.name() + ".* TO " + account);
            pool.getHikariPoolMXBean().softEvictConnections();
            fillAndDelete();
            assertThat(Cared.run(care).counts().get("cared.analyze.messages")).isEqualTo(1);
            TableCare rebuild = ChatDatabase.of(pool, host.schema())
                    .tableCare()
                    .rebuild(0.3, ROOM)
                    .build();
            assertThat(Cared.run(rebuild).counts().get("skipped.rights.messages"))
                    .isEqualTo(1);
        } finally {
            database.execute("DROP USER " + account);
        }
    }

    @Test
    void what_only_postgresql_can_do_is_refused_at_start() {
        assertThat(host.chat().tableCare().truncate().build().problems())
                .singleElement()
                .asString()
                .startsWith("truncate: given, but only PostgreSQL");
    }
}
