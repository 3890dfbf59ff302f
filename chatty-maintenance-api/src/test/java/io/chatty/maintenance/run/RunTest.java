package io.chatty.maintenance.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunTest {

    private static final Instant NOW = Instant.parse("2026-03-01T02:30:00Z");
    private static final Instant LATER = NOW.plusSeconds(90);

    private final Run run = Run.begun("tidy", "node-a", NOW, NOW.plusSeconds(1));

    @Test
    void a_batch_adds_up_and_the_last_one_keeps_the_cursor_before_it() {
        Counts three = Counts.none().plus("examined", 3);
        Run after = run.plus(BatchResult.next(new Cursor("a")).with(three))
                .plus(BatchResult.finished().with(three));
        assertThat(after.batches()).isEqualTo(2);
        assertThat(after.counts().get("examined")).isEqualTo(6);
        assertThat(after.lastCursor()).isEqualTo(new Cursor("a"));
    }

    @Test
    void a_take_over_changes_owner_token_and_state_only() {
        Run paused = run.plus(BatchResult.next(new Cursor("a"))).ended(RunState.PAUSED, Optional.of("why"), LATER);
        Run taken = paused.takenOver("node-b");
        assertThat(taken.state()).isEqualTo(RunState.RUNNING);
        assertThat(taken.claim()).isEqualTo(new RunClaim(run.id(), "tidy", "node-b", 2));
        assertThat(taken.now()).isEqualTo(NOW);
        assertThat(taken.createdAt()).isEqualTo(run.createdAt());
        assertThat(taken.lastCursor()).isEqualTo(new Cursor("a"));
        assertThat(taken.detail()).isNull();
    }

    @Test
    void a_run_lasts_from_its_creation_to_its_end_and_a_resting_one_has_none() {
        assertThat(run.ended(RunState.SUCCEEDED, Optional.empty(), LATER).duration())
                .contains(Duration.ofSeconds(89));
        assertThat(run.ended(RunState.PAUSED, Optional.empty(), LATER).duration())
                .isEmpty();
        assertThat(run.ended(RunState.INTERRUPTED, Optional.empty(), LATER).endedAt())
                .isNull();
        assertThatIllegalArgumentException().isThrownBy(() -> run.ended(RunState.RUNNING, Optional.empty(), LATER));
    }
}
