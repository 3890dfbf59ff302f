package io.chatty.maintenance.database.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadReading.Level;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every ready signal notices the load that it is for, and that it is over. */
final class PressureTest {

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.database.load.Pressures#onServers")
    void a_signal_slows_stops_and_releases(Pressures kind, TestServer server) throws Exception {
        try (TestDatabase database = server.open();
                Pressure pressure = kind.on(database, Databases.signals(database))) {
            for (int i = 0; i < 2; i++) {
                Pressure.await(pressure.signal(), Level.NORMAL);
                pressure.slow();
                Pressure.await(pressure.signal(), Level.SLOW);
                pressure.stop();
                LoadReading stopped = Pressure.await(pressure.signal(), Level.STOP);
                assertThat(stopped.reason())
                        .startsWith(pressure.signal().name() + " ")
                        .contains("(slow at ", ", stop at ");
                pressure.release();
            }
            Pressure.await(pressure.signal(), Level.NORMAL);
            assertThat(database.dataSource().getHikariPoolMXBean().getActiveConnections())
                    .isZero();
        }
    }
}
