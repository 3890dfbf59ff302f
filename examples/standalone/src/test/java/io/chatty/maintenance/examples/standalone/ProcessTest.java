package io.chatty.maintenance.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process itself, and the signals it gets. */
@Timeout(180)
class ProcessTest {

    private static final String CLEANUP =
            "tasks.clean { type = message-cleanup, smallest-batch = 50, largest-batch = 50";

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();
    private final BlockingQueue<String> log = new LinkedBlockingQueue<>();

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    /** Its standard error can be waited for, see {@link #awaitLine}; its standard output goes to a file. */
    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command).redirectOutput(output()).start();
        started.add(process);
        new Thread(() -> {
                    try (BufferedReader lines = new BufferedReader(
                            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
                        lines.lines().forEach(log::add);
                    } catch (IOException | UncheckedIOException e) {
                        log.add(e.toString());
                    }
                })
                .start();
        return process;
    }

    private File output() {
        return folder.resolve("out").toFile();
    }

    private void awaitLine(Predicate<String> wanted) throws InterruptedException {
        List<String> seen = new ArrayList<>();
        while (true) {
            String line = log.poll(60, TimeUnit.SECONDS);
            assertThat(line).as("a further line after %s", seen).isNotNull();
            if (wanted.test(line)) {
                return;
            }
            seen.add(line);
        }
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
        return process.exitValue();
    }

    @Test
    void a_sigterm_in_the_middle_of_a_run_leaves_it_to_rest_and_the_next_process_goes_on_with_it() throws Exception {
        Chat chat = Chat.in(folder);
        String file = chat.file("engine.log-batches = true", CLEANUP + ", items-per-second = 100 }");
        Process process = start("run", "clean", "--json", "--verbose", "-c", file);
        awaitLine(line -> line.contains("[clean ") && line.contains("atch"));

        process.destroy();

        assertThat(exitCode(process)).isEqualTo(ExitCode.INTERRUPTED);
        JsonNode rests = new ObjectMapper().readTree(output());
        assertThat(rests.at("/run/state").asText()).isEqualTo("INTERRUPTED");
        long deleted = rests.at("/run/counts/deleted.expired").asLong();
        assertThat(deleted).isBetween(1L, 999L);
        assertThat(chat.due()).isEqualTo(1000 - deleted);

        Ran next = Ran.command("run", "clean", "--json", "-c", chat.file(CLEANUP + " }"));
        assertThat(next.code()).isZero();
        assertThat(next.json().at("/run/id")).isEqualTo(rests.at("/run/id"));
        assertThat(next.json().at("/run/counts/deleted.expired").asLong()).isEqualTo(1000);
        assertThat(chat.due()).isZero();
        assertThat(chat.count("messages")).isEqualTo(Chat.MESSAGES / 2);
    }

    @Test
    void serve_reads_its_file_again_at_a_sighup_and_ends_well_at_a_sigterm() throws Exception {
        Chat chat = Chat.in(folder);
        String file = chat.file("tasks.sweep { type = steps, schedule.every = 1 h }");
        Process process = start("serve", "-c", file);
        awaitLine(line -> line.contains("Serving sweep"));

        chat.file("tasks.sweep { type = steps, schedule.every = 1 x }");
        hangUp(process);
        awaitLine(line -> line.contains("Nothing was changed"));
        awaitLine(line -> line.contains("tasks.sweep.schedule.every: \"1 x\" given"));

        chat.file("tasks.sweep { type = steps, schedule.every = 1 s }");
        hangUp(process);
        awaitLine(line -> line.contains("Run of sweep is SUCCEEDED"));

        process.destroy();
        assertThat(exitCode(process)).isZero();
        assertThat(Files.readAllLines(output().toPath())).isNotEmpty().allMatch(line -> line.contains("  sweep  "));
    }

    private static void hangUp(Process process) throws Exception {
        Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start();
        assertThat(exitCode(kill)).isZero();
    }

    @Test
    void wrong_arguments_end_the_process_with_their_code() throws Exception {
        Process process = start("run");
        assertThat(exitCode(process)).isEqualTo(ExitCode.USAGE);
        awaitLine(line -> line.contains("Missing required parameter: 'TASK'"));
        assertThat(output()).isEmpty();
    }
}
