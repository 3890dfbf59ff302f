package io.chatty.maintenance.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.engine.MaintenanceEngine;
import io.chatty.maintenance.engine.Schedules;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.MaintenanceException;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskContext;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is kept of runs, and for how long. */
@Timeout(60)
class HistoryTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final Stepped stepped = new Stepped();
    private final InMemoryRunStore store = new InMemoryRunStore();

    private Counts counts = Counts.none().plus("examined", 7);
    private final MaintenanceTask looking = new MaintenanceTask() {
        @Override
        public String name() {
            return "looking";
        }

        @Override
        public BatchResult runBatch(TaskContext context) {
            return BatchResult.finished().with(counts);
        }
    };

    @Test
    void runs_are_forgotten_when_they_are_older_than_is_set_but_never_the_last_of_a_task() {
        MaintenanceEngine engine = stepped.timed(store)
                .settings(s -> s.historyFor(DAY.multipliedBy(3)))
                .task(new CountedTask("daily", 1), Schedules.every(DAY))
                .task(new CountedTask("once", 1))
                .build();
        engine.start();
        Run once = engine.runNow("once").join();
        stepped.advance(DAY.multipliedBy(30).plusMinutes(1));
        assertThat(engine.history("daily", 100))
                .hasSize(4)
                .allSatisfy(
                        run -> assertThat(run.createdAt()).isAfterOrEqualTo(Stepped.START.plus(DAY.multipliedBy(27))));
        assertThat(engine.history("once", 100)).containsExactly(once);
        engine.close();
    }

    @Test
    void runs_of_a_schedule_that_only_looked_fold_into_one_line_a_day() {
        MaintenanceEngine engine =
                stepped.timed(store).task(looking, Schedules.every(HOUR)).build();
        engine.start();
        stepped.advance(DAY.multipliedBy(2).minusMinutes(1));
        List<Run> lines = engine.history("looking", 100);
        assertThat(lines).hasSize(2);
        assertThat(lines).extracting(Run::folded).containsExactly(23L, 22L);
        assertThat(lines).extracting(run -> run.counts().get("examined")).containsExactly(24L * 7, 23L * 7);
        engine.close();
    }

    @Test
    void runs_that_did_something_failed_or_were_asked_for_stay_lines_of_their_own() {
        MaintenanceEngine engine =
                stepped.timed(store).task(looking, Schedules.every(HOUR)).build();
        engine.start();
        stepped.advance(HOUR.multipliedBy(3).plusMinutes(1));
        assertThat(engine.history("looking", 100)).hasSize(1);
        counts = counts.plus("deleted", 1);
        stepped.advance(HOUR);
        assertThat(engine.history("looking", 100)).hasSize(2);
        counts = Counts.none();
        Run asked = engine.runNow("looking").join();
        assertThat(engine.history("looking", 100)).hasSize(3).contains(asked);
        stepped.advance(HOUR.multipliedBy(2));
        assertThat(engine.history("looking", 100)).hasSize(4).contains(asked);
        assertThat(engine.find(asked.id())).contains(asked);
        engine.close();
    }

    @Test
    void a_store_that_cannot_fold_or_forget_fails_no_run() {
        MaintenanceEngine engine = stepped.timed(new ForwardingStore(store) {
                    @Override
                    public void fold(Run uneventful) {
                        throw new MaintenanceException("the database is away");
                    }

                    @Override
                    public int forget(java.time.Instant endedBefore, int limit) {
                        throw new MaintenanceException("the database is away");
                    }
                })
                .task(looking, Schedules.every(HOUR))
                .build();
        engine.start();
        stepped.advance(HOUR.multipliedBy(3).plusMinutes(1));
        assertThat(engine.history("looking", 100)).hasSize(3).allMatch(run -> run.state() == RunState.SUCCEEDED);
        assertThat(engine.health().reasons()).isEmpty();
        engine.close();
    }
}
