package io.chatty.maintenance.testkit.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileFinding.Kind;
import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.file.sweep.InMemoryFileLedger;
import io.chatty.maintenance.file.verify.FileVerification;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.testkit.InMemoryFileReferences;
import io.chatty.maintenance.testkit.InMemoryFileStore;
import io.chatty.maintenance.testkit.SingleRun;
import io.chatty.maintenance.testkit.TestClock;
import java.io.FilterInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a verification finds, what it does not, and that it goes on where it was. */
class FileVerificationTest {

    private static final Duration DAY = Duration.ofDays(1);
    private static final int MEGABYTE = 1 << 20;

    private final TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final InMemoryFileStore memory = new InMemoryFileStore(clock);
    private final WatchedStore store = new WatchedStore(memory);
    private final InMemoryFileReferences references = new InMemoryFileReferences("attachments");
    private final List<FileFinding> findings = new ArrayList<>();

    private FileVerification.Builder verification() {
        return verification(store);
    }

    private FileVerification.Builder verification(SweepableStore of) {
        return FileVerification.builder("file-verification", of)
                .references(references)
                .contents(1)
                .findings(findings::add);
    }

    private static String sha256(byte[] content) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
        return String.format("%064x", new BigInteger(1, hash));
    }

    private static FileReference reference(String name, byte[] content) throws Exception {
        return new FileReference(name, "row of " + name, OptionalLong.of(content.length), Optional.of(sha256(content)));
    }

    private void write(String name, String text) throws IOException {
        memory.write(name, out -> out.write(text.getBytes(UTF_8)));
    }

    /** A file that is what is said of it. */
    private void good(String name, String text) throws Exception {
        write(name, text);
        references.add(reference(name, text.getBytes(UTF_8)));
    }

    private void replace(String name, String text) {
        try {
            memory.delete(name);
            write(name, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Counts run(FileVerification task) throws Exception {
        return new SingleRun(task, 100, clock.instant()).go();
    }

    @Test
    void files_that_are_what_is_said_of_them_are_read_and_nothing_is_told() throws Exception {
        good("uploads/a", "12345");
        good("uploads/b", "");
        write("uploads/unknown", "x");
        clock.advance(DAY);
        Counts counts = run(verification().build());
        assertThat(counts.asMap())
                .containsOnly(
                        java.util.Map.entry("examined", 2L),
                        java.util.Map.entry("contents", 2L),
                        java.util.Map.entry("bytes.read", 5L));
        assertThat(findings).isEmpty();
    }

    @Test
    void each_thing_that_is_wrong_is_found() throws Exception {
        good("uploads/good", "good");
        references.add("uploads/missing");
        references.add("../../etc/passwd");
        write("uploads/longer", "12345");
        references.add(reference("uploads/longer", "1234".getBytes(UTF_8)));
        write("uploads/other", "other");
        references.add(reference("uploads/other", "OTHER".getBytes(UTF_8)));
        good("uploads/unreadable", "x");
        good("uploads/strange", "x");
        clock.advance(DAY);
        store.fails.add("open uploads/unreadable");
        store.fails.add("look uploads/strange");

        FileVerification task = verification().build();
        Counts counts = run(task);
        assertThat(findings)
                .extracting(FileFinding::kind, FileFinding::name)
                .containsExactlyInAnyOrder(
                        tuple(Kind.BROKEN_REFERENCE, "uploads/missing"),
                        tuple(Kind.REFUSED_NAME, "../../etc/passwd"),
                        tuple(Kind.WRONG_SIZE, "uploads/longer"),
                        tuple(Kind.WRONG_CONTENT, "uploads/other"),
                        tuple(Kind.FAILED, "uploads/unreadable"),
                        tuple(Kind.FAILED, "uploads/strange"));
        assertThat(findings)
                .extracting(FileFinding::detail)
                .contains("attachments 2", "has 5 bytes, should have 4 by row of uploads/longer")
                .anyMatch(detail -> detail.contains("should have " + sha("OTHER") + " by row of uploads/other"));
        assertThat(counts.get("examined")).isEqualTo(7);
        assertThat(counts.get("broken")).isEqualTo(1);
        assertThat(counts.get("refused")).isEqualTo(1);
        assertThat(counts.get("wrongSize")).isEqualTo(1);
        assertThat(counts.get("wrongContent")).isEqualTo(1);
        assertThat(counts.get("skipped.failed")).isEqualTo(2);
        assertThat(task.warnings(counts)).hasSize(3);
        assertThat(task.warnings(counts).get(0)).startsWith("broken references: 1 references are to files");
        assertThat(task.warnings(counts).get(1)).startsWith("failed files: 2 times a file could not be read");
        assertThat(task.warnings(counts).get(2)).startsWith("damaged files: 2 files are not what");
        assertThat(task.warnings(Counts.none())).isEmpty();
    }

    private static String sha(String text) {
        try {
            return sha256(text.getBytes(UTF_8));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_hash_in_capital_letters_is_the_same() throws Exception {
        write("uploads/a", "12345");
        references.add(new FileReference(
                "uploads/a",
                "row",
                OptionalLong.empty(),
                Optional.of(sha("12345").toUpperCase(java.util.Locale.ROOT))));
        clock.advance(DAY);
        assertThat(run(verification().build()).get("contents")).isEqualTo(1);
        assertThat(findings).isEmpty();
    }

    @Test
    void what_is_not_known_is_not_compared() throws Exception {
        write("uploads/a", "12345");
        references.add("uploads/a");
        clock.advance(DAY);
        Counts counts = run(verification().build());
        assertThat(counts.get("skipped.noChecksum")).isEqualTo(1);
        assertThat(counts.get("bytes.read")).isZero();
    }

    @Test
    void a_young_file_may_be_ahead_of_its_row() throws Exception {
        write("uploads/a", "new and longer");
        references.add(reference("uploads/a", "old".getBytes(UTF_8)));
        clock.advance(Duration.ofHours(1).minusMillis(1));
        assertThat(run(verification().build()).get("skipped.young")).isEqualTo(1);
        assertThat(findings).isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(run(verification().build()).get("wrongSize")).isEqualTo(1);
    }

    @Test
    void a_reference_that_goes_while_its_file_is_looked_for_is_not_broken() throws Exception {
        references.add("uploads/a");
        store.before("look uploads/a", () -> references.remove("uploads/a"));
        assertThat(run(verification().build()).get("broken")).isZero();
        assertThat(findings).isEmpty();
    }

    @Test
    void a_file_that_comes_while_it_is_looked_for_is_not_missing() throws Exception {
        references.add("uploads/a");
        FileReferences late = new Forwarding(references) {
            @Override
            public Set<String> find(Collection<String> names) throws Exception {
                write("uploads/a", "x");
                return super.find(names);
            }
        };
        FileVerification task = FileVerification.builder("file-verification", store)
                .references(late)
                .findings(findings::add)
                .build();
        assertThat(run(task).get("broken")).isZero();
        assertThat(findings).isEmpty();
    }

    @Test
    void a_file_that_is_replaced_while_it_is_read_is_not_told_of() throws Exception {
        good("uploads/a", "12345");
        clock.advance(DAY);
        store.before("open uploads/a", () -> replace("uploads/a", "54321"));
        Counts counts = run(verification().build());
        assertThat(counts.get("contents")).isEqualTo(1);
        assertThat(counts.get("skipped.changed")).isEqualTo(1);
        assertThat(findings).isEmpty();
    }

    @Test
    void a_file_whose_row_is_put_right_while_it_is_read_is_not_told_of() throws Exception {
        write("uploads/a", "54321");
        references.add(reference("uploads/a", "12345".getBytes(UTF_8)));
        clock.advance(DAY);
        store.before("open uploads/a", () -> {
            references.remove("uploads/a");
            references.add(
                    new FileReference("uploads/a", "row of uploads/a", OptionalLong.of(5), Optional.of(sha("54321"))));
        });
        assertThat(run(verification().build()).get("skipped.changed")).isEqualTo(1);
        assertThat(findings).isEmpty();
    }

    @Test
    void a_file_that_goes_while_it_is_read_is_missing_and_not_unreadable() throws Exception {
        good("uploads/a", "12345");
        clock.advance(DAY);
        store.before("open uploads/a", () -> memory.delete("uploads/a"));
        run(verification().build());
        assertThat(findings).extracting(FileFinding::kind).containsExactly(Kind.BROKEN_REFERENCE);
    }

    @Test
    void a_file_that_ends_early_has_the_wrong_size() throws Exception {
        good("uploads/a", "12345");
        clock.advance(DAY);
        store.opened = in -> new FilterInputStream(in) {
            private boolean ended;

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                int count = ended ? -1 : super.read(into, from, 3);
                ended = true;
                return count;
            }
        };
        run(verification().build());
        assertThat(findings)
                .singleElement()
                .satisfies(finding -> assertThat(finding.kind()).isEqualTo(Kind.WRONG_SIZE))
                .satisfies(finding -> assertThat(finding.detail()).startsWith("gave 3 bytes, should have 5"));
    }

    @Test
    void what_a_sweep_set_aside_is_not_missing() throws Exception {
        InMemoryFileLedger ledger = new InMemoryFileLedger(clock);
        references.add("uploads/other");
        write("uploads/a", "x");
        FileSweep sweep = FileSweep.builder("file-sweep", memory, ledger)
                .references(references)
                .orphans("uploads/")
                .movesOnFirstRun()
                .build();
        clock.advance(Duration.ofDays(4));
        new SingleRun(sweep, 100, clock.instant()).go();
        references.add("uploads/a");
        Counts counts = run(verification().sweptBy("file-sweep", ledger).build());
        assertThat(counts.get("skipped.quarantined")).isEqualTo(1);
        assertThat(findings).extracting(FileFinding::name).containsExactly("uploads/other");
    }

    @Test
    void of_another_store_than_is_swept_nothing_is_looked_at() throws Exception {
        InMemoryFileLedger ledger = new InMemoryFileLedger(clock);
        ledger.note("file-sweep", "store", "one");
        references.add("uploads/a");
        FileVerification task = verification().sweptBy("file-sweep", ledger).build();
        assertThatThrownBy(() -> run(task))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("has no id, where file-sweep sweeps one");
        memory.giveId("one");
        assertThat(run(task).get("broken")).isEqualTo(1);
    }

    @Test
    void a_preview_counts_what_a_run_would_read_and_tells_and_reads_nothing() throws Exception {
        good("uploads/a", "12345");
        good("uploads/b", "123");
        references.add("uploads/missing");
        clock.advance(DAY);
        store.fails.add("open uploads/a");
        store.fails.add("open uploads/b");
        Counts counts = new SingleRun(verification().build(), 100, clock.instant())
                .previews()
                .go();
        assertThat(counts.get("examined")).isEqualTo(3);
        assertThat(counts.get("due.contents")).isEqualTo(2);
        assertThat(counts.get("due.bytes.read")).isEqualTo(8);
        assertThat(counts.get("broken")).isEqualTo(1);
        assertThat(counts.get("bytes.read")).isZero();
        assertThat(findings).isEmpty();
    }

    @Test
    void a_source_that_ends_with_another_number_ends_the_run() throws Exception {
        good("uploads/a", "1");
        good("uploads/b", "1");
        FileReferences partial = new Forwarding(references) {
            @Override
            public ReferencePage page(Optional<Cursor> position, int most) {
                ReferencePage page = super.page(position, most);
                return page.complete().isPresent()
                        ? ReferencePage.complete(
                                page.references(), page.complete().getAsLong() + 1)
                        : page;
            }
        };
        FileVerification task = FileVerification.builder("file-verification", store)
                .references(partial)
                .build();
        assertThatThrownBy(() -> new SingleRun(task, 1, clock.instant()).go())
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("ended with 3 references, but 2 were read");
    }

    @Test
    void a_run_goes_on_behind_each_batch_in_another_process() throws Exception {
        references.add("uploads/missing");
        InMemoryFileReferences avatars = new InMemoryFileReferences("avatars");
        for (int i = 0; i < 25; i++) {
            good("uploads/" + i, "content " + i);
            write("avatars/" + i, "avatar " + i);
            avatars.add(reference("avatars/" + i, (i == 7 ? "another" : "avatar " + i).getBytes(UTF_8)));
        }
        clock.advance(DAY);
        SingleRun run = new SingleRun(verification().references(avatars).build(), 3, clock.instant());
        int batches = 0;
        while (!run.isFinished()) {
            run.step();
            batches++;
            run.goesOnIn(verification().references(avatars).build());
        }
        assertThat(batches).isGreaterThan(15);
        assertThat(run.counts().get("examined")).isEqualTo(51);
        assertThat(run.counts().get("contents")).isEqualTo(49);
        assertThat(findings)
                .extracting(FileFinding::kind, FileFinding::name)
                .containsExactly(tuple(Kind.BROKEN_REFERENCE, "uploads/missing"), tuple(Kind.WRONG_SIZE, "avatars/7"));
    }

    @Test
    void a_run_that_goes_on_with_other_sources_begins_anew() throws Exception {
        good("uploads/a", "1");
        good("uploads/b", "1");
        clock.advance(DAY);
        SingleRun run = new SingleRun(verification().build(), 1, clock.instant());
        run.step();
        InMemoryFileReferences avatars = new InMemoryFileReferences("avatars");
        avatars.add("uploads/a");
        FileVerification other = FileVerification.builder("file-verification", store)
                .references(avatars)
                .references(references)
                .build();
        assertThat(run.goesOnIn(other).go().get("examined")).isEqualTo(1 + 3);
    }

    // ---- large files

    private byte[] large(String name, int size) throws Exception {
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            content[i] = (byte) (i * 31 + i / 251);
        }
        memory.write(name, out -> out.write(content));
        return content;
    }

    @Test
    void a_batch_reads_a_part_of_a_large_file_and_the_next_goes_on() throws Exception {
        references.add(reference("uploads/large", large("uploads/large", 40 * MEGABYTE)));
        good("uploads/small", "12345");
        clock.advance(DAY);
        SingleRun run = new SingleRun(verification().build(), 100, clock.instant());
        List<Long> read = new ArrayList<>();
        while (!run.isFinished()) {
            read.add(run.step().counts().get("bytes.read"));
        }
        assertThat(read).containsExactly(16L * MEGABYTE, 16L * MEGABYTE, 8L * MEGABYTE + 5);
        assertThat(run.counts().get("examined")).isEqualTo(2);
        assertThat(run.counts().get("contents")).isEqualTo(2);
        assertThat(store.opens.get()).isEqualTo(2);
        assertThat(store.closes.get()).isEqualTo(2);
        assertThat(findings).isEmpty();
    }

    @Test
    void a_large_file_is_read_from_its_beginning_when_another_process_goes_on() throws Exception {
        byte[] content = large("uploads/large", 20 * MEGABYTE);
        references.add(reference("uploads/large", content));
        clock.advance(DAY);
        SingleRun run = new SingleRun(verification().build(), 100, clock.instant());
        run.step();
        run.goesOnIn(verification().build()).go();
        assertThat(run.counts().get("bytes.read")).isEqualTo(36L * MEGABYTE);
        assertThat(run.counts().get("contents")).isEqualTo(1);
        assertThat(findings).isEmpty();
    }

    @Test
    void a_large_file_that_is_replaced_between_two_batches_is_read_anew() throws Exception {
        large("uploads/large", 20 * MEGABYTE);
        byte[] right = new byte[18 * MEGABYTE];
        references.add(new FileReference("uploads/large", "row", OptionalLong.empty(), Optional.of(sha256(right))));
        clock.advance(DAY);
        SingleRun run = new SingleRun(verification().unchangedFor(Duration.ZERO).build(), 100, clock.instant());
        run.step();
        memory.delete("uploads/large");
        memory.write("uploads/large", out -> out.write(right));
        run.go();
        assertThat(findings).isEmpty();
        assertThat(run.counts().get("contents")).isEqualTo(1);
        assertThat(store.closes.get()).isEqualTo(2);
    }

    @Test
    void a_large_file_whose_connection_ends_between_two_batches_is_read_anew() throws Exception {
        references.add(reference("uploads/large", large("uploads/large", 20 * MEGABYTE)));
        clock.advance(DAY);
        AtomicInteger streams = new AtomicInteger();
        store.opened = in -> streams.incrementAndGet() > 1
                ? in
                : new FilterInputStream(in) {
                    private long read;

                    @Override
                    public int read(byte[] into, int from, int length) throws IOException {
                        if (read >= 16 * MEGABYTE) {
                            throw new IOException("connection reset");
                        }
                        int count = super.read(into, from, length);
                        read += count;
                        return count;
                    }
                };
        SingleRun run = new SingleRun(verification().build(), 100, clock.instant());
        run.go();
        assertThat(findings).isEmpty();
        assertThat(run.counts().get("reopened")).isEqualTo(1);
        assertThat(run.counts().get("contents")).isEqualTo(1);
    }

    @Test
    void a_batch_that_is_cancelled_while_it_reads_ends_at_once_and_closes_the_file() throws Exception {
        references.add(reference("uploads/large", large("uploads/large", 10 * MEGABYTE)));
        good("uploads/small", "12345");
        clock.advance(DAY);
        SingleRun run = new SingleRun(verification().build(), 100, clock.instant());
        store.opened = in -> new FilterInputStream(in) {
            private long read;

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                int count = super.read(into, from, length);
                read += count;
                if (read >= MEGABYTE) {
                    run.cancelled(true);
                }
                return count;
            }
        };
        BatchResult result = run.step();
        assertThat(result.counts().get("bytes.read")).isBetween((long) MEGABYTE, 2L * MEGABYTE);
        assertThat(result.counts().get("examined")).isZero();
        assertThat(store.closes.get()).isEqualTo(1);
        run.cancelled(false);
        store.opened = in -> in;
        assertThat(run.go().get("contents")).as("resumed").isEqualTo(2);
        assertThat(findings).isEmpty();
    }

    @Test
    void references_that_go_in_the_middle_of_a_page_make_it_miss_none() throws Exception {
        for (int i = 0; i < 4; i++) {
            good("uploads/small" + i, "12345");
            references.add(reference("uploads/large" + i, large("uploads/large" + i, 9 * MEGABYTE)));
        }
        write("uploads/wrong", "wrong");
        references.add(reference("uploads/wrong", "WRONG".getBytes(UTF_8)));
        clock.advance(DAY);
        SingleRun run = new SingleRun(verification().build(), 100, clock.instant());
        run.step();
        assertThat(run.counts().get("examined")).as("in the middle of the page").isEqualTo(3);
        references.remove("uploads/small0");
        run.step();
        assertThat(run.counts().get("examined")).isEqualTo(7);
        references.remove("uploads/small3"); // the last that was done: all of the page that is left is done again
        run.go();
        assertThat(run.counts().get("contents")).isEqualTo(7 + 7);
        assertThat(findings).extracting(FileFinding::name).containsExactly("uploads/wrong");
    }

    // ---- which are read

    @Test
    void a_share_of_the_files_is_read_each_day_and_all_over_time() throws Exception {
        int files = 2000;
        for (int i = 0; i < files; i++) {
            good("uploads/" + i, "x");
        }
        clock.advance(DAY);
        for (Duration between : List.of(DAY, DAY.multipliedBy(7))) {
            Set<String> read = new HashSet<>();
            store.onOpen = read::add;
            int runs = 0;
            while (read.size() < files) {
                assertThat(runs).as("runs").isLessThan(60);
                FileVerification task = verification().contents(0.05).build();
                assertThat(run(task).get("contents")).isBetween(60L, 140L);
                clock.advance(between);
                runs++;
            }
        }
    }

    @Test
    void a_share_of_nothing_reads_nothing() throws Exception {
        good("uploads/a", "12345");
        clock.advance(DAY);
        Counts counts = run(verification().contents(0).build());
        assertThat(counts.get("examined")).isEqualTo(1);
        assertThat(counts.get("bytes.read")).isZero();
    }

    @Test
    void nonsense_is_refused_where_it_is_said() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verification().contents(1.01))
                .withMessageContaining("1.01 given, 0 to 1 allowed");
        assertThatIllegalArgumentException().isThrownBy(() -> verification().contents(Double.NaN));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verification().references(references))
                .withMessageContaining("given twice");
        assertThatIllegalArgumentException().isThrownBy(() -> verification().unchangedFor(Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileVerification.builder("v", store).build())
                .withMessageContaining("none given");
    }

    // ---- on a disk

    @Test
    void on_a_disk_each_thing_that_is_wrong_is_found_and_nothing_is_changed(@TempDir Path root) throws Exception {
        for (String name : List.of("good", "longer", "rotten")) {
            Files.writeString(root.resolve(name), name);
            references.add(reference(name, name.getBytes(UTF_8)));
        }
        references.add("missing");
        Files.writeString(root.resolve("longer"), "more than it was");
        FileTime before = Files.getLastModifiedTime(root.resolve("rotten"));
        Files.writeString(root.resolve("rotten"), "rotteN");
        Files.setLastModifiedTime(root.resolve("rotten"), before);
        LocalFileStore local = LocalFileStore.open(root);
        Instant later = Instant.now().plus(DAY);
        SingleRun run = new SingleRun(verification(local).build(), 2, later);
        run.go();
        assertThat(findings)
                .extracting(FileFinding::kind, FileFinding::name)
                .containsExactlyInAnyOrder(
                        tuple(Kind.WRONG_SIZE, "longer"),
                        tuple(Kind.WRONG_CONTENT, "rotten"),
                        tuple(Kind.BROKEN_REFERENCE, "missing"));
        assertThat(Files.readString(root.resolve("rotten"))).isEqualTo("rotteN");
        assertThat(Files.getLastModifiedTime(root.resolve("rotten"))).isEqualTo(before);
    }

    /** A source that is another's, but for what a test overrides. */
    private static class Forwarding implements FileReferences {

        private final InMemoryFileReferences target;

        Forwarding(InMemoryFileReferences target) {
            this.target = target;
        }

        @Override
        public String name() {
            return target.name();
        }

        @Override
        public Set<String> find(Collection<String> names) throws Exception {
            return target.find(names);
        }

        @Override
        public ReferencePage page(Optional<Cursor> position, int most) {
            return target.page(position, most);
        }
    }
}
