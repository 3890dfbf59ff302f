package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.run.BatchRecord;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.Usage;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a run begins, what its batches leave, and how it ends. */
abstract class RunStoreRecords extends RunStoreConfirmations {

    /** For the subclass. */
    RunStoreRecords() {}

    @Test
    void a_run_begins_as_running_with_token_1_and_is_found_again_as_it_was() {
        Run run = fresh("node-a");
        assertThat(store().begin(run, Optional.empty(), LONG)).isTrue();
        assertThat(run.state()).isEqualTo(RunState.RUNNING);
        assertThat(run.token()).isEqualTo(1);
        assertThat(run.due()).isEqualTo(NOW.minusSeconds(1));
        assertThat(store().find(run.id())).contains(run);
        assertThat(store().history("tidy", 10)).containsExactly(run);
        assertThat(store().look("tidy").active()).contains(run);
        assertThat(store().look("tidy").lastBegun()).contains(run);
    }

    @Test
    void times_are_kept_to_the_microsecond_at_least() {
        Instant fine = Instant.parse("2026-10-25T01:30:00.123456789Z"); // in the hour that Berlin has twice
        Run run = Run.begun("tidy", "node-a", Optional.of(fine), fine.plusNanos(1000), fine.plusNanos(2000));
        assertThat(store().begin(run, Optional.empty(), LONG)).isTrue();
        Run ended = store().end(run.claim(), RunState.SUCCEEDED, Optional.empty(), fine.plusNanos(3000));
        assertThat(stored(run)).isEqualTo(ended);
        assertThat(stored(run).due()).isBetween(fine.truncatedTo(ChronoUnit.MICROS), fine);
        assertThat(stored(run).now())
                .isBetween(fine.truncatedTo(ChronoUnit.MICROS).plusNanos(1000), run.now());
        assertThat(stored(run).createdAt())
                .isBetween(fine.truncatedTo(ChronoUnit.MICROS).plusNanos(2000), run.createdAt());
        assertThat(stored(run).endedAt())
                .isBetween(fine.truncatedTo(ChronoUnit.MICROS).plusNanos(3000), fine.plusNanos(3000));
    }

    @Test
    void a_task_has_at_most_one_active_run_and_others_are_free() {
        Run run = begin();
        assertThat(store().begin(fresh("node-b"), Optional.of(run.id()), LONG)).isFalse();
        Run other = Run.begun("other", "node-b", Optional.empty(), NOW, NOW);
        assertThat(store().begin(other, Optional.empty(), LONG)).isTrue();
        end(run, RunState.PAUSED);
        assertThat(store().begin(fresh("node-b"), Optional.of(run.id()), LONG)).isFalse();
        assertThat(store().history("tidy", 10)).extracting(Run::id).containsExactly(run.id());
    }

    @Test
    void a_run_begins_only_after_the_one_that_was_seen_last() {
        Run first = begin();
        end(first, RunState.SUCCEEDED);
        assertThat(store().begin(fresh("node-b"), Optional.empty(), LONG)).isFalse();
        assertThat(store().begin(fresh("node-b"), Optional.of(RunId.random()), LONG))
                .isFalse();
        Run second = fresh("node-b");
        assertThat(store().begin(second, Optional.of(first.id()), LONG)).isTrue();
        end(second, RunState.SUCCEEDED);
        assertThat(store().begin(fresh("node-a"), Optional.of(first.id()), LONG))
                .isFalse();
        assertThat(store().history("tidy", 10)).extracting(Run::id).containsExactly(second.id(), first.id());
        assertThat(store().begin(fresh("node-a"), Optional.of(second.id()), LONG))
                .isTrue();
    }

    @Test
    void of_many_that_begin_at_once_one_gets_the_run() throws Exception {
        assertThat(atOnce(() -> store().begin(fresh("node-a"), Optional.empty(), LONG)))
                .containsOnlyOnce(true);
        assertThat(store().history("tidy", 10)).hasSize(1);
    }

    @Test
    void of_many_that_saw_the_same_one_begins_even_if_it_ends_at_once() throws Exception {
        int rounds = 20;
        for (int round = 0; round < rounds; round++) {
            Optional<RunId> seen = lastBegun();
            assertThat(atOnce(() -> {
                        Run run = fresh("node-a");
                        boolean begun = store().begin(run, seen, LONG);
                        if (begun) {
                            store().inBatch(run.claim(), TASK, () -> record(BatchResult.finished()));
                        }
                        return begun;
                    }))
                    .containsOnlyOnce(true);
        }
        assertThat(store().history("tidy", 100)).hasSize(rounds);
    }

    @Test
    void a_batch_adds_its_counts_and_usage_and_sets_the_cursor() throws Exception {
        Run run = begin();
        store().inBatch(run.claim(), TASK, () -> batch("a", 3));
        Run after = store().inBatch(run.claim(), TASK, () -> batch("b %_'\"\\ ü\uD83D\uDE80", 4));
        assertThat(after.batches()).isEqualTo(2);
        assertThat(after.counts()).isEqualTo(Counts.none().plus("deleted.old", 7));
        assertThat(after.usage().amounts()).isEqualTo(Counts.none().plus("time.select", 14));
        assertThat(after.lastCursor()).isEqualTo(new Cursor("b %_'\"\\ ü\uD83D\uDE80"));
        assertThat(after.state()).isEqualTo(RunState.RUNNING);
        assertThat(stored(run)).isEqualTo(after);
    }

    @Test
    void the_batch_that_finishes_ends_the_run_in_the_same_record() throws Exception {
        Run run = begin();
        store().inBatch(run.claim(), TASK, () -> batch("a", 3));
        BatchResult last = BatchResult.finished().with(Counts.none().plus("deleted.old", 4));
        Run ended = store().inBatch(run.claim(), TASK, () -> record(last));
        assertThat(ended.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(ended.endedAt()).isEqualTo(LATER);
        assertThat(ended.batches()).isEqualTo(2);
        assertThat(ended.counts().get("deleted.old")).isEqualTo(7);
        assertThat(ended.lastCursor()).isEqualTo(new Cursor("a"));
        assertThat(stored(run)).isEqualTo(ended);
        assertThat(store().look("tidy").active()).isEmpty();
        assertThat(store().begin(fresh("node-b"), Optional.of(run.id()), LONG)).isTrue();
    }

    @Test
    void usage_and_counts_of_many_names_are_kept() throws Exception {
        Counts many = Counts.none();
        for (int i = 0; i < 500; i++) {
            many = many.plus("skipped." + "reason-".repeat(20) + i, Long.MAX_VALUE / 1000 - i);
        }
        BatchRecord record = new BatchRecord(BatchResult.finished().with(many), new Usage(many), LATER);
        Run run = begin();
        store().inBatch(run.claim(), TASK, () -> record);
        assertThat(stored(run).counts()).isEqualTo(many);
        assertThat(stored(run).usage()).isEqualTo(new Usage(many));
    }

    @Test
    void an_empty_cursor_is_not_none_and_a_long_one_is_kept() throws Exception {
        Run run = begin();
        store().inBatch(run.claim(), TASK, () -> batch("", 0));
        assertThat(stored(run).lastCursor()).isEqualTo(new Cursor(""));
        String longest = "x".repeat(Cursor.MAX_BYTES);
        store().inBatch(run.claim(), TASK, () -> batch(longest, 0));
        assertThat(stored(run).lastCursor()).isEqualTo(new Cursor(longest));
    }

    @Test
    void a_batch_that_throws_leaves_no_record() throws Exception {
        Run run = begin();
        assertThatThrownBy(() -> store().inBatch(run.claim(), TASK, () -> {
                    throw new IOException("disk");
                }))
                .hasMessageContaining("disk");
        assertThat(stored(run)).isEqualTo(run);
        assertThat(store().inBatch(run.claim(), TASK, () -> batch("a", 3)).batches())
                .isEqualTo(1);
    }

    @Test
    void a_batch_may_ask_the_store() throws Exception {
        Run run = begin();
        Run after = store().inBatch(run.claim(), TASK, () -> {
            assertThat(store().find(run.id())).contains(run);
            assertThat(store().renew(run.claim(), LONG).isHeld()).isTrue();
            store().setPaused("tidy", true);
            return batch("a", 3);
        });
        assertThat(stored(run)).isEqualTo(after);
        assertThat(store().look("tidy").paused()).isTrue();
    }

    @Test
    void a_run_that_has_ended_is_no_longer_active_and_makes_room() {
        Run run = begin();
        Run ended = store().end(run.claim(), RunState.FAILED, Optional.of("disk full"), LATER);
        assertThat(ended).isEqualTo(run.ended(RunState.FAILED, Optional.of("disk full"), LATER));
        assertThat(stored(run)).isEqualTo(ended);
        assertThat(store().look("tidy").active()).isEmpty();
        assertThat(store().look("tidy").lastBegun()).contains(ended);
        assertThat(store().begin(fresh("node-b"), Optional.of(run.id()), LONG)).isTrue();
    }

    @Test
    void an_end_can_be_stored_whatever_its_cause_says() {
        for (String odd : new String[] {"", "\0 in it", "half \uD83D", "long ".repeat(10_000)}) {
            Run run = begin();
            Run ended = store().end(run.claim(), RunState.FAILED, Optional.of("disk " + odd), LATER);
            assertThat(ended.state()).isEqualTo(RunState.FAILED);
            assertThat(stored(run).state()).isEqualTo(RunState.FAILED);
            assertThat(stored(run).detail()).startsWith("disk");
        }
    }
}
