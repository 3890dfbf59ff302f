package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.ClaimState;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who may work on a run, and who may not. */
abstract class RunStoreClaims extends OpenedRunStore {

    private static final ClaimState LOST = new ClaimState(false, false, false);

    /** For the subclass. */
    RunStoreClaims() {}

    final void assertRefused(RunClaim claim) {
        Run before = store().find(claim.runId()).orElseThrow();
        assertThatThrownBy(() -> store().inBatch(claim, TASK, () -> batch("stale", 3)))
                .isInstanceOf(ClaimLostException.class);
        assertThatThrownBy(() -> store().inBatch(claim, TASK, () -> record(BatchResult.finished())))
                .isInstanceOf(ClaimLostException.class);
        assertThatThrownBy(() -> store().end(claim, RunState.FAILED, Optional.of("stale"), LATER))
                .isInstanceOf(ClaimLostException.class);
        assertThat(store().renew(claim, LONG)).isEqualTo(LOST);
        assertThat(store().find(claim.runId())).contains(before);
    }

    @Test
    void a_claim_that_holds_is_not_given_to_another_owner() {
        Run run = begin();
        assertThat(store().takeOver(run, "node-b", LONG)).isEmpty();
        assertThat(store().takeOver(run, "NODE-A", LONG)).isEmpty();
        assertThat(stored(run)).isEqualTo(run);
        assertThat(store().renew(run.claim(), LONG).isHeld()).isTrue();
    }

    @Test
    void a_claim_that_has_run_out_can_be_taken_over_and_the_run_goes_on_from_its_cursor() throws Exception {
        Run run = beginAndLetRunOut();
        Run seen = store().inBatch(run.claim(), TASK, () -> batch("a", 3));
        Run taken = store().takeOver(seen, "node-b", LONG).orElseThrow();
        assertThat(taken).isEqualTo(seen.takenOver("node-b"));
        assertThat(taken.token()).isEqualTo(2);
        assertThat(taken.cutOffs()).isEqualTo(1);
        assertThat(taken.lastCursor()).isEqualTo(new Cursor("a"));
        assertThat(stored(run)).isEqualTo(taken);
        assertThat(store().takeOver(taken, "node-c", LONG)).isEmpty();
    }

    @Test
    void a_claim_that_has_run_out_still_works_while_nobody_took_it_over() throws Exception {
        Run run = beginAndLetRunOut();
        assertThat(store().inBatch(run.claim(), TASK, () -> batch("a", 3)).batches())
                .isEqualTo(1);
        assertThat(store().end(run.claim(), RunState.FAILED, Optional.of("disk"), LATER)
                        .state())
                .isEqualTo(RunState.FAILED);
    }

    @Test
    void an_owner_takes_over_its_own_run_at_any_time_and_that_counts_as_cut_off() {
        Run run = begin();
        Run taken = store().takeOver(run, "node-a", LONG).orElseThrow();
        assertThat(taken).isEqualTo(run.takenOver("node-a"));
        assertThat(taken.token()).isEqualTo(2);
        assertThat(taken.cutOffs()).isEqualTo(1);
        assertRefused(run.claim());
    }

    @Test
    void a_run_that_rests_is_nobodys_and_goes_on_under_anybody() {
        for (RunState rest : new RunState[] {RunState.PAUSED, RunState.INTERRUPTED}) {
            Run run = begin();
            Run resting = store().end(run.claim(), rest, Optional.of("why"), LATER);
            assertThat(resting.endedAt()).isNull();
            assertThat(resting.detail()).isEqualTo("why");
            assertThat(store().look("tidy").active()).contains(resting);
            assertRefused(run.claim());
            Run taken = store().takeOver(resting, "node-b", LONG).orElseThrow();
            assertThat(taken).isEqualTo(resting.takenOver("node-b"));
            assertThat(taken.state()).isEqualTo(RunState.RUNNING);
            assertThat(taken.cutOffs()).isZero();
            assertThat(taken.detail()).isNull();
            assertThat(stored(run)).isEqualTo(taken);
            end(taken, RunState.CANCELLED);
        }
    }

    @Test
    void a_run_that_has_ended_or_is_unknown_cannot_be_taken_over() {
        Run run = begin();
        Run ended = end(run, RunState.FAILED);
        assertThat(store().takeOver(run, "node-a", LONG)).isEmpty();
        assertThat(store().takeOver(ended, "node-a", LONG)).isEmpty();
        assertThat(store().takeOver(fresh("node-a"), "node-a", LONG)).isEmpty();
        assertThat(stored(run)).isEqualTo(ended);
    }

    @Test
    void of_two_that_take_over_what_they_saw_one_gets_it() {
        Run run = beginAndLetRunOut();
        assertThat(store().takeOver(run, "node-b", SHORT)).isPresent();
        letPass(SHORT);
        assertThat(store().takeOver(run, "node-c", LONG)).isEmpty();
    }

    @Test
    void of_many_that_take_over_at_once_one_gets_it() throws Exception {
        for (int round = 0; round < 10; round++) {
            Run run = beginAndLetRunOut();
            AtomicInteger nodes = new AtomicInteger();
            assertThat(atOnce(() -> store().takeOver(run, "other-" + nodes.incrementAndGet(), LONG)))
                    .filteredOn(Optional::isPresent)
                    .singleElement()
                    .satisfies(taken -> assertThat(taken).contains(stored(run)));
            end(stored(run), RunState.SUCCEEDED);
        }
    }

    @Test
    void a_stale_holder_can_neither_record_nor_renew_nor_end() {
        Run run = beginAndLetRunOut();
        Run taken = store().takeOver(run, "node-b", LONG).orElseThrow();
        assertRefused(run.claim());
        assertThat(stored(run)).isEqualTo(taken);
        end(taken, RunState.SUCCEEDED);
        assertRefused(run.claim());
    }

    @Test
    void a_claim_from_before_stays_lost_when_its_owner_has_taken_the_run_back() {
        Run run = beginAndLetRunOut();
        Run other = store().takeOver(run, "node-b", SHORT).orElseThrow();
        letPass(SHORT);
        Run back = store().takeOver(other, "node-a", LONG).orElseThrow();
        assertThat(back.token()).isEqualTo(3);
        assertThat(back.cutOffs()).isEqualTo(2);
        assertRefused(run.claim());
        assertRefused(other.claim());
        assertThat(store().renew(back.claim(), LONG).isHeld()).isTrue();
    }

    @Test
    void a_holder_that_loses_its_claim_within_a_batch_cannot_record_it() {
        Run run = beginAndLetRunOut();
        assertThatThrownBy(() -> store().inBatch(run.claim(), TASK, () -> {
                    assertThat(store().takeOver(run, "node-b", LONG)).isPresent();
                    return batch("a", 3);
                }))
                .isInstanceOf(ClaimLostException.class);
        assertThat(stored(run)).isEqualTo(run.takenOver("node-b"));
    }

    @Test
    void a_holder_that_loses_its_claim_within_a_batch_and_takes_it_back_cannot_record_it() {
        Run run = beginAndLetRunOut();
        assertThatThrownBy(() -> store().inBatch(run.claim(), TASK, () -> {
                    Run other = store().takeOver(run, "node-b", SHORT).orElseThrow();
                    letPass(SHORT);
                    assertThat(store().takeOver(other, "node-a", LONG)).isPresent();
                    return record(BatchResult.finished());
                }))
                .isInstanceOf(ClaimLostException.class);
        assertThat(stored(run)).isEqualTo(run.takenOver("node-b").takenOver("node-a"));
    }

    @Test
    void a_renewed_claim_holds_as_long_as_was_asked_for_from_then_on() {
        Run run = beginAndLetRunOut();
        assertThat(store().renew(run.claim(), LONG)).isEqualTo(new ClaimState(true, false, false));
        assertThat(store().takeOver(run, "node-b", LONG)).isEmpty();
        assertThat(store().renew(run.claim(), SHORT).isHeld()).isTrue();
        letPass(SHORT);
        assertThat(store().takeOver(run, "node-b", LONG)).isPresent();
    }

    @Test
    void a_claim_on_a_run_that_ended_or_is_unknown_is_not_renewed() {
        Run run = begin();
        end(run, RunState.SUCCEEDED);
        assertThat(store().renew(run.claim(), LONG)).isEqualTo(LOST);
        assertThat(store().renew(fresh("node-a").claim(), LONG)).isEqualTo(LOST);
    }

    @Test
    void who_renews_is_told_that_the_run_is_to_be_cancelled() {
        Run run = begin();
        assertThat(store().askCancel(run.id())).isTrue();
        assertThat(store().askCancel(run.id())).isTrue();
        assertThat(stored(run)).isEqualTo(run);
        assertThat(store().renew(run.claim(), LONG)).isEqualTo(new ClaimState(true, true, false));
        Run taken = store().takeOver(run, "node-a", LONG).orElseThrow();
        assertThat(store().renew(taken.claim(), LONG).cancelAsked()).isTrue();
    }

    @Test
    void only_a_run_that_is_running_can_be_asked_to_cancel_and_the_next_is_not() {
        Run run = begin();
        assertThat(store().askCancel(run.id())).isTrue();
        Run paused = end(run, RunState.PAUSED);
        assertThat(store().askCancel(run.id())).isFalse();
        end(store().takeOver(paused, "node-a", LONG).orElseThrow(), RunState.CANCELLED);
        assertThat(store().askCancel(run.id())).isFalse();
        assertThat(store().askCancel(RunId.random())).isFalse();
        assertThat(store().renew(begin().claim(), LONG)).isEqualTo(new ClaimState(true, false, false));
    }

    @Test
    void who_renews_is_told_that_the_task_is_paused() {
        Run run = begin();
        store().setPaused("other", true);
        assertThat(store().renew(run.claim(), LONG).paused()).isFalse();
        store().setPaused("tidy", true);
        assertThat(store().renew(run.claim(), LONG)).isEqualTo(new ClaimState(true, false, true));
        store().setPaused("tidy", false);
        assertThat(store().renew(run.claim(), LONG).paused()).isFalse();
    }

    @Test
    void a_claim_for_no_time_has_run_out_at_once() {
        Run run = begin();
        assertThat(store().renew(run.claim(), Duration.ZERO).isHeld()).isTrue();
        assertThat(store().takeOver(run, "node-b", LONG)).isPresent();
    }

    @Test
    void a_claim_for_less_than_no_time_or_for_ever_is_refused() {
        Run run = begin();
        for (Duration none : new Duration[] {Duration.ofNanos(-1), Duration.ofSeconds(Long.MAX_VALUE)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store().begin(fresh("node-a"), Optional.of(run.id()), none))
                    .withMessageContaining("claimFor: " + none);
            assertThatIllegalArgumentException().isThrownBy(() -> store().takeOver(run, "node-a", none));
            assertThatIllegalArgumentException().isThrownBy(() -> store().renew(run.claim(), none));
        }
        assertThat(stored(run)).isEqualTo(run);
    }
}
