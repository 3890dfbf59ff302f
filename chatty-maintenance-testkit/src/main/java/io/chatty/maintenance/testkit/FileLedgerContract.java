package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.file.FileLedger;
import io.chatty.maintenance.file.FileLedger.Sum;
import io.chatty.maintenance.file.FileLedger.Suspect;
import io.chatty.maintenance.file.FileState;
import io.chatty.maintenance.file.SweptFile;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link FileLedger} is held to. An implementer extends it and gives an empty ledger for each test. */
public abstract class FileLedgerContract {

    private static final String SWEEP = "file-sweep";
    private static final Instant AT = Instant.parse("2026-03-01T02:30:00.123456Z");
    private static final Instant LATER = AT.plusSeconds(60);
    private static final Optional<RunId> ANY_RUN = Optional.empty();
    private static final Optional<Instant> EVER = Optional.empty();
    private static final RunId RUN = new RunId("run-1");
    private static final RunId NEXT_RUN = new RunId("run-2");

    /** Names that some collation, some padding or some order takes for one another. */
    private static final List<String> ALIKE = List.of(
            "a.png",
            "A.png",
            "a.PNG",
            "\u00e9.png",
            "e\u0301.png",
            "e.png",
            "E\u0301.png",
            "a.png ",
            "a.png  ",
            " a.png",
            "a_b",
            "a%b",
            "a?b",
            "aab",
            "stra\u00dfe",
            "strasse",
            "\ud83d\ude00",
            "\ud83d\ude01",
            "\uffee",
            "\u200ba.png",
            "it's \"quoted\" `so`",
            "\u0130",
            "i",
            "I",
            "\u0131");

    private FileLedger ledger;

    /** For the subclass. */
    protected FileLedgerContract() {}

    /** A ledger with nothing in it. */
    protected abstract FileLedger emptyLedger() throws Exception;

    /** Has nothing in it yet. */
    @BeforeEach
    void open() throws Exception {
        ledger = emptyLedger();
    }

    private static FileState state(int size) {
        return new FileState(size, Instant.parse("2025-01-01T00:00:00.123456789Z"), "version " + size);
    }

    private static Suspect suspect(String name, int size) {
        return new Suspect(name, "loose:" + name, "orphan", "uploads/", state(size));
    }

    private List<SweptFile> add(String... names) {
        return add(RUN, List.of(names));
    }

    private List<SweptFile> add(RunId run, Collection<String> names) {
        ledger.add(SWEEP, run, AT, names.stream().map(name -> suspect(name, 1)).toList());
        return ledger.open(SWEEP, names).stream()
                .filter(file -> file.run().equals(run))
                .toList();
    }

    private List<SweptFile> quarantined(String... names) {
        Map<Long, FileState> states = new HashMap<>();
        add(names).forEach(file -> states.put(file.id(), state(1)));
        assertThat(ledger.quarantined(states, AT)).isEqualTo(states.keySet());
        return ledger.open(SWEEP, List.of(names));
    }

    private static List<Long> ids(Collection<SweptFile> files) {
        return files.stream().map(SweptFile::id).toList();
    }

    private static List<String> names(Collection<SweptFile> files) {
        return files.stream().map(SweptFile::name).toList();
    }

    private List<SweptFile> all(Progress progress) {
        return ledger.list(SWEEP, progress, ANY_RUN, EVER, 0, 100_000);
    }

    @Test
    void a_ledger_that_is_ready_has_no_problems_and_a_clock() {
        assertThat(ledger.problems()).isEmpty();
        Instant one = ledger.now();
        assertThat(ledger.now()).isAfterOrEqualTo(one);
    }

    @Test
    void an_entry_is_read_as_it_was_written_its_state_to_the_nanosecond() {
        FileState state = new FileState(
                Long.MAX_VALUE,
                Instant.parse("1969-12-31T23:59:59.987654321Z"),
                "\u00e9 ".repeat(248) + "'\ud83d\ude00");
        ledger.add(SWEEP, RUN, AT, List.of(new Suspect("2026/a.png", "loose", "thumbnail", "", state)));
        SweptFile file = ledger.open(SWEEP, List.of("2026/a.png")).get(0);
        assertThat(file)
                .isEqualTo(new SweptFile(
                        file.id(),
                        RUN,
                        "2026/a.png",
                        "thumbnail",
                        "",
                        Progress.SUSPECT,
                        state,
                        AT,
                        Optional.empty(),
                        Optional.empty()));
        assertThat(file.id()).isPositive();
    }

    @Test
    void a_name_and_a_prefix_may_be_as_long_as_names_are() {
        String name = ("\ud83d\ude00".repeat(50) + "/").repeat(5) + "x".repeat(19); // 1024 bytes
        String other = ("\ud83d\ude00".repeat(50) + "/").repeat(5) + "x".repeat(18) + "y";
        String prefix = name.substring(0, name.lastIndexOf('/') + 1);
        ledger.add(SWEEP, RUN, AT, List.of(new Suspect(name, "l".repeat(5000), "orphan", prefix, state(1))));
        assertThat(ledger.open(SWEEP, List.of(name, other)))
                .singleElement()
                .matches(file -> file.name().equals(name) && file.prefix().equals(prefix));
        assertThat(ledger.loosely(SWEEP, RUN, List.of("l".repeat(5000)))).hasSize(1);
        assertThat(ledger.loosely(SWEEP, RUN, List.of("l".repeat(4999)))).isEmpty();
    }

    @Test
    void names_that_are_merely_alike_are_different_files() {
        add(RUN, ALIKE);
        assertThat(names(all(Progress.SUSPECT))).containsExactlyInAnyOrderElementsOf(ALIKE);
        int kept = 0;
        for (String name : ALIKE) {
            List<SweptFile> found = ledger.open(SWEEP, List.of(name));
            assertThat(names(found)).containsExactly(name);
            assertThat(ledger.loosely(SWEEP, RUN, List.of("loose:" + name))).isEqualTo(found);
            ledger.keep(ids(found), Progress.SUSPECT, "referenced", Optional.of(LATER), AT);
            assertThat(ledger.kept(SWEEP, ALIKE, AT)).hasSize(++kept).contains(name);
            assertThat(ledger.open(SWEEP, List.of(name))).isEmpty();
        }
        assertThat(ledger.kept(SWEEP, ALIKE, AT)).containsExactlyInAnyOrderElementsOf(ALIKE);
    }

    @Test
    void what_a_run_already_added_stays_as_it_is() {
        SweptFile first = quarantined("a").get(0);
        ledger.add(SWEEP, RUN, LATER, List.of(suspect("a", 9), suspect("b", 9), suspect("b", 8)));
        assertThat(ledger.open(SWEEP, List.of("a"))).containsExactly(first);
        assertThat(ledger.open(SWEEP, List.of("b")))
                .singleElement()
                .matches(file -> file.state().equals(state(9)) && file.at().equals(LATER));
        ledger.add(SWEEP, NEXT_RUN, LATER, List.of(suspect("a", 9)));
        assertThat(ledger.open(SWEEP, List.of("a"))).extracting(SweptFile::run).containsExactly(RUN, NEXT_RUN);
        ledger.add(SWEEP, RUN, AT, List.of());
    }

    @Test
    void each_sweep_has_entries_of_its_own() {
        add("a");
        ledger.add("other-sweep", RUN, AT, List.of(suspect("a", 1), suspect("b", 1)));
        assertThat(names(all(Progress.SUSPECT))).containsExactly("a");
        assertThat(ledger.open("other-sweep", List.of("a", "b"))).hasSize(2);
        assertThat(ledger.loosely("other-sweep", RUN, List.of("loose:b"))).hasSize(1);
        assertThat(ledger.loosely(SWEEP, RUN, List.of("loose:b"))).isEmpty();
        assertThat(ledger.sums("other-sweep", Progress.SUSPECT, ANY_RUN))
                .containsExactly(new Sum("orphan", "uploads/", 2, 2));
        ledger.keep(ids(ledger.open("other-sweep", List.of("a"))), Progress.SUSPECT, "held", Optional.of(LATER), AT);
        assertThat(ledger.kept(SWEEP, List.of("a"), AT)).isEmpty();
        assertThat(ledger.forget(SWEEP, LATER.plusSeconds(1), 10)).isZero();
    }

    @Test
    void a_list_has_what_was_asked_for_in_the_order_of_numbers() {
        List<SweptFile> files = add("d", "c", "b", "a");
        assertThat(ids(files)).isSorted().doesNotHaveDuplicates();
        add(NEXT_RUN, List.of("e"));
        assertThat(ledger.list(SWEEP, Progress.SUSPECT, Optional.of(RUN), EVER, 0, 10))
                .isEqualTo(files);
        assertThat(ledger.list(SWEEP, Progress.SUSPECT, Optional.of(RUN), EVER, 0, 3))
                .isEqualTo(files.subList(0, 3));
        assertThat(ledger.list(
                        SWEEP,
                        Progress.SUSPECT,
                        Optional.of(RUN),
                        EVER,
                        files.get(1).id(),
                        10))
                .isEqualTo(files.subList(2, 4));
        assertThat(names(all(Progress.SUSPECT))).hasSize(5).endsWith("e");
        assertThat(all(Progress.QUARANTINED)).isEmpty();
        assertThat(ledger.list(SWEEP, Progress.SUSPECT, Optional.of(new RunId("none")), EVER, 0, 10))
                .isEmpty();
    }

    @Test
    void what_is_being_put_back_is_deleted_by_nobody_and_then_kept() {
        Long id = quarantined("a").get(0).id();
        assertThat(ledger.restoring(List.of(id), Progress.SUSPECT, LATER)).isEmpty();
        assertThat(ledger.restoring(List.of(id), Progress.QUARANTINED, LATER)).containsExactly(id);
        assertThat(ledger.restoring(List.of(id), Progress.QUARANTINED, LATER)).isEmpty();
        assertThat(ledger.deleting(List.of(id), LATER)).isEmpty();
        assertThat(ledger.open(SWEEP, List.of("a")).get(0).progress()).isEqualTo(Progress.RESTORING);
        assertThat(ledger.keep(List.of(id), Progress.RESTORING, "why", Optional.empty(), LATER))
                .containsExactly(id);
        assertThat(ledger.open(SWEEP, List.of("a"))).isEmpty();
    }

    @Test
    void only_what_came_to_its_progress_before_a_time_is_listed_before_it() {
        quarantined("a");
        ledger.add(SWEEP, RUN, AT, List.of(suspect("b", 1)));
        ledger.quarantined(Map.of(ledger.open(SWEEP, List.of("b")).get(0).id(), state(1)), LATER);
        assertThat(ledger.list(SWEEP, Progress.QUARANTINED, ANY_RUN, Optional.of(AT), 0, 10))
                .isEmpty();
        assertThat(names(ledger.list(SWEEP, Progress.QUARANTINED, ANY_RUN, Optional.of(LATER), 0, 10)))
                .containsExactly("a");
        Instant after = LATER.plusMillis(1);
        assertThat(names(ledger.list(SWEEP, Progress.QUARANTINED, ANY_RUN, Optional.of(after), 0, 10)))
                .containsExactly("a", "b");
    }

    @Test
    void a_suspect_is_quarantined_once_with_the_state_that_it_has_there() {
        SweptFile file = add("a").get(0);
        assertThat(ledger.quarantined(Map.of(file.id(), state(7)), LATER)).containsExactly(file.id());
        assertThat(ledger.quarantined(Map.of(file.id(), state(8)), LATER.plusSeconds(1)))
                .isEmpty();
        SweptFile moved = ledger.open(SWEEP, List.of("a")).get(0);
        assertThat(moved.progress()).isEqualTo(Progress.QUARANTINED);
        assertThat(moved.state()).isEqualTo(state(7));
        assertThat(moved.at()).isEqualTo(LATER);
        assertThat(ledger.quarantined(Map.of(file.id() + 1000, state(1)), AT)).isEmpty();
    }

    @Test
    void only_what_is_quarantined_comes_to_be_deleted_and_only_what_is_being_deleted_is_deleted() {
        SweptFile quarantined = quarantined("a").get(0);
        SweptFile suspect = add("b").get(0);
        List<Long> both = List.of(quarantined.id(), suspect.id(), suspect.id() + 1000);
        ledger.deleted(both, AT);
        assertThat(all(Progress.DELETED)).isEmpty();
        assertThat(ledger.deleting(both, LATER)).containsExactly(quarantined.id());
        assertThat(ledger.deleting(both, LATER)).isEmpty();
        assertThat(ledger.open(SWEEP, List.of("a")))
                .singleElement()
                .matches(file -> file.progress() == Progress.DELETING
                        && file.at().equals(LATER)
                        && file.state().equals(quarantined.state()));
        ledger.deleted(both, LATER.plusSeconds(1));
        assertThat(all(Progress.DELETED)).singleElement().matches(file -> file.id() == quarantined.id());
        assertThat(ledger.open(SWEEP, List.of("a"))).isEmpty();
        assertThat(names(all(Progress.SUSPECT))).containsExactly("b");
        assertThat(ledger.deleting(List.of(), AT)).isEmpty();
    }

    @Test
    void what_is_kept_has_a_reason_and_stays_for_a_while() {
        List<SweptFile> files = quarantined("a", "b");
        SweptFile suspect = add("c").get(0);
        assertThat(ledger.keep(
                        List.of(files.get(0).id(), suspect.id()),
                        Progress.QUARANTINED,
                        "referenced again",
                        Optional.of(LATER),
                        AT))
                .containsExactly(files.get(0).id());
        assertThat(ledger.keep(List.of(files.get(1).id()), Progress.QUARANTINED, "x".repeat(100), EVER, AT))
                .hasSize(1);
        assertThat(ledger.keep(ids(files), Progress.QUARANTINED, "too late", EVER, AT))
                .isEmpty();
        assertThat(all(Progress.KEPT).get(0))
                .matches(file -> file.why().equals(Optional.of("referenced again"))
                        && file.keptUntil().equals(Optional.of(LATER)));
        assertThat(all(Progress.KEPT).get(1).keptUntil()).isEmpty();
        List<String> asked = List.of("a", "b", "c", "d");
        assertThat(ledger.kept(SWEEP, asked, AT)).containsExactly("a");
        assertThat(ledger.kept(SWEEP, asked, LATER)).isEmpty();
        assertThat(ledger.kept(SWEEP, List.of(), AT)).isEmpty();
        assertThat(names(ledger.open(SWEEP, asked))).containsExactly("c");
    }

    @Test
    void loosely_finds_suspects_of_that_run_alone() {
        ledger.add(
                SWEEP,
                RUN,
                AT,
                List.of(
                        new Suspect("A", "a", "orphan", "", state(1)),
                        new Suspect("a", "a", "orphan", "", state(1)),
                        new Suspect("b", "b", "orphan", "", state(1))));
        ledger.add(SWEEP, NEXT_RUN, AT, List.of(new Suspect("\u00c4", "a", "orphan", "", state(1))));
        assertThat(names(ledger.loosely(SWEEP, RUN, List.of("a", "c")))).containsExactly("A", "a");
        ledger.quarantined(Map.of(ledger.open(SWEEP, List.of("A")).get(0).id(), state(1)), AT);
        assertThat(names(ledger.loosely(SWEEP, RUN, List.of("a", "b")))).containsExactly("a", "b");
    }

    @Test
    void sums_are_by_kind_and_prefix() {
        ledger.add(
                SWEEP,
                RUN,
                AT,
                List.of(
                        new Suspect("u/1", "1", "orphan", "u/", state(10)),
                        new Suspect("u/2", "2", "orphan", "u/", state(20)),
                        new Suspect("U/3", "3", "orphan", "U/", state(1)),
                        new Suspect("u/4", "4", "temporary", "u/", state(0))));
        ledger.add(
                SWEEP, NEXT_RUN, AT, List.of(new Suspect("u/5", "5", "orphan", "u/", new FileState(1L << 50, AT, ""))));
        assertThat(ledger.sums(SWEEP, Progress.SUSPECT, Optional.of(RUN)))
                .containsExactlyInAnyOrder(
                        new Sum("orphan", "u/", 2, 30),
                        new Sum("orphan", "U/", 1, 1),
                        new Sum("temporary", "u/", 1, 0));
        assertThat(ledger.sums(SWEEP, Progress.SUSPECT, ANY_RUN))
                .contains(new Sum("orphan", "u/", 3, 30 + (1L << 50)))
                .hasSize(3);
        assertThat(ledger.sums(SWEEP, Progress.DELETED, ANY_RUN)).isEmpty();
    }

    @Test
    void what_is_over_is_forgotten_and_nothing_else() {
        List<SweptFile> files = quarantined("deleted", "deleting", "quarantined", "kept", "kept longer", "kept later");
        ledger.deleting(ids(files.subList(0, 2)), AT);
        ledger.deleted(ids(files.subList(0, 1)), AT);
        ledger.keep(List.of(files.get(3).id()), Progress.QUARANTINED, "so", EVER, AT);
        ledger.keep(List.of(files.get(4).id()), Progress.QUARANTINED, "so", Optional.of(LATER.plusSeconds(1)), AT);
        ledger.keep(List.of(files.get(5).id()), Progress.QUARANTINED, "so", EVER, LATER);
        add("suspect");
        assertThat(ledger.forget(SWEEP, AT, 10)).isZero();
        assertThat(ledger.forget(SWEEP, LATER, 1)).isEqualTo(1);
        assertThat(ledger.forget(SWEEP, LATER, 10)).isEqualTo(1);
        assertThat(ledger.forget(SWEEP, LATER, 10)).isZero();
        assertThat(all(Progress.DELETED)).isEmpty();
        assertThat(names(all(Progress.KEPT))).containsExactlyInAnyOrder("kept longer", "kept later");
        assertThat(names(ledger.open(SWEEP, List.of("deleting", "quarantined", "suspect"))))
                .hasSize(3);
        assertThat(ledger.forget(SWEEP, LATER.plusSeconds(2), 10)).isEqualTo(2);
    }

    @Test
    void ten_thousand_names_go_at_once() {
        List<String> names = IntStream.range(0, 10_000)
                .mapToObj(i -> "uploads/" + i + ".png")
                .toList();
        List<SweptFile> files = add(RUN, names);
        assertThat(names(files)).isEqualTo(names);
        files.subList(0, 100).forEach(file -> ledger.quarantined(Map.of(file.id(), state(1)), AT));
        assertThat(ledger.deleting(ids(files), AT)).hasSize(100);
        ledger.deleted(ids(files), AT);
        assertThat(ledger.keep(ids(files), Progress.SUSPECT, "referenced", Optional.of(LATER), AT))
                .hasSize(9900);
        assertThat(ledger.kept(SWEEP, names, AT)).hasSize(9900);
        assertThat(ledger.forget(SWEEP, LATER.plusSeconds(1), 10_000)).isEqualTo(10_000);
        assertThat(ledger.open(SWEEP, names)).isEmpty();
    }

    @Test
    void a_note_is_what_was_noted_last() {
        assertThat(ledger.note(SWEEP, "store")).isEmpty();
        ledger.note(SWEEP, "store", "one");
        ledger.note(SWEEP, "store", "\u00e9\ud83d\ude00".repeat(333));
        ledger.note(SWEEP, "store ", "two");
        ledger.note(SWEEP, "Store", "three");
        ledger.note("other-sweep", "store", "four");
        ledger.note(SWEEP, "k".repeat(200), "");
        assertThat(ledger.note(SWEEP, "store")).contains("\u00e9\ud83d\ude00".repeat(333));
        assertThat(ledger.note(SWEEP, "store ")).contains("two");
        assertThat(ledger.note(SWEEP, "Store")).contains("three");
        assertThat(ledger.note("other-sweep", "store")).contains("four");
        assertThat(ledger.note(SWEEP, "k".repeat(200))).contains("");
        assertThat(ledger.note(SWEEP, "none")).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> ledger.note(SWEEP, "k".repeat(201), ""));
        assertThatIllegalArgumentException().isThrownBy(() -> ledger.note(SWEEP, "k", "x".repeat(1001)));
    }

    @Test
    void of_many_who_would_delete_a_file_and_many_who_would_keep_it_one_does() throws Exception {
        int rounds = 20;
        String[] names = IntStream.range(0, rounds).mapToObj(i -> "f" + i).toArray(String[]::new);
        List<Long> ids = ids(quarantined(names));
        Set<Long> deleting = new HashSet<>();
        Set<Long> kept = new HashSet<>();
        List<Callable<Set<Long>>> deleters = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            boolean deletes = i % 2 == 0;
            deleters.add(() -> deletes
                    ? ledger.deleting(ids, AT)
                    : ledger.keep(ids, Progress.QUARANTINED, "referenced", EVER, AT));
        }
        List<Set<Long>> done = atOnce(deleters);
        for (int i = 0; i < done.size(); i++) {
            for (Long id : done.get(i)) {
                assertThat((i % 2 == 0 ? deleting : kept).add(id)).isTrue();
            }
        }
        Set<Long> either = new HashSet<>(deleting);
        either.addAll(kept);
        assertThat(either).hasSize(rounds).hasSize(deleting.size() + kept.size());
        assertThat(ids(all(Progress.DELETING))).containsExactlyInAnyOrderElementsOf(deleting);
        assertThat(ids(all(Progress.KEPT))).containsExactlyInAnyOrderElementsOf(kept);
    }

    @Test
    void of_many_who_quarantine_a_file_one_does() throws Exception {
        long id = add("a").get(0).id();
        List<Callable<Boolean>> movers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int size = i;
            movers.add(() -> !ledger.quarantined(Map.of(id, state(size)), AT).isEmpty());
        }
        List<Boolean> done = atOnce(movers);
        assertThat(done).containsOnlyOnce(true);
        assertThat(ledger.open(SWEEP, List.of("a")).get(0).state()).isEqualTo(state(done.indexOf(true)));
    }

    @Test
    void many_who_add_and_note_the_same_make_one_entry() throws Exception {
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int size = i;
            writers.add(() -> {
                ledger.add(SWEEP, RUN, AT, List.of(suspect("a", size), suspect("b" + size % 3, size)));
                ledger.note(SWEEP, "key", "text " + size);
                return true;
            });
        }
        atOnce(writers);
        assertThat(names(all(Progress.SUSPECT))).containsExactlyInAnyOrder("a", "b0", "b1", "b2");
        assertThat(ledger.note(SWEEP, "key").orElseThrow()).startsWith("text ");
    }

    private static <T> List<T> atOnce(List<Callable<T>> works) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(works.size());
        CyclicBarrier begin = new CyclicBarrier(works.size());
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> work : works) {
                futures.add(threads.submit(() -> {
                    begin.await();
                    return work.call();
                }));
            }
            List<T> done = new ArrayList<>();
            for (Future<T> future : futures) {
                done.add(future.get(60, TimeUnit.SECONDS));
            }
            return done;
        } finally {
            threads.shutdownNow();
        }
    }
}
