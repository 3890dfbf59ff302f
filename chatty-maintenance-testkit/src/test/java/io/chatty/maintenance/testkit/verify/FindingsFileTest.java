package io.chatty.maintenance.testkit.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileFinding.Kind;
import io.chatty.maintenance.file.verify.FindingsFile;
import io.chatty.maintenance.testkit.TestClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of findings is always whole lines, and never too large. */
class FindingsFileTest {

    private final TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));

    @TempDir
    private Path folder;

    private FindingsFile file(long limit) {
        return new FindingsFile(path(), limit, clock);
    }

    private Path path() {
        return folder.resolve("findings.jsonl");
    }

    private static FileFinding broken(String name) {
        return new FileFinding(Kind.BROKEN_REFERENCE, name, "attachments 4711");
    }

    @Test
    void a_finding_is_a_line_of_json_whatever_characters_it_has() throws Exception {
        file(10_000).accept(new FileFinding(Kind.WRONG_SIZE, "a\n\"b\\\u0000\u00e9\ud83d\ude00\ud83d", "1 \t 2"));
        assertThat(Files.readAllLines(path()))
                .containsExactly("{\"at\":\"2026-01-01T00:00:00Z\",\"kind\":\"WRONG_SIZE\",\"name\":"
                        + "\"a\\u000a\\u0022b\\u005c\\u0000\u00e9\ud83d\ude00\\ud83d\",\"detail\":\"1 \\u0009 2\"}");
    }

    @Test
    void it_is_appended_to_by_each_process() throws Exception {
        file(10_000).accept(broken("a"));
        file(10_000).accept(broken("b"));
        assertThat(Files.readAllLines(path())).hasSize(2);
    }

    @Test
    void a_line_that_a_crash_cut_off_is_left_alone() throws Exception {
        Files.writeString(path(), "{\"at\":\"20");
        file(10_000).accept(broken("a"));
        assertThat(Files.readAllLines(path()))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("{\"at\":\"2026")
                .endsWith("}");
    }

    @Test
    void at_its_limit_it_says_so_once_and_grows_no_more() throws Exception {
        FindingsFile file = file(2000);
        for (int i = 0; i < 100; i++) {
            file.accept(broken("uploads/" + i));
        }
        List<String> lines = Files.readAllLines(path());
        assertThat(Files.size(path())).isBetween(1700L, 2000L);
        assertThat(lines).last().asString().contains("the limit of this file is reached");
        assertThat(lines.subList(0, lines.size() - 1)).allMatch(line -> line.contains("uploads/"));
        assertThat(file.lost()).isEqualTo(100 - (lines.size() - 1));

        FindingsFile afterRestart = file(2000);
        afterRestart.accept(broken("uploads/x"));
        assertThat(Files.readAllLines(path())).isEqualTo(lines);
        assertThat(afterRestart.lost()).isEqualTo(1);

        Files.move(path(), folder.resolve("old"));
        afterRestart.accept(broken("uploads/y"));
        assertThat(Files.readAllLines(path())).singleElement().asString().contains("uploads/y");
    }

    @Test
    void a_file_that_cannot_be_written_to_fails_nothing_and_is_counted() {
        FindingsFile file = new FindingsFile(folder.resolve("away/findings"), 2000, clock);
        file.accept(broken("a"));
        file.accept(broken("b"));
        assertThat(file.lost()).isEqualTo(2);
    }

    @Test
    void what_several_threads_tell_is_whole_lines() throws Exception {
        FindingsFile file = file(10_000_000);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int i = 0; i < 4; i++) {
                threads.execute(() -> {
                    for (int j = 0; j < 500; j++) {
                        file.accept(broken("uploads/" + j));
                    }
                });
            }
        } finally {
            threads.shutdown();
        }
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readAllLines(path()))
                .hasSize(2000)
                .allMatch(line -> line.startsWith("{\"at\"") && line.endsWith("}"));
    }

    @Test
    void a_limit_that_holds_nothing_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> file(1023))
                .withMessageContaining("1023 bytes given, at least 1024");
    }
}
