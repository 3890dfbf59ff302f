package io.chatty.maintenance.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.FileListing;
import io.chatty.maintenance.file.FileQuarantine.Moved;
import io.chatty.maintenance.file.FileQuarantine.Outcome;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.QuarantinedFile;
import io.chatty.maintenance.file.StoredFile;
import io.chatty.maintenance.file.SweepableStore;
import io.chatty.maintenance.file.SweepableStore.Pruned;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every {@link SweepableStore} is held to, beside what every store is. An implementer extends it. */
public abstract class SweepableStoreContract extends FileStoreContract {

    private static final RunId RUN = new RunId("0b2f6e2c-3a51-4a52-9c0e-2d8f4f2f8a11");
    private static final RunId OTHER_RUN = new RunId("9f1c2a77-0d0e-4f0c-8e61-5a7c1f3b9d22");

    /** For the subclass. */
    protected SweepableStoreContract() {}

    @Override
    protected abstract SweepableStore store() throws IOException;

    /** Whether what is set aside leaves its name free: not so where a file stays in its place. */
    protected boolean setsApart() {
        return true;
    }

    /** Whether it knows what was set aside by which run, and lists it: not so where only a mark hides a file. */
    protected boolean knowsRuns() {
        return setsApart();
    }

    /** Whether a second sweep is locked out. */
    protected boolean locksOut() {
        return true;
    }

    private FileState state(String name) throws IOException {
        return store().look(name).orElseThrow();
    }

    private QuarantinedFile setAside(String name, RunId run) throws IOException {
        Moved moved = store().quarantine().move(name, state(name), run);
        assertThat(moved.outcome()).as(name).isEqualTo(Outcome.DONE);
        return moved.file().orElseThrow();
    }

    private String readAside(QuarantinedFile file) throws IOException {
        try (InputStream in = store().quarantine().open(file)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private List<QuarantinedFile> aside() throws IOException {
        try (Stream<QuarantinedFile> files = store().quarantine().list()) {
            return files.toList();
        }
    }

    private void assertAside(List<QuarantinedFile> files) throws IOException {
        assertThat(aside()).containsExactlyInAnyOrderElementsOf(knowsRuns() ? files : List.of());
    }

    private List<String> listed(String prefix, String after, int most) throws IOException {
        List<String> names = new ArrayList<>();
        try (FileListing listing = store().list(prefix, after)) {
            while (names.size() < most) {
                Optional<StoredFile> file = listing.next();
                if (file.isEmpty()) {
                    assertThat(listing.next()).isEmpty();
                    break;
                }
                names.add(file.get().name());
            }
        }
        return names;
    }

    private List<String> listed(String prefix, String after) throws IOException {
        return listed(prefix, after, Integer.MAX_VALUE);
    }

    /** The bytes of a name as one number, behind a digit that keeps those in front from being lost, and padded on the right. */
    private static BigInteger bytes(String name) {
        StringBuilder digits = new StringBuilder("1");
        for (byte octet : name.getBytes(UTF_8)) {
            digits.append(String.format("%02x", octet));
        }
        return new BigInteger(digits + "00".repeat(1025 - digits.length() / 2), 16);
    }

    private List<String> inOrder(List<String> names) throws IOException {
        List<String> all = listed("", "");
        assertThat(all).containsExactlyInAnyOrderElementsOf(names);
        if (store().listsInByteOrder()) {
            assertThat(all).isSortedAccordingTo(Comparator.comparing(SweepableStoreContract::bytes));
        }
        return all;
    }

    @Test
    void a_file_is_looked_at_by_its_name() throws IOException {
        write("dir/a", "one");
        FileState state = state("dir/a");
        assertThat(state.size()).isEqualTo(3);
        assertThat(Duration.between(state.changedAt(), now()).abs()).isLessThan(Duration.ofMinutes(1));
        assertThat(state("dir/a")).isEqualTo(state);
        assertThat(only("dir/a").state()).isEqualTo(state);
        for (String missing : List.of("dir/b", "dir", "a", "dir/a/b", "other/a")) {
            assertThat(store().look(missing)).as(missing).isEmpty();
        }
    }

    @Test
    void another_content_is_another_state() throws IOException {
        write("a", "one");
        FileState one = state("a");
        store().delete("a");
        write("a", "another");
        assertThat(state("a")).isNotEqualTo(one);
    }

    @Test
    void what_is_no_name_is_refused_by_a_sweep_as_well() throws IOException {
        write("a", "one");
        FileState state = state("a");
        for (String name : NO_NAMES) {
            assertThatIllegalArgumentException().as(name).isThrownBy(() -> store().look(name));
            assertThatIllegalArgumentException()
                    .as(name)
                    .isThrownBy(() -> store().quarantine().move(name, state, RUN));
            assertThatIllegalArgumentException()
                    .as(name)
                    .isThrownBy(() -> store().quarantine().find(name, state, RUN));
            if (!name.isEmpty()) {
                assertThatIllegalArgumentException().as(name).isThrownBy(() -> store().list("", name));
            }
        }
        for (String prefix : List.of("/", "../", "a/../", "a//", "./", "a\\")) {
            assertThatIllegalArgumentException().as(prefix).isThrownBy(() -> store().list(prefix, ""));
        }
        assertThat(names("")).containsExactly("a");
    }

    @Test
    void a_listing_goes_on_behind_any_name() throws IOException {
        List<String> names = List.of(
                "a",
                "a b",
                "a.txt",
                "a-/x",
                "a/b/x",
                "a0",
                "A/x",
                "B",
                "b/a/deep/er",
                "b/a.txt",
                "b/a0",
                "b/é",
                "b/\uffee",
                "b/😀",
                "b/😀/x",
                "é/x",
                "\uffee/x",
                "😀/x",
                "~");
        List<String> possible = new ArrayList<>(names);
        possible.removeAll(List.of("a", "b/😀")); // a name of a file and of a directory
        for (String name : possible) {
            write(name, name);
        }
        List<String> all = inOrder(possible);
        for (int i = 0; i < all.size(); i++) {
            assertThat(listed("", all.get(i))).as(all.get(i)).isEqualTo(all.subList(i + 1, all.size()));
        }
        assertThat(listed("b/", "b/a.txt")).isEqualTo(from(all, "b/a.txt", "b/"));
        assertThat(listed("b/a", "b/a.txt")).isEqualTo(from(all, "b/a.txt", "b/a"));
        assertThat(listed("b/a", "b/a/deep/er")).isEqualTo(from(all, "b/a/deep/er", "b/a"));
        assertThat(listed("none", "")).isEmpty();
        assertThat(listed("none/", "b/a")).isEmpty();
    }

    private static List<String> from(List<String> all, String after, String prefix) {
        return all.subList(all.indexOf(after) + 1, all.size()).stream()
                .filter(name -> name.startsWith(prefix))
                .toList();
    }

    @Test
    void a_listing_goes_on_where_the_last_name_is_gone() throws IOException {
        for (String name : List.of("a", "b/x", "b/y", "c")) {
            write(name, name);
        }
        List<String> all = listed("", "");
        for (String name : List.copyOf(all)) {
            store().delete(name);
            assertThat(listed("", name)).as(name).isEqualTo(all.subList(all.indexOf(name) + 1, all.size()));
        }
        write("d", "d");
        write("e", "e");
        assertThat(listed("d", "")).containsExactly("d");
        if (store().listsInByteOrder()) {
            assertThat(listed("", "d/y/z")).containsExactly("e");
            assertThat(listed("", "a/z")).containsExactly("d", "e");
            assertThat(listed("d", "a")).containsExactly("d");
            assertThat(listed("d", "e")).isEmpty();
        }
    }

    @Test
    void names_of_all_letters_come_page_by_page_as_they_come_at_once() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> parts =
                List.of("a", "b.", "b-", "b", "é", "e\u0301", "\uffee", "😀", "\ud83e\udd14", "Z", "0", "~", " x");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            StringBuilder name = new StringBuilder();
            for (int depth = random.nextInt(3); depth >= 0; depth--) {
                name.append(parts.get(random.nextInt(parts.size())))
                        .append(parts.get(random.nextInt(parts.size())))
                        .append("d/");
            }
            names.add(name.append("f").append(i).toString());
        }
        Collections.shuffle(names, random);
        for (String name : names) {
            write(name, name);
        }
        List<String> all = inOrder(names);
        List<String> paged = new ArrayList<>();
        List<String> page = listed("", "", 7);
        while (!page.isEmpty()) {
            paged.addAll(page);
            page = listed("", page.get(page.size() - 1), 1 + random.nextInt(20));
        }
        assertThat(paged).as("seed %d", seed).isEqualTo(all);
    }

    @Test
    void a_listing_of_nothing_but_files_passes_nothing_over() throws IOException {
        write("dir/a", "one");
        write("b", "two");
        store().giveId("store-1");
        setAside("b", RUN);
        try (FileListing listing = store().list("", "")) {
            while (listing.next().isPresent()) {
                assertThat(listing.skipped().sum("skipped")).isZero();
            }
            assertThat(listing.skipped().sum("skipped")).isZero();
        }
    }

    @Test
    void what_is_set_aside_can_be_read_and_comes_back() throws IOException {
        write("dir/a", "one");
        write("dir/b", "two");
        QuarantinedFile file = setAside("dir/a", RUN);
        assertThat(file.name()).isEqualTo("dir/a");
        assertThat(file.run()).isEqualTo(RUN);
        assertThat(file.state().size()).isEqualTo(3);
        assertThat(readAside(file)).isEqualTo("one");
        if (setsApart()) {
            assertThat(names("")).containsExactly("dir/b");
            assertThat(listed("", "")).containsExactly("dir/b");
            assertThat(store().look("dir/a")).isEmpty();
            assertThatThrownBy(() -> store().open("dir/a")).isInstanceOf(NoSuchFileException.class);
            assertAside(List.of(file));
        }
        assertThat(store().quarantine().restore(file)).isEqualTo(Outcome.DONE);
        assertThat(read("dir/a")).isEqualTo("one");
        assertThat(names("")).containsExactlyInAnyOrder("dir/a", "dir/b");
        assertThat(aside()).isEmpty();
        assertThat(store().quarantine().restore(file)).as("again").isNotEqualTo(Outcome.CHANGED);
        assertThat(read("dir/a")).isEqualTo("one");
    }

    @Test
    void what_was_set_aside_is_deleted_for_good() throws IOException {
        write("dir/a", "one");
        QuarantinedFile file = setAside("dir/a", RUN);
        assertThat(store().quarantine().delete(file)).isEqualTo(Outcome.DONE);
        assertThat(store().look("dir/a")).isEmpty();
        assertThat(names("")).isEmpty();
        assertThat(aside()).isEmpty();
        assertThatThrownBy(() -> store().quarantine().open(file)).isInstanceOf(NoSuchFileException.class);
        assertThat(store().quarantine().delete(file)).isEqualTo(Outcome.ABSENT);
        assertThat(store().quarantine().restore(file)).isEqualTo(Outcome.ABSENT);
        assertThat(names("")).isEmpty();
    }

    @Test
    void what_is_not_what_was_judged_is_not_set_aside() throws IOException {
        write("a", "one");
        FileState judged = state("a");
        store().delete("a");
        assertThat(store().quarantine().move("a", judged, RUN)).isEqualTo(new Moved(Outcome.ABSENT, Optional.empty()));
        assertThat(store().quarantine().move("dir/b", judged, RUN).outcome()).isEqualTo(Outcome.ABSENT);
        write("a", "another");
        assertThat(store().quarantine().move("a", judged, RUN)).isEqualTo(new Moved(Outcome.CHANGED, Optional.empty()));
        assertThat(read("a")).isEqualTo("another");
        assertThat(store().quarantine().find("a", judged, RUN)).isEmpty();
        assertThat(aside()).isEmpty();
    }

    @Test
    void a_file_of_the_same_name_is_not_what_was_set_aside() throws IOException {
        write("a", "one");
        QuarantinedFile first = setAside("a", RUN);
        if (!setsApart()) {
            assertThatThrownBy(() -> write("a", "another")).isInstanceOf(FileAlreadyExistsException.class);
            return;
        }
        write("a", "another");
        assertThat(store().quarantine().restore(first)).isEqualTo(Outcome.CHANGED);
        assertThat(read("a")).isEqualTo("another");
        assertThat(readAside(first)).isEqualTo("one");
        QuarantinedFile second = setAside("a", OTHER_RUN);
        assertAside(List.of(first, second));
        assertThat(readAside(second)).isEqualTo("another");
        assertThat(store().quarantine().restore(second)).isEqualTo(Outcome.DONE);
        assertThat(read("a")).isEqualTo("another");
        assertThat(store().quarantine().delete(first)).isEqualTo(Outcome.DONE);
        assertThat(read("a")).isEqualTo("another");
    }

    @Test
    void a_move_that_is_done_again_finds_what_it_did() throws IOException {
        write("dir/a", "one");
        FileState judged = state("dir/a");
        QuarantinedFile file = setAside("dir/a", RUN);
        Moved again = store().quarantine().move("dir/a", judged, RUN);
        assertThat(again).isEqualTo(new Moved(Outcome.DONE, Optional.of(file)));
        if (setsApart()) {
            assertThat(store().quarantine().find("dir/a", judged, RUN)).contains(file);
            if (knowsRuns()) {
                assertThat(store().quarantine().find("dir/a", judged, OTHER_RUN))
                        .isEmpty();
            }
            FileState other = new FileState(judged.size() + 1, judged.changedAt(), judged.version());
            assertThat(store().quarantine().find("dir/a", other, RUN)).isEmpty();
            write("dir/a", "another");
            assertThat(store().quarantine().move("dir/a", judged, RUN))
                    .isEqualTo(knowsRuns() ? again : new Moved(Outcome.CHANGED, Optional.empty()));
            assertThat(read("dir/a")).isEqualTo("another");
        }
        assertThat(readAside(file)).isEqualTo("one");
    }

    @Test
    void names_and_runs_of_all_letters_are_set_aside_and_come_back() throws IOException {
        List<String> names = List.of(
                "é",
                "e\u0301",
                "😀/\uffee",
                "a%2Fb",
                "q+ &%41",
                "x\"y",
                "*",
                "a b ",
                ".hidden/.x",
                "n".repeat(255),
                "é".repeat(127),
                ("d".repeat(100) + "/").repeat(8) + "deep");
        List<RunId> runs = List.of(
                RUN, new RunId("a"), new RunId("A"), new RunId("../.."), new RunId("x y"), new RunId("é".repeat(36)));
        List<QuarantinedFile> files = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            write(names.get(i), "content of " + names.get(i));
            files.add(setAside(names.get(i), runs.get(i % runs.size())));
        }
        if (setsApart()) {
            assertThat(names("")).isEmpty();
            assertAside(files);
        }
        for (QuarantinedFile file : files) {
            assertThat(readAside(file)).isEqualTo("content of " + file.name());
            assertThat(store().quarantine().restore(file)).as(file.name()).isEqualTo(Outcome.DONE);
            assertThat(read(file.name())).isEqualTo("content of " + file.name());
        }
        assertThat(names("")).containsExactlyInAnyOrderElementsOf(names);
        assertThat(aside()).isEmpty();
    }

    @Test
    void of_several_runs_that_set_one_file_aside_one_does() throws Exception {
        for (int round = 0; round < 10; round++) {
            String name = "race/" + round;
            write(name, "x");
            FileState judged = state(name);
            List<String> outcomes = atOnce(
                    4,
                    number -> store().quarantine()
                            .move(name, judged, new RunId("run-" + number))
                            .outcome()
                            .name());
            assertThat(outcomes).contains(Outcome.DONE.name());
            if (knowsRuns()) {
                assertThat(outcomes).containsOnlyOnce(Outcome.DONE.name());
            }
        }
        assertThat(names("")).hasSize(setsApart() ? 0 : 10);
        assertThat(aside()).hasSize(knowsRuns() ? 10 : 0);
    }

    @Test
    void a_store_has_one_id_at_most() throws IOException {
        assertThat(store().id()).isEmpty();
        for (String none : List.of("", " ", "a/b", "é", "a".repeat(101), "a\n")) {
            assertThatIllegalArgumentException().as(none).isThrownBy(() -> store().giveId(none));
        }
        assertThat(store().id()).isEmpty();
        store().giveId("Store_1-a");
        store().giveId("Store_1-a");
        assertThat(store().id()).contains("Store_1-a");
        assertThatThrownBy(() -> store().giveId("other")).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(store().id()).contains("Store_1-a");
        assertThat(names("")).isEmpty();
    }

    @Test
    void a_store_tells_its_time_and_its_space() throws IOException {
        assertThat(Duration.between(store().now(), now()).abs()).isLessThan(Duration.ofMinutes(1));
        store().space().ifPresent(space -> {
            assertThat(space.total()).isPositive();
            assertThat(space.usable()).isBetween(0L, space.total());
        });
        assertThat(names("")).isEmpty();
    }

    @Test
    void one_sweep_at_a_time_has_the_store() throws Exception {
        SweepableStore.Lock first = store().lock().orElseThrow();
        if (locksOut()) {
            assertThat(store().lock()).isEmpty();
            assertThat(atOnce(2, number -> String.valueOf(store().lock().isPresent())))
                    .containsOnly("false");
        }
        first.close();
        try (SweepableStore.Lock second = store().lock().orElseThrow()) {
            first.close(); // a second time: it is not the other's
            if (locksOut()) {
                assertThat(store().lock()).isEmpty();
            }
            assertThat(second).isNotSameAs(first);
        }
        store().lock().orElseThrow().close();
        assertThat(names("")).isEmpty();
    }

    @Test
    void no_file_goes_with_its_directory() throws IOException {
        List<String> names = List.of("a", "b/a", "b/c/a", "b/d/e/f/a", "g/h/i/a");
        for (String name : names) {
            write(name, name);
        }
        Instant later = now().plus(Duration.ofDays(1));
        String after = "";
        for (int i = 0; i < 20; i++) {
            Pruned pruned = store().prune(later, 0, 1, after);
            assertThat(pruned.removed()).isZero();
            if (pruned.next().isEmpty()) {
                assertThat(names("")).containsExactlyInAnyOrderElementsOf(names);
                return;
            }
            after = pruned.next().get();
        }
        throw new AssertionError("it comes to no end");
    }
}
