package io.chatty.maintenance.database.cleanup;

import static io.chatty.maintenance.database.cleanup.Eventually.eventually;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.chatty.maintenance.database.cleanup.HostChat.Message;
import io.chatty.maintenance.database.cleanup.HostChat.Shape;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.engine.EngineSettings;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.jdbc.ChatDatabase;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadSignal;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A close gives the host back what it lent, whatever goes on just then, and what is stored is what was done. */
final class CloseWithConnectionsTest {

    private static final String TASK = "message-cleanup";
    private static final int DUE = 40;
    private static final int STAYING = 10;
    private static final Duration CLOSE_TIMEOUT = ofMillis(300);
    private static final Duration BOUND = CLOSE_TIMEOUT.plusSeconds(10);

    static Stream<Arguments> pools() {
        return Stream.of(TestServer.values())
                .flatMap(server -> Stream.of(false, true).map(autoCommit -> arguments(server, autoCommit)));
    }

    /** A host with its pool, and an engine of one cleanup on it. */
    private static final class Host implements AutoCloseable {
        final TestDatabase database;
        final HostChat tables;
        final LentConnections lent;
        final ChatDatabase chat;
        final AtomicBoolean fails = new AtomicBoolean();
        final WatchedSignal signal;
        final AtomicReference<LoadReading> load = new AtomicReference<>(LoadReading.normal("quiet"));

        Host(TestServer server, boolean autoCommit) throws Exception {
            database = server.open();
            tables = new HostChat(database, Shape.ZONED);
            Instant now = Instant.now();
            List<Message> messages = new ArrayList<>();
            for (int i = 0; i < DUE + STAYING; i++) {
                Instant sentAt = i < STAYING
                        ? now.minus(ofDays(10))
                        : now.minus(ofDays(100)).plusSeconds(i);
                messages.add(new Message(Integer.toString(i), sentAt, "1", "1", null, null));
            }
            tables.add(messages);
            lent = new LentConnections(database, autoCommit);
            chat = ChatDatabase.of(lent.dataSource(), tables.schema());
            signal = new WatchedSignal(
                    new LoadSignal() {
                        @Override
                        public String name() {
                            return "test";
                        }

                        @Override
                        public LoadReading read() {
                            return load.get();
                        }
                    },
                    lent::inUse);
        }

        MaintenanceEngine engine(UnaryOperator<EngineSettings.Builder> settings) {
            RetentionPolicies policies = FailingPolicies.keep50Days(fails);
            return MaintenanceEngine.builder()
                    .name(database.name())
                    .runStore(chat.runStore())
                    .settings(s -> settings.apply(s.closeTimeout(CLOSE_TIMEOUT)
                            .signalInterval(ofMillis(1))
                            .signalTimeout(Eventually.BOUND)
                            .batchSize(5)
                            .taskDefaults(task -> task.retryIf(failure -> true))))
                    .signal(signal)
                    .task(chat.messageCleanup(policies).build())
                    .build();
        }

        void close(MaintenanceEngine engine) throws Exception {
            long begin = System.nanoTime();
            engine.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(BOUND);
            assertThat(lent.inUse()).as("connections in use").isZero();
            assertGone();
        }

        /** Nothing of the engine is left, and each connection is as it was. */
        void assertGone() throws Exception {
            eventually("no thread is left", () -> Eventually.engineThreads().isEmpty());
            assertThat(ManagementFactory.getPlatformMBeanServer()
                            .queryNames(new ObjectName("io.chatty.maintenance:*"), null))
                    .isEmpty();
            assertThat(lent.handedBack()).isNotEmpty().containsOnly(lent.untouched());
            assertThat(lent.physical()).containsOnly(lent.untouched());
        }

        /** What the store says is what was done, and no more than was due. */
        Run assertInterruptedAfter(int batches) throws Exception {
            Run run = chat.runStore().history(TASK, 1).get(0);
            assertThat(run.state()).as(run.detail()).isEqualTo(RunState.INTERRUPTED);
            assertThat(run.batches()).isGreaterThanOrEqualTo(batches);
            assertThat(tables.count("SELECT COUNT(*) FROM messages"))
                    .isEqualTo(DUE + STAYING - run.counts().get("deleted.expired"))
                    .isGreaterThan(STAYING);
            return run;
        }

        /** The next engine takes the run up and brings it to its end. */
        void assertGoesOn(Run interrupted) throws Exception {
            load.set(LoadReading.normal("quiet"));
            fails.set(false);
            signal.letOn();
            try (MaintenanceEngine next = engine(s -> s)) {
                next.start();
                Run run = Runs.awaitEnd(next, "taken up again");
                assertThat(run.id()).isEqualTo(interrupted.id());
                assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
                assertThat(run.counts().get("deleted.expired")).isEqualTo(DUE);
            }
            assertThat(tables.count("SELECT COUNT(*) FROM messages")).isEqualTo(STAYING);
        }

        /** Locks that table, on H2 all of its rows, until it is closed. */
        Connection lock(String table) throws Exception {
            Connection connection = database.dataSource().getConnection();
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        switch (database.server()) {
                            case H2 -> "SELECT * FROM " + table + " FOR UPDATE";
                            case POSTGRESQL -> "LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE";
                            case MARIADB -> "LOCK TABLES " + table + " WRITE";
                        });
            }
            return connection;
        }

        void unlock(Connection connection) throws Exception {
            connection.rollback();
            if (database.server() == TestServer.MARIADB) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("UNLOCK TABLES");
                }
            }
            connection.close();
        }

        boolean somebodyWaits() throws Exception {
            return tables.count(
                            switch (database.server()) {
                                case H2 ->
                                    "SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL";
                                case POSTGRESQL ->
                                    "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation IS NOT NULL";
                                case MARIADB ->
                                    "SELECT COUNT(*) FROM information_schema.PROCESSLIST"
                                            + " WHERE DB = DATABASE() AND STATE LIKE 'Waiting for table%'";
                            })
                    > 0;
        }

        @Override
        public void close() {
            lent.close();
            database.close();
        }
    }

    /** Begins a run whose end is looked for in the store. */
    private static void begin(MaintenanceEngine engine) throws Exception {
        engine.start();
        assertThat(engine.runNow(TASK)).isNotNull();
        eventually("batches are committed", () -> engine.history(TASK, 1).get(0).batches() >= 1);
    }

    private static String waitsFor(MaintenanceEngine engine) {
        return engine.status(TASK).waitsFor().orElse("");
    }

    @ParameterizedTest
    @MethodSource("pools")
    void during_a_batch_that_waits_for_a_lock_of_the_host(TestServer server, boolean autoCommit) throws Exception {
        try (Host host = new Host(server, autoCommit)) {
            MaintenanceEngine engine = host.engine(s -> s.taskDefaults(task -> task.itemsPerSecond(20)));
            begin(engine);
            host.signal.hold();
            Connection lock = host.lock("messages");
            host.signal.letOn();
            eventually("the batch waits for the lock", host::somebodyWaits);
            host.close(engine);
            host.unlock(lock);
            host.assertGoesOn(host.assertInterruptedAfter(1));
        }
    }

    @ParameterizedTest
    @MethodSource("pools")
    void during_a_wait_for_a_signal(TestServer server, boolean autoCommit) throws Exception {
        try (Host host = new Host(server, autoCommit)) {
            MaintenanceEngine engine = host.engine(s -> s.taskDefaults(task -> task.itemsPerSecond(20)));
            begin(engine);
            host.load.set(LoadReading.stop("busy"));
            eventually("it waits", () -> waitsFor(engine).equals("STOP: busy"));
            host.close(engine);
            host.assertGoesOn(host.assertInterruptedAfter(1));
        }
    }

    @ParameterizedTest
    @MethodSource("pools")
    void during_a_wait_for_the_rate_limit(TestServer server, boolean autoCommit) throws Exception {
        try (Host host = new Host(server, autoCommit)) {
            MaintenanceEngine engine = host.engine(s -> s.taskDefaults(task -> task.itemsPerSecond(1)));
            begin(engine);
            eventually("it waits", () -> waitsFor(engine).equals("the rate limit"));
            host.close(engine);
            Run run = host.assertInterruptedAfter(1);
            assertThat(run.batches()).isLessThan(DUE / 5);
        }
    }

    @ParameterizedTest
    @MethodSource("pools")
    void during_a_wait_for_a_retry(TestServer server, boolean autoCommit) throws Exception {
        try (Host host = new Host(server, autoCommit)) {
            MaintenanceEngine engine = host.engine(s -> s.taskDefaults(
                    task -> task.itemsPerSecond(20).retryDelay(Duration.ofMinutes(1), Duration.ofMinutes(1))));
            begin(engine);
            host.fails.set(true);
            eventually("it waits", () -> waitsFor(engine).startsWith("a batch failed"));
            host.close(engine);
            host.assertGoesOn(host.assertInterruptedAfter(1));
        }
    }

    /** On H2, which locks no table against who reads, all connections of the pool are taken. */
    @ParameterizedTest
    @MethodSource("pools")
    void during_a_start_that_waits_for_the_database(TestServer server, boolean autoCommit) throws Exception {
        try (Host host = new Host(server, autoCommit)) {
            MaintenanceEngine engine = host.engine(s -> s);
            List<Connection> taken = new ArrayList<>();
            Connection lock = null;
            if (server == TestServer.H2) {
                for (int i = 0; i < LentConnections.SIZE; i++) {
                    taken.add(host.lent.pool().getConnection());
                }
            } else {
                lock = host.lock("chatty_maintenance_run");
            }
            CompletableFuture<Void> started = CompletableFuture.runAsync(engine::start);
            eventually("the start waits", () -> host.lent.awaited() > 0 || host.somebodyWaits());
            long begin = System.nanoTime();
            engine.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(BOUND);
            assertThat(started)
                    .as("a thread of the host's that waits for its database")
                    .isNotDone();
            for (Connection connection : taken) {
                connection.close();
            }
            if (lock != null) {
                host.unlock(lock);
            }
            assertThatThrownBy(() -> started.get(30, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasRootCauseMessage("the engine was closed while it started");
            assertThat(host.lent.inUse()).isZero();
            host.assertGone();
            assertThat(host.chat.runStore().history(TASK, 1)).isEmpty();
        }
    }
}
