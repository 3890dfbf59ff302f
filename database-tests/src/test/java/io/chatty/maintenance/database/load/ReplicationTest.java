package io.chatty.maintenance.database.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.database.servers.MariaDbReplica;
import io.chatty.maintenance.database.servers.PostgresReplica;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.DatabaseSignals;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadReading.Level;
import io.chatty.maintenance.schedule.LoadSignal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/** Replicas that are gone, cut off, stopped, idle, or none. */
final class ReplicationTest {

    private static final LoadLimits MEBIBYTES = LoadLimits.above(2, 4);

    @Test
    void a_postgresql_server_without_replicas_has_nothing_to_measure() throws Exception {
        try (EmbeddedPostgres alone = EmbeddedPostgres.start()) {
            assertThat(Databases.signals(alone.getPostgresDatabase())
                            .replicationLag()
                            .read())
                    .isEqualTo(LoadReading.normal("replication-lag: nothing to measure"));
        }
    }

    /** It confirms what it needs when it likes; only a server that keeps the log for nobody is filled up by it. */
    @Test
    void a_logical_subscriber_counts_when_it_is_gone() throws Exception {
        try (EmbeddedPostgres primary = EmbeddedPostgres.builder()
                .setServerConfig("wal_level", "logical")
                .start()) {
            DataSource database = primary.getPostgresDatabase();
            LoadSignal signal = Databases.signals(database).replicationLag(MEBIBYTES);
            execute(database, "CREATE PUBLICATION feed");
            execute(database, "SELECT pg_create_logical_replication_slot('feed', 'pgoutput')");
            try (Connection connection = replicating(primary);
                    PGReplicationStream feed = connection
                            .unwrap(PGConnection.class)
                            .getReplicationAPI()
                            .replicationStream()
                            .logical()
                            .withSlotName("feed")
                            .withSlotOption("proto_version", 1)
                            .withSlotOption("publication_names", "feed")
                            .start()) {
                feed.setAppliedLSN(LogSequenceNumber.valueOf(1));
                feed.forceUpdateStatus();
                execute(database, "SELECT pg_logical_emit_message(true, 'test', repeat('x', 6 * 1048576))");
                awaitTrue(database, "SELECT count(replay_lsn) = 1 FROM pg_stat_replication");
                assertThat(signal.read()).isEqualTo(LoadReading.normal("replication-lag: nothing to measure"));
            }
            assertThat(Pressure.await(signal, Level.STOP).reason())
                    .endsWith(": replication slot feed, which nobody reads");
        }
    }

    private static Connection replicating(EmbeddedPostgres server) throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, "postgres");
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "12");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres", properties);
    }

    private static void awaitTrue(DataSource server, String sql) throws SQLException {
        long start = System.nanoTime();
        try (Connection connection = server.getConnection();
                Statement statement = connection.createStatement()) {
            boolean so = false;
            while (!so) {
                assertThat(System.nanoTime() - start).as(sql).isLessThan(30_000_000_000L);
                try (ResultSet row = statement.executeQuery(sql)) {
                    row.next();
                    so = row.getBoolean(1);
                }
            }
        }
    }

    @Test
    void a_postgresql_replica_that_is_gone_is_seen_by_its_slot() throws Exception {
        try (TestDatabase database = TestServer.POSTGRESQL.open()) {
            LoadSignal signal = Databases.signals(database).replicationLag(MEBIBYTES);
            PostgresReplica.ask("SELECT 1"); // so that one that is well is there, too
            Pressure.await(signal, Level.NORMAL);
            database.strings("SELECT pg_create_physical_replication_slot('gone', true)");
            try {
                database.strings("SELECT pg_logical_emit_message(true, 'test', repeat('x', 6 * 1048576))");
                assertThat(signal.read().level()).isEqualTo(Level.STOP);
                assertThat(signal.read().reason()).endsWith(": replication slot gone, which nobody reads");
            } finally {
                database.strings("SELECT pg_drop_replication_slot('gone')");
            }
            assertThat(Pressure.await(signal, Level.NORMAL).reason()).contains(": replica test_replica 127.0.0.1");
        }
    }

    @Test
    void postgresql_hides_its_replicas_from_users_that_may_not_monitor_it() throws Exception {
        PostgresReplica.ask("SELECT 1");
        try (TestDatabase database = TestServer.POSTGRESQL.open();
                OtherUser user = new OtherUser(database)) {
            LoadSignal signal = Databases.signals(user.pool()).replicationLag();
            assertThat(signal.read())
                    .isEqualTo(LoadReading.unknown("replication-lag: PostgreSQL hides how far its replicas are;"
                            + " membership in pg_read_all_stats is needed (pg_monitor has it)"));
            database.execute("GRANT pg_read_all_stats TO " + user.account());
            assertThat(signal.read().level()).isEqualTo(Level.NORMAL);
        }
    }

    @Test
    void a_postgresql_replica_of_an_idle_primary_is_not_behind() throws Exception {
        try (TestDatabase database = TestServer.POSTGRESQL.open()) {
            LoadSignal signal = Databases.signals(database)
                    .replicaLag("idle", PostgresReplica.dataSource(), LoadLimits.above(0.1, 0.2));
            database.strings("SELECT pg_logical_emit_message(true, 'test', 'x')");
            PostgresReplica.awaitReplay(
                    database.strings("SELECT pg_current_wal_lsn()").get(0));
            while (!"t"
                    .equals(PostgresReplica.ask("SELECT now() - pg_last_xact_replay_timestamp() > interval '0.5 s'"))) {
                Thread.onSpinWait();
            }
            Pressure.await(signal, Level.NORMAL);
        }
    }

    @Test
    void a_postgresql_replica_that_is_cut_off_is_behind_although_it_replayed_all_it_got() throws Exception {
        try (TestDatabase database = TestServer.POSTGRESQL.open()) {
            LoadSignal signal = Databases.signals(database)
                    .replicaLag("cut-off", PostgresReplica.dataSource(), LoadLimits.above(0.5, 1));
            Pressure.await(signal, Level.NORMAL);
            String primary = PostgresReplica.ask("SHOW primary_conninfo");
            follow("");
            try {
                Pressure.await(signal, Level.STOP);
            } finally {
                follow(primary);
            }
            Pressure.await(signal, Level.NORMAL);
        }
    }

    private static void follow(String primary) throws SQLException {
        execute(PostgresReplica.dataSource(), "ALTER SYSTEM SET primary_conninfo = '" + primary + "'");
        PostgresReplica.ask("SELECT pg_reload_conf()");
    }

    @Test
    void a_mariadb_replica_that_has_stopped_stops_maintenance_and_says_why() throws Exception {
        try (TestDatabase database = TestServer.MARIADB.open()) {
            DataSource replica = MariaDbReplica.dataSource();
            LoadSignal signal = Databases.signals(database).replicaLag("stopped", replica);
            Pressure.await(signal, Level.NORMAL);
            execute(replica, "STOP REPLICA SQL_THREAD");
            try {
                assertThat(signal.read().level()).isEqualTo(Level.STOP);
                assertThat(signal.read().reason())
                        .isEqualTo("replica-lag.stopped infinite s (slow at 2, stop at 10):"
                                + " it does not replicate: receiver Yes, applier No");
            } finally {
                execute(replica, "START REPLICA");
            }
            Pressure.await(signal, Level.NORMAL);
        }
    }

    @Test
    void a_server_that_is_no_replica_or_cannot_be_reached_is_unknown() throws Exception {
        PGSimpleDataSource nobody = new PGSimpleDataSource();
        nobody.setServerNames(new String[] {"127.0.0.1"});
        nobody.setPortNumbers(new int[] {1});
        try (TestDatabase postgresql = TestServer.POSTGRESQL.open();
                TestDatabase mariadb = TestServer.MARIADB.open()) {
            DatabaseSignals signals = Databases.signals(postgresql);
            assertThat(signals.replicaLag("a", postgresql.dataSource()).read())
                    .isEqualTo(LoadReading.unknown("replica-lag.a: this PostgreSQL server is no replica"));
            assertThat(signals.replicaLag("b", mariadb.dataSource()).read())
                    .isEqualTo(LoadReading.unknown("replica-lag.b: this MariaDB server is no replica"));
            LoadReading unreachable = signals.replicaLag("c", nobody).read();
            assertThat(unreachable.level()).isEqualTo(Level.UNKNOWN);
            assertThat(unreachable.reason())
                    .startsWith("replica-lag.c: the database said: ")
                    .contains("127.0.0.1:1");
        }
    }

    @Test
    void a_name_that_no_signal_may_have_and_limits_in_the_wrong_order_are_refused() {
        DatabaseSignals signals = Databases.signals(new PGSimpleDataSource());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> signals.replicaLag("eu 2", new PGSimpleDataSource()))
                .withMessageContaining("\"replica-lag.eu 2\"");
        LoadLimits low = LoadLimits.below(2, 1);
        assertThat(List.<ThrowingCallable>of(
                        () -> signals.poolSaturation(low),
                        () -> signals.lockWaits(low),
                        () -> signals.longTransactions(low),
                        () -> signals.activeQueries(low),
                        () -> signals.threadsRunning(low),
                        () -> signals.replicationLag(low),
                        () -> signals.replicaLag("a", new PGSimpleDataSource(), low)))
                .allSatisfy(call -> assertThatIllegalArgumentException()
                        .isThrownBy(call)
                        .withMessageContaining("limits: slowAt 2.0, stopAt 1.0 given; high values of ")
                        .withMessageEndingWith(" are bad, so stopAt must be above slowAt"));
    }

    private static void execute(DataSource server, String sql) throws SQLException {
        try (Connection connection = server.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
