package io.chatty.maintenance.testkit.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.file.FileReferences.Released;
import io.chatty.maintenance.file.FileSpace;
import io.chatty.maintenance.file.limit.FileLimits;
import io.chatty.maintenance.file.sweep.FileSweep;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.testkit.sweep.Swept;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Limits by how full the store is, and what counts as given back. */
class StoreSpaceTest {

    private static final Duration DAY = Duration.ofDays(1);
    private static final String TEN = "0123456789";

    private final Swept swept = new Swept();
    private final FullStore store = new FullStore(swept.store);
    private final FakeUsage usage = new FakeUsage();
    private final FileSweep sweep = swept.sweep(store).grace(DAY).build();

    private FileLimits.Builder limits() {
        return FileLimits.builder("file-limits", usage, swept.ledger)
                .sweptBy(sweep)
                .grace(DAY);
    }

    /** Fifty files of 10 bytes. */
    @BeforeEach
    void files() throws Exception {
        for (int i = 0; i < 50; i++) {
            String name = String.format("uploads/%02d", i);
            swept.write(name, TEN);
            swept.references.add(name);
            usage.add(name, 10, swept.clock.instant().plusSeconds(i), "", "");
        }
        swept.pass(DAY.multipliedBy(2));
        swept.run(sweep);
    }

    @Test
    void over_the_high_mark_files_go_down_to_the_low_one() throws Exception {
        FileLimits limits = limits().usedSpace(0.85, 0.8).build();
        store.space = new FileSpace(1000, 150);
        assertThat(swept.run(limits).sum("evicted")).isZero();
        store.space = new FileSpace(1000, 149);
        assertThat(swept.preview(limits).get("due.evicted.space")).isEqualTo(6);
        Counts counts = swept.run(limits);
        assertThat(counts.get("evicted.space")).isEqualTo(6);
        assertThat(counts.get("space.used")).isEqualTo(851);
        assertThat(usage.rows).hasSize(44).doesNotContainKey("uploads/05").containsKey("uploads/06");
    }

    @Test
    void under_the_floor_files_go_up_to_the_target() throws Exception {
        FileLimits limits = limits().freeSpace(0.05, 0.1).build();
        store.space = new FileSpace(1000, 50);
        assertThat(swept.run(limits).sum("evicted")).isZero();
        store.space = new FileSpace(1000, 49);
        assertThat(swept.run(limits).get("evicted.space")).isEqualTo(6);
    }

    @Test
    void what_waits_for_the_sweep_lies_in_quarantine_or_is_being_deleted_is_given_back() throws Exception {
        FileLimits limits = limits().usedSpace(0.85, 0.8).build();
        store.space = new FileSpace(1000, 100);
        assertThat(swept.run(limits).get("evicted.space")).isEqualTo(10);
        // Nothing is free yet: they wait in the outbox.
        Counts waiting = swept.run(limits);
        assertThat(waiting.get("space.givenBack")).isEqualTo(100);
        assertThat(waiting.sum("evicted")).isZero();

        for (Released file : usage.waiting) {
            swept.references.release(file.name());
        }
        usage.waiting.clear();
        assertThat(swept.run(sweep).get("quarantined.released")).isEqualTo(10);
        Counts quarantined = swept.run(limits);
        assertThat(quarantined.get("space.givenBack")).isEqualTo(100);
        assertThat(quarantined.sum("evicted")).isZero();

        // As much again is written: that is too much.
        store.space = new FileSpace(1000, 40);
        assertThat(swept.run(limits).get("evicted.space")).isEqualTo(6);
    }

    @Test
    void a_file_that_waits_twice_and_one_that_is_gone_count_as_what_they_are() throws Exception {
        usage.waiting.add(new Released(1, "uploads/00"));
        usage.waiting.add(new Released(2, "uploads/00"));
        usage.waiting.add(new Released(3, "uploads/none"));
        usage.waiting.add(new Released(4, "../uploads/01"));
        assertThat(swept.run(limits().usedSpace(0.85, 0.8).build()).get("space.givenBack"))
                .isEqualTo(10);
    }

    @Test
    void what_the_sweep_would_not_take_frees_nothing_and_stays() throws Exception {
        for (int i = 0; i < 3; i++) {
            String name = "avatars/" + i;
            swept.write(name, TEN);
            usage.add(name, 10, swept.clock.instant().minus(DAY.multipliedBy(20)), "", "");
        }
        usage.add("uploads/absent", 10, swept.clock.instant().minus(DAY.multipliedBy(20)), "", "");
        store.space = new FileSpace(1000, 100);
        Counts counts = swept.run(limits().usedSpace(0.85, 0.8).build());
        assertThat(counts.get("skipped.unswept")).isEqualTo(3);
        assertThat(counts.get("skipped.absent")).isEqualTo(1);
        assertThat(counts.get("evicted.space")).isEqualTo(10);
        assertThat(usage.rows).containsKeys("avatars/0", "avatars/1", "avatars/2", "uploads/absent");
    }

    @Test
    void a_store_that_was_never_swept_is_left_alone() throws Exception {
        FileSweep other = FileSweep.builder("other-sweep", store, swept.ledger)
                .references(swept.references)
                .orphans("uploads/")
                .build();
        store.space = new FileSpace(1000, 1);
        Counts counts = swept.run(FileLimits.builder("file-limits", usage, swept.ledger)
                .sweptBy(other)
                .usedSpace(0.85, 0.8)
                .build());
        assertThat(counts.get("skipped.unswept")).isEqualTo(1);
        assertThat(usage.rows).hasSize(50);
    }

    @Test
    void limits_are_not_called_as_their_sweep_is() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileLimits.builder("file-sweep", usage, swept.ledger)
                        .sweptBy(sweep)
                        .usedSpace(0.85, 0.8)
                        .build());
    }
}
