package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.cleanup.PausingDataSource.Sent;
import io.chatty.maintenance.database.cleanup.PausingDataSource.StatementWatcher;
import io.chatty.maintenance.database.servers.OwnServer;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong on a real server in the middle of a run costs another try, never a row, and what is counted stays exact. */
final class FailingServersTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final int OLD = 12;
    private static final int YOUNG = 3;

    private static HostChat chat(TestDatabase database) throws SQLException {
        HostChat host = new HostChat(database, Shape.ZONED);
        fill(host);
        return host;
    }

    private static void fill(HostChat host) throws SQLException {
        host.clear();
        List<Message> messages = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = 1; i <= OLD + YOUNG; i++) {
            Instant sentAt = NOW.minus(ofDays(i <= OLD ? 200 - i : 1));
            messages.add(new Message(Integer.toString(i), sentAt, "1", "1", null, null));
            ids.add(Integer.toString(i));
        }
        host.add(messages);
        host.addReactions(ids);
        host.addAttachments(ids);
    }

    private static MaintenanceEngine engine(HostChat host, Way way, StatementWatcher watcher, int batchSize) {
        return engine(host, host.database.dataSource(), way, watcher, batchSize);
    }

    private static MaintenanceEngine engine(
            HostChat host, DataSource source, Way way, StatementWatcher watcher, int batchSize) {
        ChatDatabase chat = ChatDatabase.of(PausingDataSource.ofStatements(source, watcher), host.schema());
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .name(host.database.name())
                .runStore(chat.runStore())
                .clock(() -> NOW)
                .settings(s ->
                        s.batchSize(batchSize).taskDefaults(t -> t.retries(10).retryDelay(ofMillis(20), ofMillis(200))))
                .task(chat.messageCleanup(way.policies()).build())
                .build();
        engine.start();
        return engine;
    }

    private static Run ended(CompletableFuture<Run> run, String label) throws Exception {
        Run ended = run.get(120, TimeUnit.SECONDS);
        assertThat(ended.state()).as(label + ": " + ended.detail()).isEqualTo(RunState.SUCCEEDED);
        return ended;
    }

    /** All that was due went, once, and nothing else. */
    private static void assertExact(HostChat host, Run run, String label) throws SQLException {
        for (String table : List.of("messages", "reactions", "attachments")) {
            assertThat(host.rows(table)).as(label + ": " + table).isEqualTo(YOUNG);
        }
        assertThat(run.counts().get("deleted.expired")).as(label + ": counted").isEqualTo(OLD);
        for (String children : List.of("reactions", "attachments")) {
            assertThat(run.counts().get("deleted.children." + children))
                    .as(label + ": counted " + children)
                    .isEqualTo(OLD);
        }
    }

    private interface Harm {
        void done() throws Exception;
    }

    /** Does harm once, before or after the nth statement or commit of batches. */
    private static final class At implements StatementWatcher {

        private final int wanted;
        private final boolean before;
        private final Harm harm;
        private final AtomicInteger step = new AtomicInteger();
        private volatile boolean inBatch;
        private volatile String at = "";

        private At(int wanted, boolean before, Harm harm) {
            this.wanted = wanted;
            this.before = before;
            this.harm = harm;
        }

        @Override
        public void at(Sent sent, boolean isBefore) {
            if (isBefore && sent.sql().contains("chatty_maintenance_guard")) {
                inBatch = true;
            }
            boolean ends = sent.what().equals("commit");
            if (inBatch && isBefore == before && step.getAndIncrement() == wanted) {
                at = sent.what() + " " + sent.sql();
                try {
                    harm.done();
                } catch (Exception e) {
                    FailingServersTest.<RuntimeException>raise(e);
                }
            }
            if (!isBefore && ends) {
                inBatch = false;
            }
        }

        boolean isDone() {
            return step.get() > wanted;
        }
    }

    /** As a driver would throw it, through an interface that knows of no such exception. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void raise(Throwable failure) throws E {
        throw (E) failure;
    }

    /** Ends all other sessions of the database on the server. */
    private static void killOthers(HostChat host) throws SQLException {
        if (host.database.server() == TestServer.POSTGRESQL) {
            host.database.strings("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
            return;
        }
        for (String id : host.database.strings("SELECT id FROM information_schema.processlist WHERE db = '"
                + host.database.name() + "' AND id <> connection_id()")) {
            try {
                host.execute("KILL " + id);
            } catch (SQLException e) {
                assertThat(e.getErrorCode())
                        .as("it may have ended by itself: " + e)
                        .isEqualTo(1094);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#servers")
    void a_connection_that_is_killed_before_any_statement_of_a_run_costs_another_try(TestServer server, Way way)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            boolean done = true;
            for (int step = 0; done; step++) {
                fill(host);
                At at = new At(step, true, () -> killOthers(host));
                try (MaintenanceEngine engine = engine(host, way, at, 8)) {
                    Run run = ended(engine.runNow("message-cleanup"), at.at);
                    assertExact(host, run, server + " killed before " + at.at);
                }
                done = at.isDone();
                assertThat(done || step > 10).as("steps").isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#servers")
    void a_commit_whose_answer_is_lost_is_not_counted_twice(TestServer server, Way way) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            AtomicInteger commits = new AtomicInteger();
            AtomicBoolean inBatch = new AtomicBoolean();
            StatementWatcher losing = (sent, before) -> {
                if (sent.sql().contains("chatty_maintenance_guard")) {
                    inBatch.set(true);
                }
                boolean ofBatch = !before && sent.what().equals("commit") && inBatch.getAndSet(false);
                if (ofBatch && commits.getAndIncrement() % 2 == 1) {
                    FailingServersTest.<RuntimeException>raise(new SQLNonTransientConnectionException("lost", "08006"));
                }
            };
            try (MaintenanceEngine engine = engine(host, way, losing, 4)) {
                try {
                    engine.runNow("message-cleanup").get(120, TimeUnit.SECONDS);
                } catch (ExecutionException e) { // the answer to the last one can be lost, too: then the run has ended
                    assertThat(e).hasCauseInstanceOf(ClaimLostException.class);
                }
                Run run = engine.history("message-cleanup", 1).get(0);
                assertThat(run.state()).as(run.detail()).isEqualTo(RunState.SUCCEEDED);
                assertThat(commits).hasValueGreaterThan(3);
                assertExact(host, run, server + " " + way);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#servers")
    void a_statement_timeout_in_the_middle_of_a_run_costs_another_try(TestServer server, Way way) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            HikariConfig hasty = new HikariConfig();
            hasty.setJdbcUrl(database.jdbcUrl());
            hasty.setUsername(database.user());
            hasty.setPassword(database.password());
            hasty.setConnectionInitSql(
                    server == TestServer.POSTGRESQL ? "SET statement_timeout = 300" : "SET max_statement_time = 0.3");
            try (HikariDataSource pool = new HikariDataSource(hasty);
                    Connection user = database.dataSource().getConnection()) {
                user.setAutoCommit(false);
                try (Statement statement = user.createStatement()) {
                    statement.execute("UPDATE messages SET body = 'edited' WHERE id = 7");
                }
                AtomicInteger batches = new AtomicInteger();
                AtomicBoolean timedOut = new AtomicBoolean();
                StatementWatcher releasing = (sent, before) -> {
                    if (before && sent.sql().contains("chatty_maintenance_guard") && batches.incrementAndGet() == 3) {
                        timedOut.set(true);
                        try {
                            user.rollback();
                        } catch (SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                };
                try (MaintenanceEngine engine = engine(host, pool, way, releasing, 6)) {
                    Run run = ended(engine.runNow("message-cleanup"), "timeout");
                    assertThat(timedOut).as("a batch was tried again").isTrue();
                    assertThat(run.batches()).as("of which one was tried twice").isLessThan(batches.get());
                    assertExact(host, run, server + " " + way);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#servers")
    void a_server_that_restarts_in_the_middle_of_a_batch_costs_another_try(TestServer server, Way way)
            throws Exception {
        try (OwnServer own = OwnServer.start(server);
                TestDatabase database = own.open()) {
            HostChat host = chat(database);
            At at = new At(way == Way.BY_A_CONDITION ? 9 : 12, true, own::restart);
            try (MaintenanceEngine engine = engine(host, way, at, 5)) {
                Run run = ended(engine.runNow("message-cleanup"), at.at);
                assertThat(at.isDone()).isTrue();
                assertExact(host, run, server + " restarted before " + at.at);
            }
        }
    }

    /** What the host has locked, and then wants, while the cleanup has the other way round. */
    private enum Order {
        A_LATER_MESSAGE_FIRST(
                "UPDATE messages SET body = 'a' WHERE id = 9", "UPDATE messages SET body = 'b' WHERE id = 2"),
        A_CHILD_FIRST(
                "UPDATE reactions SET emoji = 'a' WHERE message_id = 9", "UPDATE messages SET body = 'b' WHERE id = 2");

        private final String first;
        private final String then;

        Order(String first, String then) {
            this.first = first;
            this.then = then;
        }
    }

    private static Stream<Arguments> deadlocks() {
        return Way.allServers()
                .flatMap(each ->
                        Stream.of(Order.values()).map(order -> Arguments.of(each.get()[0], each.get()[1], order)));
    }

    @ParameterizedTest
    @MethodSource("deadlocks")
    void a_deadlock_with_the_host_costs_another_try(TestServer server, Way way, Order order) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            try (Connection user = database.dataSource().getConnection();
                    Statement statement = user.createStatement();
                    MaintenanceEngine engine = engine(host, way, (sent, before) -> {}, 100)) {
                user.setAutoCommit(false);
                statement.execute(order.first);
                CompletableFuture<Run> run = engine.runNow("message-cleanup");
                Eventually.eventually("the cleanup waits for the host's lock", () -> host.count(waiting(server)) > 0);
                try {
                    statement.execute(order.then);
                    user.commit();
                } catch (SQLException e) {
                    user.rollback(); // it was the host's turn to give way
                }
                Run first = ended(run, server + " " + way + " " + order);
                long deleted = first.counts().get("deleted.expired");
                assertThat(host.count("SELECT COUNT(*) FROM messages")).isEqualTo(OLD + YOUNG - deleted);
                assertThat(host.count("SELECT COUNT(*) FROM reactions")).isEqualTo(OLD + YOUNG - deleted);
                Run second = ended(engine.runNow("message-cleanup"), "afterwards");
                assertThat(second.counts().get("deleted.expired")).isEqualTo(OLD - deleted);
                assertThat(host.count("SELECT COUNT(*) FROM reactions")).isEqualTo(YOUNG);
            }
        }
    }

    private static String waiting(TestServer server) {
        return switch (server) {
            case H2 -> "SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL";
            case POSTGRESQL -> "SELECT COUNT(*) FROM pg_locks WHERE NOT granted";
            case MARIADB ->
                "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE TIME_MS > 50"
                        + " AND (INFO LIKE 'SELECT%FOR UPDATE' OR INFO LIKE 'DELETE m FROM%')";
        };
    }

    /** Minutes, as far as the cleanup can tell: longer than all it waits for. */
    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#allServers")
    void a_message_that_is_locked_at_first_goes_in_the_second_look_and_one_that_stays_locked_in_the_next_run(
            TestServer server, Way way) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            try (Connection one = database.dataSource().getConnection();
                    Connection other = database.dataSource().getConnection();
                    Statement ofOne = one.createStatement();
                    Statement ofOther = other.createStatement()) {
                one.setAutoCommit(false);
                other.setAutoCommit(false);
                ofOne.execute("UPDATE messages SET body = 'a' WHERE id = 3");
                ofOther.execute("UPDATE messages SET body = 'a' WHERE id = 8");
                AtomicBoolean released = new AtomicBoolean();
                AtomicBoolean first = new AtomicBoolean();
                StatementWatcher releasing = (sent, before) -> {
                    boolean record = sent.arguments().stream()
                            .anyMatch(it -> it.toString().contains("skipped.lockedAtFirst"));
                    if (record) {
                        first.set(true);
                    }
                    if (!before && sent.what().equals("commit") && first.get() && !released.getAndSet(true)) {
                        try {
                            one.rollback();
                        } catch (SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                };
                try (MaintenanceEngine engine = engine(host, way, releasing, 100)) {
                    Run run = ended(engine.runNow("message-cleanup"), server + " " + way);
                    assertThat(run.counts().get("skipped.lockedAtFirst")).isEqualTo(2);
                    assertThat(run.counts().get("skipped.locked")).isEqualTo(1);
                    assertThat(run.counts().get("deleted.expired")).isEqualTo(OLD - 1);
                    assertThat(host.ids("messages", "id")).contains("8").doesNotContain("3");
                    assertThat(host.ids("reactions", "message_id"))
                            .contains("8")
                            .doesNotContain("3");
                    other.rollback();
                    assertThat(ended(engine.runNow("message-cleanup"), "next")
                                    .counts()
                                    .get("deleted.expired"))
                            .isEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void children_that_come_with_their_message_while_orphans_are_looked_for_stay(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = chat(database);
            host.addReactions(List.of("500", "900")); // orphans before and after what the host is about to add
            try (Connection user = database.dataSource().getConnection();
                    Statement statement = user.createStatement()) {
                user.setAutoCommit(false);
                statement.execute("INSERT INTO messages (id, room_id, user_id) VALUES (700, 1, 1)");
                statement.execute("INSERT INTO reactions (message_id, emoji) VALUES (700, '+1')");
                MaintenanceEngine engine = MaintenanceEngine.builder()
                        .runStore(host.chat().runStore())
                        .clock(() -> NOW)
                        .task(host.chat()
                                .messageCleanup(RetentionPolicies.builder().build())
                                .removeOrphans()
                                .build())
                        .build();
                try (engine) {
                    engine.start();
                    CompletableFuture<Run> run = engine.runNow("message-cleanup");
                    if (server == TestServer.MARIADB) { // the others do not see the host's reaction at all
                        Eventually.eventually("it waits for the reaction", () -> host.count(waiting(server)) > 0);
                    }
                    user.commit();
                    assertThat(ended(run, server + "").counts().get("deleted.orphans.reactions"))
                            .isEqualTo(2);
                    assertThat(host.ids("reactions", "message_id"))
                            .contains("700")
                            .doesNotContain("500", "900");
                }
            }
        }
    }
}
