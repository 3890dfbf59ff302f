package io.chatty.maintenance.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What README.md says, and the files that it names. */
class ReadmeTest {

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void it_has_the_exit_codes_that_there_are_and_so_has_the_help() throws IOException {
        List<String> codes = Arrays.stream(ExitCode.class.getDeclaredFields())
                .map(field -> {
                    try {
                        return String.valueOf(field.get(null));
                    } catch (IllegalAccessException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();

        assertThat(found("^\\| (\\d+) \\|", readme())).containsExactlyElementsOf(codes);
        assertThat(found("^  (\\d+) ", Ran.command("--help").out())).containsExactlyElementsOf(codes);
    }

    @Test
    void it_has_every_command() throws IOException {
        List<String> commands = found("^  ([a-z-]+) ", Ran.command("--help").out());
        assertThat(commands).hasSize(15);
        for (String command : commands) {
            assertThat(readme()).contains("`" + command);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"chatty-maintenance.conf", "try-it.conf"})
    void its_files_have_no_mistakes(String file) {
        assertThat(Ran.command("validate", "-c", file))
                .extracting(Ran::code, Ran::out)
                .containsExactly(ExitCode.OK, file + ": no mistakes" + System.lineSeparator());
    }

    @Test
    void the_chat_to_try_it_on_is_made_once_and_cleaned(@TempDir Path folder) throws IOException {
        String settings = Files.readString(Path.of("try-it.conf"))
                .replace(
                        "./examples/standalone/target/try-it",
                        folder.resolve("try-it").toString())
                .replace("./examples/standalone/", "./");
        Path file = Files.writeString(folder.resolve("try-it.conf"), settings);
        Files.copy(Path.of("chatty-maintenance.conf"), folder.resolve("chatty-maintenance.conf"));

        long due = due(file);
        assertThat(due).isBetween(2000L, 3000L);
        assertThat(Ran.command("run", "message-cleanup", "-c", file.toString()).code())
                .isZero();
        assertThat(due(file)).as("what has become due meanwhile").isLessThan(3);
    }

    private static long due(Path file) throws IOException {
        var counts =
                Ran.command("preview", "--json", "-c", file.toString()).json().at("/previews/0/counts");
        return Stream.of("due.expired", "due.softDeleted")
                .mapToLong(name -> counts.at("/" + name).asLong())
                .sum();
    }
}
