package io.chatty.maintenance.file.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.task.Counts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories with more names than are held in memory, and what belongs to another file system. */
final class HugeFoldersTest {

    private static final List<String> LETTERS =
            List.of("a", "b", "-", ".", "0", "é", "\ud7ff", "\ue000", "\uffee", "😀", "\ud83e\udd14");

    @TempDir
    private Path root;

    private static List<String> names(FileListing listing) throws IOException {
        List<String> names = new ArrayList<>();
        for (Optional<StoredFile> file = listing.next(); file.isPresent(); file = listing.next()) {
            names.add(file.get().name());
        }
        return names;
    }

    /** Names of odd letters, in the order of their bytes, by the letters of their bytes in hexadecimal. */
    private List<String> make(int count, long seed) throws IOException {
        Random random = new Random(seed);
        TreeMap<String, String> names = new TreeMap<>();
        while (names.size() < count) {
            StringBuilder name = new StringBuilder("x");
            for (int i = random.nextInt(12); i >= 0; i--) {
                name.append(LETTERS.get(random.nextInt(LETTERS.size())));
            }
            if (random.nextInt(20) == 0) {
                name.append('d'); // no other name has that letter
                Files.createDirectories(root.resolve("flat").resolve(name.toString()));
                name.append("/file");
            }
            Path file = root.resolve("flat").resolve(name.toString());
            if (Files.notExists(file)) {
                Files.createFile(file);
                String whole = "flat/" + name;
                names.put(HexFormat.of().formatHex(whole.getBytes(UTF_8)), whole);
            }
        }
        return List.copyOf(names.values());
    }

    private List<Path> temporary() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(NewFiles.OWN))) {
            return files.toList();
        }
    }

    @Test
    void come_in_order_from_temporary_files_that_are_gone_afterwards() throws IOException {
        Files.createDirectory(root.resolve("flat"));
        long seed = System.nanoTime();
        List<String> expected = make(500, seed);
        for (int inMemory : new int[] {1, 7, 100, 500, 501}) {
            LocalFileStore store =
                    LocalFileStore.builder(root).namesInMemory(inMemory).open();
            try (FileListing listing = store.list("", "")) {
                assertThat(names(listing))
                        .as("seed %d, %d in memory", seed, inMemory)
                        .isEqualTo(expected);
            }
            for (int i = 0; i < expected.size(); i += 50) {
                try (FileListing listing = store.list("flat/", expected.get(i))) {
                    assertThat(names(listing)).isEqualTo(expected.subList(i + 1, expected.size()));
                }
            }
            try (FileListing left = store.list("", "")) {
                assertThat(left.next()).isPresent();
                assertThat(temporary().isEmpty()).as("%d in memory", inMemory).isEqualTo(inMemory >= 500);
            }
            assertThat(temporary()).isEmpty();
        }
    }

    @Test
    void of_long_names_fewer_are_held_in_memory() throws IOException {
        Files.createDirectory(root.resolve("flat"));
        for (int i = 0; i < 50; i++) {
            Files.createFile(root.resolve("flat").resolve("n".repeat(200) + i));
        }
        LocalFileStore store = LocalFileStore.builder(root).namesInMemory(60).open();
        try (FileListing listing = store.list("", "")) {
            assertThat(listing.next()).isPresent();
            assertThat(temporary()).hasSize(3);
            assertThat(names(listing)).hasSize(49);
        }
    }

    @Test
    void what_is_mounted_below_the_root_is_passed_over() throws IOException {
        LocalFileStore store = LocalFileStore.open(root);
        store.write("mounted/a", out -> out.write('a'));
        store.write("b", out -> out.write('b'));
        FolderTree tree = store.tree();
        FolderTree elsewhere = new FolderTree(
                root, true, tree.device() + 1, tree.countsFolders(), tree.namesInMemory(), tree.spills());
        try (Listing listing = new Listing(store, elsewhere, Folder.open(root), "", "", "")) {
            assertThat(names(listing)).containsExactly("b");
            assertThat(listing.skipped()).isEqualTo(Counts.none().plus("skipped.mount", 1));
        }
        Files.delete(root.resolve("mounted/a"));
        try (EmptyFolders folders =
                new EmptyFolders(elsewhere, Folder.open(root), store.now().plusSeconds(60), 0, 100, "")) {
            assertThat(folders.prune().removed()).isZero();
        }
        assertThat(root.resolve("mounted")).exists();
    }

    @Test
    void directories_by_the_thousand_are_looked_at_in_bounded_memory() throws IOException {
        for (int i = 0; i < 300; i++) {
            Files.createDirectories(root.resolve("d" + i % 3).resolve("e" + i));
        }
        LocalFileStore store = LocalFileStore.builder(root).namesInMemory(10).open();
        assertThat(store.prune(store.now().plusSeconds(60), 0, 1000, "").removed())
                .isEqualTo(303);
        assertThat(temporary()).isEmpty();
    }
}
