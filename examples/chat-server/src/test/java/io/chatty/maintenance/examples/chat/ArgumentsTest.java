package io.chatty.maintenance.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {

    @TempDir
    Path temp;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--keep=P1Y | P365D",
                "--keep=0 | P365D",
                "--keep=PT0S | longer than zero",
                "--keep=-P1D | longer than zero",
                "--keep=P9999999D | 10,000 years",
                "--keep=P99999999999999999999D | 10,000 years",
                "--grace=PT0S | longer than zero",
                "--grace=week | P365D",
                "--as-of=yesterday | 2026-01-31T12:00:00Z",
                "--as-of=2026-01-31 | 2026-01-31T12:00:00Z",
                "--as-of=+99999-01-01T00:00:00Z | 9999-12-31",
                "--soft-delete-every=-1 | from 0",
                "--soft-delete-every=x | from 0",
                "--port=65536 | 0 to 65535",
                "--port=http | 0 to 65535",
                "--jdbc-url=jdbc:oracle:thin:@x | jdbc:postgresql",
                "--jdbc-user=ann | --jdbc-url",
                "--keep | --keep",
                "--nonsense | --nonsense",
                "more | more",
            })
    void a_wrong_argument_is_refused_with_what_was_given_and_what_is_allowed(String argument, String named) {
        Ran ran = Ran.command(argument);
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains(named).doesNotContain("Exception");
        int value = argument.indexOf('=');
        if (value > 0 && !argument.startsWith("--jdbc")) {
            assertThat(ran.err()).contains(argument.substring(0, value)).contains(argument.substring(value + 1));
        }
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void a_folder_without_logs_is_refused() throws Exception {
        Files.writeString(temp.resolve("2015-01-01.txt"), "[10:13] <ann> not a log by its name\n");
        Ran ran = Ran.command("--history", temp.toString());
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("--history", temp.toString(), "no logs", "*.raw.txt");
    }

    @Test
    void a_folder_that_is_not_there_is_refused() {
        Ran ran = Ran.command("--history", temp.resolve("nowhere").toString());
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("--history", "nowhere", "no folder");
    }

    @Test
    void a_report_that_cannot_be_written_is_refused_before_anything_is_done() {
        for (Path report : new Path[] {temp, temp.resolve("nowhere/report.json")}) {
            Ran ran = Ran.command("--report", report.toString());
            assertThat(ran.exitCode()).isEqualTo(2);
            assertThat(ran.err()).contains("--report", report.toString(), "a folder that is there");
            assertThat(ran.out()).isEmpty();
        }
    }

    @Test
    void a_folder_for_files_that_has_something_in_it_is_refused_and_left_as_it_is() throws Exception {
        Path precious = Files.writeString(temp.resolve("precious"), "x");
        for (Path folder : new Path[] {temp, precious}) {
            Ran ran = Ran.command("--files", folder.toString());
            assertThat(ran.exitCode()).isEqualTo(2);
            assertThat(ran.err()).contains("--files", folder.toString(), "empty or yet to be made");
            assertThat(ran.out()).isEmpty();
        }
        assertThat(temp).isDirectoryContaining(precious::equals);
    }

    @Test
    void bad_files_alone_give_a_report_of_nothing() throws Exception {
        Files.writeString(temp.resolve("notes.raw.txt"), "[10:13] <ann> x\n");
        Path report = temp.resolve("report.json");
        Ran ran = Ran.command("--history", temp.toString(), "--report", report.toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(Ran.wholeNumbers(report))
                .containsEntry("imported.badFiles", 1L)
                .containsEntry("imported.messages", 0L)
                .containsEntry("left.messages", 0L);
    }

    @Test
    void a_server_that_cannot_be_reached_is_a_failure() {
        Ran ran = Ran.command("--jdbc-url=jdbc:postgresql://127.0.0.1:1/chat?password=secret");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err())
                .startsWith("Failed: No connection to PostgreSQL at")
                .doesNotContain("secret");
    }

    @Test
    void a_port_that_is_taken_is_a_failure() throws Exception {
        Files.writeString(temp.resolve("2015-01-01.raw.txt"), "[10:13] <ann> x\n");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ran ran = Ran.command("--history", temp.toString(), "--serve", "--port=" + taken.getLocalPort());
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.err()).contains("Failed: Port " + taken.getLocalPort());
        }
    }

    @Test
    void help_tells_all_arguments() {
        Ran ran = Ran.command("--help");
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out())
                .contains(
                        "--history",
                        "--as-of",
                        "--keep",
                        "--soft-delete-every",
                        "--grace",
                        "--preview",
                        "--serve",
                        "--files")
                .contains("--port", "--report", "--jdbc-url", "--jdbc-user", "--jdbc-password", "--verbose")
                .contains("Default: P365D");
    }
}
