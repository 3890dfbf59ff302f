package io.chatty.maintenance.database.unload;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.chatty.maintenance.database.servers.TestDatabase;
import io.chatty.maintenance.database.servers.TestServer;
import java.io.File;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * A host that loads an application with the library in a class loader, and drops it, gets all of it back: no thread, bean, hook
 * or thread-local keeps it. The database, its driver, the pool, the log and the executors are the host's and stay.
 */
final class UnloadTest {

    /** What the host has itself, and shares with its applications. */
    private static final List<String> HOSTS =
            List.of("java.", "javax.", "jdk.", "sun.", "com.sun.", "org.h2.", "com.zaxxer.", "org.slf4j.", "ch.qos.");

    private static final int MOST_COLLECTIONS = 100;

    /** Hides everything but what the host shares. */
    private static final class Shared extends ClassLoader {

        private Shared() {
            super("shared", ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            return HOSTS.stream().anyMatch(name::startsWith)
                    ? UnloadTest.class.getClassLoader().loadClass(name)
                    : super.loadClass(name, resolve);
        }
    }

    private static URLClassLoader application() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return new URLClassLoader("application", urls.toArray(URL[]::new), new Shared());
    }

    /** Runs the application, in a method of its own, so that no variable of the test keeps it. */
    private static PhantomReference<ClassLoader> run(
            ReferenceQueue<ClassLoader> queue,
            DataSource source,
            ScheduledExecutorService scheduler,
            ExecutorService workers)
            throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = application()) {
            thread.setContextClassLoader(loader);
            Class<?> application = loader.loadClass(Application.class.getName());
            assertThat(application).isNotSameAs(Application.class);
            Method run = application.getDeclaredMethod(
                    "run", DataSource.class, ScheduledExecutorService.class, ExecutorService.class);
            run.setAccessible(true);
            run.invoke(null, source, scheduler, workers);
            return new PhantomReference<>(loader, queue);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void a_class_loader_with_the_library_in_it_is_collected_after_an_engine_was_closed() throws Exception {
        ThreadPoolExecutor workers = new ThreadPoolExecutor(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
        scheduler.setRemoveOnCancelPolicy(true);
        // A thread keeps, up to JDK 23, the class loaders of who was calling when it was made: the host makes its own.
        workers.prestartAllCoreThreads();
        scheduler.prestartAllCoreThreads();
        try (TestDatabase database = TestServer.H2.open()) {
            HikariDataSource pool = database.dataSource();
            pool.setMinimumIdle(pool.getMaximumPoolSize());
            fill(pool);
            database.execute("CREATE TABLE messages (id BIGINT PRIMARY KEY, sent_at TIMESTAMP(6) WITH TIME ZONE)");
            database.execute("INSERT INTO messages SELECT X, CURRENT_TIMESTAMP - INTERVAL '100' DAY"
                    + " FROM SYSTEM_RANGE(1, 500)");
            ReferenceQueue<ClassLoader> queue = new ReferenceQueue<>();
            PhantomReference<ClassLoader> loader = run(queue, pool, scheduler, workers);
            assertThat(database.strings("SELECT COUNT(*) FROM messages")).containsExactly("0");
            displaceWhatTheJdkKeepsOfTheLastRecord();
            clearSoftReferences();
            assertThat(isCollected(loader, queue)).isTrue();
            assertThat(workers.submit(() -> 1).get())
                    .as("the host's workers go on")
                    .isEqualTo(1);
            assertThat(workers.getCompletedTaskCount()).isGreaterThan(1);
        } finally {
            workers.shutdownNow();
            scheduler.shutdownNow();
        }
    }

    /** As the host's own doing, so that the pool's threads are of its making. */
    private static void fill(HikariDataSource pool) throws Exception {
        List<AutoCloseable> connections = new ArrayList<>();
        for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
            connections.add(pool.getConnection());
        }
        for (AutoCloseable connection : connections) {
            connection.close();
        }
    }

    /** A record of the host's, in a record of the host's. */
    private record Outer(Inner inner) {}

    private record Inner(String text) {}

    /**
     * Compares records for the first time. {@code java.lang.runtime.ObjectMethods} keeps, by the {@code asTypeCache} of its
     * method handles, the class of the component that it made the last such code for, whosever it is.
     */
    private static void displaceWhatTheJdkKeepsOfTheLastRecord() {
        Outer outer = new Outer(new Inner("a"));
        assertThat(outer.equals(new Outer(new Inner("a")))).isTrue();
        assertThat(outer.hashCode()).isEqualTo(new Outer(new Inner("a")).hashCode());
        assertThat(outer.toString()).contains("a");
    }

    /** By which the caches of newer JDKs hold on to classes. Before a JVM says that its memory is used up it clears them all. */
    private static void clearSoftReferences() {
        List<long[]> all = new ArrayList<>();
        try {
            while (all.size() < Integer.MAX_VALUE) {
                all.add(new long[Integer.MAX_VALUE - 8]);
            }
        } catch (OutOfMemoryError e) {
            all.clear();
        }
    }

    private static boolean isCollected(PhantomReference<ClassLoader> loader, ReferenceQueue<ClassLoader> queue)
            throws InterruptedException {
        for (int i = 0; i < MOST_COLLECTIONS; i++) {
            System.gc();
            if (queue.remove(100) == loader) {
                return true;
            }
        }
        return false;
    }
}
