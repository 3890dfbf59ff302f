package io.chatty.maintenance.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileQuarantine.Moved;
import io.chatty.maintenance.file.FileQuarantine.Outcome;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.local.LocalFileStore;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A local store, what lies in its directory, and a directory beside it that is not its own. */
abstract class LocalFolder {

    static final String OWN = ".chatty-maintenance";
    static final RunId RUN = new RunId("run-1");

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

    final LocalFileStore store() {
        return store;
    }

    final Path folder() {
        return folder;
    }

    final Path root() {
        return root;
    }

    final Path outside() {
        return outside;
    }

    final Path path(String name) {
        return root.resolve(name);
    }

    /** Where a file lies that {@link #RUN} set aside. */
    final Path aside(String name) {
        return root.resolve(OWN).resolve("quarantine").resolve(RUN.value()).resolve(name);
    }

    final void write(String name, String text) throws IOException {
        store.write(name, out -> out.write(text.getBytes(UTF_8)));
    }

    final QuarantinedFile setAside(String name) throws IOException {
        Moved moved = store.quarantine().move(name, store.look(name).orElseThrow(), RUN);
        assertThat(moved.outcome()).isEqualTo(Outcome.DONE);
        return moved.file().orElseThrow();
    }

    final List<String> names() throws IOException {
        try (FileListing listing = store.list("", "")) {
            return names(listing);
        }
    }

    static List<String> names(FileListing listing) throws IOException {
        List<String> names = new ArrayList<>();
        for (Optional<StoredFile> file = listing.next(); file.isPresent(); file = listing.next()) {
            names.add(file.get().name());
        }
        return names;
    }

    static List<Path> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }

    final void assertNothingChangedOutside() throws IOException {
        assertThat(entries(outside)).containsExactly(outside.resolve("a"));
        assertThat(outside.resolve("a")).hasContent("not ours");
    }

    /** A program of this class path, in a process of its own. */
    static ProcessBuilder program(Class<?> main, List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }
}
