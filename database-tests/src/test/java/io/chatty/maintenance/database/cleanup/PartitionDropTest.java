package io.chatty.maintenance.database.cleanup;

import static io.chatty.maintenance.database.cleanup.PartitionedChat.KEEP;
import static io.chatty.maintenance.database.cleanup.PartitionedChat.NOW;
import static io.chatty.maintenance.database.cleanup.PartitionedChat.drop;
import static io.chatty.maintenance.database.cleanup.PartitionedChat.midnight;
import static io.chatty.maintenance.database.cleanup.PartitionedChat.policies;
import static io.chatty.maintenance.database.cleanup.PartitionedChat.preview;
import static io.chatty.maintenance.database.cleanup.PartitionedChat.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.config.ConfiguredEngine;
import io.chatty.maintenance.config.MaintenanceConfig;
import io.chatty.maintenance.database.cleanup.PartitionedChat.By;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Preview;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.PartitionDrop;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A partition goes whole when all in it is due, and for nothing less. */
final class PartitionDropTest {

    private static final Instant MARCH_10 = Instant.parse("2026-03-10T08:00:00Z");

    private volatile boolean triedToDetach;

    private interface Scene {
        void play(PartitionedChat host) throws Exception;
    }

    private static void on(By by, Scene scene) throws Exception {
        try (TestDatabase database = by.server.open()) {
            scene.play(new PartitionedChat(database, by));
        }
    }

    @Test
    void a_file_has_the_same_partitions_go() throws Exception {
        on(By.POSTGRESQL_MILLIS, host -> {
            host.fill(1, 3, 4, 6);
            MaintenanceConfig config =
                    MaintenanceConfig.parse("""
                    chatty-maintenance {
                      store.type = jdbc
                      schema {
                        messages {
                          table = messages, key = [ id, sent_at ], sent-at { column = sent_at, kind = epoch-millis }
                          room = room_id, sender = user_id, pinned = pinned
                        }
                        children = [ { table = reactions, column = message_id, to = id } ]
                      }
                      policies.global = %s
                      tasks {
                        clean.type = message-cleanup
                        drop { type = partition-drop, settings { cleanup = clean, lock-limit = 10 s } }
                      }
                    }
                    """.formatted(KEEP.keptFor().orElseThrow()));
            try (ConfiguredEngine configured =
                    config.dataSource(host.database.dataSource()).engine(builder -> builder.clock(() -> NOW))) {
                configured.start();
                Counts counts = succeeded(configured.engine().runNow("drop").get(60, TimeUnit.SECONDS));

                assertThat(host.partitions()).containsExactly("m4", "m5", "m6");
                assertThat(counts.asMap())
                        .containsEntry("partitions.dropped", 3L)
                        .containsEntry("deleted.expired", 4L);
            }
        });
    }

    private static Counts succeeded(Run run) {
        assertThat(run.state()).as("%s", run.detail()).isEqualTo(RunState.SUCCEEDED);
        return run.counts();
    }

    @ParameterizedTest
    @EnumSource
    void what_ended_before_the_cut_off_goes_whether_full_or_empty_and_a_preview_tells_it_before(By by)
            throws Exception {
        on(by, host -> {
            host.fill(1, 3, 4, 6);
            host.database.execute("UPDATE messages SET deleted_at = 1 WHERE id = 31");
            ChatDatabase chat = host.chat();
            PartitionDrop drop = drop(chat, policies());

            Counts told = preview(chat, drop);
            assertThat(host.partitions()).hasSize(6);
            Counts counts = succeeded(run(chat, drop));

            assertThat(host.partitions()).containsExactly("m4", "m5", "m6");
            assertThat(host.ids()).containsExactly("41", "42", "61", "62");
            assertThat(told.get("due.partitions")).isEqualTo(3);
            assertThat(told.asMap())
                    .containsEntry("due.partitions.m1", 2L)
                    .containsEntry("due.partitions.m2", 0L)
                    .containsEntry("due.partitions.m3", 2L)
                    .containsEntry("due.expired", 3L)
                    .containsEntry("due.softDeleted", 1L);
            assertThat(counts.asMap())
                    .containsEntry("examined", 3L)
                    .containsEntry("partitions.dropped", 3L)
                    .containsEntry("deleted.expired", 3L)
                    .containsEntry("deleted.softDeleted", 1L);
        });
    }

    @ParameterizedTest
    @EnumSource
    void one_that_ends_a_millisecond_after_the_cut_off_stays(By by) throws Exception {
        on(by, host -> {
            ChatDatabase chat = host.chat();
            Duration longer = Duration.between(midnight(4), NOW).plusMillis(1);
            succeeded(run(
                    chat,
                    drop(
                            chat,
                            RetentionPolicies.builder()
                                    .global(RetentionRule.keepFor(longer))
                                    .build())));
            assertThat(host.partitions()).containsExactly("m3", "m4", "m5", "m6");
        });
    }

    /** What keeps one message of March. */
    private enum Keeps {
        PIN,
        NEVER_KNOWN_ROOM,
        HOLD_ON_ITS_ROOM,
        HOLD_ON_ITS_SENDER,
        HOLD_ON_A_TIME,
        HOLD_ON_EVERYTHING,
        LONGER_RULE_FOR_ITS_ROOM,
        REACTION,
        PART_OF_IT_ELSEWHERE
    }

    @ParameterizedTest
    @EnumSource
    void one_message_that_stays_keeps_its_partition_and_no_other(Keeps keeps) throws Exception {
        for (By by : List.of(By.POSTGRESQL_TIMESTAMP, By.MARIADB_COLUMNS)) {
            on(by, host -> keeps(host, keeps));
        }
    }

    private static void keeps(PartitionedChat host, Keeps keeps) throws Exception {
        ChatDatabase chat = host.chat();
        RetentionPolicies.Builder policies = RetentionPolicies.builder();
        host.fill(1, 2, 3);
        host.database.execute(host.insertion(39, MARCH_10, "7", "8", keeps == Keeps.PIN ? "TRUE" : "FALSE"));
        LegalHold.Builder hold = LegalHold.builder("case", "counsel", "why");
        String reason = "notDue";
        switch (keeps) {
            case PIN -> policies.global(KEEP);
            case NEVER_KNOWN_ROOM -> {
                policies.room("1", KEEP); // and none for the rest
            }
            case HOLD_ON_ITS_ROOM -> chat.holds().place(hold.room("7").build());
            case HOLD_ON_ITS_SENDER -> chat.holds().place(hold.user("8").build());
            case HOLD_ON_A_TIME ->
                chat.holds()
                        .place(hold.from(MARCH_10).to(MARCH_10.plusMillis(1)).build());
            case HOLD_ON_EVERYTHING -> chat.holds().place(hold.everything().build());
            case LONGER_RULE_FOR_ITS_ROOM ->
                policies.global(KEEP).room("7", RetentionRule.keepFor(Duration.ofDays(365)));
            case REACTION -> {
                host.database.execute("INSERT INTO reactions VALUES (39, '+1')");
                reason = "referredTo";
            }
            case PART_OF_IT_ELSEWHERE -> {
                host.add(39, midnight(6), "7", "8");
                reason = "sharedKey";
            }
        }
        if (keeps.name().startsWith("HOLD") || !reason.equals("notDue")) {
            policies.global(KEEP);
        }
        PartitionDrop drop = drop(chat, policies.build());

        assertThat(preview(chat, drop).get("skipped." + reason))
                .as(keeps + " in preview")
                .isEqualTo(keeps == Keeps.HOLD_ON_EVERYTHING ? 3 : 1);
        Counts counts = succeeded(run(chat, drop));

        List<String> left = keeps == Keeps.HOLD_ON_EVERYTHING
                ? List.of("m1", "m2", "m3", "m4", "m5", "m6")
                : List.of("m3", "m4", "m5", "m6");
        assertThat(host.partitions()).as(keeps.name()).isEqualTo(left);
        assertThat(host.ids()).as(keeps.name()).contains("31", "32", "39");
        assertThat(counts.get("skipped." + reason)).as(keeps.name()).isEqualTo(6 - 3 - (6 - left.size()));
    }

    /** What makes that messages have to go one by one. */
    private enum OneByOne {
        RULE_FOR_A_USER,
        LATEST_OF_A_ROOM,
        POLICY_OF_THE_HOSTS_OWN,
        TOLD_TO_A_LISTENER,
        TRIGGER
    }

    @ParameterizedTest
    @EnumSource
    void where_messages_go_one_by_one_only_what_the_cleanup_has_emptied_goes(OneByOne why) throws Exception {
        for (By by : List.of(By.POSTGRESQL_TIMESTAMP, By.MARIADB_COLUMNS)) {
            on(by, host -> oneByOne(host, why));
        }
    }

    private static void oneByOne(PartitionedChat host, OneByOne why) throws Exception {
        host.fill(1, 3, 6);
        ChatDatabase chat = host.chat();
        RetentionPolicies.Builder policies = RetentionPolicies.builder();
        switch (why) {
            case RULE_FOR_A_USER -> policies.global(KEEP).user("1", RetentionRule.keepForever());
            case LATEST_OF_A_ROOM -> policies.global(RetentionRule.keepLatest(3));
            case POLICY_OF_THE_HOSTS_OWN ->
                policies.policy(scope -> scope.toString().equals("global") ? Optional.of(KEEP) : Optional.empty());
            case TOLD_TO_A_LISTENER, TRIGGER -> policies.global(KEEP);
        }
        if (why == OneByOne.TRIGGER) {
            addTrigger(host);
        }
        MessageCleanup.Builder described = chat.messageCleanup(policies.build());
        MessageCleanup cleanup = (why == OneByOne.TOLD_TO_A_LISTENER ? described.tellDeleted() : described).build();
        PartitionDrop drop = chat.partitionDrop(cleanup).build();

        Counts counts = succeeded(run(chat, drop));
        assertThat(host.ids()).as(why.name()).containsExactly("11", "12", "31", "32", "61", "62");
        assertThat(counts.get("skipped.notEmpty")).as(why.name()).isEqualTo(2);
        assertThat(host.partitions()).as(why.name()).contains("m1", "m3", "m6").doesNotContain("m2");

        try (MaintenanceEngine engine = PartitionedChat.engine(chat, cleanup, drop)) {
            succeeded(engine.runNow(cleanup.name()).get(60, TimeUnit.SECONDS));
            List<String> left = host.ids();
            succeeded(engine.runNow(drop.name()).get(60, TimeUnit.SECONDS));
            assertThat(host.ids()).as(why.name()).isEqualTo(left);
            assertThat(host.partitions().contains("m3"))
                    .as(why.name())
                    .isEqualTo(left.contains("31") || left.contains("32"));
        }
    }

    private static void addTrigger(PartitionedChat host) throws SQLException {
        if (host.by.server == TestServer.MARIADB) {
            host.database.execute("CREATE TRIGGER seen AFTER DELETE ON messages FOR EACH ROW SET @seen = OLD.id");
        } else {
            host.database.execute("CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'");
            host.database.execute("CREATE TRIGGER seen BEFORE DELETE ON messages FOR EACH ROW EXECUTE FUNCTION seen()");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = By.class,
            names = {"POSTGRESQL_TIMESTAMP", "MARIADB_COLUMNS"})
    void messages_with_reactions_go_by_the_cleanup_with_them_and_then_their_partition(By by) throws Exception {
        on(by, host -> {
            host.fill(3, 6);
            host.database.execute("INSERT INTO reactions VALUES (31, '+1'), (61, '+1')");
            ChatDatabase chat = host.chat();
            MessageCleanup cleanup = chat.messageCleanup(policies()).build();
            PartitionDrop drop = chat.partitionDrop(cleanup).build();
            try (MaintenanceEngine engine = PartitionedChat.engine(chat, cleanup, drop)) {
                succeeded(engine.runNow(cleanup.name()).get(60, TimeUnit.SECONDS));
                succeeded(engine.runNow(drop.name()).get(60, TimeUnit.SECONDS));
            }
            assertThat(host.ids()).containsExactly("61", "62");
            assertThat(host.database.strings("SELECT message_id FROM reactions"))
                    .containsExactly("61");
            assertThat(host.partitions()).containsExactly("m4", "m5", "m6");
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = By.class,
            names = {"POSTGRESQL_TIMESTAMP", "MARIADB_COLUMNS"})
    void the_partition_of_the_latest_and_a_default_one_stay_whatever_is_due(By by) throws Exception {
        on(by, host -> {
            boolean postgresql = by.server == TestServer.POSTGRESQL;
            for (int month = 4; month <= 6; month++) {
                host.database.execute(
                        postgresql ? "DROP TABLE m" + month : "ALTER TABLE messages DROP PARTITION m" + month);
            }
            if (postgresql) {
                host.database.execute("CREATE TABLE rest PARTITION OF messages DEFAULT");
                host.add(99, Instant.parse("2001-01-01T00:00:00Z"), "1", "1");
            }
            host.fill(2, 3);
            ChatDatabase chat = host.chat();
            succeeded(run(chat, drop(chat, policies())));
            assertThat(host.partitions()).containsExactlyElementsOf(postgresql ? List.of("m3", "rest") : List.of("m3"));
            assertThat(host.ids())
                    .containsExactlyElementsOf(postgresql ? List.of("31", "32", "99") : List.of("31", "32"));
        });
    }

    @Test
    void one_until_maxvalue_stays() throws Exception {
        on(By.MARIADB_DAYS, host -> {
            host.database.execute("ALTER TABLE messages ADD PARTITION (PARTITION rest VALUES LESS THAN MAXVALUE)");
            host.add(99, midnight(12), "1", "1");
            ChatDatabase chat = host.chat();
            RetentionPolicies soon = RetentionPolicies.builder()
                    .global(RetentionRule.keepFor(Duration.ofDays(1)))
                    .build();
            succeeded(run(chat, drop(chat, soon)));
            assertThat(host.partitions()).containsExactly("m6", "rest");
            assertThat(host.ids()).containsExactly("99");
        });
    }

    /** An empty one that ended a moment ago may still get what arrives late. */
    @Test
    void one_that_ended_less_than_a_day_ago_stays_even_if_it_is_empty() throws Exception {
        on(By.POSTGRESQL_TIMESTAMP, host -> {
            host.database.execute("CREATE TABLE june_a PARTITION OF messages FOR VALUES FROM ('2026-07-01 00:00+02') TO"
                    + " ('2026-07-02 00:00+02')");
            ChatDatabase chat = host.chat();
            RetentionPolicies none = RetentionPolicies.builder()
                    .global(RetentionRule.keepLatest(1))
                    .build();
            host.database.execute("ALTER TABLE messages DETACH PARTITION m6");
            host.database.execute("CREATE TABLE until_yesterday PARTITION OF messages FOR VALUES FROM"
                    + " ('2026-06-01 00:00+02') TO ('2026-06-14 12:00+00')");
            host.database.execute("CREATE TABLE until_today PARTITION OF messages FOR VALUES FROM"
                    + " ('2026-06-14 12:00+00') TO ('2026-06-14 12:00:00.000001+00')");
            succeeded(run(chat, drop(chat, none)));
            assertThat(host.partitions()).containsExactly("june_a", "until_today");
        });
    }

    private static Connection other(PartitionedChat host) throws SQLException {
        TestDatabase database = host.database;
        Connection connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        connection.setAutoCommit(false);
        return connection;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = By.class,
            names = {"POSTGRESQL_TIMESTAMP", "MARIADB_COLUMNS"})
    void a_session_that_reads_or_writes_there_keeps_it_until_the_next_run(By by) throws Exception {
        for (String what : List.of("read", "write")) {
            on(by, host -> {
                host.fill(3);
                ChatDatabase chat = host.chat();
                try (Connection busy = other(host)) {
                    execute(
                            busy,
                            what.equals("read")
                                    ? "SELECT * FROM messages WHERE id = 31"
                                    : host.insertion(39, MARCH_10, "1", "1", "TRUE"));
                    Counts counts = succeeded(run(chat, drop(chat, policies())));
                    assertThat(counts.get("skipped.locked")).as(what).isPositive();
                    assertThat(host.partitions()).as(what).contains("m3");
                    execute(busy, "SELECT COUNT(*) FROM messages"); // still there, and not ended by a deadlock
                    busy.commit();
                }
                succeeded(run(chat, drop(chat, policies())));
                assertThat(host.partitions().contains("m3")).as(what).isEqualTo(what.equals("write"));
                assertThat(host.ids()).as(what).isEqualTo(what.equals("write") ? List.of("31", "32", "39") : List.of());
            });
        }
    }

    /** What another does just before the partition is locked. */
    private interface Meanwhile {
        void happens() throws Exception;
    }

    private Counts runWhile(PartitionedChat host, Meanwhile meanwhile) throws Exception {
        return runWhile(host, "LOCK TABLE", meanwhile);
    }

    /** As {@link #runWhile(PartitionedChat, Meanwhile)}, just before the first statement with that text. */
    private Counts runWhile(PartitionedChat host, String statement, Meanwhile meanwhile) throws Exception {
        AtomicBoolean once = new AtomicBoolean(true);
        ChatDatabase watched = host.chat(PausingDataSource.ofStatements(host.database.dataSource(), (sent, before) -> {
            triedToDetach |= sent.sql().contains("DETACH");
            if (before && sent.sql().contains(statement) && once.getAndSet(false)) {
                try {
                    meanwhile.happens();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }));
        Counts counts = succeeded(run(watched, drop(watched, policies())));
        assertThat(once).as("no " + statement).isFalse();
        return counts;
    }

    @ParameterizedTest
    @EnumSource
    void a_row_that_came_or_was_pinned_before_the_lock_keeps_it(By by) throws Exception {
        for (boolean inserted : new boolean[] {true, false}) {
            on(by, host -> {
                host.fill(1, 3);
                Counts counts = runWhile(
                        host,
                        () -> host.database.execute(
                                inserted
                                        ? host.insertion(19, Instant.parse("2026-01-10T08:00:00Z"), "1", "1", "TRUE")
                                        : "UPDATE messages SET pinned = TRUE WHERE id = 11"));
                assertThat(counts.get("skipped.notDue")).isEqualTo(1);
                assertThat(host.partitions()).containsExactly("m1", "m4", "m5", "m6");
                assertThat(host.ids()).isEqualTo(inserted ? List.of("11", "12", "19") : List.of("11", "12"));
            });
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = By.class,
            names = {"POSTGRESQL_TIMESTAMP", "MARIADB_COLUMNS"})
    void a_hold_that_came_before_the_lock_keeps_it(By by) throws Exception {
        on(by, host -> {
            host.fill(1, 3);
            ChatDatabase chat = host.chat();
            LegalHold hold = LegalHold.builder("case", "counsel", "why")
                    .room("1")
                    .to(midnight(2))
                    .build();
            CompletableFuture<?>[] placing = new CompletableFuture<?>[1];
            Counts counts = runWhile(host, () -> {
                placing[0] = CompletableFuture.runAsync(() -> chat.holds().place(hold)); // it waits for the batch
                Eventually.eventually(
                        "the hold stands", () -> chat.holds().standing().size() == 1);
            });
            placing[0].get(60, TimeUnit.SECONDS);
            assertThat(counts.get("skipped.notDue")).isEqualTo(1);
            assertThat(host.partitions()).containsExactly("m1", "m4", "m5", "m6");
            assertThat(host.ids()).containsExactly("11", "12");
        });
    }

    /** Once the look has passed, who places a hold waits until it is dropped: the hold is on what is there then. */
    @ParameterizedTest
    @EnumSource(
            value = By.class,
            names = {"POSTGRESQL_TIMESTAMP", "MARIADB_COLUMNS"})
    void placing_a_hold_waits_while_a_partition_is_dropped(By by) throws Exception {
        on(by, host -> {
            host.fill(1);
            ChatDatabase chat = host.chat();
            CompletableFuture<?>[] placing = new CompletableFuture<?>[1];
            boolean[] returnedBefore = new boolean[1];
            AtomicBoolean seen = new AtomicBoolean();
            ChatDatabase watched =
                    host.chat(PausingDataSource.ofStatements(host.database.dataSource(), (sent, before) -> {
                        if (!sent.sql().startsWith("ALTER TABLE")) {
                            return;
                        }
                        if (placing[0] == null) {
                            placing[0] = CompletableFuture.runAsync(() -> chat.holds()
                                    .place(LegalHold.builder("case", "counsel", "why")
                                            .everything()
                                            .build()));
                            awaitWaiting(host);
                        }
                        if (!before && !seen.getAndSet(true)) {
                            returnedBefore[0] = placing[0].isDone();
                        }
                    }));
            Counts counts = succeeded(run(watched, drop(watched, policies())));
            placing[0].get(60, TimeUnit.SECONDS);
            assertThat(seen).isTrue();
            assertThat(returnedBefore[0]).isFalse();
            assertThat(counts.get("partitions.dropped")).isPositive();
        });
    }

    private static void awaitWaiting(PartitionedChat host) {
        try {
            Eventually.eventually(
                    "the hold waits",
                    () -> !host.database
                            .strings(
                                    host.by.server == TestServer.MARIADB
                                            ? "SELECT id FROM information_schema.processlist WHERE state LIKE"
                                                    + " 'Waiting for table metadata lock%'"
                                            : "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                            .isEmpty());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = By.class,
            names = {"POSTGRESQL_TIMESTAMP", "MARIADB_COLUMNS"})
    void nobody_can_pin_a_message_between_the_look_and_the_drop(By by) throws Exception {
        on(by, host -> {
            host.fill(1);
            try (Connection other = other(host)) {
                execute(
                        other,
                        by.server == TestServer.MARIADB
                                ? "SET SESSION lock_wait_timeout = 1"
                                : "SET SESSION lock_timeout = 100");
                other.commit();
                Counts counts = runWhile(host, by.server == TestServer.MARIADB ? "ALTER TABLE" : "DETACH", () -> {
                    assertThatThrownBy(() -> execute(other, "UPDATE messages SET pinned = TRUE WHERE id = 11"))
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("imeout");
                    other.rollback();
                });
                assertThat(counts.get("deleted.expired")).isEqualTo(2);
            }
        });
    }

    @Test
    void where_a_session_waits_for_the_partition_it_stays_and_the_session_goes_on() throws Exception {
        on(By.POSTGRESQL_TIMESTAMP, host -> {
            host.fill(1);
            CompletableFuture<?>[] pinning = new CompletableFuture<?>[1];
            for (int month : new int[] {2, 3}) {
                host.database.execute("DROP TABLE m" + month);
            }
            Counts counts = runWhile(host, "pg_locks", () -> {
                pinning[0] = CompletableFuture.runAsync(() -> {
                    try {
                        host.database.execute("UPDATE messages SET pinned = TRUE WHERE id = 11");
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
                Eventually.eventually(
                        "it waits",
                        () -> !host.database
                                .strings("SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'm1'::regclass")
                                .isEmpty());
            });
            pinning[0].get(60, TimeUnit.SECONDS);
            assertThat(counts.get("skipped.locked")).isEqualTo(1);
            assertThat(triedToDetach).isFalse(); // or the two would wait for one another
            assertThat(host.database.strings("SELECT id FROM messages WHERE pinned"))
                    .containsExactly("11");
        });
    }

    @Test
    void one_that_was_detached_and_attached_elsewhere_meanwhile_stays_there() throws Exception {
        on(By.POSTGRESQL_TIMESTAMP, host -> {
            host.fill(1, 3);
            host.database.execute("CREATE TABLE kept (LIKE messages) PARTITION BY RANGE (sent_at)");
            Counts counts = runWhile(host, "\"m3\" m", () -> {
                host.database.execute("ALTER TABLE messages DETACH PARTITION m3");
                host.database.execute("ALTER TABLE kept ATTACH PARTITION m3 DEFAULT");
            });
            assertThat(counts.get("skipped.changed")).isEqualTo(1);
            assertThat(host.database.strings("SELECT id FROM kept ORDER BY id")).containsExactly("31", "32");
            assertThat(host.partitions()).containsExactly("m4", "m5", "m6");
        });
    }

    @Test
    void on_postgresql_one_with_partitions_of_its_own_stays_and_on_mariadb_it_goes_with_them() throws Exception {
        on(By.POSTGRESQL_MILLIS, host -> {
            host.database.execute("DROP TABLE m2");
            host.database.execute("CREATE TABLE m2 PARTITION OF messages FOR VALUES FROM ("
                    + midnight(2).toEpochMilli() + ") TO (" + midnight(3).toEpochMilli()
                    + ") PARTITION BY HASH (id)");
            host.database.execute("CREATE TABLE m2_0 PARTITION OF m2 FOR VALUES WITH (MODULUS 1, REMAINDER 0)");
            host.fill(2, 3);
            ChatDatabase chat = host.chat();
            Counts counts = succeeded(run(chat, drop(chat, policies())));
            assertThat(counts.get("skipped.subPartitioned")).isEqualTo(1);
            assertThat(host.ids()).containsExactly("21", "22");
        });
        try (TestDatabase database = TestServer.MARIADB.open()) {
            PartitionedChat host =
                    new PartitionedChat(database, By.MARIADB_MILLIS, " SUBPARTITION BY HASH (id) SUBPARTITIONS 3");
            host.fill(2, 3);
            database.execute("UPDATE messages SET pinned = TRUE WHERE id = 32");
            ChatDatabase chat = host.chat();
            assertThat(succeeded(run(chat, drop(chat, policies()))).get("deleted.expired"))
                    .isEqualTo(2);
            assertThat(host.ids()).containsExactly("31", "32");
        }
    }

    @Test
    void what_other_things_depend_on_stays() throws Exception {
        on(By.POSTGRESQL_TIMESTAMP, host -> {
            host.fill(1, 3);
            host.database.execute("CREATE VIEW of_january AS SELECT * FROM m1");
            ChatDatabase chat = host.chat();
            Counts counts = succeeded(run(chat, drop(chat, policies())));
            assertThat(counts.get("skipped.dependedOn")).isEqualTo(1);
            assertThat(host.partitions()).containsExactly("m1", "m4", "m5", "m6");
            assertThat(host.ids()).containsExactly("11", "12");
        });
    }

    /** The library does not know of this one: it is no foreign key to the message table. */
    @Test
    void a_foreign_key_to_the_partition_alone_keeps_it() throws Exception {
        on(By.POSTGRESQL_TIMESTAMP, host -> {
            host.fill(1, 3);
            host.database.execute("CREATE TABLE receipts (message_id BIGINT, sent_at TIMESTAMPTZ, FOREIGN KEY"
                    + " (message_id, sent_at) REFERENCES m1 ON DELETE CASCADE)");
            host.database.execute("INSERT INTO receipts SELECT id, sent_at FROM messages WHERE id = 11");
            ChatDatabase chat = host.chat();
            Counts counts = succeeded(run(chat, drop(chat, policies())));
            assertThat(counts.get("skipped.dependedOn")).isEqualTo(1);
            assertThat(host.partitions()).containsExactly("m1", "m4", "m5", "m6");
            assertThat(host.database.strings("SELECT message_id FROM receipts")).containsExactly("11");
        });
    }

    @Test
    void a_foreign_key_to_all_messages_keeps_what_it_refers_to_and_no_more() throws Exception {
        on(By.POSTGRESQL_MILLIS, host -> {
            host.fill(1, 3, 6);
            host.database.execute("CREATE TABLE receipts (message_id BIGINT, sent_at BIGINT, FOREIGN KEY"
                    + " (message_id, sent_at) REFERENCES messages)");
            host.database.execute("INSERT INTO receipts SELECT id, sent_at FROM messages WHERE id IN (11, 61)");
            ChatDatabase chat = ChatDatabase.of(
                    host.database.dataSource(),
                    host.schema(m -> {}, c -> c.children("receipts", r -> r.refersBy("message_id", "sent_at"))));
            Counts counts = succeeded(run(chat, drop(chat, policies())));
            assertThat(counts.get("skipped.referredTo")).isEqualTo(1);
            assertThat(host.partitions()).containsExactly("m1", "m4", "m5", "m6");
            assertThat(host.ids()).containsExactly("11", "12", "61", "62");
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = By.class,
            names = {"POSTGRESQL_MILLIS", "MARIADB_MILLIS"})
    void more_than_the_share_limit_waits_for_a_confirmation(By by) throws Exception {
        on(by, host -> {
            String numbers = by.server == TestServer.MARIADB
                    ? "(SELECT seq AS x FROM seq_1_to_10000) s"
                    : "generate_series(CAST(1 AS bigint), 10000) AS s (x)";
            host.database.execute("INSERT INTO messages (id, sent_at) SELECT x, CASE WHEN x <= 1500 THEN "
                    + midnight(1).toEpochMilli() + " WHEN x <= 3001 THEN "
                    + midnight(3).toEpochMilli() + " ELSE "
                    + midnight(5).toEpochMilli() + " END FROM " + numbers);
            ChatDatabase chat = host.chat();
            MessageCleanup cleanup = chat.messageCleanup(policies()).build();
            PartitionDrop drop = chat.partitionDrop(cleanup)
                    .lockLimit(Duration.ofSeconds(10))
                    .build();
            try (MaintenanceEngine engine = PartitionedChat.engine(chat, cleanup, drop)) {
                Preview preview = engine.preview(drop.name());
                assertThat(preview.awaits()).isPresent();
                assertThat(preview.counts().get("due.expired")).isEqualTo(3001);
                Run waiting = engine.runNow(drop.name()).get(60, TimeUnit.SECONDS);
                assertThat(waiting.state()).as("%s", waiting.detail()).isEqualTo(RunState.AWAITING_CONFIRMATION);
                assertThat(host.partitions()).hasSize(6);
                engine.confirm(waiting.id());
                Eventually.eventually(
                        "the confirmed run ends",
                        () -> !engine.find(waiting.id()).orElseThrow().state().isActive());
                assertThat(succeeded(engine.find(waiting.id()).orElseThrow()).get("deleted.expired"))
                        .isEqualTo(3001);
            }
            assertThat(host.partitions()).containsExactly("m4", "m5", "m6");
            assertThat(host.ids()).hasSize(6999);
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = By.class,
            names = {"POSTGRESQL_MILLIS", "MARIADB_MILLIS"})
    void what_the_cleanup_removed_counts_towards_the_share(By by) throws Exception {
        on(by, host -> {
            String numbers = by.server == TestServer.MARIADB
                    ? "(SELECT seq AS x FROM seq_1_to_13000) s"
                    : "generate_series(CAST(1 AS bigint), 13000) AS s (x)";
            host.database.execute("INSERT INTO messages (id, sent_at) SELECT x, CASE WHEN x <= 2000 THEN "
                    + midnight(1).toEpochMilli() + " ELSE " + midnight(5).toEpochMilli() + " END FROM " + numbers);
            ChatDatabase chat = host.chat();
            MessageCleanup cleanup = chat.messageCleanup(policies()).build();
            PartitionDrop drop = chat.partitionDrop(cleanup)
                    .lockLimit(Duration.ofSeconds(10))
                    .build();
            try (MaintenanceEngine engine = PartitionedChat.engine(chat, cleanup, drop)) {
                succeeded(engine.runNow(cleanup.name()).get(60, TimeUnit.SECONDS));
                host.database.execute(
                        "UPDATE messages SET sent_at = " + midnight(1).toEpochMilli()
                                + " WHERE id <= 4000"); // 2,000 of 11,000: fewer than 3,300, but not with those 2,000
                Run waiting = engine.runNow(drop.name()).get(60, TimeUnit.SECONDS);
                assertThat(waiting.state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
                assertThat(host.partitions()).contains("m1");
            }
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = By.class,
            names = {"POSTGRESQL_MILLIS", "MARIADB_MILLIS"})
    void what_was_dropped_counts_towards_the_share_of_the_cleanup(By by) throws Exception {
        on(by, host -> {
            String numbers = by.server == TestServer.MARIADB
                    ? "(SELECT seq AS x FROM seq_1_to_13000) s"
                    : "generate_series(CAST(1 AS bigint), 13000) AS s (x)";
            host.database.execute("INSERT INTO messages (id, sent_at) SELECT x, CASE WHEN x <= 2000 THEN "
                    + midnight(1).toEpochMilli() + " ELSE " + midnight(5).toEpochMilli() + " END FROM " + numbers);
            host.database.execute(host.insertion(20_000, midnight(3), "1", "1", "TRUE")); // keeps its partition
            ChatDatabase chat = host.chat();
            MessageCleanup cleanup = chat.messageCleanup(policies()).build();
            PartitionDrop drop = chat.partitionDrop(cleanup)
                    .name("drop")
                    .lockLimit(Duration.ofSeconds(10))
                    .build();
            try (MaintenanceEngine engine = PartitionedChat.engine(chat, cleanup, drop)) {
                assertThat(succeeded(engine.runNow("drop").get(60, TimeUnit.SECONDS))
                                .get("deleted.expired"))
                        .isEqualTo(2000);
                host.database.execute(
                        "UPDATE messages SET sent_at = " + midnight(3).toEpochMilli()
                                + " WHERE id <= 4000"); // 2,000 of 11,000: fewer than 3,300, but not with those 2,000
                Run waiting = engine.runNow(cleanup.name()).get(60, TimeUnit.SECONDS);
                assertThat(waiting.state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
                assertThat(host.ids()).hasSize(11_001);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = By.class,
            names = {"POSTGRESQL_MILLIS", "MARIADB_MILLIS"})
    void what_takes_longer_to_look_at_than_it_may_be_locked_stays(By by) throws Exception {
        on(by, host -> {
            String numbers = by.server == TestServer.MARIADB
                    ? "(SELECT seq AS x FROM seq_1_to_400000) s"
                    : "generate_series(CAST(1 AS bigint), 400000) AS s (x)";
            host.database.execute("INSERT INTO messages (id, sent_at) SELECT x, "
                    + midnight(1).toEpochMilli() + " FROM " + numbers);
            ChatDatabase chat = host.chat();
            MessageCleanup cleanup =
                    chat.messageCleanup(policies()).shareLimit(1).build();
            PartitionDrop drop =
                    chat.partitionDrop(cleanup).lockLimit(Duration.ofMillis(10)).build();
            try (MaintenanceEngine engine = PartitionedChat.engine(chat, cleanup, drop)) {
                Counts counts = succeeded(engine.runNow(drop.name()).get(60, TimeUnit.SECONDS));
                assertThat(counts.get("skipped.timeLimit")).isEqualTo(1);
                assertThat(counts.get("deleted.expired")).isZero();
            }
            assertThat(host.partitions()).contains("m1");
            assertThat(host.database.strings("SELECT COUNT(*) FROM messages")).containsExactly("400000");
        });
    }

    @Test
    void what_cannot_be_dropped_safely_is_refused_at_start() throws Exception {
        try (TestDatabase database = TestServer.H2.open()) {
            HostChat host = new HostChat(database, HostChat.Shape.MILLIS);
            assertThat(drop(host.chat(), policies()).problems())
                    .containsExactly("partitions: h2 has none; leave the task out");
            ChatDatabase chat = host.chat();
            MessageCleanup archiving =
                    chat.messageCleanup(policies()).archive(chat.archive()).build();
            assertThatThrownBy(() -> chat.partitionDrop(archiving)).hasMessageContaining("could not restore");
            MessageCleanup elsewhere = ChatDatabase.of(database.dataSource(), host.schema())
                    .messageCleanup(policies())
                    .build();
            assertThatThrownBy(() -> chat.partitionDrop(elsewhere)).hasMessageContaining("another ChatDatabase's");
            PartitionDrop.Builder builder =
                    chat.partitionDrop(chat.messageCleanup(policies()).build());
            assertThatThrownBy(() -> builder.lockLimit(Duration.ofMillis(9)))
                    .hasMessage("lockLimit: PT0.009S given, 10 ms to a minute allowed");
            assertThatThrownBy(() -> builder.lockLimit(Duration.ofMinutes(1).plusMillis(1)))
                    .hasMessageContaining("10 ms to a minute allowed");
        }
        for (TestServer server : List.of(TestServer.POSTGRESQL, TestServer.MARIADB)) {
            try (TestDatabase database = server.open()) {
                HostChat host = new HostChat(database, HostChat.Shape.MILLIS);
                assertThat(drop(host.chat(), policies()).problems())
                        .singleElement()
                        .asString()
                        .contains("not partitioned by RANGE");
            }
        }
        on(By.MARIADB_COLUMNS, host -> {
            host.database.execute("ALTER TABLE messages REMOVE PARTITIONING");
            host.database.execute(
                    "ALTER TABLE messages PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN" + " MAXVALUE)");
            assertThat(drop(host.chat(), policies()).problems())
                    .singleElement()
                    .asString()
                    .contains("not partitioned by RANGE");
        });
    }
}
