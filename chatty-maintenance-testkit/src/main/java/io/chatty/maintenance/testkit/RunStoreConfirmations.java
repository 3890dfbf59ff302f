package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.run.BatchRecord;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.Usage;
import java.util.EnumSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Runs that await confirmation, and the fingerprints that stand in runs. */
abstract class RunStoreConfirmations extends RunStoreClaims {

    private static final RunState[] SETTLED = {RunState.INTERRUPTED, RunState.CANCELLED, RunState.EXPIRED};

    /** For the subclass. */
    RunStoreConfirmations() {}

    private Run waiting() throws Exception {
        BatchResult result = BatchResult.awaitConfirmation(new Cursor("counted"), "4 of 9 would go")
                .with(Counts.none().plus("examined", 9));
        return store().inBatch(begin().claim(), TASK, () -> record(result));
    }

    private Run batchUnder(Run run, String fingerprint, BatchResult result) throws Exception {
        return store().inBatch(run.claim(), TASK, () -> new BatchRecord(result, Usage.NONE, LATER, fingerprint));
    }

    @Test
    void a_batch_that_asks_for_it_leaves_its_run_waiting_recorded_and_claimed_by_nobody() throws Exception {
        Run waiting = waiting();
        assertThat(waiting.state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
        assertThat(waiting.detail()).isEqualTo("4 of 9 would go");
        assertThat(waiting.batches()).isEqualTo(1);
        assertThat(waiting.counts().get("examined")).isEqualTo(9);
        assertThat(waiting.lastCursor()).isEqualTo(new Cursor("counted"));
        assertThat(waiting.endedAt()).isNull();
        assertThat(stored(waiting)).isEqualTo(waiting);
        assertThat(store().look("tidy").active()).contains(waiting);
        assertRefused(waiting.claim());
    }

    @Test
    void nobody_takes_a_waiting_run_over_and_no_other_begins_beside_it() throws Exception {
        Run waiting = waiting();
        assertThat(store().takeOver(waiting, "node-a", LONG)).isEmpty();
        assertThat(store().takeOver(waiting, "node-b", LONG)).isEmpty();
        assertThat(store().begin(fresh("node-b"), Optional.of(waiting.id()), LONG))
                .isFalse();
        assertThat(store().askCancel(waiting.id())).isFalse();
        assertThat(stored(waiting)).isEqualTo(waiting);
    }

    @Test
    void a_confirmed_run_is_interrupted_and_goes_on_under_anybody_from_its_cursor() throws Exception {
        Run waiting = waiting();
        Run confirmed = store().settle(waiting, RunState.INTERRUPTED, "confirmed", LATER)
                .orElseThrow();
        assertThat(confirmed).isEqualTo(waiting.ended(RunState.INTERRUPTED, Optional.of("confirmed"), LATER));
        assertThat(stored(waiting)).isEqualTo(confirmed);
        assertThat(store().look("tidy").active()).contains(confirmed);
        Run taken = store().takeOver(waiting, "node-b", LONG).orElseThrow();
        assertThat(taken).isEqualTo(confirmed.takenOver("node-b"));
        assertThat(batchUnder(taken, "", BatchResult.finished()).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void a_waiting_run_that_is_cancelled_or_expires_has_ended() throws Exception {
        for (RunState end : new RunState[] {RunState.CANCELLED, RunState.EXPIRED}) {
            Run waiting = waiting();
            Run ended = store().settle(waiting, end, "why", LATER).orElseThrow();
            assertThat(ended).isEqualTo(waiting.ended(end, Optional.of("why"), LATER));
            assertThat(ended.endedAt()).isEqualTo(LATER);
            assertThat(stored(waiting)).isEqualTo(ended);
            assertThat(store().look("tidy").active()).isEmpty();
            assertThat(store().takeOver(ended, "node-b", LONG)).isEmpty();
        }
    }

    @Test
    void a_run_is_settled_once() throws Exception {
        for (RunState first : SETTLED) {
            Run waiting = waiting();
            Run settled = store().settle(waiting, first, "first", LATER).orElseThrow();
            for (RunState second : SETTLED) {
                assertThat(store().settle(waiting, second, "second", LATER)).isEmpty();
            }
            assertThat(stored(waiting)).isEqualTo(settled);
            store().takeOver(settled, "node-a", LONG).ifPresent(run -> end(run, RunState.CANCELLED));
        }
    }

    @Test
    void of_many_that_settle_a_run_at_once_one_does() throws Exception {
        for (int round = 0; round < 10; round++) {
            Run waiting = waiting();
            assertThat(atOnce(() -> store().settle(waiting, RunState.CANCELLED, "why", LATER)))
                    .filteredOn(Optional::isPresent)
                    .singleElement()
                    .satisfies(settled -> assertThat(settled).contains(stored(waiting)));
        }
    }

    @Test
    void only_a_run_that_waits_is_settled() {
        Run running = begin();
        assertThat(store().settle(running, RunState.CANCELLED, "why", LATER)).isEmpty();
        Run paused = end(running, RunState.PAUSED);
        assertThat(store().settle(paused, RunState.INTERRUPTED, "why", LATER)).isEmpty();
        assertThat(store().settle(fresh("node-a"), RunState.EXPIRED, "why", LATER))
                .isEmpty();
        assertThat(stored(running)).isEqualTo(paused);
    }

    @Test
    void a_run_that_waits_a_second_time_is_not_settled_by_who_saw_the_first() throws Exception {
        Run first = waiting();
        store().settle(first, RunState.INTERRUPTED, "confirmed", LATER);
        Run taken = store().takeOver(first, "node-b", LONG).orElseThrow();
        Run second = batchUnder(taken, "", BatchResult.awaitConfirmation(new Cursor("more"), "5 more"));
        assertThat(store().settle(first, RunState.INTERRUPTED, "late", LATER)).isEmpty();
        assertThat(stored(first)).isEqualTo(second);
        assertThat(store().settle(second, RunState.INTERRUPTED, "confirmed", LATER))
                .isPresent();
    }

    @Test
    void a_run_is_settled_as_confirmed_cancelled_or_expired_and_as_nothing_else() throws Exception {
        Run waiting = waiting();
        for (RunState state : EnumSet.complementOf(EnumSet.of(SETTLED[0], SETTLED[1], SETTLED[2]))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store().settle(waiting, state, "why", LATER))
                    .withMessageContaining("state: " + state + " given");
        }
        assertThat(stored(waiting)).isEqualTo(waiting);
    }

    @Test
    void a_run_has_the_fingerprint_of_its_last_batch() throws Exception {
        Run run = begin();
        assertThat(stored(run).fingerprint()).isEmpty();
        String longest = "x".repeat(99) + " ";
        assertThat(batchUnder(run, longest, BatchResult.next(new Cursor("a"))).fingerprint())
                .isEqualTo(longest);
        assertThat(stored(run).fingerprint()).isEqualTo(longest);
        Run resting = end(run, RunState.INTERRUPTED);
        assertThat(resting.fingerprint()).isEqualTo(longest);
        Run taken = store().takeOver(resting, "node-b", LONG).orElseThrow();
        assertThat(taken.fingerprint()).isEqualTo(longest);
        batchUnder(taken, "other", BatchResult.finished());
        assertThat(stored(run).fingerprint()).isEqualTo("other");
    }

    @Test
    void uneventful_runs_under_two_fingerprints_do_not_fold() throws Exception {
        Run first = batchUnder(beginDue(NOW), "a", BatchResult.finished());
        Run second = batchUnder(beginDue(NOW), "b", BatchResult.finished());
        store().fold(second);
        assertThat(store().history("tidy", 10)).containsExactly(second, first);
        Run third = batchUnder(beginDue(NOW), "b", BatchResult.finished());
        store().fold(third);
        assertThat(store().history("tidy", 10)).containsExactly(third.folding(second), first);
    }
}
