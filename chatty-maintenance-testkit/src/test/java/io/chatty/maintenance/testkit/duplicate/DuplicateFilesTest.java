package io.chatty.maintenance.testkit.duplicate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileFinding.Kind;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.duplicate.DuplicateFiles;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.testkit.InMemoryFileStore;
import io.chatty.maintenance.testkit.SingleRun;
import io.chatty.maintenance.testkit.TestClock;
import io.chatty.maintenance.testkit.verify.WatchedStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which files are told of as duplicates, and what becomes of a report that is interrupted. */
class DuplicateFilesTest {

    private static final int MEGABYTE = 1 << 20;

    private final TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final InMemoryFileStore memory = new InMemoryFileStore(clock);
    private final WatchedStore store = new WatchedStore(memory);
    private final List<FileFinding> findings = new ArrayList<>();

    @TempDir
    private Path temporary;

    @AfterEach
    void every_file_that_was_opened_is_closed_and_nothing_is_left() throws IOException {
        assertThat(store.closes.get()).isEqualTo(store.opens.get());
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }

    private DuplicateFiles.Builder duplicates() {
        return duplicates(store).below("uploads/");
    }

    private DuplicateFiles.Builder duplicates(SweepableStore of) {
        return DuplicateFiles.builder("duplicate-files", of)
                .temporaryFiles(temporary)
                .findings(findings::add);
    }

    private void write(String name, byte[] content) throws IOException {
        memory.write(name, out -> out.write(content));
    }

    private void write(String name, String content) throws IOException {
        write(name, content.getBytes(UTF_8));
    }

    private static byte[] filled(int size, int at, int value) {
        byte[] content = new byte[size];
        content[at] = (byte) value;
        return content;
    }

    private SingleRun run(DuplicateFiles task, int size) {
        return new SingleRun(task, size, clock.instant());
    }

    @Test
    void files_of_the_same_content_are_told_of_with_the_first_of_them() throws Exception {
        write("uploads/b", "same");
        write("uploads/a", "same");
        write("uploads/c/d", "same");
        write("uploads/e", "SAME");
        write("uploads/f", "another size");
        write("elsewhere/a", "same");
        write("uploads/empty", "");
        write("uploads/empty2", "");
        Counts counts = run(duplicates().build(), 100).go();
        assertThat(findings)
                .containsExactly(
                        new FileFinding(Kind.DUPLICATE, "uploads/b", "has the same 4 bytes as \"uploads/a\""),
                        new FileFinding(Kind.DUPLICATE, "uploads/c/d", "has the same 4 bytes as \"uploads/a\""));
        assertThat(counts.asMap())
                .containsOnly(
                        Map.entry("examined", 7L),
                        Map.entry("skipped.small", 2L),
                        Map.entry("bytes.read", 16L),
                        Map.entry("duplicates", 2L),
                        Map.entry("duplicateBytes", 8L));
    }

    @Test
    void a_file_is_read_no_further_than_it_takes_to_tell_it_from_others() throws Exception {
        write("uploads/alone", filled(10_001, 0, 0));
        write("uploads/differs-early-1", filled(10_000, 4095, 1));
        write("uploads/differs-early-2", filled(10_000, 4095, 2));
        write("uploads/differs-late-1", filled(10_000, 4096, 1));
        write("uploads/differs-late-2", filled(10_000, 4096, 2));
        write("uploads/like-late-2", filled(10_000, 4096, 2));
        write("uploads/small-1", filled(4096, 4095, 1));
        write("uploads/small-2", filled(4096, 4095, 1));
        Counts counts = run(duplicates().build(), 100).go();
        assertThat(counts.get("bytes.read")).isEqualTo(7 * 4096 + 3 * 10_000);
        assertThat(findings)
                .extracting(FileFinding::name)
                .containsExactlyInAnyOrder("uploads/like-late-2", "uploads/small-2");
    }

    @Test
    void what_is_found_is_the_same_as_by_comparing_each_with_each() throws Exception {
        Random random = new Random(5);
        Map<String, List<String>> byContent = new HashMap<>();
        for (int i = 0; i < 600; i++) {
            String name = "uploads/" + random.nextInt(10) + "/" + i;
            String content = "x".repeat(random.nextInt(20) * 400) + random.nextInt(8);
            write(name, content);
            byContent.computeIfAbsent(content, key -> new ArrayList<>()).add(name);
        }
        TreeSet<String> expected = new TreeSet<>();
        long bytes = 0;
        for (Map.Entry<String, List<String>> same : byContent.entrySet()) {
            TreeSet<String> names = new TreeSet<>(same.getValue());
            names.pollFirst();
            expected.addAll(names);
            bytes += (long) names.size() * same.getKey().length();
        }
        assertThat(expected).hasSizeGreaterThan(100);
        for (int size : new int[] {1, 7, 1000}) {
            findings.clear();
            Counts counts = run(duplicates().build(), size).go();
            assertThat(new TreeSet<>(findings.stream().map(FileFinding::name).toList()))
                    .isEqualTo(expected);
            assertThat(findings).hasSameSizeAs(expected);
            assertThat(counts.get("duplicateBytes")).isEqualTo(bytes);
        }
    }

    @Test
    void a_run_that_goes_on_in_another_process_begins_anew_and_comes_to_its_end() throws Exception {
        for (int i = 0; i < 30; i++) {
            write("uploads/" + i, "same " + i % 3);
        }
        int batches = 0;
        SingleRun counting = run(duplicates().build(), 4);
        while (!counting.isFinished()) {
            counting.step();
            batches++;
        }
        for (int at = 1; at < batches; at++) {
            findings.clear();
            DuplicateFiles before = duplicates().build();
            SingleRun run = run(before, 4);
            for (int i = 0; i < at; i++) {
                run.step();
            }
            before.close();
            findings.clear();
            Counts counts = run.goesOnIn(duplicates().build()).go();
            assertThat(counts.get("restarted")).isEqualTo(1);
            assertThat(findings).hasSize(27);
        }
    }

    @Test
    void a_batch_that_is_done_again_begins_anew() throws Exception {
        for (int i = 0; i < 10; i++) {
            write("uploads/" + i, "same");
        }
        DuplicateFiles task = duplicates().build();
        SingleRun run = run(task, 3);
        run.step();
        task.runBatch(run); // its record was not committed
        assertThat(run.go().get("restarted")).isEqualTo(1);
        assertThat(findings).hasSize(9);
    }

    @Test
    void a_store_that_fails_ends_the_batch_and_the_next_try_begins_anew() throws Exception {
        write("uploads/a", "same");
        write("uploads/b", "same");
        SingleRun run = run(duplicates().build(), 3);
        store.fails.add("list uploads/");
        assertThatThrownBy(run::step).isInstanceOf(IOException.class);
        store.fails.clear();
        run.go();
        assertThat(findings).hasSize(1);
    }

    @Test
    void a_file_that_cannot_be_read_is_told_of_and_the_rest_is_done() throws Exception {
        write("uploads/a", "same");
        write("uploads/b", "same");
        write("uploads/c", "same");
        store.fails.add("open uploads/a");
        Counts counts = run(duplicates().build(), 3).go();
        assertThat(counts.get("skipped.failed")).isEqualTo(1);
        assertThat(findings)
                .extracting(FileFinding::kind, FileFinding::name)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(Kind.FAILED, "uploads/a"),
                        org.assertj.core.api.Assertions.tuple(Kind.DUPLICATE, "uploads/c"));
    }

    @Test
    void files_that_go_or_change_meanwhile_are_not_told_of() throws Exception {
        for (String name : List.of("a", "b", "c", "d", "e", "f")) {
            write("uploads/" + name, "same");
        }
        store.before("open uploads/b", () -> memory.delete("uploads/b"));
        store.before("open uploads/c", () -> {
            memory.delete("uploads/c");
            write("uploads/c", "same and more");
        });
        store.before("look uploads/a", () -> memory.delete("uploads/a"));
        store.before("look uploads/d", () -> {
            memory.delete("uploads/d");
            write("uploads/d", "changed at last");
        });
        Counts counts = run(duplicates().build(), 100).go();
        assertThat(findings)
                .containsExactly(new FileFinding(Kind.DUPLICATE, "uploads/f", "has the same 4 bytes as \"uploads/e\""));
        assertThat(counts.get("skipped.changed")).isEqualTo(4);
    }

    @Test
    void a_large_file_is_read_in_several_batches_and_a_cancel_is_heeded_within() throws Exception {
        write("uploads/a", filled(40 * MEGABYTE, 5000, 1));
        write("uploads/b", filled(40 * MEGABYTE, 5000, 1));
        DuplicateFiles task = duplicates().build();
        SingleRun run = run(task, 100);
        List<Long> read = new ArrayList<>();
        while (!run.isFinished()) {
            BatchResult result = run.step();
            read.add(result.counts().get("bytes.read"));
        }
        assertThat(read).allMatch(bytes -> bytes <= 16 * MEGABYTE).hasSizeBetween(5, 8);
        assertThat(run.counts().get("bytes.read")).isEqualTo(80L * MEGABYTE + 2 * 4096);
        assertThat(findings).hasSize(1);

        SingleRun cancelled = run(task, 100);
        cancelled.step();
        store.opened = in -> new java.io.FilterInputStream(in) {
            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                cancelled.cancelled(true);
                return super.read(into, from, length);
            }
        };
        while (!cancelled.isCancelled()) {
            assertThat(cancelled.step().counts().get("bytes.read")).isLessThanOrEqualTo(16L * MEGABYTE);
        }
        task.close();
    }

    @Test
    void the_cancelled_report_keeps_what_it_has_until_it_is_closed() throws Exception {
        write("uploads/a", "same");
        write("uploads/b", "same");
        DuplicateFiles task = duplicates().build();
        SingleRun run = run(task, 1);
        run.step();
        run.cancelled(true);
        assertThat(run.step().counts().sum("examined")).isZero();
        run.cancelled(false);
        assertThat(run.go().get("restarted")).as("resumed").isZero();
        assertThat(findings).hasSize(1);
    }

    @Test
    void a_run_that_begins_closes_what_one_that_was_left_had_open() throws Exception {
        write("uploads/a", filled(20 * MEGABYTE, 5000, 1));
        write("uploads/b", filled(20 * MEGABYTE, 5000, 1));
        DuplicateFiles task = duplicates().build();
        SingleRun left = run(task, 100);
        while (store.opens.get() == store.closes.get()) {
            left.step();
        }
        run(task, 100).go();
        assertThat(findings).hasSize(1);
    }

    @Test
    void on_a_disk_duplicates_are_found(@TempDir Path root) throws Exception {
        Files.createDirectories(root.resolve("uploads/deep"));
        Files.writeString(root.resolve("uploads/a"), "same");
        Files.writeString(root.resolve("uploads/deep/b"), "same");
        Files.createSymbolicLink(root.resolve("uploads/link"), root.resolve("uploads/a"));
        Files.createSymbolicLink(root.resolve("uploads/link2"), root.resolve("uploads/deep"));
        Counts counts = run(duplicates(LocalFileStore.open(root)).below("").build(), 100)
                .go();
        assertThat(findings).extracting(FileFinding::name).containsExactly("uploads/deep/b");
        assertThat(counts.get("skipped.link")).isEqualTo(2);
    }

    @Test
    void nonsense_is_refused_where_it_is_said(@TempDir Path folder) throws Exception {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> duplicates(store).build())
                .withMessageContaining("below: none given");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> duplicates().below("uploads/2026/"))
                .withMessageContaining("give the shorter alone");
        assertThatIllegalArgumentException().isThrownBy(() -> duplicates().below(""));
        assertThatIllegalArgumentException().isThrownBy(() -> duplicates().below("../"));
        assertThatIllegalArgumentException().isThrownBy(() -> duplicates().smallest(0));
        assertThat(duplicates()
                        .temporaryFiles(temporary.resolve("away"))
                        .build()
                        .problems())
                .singleElement()
                .asString()
                .contains("is no directory that can be written to");
        assertThat(duplicates()
                        .temporaryFiles(Files.createFile(folder.resolve("file")))
                        .build()
                        .problems())
                .hasSize(1);
        assertThat(duplicates().build().problems()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> DuplicateFiles.builder("Not a name!", store));
    }

    @Test
    @Timeout(300)
    void two_million_files_are_compared_in_64_megabytes() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path")
                                + System.getProperty("path.separator")
                                + System.getProperty("jdk.module.path", ""),
                        ManyFiles.class.getName(),
                        temporary.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = child.inputReader(UTF_8)) {
            List<String> lines = output.lines().toList();
            assertThat(lines).last().isEqualTo("examined 2000000, duplicates 500000, told 500000, wrong 0");
            assertThat(child.waitFor()).isZero();
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    /** The content of a file by its number: those of 1,500,000 and more repeat the first ones. */
    static byte[] content(int file) {
        int same = file % 1_500_000;
        return ByteBuffer.allocate(16 + same % 200).putInt(same).array();
    }
}
