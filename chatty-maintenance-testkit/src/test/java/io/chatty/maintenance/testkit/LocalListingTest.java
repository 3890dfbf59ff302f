package io.chatty.maintenance.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.local.LocalFileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a listing makes of what is no file, or has no name that can be told, and how old files are. */
final class LocalListingTest extends LocalFolder {

    private void shell(String command) throws Exception {
        assertThat(new ProcessBuilder("sh", "-c", command)
                        .directory(root().toFile())
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void what_is_no_file_is_passed_over_and_counted_at_once_or_when_it_is_asked() throws Exception {
        write("dir/a", "one");
        write("b", "two");
        for (String where : List.of("", "dir/")) {
            Files.createSymbolicLink(path(where + "link"), outside().resolve("a"));
            Files.createSymbolicLink(path(where + "away"), outside());
            shell("mkfifo " + where + "pipe");
        }
        try (FileListing listing = store().list("", "")) {
            int files = 0;
            for (Optional<StoredFile> file = listing.next(); file.isPresent(); file = listing.next()) {
                if (List.of("b", "dir/a").contains(file.get().name())) {
                    assertThat(file.get().state().size()).isEqualTo(3);
                    files++;
                } else {
                    assertThatThrownBy(file.get()::state).isInstanceOf(NoSuchFileException.class);
                }
            }
            assertThat(files).isEqualTo(2);
            assertThat(listing.skipped().asMap()).containsOnlyKeys("skipped.link", "skipped.special");
            assertThat(listing.skipped().get("skipped.link")).isEqualTo(4);
            assertThat(listing.skipped().get("skipped.special")).isEqualTo(2);
        }
        assertNothingChangedOutside();
    }

    @Test
    void what_was_passed_is_not_looked_into_again() throws Exception {
        write("a/b/x", "one");
        write("a/c/x", "two");
        write("d/x", "three");
        shell("touch \"a/$(printf 'k\\351')\""); // counted by whoever reads what is in a, unless it was passed
        try (FileListing listing = store().list("", "a/m")) {
            assertThat(names(listing)).containsExactly("d/x");
            assertThat(listing.skipped().sum("skipped")).isZero();
        }
        try (FileListing listing = store().list("", "b")) {
            assertThat(names(listing)).containsExactly("d/x");
            assertThat(listing.skipped().sum("skipped")).isZero();
        }
        try (FileListing listing = store().list("", "a/b/x")) {
            assertThat(names(listing)).containsExactly("a/c/x", "d/x");
            assertThat(listing.skipped().sum("skipped")).isEqualTo(1);
        }
    }

    @Test
    void names_that_cannot_be_told_are_counted() throws Exception {
        write("a", "one");
        Files.createDirectory(path(OWN.toUpperCase(Locale.ROOT)));
        Files.writeString(path(OWN.toUpperCase(Locale.ROOT) + "/x"), "not to be told from its own");
        shell(
                "touch \"$(printf 'x\\351')\" 'back\\slash' \"$(printf 'new\\nline')\"; mkdir \"$(printf 'y\\351')\"; touch \"$(printf 'y\\351')/z\"");
        try (FileListing listing = store().list("", "")) {
            assertThat(names(listing)).containsExactly("a");
            assertThat(listing.skipped().asMap()).containsOnlyKeys("skipped.name");
            assertThat(listing.skipped().get("skipped.name")).isEqualTo(5);
        }
    }

    @Test
    void the_time_of_modification_counts_alone_if_it_is_trusted() throws IOException {
        write("a", "one");
        Instant then = Instant.parse("2001-01-01T00:00:00.123456789Z");
        Files.setLastModifiedTime(path("a"), FileTime.from(then));
        LocalFileStore trusting =
                LocalFileStore.builder(root()).trustsModificationTime().open();
        assertThat(trusting.look("a").orElseThrow().changedAt()).isEqualTo(then);
        assertThat(store().look("a").orElseThrow().changedAt())
                .isAfter(store().now().minus(Duration.ofMinutes(1)));
        String version = trusting.look("a").orElseThrow().version();
        assertThat(store().look("a").orElseThrow().version()).isEqualTo(version);
        Instant now = store().now();
        while (!store().now().isAfter(now)) {
            Thread.onSpinWait();
        }
        Files.setLastModifiedTime(path("a"), FileTime.from(then));
        assertThat(trusting.look("a").orElseThrow().version())
                .as("it was touched")
                .isNotEqualTo(version);
    }

    /** As in a container in which no LANG is set: the names are there, and cannot be told. */
    @Test
    void in_a_process_of_other_letters_only_plain_names_are_files() throws Exception {
        write("plain", "one");
        write("é", "two");
        write("dir/ü/x", "three");
        ProcessBuilder child = program(OtherLetters.class, List.of(), root().toString());
        child.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        child.environment().put("LC_ALL", "POSIX");
        Process process = child.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines())
                .containsExactly(
                        "[plain] skipped.name=2",
                        "look: start this process in a UTF-8 locale",
                        "write: start this process in a UTF-8 locale",
                        "delete: start this process in a UTF-8 locale");
        assertThat(names()).containsExactly("dir/ü/x", "plain", "é");
    }

    /** Another process. */
    static final class OtherLetters {

        private OtherLetters() {}

        @FunctionalInterface
        private interface Step {
            void run() throws IOException;
        }

        /** Argument: the root. */
        public static void main(String[] arguments) throws IOException {
            LocalFileStore store = LocalFileStore.open(Path.of(arguments[0]));
            try (FileListing listing = store.list("", "")) {
                System.out.println(names(listing) + " " + listing.skipped());
            }
            tell("look", () -> store.look("\u00e9"));
            tell("write", () -> store.write("\u00e8", out -> out.write('x')));
            tell("delete", () -> store.delete("\u00e9"));
        }

        private static void tell(String what, Step step) {
            try {
                step.run();
                System.out.println(what + ": done");
            } catch (IOException e) {
                boolean clear = String.valueOf(e.getMessage()).contains("start this process in a UTF-8 locale");
                System.out.println(what + ": " + (clear ? "start this process in a UTF-8 locale" : e));
            }
        }
    }
}
