package io.chatty.maintenance.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.FileQuarantine;
import io.chatty.maintenance.file.FileQuarantine.Moved;
import io.chatty.maintenance.file.FileQuarantine.Outcome;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.file.local.LocalFileStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What is set aside on a machine: states that a killed process leaves, links, and directories that are swapped. */
final class LocalQuarantineTest extends LocalFolder {

    private FileQuarantine quarantine() {
        return store().quarantine();
    }

    @Test
    void what_is_set_aside_keeps_its_times_and_is_for_its_owner_alone() throws IOException {
        write("dir/a", "one");
        FileTime then = FileTime.from(Instant.parse("2001-01-01T00:00:00.123456789Z"));
        Files.setLastModifiedTime(path("dir/a"), then);
        QuarantinedFile file = setAside("dir/a");
        assertThat(aside("dir/a")).hasContent("one");
        for (Path at : List.of(aside("dir"), aside(""), path(OWN + "/quarantine"), path(OWN))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(at)))
                    .as("%s", at)
                    .isEqualTo("rwx------");
        }
        assertThat(quarantine().restore(file)).isEqualTo(Outcome.DONE);
        assertThat(Files.getLastModifiedTime(path("dir/a"))).isEqualTo(then);
        assertThat(Files.getAttribute(path("dir/a"), "unix:nlink")).isEqualTo(1);
    }

    @Test
    void nothing_is_left_behind_what_comes_back_or_is_deleted() throws IOException {
        write("a/b/c/x", "one");
        write("a/b/y", "two");
        QuarantinedFile one = setAside("a/b/c/x");
        QuarantinedFile two = setAside("a/b/y");
        assertThat(quarantine().delete(one)).isEqualTo(Outcome.DONE);
        assertThat(aside("a/b/c")).doesNotExist();
        assertThat(aside("a/b/y")).exists();
        assertThat(quarantine().restore(two)).isEqualTo(Outcome.DONE);
        assertThat(aside("")).doesNotExist();
        assertThat(path("a/b/c")).as("a directory of the store").isDirectory();
    }

    @Test
    void a_directory_that_went_meanwhile_is_made_again_by_a_restore() throws IOException {
        write("a/b/c", "one");
        QuarantinedFile file = setAside("a/b/c");
        Files.delete(path("a/b"));
        Files.delete(path("a"));
        assertThat(quarantine().restore(file)).isEqualTo(Outcome.DONE);
        assertThat(path("a/b/c")).hasContent("one");
    }

    @Test
    void a_restore_that_broke_off_is_finished() throws IOException {
        write("dir/a", "one");
        QuarantinedFile file = setAside("dir/a");
        Files.createLink(path("dir/a"), aside("dir/a"));
        assertThat(quarantine().restore(file)).isEqualTo(Outcome.DONE);
        assertThat(aside("dir/a")).doesNotExist();
        assertThat(path("dir/a")).hasContent("one");
        assertThat(quarantine().restore(file)).as("before the ledger knew").isEqualTo(Outcome.DONE);
        assertThat(path("dir/a")).hasContent("one");
    }

    @Test
    void a_move_of_which_nobody_learned_is_found_by_another_store_of_the_same_root() throws IOException {
        write("dir/a", "one");
        FileState judged = store().look("dir/a").orElseThrow();
        Files.createDirectories(aside("dir"));
        Files.move(path("dir/a"), aside("dir/a"), StandardCopyOption.ATOMIC_MOVE);
        FileQuarantine after = LocalFileStore.open(root()).quarantine();
        FileTime modified = Files.getLastModifiedTime(aside("dir/a"));
        Files.setLastModifiedTime(aside("dir/a"), FileTime.from(Instant.parse("2001-01-01T00:00:00Z")));
        assertThat(after.find("dir/a", judged, RUN)).as("written since").isEmpty();
        Files.setLastModifiedTime(aside("dir/a"), modified);
        QuarantinedFile file = after.find("dir/a", judged, RUN).orElseThrow();
        assertThat(after.move("dir/a", judged, RUN)).isEqualTo(new Moved(Outcome.DONE, Optional.of(file)));
        assertThat(after.delete(file)).isEqualTo(Outcome.DONE);
        assertThat(after.find("dir/a", judged, RUN)).isEmpty();
    }

    @Test
    void what_changed_in_any_way_is_neither_set_aside_nor_deleted() throws IOException {
        List<Callable<?>> changes = List.of(
                () -> Files.writeString(path("a"), "two"),
                () -> Files.writeString(path("a"), "longer"),
                () -> Files.setLastModifiedTime(path("a"), FileTime.from(Instant.parse("2001-01-01T00:00:00Z"))),
                () -> Files.setPosixFilePermissions(path("a"), PosixFilePermissions.fromString("rw-r--r--")),
                () -> Files.move(Files.writeString(path("b"), "one"), path("a"), StandardCopyOption.ATOMIC_MOVE));
        for (int i = 0; i < changes.size(); i++) {
            Files.deleteIfExists(path("a"));
            write("a", "one");
            FileState judged = store().look("a").orElseThrow();
            waitForNextTick(judged);
            call(changes.get(i));
            assertThat(quarantine().move("a", judged, RUN).outcome())
                    .as("%d", i)
                    .isEqualTo(Outcome.CHANGED);
            assertThat(path("a")).exists();
            assertThat(aside("a")).doesNotExist();
        }
        QuarantinedFile file = setAside("a");
        waitForNextTick(file.state());
        Files.setPosixFilePermissions(aside("a"), PosixFilePermissions.fromString("r--------"));
        assertThat(quarantine().delete(file)).isEqualTo(Outcome.CHANGED);
        assertThat(aside("a")).exists();
        assertThat(quarantine().restore(file)).isEqualTo(Outcome.DONE);
        assertThat(path("a")).exists();
    }

    private static void call(Callable<?> change) throws IOException {
        try {
            change.call();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The clock of a file system goes by ticks of some milliseconds: until it shows another time. */
    private void waitForNextTick(FileState state) throws IOException {
        while (!store().now().isAfter(state.changedAt())) {
            Thread.onSpinWait();
        }
    }

    @Test
    void both_names_of_a_file_are_set_aside_and_come_back_or_go() throws IOException {
        write("a", "one");
        Files.createLink(path("b"), path("a"));
        QuarantinedFile a = setAside("a");
        QuarantinedFile b = setAside("b");
        assertThat(names()).isEmpty();
        assertThat(quarantine().restore(a)).isEqualTo(Outcome.DONE);
        assertThat(names()).containsExactly("a");
        assertThat(aside("b")).hasContent("one");
        assertThat(quarantine().delete(b)).isEqualTo(Outcome.DONE);
        assertThat(path("a")).hasContent("one");
        assertThat(aside("")).doesNotExist();
    }

    @Test
    void what_is_no_file_is_not_set_aside() throws IOException {
        write("dir/a", "one");
        FileState judged = store().look("dir/a").orElseThrow();
        Files.createSymbolicLink(path("link"), path("dir/a"));
        Files.createSymbolicLink(path("away"), outside());
        assertThat(store().look("link")).isEmpty();
        assertThat(quarantine().move("link", judged, RUN).outcome()).isEqualTo(Outcome.CHANGED);
        assertThat(quarantine().move("dir", judged, RUN).outcome()).isEqualTo(Outcome.CHANGED);
        assertThatThrownBy(() -> quarantine().move("away/a", judged, RUN)).isInstanceOf(FileSystemException.class);
        assertThat(Files.isSymbolicLink(path("link"))).isTrue();
        assertNothingChangedOutside();
    }

    @Test
    void a_link_that_lies_there_is_not_followed() throws IOException {
        write("a", "one");
        QuarantinedFile file = setAside("a");
        Files.delete(aside("a"));
        Files.createSymbolicLink(aside("a"), outside().resolve("a"));
        assertThatThrownBy(() -> quarantine().open(file)).isInstanceOf(FileSystemException.class);
        assertThat(quarantine().restore(file)).isEqualTo(Outcome.CHANGED);
        assertThat(quarantine().delete(file)).isEqualTo(Outcome.CHANGED);
        assertThat(path("a")).doesNotExist();
        assertNothingChangedOutside();
    }

    @Test
    void a_quarantine_elsewhere_is_refused() throws IOException {
        Path other = Files.createDirectory(folder().resolve("other"));
        Files.createSymbolicLink(other.resolve(OWN), outside());
        assertThatThrownBy(() -> LocalFileStore.open(other)).isInstanceOf(FileSystemException.class);
        assertNothingChangedOutside();
    }

    @Test
    void a_root_that_went_is_not_taken_for_a_file_that_did() throws IOException {
        write("a", "one");
        write("b", "two");
        QuarantinedFile file = setAside("a");
        FileState judged = store().look("b").orElseThrow();
        Files.move(root(), folder().resolve("moved"));
        assertAllFails(file, judged);
        Files.createDirectory(root());
        assertAllFails(file, judged);
        assertThat(entries(root())).isEmpty();
    }

    private void assertAllFails(QuarantinedFile file, FileState judged) {
        List<Callable<?>> calls = List.of(
                () -> quarantine().move("b", judged, RUN),
                () -> quarantine().find("a", judged, RUN),
                () -> quarantine().restore(file),
                () -> quarantine().delete(file),
                () -> quarantine().list(),
                () -> quarantine().open(file),
                () -> store().look("b"),
                () -> store().list("", ""),
                () -> store().id(),
                () -> store().now(),
                () -> store().space(),
                () -> store().lock(),
                () -> store().prune(Instant.now(), 0, 10, ""));
        for (int i = 0; i < calls.size(); i++) {
            assertThatThrownBy(calls.get(i)::call)
                    .as("%d", i)
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("root");
        }
    }

    /** A name is now that of one file, now that of another, many times a second. */
    @Test
    void what_takes_the_place_of_a_file_in_the_last_moment_is_put_back() throws Exception {
        Path other = Files.writeString(folder().resolve("other"), "replacement");
        AtomicBoolean end = new AtomicBoolean();
        write("a", "judged");
        Path judgedFile = Files.createLink(folder().resolve("judged"), path("a"));
        FileState judged = store().look("a").orElseThrow();
        Path spare = folder().resolve("spare");
        Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
        ExecutorService swapper = Executors.newSingleThreadExecutor();
        Future<?> swapping = swapper.submit(() -> {
            while (!end.get()) {
                for (Path file : List.of(judgedFile, other)) {
                    Files.createLink(spare, file);
                    Files.move(spare, path("a"), StandardCopyOption.ATOMIC_MOVE);
                    Files.deleteIfExists(spare); // a rename of two names of one file does nothing
                }
            }
            return null;
        });
        try {
            for (int i = 0; i < 3_000 || (outcomes.size() < 2 && i < 1_000_000); i++) {
                try {
                    judged =
                            store().look("a").filter(state -> state.size() == 6).orElse(judged);
                    Moved moved = quarantine().move("a", judged, RUN);
                    outcomes.add(moved.outcome());
                    if (moved.outcome() == Outcome.DONE) {
                        assertThat(aside("a")).hasContent("judged");
                        Files.delete(aside("a"));
                    } else {
                        assertThat(aside("a")).doesNotExist();
                    }
                } catch (FileSystemException e) {
                    Files.deleteIfExists(aside(
                            "a")); // replaced while it was looked at, or its name taken before it could be put back
                }
            }
        } finally {
            end.set(true);
            swapper.shutdown();
            assertThat(swapper.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        swapping.get();
        assertThat(outcomes).contains(Outcome.DONE, Outcome.CHANGED);
        assertThat(other).hasContent("replacement");
    }

    /** The same directory name is now a directory of files, now a link out, many times a second. */
    @Test
    void a_directory_that_is_swapped_for_a_link_leads_nowhere() throws Exception {
        Path real = Files.createDirectory(path("real"));
        Path link = Files.createSymbolicLink(path("link"), outside());
        Path place = path("dir");
        Files.writeString(real.resolve("a"), "ours");
        AtomicBoolean end = new AtomicBoolean();
        ExecutorService swapper = Executors.newSingleThreadExecutor();
        Future<?> swapping = swapper.submit(() -> {
            while (!end.get()) {
                put(real, place, real);
                Files.move(place, real, StandardCopyOption.ATOMIC_MOVE);
                put(link, place, real);
                Files.move(place, link, StandardCopyOption.ATOMIC_MOVE);
            }
            return null;
        });
        List<QuarantinedFile> moved = new ArrayList<>();
        int restored = 0;
        try {
            for (int i = 0; i < 2_000 || (restored < 3 && i < 1_000_000); i++) {
                try {
                    if (moved.isEmpty()) {
                        FileState judged = store().look("dir/a").orElse(null);
                        if (judged != null) {
                            quarantine().move("dir/a", judged, RUN).file().ifPresent(moved::add);
                        }
                    } else if (quarantine().restore(moved.get(0)) == Outcome.DONE) {
                        moved.clear();
                        restored++;
                    }
                } catch (FileSystemException e) {
                    // it was a link, or swapped in between
                }
                assertThat(outside().resolve("a")).hasContent("not ours");
            }
        } finally {
            end.set(true);
            swapper.shutdown();
            assertThat(swapper.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        swapping.get();
        assertThat(restored).as("it came and went at times").isGreaterThanOrEqualTo(3);
        assertNothingChangedOutside();
        try (InputStream in = Files.newInputStream(moved.isEmpty() ? real.resolve("a") : aside("dir/a"))) {
            assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("ours");
        }
    }

    /** Puts something in a place, in which a restore may just have made a directory: what is in that goes to the real one. */
    private static void put(Path what, Path place, Path real) throws IOException {
        while (true) {
            try {
                Files.move(what, place, StandardCopyOption.ATOMIC_MOVE);
                return;
            } catch (FileSystemException e) {
                try {
                    Files.move(place.resolve("a"), real.resolve("a"), StandardCopyOption.ATOMIC_MOVE);
                } catch (NoSuchFileException none) {
                    // nothing came into it yet
                }
                try {
                    Files.deleteIfExists(place);
                } catch (DirectoryNotEmptyException filled) {
                    // now something did
                }
            }
        }
    }
}
