package io.chatty.maintenance.database.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.TableCare;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.SettingsException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On PostgreSQL tables are vacuumed where that pays and waits for nobody. */
final class PostgresqlCareTest {

    private static final int MESSAGES = 20_000;

    private TestDatabase database;
    private HostChat host;

    @BeforeEach
    void fill() throws Exception {
        database = TestServer.POSTGRESQL.open();
        host = new HostChat(database, Shape.ZONED);
        database.execute("ALTER TABLE messages SET (autovacuum_enabled = off)");
        Cared.fill(database, MESSAGES);
        database.execute("VACUUM (ANALYZE) messages");
    }

    @AfterEach
    void drop() {
        database.close();
    }

    private TableCare care() {
        return host.chat().tableCare().build();
    }

    private void delete(String which) throws SQLException {
        Cared.execute(database, "DELETE FROM messages WHERE " + which);
    }

    private long dead() throws SQLException {
        return Cared.number(database, "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'messages'");
    }

    private Connection other() throws SQLException {
        Connection connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        connection.setAutoCommit(false);
        return connection;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void the_space_of_rows_that_went_is_used_again_and_a_second_run_says_that_nothing_is_to_do() throws Exception {
        delete("id % 4 <> 0");
        assertThat(dead()).isEqualTo(15_000);
        long size = Cared.number(database, "SELECT pg_relation_size('messages')");

        Counts counts = Cared.run(care()).counts();

        assertThat(counts.get("cared.vacuum.messages")).isEqualTo(1);
        assertThat(counts.get("rows.freed.messages")).isEqualTo(15_000);
        assertThat(counts.get("bytes.reclaimed.messages")).isZero();
        assertThat(counts.get("bytes.free.messages")).isBetween(size * 7 / 10, size * 8 / 10);
        assertThat(counts.sum("skipped")).isEqualTo(counts.get("skipped.notWorth.reactions") + 1);
        assertThat(counts.get("examined")).isEqualTo(3);
        assertThat(dead()).isZero();

        database.execute("INSERT INTO messages (id, sent_at, room_id, user_id, body)"
                + " SELECT 1000000 + g, now(), 1, 1, repeat('y', 150) FROM generate_series(1, 14000) AS s(g)");
        assertThat(Cared.number(database, "SELECT pg_relation_size('messages')"))
                .isEqualTo(size);

        database.execute("ANALYZE messages");
        Counts second = Cared.run(care()).counts();
        assertThat(second.get("skipped.notWorth.messages")).isEqualTo(1);
        assertThat(second.sum("cared")).isZero();
    }

    @Test
    void empty_pages_at_the_end_go_back_to_the_disk_only_if_asked() throws Exception {
        delete("id > 5000");
        assertThat(Cared.run(care()).counts().get("bytes.reclaimed.messages")).isZero();

        delete("id > 1000");
        Counts counts = Cared.run(host.chat().tableCare().truncate().build()).counts();
        assertThat(counts.get("bytes.reclaimed.messages")).isGreaterThan(MESSAGES * 100L);
    }

    @Test
    void a_table_is_due_by_the_share_and_never_later_than_for_autovacuum() throws Exception {
        delete("id <= 1000"); // 5 %: 50 + 0.05 × 20,000 = 1,050 would do
        assertThat(Cared.run(care()).counts().get("skipped.notWorth.messages")).isEqualTo(1);
        delete("id <= 1051");
        assertThat(dead()).isEqualTo(1051);
        assertThat(preview(care()).get("due.vacuum.messages")).isEqualTo(1);
        TableCare lazy = host.chat().tableCare().deadShare(0.5).build();
        assertThat(preview(lazy).get("skipped.notWorth.messages")).isEqualTo(1);
        database.execute("ALTER TABLE messages SET (autovacuum_vacuum_scale_factor = 0.01)");
        assertThat(preview(lazy).get("due.vacuum.messages")).isEqualTo(1);
    }

    @Test
    void statistics_alone_are_made_anew_where_no_space_is_to_be_freed() throws Exception {
        Cared.execute(
                database,
                "INSERT INTO messages (id, body) SELECT 1000000 + g, '' FROM generate_series(1, 5000) AS s(g)");
        assertThat(Cared.run(care()).counts().get("cared.analyze.messages")).isEqualTo(1);
        assertThat(Cared.run(care()).counts().get("skipped.notWorth.messages")).isEqualTo(1);
    }

    private static Counts preview(TableCare care) {
        try (MaintenanceEngine engine = Cared.engine(care)) {
            engine.start();
            return engine.preview(care.name()).counts();
        }
    }

    @Test
    void a_preview_says_what_would_be_done_and_does_nothing() throws Exception {
        delete("id <= 10000");

        Counts counts = preview(care());

        assertThat(counts.asMap())
                .containsOnlyKeys(
                        "due.vacuum.messages",
                        "skipped.notWorth.reactions",
                        "skipped.notWorth.attachments",
                        "examined");
        assertThat(dead()).isEqualTo(10_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHARE UPDATE EXCLUSIVE", "ACCESS EXCLUSIVE"})
    void a_table_that_another_session_has_locked_is_skipped_without_waiting(String mode) throws Exception {
        delete("id <= 10000");
        try (Connection other = other()) {
            execute(other, "LOCK TABLE messages IN " + mode + " MODE");
            assertThat(preview(care()).get("skipped.locked.messages")).isEqualTo(1);
            Counts counts = Cared.run(care()).counts(); // ends while the lock is held
            assertThat(counts.get("skipped.locked.messages")).isEqualTo(1);
            assertThat(counts.get("skipped.notWorth.reactions")).isEqualTo(1);
            other.rollback();
        }
        assertThat(Cared.run(care()).counts().get("cared.vacuum.messages")).isEqualTo(1);
    }

    /** The lock comes before each of the statements of the run in turn. */
    @ParameterizedTest
    @ValueSource(strings = {"SHARE UPDATE EXCLUSIVE", "ACCESS EXCLUSIVE"})
    void a_lock_that_comes_at_any_step_is_not_waited_for(String mode) throws Exception {
        List<String> outcomes = new ArrayList<>();
        AtomicInteger toGo = new AtomicInteger();
        for (int step = 1; toGo.get() <= 0; step++) {
            delete("id <= " + step * 1_500);
            try (Connection other = other()) {
                ChatDatabase watched = ChatDatabase.of(
                        PausingDataSource.of(database.dataSource(), (what, before) -> {
                            if (before && toGo.decrementAndGet() == 0) {
                                lock(other, mode);
                            }
                        }),
                        ChatSchema.builder()
                                .messages("messages", m -> m.key("id").sentAt("sent_at"))
                                .build());
                try (MaintenanceEngine engine = Cared.engine(watched.tableCare().build())) {
                    engine.start();
                    toGo.set(step);
                    Run run = engine.runNow("table-care").get(); // ends while the lock is held
                    assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
                    run.counts().asMap().keySet().stream()
                            .filter(name -> name.startsWith("cared") || name.startsWith("skipped"))
                            .forEach(outcomes::add);
                }
                other.rollback();
            }
        }
        assertThat(outcomes).contains("skipped.locked.messages", "cared.vacuum.messages");
        assertThat(outcomes.size()).isGreaterThan(5);
    }

    private static void lock(Connection other, String mode) {
        try {
            execute(other, "LOCK TABLE messages IN " + mode + " MODE");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void who_may_not_vacuum_is_told_at_start_what_to_grant() throws Exception {
        String user = "plain_" + database.name();
        database.execute("CREATE ROLE " + user + " LOGIN PASSWORD 'plain'");
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(database.jdbcUrl().replaceAll("[?]user=[^&]*", ""));
            pool.setUsername(user);
            pool.setPassword("plain");
            database.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + user);
            TableCare care = ChatDatabase.of(pool, host.schema()).tableCare().build();
            assertThatThrownBy(() -> Cared.run(care))
                    .isInstanceOfSatisfying(
                            SettingsException.class,
                            e -> assertThat(e.problems())
                                    .hasSize(3)
                                    .anySatisfy(problem ->
                                            assertThat(problem).contains("GRANT MAINTAIN ON \"public\".\"messages\"")));
            for (String table : List.of("messages", "reactions", "attachments")) {
                database.execute("GRANT MAINTAIN ON " + table + " TO " + user);
            }
            delete("id <= 10000");
            assertThat(Cared.run(care).counts().get("cared.vacuum.messages")).isEqualTo(1);
        } finally {
            database.execute("DROP OWNED BY " + user);
            database.execute("DROP ROLE " + user);
        }
    }

    @Test
    void partitions_are_cared_for_one_by_one() throws Exception {
        database.execute("CREATE TABLE split (id BIGINT, sent_at TIMESTAMPTZ) PARTITION BY RANGE (id)");
        for (String part : List.of(
                "\"P 1\" PARTITION OF split FOR VALUES FROM (0) TO (5000)",
                "p2 PARTITION OF split FOR VALUES FROM (5000) TO (10000)")) {
            database.execute("CREATE TABLE " + part + " WITH (autovacuum_enabled = off)");
        }
        Cared.execute(database, "INSERT INTO split SELECT g, now() FROM generate_series(1, 9999) AS s(g)");
        database.execute("ANALYZE split");
        Cared.execute(database, "DELETE FROM split WHERE id < 4000");

        Counts counts = Cared.run(host.chat().tableCare().also("split").build()).counts();

        assertThat(counts.get("cared.vacuum.split")).isEqualTo(1);
        assertThat(counts.get("skipped.notWorth.split")).isEqualTo(1);
        assertThat(counts.get("rows.freed.split")).isEqualTo(3_999);
    }

    /** An index whose expression takes its time makes ANALYZE as slow as a large table does. */
    private void makeSlow() throws SQLException {
        String slow = "CREATE OR REPLACE FUNCTION slow(id BIGINT) RETURNS BIGINT LANGUAGE plpgsql IMMUTABLE AS"
                + " 'BEGIN %s RETURN id; END'";
        database.execute(String.format(slow, ""));
        database.execute("CREATE INDEX messages_slow ON messages (slow(id))");
        delete("id <= 10000");
        database.execute(String.format(slow, "PERFORM pg_sleep(0.1);"));
    }

    @Test
    void a_table_that_takes_too_long_is_left_and_the_next_is_cared_for() throws Exception {
        makeSlow();
        Cared.execute(database, "INSERT INTO reactions SELECT g FROM generate_series(1, 5000) AS s(g)");
        TableCare care =
                host.chat().tableCare().timeLimit(Duration.ofMillis(300)).build();

        Counts counts = Cared.run(care).counts();

        assertThat(counts.get("skipped.timeLimit.messages")).isEqualTo(1);
        assertThat(counts.get("cared.analyze.reactions")).isEqualTo(1);
    }

    @Test
    void a_session_gets_its_settings_back_after_success_time_limit_and_cancel() throws Exception {
        makeSlow();
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(database.jdbcUrl());
            pool.setUsername(database.user());
            pool.setPassword(database.password());
            pool.setMaximumPoolSize(1);
            pool.setConnectionInitSql("SET statement_timeout = '11min'; SET vacuum_cost_limit = 777");
            String before = settings(pool);
            ChatDatabase chat = ChatDatabase.of(pool, host.schema());
            Cared.run(chat.tableCare().timeLimit(Duration.ofMillis(300)).build());
            assertThat(settings(pool)).isEqualTo(before);

            try (MaintenanceEngine engine =
                    MaintenanceEngine.builder().task(chat.tableCare().build()).build()) {
                engine.start();
                Future<Run> running = engine.runNow("table-care");
                Eventually.eventually(
                        "the statement is in work",
                        () -> !database.strings(
                                        "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'ANALYZE (SKIP%' AND state = 'active'")
                                .isEmpty());
                engine.cancel("table-care");
                assertThat(running.get().state()).isEqualTo(RunState.CANCELLED);
            }
            assertThat(settings(pool)).isEqualTo(before);

            database.execute("DROP INDEX messages_slow");
            Cared.run(chat.tableCare().build());
            assertThat(settings(pool)).isEqualTo(before);
        }
    }

    private static String settings(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery(
                        "SELECT pg_backend_pid() || string_agg(name || '=' || setting, ' '"
                                + " ORDER BY name) FROM pg_settings WHERE name NOT LIKE '%application%' AND name NOT LIKE 'plpgsql%'")) {
            row.next();
            assertThat(connection.getAutoCommit()).isTrue();
            return row.getString(1);
        }
    }

    @Test
    void dead_rows_that_an_old_transaction_still_sees_are_not_counted_as_freed() throws Exception {
        try (Connection other = other()) {
            other.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            execute(other, "SELECT 1");
            delete("id <= 10000");
            Counts counts = Cared.run(care()).counts();
            assertThat(counts.get("cared.vacuum.messages")).isEqualTo(1);
            assertThat(counts.get("rows.freed.messages")).isZero();
            assertThat(counts.get("bytes.free.messages")).isZero();
            other.rollback();
        }
        assertThat(Cared.run(care()).counts().get("rows.freed.messages")).isEqualTo(10_000);
    }

    @Test
    void a_table_that_autovacuum_is_at_is_left_to_it() throws Exception {
        makeSlow();
        database.execute("ALTER SYSTEM SET autovacuum_naptime = '1s'");
        database.execute("SELECT pg_reload_conf()");
        try {
            database.execute("ALTER TABLE messages RESET (autovacuum_enabled)");
            database.execute("ALTER TABLE messages SET (autovacuum_analyze_threshold = 0)");
            Eventually.eventually(
                    "autovacuum analyzes",
                    () -> !database.strings("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'autovacuum: %messages%'"
                                    + " AND datname = current_database()")
                            .isEmpty());
            assertThat(preview(care()).sum("skipped.autovacuum")).isEqualTo(1);
            assertThat(Cared.run(care()).counts().get("skipped.autovacuum.messages"))
                    .isEqualTo(1);
        } finally {
            database.execute("ALTER SYSTEM RESET autovacuum_naptime");
            database.execute("SELECT pg_reload_conf()");
        }
    }

    @Test
    void what_only_mariadb_can_do_is_refused_at_start() {
        assertThat(host.chat().tableCare().rebuild(0.5, 1_000_000).build().problems())
                .singleElement()
                .asString()
                .startsWith("rebuild: given, but on PostgreSQL");
    }
}
