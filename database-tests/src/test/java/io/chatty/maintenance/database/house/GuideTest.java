package io.chatty.maintenance.database.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.jdbc.ChatSchema;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's task and its test are compiled and run as they stand there. */
final class GuideTest {

    private static final String GUIDE =
            Sources.text(Path.of("..", "docs", "guide.md").toAbsolutePath().normalize());

    private static final String TASK = """
            import io.chatty.maintenance.task.BatchResult;
            import io.chatty.maintenance.task.Counts;
            import io.chatty.maintenance.task.Cursor;
            import io.chatty.maintenance.task.MaintenanceTask;
            import io.chatty.maintenance.task.TaskContext;
            import java.sql.Connection;
            import java.sql.PreparedStatement;
            import java.sql.ResultSet;
            import java.sql.SQLException;
            import java.sql.Statement;
            import java.sql.Timestamp;
            import java.time.Duration;
            import javax.sql.DataSource;

            %s
            """;

    private static final String TEST = """
            import static io.chatty.maintenance.engine.Schedules.daily;
            import static org.assertj.core.api.Assertions.assertThat;

            import io.chatty.maintenance.engine.MaintenanceEngine;
            import io.chatty.maintenance.run.Run;
            import io.chatty.maintenance.run.RunState;
            import io.chatty.maintenance.testkit.SteppedScheduler;
            import io.chatty.maintenance.testkit.TestClock;
            import java.time.Duration;
            import java.time.Instant;
            import java.time.LocalTime;
            import java.time.ZoneOffset;
            import javax.sql.DataSource;

            public final class OldSignInsTest {
                public static void passes(DataSource dataSource) {
            %s
                }
            }
            """;

    private static final String POLICIES = """
            import static io.chatty.maintenance.retention.RetentionRule.*;
            import static java.time.Duration.ofDays;

            import io.chatty.maintenance.retention.*;
            import java.time.Instant;
            import java.time.InstantSource;
            import java.util.Optional;

            final class Policies {
                record Room(String id, String team) {}

                static Optional<Instant> since(Room room, InstantSource clock) {
            %s
            %s
                    return since;
                }
            }
            """;

    private static final String MAPPING = """
            import io.chatty.maintenance.jdbc.*;

            final class Mapping {
                static ChatSchema schema() {
            %s
                    return schema;
                }
            }
            """;

    private static final String SWEEP = """
            import io.chatty.maintenance.file.verify.FindingsFile;
            import io.chatty.maintenance.file.local.LocalFileStore;
            import io.chatty.maintenance.file.sweep.FileSweep;
            import io.chatty.maintenance.jdbc.ChatDatabase;
            import java.nio.file.Path;
            import java.time.Duration;
            import java.util.List;

            final class Sweep {
                static FileSweep sweep(ChatDatabase chat) throws Exception {
            %s
                    return sweep;
                }
            }
            """;

    @Test
    void its_sweep_is_one(@TempDir Path folder) {
        compile(folder, Map.of("Sweep.java", SWEEP.formatted(block("Files", 1))));
    }

    @Test
    void its_mapping_is_a_schema_with_each_of_its_other_ways(@TempDir Path folder) throws Exception {
        String mapping = block("Mapping your tables", 0);
        compile(folder, Map.of("Mapping.java", MAPPING.formatted(mapping)));
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Method schema = loader.loadClass("Mapping").getDeclaredMethod("schema");
            schema.setAccessible(true);
            assertThat(((ChatSchema) schema.invoke(null)).children()).hasSize(4);
        }
        Sources.compile(
                folder,
                Map.of("Mapping.java", MAPPING.formatted(mapping.replace("        // .", "        ."))),
                "-cp",
                System.getProperty("java.class.path"));
    }

    private static final String REPORTS = """
            import static io.chatty.maintenance.engine.Schedules.daily;

            import io.chatty.maintenance.engine.MaintenanceEngine;
            import io.chatty.maintenance.file.FileLedger;
            import io.chatty.maintenance.file.FileReferences;
            import io.chatty.maintenance.file.SweepableStore;
            import io.chatty.maintenance.file.duplicate.DuplicateFiles;
            import io.chatty.maintenance.file.verify.FileVerification;
            import io.chatty.maintenance.file.verify.FindingsFile;
            import java.nio.file.Path;
            import java.time.LocalTime;
            import java.time.ZoneId;

            final class Reports {
                static FileVerification verification(SweepableStore files, FileReferences references,
                        FileLedger ledger, MaintenanceEngine.Builder engine, ZoneId zone) {
            %s
                    return verification;
                }

                static DuplicateFiles duplicates(SweepableStore files) {
            %s
                    return duplicates;
                }
            }
            """;

    @Test
    void its_verification_and_its_report_of_duplicates_are_ones(@TempDir Path folder) {
        compile(folder, Map.of("Reports.java", REPORTS.formatted(block("Files", 2), block("Files", 3))));
    }

    private static final String LIMITS = """
            import io.chatty.maintenance.file.EvictionOrder;
            import io.chatty.maintenance.file.limit.FileLimits;
            import io.chatty.maintenance.file.sweep.FileSweep;
            import io.chatty.maintenance.jdbc.*;

            final class Limits {
                static FileLimits of(ChatDatabase chat, DatabaseReferences references, FileSweep sweep) {
            %s
                    return limits;
                }
            }
            """;

    @Test
    void its_limits_on_files_are_ones(@TempDir Path folder) {
        compile(folder, Map.of("Limits.java", LIMITS.formatted(block("Limits on files", 0))));
    }

    private static final String PRESENCE = """
            import static io.chatty.maintenance.engine.Schedules.every;
            import static org.assertj.core.api.Assertions.assertThat;

            import io.chatty.maintenance.engine.MaintenanceEngine;
            import io.chatty.maintenance.jdbc.ChatDatabase;
            import io.chatty.maintenance.presence.*;
            import io.chatty.maintenance.presence.PresenceVisibility.Sight;
            import io.chatty.maintenance.presence.local.LocalPresenceTracker;
            import io.chatty.maintenance.testkit.SteppedScheduler;
            import io.chatty.maintenance.testkit.TestClock;
            import java.time.Duration;
            import java.time.Instant;
            import java.time.temporal.ChronoUnit;
            import java.util.concurrent.Flow;

            public abstract class Presences {
                abstract boolean blocked(String user, String viewer);

                Presence use(PresenceDirectory directory, ChatDatabase chat, Instant noon,
                        Flow.Subscriber<PresenceEvent> subscriber, MaintenanceEngine.Builder engine) {
            %s
                    return seen;
                }

                public static void passes() {
            %s
                }
            }
            """;

    @Test
    void its_presence_is_one_and_its_test_passes(@TempDir Path folder) throws Exception {
        Sources.compile(
                folder,
                Map.of("Presences.java", PRESENCE.formatted(block("Presence", 0), block("Presence", 1))),
                "-Xlint:all,-requires-automatic,-classfile,-try",
                "-Werror",
                "-cp",
                System.getProperty("java.class.path"));
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            loader.loadClass("Presences").getMethod("passes").invoke(null);
        }
    }

    private static final String NODES = """
            import io.chatty.maintenance.jdbc.ChatDatabase;
            import io.chatty.maintenance.presence.PresenceTracker;
            import io.chatty.maintenance.presence.redis.RedisPresenceTracker;
            import io.lettuce.core.RedisURI;

            final class Nodes {
                static PresenceTracker node(ChatDatabase chat) {
            %s
                    return presence;
                }
            }
            """;

    @Test
    void its_presence_over_several_nodes_is_one(@TempDir Path folder) {
        compile(folder, Map.of("Nodes.java", NODES.formatted(block("Presence", 2))));
    }

    @Test
    void its_policies_are_ones(@TempDir Path folder) {
        String policies = block("Policies", 0).replace("scope -> …", "scope -> Optional.empty()");
        String starred = "import io.chatty.maintenance.retention.*;\nimport java.util.Set;\n" + block("Policies", 2);
        compile(
                folder,
                Map.of("Policies.java", POLICIES.formatted(policies, block("Policies", 1)), "Starred.java", starred));
    }

    @Test
    void its_task_passes_its_test(@TempDir Path folder) throws Exception {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:guide;DB_CLOSE_DELAY=-1");
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE sign_ins (id BIGINT PRIMARY KEY, seen_at TIMESTAMP WITH TIME ZONE NOT NULL)");
            statement.execute("""
                    INSERT INTO sign_ins
                    SELECT x, DATEADD(DAY, CASE WHEN x <= 300 THEN -31 ELSE -9 END,
                        TIMESTAMP WITH TIME ZONE '2025-12-31 00:00:00+00')
                    FROM SYSTEM_RANGE(1, 1000)
                    """);
        }
        compile(
                folder,
                Map.of(
                        "OldSignIns.java", TASK.formatted(block("Tasks of your own", 0)),
                        "OldSignInsTest.java", TEST.formatted(block("Testing", 0))));

        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            loader.loadClass("OldSignInsTest")
                    .getMethod("passes", DataSource.class)
                    .invoke(null, dataSource);
        }

        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*), MIN(id) FROM sign_ins")) {
            row.next();
            assertThat(row.getLong(1)).isEqualTo(700);
            assertThat(row.getLong(2)).isEqualTo(301);
        }
    }

    /** The code block below that heading, counted from 0. */
    private static String block(String heading, int which) {
        String section = Pattern.compile("(?ms)^## " + heading + "$(.*?)(^## |\\z)")
                .matcher(GUIDE)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
        return Pattern.compile("(?ms)^```java\n(.*?)\n```$")
                .matcher(section)
                .results()
                .skip(which)
                .findFirst()
                .orElseThrow()
                .group(1);
    }

    /** Without a warning, on the tests' class path. */
    private static void compile(Path folder, Map<String, String> sources) {
        Sources.compile(
                folder,
                sources,
                "-Xlint:all,-requires-automatic,-classfile",
                "-Werror",
                "-cp",
                System.getProperty("java.class.path"));
    }
}
