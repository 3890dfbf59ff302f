package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps runs in memory: the newest {@value #RUNS_KEPT} ended runs of each task. Nothing survives a restart, and a batch's
 * record follows what the batch committed. Thread-safe.
 */
public final class InMemoryRunStore implements RunStore {

    /** How many ended runs are kept of each task. */
    public static final int RUNS_KEPT = 100;

    private final Map<String, Deque<Run>> runs = new HashMap<>(); // by task, the newest first
    private final Set<String> paused = new HashSet<>();

    /** An empty store. */
    public InMemoryRunStore() {}

    @Override
    public synchronized Optional<Run> begin(String task, String owner, Instant now, Instant createdAt) {
        if (active(task).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(add(Run.begun(task, owner, now, createdAt)));
    }

    @Override
    public synchronized Run skip(String task, String owner, String reason, Instant at) {
        return add(Run.skipped(task, owner, reason, at));
    }

    @Override
    public synchronized Optional<Run> takeOver(Run seen, String owner) {
        return find(seen.id())
                .filter(run -> run.state().isActive() && run.token() == seen.token())
                .map(run -> replace(run.takenOver(owner)));
    }

    @Override
    public Run inBatch(RunClaim claim, MaintenanceTask task, Batch batch) throws Exception {
        claimed(claim);
        BatchResult result = batch.run();
        synchronized (this) {
            return replace(claimed(claim).plus(result));
        }
    }

    @Override
    public synchronized Run end(RunClaim claim, RunState state, Optional<String> detail, Instant at) {
        return replace(claimed(claim).ended(state, detail, at));
    }

    @Override
    public synchronized Optional<Run> find(RunId id) {
        return runs.values().stream()
                .flatMap(Deque::stream)
                .filter(run -> run.id().equals(id))
                .findFirst();
    }

    @Override
    public synchronized Optional<Run> active(String task) {
        return ofTask(task).stream().filter(run -> run.state().isActive()).findFirst();
    }

    @Override
    public synchronized List<Run> history(String task, int limit) {
        return ofTask(task).stream().limit(limit).toList();
    }

    @Override
    public synchronized void setPaused(String task, boolean isPaused) {
        if (isPaused) {
            paused.add(task);
        } else {
            paused.remove(task);
        }
    }

    @Override
    public synchronized boolean isPaused(String task) {
        return paused.contains(task);
    }

    private Deque<Run> ofTask(String task) {
        return runs.computeIfAbsent(task, name -> new ArrayDeque<>());
    }

    private synchronized Run claimed(RunClaim claim) {
        return find(claim.runId())
                .filter(run -> run.state() == RunState.RUNNING && run.claim().equals(claim))
                .orElseThrow(() -> new ClaimLostException(claim));
    }

    private Run add(Run run) {
        Deque<Run> ofTask = ofTask(run.task());
        ofTask.addFirst(run);
        trim(ofTask);
        return run;
    }

    /** Looks past an active run, which may be old: skips pile up behind a long pause. */
    private static void trim(Deque<Run> ofTask) {
        long ended = ofTask.stream().filter(run -> !run.state().isActive()).count();
        Iterator<Run> oldest = ofTask.descendingIterator();
        while (ended > RUNS_KEPT) {
            if (!oldest.next().state().isActive()) {
                oldest.remove();
                ended--;
            }
        }
    }

    private Run replace(Run changed) {
        runs.computeIfPresent(changed.task(), (task, ofTask) -> {
            Deque<Run> replaced = new ArrayDeque<>();
            ofTask.forEach(run -> replaced.addLast(run.id().equals(changed.id()) ? changed : run));
            trim(replaced);
            return replaced;
        });
        return changed;
    }
}
