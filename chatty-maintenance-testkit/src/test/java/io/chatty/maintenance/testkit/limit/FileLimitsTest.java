package io.chatty.maintenance.testkit.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.EvictableFile;
import io.chatty.maintenance.file.EvictionListener;
import io.chatty.maintenance.file.EvictionOrder;
import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileNames;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.file.SweptFile.Progress;
import io.chatty.maintenance.file.limit.FileLimits;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.testkit.sweep.Swept;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is given up where there is too much, what is not, and that no run does more than its preview said. */
class FileLimitsTest {

    private static final Duration DAY = Duration.ofDays(1);

    private final Swept swept = new Swept();
    private final FakeUsage usage = new FakeUsage();
    private final List<FileFinding> findings = new ArrayList<>();
    private final Instant begin = swept.clock.instant();

    private FileLimits.Builder limits() {
        return FileLimits.builder("file-limits", usage, swept.ledger).findings(findings::add);
    }

    /** Ten files of 10 bytes, made an hour apart; a month goes by. */
    private void tenFiles(String room, String user) {
        Instant now = swept.clock.instant();
        for (int i = 0; i < 10; i++) {
            usage.add(room + user + i, 10, now.plus(Duration.ofHours(i)), room, user);
        }
        swept.pass(DAY.multipliedBy(30));
    }

    @Test
    void over_the_hard_limit_the_oldest_go_until_the_soft_one_is_kept() throws Exception {
        tenFiles("r", "u");
        Counts counts = swept.run(limits().total(65, 99).build());
        assertThat(usage.rows.keySet()).containsExactly("ru4", "ru5", "ru6", "ru7", "ru8", "ru9");
        assertThat(counts.get("evicted.total")).isEqualTo(4);
        assertThat(counts.get("bytes.released")).isEqualTo(40);
        assertThat(counts.get("usage.files")).isEqualTo(10);
        assertThat(counts.get("usage.bytes")).isEqualTo(100);
    }

    @Test
    void at_the_hard_limit_nothing_goes() throws Exception {
        tenFiles("r", "u");
        assertThat(swept.run(limits().total(1, 100).build()).sum("evicted")).isZero();
        assertThat(usage.rows).hasSize(10);
    }

    @Test
    void each_room_and_each_user_has_a_limit_of_its_own() throws Exception {
        tenFiles("r1", "u1");
        tenFiles("r2", "u1");
        tenFiles("r3", "u2");
        tenFiles("", "");
        Counts counts = swept.run(limits().perUser(150, 150).perRoom(70, 90).build());
        // The user gives up five of the first room; that leaves two too many to the room itself.
        assertThat(counts.get("over.user")).isEqualTo(1);
        assertThat(counts.get("evicted.user")).isEqualTo(5);
        assertThat(counts.get("over.room")).isEqualTo(3);
        assertThat(counts.get("evicted.room")).isEqualTo(6);
        assertThat(left("r1u1")).isEqualTo(5);
        assertThat(left("r2u1")).isEqualTo(7);
        assertThat(left("r3u2")).isEqualTo(7);
        assertThat(usage.rows).hasSize(29);
    }

    private long left(String prefix) {
        return usage.rows.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .count();
    }

    @Test
    void what_a_user_gives_up_counts_for_all() throws Exception {
        tenFiles("r", "u");
        tenFiles("r", "v");
        Counts counts = swept.run(limits().perUser(50, 90).total(90, 150).build());
        assertThat(counts.get("evicted.user")).isEqualTo(10);
        assertThat(counts.get("evicted.total")).isEqualTo(1);
        assertThat(usage.rows).hasSize(9);
    }

    @Test
    void a_file_goes_from_its_grace_on_and_not_before() throws Exception {
        usage.add("a", 10, begin, "", "");
        FileLimits limits = limits().total(1, 1).grace(DAY).build();
        swept.pass(DAY);
        Counts young = swept.run(limits);
        assertThat(young.get("skipped.young")).isEqualTo(1);
        assertThat(young.get("short.total")).isEqualTo(1);
        assertThat(usage.rows).hasSize(1);
        swept.pass(DAY);
        assertThat(swept.run(limits).get("evicted.total")).isEqualTo(1);
    }

    @Test
    void what_is_held_pinned_referenced_or_vetoed_never_goes() throws Exception {
        tenFiles("r", "u");
        usage.held.add("ru0");
        usage.pinned.add("ru1");
        usage.referenced.add("ru2");
        EvictionListener keeps = files -> Set.of("ru3");
        Counts counts = swept.run(limits().total(1, 1).listener(keeps).build());
        assertThat(usage.rows.keySet()).containsExactly("ru0", "ru1", "ru2", "ru3");
        assertThat(counts.get("evicted.total")).isEqualTo(6);
        assertThat(counts.get("skipped.held")).isEqualTo(1);
        assertThat(counts.get("skipped.notEvictable")).isEqualTo(1);
        assertThat(counts.get("skipped.referenced")).isEqualTo(1);
        assertThat(counts.get("skipped.vetoed")).isEqualTo(1);
        assertThat(findings)
                .singleElement()
                .satisfies(
                        finding -> assertThat(finding.toString()).contains("OVER_LIMIT \"all files\"", "39 too many"));
    }

    @Test
    void what_another_source_refers_to_when_files_are_chosen_never_goes() throws Exception {
        tenFiles("r", "u");
        usage.add("../odd", 10, begin.minus(DAY), "r", "u");
        swept.references.add("ru0");
        Counts counts = swept.run(
                limits().total(70, 70).references(new Strict(swept.references)).build());
        assertThat(usage.rows.keySet())
                .contains("ru0", "../odd")
                .doesNotContain("ru4")
                .hasSize(7);
        assertThat(counts.get("skipped.referenced")).isEqualTo(1);
        assertThat(counts.get("skipped.name")).isEqualTo(1);
    }

    /**
     * A source that cannot be asked for what is no name of a file.
     *
     * @param source which it asks
     */
    private record Strict(FileReferences source) implements FileReferences {

        @Override
        public String name() {
            return source.name();
        }

        @Override
        public Set<String> find(Collection<String> names) throws Exception {
            names.forEach(FileNames::check);
            return source.find(names);
        }

        @Override
        public ReferencePage page(Optional<Cursor> position, int most) throws Exception {
            return source.page(position, most);
        }
    }

    @Test
    void what_another_source_refers_to_only_when_all_is_chosen_never_goes() throws Exception {
        tenFiles("r", "u");
        Swept.Batches run = swept
        .new Batches(limits().total(70, 70).references(swept.references).build(), 100);
        while (!run.phase().equals("EVICT")) {
            run.step();
        }
        swept.references.add("ru1");
        Counts counts = run.go();
        assertThat(usage.rows.keySet()).contains("ru1").doesNotContain("ru0", "ru2");
        assertThat(counts.get("skipped.referenced")).isEqualTo(1);
        assertThat(counts.get("evicted.total")).isEqualTo(2);
    }

    @Test
    void another_source_counts_for_the_fingerprint() {
        FileLimits.Builder limits = limits().total(1, 1);
        String alone = limits.build().fingerprint();
        assertThat(limits.references(swept.references).build().fingerprint()).isNotEqualTo(alone);
    }

    @Test
    void a_hold_that_is_placed_when_all_is_chosen_still_shields() throws Exception {
        tenFiles("r", "u");
        usage.beforeRelease = names -> usage.held.add("ru1");
        Counts counts = swept.run(limits().total(50, 50).build());
        assertThat(counts.get("skipped.held")).isEqualTo(1);
        assertThat(counts.get("evicted.total")).isEqualTo(4);
        assertThat(usage.rows.keySet()).contains("ru1", "ru5").doesNotContain("ru4");
    }

    @Test
    void rows_that_come_while_it_runs_make_nothing_more_too_much() throws Exception {
        tenFiles("r", "u");
        Swept.Batches run = swept.new Batches(limits().total(50, 50).build(), 1);
        while (!run.phase().equals("PLAN")) {
            run.step();
        }
        swept.pass(DAY);
        for (int i = 0; i < 10; i++) {
            usage.add("new" + i, 10, swept.clock.instant(), "r", "u");
        }
        assertThat(run.go().get("evicted.total")).isEqualTo(5);
        assertThat(usage.rows).hasSize(15);
    }

    @Test
    void the_listener_is_told_what_went() throws Exception {
        tenFiles("r", "u");
        List<String> told = new ArrayList<>();
        EvictionListener listener = new EvictionListener() {
            @Override
            public Set<String> kept(List<EvictableFile> files) {
                return Set.of("ru0");
            }

            @Override
            public void released(List<EvictableFile> files) {
                files.forEach(file -> told.add(file.name()));
            }
        };
        swept.run(limits().total(80, 80).listener(listener).build());
        assertThat(told).containsExactly("ru1", "ru2");
    }

    @Test
    void in_report_mode_nothing_goes() throws Exception {
        tenFiles("r", "u");
        Counts counts = swept.run(limits().perRoom(50, 50).reportsOnly().build());
        assertThat(usage.rows).hasSize(10);
        assertThat(counts.get("over.room")).isEqualTo(1);
        assertThat(counts.sum("evicted")).isZero();
        assertThat(findings).extracting(FileFinding::name).containsExactly("room r");
    }

    @Test
    void a_run_that_could_not_give_up_enough_is_not_repeated_for_nothing() throws Exception {
        tenFiles("r", "u");
        usage.rows.keySet().stream().skip(5).forEach(usage.pinned::add);
        FileLimits limits = limits().total(20, 20).build();
        Counts first = swept.run(limits);
        assertThat(first.get("short.total")).isEqualTo(1);
        assertThat(limits.warnings(first))
                .singleElement()
                .satisfies(told -> assertThat(told).contains("limit of total"));
        assertThat(limits.warnings(Counts.none())).isEmpty();
        assertThat(usage.rows).hasSize(5);

        int before = usage.pages;
        Counts second = swept.run(limits);
        assertThat(second.get("skipped.unchanged")).isEqualTo(1);
        assertThat(second.get("over.total")).isEqualTo(1);
        assertThat(usage.pages).isEqualTo(before);

        usage.add("more", 1, begin, "", "");
        assertThat(swept.run(limits).get("evicted.total")).isEqualTo(1);
        assertThat(swept.run(limits).get("skipped.unchanged")).isEqualTo(1);
        usage.pinned.clear();
        swept.pass(DAY.minusSeconds(1));
        assertThat(swept.run(limits).get("skipped.unchanged")).isEqualTo(1);
        swept.pass(Duration.ofSeconds(1));
        assertThat(swept.run(limits).get("evicted.total")).isEqualTo(3);
    }

    @Test
    void too_large_a_share_waits_for_confirmation_of_just_those_files() throws Exception {
        for (int i = 0; i < 1000; i++) {
            usage.add("f" + i, 10, begin.plusSeconds(i), "", "");
        }
        swept.pass(DAY.multipliedBy(30));
        FileLimits limits = limits().total(7990, 7990).build();
        Swept.Batches run = swept.new Batches(limits, 300);
        run.go();
        assertThat(run.awaited())
                .hasValueSatisfying(reason -> assertThat(reason)
                        .isEqualTo("would give up 201 of 1,000 files, and 2,010 of 10,000 bytes; 20 % is the limit"));
        assertThat(usage.rows).hasSize(1000);
        usage.pinned.add("f0");
        assertThat(run.go().get("evicted.total")).isEqualTo(200);
        assertThat(usage.rows).hasSize(800).containsKey("f0").containsKey("f201");
    }

    @Test
    void a_share_that_is_allowed_and_a_small_table_do_not_wait() throws Exception {
        for (int i = 0; i < 1000; i++) {
            usage.add("f" + i, 10, begin.plusSeconds(i), "", "");
        }
        swept.pass(DAY.multipliedBy(30));
        assertThat(swept.run(limits().total(8000, 8000).build()).get("evicted.total"))
                .isEqualTo(200);
        assertThat(swept.run(limits().total(10, 10).build()).get("evicted.total"))
                .isEqualTo(799);
    }

    @Test
    void what_was_chosen_and_never_confirmed_is_let_go() throws Exception {
        for (int i = 0; i < 1000; i++) {
            usage.add("f" + i, 10, begin.plusSeconds(i), "", "");
        }
        swept.pass(DAY.multipliedBy(30));
        swept.run(limits().total(10, 10).build());
        assertThat(chosen()).isEqualTo(999);
        assertThat(swept.run(limits().total(9990, 9990).build()).get("evicted.total"))
                .isEqualTo(1);
        assertThat(chosen()).isZero();
    }

    private long chosen() {
        return swept.ledger
                .list("file-limits", Progress.SUSPECT, Optional.empty(), Optional.empty(), 0, 10_000)
                .size();
    }

    @Test
    void other_settings_in_the_midst_of_a_run_end_it() throws Exception {
        tenFiles("r", "u");
        Swept.Batches run = swept.new Batches(limits().total(50, 50).build(), 100);
        while (!run.phase().equals("EVICT")) {
            run.step();
        }
        assertThat(run.goesOnIn(limits().total(90, 90).build()).go().sum("evicted"))
                .isZero();
        assertThat(usage.rows).hasSize(10);
        assertThat(chosen()).isZero();
    }

    @Test
    void a_batch_that_is_done_again_gives_up_no_more() throws Exception {
        tenFiles("r", "u");
        tenFiles("s", "u");
        FileLimits limits =
                limits().perUser(150, 150).perRoom(70, 70).total(100, 100).build();
        Swept.Batches run = swept.new Batches(limits, 3);
        while (!run.isFinished()) {
            limits.runBatch(run); // and dies before its record is written
            run.step();
        }
        assertThat(usage.rows).hasSize(10);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void the_size_of_batches_changes_nothing(int size) throws Exception {
        tenFiles("r", "u");
        tenFiles("s", "u");
        tenFiles("t", "v");
        FileLimits limits =
                limits().perUser(120, 150).perRoom(70, 70).total(150, 200).build();
        Counts preview = swept.preview(limits, size);
        Counts counts = swept.run(limits, size);
        assertThat(counts.get("evicted.user")).isEqualTo(8);
        assertThat(counts.get("evicted.room")).isEqualTo(6);
        assertThat(counts.get("evicted.total")).isEqualTo(1);
        assertThat(preview.get("due.evicted.user")).isEqualTo(8);
        assertThat(preview.get("due.evicted.room")).isEqualTo(6);
        assertThat(preview.get("due.evicted.total")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void a_preview_says_what_the_run_does_and_changes_nothing(long seed) throws Exception {
        RandomFiles.fill(usage, begin, seed);
        swept.pass(DAY.multipliedBy(30));
        for (EvictionOrder order : EvictionOrder.values()) {
            FileLimits limits = limits().perUser(400, 500)
                    .perRoom(300, 350)
                    .total(2500, 2600)
                    .order(order)
                    .listener(files -> Set.of("f7"))
                    .build();
            Map<String, EvictableFile> before = Map.copyOf(usage.rows);
            Counts preview = swept.preview(limits, 13);
            assertThat(usage.rows).isEqualTo(before);
            assertThat(chosen()).isZero();
            Counts counts = swept.run(limits, 11);
            Map<String, Long> due = preview.asMap().entrySet().stream()
                    .filter(count -> count.getKey().startsWith("due."))
                    .collect(Collectors.toMap(count -> count.getKey().substring(4), Map.Entry::getValue));
            Map<String, Long> done = counts.asMap().entrySet().stream()
                    .filter(count -> count.getKey().startsWith("evicted.")
                            || count.getKey().equals("bytes.released"))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            assertThat(done).isEqualTo(due);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void files_go_in_the_order_that_was_asked_for(long seed) throws Exception {
        for (EvictionOrder order : EvictionOrder.values()) {
            usage.rows.clear();
            RandomFiles.fill(usage, begin, seed);
            swept.pass(DAY.multipliedBy(30));
            List<EvictableFile> all = List.copyOf(usage.rows.values());
            Set<String> expected = RandomFiles.left(usage, all, order, 1500);
            swept.run(limits().total(1500, 1500).order(order).shareLimit(1).build(), 9);
            assertThat(usage.rows.keySet()).as("%s", order).isEqualTo(expected);
        }
    }

    @Test
    void what_the_rows_do_not_tell_cannot_be_limited() {
        usage.tellsUsers = false;
        assertThat(limits().perUser(1, 1).build().problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).contains("per user"));
        assertThat(limits().total(1, 1)
                        .order(EvictionOrder.LEAST_RECENTLY_USED)
                        .build()
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).contains("last used"));
        assertThatThrownBy(() -> swept.run(limits().perUser(1, 1).build())).hasMessageContaining("nothing is given up");
    }

    static Stream<Consumer<FileLimits.Builder>> wrongSettings() {
        return Stream.of(
                limits -> limits.total(0, 1),
                limits -> limits.total(-1, 1),
                limits -> limits.perRoom(2, 1),
                limits -> limits.perUser(1, 0),
                limits -> limits.total(1, 1).total(2, 2),
                limits -> limits.usedSpace(0.8, 0.8),
                limits -> limits.usedSpace(0.8, 0.9),
                limits -> limits.usedSpace(1, 0.9),
                limits -> limits.usedSpace(0.9, 0),
                limits -> limits.usedSpace(Double.NaN, 0.5),
                limits -> limits.usedSpace(0.9, Double.NaN),
                limits -> limits.freeSpace(0, 0.1),
                limits -> limits.freeSpace(0.1, 0.1),
                limits -> limits.freeSpace(0.1, 1),
                limits -> limits.freeSpace(Double.NaN, Double.NaN),
                limits -> limits.grace(Duration.ofHours(-1)),
                limits -> limits.total(1, 1).grace(Duration.ofMinutes(59)).build(),
                limits -> limits.total(1, 1).remember(Duration.ZERO).build(),
                limits -> limits.shareLimit(0),
                limits -> limits.shareLimit(1.1),
                limits -> limits.shareLimit(Double.NaN),
                FileLimits.Builder::build,
                limits -> limits.usedSpace(0.9, 0.8).build());
    }

    @ParameterizedTest
    @MethodSource("wrongSettings")
    void wrong_settings_are_refused_where_they_are_set(Consumer<FileLimits.Builder> wrong) {
        FileLimits.Builder limits = limits();
        assertThatIllegalArgumentException().isThrownBy(() -> wrong.accept(limits));
    }
}
