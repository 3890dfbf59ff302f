package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link RunStore} is held to. An implementer extends it and gives an empty store for each test. */
public abstract class RunStoreContract {

    private static final Instant NOW = Instant.parse("2026-03-01T02:30:00.123456Z");
    private static final Instant LATER = NOW.plusSeconds(3600);
    private static final MaintenanceTask TASK = MaintenanceTask.of("tidy", () -> {});

    private @Nullable RunStore opened;

    /** For the subclass. */
    protected RunStoreContract() {}

    /** An empty store, ready to use. */
    protected abstract RunStore emptyStore() throws Exception;

    @BeforeEach
    void open() throws Exception {
        opened = emptyStore();
    }

    private RunStore store() {
        return Objects.requireNonNull(opened, "the store is opened before each test");
    }

    private Run begin() {
        return store().begin("tidy", "node-a", NOW, NOW).orElseThrow();
    }

    private static BatchResult batch(String cursor, long deleted) {
        return BatchResult.next(new Cursor(cursor)).with(Counts.none().plus("deleted.old", deleted));
    }

    @Test
    void a_store_that_is_ready_has_no_problems() {
        assertThat(store().problems()).isEmpty();
    }

    @Test
    void a_run_begins_as_running_with_token_1_and_is_found_again_as_it_was() {
        Run run = begin();
        assertThat(run.state()).isEqualTo(RunState.RUNNING);
        assertThat(run.token()).isEqualTo(1);
        assertThat(run.now()).isEqualTo(NOW);
        assertThat(store().find(run.id())).contains(run);
        assertThat(store().active("tidy")).contains(run);
        assertThat(store().history("tidy", 10)).containsExactly(run);
    }

    @Test
    void a_task_has_at_most_one_active_run_and_others_are_free() {
        begin();
        assertThat(store().begin("tidy", "node-b", NOW, NOW)).isEmpty();
        assertThat(store().begin("other", "node-b", NOW, NOW)).isPresent();
        assertThat(store().history("tidy", 10)).hasSize(1);
    }

    @Test
    void of_many_that_begin_at_once_one_gets_the_run() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Boolean>> tries = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String owner = "node-" + i;
                tries.add(threads.submit(() -> {
                    go.await();
                    return store().begin("tidy", owner, NOW, NOW).isPresent();
                }));
            }
            go.countDown();
            int begun = 0;
            for (Future<Boolean> attempt : tries) {
                begun += attempt.get() ? 1 : 0;
            }
            assertThat(begun).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_batch_adds_its_counts_and_sets_the_cursor() throws Exception {
        Run run = begin();
        store().inBatch(run.claim(), TASK, () -> batch("a", 3));
        Run after = store().inBatch(run.claim(), TASK, () -> batch("b %_'\"\\ ü", 4));
        assertThat(after.batches()).isEqualTo(2);
        assertThat(after.counts().get("deleted.old")).isEqualTo(7);
        assertThat(after.lastCursor()).isEqualTo(new Cursor("b %_'\"\\ ü"));
        assertThat(store().find(run.id())).contains(after);
    }

    @Test
    void a_batch_that_throws_leaves_no_record() {
        Run run = begin();
        assertThatThrownBy(() -> store().inBatch(run.claim(), TASK, () -> {
                    throw new IOException("disk");
                }))
                .hasMessageContaining("disk");
        assertThat(store().find(run.id())).contains(run);
    }

    @Test
    void a_take_over_raises_the_token_and_goes_on_from_the_cursor() throws Exception {
        Run run = begin();
        Run seen = store().inBatch(run.claim(), TASK, () -> batch("a", 3));
        Run taken = store().takeOver(seen, "node-b").orElseThrow();
        assertThat(taken.token()).isEqualTo(2);
        assertThat(taken.owner()).isEqualTo("node-b");
        assertThat(taken.lastCursor()).isEqualTo(new Cursor("a"));
        assertThat(taken.counts().get("deleted.old")).isEqualTo(3);
        assertThat(taken.now()).isEqualTo(NOW);
    }

    @Test
    void of_two_that_take_over_what_they_saw_one_gets_it() {
        Run run = begin();
        assertThat(store().takeOver(run, "node-b")).isPresent();
        assertThat(store().takeOver(run, "node-c")).isEmpty();
    }

    @Test
    void a_stale_holder_can_neither_record_a_batch_nor_end_the_run() {
        Run run = begin();
        Run taken = store().takeOver(run, "node-b").orElseThrow();
        assertThatThrownBy(() -> store().inBatch(run.claim(), TASK, () -> batch("a", 3)))
                .isInstanceOf(ClaimLostException.class);
        assertThatThrownBy(() -> store().end(run.claim(), RunState.SUCCEEDED, Optional.empty(), LATER))
                .isInstanceOf(ClaimLostException.class);
        assertThat(store().find(run.id())).contains(taken);
    }

    @Test
    void a_holder_that_loses_its_claim_within_a_batch_cannot_record_it() {
        Run run = begin();
        assertThatThrownBy(() -> store().inBatch(run.claim(), TASK, () -> {
                    assertThat(store().takeOver(run, "node-b")).isPresent();
                    return batch("a", 3);
                }))
                .isInstanceOf(ClaimLostException.class);
        assertThat(store().find(run.id()).orElseThrow().batches()).isZero();
    }

    @Test
    void a_run_that_has_ended_is_no_longer_active_and_makes_room() {
        Run run = begin();
        Run ended = store().end(run.claim(), RunState.FAILED, Optional.of("disk full"), LATER);
        assertThat(ended.detail()).isEqualTo("disk full");
        assertThat(ended.endedAt()).isEqualTo(LATER);
        assertThat(store().find(run.id())).contains(ended);
        assertThat(store().active("tidy")).isEmpty();
        assertThat(store().takeOver(run, "node-b")).isEmpty();
        assertThat(store().begin("tidy", "node-b", LATER, LATER)).isPresent();
    }

    @Test
    void a_run_that_rests_is_active_without_an_end_and_can_be_taken_over() {
        Run run = begin();
        Run paused = store().end(run.claim(), RunState.PAUSED, Optional.empty(), LATER);
        assertThat(paused.endedAt()).isNull();
        assertThat(store().active("tidy")).contains(paused);
        assertThatThrownBy(() -> store().inBatch(run.claim(), TASK, () -> batch("a", 3)))
                .isInstanceOf(ClaimLostException.class);
        assertThat(store().takeOver(paused, "node-a").orElseThrow().state()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void the_history_has_the_newest_first_and_skips_among_them() {
        Run first = begin();
        Run ended = store().end(first.claim(), RunState.SUCCEEDED, Optional.empty(), LATER);
        Run skipped = store().skip("tidy", "node-a", "paused", LATER);
        assertThat(skipped.state()).isEqualTo(RunState.SKIPPED);
        assertThat(store().history("tidy", 10)).containsExactly(skipped, ended);
        assertThat(store().history("tidy", 1)).containsExactly(skipped);
        assertThat(store().history("other", 10)).isEmpty();
    }

    @Test
    void a_pause_is_kept_until_it_is_taken_back() {
        assertThat(store().isPaused("tidy")).isFalse();
        store().setPaused("tidy", true);
        store().setPaused("tidy", true);
        assertThat(store().isPaused("tidy")).isTrue();
        assertThat(store().isPaused("other")).isFalse();
        store().setPaused("tidy", false);
        assertThat(store().isPaused("tidy")).isFalse();
    }

    @Test
    void names_are_told_apart_letter_for_letter() {
        begin();
        assertThat(store().begin("Tidy", "node-a", NOW, NOW)).isPresent();
        assertThat(store().find(RunId.random())).isEmpty();
    }
}
