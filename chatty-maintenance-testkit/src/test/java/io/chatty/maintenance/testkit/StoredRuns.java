package io.chatty.maintenance.testkit;

import io.chatty.maintenance.run.BatchRecord;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Runs as other engines leave them in a store. */
final class StoredRuns {

    private StoredRuns() {}

    /** A run that an engine began that is dead: its claim has run out at once. */
    static Run begun(RunStore store, String task, String owner, Instant now) {
        return begun(store, task, owner, now, Duration.ZERO);
    }

    /** A run that another engine holds. */
    static Run held(RunStore store, String task, String owner, Instant now) {
        return begun(store, task, owner, now, Duration.ofDays(1));
    }

    private static Run begun(RunStore store, String task, String owner, Instant now, Duration claimFor) {
        Run run = Run.begun(task, owner, Optional.empty(), now, now);
        if (!store.begin(run, store.look(task).lastBegun().map(Run::id), claimFor)) {
            throw new AssertionError("the store did not begin " + run);
        }
        return run;
    }

    /** That run after a batch. */
    static Run afterBatch(RunStore store, Run run, BatchResult result) throws Exception {
        MaintenanceTask task = MaintenanceTask.of(run.task(), () -> {});
        return store.inBatch(run.claim(), task, () -> new BatchRecord(result, Usage.NONE, run.createdAt()));
    }

    /** The history, the oldest first: each run's state, due time, and when it was created, both to the second. */
    static List<String> lines(RunStore store, String task) {
        List<String> lines = new ArrayList<>(store.history(task, 100).stream()
                .map(run -> run.state() + ", due "
                        + Optional.ofNullable(run.due())
                                .map(due -> due.truncatedTo(ChronoUnit.SECONDS))
                                .map(Instant::toString)
                                .orElse("never")
                        + ", at "
                        + run.createdAt().truncatedTo(ChronoUnit.SECONDS))
                .toList());
        Collections.reverse(lines);
        return lines;
    }

    static Optional<Run> active(RunStore store, String task) {
        return store.look(task).active();
    }
}
