package io.chatty.maintenance.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.SweepableStore.Lock;
import io.chatty.maintenance.file.local.LocalFileStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The id of a store, and who has it. */
final class LocalIdentityTest extends LocalFolder {

    @Test
    void an_id_is_that_of_the_directory() throws IOException {
        store().giveId("store-1");
        assertThat(LocalFileStore.open(root()).id()).contains("store-1");
        assertThatThrownBy(() -> LocalFileStore.open(root()).giveId("store-2"))
                .isInstanceOf(FileAlreadyExistsException.class);
        Path copied = Files.createDirectory(folder().resolve("unmounted"));
        assertThat(LocalFileStore.open(copied).id())
                .as("nothing is mounted there")
                .isEmpty();
        assertThat(entries(copied)).containsExactly(copied.resolve(OWN));
        assertThat(entries(copied.resolve(OWN))).isEmpty();
    }

    @Test
    void what_is_no_id_is_an_error() throws IOException {
        for (String text : List.of("", "two words", "\n", "x".repeat(101))) {
            Files.writeString(path(OWN).resolve("id"), text);
            assertThatThrownBy(() -> store().id()).as(text).isInstanceOf(FileSystemException.class);
            assertThatThrownBy(() -> store().giveId("store-1")).isInstanceOf(FileAlreadyExistsException.class);
        }
        Files.delete(path(OWN).resolve("id"));
        Files.createSymbolicLink(path(OWN).resolve("id"), outside().resolve("a"));
        assertThatThrownBy(() -> store().id()).isInstanceOf(FileSystemException.class);
        assertThatThrownBy(() -> store().giveId("store-1")).isInstanceOf(FileSystemException.class);
        assertNothingChangedOutside();
    }

    @Test
    void another_store_of_the_same_root_is_locked_out_too() throws IOException {
        LocalFileStore other = LocalFileStore.open(root());
        try (Lock lock = store().lock().orElseThrow()) {
            assertThat(other.lock()).isEmpty();
            assertThat(lock).isNotNull();
        }
        other.lock().orElseThrow().close();
        LocalFileStore.open(outside()).lock().orElseThrow().close();
    }

    @Test
    void a_store_is_taken_from_other_processes_and_by_them_until_they_die() throws Exception {
        try (Lock lock = store().lock().orElseThrow()) {
            assertThat(store().lock()).as("which must not let go what is held").isEmpty();
            Process refused = program(Taker.class, List.of(), root().toString()).start();
            try {
                assertThat(refused.inputReader(UTF_8).readLine()).isEqualTo("false");
            } finally {
                refused.destroyForcibly().waitFor();
            }
            assertThat(lock).isNotNull();
        }
        Process taker = program(Taker.class, List.of(), root().toString()).start();
        try {
            BufferedReader output = taker.inputReader(UTF_8);
            assertThat(output.readLine()).isEqualTo("true");
            assertThat(store().lock()).isEmpty();
            assertThat(store().lock()).isEmpty();
        } finally {
            taker.destroyForcibly().waitFor();
        }
        store().lock().orElseThrow().close();
    }

    /** Another process, which keeps what it took. */
    static final class Taker {

        private Taker() {}

        /** Argument: the root. */
        public static void main(String[] arguments) throws IOException {
            boolean taken = LocalFileStore.open(Path.of(arguments[0])).lock().isPresent();
            System.out.println(taken);
            System.out.flush();
            if (taken) {
                int end = System.in.read(); // never comes: this process is killed
                throw new IllegalStateException("let go on instead of killed: " + end);
            }
        }
    }
}
