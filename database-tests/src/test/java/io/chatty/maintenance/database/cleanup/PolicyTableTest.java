package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Preview;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.Match;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.PolicyTable;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.retention.RetentionPolicy;
import io.chatty.maintenance.retention.RetentionRule;
import io.chatty.maintenance.retention.RetentionScope;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.MaintenanceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Rules that stand in the host's own tables decide as they stand there, and a wrong one costs only itself. */
final class PolicyTableTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final String TASK = "message-cleanup";
    private static final int MANY = 3000;

    /** A host whose rooms have a column of days. */
    private static HostChat host(TestDatabase database, Shape shape) throws SQLException {
        HostChat host = new HostChat(database, shape);
        host.execute("ALTER TABLE rooms ADD retention_days BIGINT");
        return host;
    }

    private static void room(HostChat host, String id, String days) throws SQLException {
        host.execute("INSERT INTO rooms (id, retention_days) VALUES ('" + id + "', " + days + ")");
    }

    /** A message of that room, of that many days ago. */
    private static Message message(int id, String room, int daysAgo) {
        return new Message(Integer.toString(id), NOW.minus(ofDays(daysAgo)), room, null, null, null);
    }

    private static boolean ofRules(String sql) {
        return sql.toLowerCase(Locale.ROOT).contains("retention_days");
    }

    private static Consumer<PolicyTable.Builder> days() {
        return t -> t.room("id").keepDays("retention_days").forever(-1);
    }

    private static RetentionPolicies with(RetentionPolicy... policies) {
        RetentionPolicies.Builder builder = RetentionPolicies.builder().global(RetentionRule.keepFor(ofDays(30)));
        Arrays.stream(policies).forEach(builder::policy);
        return builder.build();
    }

    private static MaintenanceEngine engine(ChatDatabase chat, RetentionPolicies policies) {
        return MaintenanceEngine.builder()
                .runStore(chat.runStore())
                .clock(() -> NOW)
                .settings(s -> s.batchSize(1000))
                .task(chat.messageCleanup(policies).build())
                .build();
    }

    private static Run cleaned(MaintenanceEngine engine) throws Exception {
        engine.start();
        Run run = engine.runNow(TASK).get(1, TimeUnit.MINUTES);
        assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
        return run;
    }

    private static Run cleaned(ChatDatabase chat, RetentionPolicies policies) throws Exception {
        try (MaintenanceEngine engine = engine(chat, policies)) {
            return cleaned(engine);
        }
    }

    @Test
    void a_table_of_more_rules_than_can_be_told_apart_is_refused_before_anything_goes() throws Exception {
        try (TestDatabase database = TestServer.H2.open()) {
            HostChat host = host(database, Shape.MILLIS);
            host.execute("INSERT INTO rooms (id, retention_days) SELECT x, 1 FROM SYSTEM_RANGE(1, 1000001)");
            host.add(List.of(message(1, "1", 100)));
            try (MaintenanceEngine engine = engine(host.chat(), with(host.chat().policyTable("rooms", days())))) {
                assertThatThrownBy(engine::start)
                        .isInstanceOf(MaintenanceException.class)
                        .hasMessageContaining("has more than 1000000 rules");
            }
            assertThat(host.rows("messages")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_rooms_days_decide_where_they_say_something_and_what_is_no_rule_is_kept_and_told(TestServer server)
            throws Exception {
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        Logger log = (Logger) LoggerFactory.getLogger(MessageCleanup.class);
        try (TestDatabase database = server.open()) {
            HostChat host = host(database, Shape.ZONED);
            String[] days = {"50", "200", "-1", "NULL", "0", "-7", "9223372036854775807", "3652426"};
            List<Message> messages = new ArrayList<>();
            for (int i = 0; i < days.length; i++) {
                room(host, Integer.toString(i), days[i]);
                messages.add(message(10 * i, Integer.toString(i), 100));
                messages.add(message(10 * i + 1, Integer.toString(i), 40));
            }
            messages.add(message(500, "99", 100)); // a room that the table does not know
            messages.add(message(501, null, 100));
            host.add(messages);
            RetentionPolicies policies = with(host.chat().policyTable("rooms", days()));
            told.start();
            log.addAppender(told);
            try (MaintenanceEngine engine = engine(host.chat(), policies)) {
                Preview preview = engine.preview(TASK);
                assertThat(preview.counts().get("due.expired")).isEqualTo(5);
                assertThat(preview.counts().get("skipped.policyFailed")).isEqualTo(8);
                Run run = cleaned(engine);
                assertThat(run.counts().get("deleted.expired")).isEqualTo(5);
                assertThat(run.counts().get("skipped.policyFailed")).isEqualTo(8);
            } finally {
                log.detachAppender(told);
            }
            assertThat(host.ids("messages", "id"))
                    .isEqualTo(new TreeSet<>(
                            List.of("1", "10", "11", "20", "21", "40", "41", "50", "51", "60", "61", "70", "71")));
            assertThat(told.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(line -> line.contains("table rooms")
                            && line.contains("id is 5,")
                            && line.contains("retention_days = -7"))
                    .noneMatch(line -> line.contains("id is 2,") || line.contains("id is 3,"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void rules_that_rooms_and_teams_are_assigned_to_decide_as_mattermost_keeps_them(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = host(database, Shape.LOCAL);
            host.execute("CREATE TABLE retentionpolicies (id VARCHAR(26) PRIMARY KEY, displayname VARCHAR(64),"
                    + " postduration BIGINT)");
            host.execute(
                    "CREATE TABLE retentionpolicieschannels (policyid VARCHAR(26), channelid VARCHAR(40) PRIMARY KEY)");
            host.execute(
                    "INSERT INTO retentionpolicies VALUES ('short', 'a', 50), ('ever', 'b', -1), ('none', 'c', NULL)");
            host.execute("INSERT INTO retentionpolicieschannels VALUES ('short', 'r1'), ('ever', 'r2'), ('none', 'r3'),"
                    + " ('gone', 'r4')");
            host.add(List.of(
                    message(1, "r1", 100),
                    message(2, "r1", 40),
                    message(3, "r2", 100),
                    message(4, "r3", 40),
                    message(5, "r4", 40),
                    message(6, "r5", 40),
                    message(7, "r5", 20)));
            PolicyTable channels = host.chat()
                    .policyTable(
                            "retentionpolicieschannels",
                            t -> t.room("channelid")
                                    .through("policyid", "retentionpolicies", "id")
                                    .keepDays("postduration")
                                    .forever(-1));
            Run run = cleaned(host.chat(), with(channels));
            assertThat(run.counts().get("skipped.policyFailed")).isZero();
            assertThat(host.ids("messages", "id")).containsExactlyInAnyOrder("2", "3", "7");
        }
    }

    @ParameterizedTest
    @EnumSource
    void ids_are_told_apart_letter_for_letter_and_two_rules_for_one_are_none(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = host(database, Shape.LOCAL);
            String text = switch (server) {
                case H2 -> "VARCHAR_IGNORECASE(20)";
                case POSTGRESQL -> "VARCHAR(20)";
                case MARIADB -> "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";
            };
            host.execute("CREATE TABLE rules (room " + text + ", keep_millis BIGINT, keep_latest INT, active BOOLEAN)");
            host.execute("INSERT INTO rules VALUES ('legal', 8640000000, NULL, TRUE), ('Legal', 864000000, NULL, TRUE),"
                    + " ('twice', 8640000000, NULL, TRUE), ('twice', 864000000, NULL, TRUE),"
                    + " ('same', 8640000000, NULL, TRUE), ('same', 8640000000, NULL, TRUE),"
                    + " ('off', 864000000, NULL, FALSE), ('count', 864000000, 1, TRUE), ('bare', NULL, 1, TRUE)");
            List<Message> messages = new ArrayList<>();
            String[] rooms = {"legal", "Legal", "twice", "same", "off", "count", "bare"};
            for (int i = 0; i < rooms.length; i++) {
                messages.add(message(10 * i, rooms[i], 20));
                messages.add(message(10 * i + 1, rooms[i], 15));
            }
            host.add(messages);
            PolicyTable table = host.chat()
                    .policyTable(
                            "rules",
                            t -> t.room("room")
                                    .keepMillis("keep_millis")
                                    .keepLatest("keep_latest")
                                    .where(Match.isTrue("active")));
            Run run = cleaned(host.chat(), with(table)); // 100 or 10 days
            assertThat(run.counts().get("skipped.policyFailed")).isEqualTo(4);
            assertThat(host.ids("messages", "id"))
                    .containsExactlyInAnyOrder("0", "1", "20", "21", "30", "31", "40", "41", "51", "60", "61");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_table_of_one_row_has_the_global_rule_and_one_of_two_has_none(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = host(database, Shape.ZONED);
            host.execute("CREATE TABLE settings (keep_days INT)");
            PolicyTable table =
                    host.chat().policyTable("settings", t -> t.global().keepDays("keep_days"));
            host.add(List.of(message(1, "1", 100)));
            RetentionPolicies policies =
                    RetentionPolicies.builder().policy(table).build();
            assertThat(cleaned(host.chat(), policies).counts().get("deleted.expired"))
                    .isZero();
            host.execute("INSERT INTO settings VALUES (50), (50)");
            policies = RetentionPolicies.builder()
                    .policy(host.chat().policyTable("settings", t -> t.global().keepDays("keep_days")))
                    .build();
            assertThat(cleaned(host.chat(), policies).counts().get("skipped.policyFailed"))
                    .isEqualTo(1);
            host.execute("DELETE FROM settings");
            host.execute("INSERT INTO settings VALUES (50)");
            policies = RetentionPolicies.builder()
                    .policy(host.chat().policyTable("settings", t -> t.global().keepDays("keep_days")))
                    .build();
            assertThat(cleaned(host.chat(), policies).counts().get("deleted.expired"))
                    .isEqualTo(1);
        }
    }

    /** Many rooms of a rule each, with one message each that goes, on a data source that is listened to. */
    private static ChatDatabase manyRooms(HostChat host, List<String> sent) throws Exception {
        try (Connection connection = host.database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            try (var row = connection.prepareStatement("INSERT INTO rooms (id, retention_days) VALUES (?, ?)")) {
                for (int i = 0; i < MANY; i++) {
                    row.setLong(1, i);
                    row.setLong(2, 31 + i % 50);
                    row.addBatch();
                }
                row.executeBatch();
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
        host.add(IntStream.range(0, MANY)
                .mapToObj(i -> message(i, Integer.toString(i), 100))
                .toList());
        DataSource heard = PausingDataSource.ofStatements(host.database.dataSource(), (told, before) -> {
            String what = told.sql().isEmpty() ? told.what() : told.sql();
            if (before) {
                sent.add(what);
            }
        });
        return ChatDatabase.of(heard, host.schema());
    }

    @ParameterizedTest
    @EnumSource
    void a_batch_asks_for_all_of_its_rooms_at_once_however_small_the_cache(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            List<String> sent = new CopyOnWriteArrayList<>();
            ChatDatabase chat = manyRooms(host(database, Shape.ZONED), sent);
            PolicyTable table = chat.policyTable(
                    "rooms", t -> days().andThen(b -> b.cacheSize(10)).accept(t));
            sent.clear();
            Run run = cleaned(chat, with(table));
            assertThat(run.counts().get("deleted.expired")).isEqualTo(MANY);
            assertThat(sent).filteredOn(PolicyTableTest::ofRules).hasSizeBetween(4, 12);
            assertThat(sent).hasSizeLessThan(150);
            assertThat(table.cacheUse().size()).isLessThanOrEqualTo(10);
            assertThat(table.cacheUse().evictions()).isGreaterThanOrEqualTo(MANY - 10);
            assertThat(table.cacheUse().misses()).isGreaterThanOrEqualTo(MANY);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_batch_needs_no_second_connection_to_read_rules(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = host(database, Shape.ZONED);
            room(host, "1", "50");
            host.add(List.of(message(1, "1", 100), message(2, "1", 40)));
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(database.jdbcUrl());
            config.setUsername(database.user());
            config.setPassword(database.password());
            config.setMaximumPoolSize(2);
            config.setConnectionTimeout(10_000);
            ExecutorService worker = Executors.newSingleThreadExecutor();
            try (HikariDataSource pool = new HikariDataSource(config);
                    Connection ofTheHost = pool.getConnection()) {
                assertThat(ofTheHost.isValid(1)).isTrue();
                ChatDatabase chat = ChatDatabase.of(pool, host.schema());
                RetentionPolicies policies = with(chat.policyTable("rooms", days()));
                try (MaintenanceEngine engine = MaintenanceEngine.builder()
                        .runStore(chat.runStore())
                        .clock(() -> NOW)
                        .workers(worker)
                        .task(chat.messageCleanup(policies).build())
                        .build()) {
                    assertThat(engine.preview(TASK).counts().get("skipped.policyFailed"))
                            .isZero();
                    Run run = cleaned(engine);
                    assertThat(run.counts().get("skipped.policyFailed")).isZero();
                }
            } finally {
                worker.shutdown();
            }
            assertThat(host.ids("messages", "id")).containsExactly("2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_table_that_cannot_be_read_keeps_what_it_would_decide_and_the_run_goes_on(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = host(database, Shape.ZONED);
            room(host, "1", "50");
            host.execute("CREATE TABLE rules AS SELECT id, retention_days FROM rooms");
            host.add(List.of(message(1, "1", 100), message(2, null, 100)));
            AtomicBoolean mislaid = new AtomicBoolean();
            DataSource heard = PausingDataSource.ofStatements(database.dataSource(), (told, before) -> {
                String what = told.sql().isEmpty() ? told.what() : told.sql();
                boolean ofTheBatch = ofRules(what) && what.contains(" AND ");
                if (before && ofTheBatch && !mislaid.getAndSet(true)) {
                    rename(host, "rules", "mislaid");
                }
            });
            ChatDatabase chat = ChatDatabase.of(heard, host.schema());
            try (MaintenanceEngine engine = engine(chat, with(chat.policyTable("rules", days())))) {
                Run run = cleaned(engine);
                assertThat(run.counts().get("skipped.policyFailed")).isEqualTo(1);
                assertThat(host.ids("messages", "id")).containsExactly("1");
                rename(host, "mislaid", "rules");
                run = engine.runNow(TASK).get(1, TimeUnit.MINUTES);
                assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
                assertThat(host.ids("messages", "id")).isEmpty();
            }
        }
    }

    private static void rename(HostChat host, String table, String name) {
        try {
            host.execute("ALTER TABLE " + table + " RENAME TO " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void names_and_types_that_do_not_fit_are_told_before_the_start(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = host(database, Shape.ZONED);
            ChatDatabase chat = host.chat();
            assertRefused(chat, chat.policyTable("romms", days()), "no table \"romms\"");
            assertRefused(chat, chat.policyTable("rooms", t -> t.room("id").keepDays("days")), "no column \"days\"");
            assertRefused(
                    chat, chat.policyTable("messages", t -> t.room("room_id").keepDays("body")), "no whole number");
            assertRefused(
                    chat,
                    chat.policyTable(
                            "rooms",
                            t -> t.room("id").through("id", "messages", "body").keepDays("user_id")),
                    "cannot be compared");
            assertRefused(
                    chat,
                    chat.policyTable("rooms", t -> t.team("id").keepDays("retention_days")),
                    "messages have no team(column)");
            assertThatThrownBy(() -> chat.policyTable("rooms", t -> t.keepDays("retention_days")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("rooms");
        }
    }

    private static void assertRefused(ChatDatabase chat, PolicyTable table, String why) {
        assertThat(chat.messageCleanup(with(table)).build().problems())
                .as(why)
                .anyMatch(problem -> problem.contains(why));
    }

    @ParameterizedTest
    @EnumSource
    void a_policy_of_the_hosts_own_is_prepared_once_a_batch_for_all_that_the_batch_meets(TestServer server)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = host(database, Shape.ZONED);
            host.add(List.of(message(1, "1", 100), message(2, "2", 100), message(3, null, 100)));
            List<List<RetentionScope>> prepared = new CopyOnWriteArrayList<>();
            RetentionPolicy own = new RetentionPolicy() {
                @Override
                public Optional<RetentionRule> ruleFor(RetentionScope scope) {
                    throw new IllegalStateException("asked without being prepared");
                }

                @Override
                public RetentionPolicy preparedFor(Collection<RetentionScope> scopes) {
                    prepared.add(List.copyOf(scopes));
                    return scope -> scope.equals(RetentionScope.room("2"))
                            ? Optional.of(RetentionRule.keepForever())
                            : Optional.empty();
                }
            };
            Run run = cleaned(host.chat(), with(own));
            assertThat(run.counts().get("deleted.expired")).isEqualTo(2);
            assertThat(host.ids("messages", "id")).containsExactly("2");
            assertThat(prepared).hasSize(1);
            assertThat(prepared.get(0))
                    .containsExactlyInAnyOrder(
                            RetentionScope.global(), RetentionScope.room("1"), RetentionScope.room("2"));
        }
    }
}
