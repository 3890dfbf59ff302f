package io.chatty.maintenance.testkit.sweep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that go away, are others than they were, or fail half-way: nothing is lost, and it is clear what came of it. */
class SweepFaultTest {

    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    private Path directory;

    private final Swept swept = new Swept();
    private Path root;

    @BeforeEach
    void makeRoot() throws Exception {
        root = Files.createDirectory(directory.resolve("root"));
        swept.clock.set(Instant.now());
    }

    /** Does something before a call, which may throw. */
    @FunctionalInterface
    private interface Before {
        void call(String method, Object first) throws Exception;
    }

    private <T> T wrapped(Class<T> type, T real, Before before) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            if (method.getName().equals("now")) {
                return swept.clock.instant(); // the clock of the test
            }
            before.call(method.getName(), args == null ? "" : args[0]);
            if (method.isDefault()) {
                return InvocationHandler.invokeDefault(proxy, method, args);
            }
            try {
                return wrapped(method.invoke(real, args), before);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private Object wrapped(Object given, Before before) {
        if (given instanceof FileQuarantine quarantine) {
            return wrapped(FileQuarantine.class, quarantine, before);
        }
        return given instanceof FileListing listing ? wrapped(FileListing.class, listing, before) : given;
    }

    private FileSweep sweep(Before before) throws IOException {
        return swept.sweep(wrapped(SweepableStore.class, LocalFileStore.open(root), before))
                .shareLimit(1)
                .build();
    }

    private FileSweep sweep() throws IOException {
        return sweep((method, first) -> {});
    }

    private void write(String name) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, name.getBytes(UTF_8));
    }

    /** Writes a file that is referred to, and orphans, all of them old. */
    private void orphans(int count) throws IOException {
        write("uploads/used");
        swept.references.add("uploads/used");
        for (int i = 0; i < count; i++) {
            write("uploads/" + i);
        }
        swept.pass(WEEK);
    }

    private List<String> uploads() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("uploads"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private List<String> quarantined() throws IOException {
        try (Stream<QuarantinedFile> files =
                LocalFileStore.open(root).quarantine().list()) {
            return files.map(QuarantinedFile::name).toList();
        }
    }

    @Test
    void a_root_that_vanishes_in_the_midst_ends_the_run_and_the_next_goes_on() throws Exception {
        orphans(30);
        Swept.Batches run = swept.new Batches(sweep(), 10);
        while (!run.phase().equals("MOVE")) {
            run.step();
        }
        run.step();
        Path away = directory.resolve("away");
        Files.move(root, away);
        assertThatThrownBy(run::go).isInstanceOf(IOException.class).hasMessageContaining("root");
        assertThat(root).doesNotExist();
        Files.move(away, root);
        swept.run(sweep());
        assertThat(uploads()).containsExactly("used");
        assertThat(quarantined()).hasSize(30);
    }

    @Test
    void an_empty_directory_in_the_place_of_the_root_is_not_swept_and_not_written_to() throws Exception {
        orphans(3);
        FileSweep sweep = sweep();
        Swept.Batches run = swept.new Batches(sweep, 10);
        while (!run.phase().equals("MOVE")) {
            run.step();
        }
        Path away = directory.resolve("away");
        Files.move(root, away);
        Files.createDirectory(root);
        assertThatThrownBy(run::go).isInstanceOf(IOException.class).hasMessageContaining("not the directory");
        assertThatThrownBy(() -> swept.run(sweep)).hasMessageContaining("not the directory");
        assertThat(root).isEmptyDirectory();
        // A process that starts then sees that it is another store.
        FileSweep later = sweep();
        assertThat(later.problems()).singleElement().asString().contains("has no id");
        assertThatThrownBy(() -> swept.run(later)).isInstanceOf(MaintenanceException.class);
        assertThat(away.resolve("uploads")).isDirectoryContaining("glob:**/0");
    }

    @Test
    void a_listing_that_breaks_off_moves_nothing() throws Exception {
        orphans(30);
        int[] left = {20};
        FileSweep broken = sweep((method, first) -> {
            if (method.equals("next") && left[0]-- == 0) {
                throw new IOException("the disk hums");
            }
        });
        assertThatThrownBy(() -> swept.run(broken))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk hums");
        assertThat(uploads()).hasSize(31);
        swept.run(sweep());
        assertThat(uploads()).containsExactly("used");
    }

    @Test
    void files_that_cannot_be_set_aside_are_told_of_and_the_others_go() throws Exception {
        orphans(30);
        FileSweep some = sweep((method, first) -> {
            if (method.equals("move") && first.toString().endsWith("7")) {
                throw new FileSystemException(first.toString(), null, "Permission denied");
            }
        });
        Counts counts = swept.run(some);
        assertThat(counts.get("skipped.failed")).isEqualTo(3);
        assertThat(some.warnings(counts))
                .singleElement()
                .asString()
                .startsWith("failed files: 3 times a file could not be read, set aside or deleted");
        assertThat(some.warnings(Counts.none())).isEmpty();
        assertThat(counts.get("quarantined.orphan")).isEqualTo(27);
        assertThat(uploads()).containsExactly("17", "27", "7", "used");
        assertThat(swept.findings)
                .filteredOn(finding -> finding.kind() == FileFinding.Kind.FAILED)
                .extracting(FileFinding::name)
                .containsExactlyInAnyOrder("uploads/7", "uploads/17", "uploads/27");
        assertThat(swept.run(sweep()).get("quarantined.orphan")).isEqualTo(3);
        assertThat(uploads()).containsExactly("used");
    }

    @Test
    void a_store_in_which_nothing_can_be_set_aside_any_more_ends_the_run() throws Exception {
        orphans(30);
        int[] left = {12};
        FileSweep failing = sweep((method, first) -> {
            if (method.equals("move") && left[0]-- <= 0) {
                throw new FileSystemException(first.toString(), null, "Read-only file system");
            }
        });
        assertThatThrownBy(() -> swept.run(failing))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("18 of 30 files could not be set aside")
                .hasMessageContaining("Read-only file system");
        assertThat(uploads()).hasSize(19);
        assertThat(quarantined()).hasSize(12);
        swept.run(sweep());
        assertThat(uploads()).containsExactly("used");
        assertThat(quarantined()).hasSize(30);
    }

    @Test
    void a_file_that_cannot_be_deleted_is_deleted_by_the_next_run() throws Exception {
        orphans(3);
        swept.run(sweep());
        swept.pass(WEEK);
        FileSweep failing = sweep((method, first) -> {
            if (method.equals("delete") && first.toString().contains("uploads/1")) {
                throw new IOException("Input/output error");
            }
        });
        Counts counts = swept.run(failing);
        assertThat(counts.get("deleted.orphan")).isEqualTo(2);
        assertThat(counts.get("skipped.failed")).isEqualTo(1);
        assertThat(quarantined()).containsExactly("uploads/1");
        assertThat(swept.run(sweep()).get("deleted.orphan")).isEqualTo(1);
        assertThat(quarantined()).isEmpty();
    }

    @Test
    void a_store_that_finds_nothing_where_it_listed_it_ends_the_run() throws Exception {
        orphans(30);
        FileSweep lost = sweep((method, first) -> {
            if (method.equals("move")) {
                Files.move(
                        root.resolve(first.toString()),
                        directory.resolve(first.toString().replace('/', '-')));
            }
        });
        assertThatThrownBy(() -> swept.run(lost))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("30 of 30 files are not where they were");
    }

    @Test
    void a_directory_that_becomes_a_link_between_look_and_move_changes_nothing_outside() throws Exception {
        orphans(1);
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.write(outside.resolve("0"), "somebody's".getBytes(UTF_8));
        FileSweep swapped = sweep((method, first) -> {
            if (method.equals("move")) {
                Files.move(root.resolve("uploads"), root.resolve("moved"));
                Files.createSymbolicLink(root.resolve("uploads"), outside);
            }
        });
        Counts counts = swept.run(swapped);
        assertThat(counts.sum("quarantined")).isZero();
        assertThat(outside.resolve("0")).hasContent("somebody's");
        assertThat(root.resolve("moved/0")).exists();
    }
}
