package io.chatty.maintenance.testkit.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.file.FileFinding;
import io.chatty.maintenance.file.FileReferences;
import io.chatty.maintenance.file.ReferencePage;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.file.sweep.FileSweep.Retained;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.testkit.InMemoryFileReferences;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a sweep takes, what it leaves, and what it gives back. */
class FileSweepTest {

    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Swept swept = new Swept();

    @BeforeEach
    void refersToSomething() throws Exception {
        swept.refer("uploads/used");
    }

    @Test
    void a_file_that_nothing_refers_to_is_set_aside_and_deleted_after_the_window() throws Exception {
        swept.write("uploads/a/orphan", "12345");
        FileSweep sweep = swept.sweep().build();
        swept.pass(WEEK);
        Counts first = swept.run(sweep);
        assertThat(first.get("quarantined.orphan")).isEqualTo(1);
        assertThat(first.get("bytes.quarantined")).isEqualTo(5);
        assertThat(swept.names()).containsExactly("uploads/used");
        assertThat(swept.quarantined()).containsExactly("uploads/a/orphan");

        swept.pass(WEEK.minus(SECOND));
        assertThat(swept.run(sweep).sum("deleted")).isZero();
        assertThat(swept.quarantined()).containsExactly("uploads/a/orphan");
        swept.pass(SECOND);
        Counts last = swept.run(sweep);
        assertThat(last.get("deleted.orphan")).isEqualTo(1);
        assertThat(last.get("bytes.deleted")).isEqualTo(5);
        assertThat(swept.quarantined()).isEmpty();
        assertThat(swept.names()).containsExactly("uploads/used");
    }

    @Test
    void the_first_run_of_a_store_only_counts() throws Exception {
        swept.write("uploads/orphan");
        FileSweep sweep = swept.firstSweep(swept.store).build();
        swept.pass(WEEK);
        assertThat(swept.run(sweep).get("suspects.orphan")).isEqualTo(1);
        assertThat(swept.names()).contains("uploads/orphan");
        assertThat(swept.run(sweep).get("quarantined.orphan")).isEqualTo(1);
        assertThat(swept.names()).doesNotContain("uploads/orphan");
    }

    @Test
    void a_file_is_taken_from_its_grace_on_and_not_before() throws Exception {
        swept.write("uploads/orphan");
        FileSweep sweep = swept.sweep().grace(Duration.ofDays(3)).build();
        swept.pass(Duration.ofDays(3).minusMillis(1));
        assertThat(swept.run(sweep).get("skipped.young")).isEqualTo(1);
        assertThat(swept.names()).contains("uploads/orphan");
        swept.pass(Duration.ofMillis(1));
        assertThat(swept.run(sweep).get("quarantined.orphan")).isEqualTo(1);
    }

    @Test
    void what_is_not_declared_is_never_looked_at() throws Exception {
        swept.write("exports/a");
        swept.write("uploadsish/a");
        swept.write("uploads");
        FileSweep sweep = swept.sweep().build();
        swept.pass(WEEK);
        assertThat(swept.run(sweep).get("examined")).isEqualTo(1);
        assertThat(swept.names()).contains("exports/a", "uploadsish/a", "uploads");
    }

    @Test
    void under_a_prefix_without_any_reference_nothing_is_known_to_be_an_orphan() throws Exception {
        swept.write("avatars/a");
        FileSweep sweep = swept.sweep().orphans("avatars/").build();
        swept.pass(WEEK);
        assertThat(swept.run(sweep).get("skipped.unknown")).isEqualTo(1);
        assertThat(swept.names()).contains("avatars/a");
        swept.references.add("avatars/b");
        assertThat(swept.run(sweep).get("quarantined.orphan")).isEqualTo(1);
    }

    @Test
    void a_file_whose_last_reference_was_seen_to_go_is_known_even_so() throws Exception {
        swept.refer("avatars/a");
        FileSweep sweep = swept.sweep().orphans("avatars/").build();
        swept.pass(WEEK);
        swept.references.release("avatars/a");
        assertThat(swept.run(sweep).get("quarantined.released")).isEqualTo(1);
        assertThat(swept.references.released(10)).isEmpty();
        assertThat(swept.names()).containsExactly("uploads/used");
    }

    @Test
    void a_released_file_that_is_referred_to_by_another_stays() throws Exception {
        swept.refer("uploads/a");
        swept.pass(WEEK);
        swept.references.release("uploads/a");
        swept.references.add("uploads/a");
        swept.references.release("../../etc/passwd");
        swept.references.release("elsewhere/a");
        swept.write("elsewhere/a");
        swept.run(swept.sweep().build());
        assertThat(swept.names()).containsExactly("elsewhere/a", "uploads/a", "uploads/used");
    }

    @Test
    void a_name_in_other_letters_only_is_kept_and_told() throws Exception {
        List<String> files = List.of(
                "uploads/Photo.JPG", "uploads/Ame\u0301lie.png", "uploads/a b.txt", "uploads/STRASSE", "uploads/x.png");
        List<String> names = List.of(
                "uploads/photo.jpg",
                "uploads/Am\u00e9lie.png",
                "uploads/a%20b.txt",
                "uploads/stra\u00dfe",
                "/uploads/x.png");
        for (String file : files) {
            swept.write(file);
        }
        names.forEach(swept.references::add);
        FileSweep sweep = swept.sweep().build();
        swept.pass(WEEK);
        Counts counts = swept.run(sweep);
        assertThat(counts.get("skipped.loose")).isEqualTo(5);
        assertThat(counts.sum("quarantined")).isZero();
        assertThat(swept.names()).containsAll(files);
        assertThat(swept.findings)
                .filteredOn(finding -> finding.kind() == FileFinding.Kind.LOOSE_MATCH)
                .extracting(FileFinding::name)
                .containsExactlyInAnyOrderElementsOf(files);
    }

    @Test
    void a_name_that_leads_to_the_file_in_another_way_is_kept_and_told() throws Exception {
        List<String> names = List.of(
                "./uploads/0",
                "uploads//1",
                "uploads/./2",
                "uploads/gone/../3",
                "/uploads/x/../../uploads/4",
                " uploads/5\n",
                "uploads/6/",
                "uploads\\7",
                "uploads/8?a&amp;b");
        for (int i = 0; i < names.size(); i++) {
            swept.write("uploads/" + i + (i == 8 ? "?a&b" : ""));
        }
        names.forEach(swept.references::add);
        FileSweep sweep = swept.sweep().build();
        swept.pass(WEEK);
        Counts counts = swept.run(sweep);
        assertThat(counts.get("skipped.loose")).isEqualTo(names.size());
        assertThat(counts.sum("quarantined")).isZero();
    }

    @Test
    void a_file_that_differs_from_a_reference_in_a_letter_is_an_orphan() throws Exception {
        swept.write("uploads/a_b");
        swept.references.add("uploads/axb");
        swept.references.add("uploads/a%b");
        FileSweep sweep = swept.sweep().build();
        swept.pass(WEEK);
        assertThat(swept.run(sweep).get("quarantined.orphan")).isEqualTo(1);
    }

    @Test
    void references_without_a_file_are_told_of_with_where_they_are() throws Exception {
        swept.references.add("uploads/missing");
        swept.references.add("../../etc/passwd");
        swept.references.add("/etc/passwd");
        swept.references.add("uploads/a\u0000");
        swept.references.add("C:\\uploads\\a");
        Counts counts = swept.run(swept.sweep().build());
        assertThat(counts.get("broken")).isEqualTo(1);
        assertThat(counts.get("refused")).isEqualTo(4);
        assertThat(swept.findings)
                .contains(new FileFinding(FileFinding.Kind.BROKEN_REFERENCE, "uploads/missing", "attachments 2"))
                .contains(new FileFinding(FileFinding.Kind.REFUSED_NAME, "../../etc/passwd", "attachments 3"));
    }

    @Test
    void a_file_that_is_referred_to_again_goes_back_by_itself() throws Exception {
        swept.write("uploads/a", "again");
        FileSweep sweep = swept.sweep().build();
        swept.pass(WEEK);
        swept.run(sweep);
        assertThat(swept.names()).doesNotContain("uploads/a");
        swept.references.add("uploads/a");
        assertThat(swept.run(sweep).get("restored.referenced")).isEqualTo(1);
        assertThat(swept.names()).contains("uploads/a");
        swept.pass(WEEK);
        swept.run(sweep);
        assertThat(swept.names()).contains("uploads/a");
    }

    @Test
    void what_is_in_quarantine_does_not_take_the_place_of_a_newer_file_of_its_name() throws Exception {
        swept.write("uploads/a", "old");
        FileSweep sweep = swept.sweep().build();
        swept.pass(WEEK);
        swept.run(sweep);
        swept.write("uploads/a", "new");
        swept.references.add("uploads/a");
        swept.pass(WEEK);
        assertThat(swept.run(sweep).get("deleted.orphan")).isEqualTo(1);
        try (var in = swept.store.open("uploads/a")) {
            assertThat(in).hasContent("new");
        }
    }

    @Test
    void a_host_says_that_it_needs_a_file_and_has_it_back_at_once() throws Exception {
        swept.write("uploads/a");
        swept.write("uploads/b");
        FileSweep sweep = swept.sweep().build();
        assertThat(sweep.retain("uploads/a")).isEqualTo(Retained.IN_PLACE);
        swept.pass(WEEK);
        swept.run(sweep);
        assertThat(sweep.retain("uploads/a")).isEqualTo(Retained.RESTORED);
        assertThat(sweep.retain("uploads/none")).isEqualTo(Retained.GONE);
        swept.pass(Duration.ofDays(29));
        assertThat(swept.run(sweep).get("skipped.kept")).isEqualTo(1);
        assertThat(swept.names()).contains("uploads/a").doesNotContain("uploads/b");
        swept.pass(Duration.ofDays(1));
        assertThat(swept.run(sweep).get("quarantined.orphan")).isEqualTo(1);
        swept.pass(WEEK);
        swept.run(sweep);
        assertThat(sweep.retain("uploads/a")).isEqualTo(Retained.GONE);
    }

    @Test
    void a_file_that_is_retained_between_listing_and_move_is_not_moved() throws Exception {
        swept.write("uploads/a");
        FileSweep sweep = swept.sweep().build();
        swept.pass(WEEK);
        Swept.Batches run = swept.new Batches(sweep, 1000);
        while (!run.phase().equals("MOVE")) {
            run.step();
        }
        assertThat(sweep.retain("uploads/a")).isEqualTo(Retained.IN_PLACE);
        run.go();
        assertThat(swept.names()).contains("uploads/a");
    }

    @Test
    void a_whole_run_is_undone_and_so_is_a_span_of_time() throws Exception {
        FileSweep sweep = swept.sweep().shareLimit(1).build();
        for (int i = 0; i < 2500; i++) {
            swept.write("uploads/" + i);
        }
        swept.pass(WEEK);
        Swept.Batches run = swept.new Batches(sweep, 1000);
        assertThat(run.go().get("quarantined.orphan")).isEqualTo(2500);
        assertThat(sweep.restoreRun(run.runId())).isEqualTo(2500);
        assertThat(sweep.restoreRun(run.runId())).isZero();
        assertThat(swept.names()).hasSize(2501);
        swept.write("uploads/later");
        swept.pass(WEEK);
        Instant before = swept.clock.instant();
        swept.run(sweep);
        assertThat(swept.quarantined()).containsExactly("uploads/later");
        assertThat(sweep.restoreBetween(before.plus(SECOND), before.plus(WEEK))).isZero();
        assertThat(sweep.restoreBetween(before, before.plus(SECOND))).isEqualTo(1);
        assertThat(swept.quarantined()).isEmpty();
    }

    @Test
    void temporary_files_go_by_pattern_and_age_unless_something_refers_to_them() throws Exception {
        swept.write("uploads/a/b/1.part");
        swept.write("uploads/2.tmp");
        swept.write("uploads/3.partial");
        swept.refer("uploads/4.part");
        FileSweep sweep = swept.sweep()
                .temporary("uploads/", "*.{part,tmp}", Duration.ofHours(24))
                .build();
        swept.pass(Duration.ofHours(24));
        Counts counts = swept.run(sweep);
        assertThat(counts.get("quarantined.temporary")).isEqualTo(2);
        assertThat(swept.names()).containsExactly("uploads/3.partial", "uploads/4.part", "uploads/used");
    }

    @Test
    void a_partial_upload_goes_when_the_youngest_of_its_parts_is_old() throws Exception {
        swept.write("incoming/one/1");
        swept.write("incoming/two/1");
        FileSweep sweep =
                swept.sweep().partialUploads("incoming/", Duration.ofHours(24)).build();
        swept.pass(Duration.ofHours(20));
        swept.write("incoming/one/2");
        swept.pass(Duration.ofHours(5));
        assertThat(swept.run(sweep).get("quarantined.temporary")).isEqualTo(1);
        assertThat(swept.names()).contains("incoming/one/1", "incoming/one/2").doesNotContain("incoming/two/1");
    }

    @Test
    void a_thumbnail_goes_with_its_original_and_never_before() throws Exception {
        swept.refer("uploads/kept.png");
        swept.write("thumbs/kept.png");
        swept.write("uploads/orphan.png");
        swept.write("thumbs/orphan.png");
        swept.write("thumbs/gone.png");
        swept.references.add("uploads/missing.png"); // nothing but its thumbnail is left of it
        swept.write("thumbs/missing.png");
        swept.write("thumbs/strange");
        FileSweep sweep = swept.sweep()
                .derived(
                        "thumbs/",
                        name -> name.endsWith(".png")
                                ? List.of("uploads/" + name.substring("thumbs/".length()))
                                : List.of())
                .build();
        swept.pass(WEEK);
        assertThat(swept.preview(sweep).get("due.quarantined.derived")).isEqualTo(2);
        Counts counts = swept.run(sweep);
        assertThat(counts.get("quarantined.derived")).isEqualTo(2);
        assertThat(counts.get("quarantined.orphan")).isEqualTo(1);
        assertThat(counts.get("skipped.unruled")).isEqualTo(1);
        assertThat(swept.names())
                .containsExactly(
                        "thumbs/kept.png", "thumbs/missing.png", "thumbs/strange", "uploads/kept.png", "uploads/used");
    }

    @Test
    void a_thumbnail_stays_while_its_original_is_there_for_whatever_reason() throws Exception {
        swept.write("uploads/young.png");
        swept.write("thumbs/loose.png");
        swept.write("uploads/loose.png");
        swept.references.add("uploads/LOOSE.png");
        FileSweep sweep = swept.sweep()
                .derived("thumbs/", name -> List.of("uploads/" + name.substring("thumbs/".length())))
                .build();
        swept.pass(WEEK);
        assertThat(swept.run(sweep).get("skipped.original")).isEqualTo(1);
        assertThat(swept.names()).contains("thumbs/loose.png");
    }

    @Test
    void what_another_sweep_of_the_same_store_set_aside_is_left_to_that() throws Exception {
        swept.write("uploads/orphan");
        swept.write("exports/old");
        FileSweep sweep = swept.sweep().build();
        swept.pass(WEEK);
        assertThat(swept.run(sweep).get("quarantined.orphan")).isEqualTo(1);
        FileSweep exports = FileSweep.builder("export-sweep", swept.store, swept.ledger)
                .references(new InMemoryFileReferences("downloads"))
                .expired("exports/", Duration.ofDays(7))
                .adoptStore(swept.store.id().orElseThrow())
                .window(Duration.ofHours(1))
                .movesOnFirstRun()
                .build();
        Counts first = swept.run(exports);
        assertThat(first.get("quarantined.expired")).isEqualTo(1);
        assertThat(first.get("adopted")).isZero();
        swept.references.add("uploads/orphan");
        swept.pass(Duration.ofHours(1));
        assertThat(swept.run(exports).sum("deleted")).isEqualTo(1);
        assertThat(swept.quarantined()).containsExactly("uploads/orphan");
        assertThat(swept.run(sweep).get("restored.referenced")).isEqualTo(1);
        assertThat(swept.names()).containsExactly("uploads/orphan", "uploads/used");
    }

    @Test
    void the_parts_of_a_partial_upload_may_lie_in_directories_of_its_own() throws Exception {
        swept.write("incoming/one/chunks/1");
        swept.write("incoming/alone");
        FileSweep sweep =
                swept.sweep().partialUploads("incoming/", Duration.ofHours(24)).build();
        swept.pass(Duration.ofHours(20));
        swept.write("incoming/one/progress");
        swept.pass(Duration.ofHours(5));
        assertThat(swept.preview(sweep).get("due.quarantined.temporary")).isEqualTo(1);
        assertThat(swept.run(sweep).get("quarantined.temporary")).isEqualTo(1);
        assertThat(swept.names()).containsExactly("incoming/one/chunks/1", "incoming/one/progress", "uploads/used");
    }

    private FileSweep sweepOfThumbs() {
        return swept.sweep()
                .derived("thumbs/", name -> List.of("uploads/" + name.substring("thumbs/".length())))
                .build();
    }

    @Test
    void a_thumbnail_of_a_new_file_stays_although_an_old_one_of_its_name_lies_in_quarantine() throws Exception {
        swept.write("uploads/a.png", "old");
        FileSweep sweep = sweepOfThumbs();
        swept.pass(Duration.ofDays(4));
        assertThat(swept.run(sweep).get("quarantined.orphan")).isEqualTo(1);
        swept.write("thumbs/a.png");
        swept.pass(Duration.ofDays(4));
        swept.write("uploads/a.png", "new");
        assertThat(swept.preview(sweep).get("skipped.original")).isEqualTo(1);
        assertThat(swept.run(sweep).get("skipped.original")).isEqualTo(1);
        assertThat(swept.names()).contains("thumbs/a.png");
    }

    @Test
    void a_thumbnail_comes_back_with_its_original() throws Exception {
        for (String name : List.of("referred", "retained", "gone")) {
            swept.write("uploads/" + name);
            swept.write("thumbs/" + name);
        }
        FileSweep sweep = sweepOfThumbs();
        swept.pass(WEEK);
        Counts first = swept.run(sweep);
        assertThat(first.get("quarantined.derived")).isEqualTo(3);
        swept.references.add("uploads/referred");
        assertThat(sweep.retain("uploads/retained")).isEqualTo(Retained.RESTORED);
        swept.pass(WEEK); // their window ends, too
        assertThat(swept.preview(sweep).get("due.restored.original")).isEqualTo(2);
        Counts second = swept.run(sweep);
        assertThat(second.get("restored.original")).isEqualTo(2);
        assertThat(second.get("restored.referenced")).isEqualTo(1);
        assertThat(second.get("deleted.derived")).isEqualTo(1);
        assertThat(swept.names())
                .containsExactly(
                        "thumbs/referred", "thumbs/retained", "uploads/referred", "uploads/retained", "uploads/used");
    }

    @Test
    void expired_exports_go_although_nothing_ever_referred_to_any() throws Exception {
        swept.write("exports/1.zip");
        swept.refer("exports/2.zip");
        FileSweep sweep = swept.sweep().expired("exports/", Duration.ofDays(7)).build();
        swept.pass(WEEK);
        assertThat(swept.run(sweep).get("quarantined.expired")).isEqualTo(1);
        assertThat(swept.names()).containsExactly("exports/2.zip", "uploads/used");
    }

    @Test
    void a_preview_says_what_the_run_does_and_changes_nothing() throws Exception {
        for (int i = 0; i < 300; i++) {
            swept.refer("uploads/used" + i);
            if (i % 3 == 0) {
                swept.write("uploads/orphan" + i, "123");
            }
        }
        swept.write("uploads/1.part");
        FileSweep sweep = swept.sweep()
                .temporary("uploads/", "*.part", Duration.ofHours(24))
                .build();
        swept.pass(WEEK);
        List<String> before = swept.names();
        Counts preview = swept.preview(sweep);
        assertThat(swept.names()).isEqualTo(before);
        assertThat(swept.store.id()).isEmpty();
        assertThat(swept.ledger.sums(
                        "file-sweep", io.chatty.maintenance.file.SweptFile.Progress.SUSPECT, Optional.empty()))
                .isEmpty();
        Counts run = swept.run(sweep);
        assertThat(preview.get("due.quarantined.orphan"))
                .isEqualTo(run.get("quarantined.orphan"))
                .isEqualTo(100);
        assertThat(preview.get("due.quarantined.temporary"))
                .isEqualTo(run.get("quarantined.temporary"))
                .isEqualTo(1);
        assertThat(preview.get("due.bytes.quarantined")).isEqualTo(run.get("bytes.quarantined"));
        swept.pass(WEEK);
        Counts later = swept.preview(sweep);
        assertThat(later.get("due.deleted.orphan")).isEqualTo(100);
        assertThat(swept.quarantined()).hasSize(101);
        assertThat(swept.run(sweep).get("deleted.orphan")).isEqualTo(100);
    }

    @Test
    void a_run_that_would_take_a_large_share_waits_and_takes_then_what_was_shown() throws Exception {
        for (int i = 0; i < 1600; i++) {
            swept.refer("uploads/used" + i);
            if (i % 2 == 0) {
                swept.write("uploads/orphan" + i);
            }
        }
        FileSweep sweep = swept.sweep().build();
        swept.pass(WEEK);
        Swept.Batches run = swept.new Batches(sweep, 1000);
        run.go();
        assertThat(run.awaited())
                .hasValueSatisfying(reason -> assertThat(reason).contains("800 of 2,401 files"));
        assertThat(swept.names()).hasSize(2401);
        swept.write("uploads/since");
        assertThat(run.go().get("quarantined.orphan")).isEqualTo(800);
        assertThat(swept.names()).hasSize(1602);
    }

    @Test
    void what_lies_in_quarantine_counts_for_the_share() throws Exception {
        for (int i = 0; i < 1000; i++) {
            swept.refer("uploads/used" + i);
        }
        FileSweep sweep = swept.sweep().build();
        for (int day = 0; day < 2; day++) {
            for (int i = 0; i < 150; i++) {
                swept.write("uploads/day" + day + "-" + i);
            }
            swept.pass(Duration.ofDays(3));
            Swept.Batches run = swept.new Batches(sweep, 1000);
            run.go();
            assertThat(run.awaited().isPresent()).as("day " + day).isEqualTo(day > 0);
        }
    }

    @Test
    void a_share_of_the_bytes_is_enough_to_wait() throws Exception {
        for (int i = 0; i < 1000; i++) {
            swept.refer("uploads/used" + i);
        }
        swept.write("uploads/big", "x".repeat(1_000_000));
        FileSweep sweep = swept.sweep().build();
        swept.pass(WEEK);
        Swept.Batches run = swept.new Batches(sweep, 1000);
        run.go();
        assertThat(run.awaited()).isPresent();
    }

    @Test
    void a_source_that_lost_half_of_its_references_makes_the_run_wait() throws Exception {
        for (int i = 0; i < 200; i++) {
            swept.refer("uploads/used" + i);
        }
        FileSweep sweep = swept.sweep().build();
        swept.pass(WEEK);
        swept.run(sweep);
        for (int i = 0; i < 101; i++) {
            swept.references.remove("uploads/used" + i);
        }
        Swept.Batches run = swept.new Batches(sweep, 1000);
        run.go();
        assertThat(run.awaited())
                .hasValueSatisfying(reason -> assertThat(reason).contains("100 now, 201 at the last"));
        assertThat(swept.quarantined()).isEmpty();
        assertThat(run.go().get("quarantined.orphan")).isEqualTo(101);
        assertThat(swept.new Batches(sweep, 1000).go()).isNotNull();
    }

    /** A source whose answers a test spoils. */
    private abstract static class Spoilt implements FileReferences {

        @Override
        public String name() {
            return "spoilt";
        }

        @Override
        public Set<String> find(Collection<String> names) throws Exception {
            return Set.of();
        }

        @Override
        public ReferencePage page(Optional<Cursor> position, int most) throws Exception {
            return ReferencePage.complete(List.of(), 0);
        }
    }

    @Test
    void a_source_that_is_cut_off_moves_nothing() throws Exception {
        swept.write("uploads/a");
        FileReferences short1 = new Spoilt() {
            @Override
            public ReferencePage page(Optional<Cursor> position, int most) {
                return ReferencePage.complete(List.of(), 7);
            }
        };
        FileReferences failing = new Spoilt() {
            @Override
            public Set<String> find(Collection<String> names) throws Exception {
                throw new java.sql.SQLException("gone away");
            }
        };
        swept.pass(WEEK);
        assertThatThrownBy(() -> swept.run(swept.sweep().references(short1).build()))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("7 references, but 0 were read");
        assertThatThrownBy(() -> swept.run(swept.sweep().references(failing).build()))
                .hasMessageContaining("gone away");
        assertThat(swept.names()).contains("uploads/a");
    }

    @Test
    void a_source_that_cannot_be_trusted_moves_nothing() throws Exception {
        swept.write("uploads/a");
        FileReferences replica = new Spoilt() {
            @Override
            public List<String> problems() {
                return List.of("a replica, which may lag");
            }
        };
        FileReferences slow = new Spoilt() {
            @Override
            public Optional<Duration> oldestTransaction() {
                return Optional.of(Duration.ofHours(37));
            }
        };
        swept.pass(WEEK);
        FileSweep one = swept.sweep().references(replica).build();
        assertThat(one.problems()).containsExactly("a replica, which may lag");
        assertThatThrownBy(() -> swept.run(one)).hasMessageContaining("a replica, which may lag");
        assertThatThrownBy(() -> swept.run(swept.sweep().references(slow).build()))
                .hasMessageContaining("PT37H");
        assertThat(swept.names()).contains("uploads/a");
    }

    @Test
    void another_store_than_the_one_that_was_swept_is_refused() throws Exception {
        FileSweep sweep = swept.sweep().build();
        swept.run(sweep);
        Swept other = new Swept();
        other.write("uploads/a");
        FileSweep wrong = swept.sweep(other.store).build();
        swept.pass(WEEK);
        other.pass(WEEK);
        assertThat(wrong.problems()).singleElement().asString().contains("no id");
        assertThatThrownBy(() -> swept.run(wrong)).hasMessageContaining("no id");
        other.store.giveId("another");
        assertThatThrownBy(() -> swept.run(wrong)).hasMessageContaining("the id another");
        assertThat(other.names()).containsExactly("uploads/a");
    }

    @Test
    void a_store_that_another_database_swept_is_refused_unless_it_is_said_to_be_ours() throws Exception {
        swept.store.giveId("theirs");
        swept.write("uploads/a");
        swept.pass(WEEK);
        assertThatThrownBy(() -> swept.run(swept.sweep().build())).hasMessageContaining("adoptStore(\"theirs\")");
        assertThatThrownBy(() -> swept.run(swept.sweep().adoptStore("other").build()))
                .hasMessageContaining("theirs");
        assertThat(swept.run(swept.sweep().adoptStore("theirs").build()).get("quarantined.orphan"))
                .isEqualTo(1);
    }

    @Test
    void a_store_whose_clock_is_wrong_is_refused() throws Exception {
        Swept late = new Swept();
        late.pass(Duration.ofSeconds(61));
        assertThatThrownBy(() -> swept.run(swept.sweep(late.store).build())).hasMessageContaining("clock");
    }

    @Test
    void a_store_that_is_being_swept_is_left_alone() throws Exception {
        swept.write("uploads/a");
        swept.pass(WEEK);
        FileSweep sweep = swept.sweep().build();
        try (var lock = swept.store.lock().orElseThrow()) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> swept.run(sweep)).hasMessageContaining("swept by another");
        }
        assertThat(swept.run(sweep).get("quarantined.orphan")).isEqualTo(1);
    }

    @Test
    void batches_of_one_come_to_the_same_as_one_batch() throws Exception {
        for (int i = 0; i < 120; i++) {
            swept.refer("uploads/used" + i);
            swept.write("uploads/orphan" + i);
        }
        FileSweep sweep = swept.sweep().build();
        swept.pass(WEEK);
        assertThat(swept.run(sweep, 1).get("quarantined.orphan")).isEqualTo(120);
        assertThat(swept.names()).hasSize(121);
    }

    @Test
    void a_run_under_other_settings_than_it_began_with_begins_anew() throws Exception {
        swept.write("uploads/a");
        swept.pass(Duration.ofDays(4));
        Swept.Batches run = swept.new Batches(swept.sweep().build(), 1000);
        while (!run.phase().equals("MOVE")) {
            run.step();
        }
        Swept.Batches after =
                swept.new Batches(swept.sweep().grace(Duration.ofDays(5)).build(), 1000) {
                    @Override
                    public Optional<Cursor> cursor() {
                        return super.cursor().isEmpty() ? run.cursor() : super.cursor();
                    }

                    @Override
                    public io.chatty.maintenance.task.RunId runId() {
                        return run.runId();
                    }
                };
        after.go();
        assertThat(swept.names()).contains("uploads/a");
    }

    @Test
    void a_preview_tells_of_places_that_nobody_has_declared() throws Exception {
        swept.write("uploads/a");
        FileReferences source = new Spoilt() {
            @Override
            public List<String> undeclared(Existing existing) throws Exception {
                Set<String> files = existing.of(List.of("uploads/a", "uploads/b", "../uploads/a", "elsewhere/a"));
                return List.of("drafts.body: " + files);
            }
        };
        FileSweep sweep = swept.sweep().references(source).build();
        assertThat(swept.preview(sweep).get("undeclared")).isEqualTo(1);
        assertThat(swept.findings)
                .contains(new FileFinding(
                        FileFinding.Kind.UNDECLARED, "drafts.body: [uploads/a]", "of references spoilt"));
    }

    @Test
    void nonsense_is_refused_where_it_is_said() {
        FileSweep.Builder sweep = swept.sweep();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileSweep.builder("s", swept.store, swept.ledger)
                        .references(swept.references)
                        .build())
                .withMessageContaining("orphans(");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileSweep.builder("s", swept.store, swept.ledger)
                        .orphans("a/")
                        .build())
                .withMessageContaining("every source");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sweep.references(new InMemoryFileReferences("attachments")))
                .withMessageContaining("twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sweep.orphans("upl"))
                .withMessageContaining("end in /");
        assertThatIllegalArgumentException().isThrownBy(() -> sweep.orphans("../"));
        assertThatIllegalArgumentException().isThrownBy(() -> sweep.orphans("uploads/"));
        assertThatIllegalArgumentException().isThrownBy(() -> sweep.shareLimit(0));
        assertThatIllegalArgumentException().isThrownBy(() -> sweep.shareLimit(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> sweep.window(Duration.ofDays(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> swept.sweep().grace(Duration.ZERO).build())
                .withMessageContaining("grace: PT0S given, at least PT1H");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> swept.sweep().window(Duration.ofMinutes(59)).build());
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> swept.sweep().temporary("a/", "*", Duration.ZERO).build());
        assertThatIllegalArgumentException().isThrownBy(() -> sweep.temporary("a/", "*.{part", WEEK));
        assertThatIllegalArgumentException().isThrownBy(() -> sweep.temporary("a/", " ", WEEK));
    }
}
