package io.chatty.maintenance.database.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README says is true. Its ten lines are compiled and run as they stand there. */
final class ReadmeTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String TEST_COMMAND = "mvn -B -ntp verify";

    /** What a host has around the ten lines. */
    private static final String HOST = """
            import static io.chatty.maintenance.engine.Schedules.daily;
            import static io.chatty.maintenance.retention.RetentionRule.keepFor;
            import static io.chatty.maintenance.retention.RetentionRule.keepForever;
            import static java.time.Duration.ofDays;

            import io.chatty.maintenance.engine.MaintenanceEngine;
            import io.chatty.maintenance.jdbc.ChatDatabase;
            import io.chatty.maintenance.jdbc.ChatSchema;
            import io.chatty.maintenance.retention.RetentionPolicies;
            import java.time.LocalTime;
            import java.time.ZoneId;
            import javax.sql.DataSource;

            public final class Host {
                public static MaintenanceEngine embed(DataSource dataSource, ZoneId zone) {
            %s
                    return engine;
                }
            }
            """;

    @Test
    void its_ten_lines_are_ten() throws IOException {
        assertThat(only(blocks(readme(), "java")).lines()).hasSize(10);
    }

    @Test
    void its_ten_lines_preview_what_it_shows_and_then_delete_just_that(@TempDir Path folder) throws Exception {
        String readme = readme();
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:readme;DB_CLOSE_DELAY=-1");
        fill(dataSource);
        Sources.compile(
                folder,
                Map.of("Host.java", HOST.formatted(only(blocks(readme, "java")))),
                "-Xlint:all,-requires-automatic,-classfile",
                "-Werror",
                "-cp",
                System.getProperty("java.class.path"));

        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(
                        new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
                MaintenanceEngine engine = embed(loader, dataSource, printed)) {
            assertThat(withoutTime(printed.toString(StandardCharsets.UTF_8).strip()))
                    .isEqualTo(withoutTime(only(blocks(readme, "text"))));
            assertThat(count(dataSource, "messages")).isEqualTo(500);

            assertThat(engine.status("message-cleanup").nextDue()).isPresent();
            Run run = engine.runNow("message-cleanup").get();

            assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(run.counts().get("deleted.expired")).isEqualTo(300);
            assertThat(run.counts().get("deleted.softDeleted")).isEqualTo(25);
            assertThat(count(dataSource, "messages")).isEqualTo(500 - 325);
            assertThat(count(dataSource, "reactions")).isEqualTo(500 - 325);
        }
    }

    @Test
    void it_gives_two_commands_to_try_it_and_no_more() throws IOException {
        assertThat(blocks(section(readme(), "Try it"), "\\w*").stream().flatMap(String::lines))
                .containsExactly("mvn -q -B -am -pl examples/chat-server compile exec:java", TEST_COMMAND);
    }

    @Test
    void its_test_command_is_what_ci_runs() throws IOException {
        Path ci = ROOT.resolve(".ci/run");
        assertThat(ci).isExecutable();
        assertThat(Files.readAllLines(ci)).contains(TEST_COMMAND);
    }

    @Test
    void its_links_lead_to_files_that_exist() throws IOException {
        List<String> links = Pattern.compile("\\]\\(([^)#]+)\\)")
                .matcher(readme())
                .results()
                .map(link -> link.group(1))
                .toList();
        assertThat(links)
                .isNotEmpty()
                .allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
    }

    @Test
    void it_names_the_modules_and_the_version_that_there_are() throws IOException {
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        String version = only(groups(pom, "<version>(.*?)</version>").subList(0, 1));
        assertThat(groups(readme(), "<version>(.*?)</version>")).isNotEmpty().containsOnly(version);
        assertThat(readme()).contains("Version " + version);
        assertThat(groups(readme(), "(?m)^\\| `(chatty-[a-z-]+)`"))
                .containsExactlyElementsOf(groups(pom, "<module>(chatty-[a-z-]+)</module>"));
    }

    private static MaintenanceEngine embed(ClassLoader loader, DataSource dataSource, ByteArrayOutputStream printed)
            throws ReflectiveOperationException {
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            return (MaintenanceEngine) loader.loadClass("Host")
                    .getMethod("embed", DataSource.class, ZoneId.class)
                    .invoke(null, dataSource, ZoneId.of("Europe/Berlin"));
        } finally {
            System.setOut(before);
        }
    }

    /** 500 messages with a reaction each: 400 are old, 100 of them in the room that is kept; 25 young ones are deleted. */
    private static void fill(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE messages (
                        id BIGINT PRIMARY KEY,
                        room_id VARCHAR(40) NOT NULL,
                        sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
                        deleted_at TIMESTAMP WITH TIME ZONE)
                    """);
            statement.execute("CREATE INDEX messages_sent ON messages (sent_at, id)");
            statement.execute("CREATE INDEX messages_deleted ON messages (deleted_at, id)");
            statement.execute("""
                    CREATE TABLE reactions (
                        id BIGINT PRIMARY KEY,
                        message_id BIGINT NOT NULL REFERENCES messages (id))
                    """);
            statement.execute("""
                    INSERT INTO messages
                    SELECT x, CASE WHEN x <= 100 THEN 'legal' ELSE 'lobby' END,
                        DATEADD(DAY, CASE WHEN x <= 400 THEN -400 ELSE -30 END, CURRENT_TIMESTAMP),
                        CASE WHEN x > 475 THEN DATEADD(DAY, -10, CURRENT_TIMESTAMP)
                             WHEN x > 450 THEN DATEADD(DAY, -3, CURRENT_TIMESTAMP) END
                    FROM SYSTEM_RANGE(1, 500)
                    """);
            statement.execute("INSERT INTO reactions SELECT id, id FROM messages");
        }
    }

    private static long count(DataSource dataSource, String table) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    private static String section(String text, String heading) {
        return only(groups(text, "(?ms)^## " + Pattern.quote(heading) + "$(.*?)(?=^## |\\z)"));
    }

    private static List<String> blocks(String text, String language) {
        return groups(text, "(?ms)^```" + language + "\n(.*?)\n```$");
    }

    /** The first group of all matches. */
    private static List<String> groups(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static String only(List<String> found) {
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static String withoutTime(String preview) {
        return preview.lines()
                .map(line -> line.replaceAll("\\d{4}-\\S+Z", "…"))
                .reduce((one, other) -> one + "\n" + other)
                .orElse("");
    }
}
