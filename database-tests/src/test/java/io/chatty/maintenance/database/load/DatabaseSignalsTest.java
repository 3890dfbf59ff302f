package io.chatty.maintenance.database.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.DatabaseSignals;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadReading.Level;
import io.chatty.maintenance.schedule.LoadSignal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What counts as load and what does not. */
final class DatabaseSignalsTest {

    private static final LoadLimits ONE = LoadLimits.above(1, 100);

    @ParameterizedTest
    @EnumSource
    void what_a_database_cannot_tell_is_unknown_and_its_reason_names_it(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            DatabaseSignals signals = Databases.signals(database);
            Map<LoadSignal, String> unknown = switch (server) {
                case H2 ->
                    Map.of(
                            signals.longTransactions(),
                            "long-transactions: H2 does not tell when a transaction began",
                            signals.threadsRunning(),
                            "threads-running: H2 does not count them; use active-queries",
                            signals.replicationLag(),
                            "replication-lag: H2 has no replicas",
                            signals.replicaLag("a", database.dataSource()),
                            "replica-lag.a: H2 has no replicas");
                case POSTGRESQL ->
                    Map.of(signals.threadsRunning(), "threads-running: PostgreSQL has no threads; use active-queries");
                case MARIADB ->
                    Map.of(
                            signals.replicationLag(),
                            "replication-lag: a MariaDB server does not know how far its replicas are;"
                                    + " give them to replicaLag");
            };
            for (Map.Entry<LoadSignal, String> signal : unknown.entrySet()) {
                assertThat(signal.getKey().read()).isEqualTo(LoadReading.unknown(signal.getValue()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_quiet_database_is_normal_by_the_default_limits(TestServer server) throws Exception {
        try (TestDatabase database = server.open();
                OtherSessions others = new OtherSessions(database)) {
            others.inTransaction("SELECT 1"); // and then it does nothing
            DatabaseSignals signals = Databases.signals(database);
            assertThat(signals.poolSaturation().read().reason())
                    .isEqualTo("pool-saturation 0 of the pool (slow at 0.7, stop at 0.9): "
                            + database.dataSource().getPoolName());
            assertThat(signals.lockWaits().read().reason()).isEqualTo("lock-waits 0 sessions (slow at 2, stop at 5)");
            assertThat(signals.activeQueries().read().reason())
                    .isEqualTo("active-queries 0 statements (slow at 25, stop at 50)");
            if (server != TestServer.H2) {
                assertThat(signals.longTransactions().read().reason()).contains("(slow at 300, stop at 1800)");
            }
            if (server == TestServer.MARIADB) {
                List<String> with = database.strings(
                        "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'THREADS_RUNNING'");
                int without = Integer.parseInt(with.get(0)) - 1;
                assertThat(signals.threadsRunning().read().reason())
                        .isEqualTo("threads-running " + without + " threads (slow at 25, stop at 50)");
            }
        }
    }

    @Test
    void who_waits_for_an_advisory_lock_is_no_load() throws Exception {
        try (TestDatabase postgresql = TestServer.POSTGRESQL.open();
                TestDatabase mariadb = TestServer.MARIADB.open();
                OtherSessions onPostgresql = new OtherSessions(postgresql);
                OtherSessions onMariadb = new OtherSessions(mariadb)) {
            onPostgresql.inTransaction("SELECT pg_advisory_xact_lock(7)");
            onPostgresql.executing("SELECT 1", "SELECT pg_advisory_xact_lock(7)");
            onMariadb.executing("SELECT GET_LOCK('leader', 0)", "SELECT SLEEP(600)");
            onMariadb.executing("SELECT 1", "SELECT GET_LOCK('leader', 600)");
            await(postgresql, "SELECT count(*) = 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'", "t");
            await(mariadb, "SELECT COUNT(*) = 1 FROM information_schema.PROCESSLIST WHERE STATE = 'User lock'", "1");
            assertThat(Databases.signals(postgresql).lockWaits(ONE).read().level())
                    .isEqualTo(Level.NORMAL);
            assertThat(Databases.signals(mariadb).lockWaits(ONE).read().level()).isEqualTo(Level.NORMAL);
        }
    }

    @Test
    void who_waits_to_change_a_table_that_is_in_use_is_load() throws Exception {
        try (TestDatabase postgresql = TestServer.POSTGRESQL.open();
                TestDatabase mariadb = TestServer.MARIADB.open();
                OtherSessions onPostgresql = new OtherSessions(postgresql);
                OtherSessions onMariadb = new OtherSessions(mariadb)) {
            for (TestDatabase database : List.of(postgresql, mariadb)) {
                database.execute("CREATE TABLE altered (id INT)");
            }
            onPostgresql.inTransaction("SELECT * FROM altered");
            onPostgresql.executing("SELECT 1", "ALTER TABLE altered ADD COLUMN n INT");
            onMariadb.inTransaction("SELECT * FROM altered");
            onMariadb.executing("SELECT 1", "ALTER TABLE altered ADD COLUMN n INT");
            Pressure.await(Databases.signals(postgresql).lockWaits(ONE), Level.SLOW);
            Pressure.await(Databases.signals(mariadb).lockWaits(ONE), Level.SLOW);
        }
    }

    @ParameterizedTest
    @EnumSource
    void sessions_of_other_databases_are_no_load_of_this_one(TestServer server) throws Exception {
        try (TestDatabase database = server.open();
                TestDatabase another = server.open();
                Pressure elsewhere = Pressures.LOCK_WAITS.on(another, Databases.signals(another))) {
            elsewhere.slow();
            Pressure.await(elsewhere.signal(), Level.SLOW);
            DatabaseSignals signals = Databases.signals(database);
            assertThat(signals.lockWaits(ONE).read().level()).isEqualTo(Level.NORMAL);
            assertThat(signals.activeQueries(ONE).read().level()).isEqualTo(Level.NORMAL);
        }
    }

    @Test
    void a_postgresql_transaction_that_holds_back_no_vacuum_is_no_load() throws Exception {
        try (TestDatabase database = TestServer.POSTGRESQL.open();
                OtherSessions others = new OtherSessions(database)) {
            LoadSignal signal = Databases.signals(database).longTransactions(LoadLimits.above(0.001, 1_000));
            try (Statement statement = others.inTransaction("SELECT 1").createStatement()) {
                statement.execute("SET LOCAL lock_timeout = 0"); // the driver keeps what was selected up to now
            }
            LoadReading harmless = signal.read();
            assertThat(harmless.level()).as(harmless.reason()).isEqualTo(Level.NORMAL);
            Connection seeing = others.open();
            seeing.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            seeing.setAutoCommit(false);
            try (Statement statement = seeing.createStatement()) {
                statement.execute("SELECT 1");
                Pressure.await(signal, Level.SLOW);
            }
            seeing.rollback();
            Pressure.await(signal, Level.NORMAL);
        }
    }

    @Test
    void a_prepared_transaction_that_nobody_ends_is_load() throws Exception {
        try (TestDatabase database = TestServer.POSTGRESQL.open();
                OtherSessions others = new OtherSessions(database)) {
            LoadSignal signal = Databases.signals(database).longTransactions(LoadLimits.above(0.001, 1_000));
            try (Statement statement =
                    others.inTransaction("CREATE TABLE changed (id INT)").createStatement()) {
                statement.execute("PREPARE TRANSACTION 'forgotten'");
            }
            try {
                assertThat(Pressure.await(signal, Level.SLOW).reason()).endsWith(": prepared transaction forgotten");
            } finally {
                database.execute("ROLLBACK PREPARED 'forgotten'");
            }
            Pressure.await(signal, Level.NORMAL);
        }
    }

    /** The view of all sessions joins the users' table, so that it hangs while that is locked. */
    @Test
    void a_server_that_does_not_answer_is_given_up_soon() throws Exception {
        try (TestDatabase database = TestServer.POSTGRESQL.open();
                OtherSessions others = new OtherSessions(database)) {
            LoadSignal signal = Databases.signals(database).lockWaits();
            assertThat(signal.read().level()).isEqualTo(Level.NORMAL); // and the pool has a connection
            others.inTransaction("LOCK TABLE pg_authid");
            long start = System.nanoTime();
            CompletableFuture<LoadReading> reading = new CompletableFuture<>();
            new Thread(() -> PoolSaturationTest.read(signal, reading), "reading").start();
            LoadReading read = reading.get(30, TimeUnit.SECONDS);
            long took = System.nanoTime() - start;
            assertThat(read)
                    .isEqualTo(LoadReading.unknown(
                            "lock-waits: the database said:" + " ERROR: canceling statement due to statement timeout"));
            assertThat(took).isBetween(2_000_000_000L, 10_000_000_000L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_connection_comes_back_as_it_was(TestServer server) throws Exception {
        try (TestDatabase database = server.open()) {
            String settings = switch (server) {
                case H2 -> "SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME = 'QUERY_TIMEOUT'";
                case POSTGRESQL ->
                    "SELECT current_setting('statement_timeout') || current_setting('transaction_read_only')";
                case MARIADB -> "SELECT CONCAT(@@max_statement_time, @@tx_read_only)";
            };
            DatabaseSignals signals = Databases.signals(database);
            List<String> before = database.strings(settings);
            for (LoadSignal signal : List.of(
                    signals.lockWaits(),
                    signals.longTransactions(),
                    signals.activeQueries(),
                    signals.threadsRunning(),
                    signals.replicationLag(),
                    signals.replicaLag("a", database.dataSource()))) {
                signal.read();
                assertThat(database.strings(settings)).as(signal.name()).isEqualTo(before);
            }
            assertThat(database.dataSource().getHikariPoolMXBean().getTotalConnections())
                    .as("all on one connection")
                    .isEqualTo(1);
        }
    }

    private static void await(TestDatabase database, String sql, String answer) throws SQLException {
        long start = System.nanoTime();
        while (!database.strings(sql).get(0).equals(answer)) {
            assertThat(System.nanoTime() - start).as(sql).isLessThan(30_000_000_000L);
        }
    }
}
