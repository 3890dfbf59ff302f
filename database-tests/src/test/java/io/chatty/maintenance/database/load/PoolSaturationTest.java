package io.chatty.maintenance.database.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import io.chatty.maintenance.jdbc.DatabaseSignals;
import io.chatty.maintenance.schedule.LoadLimits;
import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadReading.Level;
import io.chatty.maintenance.schedule.LoadSignal;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

final class PoolSaturationTest {

    private static final LoadLimits LIMITS = LoadLimits.above(0.5, 1.2);

    @Test
    void threads_that_wait_for_a_connection_count_as_if_they_had_one() throws Exception {
        List<Connection> borrowed = new ArrayList<>();
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        try (TestDatabase database = TestServer.H2.open()) {
            LoadSignal signal = Databases.signals(database).poolSaturation(LIMITS);
            for (int i = 0; i < 8; i++) {
                borrowed.add(database.dataSource().getConnection());
            }
            assertThat(signal.read().reason()).startsWith("pool-saturation 1 of the pool ");
            for (int i = 0; i < 4; i++) {
                CompletableFuture<Void> done = new CompletableFuture<>();
                Thread thread = new Thread(() -> borrowAndGiveBack(database.dataSource(), done), "waiting-" + i);
                thread.start();
                waiting.add(done);
            }
            LoadReading stopped = Pressure.await(signal, Level.STOP);
            assertThat(stopped.reason()).contains(database.dataSource().getPoolName());
            for (Connection connection : borrowed) {
                connection.close();
            }
            for (CompletableFuture<Void> done : waiting) {
                done.get(30, TimeUnit.SECONDS);
            }
            Pressure.await(signal, Level.NORMAL);
            assertThat(signal.read().reason()).startsWith("pool-saturation 0 of ");
        }
    }

    private static void borrowAndGiveBack(DataSource source, CompletableFuture<Void> done) {
        try {
            source.getConnection().close();
            done.complete(null);
        } catch (SQLException e) {
            done.completeExceptionally(e);
        }
    }

    @Test
    void what_the_library_itself_borrows_is_no_load_of_the_host() throws Exception {
        CountDownLatch lent = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (TestDatabase database = TestServer.H2.open()) {
            DatabaseSignals signals = Databases.signals(wrapped(database.dataSource(), () -> {
                lent.countDown();
                goOn.await();
            }));
            LoadSignal signal = signals.poolSaturation(LIMITS);
            CompletableFuture<LoadReading> ours = new CompletableFuture<>();
            new Thread(() -> read(signals.lockWaits(), ours), "ours").start();
            assertThat(lent.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(database.dataSource().getHikariPoolMXBean().getActiveConnections())
                    .isEqualTo(1);
            assertThat(signal.read().reason()).startsWith("pool-saturation 0 of ");
            try (Connection first = database.dataSource().getConnection();
                    Connection second = database.dataSource().getConnection()) {
                assertThat(List.of(first, second)).hasSize(2);
                assertThat(signal.read().reason()).startsWith("pool-saturation 0.25 of ");
                goOn.countDown();
                assertThat(ours.get(30, TimeUnit.SECONDS).level()).isEqualTo(Level.NORMAL);
                assertThat(signal.read().reason()).startsWith("pool-saturation 0.25 of ");
            }
        }
    }

    @Test
    void a_connection_that_the_library_was_refused_is_not_taken_for_one_that_it_has() throws Exception {
        try (TestDatabase database = TestServer.H2.open()) {
            DatabaseSignals signals = Databases.signals(wrapped(database.dataSource(), () -> {
                throw new SQLException("none for you");
            }));
            assertThat(signals.lockWaits().read())
                    .isEqualTo(LoadReading.unknown("lock-waits: the database said: none for you"));
            // The four that are borrowed count; they would not if the library thought them its own.
            List<Connection> borrowed = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                borrowed.add(database.dataSource().getConnection());
            }
            assertThat(signals.poolSaturation(LIMITS).read().level()).isEqualTo(Level.SLOW);
            for (Connection connection : borrowed) {
                connection.close();
            }
        }
    }

    private interface Pause {
        void pause() throws Exception;
    }

    /** As frameworks wrap a pool; pauses before it hands out a connection. */
    private static DataSource wrapped(HikariDataSource pool, Pause pause) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(pool, arguments);
                        if (result instanceof Connection connection) {
                            try {
                                pause.pause();
                            } catch (SQLException e) {
                                connection.close();
                                throw e;
                            }
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    static void read(LoadSignal signal, CompletableFuture<LoadReading> reading) {
        try {
            reading.complete(signal.read());
        } catch (Exception e) {
            reading.completeExceptionally(e);
        }
    }

    @Test
    void a_pool_that_nobody_has_asked_yet_is_not_in_use_and_a_closed_one_is_unknown() throws Exception {
        try (TestDatabase database = TestServer.H2.open()) {
            LoadSignal signal;
            String name;
            try (HikariDataSource pool = Databases.pool(database, "sa")) {
                signal = Databases.signals(pool).poolSaturation();
                assertThat(signal.read().reason())
                        .isEqualTo("pool-saturation 0 of the pool (slow at 0.7, stop at 0.9)");
                name = pool.getPoolName();
            }
            assertThat(signal.read())
                    .isEqualTo(LoadReading.unknown("pool-saturation: the pool " + name + " is closed"));
        }
    }

    @Test
    void another_kind_of_pool_is_unknown() throws Exception {
        assertThat(Databases.signals(new JdbcDataSource()).poolSaturation().read())
                .isEqualTo(LoadReading.unknown(NO_POOL));
    }

    private static final String NO_POOL =
            "pool-saturation: the data source is no HikariCP pool but org.h2.jdbcx.JdbcDataSource";

    /** HikariCP is an optional dependency. */
    @Test
    void a_host_without_hikari_gets_all_other_signals() throws Exception {
        URL[] without = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("HikariCP"))
                .map(PoolSaturationTest::url)
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(without, ClassLoader.getPlatformClassLoader())) {
            Callable<?> host = (Callable<?>)
                    loader.loadClass(Host.class.getName()).getConstructor().newInstance();
            assertThat(host.call()).isEqualTo(List.of(NO_POOL, "NORMAL"));
        }
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** What is run without HikariCP. */
    public static final class Host implements Callable<List<String>> {
        @Override
        public List<String> call() throws Exception {
            try {
                Class.forName("com.zaxxer.hikari.HikariDataSource");
                return List.of("HikariCP is there");
            } catch (ClassNotFoundException e) {
                JdbcDataSource source = new JdbcDataSource();
                source.setURL("jdbc:h2:mem:without_hikari");
                source.setUser("sa");
                DatabaseSignals signals = Databases.signals(source);
                return List.of(
                        signals.poolSaturation().read().reason(),
                        signals.activeQueries().read().level().name());
            }
        }
    }
}
