package io.chatty.maintenance.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.EngineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@code docs/configuration.md} says. */
class ConfigurationPageTest {

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `((?:engine|task-defaults)\\.[a-z-]+)` \\| ([^|]+) \\| ([^|]+) \\|$");

    private static String page() throws IOException {
        return Files.readString(Path.of("../../docs/configuration.md"));
    }

    private static List<MatchResult> rows() throws IOException {
        return ROW.matcher(page()).results().toList();
    }

    @Test
    void its_table_of_the_profiles_has_every_setting() throws IOException {
        List<String> settings = ReferenceTest.keys().stream()
                .filter(key -> key.startsWith("engine.") || key.startsWith("task-defaults."))
                .filter(key -> !key.equals("engine.limits"))
                .toList();

        assertThat(rows()).extracting(row -> row.group(1)).containsExactlyInAnyOrderElementsOf(settings);
    }

    /** Each column is put over the other profile, so that a value which is missing or wrong there shows. */
    @Test
    void its_table_of_the_profiles_has_the_values_of_the_engine() throws IOException {
        assertColumn(2, "development", EngineSettings.production());
        assertColumn(3, "production", EngineSettings.development());
    }

    private static void assertColumn(int column, String over, EngineSettings expected) throws IOException {
        String settings = rows().stream()
                .map(row -> row.group(1) + " = " + row.group(column))
                .collect(Collectors.joining("\n"));
        MaintenanceConfig config = MaintenanceConfig.parse(
                "chatty-maintenance {\nprofile = " + over + "\ntasks.tidy.type = tidy\n" + settings + "\n}");

        ReferenceTest.assertSame(config.plan().settings(), expected);
    }

    @Test
    void its_example_of_a_file_is_right() throws IOException {
        String example = Pattern.compile("(?s)```hocon\n(.*?)```")
                .matcher(page())
                .results()
                .map(found -> found.group(1))
                .filter(found -> found.contains("profile = production"))
                .findFirst()
                .orElseThrow();

        assertThat(MaintenanceConfig.parse(example.replace("jdbc:postgresql:", "jdbc:h2:mem:"))
                        .validate())
                .isEmpty();
    }
}
