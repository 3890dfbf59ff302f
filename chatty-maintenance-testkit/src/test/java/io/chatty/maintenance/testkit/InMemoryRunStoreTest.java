package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InMemoryRunStoreTest extends RunStoreContract {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicLong nanoTime =
            new AtomicLong(Long.MAX_VALUE - 5_000); // it may pass that, as System.nanoTime may

    @Override
    protected RunStore emptyStore() {
        return new InMemoryRunStore(nanoTime::get);
    }

    @Override
    protected void letPass(Duration time) {
        nanoTime.addAndGet(time.toNanos());
    }

    private Run begun(String task) {
        Run run = Run.begun(task, "a", Optional.empty(), NOW, NOW);
        assertThat(store().begin(run, store().look(task).lastBegun().map(Run::id), MINUTE))
                .isTrue();
        return run;
    }

    private void skip(String task, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(store().skip(Run.skipped(task, "a", NOW.plusSeconds(i), "paused", NOW)))
                    .isTrue();
        }
    }

    @Test
    void a_claim_holds_to_the_nanosecond() {
        Run run = begun("tidy");
        letPass(MINUTE.minusNanos(1));
        assertThat(store().takeOver(run, "b", MINUTE)).isEmpty();
        letPass(Duration.ofNanos(1));
        assertThat(store().takeOver(run, "b", MINUTE)).isPresent();
    }

    @Test
    void it_is_of_one_process_and_has_no_clock_of_its_own() {
        assertThat(store().isShared()).isFalse();
        assertThat(store().now()).isEmpty();
        assertThat(store().commitsWith(TASK)).isFalse();
    }

    @Test
    void the_newest_hundred_ended_runs_are_kept() {
        for (int i = 0; i < 150; i++) {
            store().end(begun("tidy").claim(), RunState.SUCCEEDED, Optional.of("run " + i), NOW);
        }
        List<Run> history = store().history("tidy", 1000);
        assertThat(history).hasSize(InMemoryRunStore.RUNS_KEPT);
        assertThat(history).first().extracting(Run::detail).isEqualTo("run 149");
        assertThat(history).last().extracting(Run::detail).isEqualTo("run 50");
    }

    @Test
    void skips_behind_a_paused_run_do_not_pile_up_and_the_run_is_kept() {
        Run paused = store().end(begun("tidy").claim(), RunState.PAUSED, Optional.empty(), NOW);
        skip("tidy", 500);
        assertThat(store().history("tidy", 1000)).hasSize(InMemoryRunStore.RUNS_KEPT + 1);
        assertThat(store().look("tidy").active()).contains(paused);
        assertThat(store().find(paused.id())).contains(paused);
    }

    @Test
    void skips_do_not_push_out_the_newest_run_that_began() {
        Run ended = store().end(begun("tidy").claim(), RunState.SUCCEEDED, Optional.empty(), NOW);
        skip("tidy", 500);
        assertThat(store().history("tidy", 1000))
                .hasSize(InMemoryRunStore.RUNS_KEPT)
                .last()
                .isEqualTo(ended);
        assertThat(store().look("tidy").lastBegun()).contains(ended);
    }

    @Test
    void the_runs_of_one_task_do_not_push_out_those_of_another() {
        Run other = Run.skipped("other", "a", Instant.EPOCH, "paused", NOW);
        assertThat(store().skip(other)).isTrue();
        skip("tidy", 200);
        assertThat(store().find(other.id())).contains(other);
    }
}
