package io.chatty.maintenance.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.local.LocalFileStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, and what only files of a machine have: links, modes, odd names, processes that are killed. */
final class LocalFileStoreTest extends SweepableStoreContract {

    private static final String OWN = ".chatty-maintenance";

    @TempDir
    private Path folder;

    private Path root;
    private Path outside;
    private LocalFileStore store;

    @BeforeEach
    void open() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("a"), "not ours");
        store = LocalFileStore.open(root);
    }

    @Override
    protected SweepableStore store() {
        return store;
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }

    private List<String> names() throws IOException {
        try (Stream<StoredFile> files = store.list("")) {
            return files.map(StoredFile::name).sorted().toList();
        }
    }

    private static List<Path> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }

    private void assertNothingChangedOutside() throws IOException {
        assertThat(entries(outside)).containsExactly(outside.resolve("a"));
        assertThat(outside.resolve("a")).hasContent("not ours");
    }

    @Test
    void its_files_are_for_their_owner_alone() throws IOException {
        write("dir/deep/a", "one");
        assertThat(mode("dir/deep/a")).isEqualTo("rw-------");
        assertThat(mode("dir/deep")).isEqualTo("rwx------");
        assertThat(mode("dir")).isEqualTo("rwx------");
        assertThat(mode(OWN)).isEqualTo("rwx------");
    }

    private String mode(String name) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(name)));
    }

    @Test
    void nothing_but_the_file_is_left_by_a_write() throws IOException {
        write("a", "one");
        write("a", "one");
        assertThatThrownBy(() -> write("a", "two")).isInstanceOf(FileSystemException.class);
        assertThatThrownBy(() -> store.write("b", out -> {
                    throw new IOException("no more");
                }))
                .hasMessage("no more");
        assertThat(entries(root.resolve(OWN))).isEmpty();
        assertThat(entries(root)).containsExactlyInAnyOrder(root.resolve("a"), root.resolve(OWN));
        assertThat(Files.getAttribute(root.resolve("a"), "unix:nlink")).isEqualTo(1);
    }

    @Test
    void its_own_directory_holds_no_file_of_the_store() throws IOException {
        Files.writeString(root.resolve(OWN).resolve("x"), "x");
        assertThat(names()).isEmpty();
        try (Stream<StoredFile> files = store.list(OWN + "/")) {
            assertThat(files).isEmpty();
        }
        assertThatIllegalArgumentException().isThrownBy(() -> write(OWN + "/y", "y"));
        assertThatIllegalArgumentException().isThrownBy(() -> store.delete(OWN + "/x"));
        assertThatIllegalArgumentException().isThrownBy(() -> store.open(".CHATTY-maintenance/x"));
    }

    @Test
    void a_root_that_is_missing_is_refused() {
        assertThatThrownBy(() -> LocalFileStore.open(folder.resolve("missing")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void a_root_that_went_or_was_replaced_is_not_taken_for_empty() throws IOException {
        write("a", "one");
        Files.move(root, folder.resolve("moved"));
        assertAllFails();
        Files.createDirectory(root);
        assertAllFails();
        assertThat(entries(root)).isEmpty();
    }

    private void assertAllFails() {
        assertThatThrownBy(() -> store.list("")).isInstanceOf(IOException.class).hasMessageContaining("root");
        assertThatThrownBy(() -> store.list("dir/"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("root");
        assertThatThrownBy(() -> store.delete("a"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("root");
        assertThatThrownBy(() -> store.open("a")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> write("b", "two"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("root");
    }

    @Test
    void a_root_may_be_reached_through_a_link() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), root);
        LocalFileStore linked = LocalFileStore.open(link);
        linked.write("a", out -> out.write('x'));
        assertThat(names()).containsExactly("a");
    }

    @Test
    void links_are_neither_followed_nor_listed_nor_deleted() throws IOException {
        write("dir/b", "two");
        Files.createSymbolicLink(root.resolve("file"), outside.resolve("a"));
        Files.createSymbolicLink(root.resolve("away"), outside);
        Files.createSymbolicLink(root.resolve("inside"), root.resolve("dir"));
        Files.createSymbolicLink(root.resolve("dir/dangling"), outside.resolve("none"));
        assertThat(names()).containsExactly("dir/b");
        for (String name : List.of("file", "away/a", "inside/b", "away", "dir/dangling")) {
            assertThatThrownBy(() -> store.open(name)).as(name).isInstanceOf(FileSystemException.class);
            assertThatThrownBy(() -> store.delete(name)).as(name).isInstanceOf(FileSystemException.class);
        }
        for (String name : List.of("file", "away/new", "away/new/deep", "inside/new", "dir/dangling")) {
            assertThatThrownBy(() -> write(name, "x")).as(name).isInstanceOf(FileSystemException.class);
        }
        assertThat(Files.isSymbolicLink(root.resolve("file"))).isTrue();
        assertThat(entries(root.resolve("dir"))).hasSize(2);
        assertThat(entries(root.resolve(OWN))).isEmpty();
        assertNothingChangedOutside();
    }

    @Test
    void what_is_no_ordinary_file_is_neither_listed_nor_touched() throws Exception {
        write("dir/a", "one");
        assertThat(new ProcessBuilder("mkfifo", root.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(names()).containsExactly("dir/a");
        for (String name : List.of("pipe", "dir")) {
            assertThatThrownBy(() -> store.open(name)).as(name).isInstanceOf(FileSystemException.class);
            assertThatThrownBy(() -> store.delete(name)).as(name).isInstanceOf(FileSystemException.class);
            assertThatThrownBy(() -> write(name, "x")).as(name).isInstanceOf(FileSystemException.class);
        }
        assertThat(root.resolve("pipe")).exists();
        assertThatThrownBy(() -> write("dir/a/below", "x")).isInstanceOf(FileSystemException.class);
        assertThatThrownBy(() -> store.open("dir/a/below")).isInstanceOf(FileSystemException.class);
    }

    /** The same directory name is now a directory of files, now a link out, many times a second. */
    @Test
    void a_directory_that_is_swapped_for_a_link_leads_nowhere() throws Exception {
        Path real = Files.createDirectory(root.resolve("real"));
        Path link = Files.createSymbolicLink(root.resolve("link"), outside);
        Path place = root.resolve("dir");
        Path spare = folder.resolve("spare");
        Files.writeString(real.resolve("a"), "ours");
        AtomicBoolean end = new AtomicBoolean();
        ExecutorService swapper = Executors.newSingleThreadExecutor();
        Future<?> swapping = swapper.submit(() -> {
            while (!end.get()) {
                Files.move(real, place, StandardCopyOption.ATOMIC_MOVE);
                Files.move(place, real, StandardCopyOption.ATOMIC_MOVE);
                if (Files.notExists(real.resolve("a"))) { // it was deleted
                    Files.writeString(spare, "ours");
                    Files.move(spare, real.resolve("a"), StandardCopyOption.ATOMIC_MOVE);
                }
                Files.move(link, place, StandardCopyOption.ATOMIC_MOVE);
                Files.move(place, link, StandardCopyOption.ATOMIC_MOVE);
            }
            return null;
        });
        int read = 0;
        int deleted = 0;
        try {
            for (int i = 0; i < 2_000 || ((read == 0 || deleted == 0) && i < 2_000_000); i++) {
                try (InputStream in = store.open("dir/a")) {
                    assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("ours");
                    read++;
                } catch (FileSystemException e) {
                    // it was not there, or a link
                }
                try (Stream<StoredFile> files = store.list("dir")) {
                    assertThat(files.map(StoredFile::name)).isSubsetOf("dir/a");
                } catch (FileSystemException | UncheckedIOException e) {
                    // the same
                }
                deleted += deleteSwapped() ? 1 : 0;
            }
        } finally {
            end.set(true);
            swapper.shutdown();
            assertThat(swapper.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        swapping.get();
        assertThat(read).as("it was read at times").isPositive();
        assertThat(deleted).as("it was deleted at times").isPositive();
        assertNothingChangedOutside();
    }

    private boolean deleteSwapped() throws IOException {
        try {
            return store.delete("dir/a");
        } catch (FileSystemException e) {
            return false;
        }
    }

    @Test
    void a_name_that_is_not_utf_8_is_left_alone() throws Exception {
        write("a", "one");
        Process made = new ProcessBuilder(
                        "sh",
                        "-c",
                        "touch \"$(printf 'x\\351')\"; mkdir \"$(printf 'y\\351')\"; touch \"$(printf 'y\\351')/z\"")
                .directory(root.toFile())
                .start();
        assertThat(made.waitFor()).isZero();
        assertThat(entries(root)).hasSize(4);
        assertThat(names()).containsExactly("a");
        assertThat(new String("x\u00e9".getBytes(ISO_8859_1), UTF_8)).isEqualTo("x\ufffd");
        assertThat(store.delete("x\ufffd")).isFalse();
        assertThat(entries(root)).hasSize(4);
    }

    @Test
    void a_file_is_no_older_than_its_last_change_even_if_its_time_was_set_back() throws IOException {
        write("a", "one");
        Files.setLastModifiedTime(root.resolve("a"), FileTime.from(Instant.parse("2001-01-01T00:00:00Z")));
        try (Stream<StoredFile> files = store.list("a")) {
            assertThat(files.findFirst().orElseThrow().state().changedAt())
                    .isAfter(Instant.now().minus(Duration.ofMinutes(1)));
        }
    }

    @Test
    void what_a_killed_process_left_is_removed_when_it_is_a_day_old() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        root.toString())
                .redirectErrorStream(true)
                .start();
        try {
            BufferedReader output = child.inputReader(UTF_8);
            assertThat(output.readLine()).isEqualTo("half written");
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertThat(names()).isEmpty();
        List<Path> left = entries(root.resolve(OWN));
        assertThat(left).hasSize(1);

        LocalFileStore.open(root);
        assertThat(entries(root.resolve(OWN))).as("it may still be written").isEqualTo(left);

        Files.setLastModifiedTime(left.get(0), FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        Path kept = Files.writeString(root.resolve(OWN).resolve("not-a-new-file"), "x");
        Files.setLastModifiedTime(kept, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        LocalFileStore.open(root);
        assertThat(entries(root.resolve(OWN))).containsExactly(kept);
        write("dir/a", "whole");
        assertThat(root.resolve("dir/a")).hasContent("whole");
    }

    /** Another process, which stops in the middle of a write. */
    static final class KilledWriter {

        private KilledWriter() {}

        /** Argument: the root. */
        public static void main(String[] arguments) throws IOException {
            LocalFileStore.open(Path.of(arguments[0])).write("dir/a", out -> {
                out.write(new byte[100_000]);
                out.flush();
                System.out.println("half written");
                System.out.flush();
                int end = System.in.read(); // never comes: this process is killed
                throw new IllegalStateException("let go on instead of killed: " + end);
            });
        }
    }
}
