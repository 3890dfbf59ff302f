package io.chatty.maintenance.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.FileStore;
import io.chatty.maintenance.file.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every {@link FileStore} is held to. An implementer extends it and gives an empty store for each test. */
public abstract class FileStoreContract {

    static final List<String> NO_NAMES = List.of(
            "",
            "/",
            "/etc/passwd",
            "..",
            "../x",
            "a/../../x",
            "a/..",
            ".",
            "./a",
            "a//b",
            "a/",
            "a\u0000",
            "a\nb",
            "a\\b",
            "C:/x",
            "a\ud83d",
            "a".repeat(256));

    /** For the subclass. */
    protected FileStoreContract() {}

    /** The store of this test, the same whenever it is asked for, with no file in it at first. */
    protected abstract FileStore store() throws IOException;

    /** What time it is by the clock of the store, to within a minute. */
    protected abstract Instant now();

    final void write(String name, String text) throws IOException {
        store().write(name, out -> out.write(text.getBytes(UTF_8)));
    }

    final String read(String name) throws IOException {
        try (InputStream in = store().open(name)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    final List<String> names(String prefix) throws IOException {
        try (Stream<StoredFile> files = store().list(prefix)) {
            return files.map(StoredFile::name).toList();
        }
    }

    final StoredFile only(String name) throws IOException {
        try (Stream<StoredFile> files = store().list(name)) {
            return files.filter(file -> file.name().equals(name)).findFirst().orElseThrow();
        }
    }

    @Test
    void what_was_written_is_read_back() throws IOException {
        write("a", "one");
        write("2026/06/b.txt", "two");
        write("2026/06/empty", "");
        assertThat(read("a")).isEqualTo("one");
        assertThat(read("2026/06/b.txt")).isEqualTo("two");
        assertThat(read("2026/06/empty")).isEmpty();
    }

    @Test
    void a_file_of_several_megabytes_is_read_back_byte_by_byte() throws IOException {
        byte[] bytes = new byte[5_000_001];
        new Random(5).nextBytes(bytes);
        store().write("large", out -> {
            out.write(bytes[0]);
            out.write(bytes, 1, 4_000_000);
            out.flush();
            out.write(bytes, 4_000_001, bytes.length - 4_000_001);
            out.close();
        });
        try (InputStream in = store().open("large")) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
        assertThat(only("large").state().size()).isEqualTo(bytes.length);
    }

    @Test
    void letters_of_all_kinds_may_be_in_a_name() throws IOException {
        List<String> names = List.of(
                "é",
                "e\u0301",
                "😀/\uffee",
                "A",
                "a%2Fb",
                "q+ &%41",
                "x\"y",
                "$(z)",
                "*",
                "a b ",
                "-rf",
                "~",
                ".hidden");
        for (String name : names) {
            write(name, "content of " + name);
        }
        assertThat(names("")).containsExactlyInAnyOrderElementsOf(names);
        for (String name : names) {
            assertThat(read(name)).isEqualTo("content of " + name);
        }
    }

    @Test
    void a_missing_file_is_not_opened() throws IOException {
        write("dir/a", "one");
        for (String name : List.of("b", "dir/b", "other/a", "dir/a.txt")) {
            assertThatThrownBy(() -> store().open(name))
                    .as(name)
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining(name);
        }
    }

    @Test
    void a_file_cannot_be_seen_before_it_is_whole() throws IOException {
        store().write("dir/a", out -> {
            out.write(new byte[100_000]);
            out.flush();
            assertThat(names("")).isEmpty();
            assertThatThrownBy(() -> store().open("dir/a")).isInstanceOf(NoSuchFileException.class);
        });
        assertThat(names("")).containsExactly("dir/a");
    }

    @Test
    void of_content_that_fails_nothing_is_kept() throws IOException {
        IOException failure = new IOException("no more");
        assertThatThrownBy(() -> store().write("a", out -> {
                    out.write(new byte[100_000]);
                    out.flush();
                    throw failure;
                }))
                .isSameAs(failure);
        assertThatThrownBy(() -> store().write("a", out -> {
                    throw new IllegalStateException("no more");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(names("")).isEmpty();
        write("a", "second try");
        assertThat(read("a")).isEqualTo("second try");
    }

    @Test
    void a_file_is_not_replaced() throws IOException {
        write("a", "one");
        for (String other : List.of("two", "", "one and more", "on")) {
            assertThatThrownBy(() -> write("a", other))
                    .as(other)
                    .isInstanceOf(FileAlreadyExistsException.class)
                    .hasMessageContaining("a");
        }
        assertThat(read("a")).isEqualTo("one");
    }

    @Test
    void to_write_the_same_again_changes_nothing() throws IOException {
        write("a", "one");
        write("a", "one");
        assertThat(read("a")).isEqualTo("one");
        assertThat(names("")).containsExactly("a");
    }

    @Test
    void a_deleted_file_is_gone_and_its_name_is_free() throws IOException {
        write("dir/a", "one");
        assertThat(store().delete("dir/a")).isTrue();
        assertThat(names("")).isEmpty();
        assertThatThrownBy(() -> store().open("dir/a")).isInstanceOf(NoSuchFileException.class);
        assertThat(store().delete("dir/a")).isFalse();
        write("dir/a", "two");
        assertThat(read("dir/a")).isEqualTo("two");
    }

    @Test
    void only_the_file_of_exactly_that_name_is_deleted() throws IOException {
        List<String> names = List.of("a", "ab", "A", "b/a", "b/aa", "b/c/a", "a b");
        for (String name : names) {
            write(name, name);
        }
        assertThat(store().delete("c")).isFalse();
        assertThat(store().delete("b/c/d")).isFalse();
        assertThat(names("")).containsExactlyInAnyOrderElementsOf(names);
        assertThat(store().delete("a")).isTrue();
        assertThat(names("")).containsExactlyInAnyOrder("ab", "A", "b/a", "b/aa", "b/c/a", "a b");
    }

    @Test
    void a_listing_has_the_names_that_begin_so() throws IOException {
        for (String name : List.of("a", "ab", "a.txt", "a0/x", "b/c", "b/cd", "b/c0/d", "b/e/f/g", "B/c")) {
            write(name, name);
        }
        assertThat(names("")).hasSize(9).doesNotHaveDuplicates();
        assertThat(names("a")).containsExactlyInAnyOrder("a", "ab", "a.txt", "a0/x");
        assertThat(names("ab")).containsExactly("ab");
        assertThat(names("b")).containsExactlyInAnyOrder("b/c", "b/cd", "b/c0/d", "b/e/f/g");
        assertThat(names("b/")).containsExactlyInAnyOrder("b/c", "b/cd", "b/c0/d", "b/e/f/g");
        assertThat(names("b/c")).containsExactlyInAnyOrder("b/c", "b/cd", "b/c0/d");
        assertThat(names("b/e/f/")).containsExactly("b/e/f/g");
        assertThat(names("b/e/f/g")).containsExactly("b/e/f/g");
        assertThat(names("b/e/f/g/")).isEmpty();
        assertThat(names("c")).isEmpty();
        assertThat(names("c/d/")).isEmpty();
        assertThat(names("b/x/")).isEmpty();
    }

    @Test
    void a_listing_of_thousands_has_each_once_and_may_be_left_early() throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            String name = "d" + i % 7 + "/" + i;
            write(name, "x");
            names.add(name);
        }
        assertThat(names("")).containsExactlyInAnyOrderElementsOf(names);
        try (Stream<StoredFile> files = store().list("")) {
            assertThat(files.limit(3)).hasSize(3);
        }
    }

    @Test
    void a_listed_file_has_the_state_that_it_had_or_has() throws IOException {
        write("a", "one");
        StoredFile file = only("a");
        FileState state = file.state();
        assertThat(state.size()).isEqualTo(3);
        assertThat(Duration.between(state.changedAt(), now()).abs()).isLessThan(Duration.ofMinutes(1));
        store().delete("a");
        try {
            assertThat(file.state()).isEqualTo(state); // as it was listed
        } catch (NoSuchFileException e) {
            assertThat(e).hasMessageContaining("a"); // as it is now
        }
    }

    @Test
    void what_is_no_name_is_refused_by_everything() throws IOException {
        for (String name : NO_NAMES) {
            assertThatIllegalArgumentException().as(name).isThrownBy(() -> write(name, "x"));
            assertThatIllegalArgumentException().as(name).isThrownBy(() -> store().open(name));
            assertThatIllegalArgumentException().as(name).isThrownBy(() -> store().delete(name));
        }
        for (String prefix : List.of("/", "../", "a/../", "a//", "./", "a\\")) {
            assertThatIllegalArgumentException().as(prefix).isThrownBy(() -> store().list(prefix));
        }
        assertThat(names("")).isEmpty();
    }

    @Test
    protected void of_two_that_write_one_name_one_wins_whole() throws Exception {
        for (int round = 0; round < 20; round++) {
            String name = "race/" + round;
            List<String> outcomes = atOnce(4, writer -> {
                String text = Integer.toString(writer).repeat(10_000);
                try {
                    write(name, text);
                    return text;
                } catch (FileAlreadyExistsException e) {
                    return "";
                }
            });
            List<String> winners =
                    outcomes.stream().filter(text -> !text.isEmpty()).toList();
            assertThat(winners).hasSize(1);
            assertThat(read(name)).isEqualTo(winners.get(0));
        }
    }

    @Test
    void those_that_write_the_same_under_one_name_all_succeed() throws Exception {
        for (int round = 0; round < 20; round++) {
            String name = "race/" + round;
            atOnce(4, writer -> {
                write(name, "the same");
                return "";
            });
            assertThat(read(name)).isEqualTo("the same");
        }
    }

    @FunctionalInterface
    interface Writer {
        String write(int number) throws Exception;
    }

    static List<String> atOnce(int threads, Writer writer) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                calls.add(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    return writer.write(number);
                });
            }
            List<String> results = new ArrayList<>();
            for (Future<String> result : pool.invokeAll(calls, 1, TimeUnit.MINUTES)) {
                results.add(result.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }
}
