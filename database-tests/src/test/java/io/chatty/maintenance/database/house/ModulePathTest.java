package io.chatty.maintenance.database.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
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

    @Test
    void an_engine_runs_in_a_host_that_is_a_module(@TempDir Path folder) throws Exception {
        String library = modulePath();
        Path host = folder.resolve("host");
        Sources.compile(
                host,
                Map.of("module-info.java", DESCRIPTOR, "host/Main.java", MAIN),
                "--release",
                "17",
                "--module-path",
                library);
        Path output = folder.resolve("output.txt");
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--module-path",
                        host + File.pathSeparator + library,
                        "--module",
                        "host/host.Main"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = child.waitFor(2, TimeUnit.MINUTES);
            String said = Files.readString(output);
            assertThat(ended).as("ends by itself, having said: %s", said).isTrue();
            assertThat(said.lines())
                    .contains(
                            "module io.chatty.maintenance.core, module io.chatty.maintenance.jdbc",
                            "SUCCEEDED deleted.expired=31 examined=31");
            assertThat(child.exitValue()).isZero();
        } finally {
            child.destroyForcibly();
        }
    }

    /** The entries of this test's class path that are those modules. */
    private static String modulePath() throws IOException {
        Map<String, String> found = new HashMap<>();
        List<String> entries =
                new ArrayList<>(List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1)));
        for (String entry : entries) {
            module(Path.of(entry)).filter(MODULES::contains).ifPresent(name -> found.put(name, entry));
        }
        assertThat(found).containsOnlyKeys(MODULES);
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
