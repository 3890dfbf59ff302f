package io.chatty.maintenance.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RunTest {

    private static final Instant DUE = Instant.parse("2026-03-01T02:30:00Z");
    private static final Instant NOW = DUE.plusMillis(5);
    private static final Instant CREATED = NOW.plusSeconds(1);
    private static final Instant LATER = NOW.plusSeconds(90);
    private static final Cursor CURSOR = new Cursor("a");
    private static final Counts THREE = Counts.none().plus("examined", 3);
    private static final Usage USED = new Usage(Counts.none().plus(Usage.SELECT, 7));

    private final Run run = Run.begun("tidy", "node-a", Optional.of(DUE), NOW, CREATED);

    private static BatchRecord record(BatchResult result) {
        return new BatchRecord(result.with(THREE), USED, LATER);
    }

    @Test
    void a_run_that_begins_is_running_under_the_first_token_and_has_done_nothing() {
        assertThat(run.state()).isEqualTo(RunState.RUNNING);
        assertThat(run.due()).isEqualTo(DUE);
        assertThat(run.now()).isEqualTo(NOW);
        assertThat(run.createdAt()).isEqualTo(CREATED);
        assertThat(run.claim()).isEqualTo(new RunClaim(run.id(), "tidy", "node-a", 1));
        assertThat(run.counts()).isEqualTo(Counts.none());
        assertThat(run.usage()).isEqualTo(Usage.NONE);
        assertThat(run.batches() + run.cutOffs() + run.folded()).isZero();
        assertThat(run.endedAt()).isNull();
        assertThat(run.isSkipped()).isFalse();
        assertThat(Run.begun("tidy", "node-a", Optional.empty(), NOW, CREATED).due())
                .isNull();
        assertThat(Run.begun("tidy", "node-a", Optional.of(DUE), NOW, CREATED).id())
                .isNotEqualTo(run.id());
    }

    @Test
    void a_batch_that_awaits_confirmation_leaves_its_run_active_with_the_reason_until_it_is_taken_over() {
        Run waiting =
                run.plus(new BatchRecord(BatchResult.awaitConfirmation(CURSOR, "4 of 9 would go"), USED, LATER, "f"));
        assertThat(waiting.state()).isEqualTo(RunState.AWAITING_CONFIRMATION);
        assertThat(waiting.state().isActive()).isTrue();
        assertThat(waiting.isAwaitingConfirmation()).isTrue();
        assertThat(waiting.detail()).isEqualTo("4 of 9 would go");
        assertThat(waiting.lastCursor()).isEqualTo(CURSOR);
        assertThat(waiting.endedAt()).isNull();
        assertThat(waiting.fingerprint()).isEqualTo("f");
        Run confirmed = waiting.ended(RunState.INTERRUPTED, Optional.of("confirmed"), LATER);
        assertThat(confirmed.isAwaitingConfirmation()).isFalse();
        assertThat(confirmed.takenOver("node-b").fingerprint()).isEqualTo("f");
        assertThat(confirmed.takenOver("node-b").detail()).isNull();
    }

    @Test
    void the_record_of_a_skip_has_ended_with_its_reason_before_it_began() {
        Run skipped = Run.skipped("tidy", "node-a", DUE, "paused", LATER);
        assertThat(skipped.isSkipped()).isTrue();
        assertThat(skipped.state().isActive()).isFalse();
        assertThat(skipped.due()).isEqualTo(DUE);
        assertThat(skipped.detail()).isEqualTo("paused");
        assertThat(skipped.duration()).contains(Duration.ZERO);
        assertThat(skipped.endedAt()).isEqualTo(LATER);
        assertThat(skipped.isUneventful()).isFalse();
    }

    @Test
    void batches_add_up_and_the_last_one_ends_the_run_and_keeps_the_cursor_before_it() {
        Run first = run.plus(record(BatchResult.next(CURSOR)));
        assertThat(first.state()).isEqualTo(RunState.RUNNING);
        assertThat(first.endedAt()).isNull();
        assertThat(first.lastCursor()).isEqualTo(CURSOR);

        Run last = first.plus(record(BatchResult.finished()));
        assertThat(last.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(last.endedAt()).isEqualTo(LATER);
        assertThat(last.lastCursor()).isEqualTo(CURSOR);
        assertThat(last.batches()).isEqualTo(2);
        assertThat(last.counts().get("examined")).isEqualTo(6);
        assertThat(last.usage().amounts().get(Usage.SELECT)).isEqualTo(14);
        assertThat(last.due()).isEqualTo(DUE);
        assertThat(last.claim()).isEqualTo(run.claim());
    }

    @Test
    void a_take_over_changes_owner_token_and_state_only() {
        Run paused = run.plus(record(BatchResult.next(CURSOR))).ended(RunState.PAUSED, Optional.of("why"), LATER);
        Run taken = paused.takenOver("node-b");
        assertThat(taken)
                .usingRecursiveComparison()
                .ignoringFields("state", "owner", "token", "detail")
                .isEqualTo(paused);
        assertThat(taken.state()).isEqualTo(RunState.RUNNING);
        assertThat(taken.claim()).isEqualTo(new RunClaim(run.id(), "tidy", "node-b", 2));
        assertThat(taken.detail()).isNull();
    }

    @Test
    void a_take_over_counts_as_a_cut_off_only_where_the_run_was_running() {
        assertThat(run.takenOver("node-b").cutOffs()).isEqualTo(1);
        assertThat(run.takenOver("node-b").takenOver("node-c").cutOffs()).isEqualTo(2);
        Run resting = run.ended(RunState.INTERRUPTED, Optional.empty(), LATER);
        assertThat(resting.takenOver("node-b").cutOffs()).isZero();
    }

    @Test
    void a_run_lasts_from_its_creation_to_its_end_and_a_resting_one_has_none() {
        assertThat(run.ended(RunState.SUCCEEDED, Optional.empty(), LATER).duration())
                .contains(Duration.ofSeconds(89));
        assertThat(run.ended(RunState.PAUSED, Optional.empty(), LATER).duration())
                .isEmpty();
        assertThat(run.ended(RunState.INTERRUPTED, Optional.empty(), LATER).endedAt())
                .isNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run.ended(RunState.RUNNING, Optional.empty(), LATER))
                .withMessageContaining("RUNNING given");
    }

    // ---- uneventful runs

    private static Run succeeded(Map<String, Long> counts) {
        BatchResult last = BatchResult.finished().with(Counts.of(counts));
        return Run.begun("tidy", "node-a", Optional.of(DUE), NOW, CREATED).plus(new BatchRecord(last, USED, LATER));
    }

    @ParameterizedTest
    @CsvSource({
        "examined, 5, true",
        "examined.messages, 5, true",
        "deleted, 0, true",
        "skipped.locked, 0, true",
        "deleted.expired, 1, false",
        "skipped.locked, 1, false",
        "bytes, 1, false",
        "examinedTwice, 1, false"
    })
    void a_run_that_only_looked_is_uneventful(String name, long count, boolean uneventful) {
        assertThat(succeeded(Map.of(name, count)).isUneventful()).isEqualTo(uneventful);
    }

    @Test
    void one_that_counted_nothing_is_uneventful() {
        assertThat(succeeded(Map.of()).isUneventful()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = RunState.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"RUNNING", "SUCCEEDED"})
    void one_that_did_not_end_well_is_no_uneventful_one(RunState state) {
        assertThat(run.ended(state, Optional.empty(), LATER).isUneventful()).isFalse();
        assertThat(run.isUneventful()).isFalse();
    }

    @Test
    void an_uneventful_run_that_was_due_may_be_folded_and_one_that_was_asked_for_or_did_something_may_not() {
        assertThat(succeeded(Map.of("examined", 5L)).isFoldable()).isTrue();
        assertThat(succeeded(Map.of("deleted", 5L)).isFoldable()).isFalse();
        Run asked = Run.begun("tidy", "node-a", Optional.empty(), NOW, CREATED)
                .plus(new BatchRecord(BatchResult.finished(), USED, LATER));
        assertThat(asked.isUneventful()).isTrue();
        assertThat(asked.isFoldable()).isFalse();
    }

    @Test
    void folded_runs_are_the_later_line_with_the_sums_of_both() {
        Run earlier = succeeded(Map.of("examined", 3L)).folding(succeeded(Map.of("examined", 10L)));
        assertThat(earlier.folded()).isEqualTo(1);
        Run later = run.takenOver("node-b").plus(record(BatchResult.finished()));
        Run line = later.folding(earlier);
        assertThat(line)
                .usingRecursiveComparison()
                .ignoringFields("batches", "counts", "usage", "folded", "cutOffs")
                .isEqualTo(later);
        assertThat(line.folded()).isEqualTo(2);
        assertThat(line.batches()).isEqualTo(3);
        assertThat(line.counts().get("examined")).isEqualTo(16);
        assertThat(line.usage().amounts().get(Usage.SELECT)).isEqualTo(21);
        assertThat(line.cutOffs()).isEqualTo(1);
        assertThat(later.folding(run.takenOver("node-c").plus(record(BatchResult.finished())))
                        .cutOffs())
                .isEqualTo(2);
    }
}
