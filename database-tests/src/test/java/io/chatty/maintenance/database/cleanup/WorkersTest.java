package io.chatty.maintenance.database.cleanup;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.cleanup.PausingDataSource.Sent;
import io.chatty.maintenance.database.cleanup.PausingDataSource.StatementWatcher;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.Archive;
import io.chatty.maintenance.jdbc.ArchiveFilter;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.jdbc.ChatSchema;
import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.jdbc.MessageTable;
import io.chatty.maintenance.retention.LegalHold;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Several workers of one cleanup, on real servers: whatever goes wrong with one of them, each row goes and counts once. */
final class WorkersTest {

    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final int OLD = 120;
    private static final int YOUNG = 10;
    private static final String CLEANUP = "message-cleanup";

    private static void fill(HostChat host) throws SQLException {
        host.clear();
        host.execute("DELETE FROM chatty_maintenance_hold");
        List<Message> messages = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = 1; i <= OLD + YOUNG; i++) {
            Instant sentAt = i <= OLD ? NOW.minus(ofDays(200)).plus(ofHours(i * 20L)) : NOW.minus(ofDays(1));
            messages.add(new Message(Integer.toString(i), sentAt, Integer.toString(1 + i % 2), "1", null, null));
            ids.add(Integer.toString(i));
        }
        host.add(messages);
        host.addReactions(ids);
        host.addAttachments(ids);
    }

    private static MaintenanceEngine engine(HostChat host, Way way, int workers, StatementWatcher watcher) {
        return engine(host, way, workers, watcher, ChatDatabase::runStore);
    }

    private static MaintenanceEngine engine(
            HostChat host, Way way, int workers, StatementWatcher watcher, Function<ChatDatabase, RunStore> store) {
        ChatDatabase chat = ChatDatabase.of(
                PausingDataSource.ofStatements(host.database.dataSource(), watcher), host.schema(), workers + 1);
        MaintenanceEngine engine = MaintenanceEngine.builder()
                .name(host.database.name())
                .runStore(store.apply(chat))
                .clock(() -> NOW)
                .settings(s -> s.batchSize(12).taskDefaults(t -> t.retries(10).retryDelay(ofMillis(20), ofMillis(200))))
                .task(chat.messageCleanup(way.policies()).workers(workers).build())
                .build();
        engine.start();
        return engine;
    }

    private static Run ended(MaintenanceEngine engine, String label) throws Exception {
        Run ended = engine.runNow(CLEANUP).get(120, TimeUnit.SECONDS);
        assertThat(ended.state()).as(label + ": " + ended.detail()).isEqualTo(RunState.SUCCEEDED);
        return ended;
    }

    /** All that was due went, once, and nothing else. */
    private static void assertExact(HostChat host, Run run, String label) throws SQLException {
        for (String table : List.of("messages", "reactions", "attachments")) {
            assertThat(host.rows(table)).as(label + ": " + table).isEqualTo(YOUNG);
        }
        assertThat(run.counts().get("deleted.expired")).as(label + ": counted").isEqualTo(OLD);
        // A lane may find a row locked by the one beside it, whose range ends there: a second pass looks at it again.
        // Policies of the host's own are asked about all that could be theirs, in each pass.
        long again = run.counts().get("skipped.lockedAtFirst");
        long asked = OLD + YOUNG + (again > 0 ? again + YOUNG : 0);
        assertThat(run.counts().get("examined")).as(label + ": examined").isIn(OLD + again, asked);
        for (String children : List.of("reactions", "attachments")) {
            assertThat(run.counts().get("deleted.children." + children))
                    .as(label + ": counted " + children)
                    .isEqualTo(OLD);
        }
        assertThat(host.rows("chatty_maintenance_lane")).as(label + ": lanes").isZero();
    }

    private static boolean inLane() {
        return Thread.currentThread().getName().contains("-lane-");
    }

    private static boolean guards(Sent sent) {
        return sent.sql().contains("chatty_maintenance_run")
                && (sent.sql().endsWith("FOR SHARE") || sent.sql().endsWith("LOCK IN SHARE MODE"));
    }

    private static boolean records(Sent sent) {
        return sent.sql().startsWith("UPDATE chatty_maintenance_run")
                && sent.sql().contains("batch_cursor");
    }

    /** As a driver would throw it, through an interface that knows of no such exception. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void raise(Throwable failure) throws E {
        throw (E) failure;
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#allServers")
    void what_several_remove_and_count_is_what_one_does(TestServer server, Way way) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            fill(host);
            Set<String> removers = ConcurrentHashMap.newKeySet();
            try (MaintenanceEngine engine = engine(host, way, 3, (sent, before) -> {
                if (sent.deletesFrom("messages") && !sent.arguments().isEmpty()) {
                    removers.add(Thread.currentThread().getName().replaceAll(".*-lane-", "lane "));
                }
            })) {
                assertExact(host, ended(engine, server + " " + way), server + " " + way);
            }
            if (server == TestServer.H2) {
                assertThat(removers).as("it has no lock that several can share").noneMatch(it -> it.startsWith("lane"));
            } else {
                assertThat(removers).contains("lane 1", "lane 2").hasSizeGreaterThan(2);
            }
            assertThat(Eventually.engineThreads().stream().map(Thread::getName))
                    .as("threads left")
                    .noneMatch(it -> it.contains("-lane-"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void where_runs_are_kept_elsewhere_one_works(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            fill(host);
            AtomicBoolean lanes = new AtomicBoolean();
            try (MaintenanceEngine engine = engine(
                    host,
                    Way.BY_A_CONDITION,
                    3,
                    (sent, before) -> lanes.compareAndSet(false, inLane()),
                    chat -> new InMemoryRunStore())) {
                assertExact(host, ended(engine, server.toString()), server.toString());
            }
            assertThat(lanes).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#servers")
    void what_lanes_have_committed_is_counted_once_when_their_batch_is_not_recorded(TestServer server, Way way)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            fill(host);
            AtomicInteger records = new AtomicInteger();
            AtomicInteger committedAhead = new AtomicInteger();
            StatementWatcher losing = (sent, before) -> {
                if (before && records(sent) && records.incrementAndGet() % 2 == 0) {
                    try {
                        committedAhead.addAndGet((int) host.rows("chatty_maintenance_lane"));
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                    WorkersTest.<RuntimeException>raise(new SQLTransactionRollbackException("lost", "40001"));
                }
            };
            try (MaintenanceEngine engine = engine(host, way, 3, losing)) {
                assertExact(host, ended(engine, server + " " + way), server + " " + way);
            }
            assertThat(committedAhead).as("rows of lanes whose batch was lost").hasValueGreaterThan(2);
        }
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#servers")
    void a_run_that_ends_without_another_batch_counts_what_its_lanes_have_committed(TestServer server, Way way)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            fill(host);
            AtomicBoolean lost = new AtomicBoolean();
            StatementWatcher losing = (sent, before) -> {
                try {
                    if (before && records(sent) && (lost.get() || host.rows("chatty_maintenance_lane") > 0)) {
                        if (sent.arguments().contains("RUNNING")) {
                            lost.set(true);
                            WorkersTest.<RuntimeException>raise(new SQLException("for good", "22000"));
                        }
                    }
                } catch (SQLException e) {
                    WorkersTest.<RuntimeException>raise(e);
                }
            };
            try (MaintenanceEngine engine = engine(host, way, 3, losing)) {
                Run run = engine.runNow(CLEANUP).get(120, TimeUnit.SECONDS);
                assertThat(run.state()).isEqualTo(RunState.FAILED);
                long gone = OLD + YOUNG - host.rows("messages");
                assertThat(gone).isGreaterThan(12);
                assertThat(engine.history(CLEANUP, 1).get(0).counts().get("deleted.expired"))
                        .isEqualTo(gone);
                assertThat(host.rows("chatty_maintenance_lane")).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#servers")
    void a_node_that_has_lost_its_claim_commits_no_lane(TestServer server, Way way) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            fill(host);
            AtomicLong before = new AtomicLong();
            AtomicBoolean once = new AtomicBoolean();
            StatementWatcher taking = (sent, isBefore) -> {
                if (isBefore && inLane() && guards(sent) && once.compareAndSet(false, true)) {
                    try {
                        before.set(host.rows("messages"));
                        host.execute("UPDATE chatty_maintenance_run SET token = token + 1, owner = 'another'");
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                }
            };
            try (MaintenanceEngine engine = engine(host, way, 2, taking)) {
                CompletableFuture<Run> run = engine.runNow(CLEANUP);
                assertThat(run)
                        .failsWithin(Eventually.BOUND)
                        .withThrowableThat()
                        .withCauseInstanceOf(ClaimLostException.class);
            }
            assertThat(once).isTrue();
            assertThat(before.get()).isLessThan(OLD + YOUNG);
            assertThat(host.rows("messages")).isEqualTo(before.get());
            assertThat(host.rows("reactions")).isEqualTo(before.get());
            assertThat(host.rows("chatty_maintenance_lane")).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#servers")
    void a_deadlock_of_one_lane_costs_another_try(TestServer server, Way way) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            fill(host);
            AtomicInteger deletes = new AtomicInteger();
            StatementWatcher colliding = (sent, before) -> {
                if (before && inLane() && sent.deletesFrom("messages") && deletes.incrementAndGet() % 3 == 0) {
                    WorkersTest.<RuntimeException>raise(new SQLTransactionRollbackException("deadlock", "40001"));
                }
            };
            try (MaintenanceEngine engine = engine(host, way, 3, colliding)) {
                assertExact(host, ended(engine, server + " " + way), server + " " + way);
            }
            assertThat(deletes).hasValueGreaterThan(3);
        }
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#servers")
    void rows_that_the_host_keeps_locked_in_a_lane_are_left_for_the_second_look(TestServer server, Way way)
            throws Exception {
        try (TestDatabase database = server.open();
                var locker = database.dataSource().getConnection()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            fill(host);
            AtomicBoolean freed = new AtomicBoolean();
            locker.setAutoCommit(false);
            try (var lock = locker.createStatement()) {
                lock.executeQuery("SELECT id FROM messages WHERE id = 100 FOR UPDATE");
            }
            StatementWatcher freeing = (sent, before) -> {
                // The second pass begins: its cursor says so.
                boolean second = records(sent)
                        && sent.arguments().stream()
                                .anyMatch(it -> String.valueOf(it).startsWith("2 "));
                if (!before && second && freed.compareAndSet(false, true)) {
                    try {
                        locker.rollback();
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                }
            };
            try (MaintenanceEngine engine = engine(host, way, 3, freeing)) {
                Run run = ended(engine, server + " " + way);
                assertThat(run.counts().get("skipped.lockedAtFirst")).isPositive();
                assertThat(run.counts().get("skipped.locked")).isZero();
                assertThat(run.counts().get("deleted.expired")).isEqualTo(OLD);
                assertThat(host.rows("messages")).isEqualTo(YOUNG);
            }
            locker.setAutoCommit(true);
        }
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#servers")
    void a_hold_that_is_placed_at_any_step_of_a_lane_is_honoured_from_then_on(TestServer server, Way way)
            throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            boolean reached = true;
            for (int step = 0; reached && step < 30; step++) {
                fill(host);
                reached = holdAt(host, way, step);
                assertThat(reached || step > 8).as("steps of a lane").isTrue();
            }
        }
    }

    /** Places a hold before that statement or commit of lanes; false if they have fewer. */
    private static boolean holdAt(HostChat host, Way way, int wanted) throws Exception {
        LegalHold hold =
                LegalHold.builder("case " + wanted, "a", "a case").room("2").build();
        AtomicInteger steps = new AtomicInteger();
        AtomicReference<CompletableFuture<Set<String>>> placed = new AtomicReference<>();
        StatementWatcher placing = (sent, before) -> {
            if (!before || !inLane() || steps.getAndIncrement() != wanted) {
                return;
            }
            placed.set(CompletableFuture.supplyAsync(() -> {
                host.chat().holds().place(hold);
                try {
                    return new TreeSet<>(host.database.strings("SELECT id FROM messages WHERE room_id = 2"));
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            }));
            try {
                Eventually.eventually("the hold stands", () -> host.rows("chatty_maintenance_hold") > 0);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        };
        String label = host.database.server() + " " + way + " before step " + wanted;
        try (MaintenanceEngine engine = engine(host, way, 3, placing)) {
            Run run = ended(engine, label);
            if (steps.get() <= wanted) {
                return false;
            }
            Set<String> held = placed.get().get(60, TimeUnit.SECONDS);
            Set<String> left = host.ids("messages", "id");
            assertThat(left).as(label).containsAll(held);
            assertThat(run.counts().get("deleted.expired")).as(label).isEqualTo(OLD + YOUNG - left.size());
            assertThat(host.ids("reactions", "message_id")).as(label).isEqualTo(left);
            assertThat(host.ids("attachments", "message_id")).as(label).isEqualTo(left);
            assertThat(held).as(label + ": it came in time for some").hasSizeGreaterThan(YOUNG / 2);
        }
        return true;
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#servers")
    void a_cancel_stops_all_lanes(TestServer server, Way way) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            fill(host);
            AtomicLong before = new AtomicLong();
            long left;
            AtomicBoolean once = new AtomicBoolean();
            MaintenanceEngine[] cancelled = new MaintenanceEngine[1];
            StatementWatcher cancelling = (sent, isBefore) -> {
                if (isBefore && inLane() && sent.deletesFrom("messages") && once.compareAndSet(false, true)) {
                    try {
                        before.set(host.rows("messages"));
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                    cancelled[0].cancel(CLEANUP);
                }
            };
            try (MaintenanceEngine engine = engine(host, way, 2, cancelling)) {
                cancelled[0] = engine;
                Run run = engine.runNow(CLEANUP).get(60, TimeUnit.SECONDS);
                assertThat(run.state()).isEqualTo(RunState.CANCELLED);
                left = host.rows("messages");
                // The batch beside it, of six, may have been over already, but for its commit.
                assertThat(left).as("nothing more went").isIn(before.get(), before.get() - 6);
                assertThat(run.counts().get("deleted.expired")).isEqualTo(OLD + YOUNG - left);
                assertThat(host.rows("chatty_maintenance_lane")).isZero();
            } catch (ExecutionException e) {
                throw new AssertionError("the run did not end as cancelled", e.getCause());
            }
            assertThat(new TreeSet<>(host.ids("reactions", "message_id"))).hasSize((int) left);
        }
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.cleanup.Way#servers")
    void what_several_archive_in_tables_comes_back_whole(TestServer server, Way way) throws Exception {
        try (TestDatabase database = server.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            fill(host);
            ArchivedChat.remember(host);
            ChatDatabase chat = ChatDatabase.of(database.dataSource(), host.schema(), 4);
            Archive archive = chat.archive();
            archive.migrate();
            try (MaintenanceEngine engine = MaintenanceEngine.builder()
                    .runStore(chat.runStore())
                    .clock(() -> NOW)
                    .settings(s -> s.batchSize(12))
                    .task(chat.messageCleanup(way.policies())
                            .workers(3)
                            .archive(archive)
                            .build())
                    .build()) {
                engine.start();
                assertExact(host, ended(engine, server + " " + way), server + " " + way);
            }
            assertThat(archive.count(ArchiveFilter.all())).isEqualTo(OLD);
            assertThat(archive.restore(ArchiveFilter.all()).get("restored.messages"))
                    .isEqualTo(OLD);
            ArchivedChat.assertSame(host);
        }
    }

    private static Stream<Arguments> unsharable() {
        ChatSchema plain = HostChat.schema(Shape.ZONED);
        return Stream.of(
                Arguments.of(
                        plain,
                        2,
                        List.of("workers: 3 given, ", "may hold 2", "ChatDatabase.of(dataSource, schema, 4)")),
                Arguments.of(plain, 3, List.of("may hold 3; allow 4", "give at most 2")),
                Arguments.of(schema(m -> m.files("body"), none -> {}), 4, List.of("workers: 3 given, but files")),
                Arguments.of(
                        schema(
                                m -> {},
                                s -> s.children(
                                        "reactions",
                                        c -> c.refersBy("message_id").files("emoji"))),
                        4,
                        List.of("workers: 3 given, but files")),
                Arguments.of(
                        schema(
                                m -> {},
                                s -> s.shared(
                                        "pictures", t -> t.key("id").through("links", "picture_id", "message_id"))),
                        4,
                        List.of("workers: 3 given, but \"pictures\" belongs to several messages")),
                Arguments.of(
                        schema(
                                m -> {},
                                s -> s.counter(
                                        "rooms",
                                        c -> c.key("id").column("total").of("room_id"))),
                        4,
                        List.of("workers: 3 given, but ", "counts messages")),
                Arguments.of(
                        schema(
                                m -> {},
                                s -> s.children(
                                        "messages", c -> c.refersBy("reply_to").setLoose())),
                        4,
                        List.of("workers: 3 given, but messages refer to messages (")));
    }

    private static ChatSchema schema(Consumer<MessageTable.Builder> messages, Consumer<ChatSchema.Builder> more) {
        ChatSchema.Builder schema = ChatSchema.builder()
                .messages(
                        "messages",
                        m -> messages.accept(m.key("id").sentAt("sent_at").room("room_id")));
        more.accept(schema);
        return schema.build();
    }

    @ParameterizedTest
    @MethodSource("unsharable")
    void what_several_cannot_share_is_refused_before_anything_goes(
            ChatSchema schema, int connections, List<String> said) throws Exception {
        try (TestDatabase database = TestServer.H2.open()) {
            HostChat host = new HostChat(database, Shape.ZONED);
            host.execute("ALTER TABLE messages ADD COLUMN reply_to BIGINT");
            host.execute("ALTER TABLE rooms ADD COLUMN total BIGINT");
            host.execute("CREATE TABLE pictures (id BIGINT PRIMARY KEY)");
            host.execute("CREATE TABLE links (picture_id BIGINT, message_id BIGINT)");
            ChatDatabase chat = ChatDatabase.of(database.dataSource(), schema, connections);
            MessageCleanup.Builder cleanup = chat.messageCleanup(Way.BY_A_CONDITION.policies());
            assertThat(cleanup.build().problems()).as("one can").isEmpty();
            assertThat(cleanup.workers(3).build().problems())
                    .singleElement(as(STRING))
                    .contains(said);
        }
    }

    @Test
    void too_many_or_none_or_those_that_keep_no_order_are_refused_at_once() throws Exception {
        try (TestDatabase database = TestServer.H2.open()) {
            ChatDatabase chat = ChatDatabase.of(database.dataSource(), HostChat.schema(Shape.ZONED), 20);
            MessageCleanup.Builder cleanup = chat.messageCleanup(Way.BY_A_CONDITION.policies());
            for (int wrong : new int[] {-1, 0, 17}) {
                assertThatThrownBy(() -> cleanup.workers(wrong))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("workers: " + wrong + " given, 1 to 16 allowed");
            }
            assertThatThrownBy(() -> cleanup.workers(2).tellDeleted().build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("workers: 2 given together with tellDeleted");
            assertThat(cleanup.workers(1).build().name()).isEqualTo(CLEANUP);
        }
    }
}
