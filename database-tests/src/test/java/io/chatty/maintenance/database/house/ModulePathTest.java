package io.chatty.maintenance.database.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

/** All other tests run on the class path; a host may as well be a module, on a module path and nothing else. */
final class ModulePathTest {

    /** What a host brings along, by Maven, and what the library needs of that. */
    private static final Set<String> MODULES = Set.of(
            "io.chatty.maintenance.api",
            "io.chatty.maintenance.core",
            "io.chatty.maintenance.jdbc",
            "org.jspecify",
            "org.slf4j",
            "com.cronutils",
            "dev.failsafe.core",
            "com.github.benmanes.caffeine",
            "micrometer.core",
            "micrometer.commons",
            "org.jdbi.v3.core",
            "io.leangen.geantyref",
            "com.h2database");

    private static final String DESCRIPTOR = """
            module host {
                requires io.chatty.maintenance.core;
                requires io.chatty.maintenance.jdbc;
                requires com.h2database;
                requires java.sql;
                requires java.naming; // a supertype of the data source of H2, an automatic module, is from there
            }
            """;

    private static final String MAIN = """
            package host;

            import io.chatty.maintenance.engine.MaintenanceEngine;
            import io.chatty.maintenance.engine.Schedules;
            import io.chatty.maintenance.jdbc.ChatDatabase;
            import io.chatty.maintenance.jdbc.ChatSchema;
            import io.chatty.maintenance.retention.RetentionPolicies;
            import io.chatty.maintenance.retention.RetentionRule;
            import java.time.Duration;
            import java.time.ZoneOffset;

            public final class Main {
                public static void main(String[] args) throws Exception {
                    var dataSource = new org.h2.jdbcx.JdbcDataSource();
                    dataSource.setURL("jdbc:h2:mem:host;DB_CLOSE_DELAY=-1");
                    try (var connection = dataSource.getConnection(); var statement = connection.createStatement()) {
                        statement.execute("CREATE TABLE messages (id INT PRIMARY KEY, sent_at TIMESTAMP WITH TIME ZONE)");
                        statement.execute("INSERT INTO messages SELECT x, DATEADD(DAY, -x, CURRENT_TIMESTAMP)"
                                + " FROM SYSTEM_RANGE(1, 100)");
                    }
                    var chat = ChatDatabase.of(dataSource, ChatSchema.builder()
                            .messages("messages", m -> m.key("id").sentAt("sent_at"))
                            .build());
                    chat.migrate();
                    var policies = RetentionPolicies.builder()
                            .global(RetentionRule.keepFor(Duration.ofDays(70)))
                            .build();
                    try (var engine = MaintenanceEngine.builder()
                            .runStore(chat.runStore())
                            .task(chat.messageCleanup(policies).build(), Schedules.cron("0 3 * * *", ZoneOffset.UTC))
                            .build()) {
                        engine.start();
                        var run = engine.runNow("message-cleanup").get();
                        System.out.println(MaintenanceEngine.class.getModule() + ", " + ChatDatabase.class.getModule());
                        System.out.println(run.state() + " " + run.counts());
                    }
                }
            }
            """;

    /** What it brings along beside for presence over several nodes. */
    private static final Set<String> REDIS_MODULES = Set.of(
            "io.chatty.maintenance.api",
            "io.chatty.maintenance.core",
            "io.chatty.maintenance.redis",
            "org.jspecify",
            "org.slf4j",
            "com.cronutils",
            "dev.failsafe.core",
            "com.github.benmanes.caffeine",
            "micrometer.core",
            "micrometer.commons",
            "lettuce.core",
            "redis.clients.authentication.core",
            "reactor.core",
            "org.reactivestreams",
            "io.netty.common",
            "io.netty.buffer",
            "io.netty.codec",
            "io.netty.codec.dns",
            "io.netty.handler",
            "io.netty.resolver",
            "io.netty.resolver.dns",
            "io.netty.transport",
            "io.netty.transport.unix.common");

    private static final String REDIS_DESCRIPTOR = """
            module host {
                requires io.chatty.maintenance.redis;
            }
            """;

    private static final String REDIS_MAIN = """
            package host;

            import io.chatty.maintenance.presence.PresenceEvent;
            import io.chatty.maintenance.presence.redis.RedisPresenceTracker;
            import io.lettuce.core.RedisURI;
            import java.util.concurrent.CountDownLatch;
            import java.util.concurrent.TimeUnit;

            public final class Main {
                public static void main(String[] args) throws Exception {
                    var seen = new CountDownLatch(1);
                    try (var presence = RedisPresenceTracker.builder(RedisURI.create(args[0])).build();
                            var told = presence.onChange(ann -> seen.countDown())) {
                        presence.connect("ann", "phone");
                        boolean isSeen = seen.await(60, TimeUnit.SECONDS);
                        System.out.println(RedisPresenceTracker.class.getModule() + ", " + PresenceEvent.class.getModule());
                        System.out.println(isSeen + " " + presence.presenceOf("ann").status());
                    }
                }
            }
            """;

    @Test
    void presence_over_redis_runs_in_a_host_that_is_a_module(@TempDir Path folder) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        RedisServer redis = RedisServer.builder()
                .port(port)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .build();
        redis.start();
        try {
            assertThat(said(folder, REDIS_DESCRIPTOR, REDIS_MAIN, REDIS_MODULES, "redis://127.0.0.1:" + port)
                            .lines())
                    .contains("module io.chatty.maintenance.redis, module io.chatty.maintenance.api", "true ONLINE");
        } finally {
            redis.stop();
        }
    }

    @Test
    void an_engine_runs_in_a_host_that_is_a_module(@TempDir Path folder) throws Exception {
        assertThat(said(folder, DESCRIPTOR, MAIN, MODULES).lines())
                .contains(
                        "module io.chatty.maintenance.core, module io.chatty.maintenance.jdbc",
                        "SUCCEEDED deleted.expired=31 examined=31");
    }

    /** What a host says that is compiled and run with these modules and no others, and ends well. */
    private static String said(Path folder, String descriptor, String main, Set<String> modules, String... args)
            throws Exception {
        String library = modulePath(modules);
        Path host = folder.resolve("host");
        Sources.compile(
                host,
                Map.of("module-info.java", descriptor, "host/Main.java", main),
                "--release",
                "17",
                "--module-path",
                library);
        Path output = folder.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                host + File.pathSeparator + library,
                "--module",
                "host/host.Main"));
        command.addAll(List.of(args));
        Process child = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = child.waitFor(2, TimeUnit.MINUTES);
            String said = Files.readString(output);
            assertThat(ended).as("ends by itself, having said: %s", said).isTrue();
            assertThat(child.exitValue()).as("having said: %s", said).isZero();
            return said;
        } finally {
            child.destroyForcibly();
        }
    }

    /** The entries of this test's class path that are those modules. */
    private static String modulePath(Set<String> modules) throws IOException {
        Map<String, String> found = new HashMap<>();
        List<String> entries =
                new ArrayList<>(List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1)));
        for (String entry : entries) {
            module(Path.of(entry)).filter(modules::contains).ifPresent(name -> found.put(name, entry));
        }
        assertThat(found).containsOnlyKeys(modules);
        return found.values().stream().collect(Collectors.joining(File.pathSeparator));
    }

    private static Optional<String> module(Path entry) {
        boolean canBeOne = Files.isRegularFile(entry) || Files.exists(entry.resolve("module-info.class"));
        return canBeOne
                ? ModuleFinder.of(entry).findAll().stream().findFirst().map(ModulePathTest::name)
                : Optional.empty();
    }

    private static String name(ModuleReference module) {
        return module.descriptor().name();
    }
}
