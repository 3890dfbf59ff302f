package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InMemoryRunStoreTest extends RunStoreContract {

    private static final Instant NOW = Instant.parse("2026-03-01T02:30:00Z");

    @Override
    protected RunStore emptyStore() {
        return new InMemoryRunStore();
    }

    @Test
    void the_newest_hundred_ended_runs_are_kept() {
        RunStore store = new InMemoryRunStore();
        for (int i = 0; i < 150; i++) {
            Run run = store.begin("tidy", "a", NOW, NOW).orElseThrow();
            store.end(run.claim(), RunState.SUCCEEDED, Optional.of("run " + i), NOW);
        }
        List<Run> history = store.history("tidy", 1000);
        assertThat(history).hasSize(InMemoryRunStore.RUNS_KEPT);
        assertThat(history).first().extracting(Run::detail).isEqualTo("run 149");
        assertThat(history).last().extracting(Run::detail).isEqualTo("run 50");
    }

    @Test
    void skips_behind_a_paused_run_do_not_pile_up_and_the_run_is_kept() {
        RunStore store = new InMemoryRunStore();
        Run run = store.begin("tidy", "a", NOW, NOW).orElseThrow();
        Run paused = store.end(run.claim(), RunState.PAUSED, Optional.empty(), NOW);
        for (int i = 0; i < 500; i++) {
            store.skip("tidy", "a", "paused", NOW);
        }
        assertThat(store.history("tidy", 1000)).hasSize(InMemoryRunStore.RUNS_KEPT + 1);
        assertThat(store.active("tidy")).contains(paused);
    }

    @Test
    void the_runs_of_one_task_do_not_push_out_those_of_another() {
        RunStore store = new InMemoryRunStore();
        Run other = store.skip("other", "a", "paused", NOW);
        for (int i = 0; i < 200; i++) {
            store.skip("tidy", "a", "paused", NOW);
        }
        assertThat(store.find(other.id())).contains(other);
    }
}
