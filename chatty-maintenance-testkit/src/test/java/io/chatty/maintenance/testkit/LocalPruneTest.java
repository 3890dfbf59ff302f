package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.file.SweepableStore.Pruned;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Which directories are removed, and that a writer does not notice. */
final class LocalPruneTest extends LocalFolder {

    private Instant later() throws IOException {
        return store().now().plus(Duration.ofHours(1));
    }

    private void make(String... names) throws IOException {
        for (String name : names) {
            Files.createDirectories(path(name));
        }
    }

    @Test
    void empty_directories_go_with_those_around_them_that_become_empty() throws IOException {
        make("a/b/c/d", "a/b/e", "f", "g/h/i");
        write("g/h/x", "one");
        write("j/x", "two");
        assertThat(store().prune(later(), 0, 100, "")).isEqualTo(new Pruned(10, 7, Optional.empty()));
        assertThat(names()).containsExactly("g/h/x", "j/x");
        assertThat(entries(root())).containsExactlyInAnyOrder(path("g"), path("j"), path(OWN));
        assertThat(path("g/h/i")).doesNotExist();
    }

    @Test
    void the_highest_levels_stay() throws IOException {
        make("a/b/c/d", "e/f", "g");
        assertThat(store().prune(later(), 2, 100, "").removed()).isEqualTo(2);
        assertThat(path("a/b")).isEmptyDirectory();
        assertThat(path("e/f")).isEmptyDirectory();
        assertThat(store().prune(later(), 1, 100, "").removed()).isEqualTo(2);
        assertThat(path("a")).isEmptyDirectory();
        assertThat(path("g")).isEmptyDirectory();
    }

    @Test
    void a_young_directory_stays_even_if_its_time_was_set_back() throws IOException {
        make("a/b");
        Files.setLastModifiedTime(path("a/b"), FileTime.from(Instant.parse("2001-01-01T00:00:00Z")));
        assertThat(store().prune(store().now().minus(Duration.ofHours(1)), 0, 100, "")
                        .removed())
                .isZero();
        assertThat(path("a/b")).exists();
    }

    @Test
    void it_goes_on_where_it_ended() throws IOException {
        List<String> all =
                List.of("a", "a/b", "a/b/c", "a/b/d", "a-", "a-/x", "a.b/c", "a.b", "ab", "é", "é/😀", "é/\uffee");
        make(all.toArray(String[]::new));
        write("a/b/keep", "one");
        List<String> seen = new ArrayList<>();
        String after = "";
        long removed = 0;
        for (int i = 0; i < all.size(); i++) {
            Pruned pruned = store().prune(later(), 0, 1, after);
            assertThat(pruned.examined()).isEqualTo(1);
            removed += pruned.removed();
            after = pruned.next().orElseThrow();
            seen.add(after);
        }
        assertThat(store().prune(later(), 0, 1, after)).isEqualTo(new Pruned(0, 0, Optional.empty()));
        assertThat(seen).containsExactlyInAnyOrderElementsOf(all);
        assertThat(seen.indexOf("a/b/c")).isLessThan(seen.indexOf("a/b"));
        assertThat(seen.indexOf("a/b")).isLessThan(seen.indexOf("a"));
        assertThat(removed).isEqualTo(all.size() - 2);
        assertThat(names()).containsExactly("a/b/keep");
    }

    @Test
    void what_is_not_its_own_to_remove_stays() throws Exception {
        make("dir/x");
        Files.createSymbolicLink(path("dir/away"), outside());
        Files.createSymbolicLink(path("link"), path("dir/x"));
        Files.createDirectories(aside("empty"));
        assertThat(new ProcessBuilder("sh", "-c", "mkdir \"$(printf 'y\\351')\" \"$(printf 'y\\nz')\"")
                        .directory(root().toFile())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(store().prune(later(), 0, 100, "").removed())
                .as("dir/x alone")
                .isEqualTo(1);
        assertThat(entries(root())).hasSize(5);
        assertThat(aside("empty")).exists();
        assertNothingChangedOutside();
    }

    @Test
    void a_writer_does_not_notice() throws Exception {
        AtomicBoolean end = new AtomicBoolean();
        Semaphore writes = new Semaphore(0);
        ExecutorService pruner = Executors.newSingleThreadExecutor();
        Future<Long> pruning = pruner.submit(() -> {
            long removed = 0;
            while (!end.get()) {
                if (writes.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                    removed += store().prune(later(), 0, 100, "").removed();
                }
            }
            return removed;
        });
        try {
            for (int i = 0; i < 300; i++) {
                String name = "a/b" + i % 3 + "/c/" + i;
                writes.release();
                write(name, name);
                assertThat(Files.readString(path(name), StandardCharsets.UTF_8)).isEqualTo(name);
                assertThat(store().delete(name)).isTrue();
            }
        } finally {
            end.set(true);
            pruner.shutdown();
            assertThat(pruner.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(pruning.get())
                .as("directories went while files were written into them")
                .isGreaterThan(3);
    }
}
