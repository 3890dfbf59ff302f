package io.chatty.maintenance.database.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadReading.Level;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every ready signal notices the load that it is for, and that it is over. */
final class PressureTest {

    /** Not the processors', which are quiet only on a machine that has nothing else to do. */
    static Stream<Arguments> pressures() {
        return Pressures.onServers().filter(given -> given.get()[0] != Pressures.HOST_CPU);
    }

    @ParameterizedTest
    @MethodSource("pressures")
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
