package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What every {@link RunStore} is held to. An implementer extends it and gives an empty store for each test, and, if the store
 * has no clock of its own, a way to {@linkplain #letPass let time pass}.
 */
public abstract class RunStoreContract extends RunStoreRecords {

    private static final Instant MORNING = Instant.parse("2026-03-02T00:00:00Z");

    /** For the subclass. */
    protected RunStoreContract() {}

    private static Run skipped(Instant due) {
        return Run.skipped("tidy", "node-a", due, "paused", LATER);
    }

    /** A run that has looked at so much, and ended well having done nothing else. */
    private Run uneventful(Instant createdAt, long examined) throws Exception {
        return uneventful(beginDue(createdAt), examined);
    }

    private Run uneventful(Run run, long examined) throws Exception {
        Counts looked = Counts.none().plus("examined", examined).plus("deleted.old", 0);
        return store().inBatch(
                        run.claim(), TASK, () -> record(BatchResult.finished().with(looked)));
    }

    @Test
    void a_store_that_is_ready_has_no_problems() {
        assertThat(store().problems()).isEmpty();
    }

    @Test
    void of_a_task_that_never_ran_nothing_is_known() {
        assertThat(store().look("tidy"))
                .isEqualTo(new TaskRecord(false, Optional.empty(), Optional.empty(), Optional.empty()));
        assertThat(store().history("tidy", 10)).isEmpty();
    }

    @Test
    void the_history_has_the_newest_first_and_skips_among_them() {
        Run ended = end(begin(), RunState.SUCCEEDED);
        Run skipped = skipped(LATER);
        assertThat(store().skip(skipped)).isTrue();
        assertThat(stored(skipped)).isEqualTo(skipped);
        assertThat(skipped.state()).isEqualTo(RunState.SKIPPED);
        assertThat(store().history("tidy", 10)).containsExactly(skipped, ended);
        assertThat(store().history("tidy", 1)).containsExactly(skipped);
        assertThat(store().history("other", 10)).isEmpty();
        assertThat(store().look("tidy").lastBegun()).contains(ended);
    }

    @Test
    void a_due_time_is_recorded_as_skipped_once() {
        assertThat(store().skip(skipped(NOW))).isTrue();
        assertThat(store().skip(skipped(NOW))).isFalse();
        assertThat(store().skip(Run.skipped("tidy", "node-b", NOW, "still running", LATER)))
                .isFalse();
        assertThat(store().skip(skipped(NOW.plusNanos(1000)))).isTrue();
        assertThat(store().skip(Run.skipped("other", "node-a", NOW, "paused", LATER)))
                .isTrue();
        assertThat(store().history("tidy", 10)).extracting(Run::due).containsExactly(NOW.plusNanos(1000), NOW);
    }

    @Test
    void a_due_time_that_began_can_still_be_recorded_as_skipped_and_a_skip_is_no_begin() {
        assertThat(store().skip(skipped(NOW.minusSeconds(1)))).isTrue();
        assertThat(store().begin(fresh("node-a"), Optional.empty(), LONG)).isTrue();
        assertThat(store().skip(skipped(NOW))).isTrue();
        assertThat(store().history("tidy", 10)).hasSize(3);
    }

    @Test
    void of_many_that_record_a_skip_at_once_one_does() throws Exception {
        for (int round = 0; round < 20; round++) {
            Instant due = NOW.plusSeconds(round);
            assertThat(atOnce(() -> store().skip(skipped(due)))).containsOnlyOnce(true);
            assertThat(store().history("tidy", 100)).hasSize(round + 1);
        }
    }

    @Test
    void uneventful_runs_of_a_day_fold_into_the_latest() throws Exception {
        Run first = uneventful(MORNING, 10);
        Run second = uneventful(MORNING.plusSeconds(60), 11);
        store().fold(second);
        assertThat(store().history("tidy", 10)).containsExactly(second.folding(first));
        Run third = uneventful(MORNING.plusSeconds(86399), 12);
        store().fold(third);
        Run all = third.folding(second.folding(first));
        assertThat(store().history("tidy", 10)).containsExactly(all);
        assertThat(all.folded()).isEqualTo(2);
        assertThat(all.batches()).isEqualTo(3);
        assertThat(all.counts().get("examined")).isEqualTo(33);
        assertThat(all.usage().amounts().get("time.select")).isEqualTo(21);
        assertThat(store().look("tidy").lastBegun()).contains(all);
    }

    @Test
    void to_fold_again_changes_nothing() throws Exception {
        Run first = uneventful(MORNING, 10);
        Run second = uneventful(MORNING.plusSeconds(60), 11);
        store().fold(second);
        store().fold(second);
        store().fold(first);
        assertThat(store().history("tidy", 10)).containsExactly(second.folding(first));
    }

    @Test
    void runs_of_two_days_in_utc_do_not_fold() throws Exception {
        Run evening = uneventful(MORNING.minusNanos(1000), 10);
        Run morning = uneventful(MORNING, 11);
        store().fold(morning);
        assertThat(store().history("tidy", 10)).containsExactly(morning, evening);
    }

    @Test
    void eventful_runs_do_not_fold_and_part_those_that_would() throws Exception {
        Run first = uneventful(MORNING, 10);
        Run failed = end(begin(MORNING.plusSeconds(60)), RunState.FAILED);
        store().fold(failed);
        Run second = uneventful(MORNING.plusSeconds(120), 11);
        store().fold(second);
        Run run = begin(MORNING.plusSeconds(180));
        Run deleted = store().inBatch(
                        run.claim(),
                        TASK,
                        () -> record(BatchResult.finished().with(Counts.none().plus("deleted.old", 1))));
        store().fold(deleted);
        assertThat(store().history("tidy", 10)).containsExactly(deleted, second, failed, first);
        store().fold(begin(MORNING.plusSeconds(240)));
        store().fold(Run.begun("other", "node-a", Optional.empty(), NOW, NOW));
        assertThat(store().history("tidy", 10)).hasSize(5);
    }

    @Test
    void a_run_that_somebody_asked_for_does_not_fold() throws Exception {
        Run first = uneventful(MORNING, 10);
        Run asked = uneventful(begin(MORNING.plusSeconds(60)), 11);
        Run second = uneventful(MORNING.plusSeconds(120), 12);
        store().fold(second);
        assertThat(store().history("tidy", 10)).containsExactly(second, asked, first);
    }

    @Test
    void runs_fold_past_a_skip_which_is_no_run() throws Exception {
        Run first = uneventful(MORNING, 10);
        Run skipped = skipped(MORNING);
        store().skip(skipped);
        Run second = uneventful(MORNING.plusSeconds(60), 11);
        store().fold(second);
        assertThat(store().history("tidy", 10)).containsExactly(second.folding(first), skipped);
    }

    @Test
    void after_a_run_that_was_folded_away_another_has_begun() throws Exception {
        Run first = uneventful(MORNING, 10);
        Run second = uneventful(MORNING.plusSeconds(60), 11);
        store().fold(second);
        assertThat(store().begin(fresh("node-a"), Optional.of(first.id()), LONG))
                .isFalse();
        assertThat(store().begin(fresh("node-a"), Optional.of(second.id()), LONG))
                .isTrue();
    }

    @Test
    void runs_that_ended_before_are_forgotten_the_oldest_first() {
        Run first = endedAt(LATER);
        Run second = endedAt(LATER.plusSeconds(1));
        Run third = endedAt(LATER.plusSeconds(2));
        Run newest = endedAt(LATER.plusSeconds(2));
        assertThat(store().forget(LATER.plusSeconds(2), 1)).isEqualTo(1);
        assertThat(store().history("tidy", 10)).containsExactly(newest, third, second);
        assertThat(store().find(first.id())).isEmpty();
        assertThat(store().forget(LATER.plusSeconds(2), 10)).isEqualTo(1);
        assertThat(store().forget(LATER.plusSeconds(2), 10)).isZero();
        assertThat(store().history("tidy", 10)).containsExactly(newest, third);
    }

    private Run endedAt(Instant end) {
        return store().end(begin().claim(), RunState.SUCCEEDED, Optional.empty(), end);
    }

    @Test
    void the_newest_that_began_is_not_forgotten_nor_is_one_that_may_go_on() {
        Run old = endedAt(LATER);
        Run last = endedAt(LATER);
        Run other = Run.begun("other", "node-a", Optional.empty(), NOW, NOW);
        assertThat(store().begin(other, Optional.empty(), LONG)).isTrue();
        store().end(other.claim(), RunState.PAUSED, Optional.empty(), LATER);
        assertThat(store().skip(skipped(NOW))).isTrue();
        assertThat(store().skip(Run.skipped("never", "node-a", NOW, "paused", LATER)))
                .isTrue();
        assertThat(store().forget(LATER.plusSeconds(1), 100)).isEqualTo(3);
        assertThat(store().history("tidy", 10)).containsExactly(last);
        assertThat(store().find(old.id())).isEmpty();
        assertThat(store().find(other.id())).isPresent();
        assertThat(store().begin(fresh("node-a"), Optional.of(last.id()), LONG)).isTrue();
    }

    @Test
    void a_limit_below_one_is_refused() {
        for (int limit : new int[] {0, -1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store().history("tidy", limit))
                    .withMessageContaining("limit: " + limit);
            assertThatIllegalArgumentException().isThrownBy(() -> store().forget(LATER, limit));
        }
    }

    @Test
    void a_pause_is_kept_until_it_is_taken_back() {
        store().setPaused("tidy", false);
        assertThat(store().look("tidy").paused()).isFalse();
        store().setPaused("tidy", true);
        store().setPaused("tidy", true);
        assertThat(store().look("tidy").paused()).isTrue();
        assertThat(store().look("other").paused()).isFalse();
        Run run = begin();
        assertThat(store().look("tidy"))
                .isEqualTo(new TaskRecord(true, Optional.empty(), Optional.of(run), Optional.of(run)));
        store().setPaused("tidy", false);
        assertThat(store().look("tidy").paused()).isFalse();
    }

    @Test
    void a_breaker_is_kept_open_until_it_is_closed() {
        store().setBreaker("tidy", Optional.of(NOW));
        store().setPaused("tidy", true);
        assertThat(store().look("tidy"))
                .isEqualTo(new TaskRecord(true, Optional.of(NOW), Optional.empty(), Optional.empty()));
        assertThat(store().look("other").breaker()).isEmpty();
        store().setBreaker("tidy", Optional.of(LATER));
        assertThat(store().look("tidy").breaker()).contains(LATER);
        store().setBreaker("tidy", Optional.empty());
        assertThat(store().look("tidy").breaker()).isEmpty();
        assertThat(store().look("tidy").paused()).isTrue();
    }

    @Test
    void names_are_told_apart_letter_for_letter() {
        begin();
        store().setPaused("tidy", true);
        assertThat(store().begin(Run.begun("Tidy", "node-a", Optional.empty(), NOW, NOW), Optional.empty(), LONG))
                .isTrue();
        assertThat(store().look("Tidy").paused()).isFalse();
        assertThat(store().find(RunId.random())).isEmpty();
    }
}
