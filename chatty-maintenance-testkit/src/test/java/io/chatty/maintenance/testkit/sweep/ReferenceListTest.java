package io.chatty.maintenance.testkit.sweep;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileFinding.Kind;
import io.chatty.maintenance.file.FileReference;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.file.sweep.ReferenceList;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A list of references says what is in it, and nothing at all if it is not whole and in order. */
class ReferenceListTest {

    @TempDir
    private Path folder;

    private Path write(String text) throws IOException {
        return Files.write(folder.resolve("list"), text.getBytes(UTF_8));
    }

    /** Names as {@code LC_ALL=C sort} puts them. */
    private List<String> sorted(List<String> names) throws Exception {
        Path unsorted = Files.write(folder.resolve("unsorted"), names, UTF_8);
        ProcessBuilder sort = new ProcessBuilder("sort", unsorted.toString()).redirectErrorStream(true);
        sort.environment().put("LC_ALL", "C");
        Process process = sort.start();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        process.getInputStream().transferTo(out);
        assertThat(process.waitFor()).isZero();
        return List.of(out.toString(UTF_8).split("\n"));
    }

    private ReferenceList list(List<String> names) throws IOException {
        return ReferenceList.of("list", write(String.join("\n", names) + "\n# complete " + names.size() + "\n"));
    }

    private static List<String> names(Random random, int count) {
        String[] letters = {"a", "b", "B", "/", ".", "#", "~", "\u00e9", "\u65e5", "\uffee", "\ud83d\ude00"};
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder name = new StringBuilder("uploads/");
            for (int j = random.nextInt(12); j >= 0; j--) {
                name.append(letters[random.nextInt(letters.length)]);
            }
            names.add(name.toString());
        }
        return names;
    }

    private static int compare(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(UTF_8), other.getBytes(UTF_8));
    }

    private static List<FileReference> all(ReferenceList list, int most) throws IOException {
        List<FileReference> all = new ArrayList<>();
        ReferencePage page = list.page(Optional.empty(), most);
        while (page.next().isPresent()) {
            assertThat(page.references()).hasSize(most);
            all.addAll(page.references());
            page = list.page(page.next(), most);
        }
        all.addAll(page.references());
        assertThat(page.complete()).hasValue(all.size());
        return all;
    }

    @Test
    void it_answers_as_the_names_in_it_say_wherever_it_is_asked() throws Exception {
        for (int count : new int[] {1, 30, 20_000}) {
            Random random = new Random(count);
            List<String> names = sorted(names(random, count));
            ReferenceList list = list(names);
            assertThat(Files.size(folder.resolve("list")))
                    .as("several blocks")
                    .matches(s -> count < 100 || s > 400_000);
            assertThat(all(list, 777)).extracting(FileReference::name).isEqualTo(names);

            List<String> asked = names(random, 500);
            asked.addAll(names.subList(0, Math.min(500, count)));
            asked.add("");
            asked.add("~");
            Set<String> known = new HashSet<>(names);
            known.retainAll(new HashSet<>(asked));
            assertThat(list.find(asked)).isEqualTo(known);
            assertThat(list.find(List.of(names.get(count / 2)))).containsExactly(names.get(count / 2));

            for (int i = 0; i < 50; i++) {
                String one = asked.get(random.nextInt(asked.size()));
                String other = asked.get(random.nextInt(asked.size()));
                assertThat(list.between(one, other))
                        .isEqualTo(names.stream()
                                .filter(name -> compare(name, one) > 0 && compare(name, other) <= 0)
                                .toList());
            }
        }
    }

    @Test
    void pages_that_follow_one_another_give_each_name_once() throws Exception {
        List<String> names = sorted(names(new Random(7), 30_000));
        ReferenceList list = list(names);
        List<String> ends = new ArrayList<>(new TreeSet<>(names));
        ends.sort(ReferenceListTest::compare);
        List<String> all = new ArrayList<>();
        String after = "";
        for (int i = 999; i < ends.size(); i += 1000) {
            all.addAll(list.between(after, ends.get(i)));
            after = ends.get(i);
        }
        all.addAll(list.between(after, "\udbff\udfff"));
        assertThat(all).isEqualTo(names);
    }

    @Test
    void a_reference_says_where_it_stands() throws Exception {
        ReferenceList list = list(List.of("a", "b", "b"));
        assertThat(all(list, 2))
                .containsExactly(
                        FileReference.of("a", "line 1 of " + folder.resolve("list")),
                        FileReference.of("b", "line 2 of " + folder.resolve("list")),
                        FileReference.of("b", "line 3 of " + folder.resolve("list")));
    }

    @Test
    void the_number_of_lines_can_be_given_instead_of_written() throws Exception {
        ReferenceList list = ReferenceList.of("list", write("# complete 1\na\n"), 2);
        assertThat(list.find(List.of("a", "# complete 1", "b"))).containsExactlyInAnyOrder("a", "# complete 1");
        assertThat(ReferenceList.of("list", write(""), 0)
                        .page(Optional.empty(), 10)
                        .complete())
                .hasValue(0);
        assertThat(ReferenceList.of("list", write("# complete 0\n")).find(List.of("a")))
                .isEmpty();
    }

    private void assertRefused(ReferenceList list, String why) {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> list.find(List.of("a")))
                    .isInstanceOf(MaintenanceException.class)
                    .hasMessageStartingWith("references list: list " + folder.resolve("list"))
                    .hasMessageContaining(why);
        }
        assertThatThrownBy(() -> list.between("", "b")).hasMessageContaining(why);
        assertThatThrownBy(() -> list.page(Optional.empty(), 1)).hasMessageContaining(why);
    }

    private void assertRefused(String text, String why) throws IOException {
        assertRefused(ReferenceList.of("list", write(text)), why);
    }

    @Test
    void a_list_that_is_not_whole_or_not_in_order_answers_nothing() throws Exception {
        assertRefused("a\nB\n# complete 2\n", "line 2, \"B\", comes after \"a\", out of order; sort it as LC_ALL=C");
        assertRefused("\ud83d\ude00\n\uffee\n# complete 2\n", "line 2, \"\uffee\", comes after");
        assertRefused("a\nb\n", "the last line, number 2, is not \"# complete\"");
        assertRefused("", "the last line, number 0, is not \"# complete\"");
        assertRefused("a\nb\n# complete 3\n", "2 names are in it, where there should be 3");
        assertRefused("a\nb\n# complete 1\n", "2 names are in it, where there should be 1");
        assertRefused("a\nb\n# complete 2", "line 3 is cut off");
        assertRefused("a\nb\n# comp", "line 3 is cut off");
        assertRefused("a\n" + "b".repeat(70_000) + "\n# complete 2\n", "line 2 is cut off");
        assertRefused("a\n\n# complete 2\n", "line 2 is empty");
        assertRefused("a\r\nb\r\n# complete 2\r\n", "line 1 ends with a carriage return");
        assertRefused("a\n# complete 1\nb\n# complete 3\n", "line 2, \"# complete 1\", comes after \"a\"");
        assertRefused(ReferenceList.of("list", write("a\nb\n"), 3), "2 names are in it, where there should be 3");
        assertRefused(ReferenceList.of("list", write("a\nb"), 2), "line 2 is cut off");
        Files.write(folder.resolve("list"), "a\nb\u00e9\n# complete 2\n".getBytes(ISO_8859_1));
        assertRefused(ReferenceList.of("list", folder.resolve("list")), "line 2, \"b\ufffd\", is not UTF-8");
        Files.delete(folder.resolve("list"));
        assertThat(ReferenceList.of("list", folder.resolve("list")).problems())
                .singleElement()
                .asString()
                .contains("there is no list");
        assertThatIllegalArgumentException().isThrownBy(() -> ReferenceList.of("list", folder, -1));
    }

    @Test
    void a_fault_deep_in_a_large_list_is_found_too() throws Exception {
        List<String> names = new ArrayList<>(sorted(names(new Random(3), 30_000)));
        names.set(29_990, "0");
        assertRefused(list(names), "line 29991, \"0\", comes after");
    }

    private void replace(String text) throws IOException {
        Path next = Files.write(folder.resolve("next"), text.getBytes(UTF_8));
        Files.move(next, folder.resolve("list"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void a_new_list_is_read_when_it_takes_the_place_of_the_old() throws Exception {
        ReferenceList list = list(List.of("a", "b"));
        assertThat(list.find(List.of("a", "c"))).containsExactly("a");
        replace("a\nc\n# complete 2\n");
        assertThat(list.find(List.of("a", "c"))).containsExactlyInAnyOrder("a", "c");
        assertThat(list.between("a", "d")).containsExactly("c");
    }

    @Test
    void a_list_that_is_replaced_between_two_pages_ends_the_reading() throws Exception {
        ReferenceList list = list(List.of("a", "b", "c"));
        Optional<Cursor> position = list.page(Optional.empty(), 2).next();
        replace("a\nb\nd\n# complete 3\n");
        assertThatThrownBy(() -> list.page(position, 2))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("has changed while it was read");
    }

    @Test
    void a_sweep_reads_it_beside_the_listing_and_finds_both_ways() throws Exception {
        Swept swept = new Swept();
        List<String> used = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            swept.write("uploads/" + i);
            if (i % 10 > 0) {
                used.add("uploads/" + i);
            }
        }
        used.add("uploads/missing");
        ReferenceList list = list(sorted(used));
        FileSweep sweep = FileSweep.builder("file-sweep", swept.store, swept.ledger)
                .references(list)
                .orphans("uploads/")
                .movesOnFirstRun()
                .findings(swept.findings::add)
                .build();
        swept.pass(Duration.ofDays(4));
        Counts counts = swept.run(sweep, 7);
        assertThat(counts.get("quarantined.orphan")).isEqualTo(300);
        assertThat(swept.quarantined()).allMatch(name -> name.endsWith("0"));
        assertThat(swept.findings)
                .filteredOn(finding -> finding.kind() == Kind.BROKEN_REFERENCE)
                .extracting(FileFinding::name)
                .containsExactly("uploads/missing");
    }

    @Test
    void a_sweep_moves_nothing_by_a_list_that_is_older_than_half_the_grace() throws Exception {
        Swept swept = new Swept();
        swept.write("uploads/orphan");
        swept.write("uploads/used");
        swept.pass(Duration.ofDays(4));
        Path path = write("uploads/used\n# complete 1\n");
        FileSweep sweep = FileSweep.builder("file-sweep", swept.store, swept.ledger)
                .references(ReferenceList.of("list", path, swept.clock))
                .orphans("uploads/")
                .movesOnFirstRun()
                .grace(Duration.ofDays(3))
                .build();
        Instant half = swept.clock.instant().minus(Duration.ofHours(36));
        Files.setLastModifiedTime(path, FileTime.from(half.minusSeconds(1)));
        assertThatThrownBy(() -> swept.run(sweep))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("what was referred to in the last PT36H1S");
        assertThat(swept.names()).hasSize(2);
        Files.setLastModifiedTime(path, FileTime.from(half));
        assertThat(swept.run(sweep).get("quarantined.orphan")).isEqualTo(1);
    }
}
