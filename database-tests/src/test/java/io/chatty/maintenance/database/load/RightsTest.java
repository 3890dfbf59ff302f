package io.chatty.maintenance.database.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.MariaDbReplica;
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
import org.junit.jupiter.api.Test;

/** A signal that its user may not see in full is unknown, and names the right that it needs. */
final class RightsTest {

    private static final LoadLimits FEW = LoadLimits.above(2, 100);

    @Test
    void postgresql_hides_what_the_sessions_of_other_users_do() throws Exception {
        try (TestDatabase database = TestServer.POSTGRESQL.open();
                OtherUser user = new OtherUser(database);
                OtherSessions others = new OtherSessions(database)) {
            DatabaseSignals signals = Databases.signals(user.pool());
            others.open();
            assertThat(signals.longTransactions().read().level())
                    .as("an idle session hides nothing")
                    .isEqualTo(Level.NORMAL);
            others.inTransaction("CREATE TABLE changed (id INT)");
            List<LoadSignal> hidden = List.of(signals.lockWaits(), signals.activeQueries(), signals.longTransactions());
            for (LoadSignal signal : hidden) {
                assertThat(signal.read().level()).as(signal.name()).isEqualTo(Level.UNKNOWN);
                assertThat(signal.read().reason())
                        .startsWith(signal.name() + ": PostgreSQL hides what ")
                        .endsWith("sessions of other users do;"
                                + " membership in pg_read_all_stats is needed (pg_monitor has it)");
            }
            database.execute("GRANT pg_monitor TO " + user.account());
            for (LoadSignal signal : hidden) {
                assertThat(signal.read().level()).as(signal.name()).isEqualTo(Level.NORMAL);
            }
            assertThat(signals.longTransactions(LoadLimits.above(0, 1_000))
                            .read()
                            .reason())
                    .containsPattern(": session \\d+ of postgres");
        }
    }

    @Test
    void what_postgresql_shows_slows_and_stops_although_it_hides_more() throws Exception {
        try (TestDatabase database = TestServer.POSTGRESQL.open();
                OtherUser user = new OtherUser(database);
                OtherSessions hidden = new OtherSessions(database);
                OtherSessions own = new OtherSessions(database, user.name())) {
            hidden.open();
            LoadSignal signal = Databases.signals(user.pool()).activeQueries(FEW);
            assertThat(signal.read().level()).isEqualTo(Level.UNKNOWN);
            own.executing("SELECT 1", "SELECT pg_sleep(600)");
            own.executing("SELECT 1", "SELECT pg_sleep(600)");
            Pressure.await(signal, Level.SLOW);
        }
    }

    @Test
    void mariadb_tells_nothing_of_transactions_without_process() throws Exception {
        try (TestDatabase database = TestServer.MARIADB.open();
                OtherUser user = new OtherUser(database);
                OtherSessions others = new OtherSessions(database)) {
            database.execute("GRANT SELECT ON " + database.name() + ".* TO " + user.account());
            others.executing("SELECT 1", "SELECT SLEEP(600)");
            others.executing("SELECT 1", "SELECT SLEEP(600)");
            Pressure.await(Databases.signals(database).activeQueries(FEW), Level.SLOW);

            DatabaseSignals signals = Databases.signals(user.pool());
            assertThat(signals.threadsRunning(FEW).read().level()).isEqualTo(Level.SLOW);
            for (LoadSignal signal :
                    List.of(signals.lockWaits(), signals.activeQueries(FEW), signals.longTransactions())) {
                LoadReading reading = signal.read();
                assertThat(reading.level()).as(reading.reason()).isEqualTo(Level.UNKNOWN);
                assertThat(reading.reason())
                        .startsWith(signal.name() + ": the database said: ")
                        .contains("PROCESS");
            }
            database.execute("GRANT PROCESS ON *.* TO " + user.account());
            user.pool().getHikariPoolMXBean().softEvictConnections(); // a session keeps the rights that it began with
            assertThat(signals.activeQueries(FEW).read().level()).isEqualTo(Level.SLOW);
            assertThat(signals.lockWaits().read().level()).isEqualTo(Level.NORMAL);
            assertThat(signals.longTransactions().read().level()).isEqualTo(Level.NORMAL);
        }
    }

    @Test
    void a_mariadb_replica_tells_its_lag_to_users_that_may_monitor_it() throws Exception {
        try (TestDatabase database = TestServer.MARIADB.open()) {
            onReplica("CREATE USER plain@localhost IDENTIFIED BY 'plain'");
            try {
                LoadSignal signal =
                        Databases.signals(database).replicaLag("eu-2", MariaDbReplica.dataSource("plain", "plain"));
                LoadReading reading = signal.read();
                assertThat(reading.level()).as(reading.reason()).isEqualTo(Level.UNKNOWN);
                assertThat(reading.reason())
                        .startsWith("replica-lag.eu-2: the database said: ")
                        .contains("SLAVE MONITOR"); // as it calls REPLICA MONITOR
                onReplica("GRANT REPLICA MONITOR ON *.* TO plain@localhost");
                Pressure.await(signal, Level.NORMAL);
            } finally {
                onReplica("DROP USER plain@localhost");
            }
        }
    }

    private static void onReplica(String sql) throws SQLException {
        try (Connection connection = MariaDbReplica.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET sql_log_bin = 0");
            statement.execute(sql);
        }
    }

    @Test
    void h2_shows_other_sessions_to_administrators_alone() throws Exception {
        try (TestDatabase database = TestServer.H2.open();
                OtherUser user = new OtherUser(database)) {
            DatabaseSignals signals = Databases.signals(user.pool());
            for (LoadSignal signal : List.of(signals.lockWaits(), signals.activeQueries())) {
                assertThat(signal.read())
                        .isEqualTo(LoadReading.unknown(signal.name()
                                + ": H2 shows this user no session but its own; ALTER USER … ADMIN TRUE is needed"));
            }
            database.execute("ALTER USER " + user.account() + " ADMIN TRUE");
            for (LoadSignal signal : List.of(signals.lockWaits(), signals.activeQueries())) {
                assertThat(signal.read().level()).isEqualTo(Level.NORMAL);
            }
        }
    }
}
