package io.chatty.maintenance.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a small history, in a folder that is looked into. */
class FileHistoryTest {

    private static final Instant NEWEST = Instant.parse("2016-06-10T12:00:00Z");

    @TempDir
    Path temp;

    Path logs;
    Path files;

    @BeforeEach
    void folders() throws Exception {
        logs = Files.createDirectory(temp.resolve("tea-irc"));
        files = temp.resolve("files");
    }

    /** Two hundred addresses two hours before the last of a message a day; the last days have some. */
    private void manyLinks() throws IOException {
        log("2015-01-01", 120);
        for (int day = 1; day <= 10; day++) {
            log(String.format("2016-06-%02d", day), 10);
        }
    }

    private void log(String day, int links) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= links; i++) {
            String[] endings = {"", ".png", ".JPG?x=1", "/?f=a.png", ".gif#top", ".jpeg.html", ".Jpeg"};
            lines.add("[12:00] <ann> see http://tea.example/" + day + "/" + i + endings[i % endings.length]);
        }
        Files.writeString(logs.resolve(day + ".raw.txt"), String.join("\n", lines) + "\n");
    }

    private Map<String, Long> run(String... more) throws IOException {
        Path report = temp.resolve("report.json");
        List<String> arguments = new ArrayList<>(
                List.of("--history", logs.toString(), "--files", files.toString(), "--report", report.toString()));
        arguments.addAll(List.of(more));
        Ran ran = Ran.command(arguments.toArray(String[]::new));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        Map<String, Long> numbers = Ran.wholeNumbers(report);
        numbers.keySet().removeIf(key -> !key.startsWith("files."));
        return numbers;
    }

    private List<String> namesIn(String folder) throws IOException {
        Path in = files.resolve(folder);
        if (!Files.isDirectory(in)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(in)) {
            return found.filter(Files::isRegularFile)
                    .map(file -> files.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private PlainFiles plain(Instant asOf) throws IOException {
        return new PlainFiles(new PlainCount(logs, 20, Duration.ofDays(7), Duration.ofDays(365), Optional.of(asOf)));
    }

    @Test
    void files_of_purged_messages_orphans_and_temporary_files_go_and_all_others_stay() throws Exception {
        manyLinks();
        Map<String, Long> reported = run();
        PlainFiles plain = plain(NEWEST.plus(Duration.ofDays(1)));
        assertThat(reported).isEqualTo(plain.expected());
        assertThat(plain.get("deleted")).isPositive().isLessThan(plain.get("quarantined"));
        assertThat(plain.get("thumbnailsWithoutOriginal")).isPositive().isLessThan(plain.get("thumbnails"));
        assertThat(namesIn("uploads").size() + namesIn("thumbnails").size()).isEqualTo((int) plain.get("left"));
        assertThat(namesIn("uploads")).noneMatch(name -> name.endsWith(".part") || name.contains("unsent"));
    }

    @Test
    void a_file_is_due_from_the_moment_on_at_which_its_age_is_reached() throws Exception {
        log("2016-06-01", 50);
        Instant sent = Instant.parse("2016-06-01T12:00:00Z");
        for (Instant asOf : new Instant[] {
            sent.plus(Duration.ofDays(3)),
            sent.plus(Duration.ofDays(3)).minusSeconds(1),
            sent.plus(Duration.ofDays(1)),
            sent.plus(Duration.ofDays(1)).minusSeconds(1),
            sent.minus(Duration.ofDays(4)),
            sent.minus(Duration.ofDays(4)).minusSeconds(1),
            sent.minus(Duration.ofDays(30))
        }) {
            files = temp.resolve("files-" + asOf.getEpochSecond());
            assertThat(run("--as-of=" + asOf))
                    .as("as of " + asOf)
                    .isEqualTo(plain(asOf).expected());
        }
    }

    @Test
    void a_preview_finds_the_same_and_touches_nothing() throws Exception {
        manyLinks();
        Map<String, Long> reported = run("--preview");
        PlainFiles plain = plain(NEWEST.plus(Duration.ofDays(1)));
        assertThat(reported)
                .containsEntry("files.scanned", plain.get("scanned"))
                .containsEntry("files.thumbnails", plain.get("thumbnails"))
                .containsEntry("files.orphans", 10L) // of 220 attachments; the last is too young
                .containsEntry("files.temporary", 4L)
                .containsEntry("files.thumbnailsWithoutOriginal", 0L)
                .containsEntry("files.quarantined", 0L)
                .containsEntry("files.deleted", 0L)
                .containsEntry("files.bytesReclaimed", 0L)
                .containsEntry("files.left", plain.get("scanned"));
        assertThat(namesIn("uploads").size() + namesIn("thumbnails").size()).isEqualTo((int) plain.get("scanned"));
    }

    @Test
    void each_address_has_a_file_of_its_own_with_the_time_of_its_message() throws Exception {
        Files.writeString(
                logs.resolve("2016-06-10.raw.txt"),
                "[12:00] <ann> http://tea.example/a.png http://tea.example/a.png and http://tea.example/\u00fc?b=.gif\n");
        assertThat(run()).containsEntry("files.scanned", 5L).containsEntry("files.left", 5L);
        assertThat(namesIn("uploads")).hasSize(3);
        assertThat(namesIn("thumbnails")).hasSize(2).allMatch(name -> name.endsWith(".png.png"));
        for (String name : namesIn("uploads")) {
            assertThat(Files.getLastModifiedTime(files.resolve(name))).isEqualTo(FileTime.from(NEWEST));
            assertThat(files.resolve(name)).content().startsWith("http://tea.example/");
        }
        assertThat(Files.size(files.resolve(namesIn("thumbnails").get(0)))).isEqualTo(68);
    }

    @Test
    void without_any_row_that_names_a_file_only_what_was_seen_to_lose_its_row_is_known_to_be_an_orphan()
            throws Exception {
        log("2015-01-01", 40);
        Files.writeString(logs.resolve("2016-06-10.raw.txt"), "[12:00] <ann> no link\n");
        Map<String, Long> reported = run();
        assertThat(reported)
                .containsEntry("files.orphans", 40L) // not the two that never had a row
                .containsEntry("files.left", 2L);
    }
}
