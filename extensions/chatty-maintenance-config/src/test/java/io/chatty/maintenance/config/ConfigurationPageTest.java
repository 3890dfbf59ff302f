package io.chatty.maintenance.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.EngineSettings;
import io.chatty.maintenance.jdbc.PartitionDrop;
import io.chatty.maintenance.jdbc.TableCare;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(strings = {"profile = production", "# A complete file"})
    void its_examples_of_files_are_right(String mark) throws IOException {
        String example = Pattern.compile("(?s)```hocon\n(.*?)```")
                .matcher(page())
                .results()
                .map(found -> found.group(1))
                .filter(found -> found.contains(mark))
                .findFirst()
                .orElseThrow();

        assertThat(MaintenanceConfig.parse(example.replace("jdbc:postgresql:", "jdbc:h2:mem:"))
                        .validate())
                .isEmpty();
    }

    @Test
    void its_example_of_limits_is_right(@TempDir Path folder) throws IOException {
        String example = Pattern.compile("(?s)```hocon\n(tasks\\.file-limits \\{.*?)```")
                .matcher(page())
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow();

        assertThat(MaintenanceConfig.parse(
                                "chatty-maintenance {\n" + Mistake.H2 + Mistake.TABLES + example
                                        + "zone = UTC, windows.quiet = [ { from = \"01:00\", to = \"05:30\" } ]\n"
                                        + "files.uploads { root = \"" + folder
                                        + "\", references.chat.columns = [ { table = attachments, column = path } ] }\n"
                                        + "tasks.sweep { type = file-sweep, settings { store = uploads, orphans = [ \"\" ] } }\n}")
                        .validate())
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.chatty.maintenance.config.WordsOfTheApiTest#parts")
    void it_describes_each_word_for_a_word_of_the_api(WordsOfTheApiTest.Part part) throws IOException {
        String page = page();

        assertThat(WordsOfTheApiTest.inFile(part))
                .allSatisfy(word -> assertThat(page)
                        .containsPattern("(?m)^[^\n]*`[^`\n]*(?<![a-z-])" + word + "(?![a-z-])[^`\n]*`"));
    }

    /** The defaults that it tells of the library's own tasks are those of the API. */
    @Test
    void its_durations_are_those_of_the_api() throws IOException {
        assertThat(page()).contains("10 ms to 1 min | " + Units.words(PartitionDrop.LOCK_LIMIT) + " |");
        assertThat(page()).contains("and below `batch-timeout` | " + Units.words(TableCare.TIME_LIMIT) + " |");
    }
}
