package io.chatty.maintenance.testkit;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An in-memory store of which a test changes one thing. */
class ForwardingStore implements RunStore {

    final RunStore target = new InMemoryRunStore();

    @Override
    public Optional<Run> begin(String task, String owner, Instant now, Instant createdAt) {
        return target.begin(task, owner, now, createdAt);
    }

    @Override
    public Run skip(String task, String owner, String reason, Instant at) {
        return target.skip(task, owner, reason, at);
    }

    @Override
    public Optional<Run> takeOver(Run seen, String owner) {
        return target.takeOver(seen, owner);
    }

    @Override
    public Run inBatch(RunClaim claim, MaintenanceTask task, Batch batch) throws Exception {
        return target.inBatch(claim, task, batch);
    }

    @Override
    public Run end(RunClaim claim, RunState state, Optional<String> detail, Instant at) {
        return target.end(claim, state, detail, at);
    }

    @Override
    public Optional<Run> find(RunId id) {
        return target.find(id);
    }

    @Override
    public Optional<Run> active(String task) {
        return target.active(task);
    }

    @Override
    public List<Run> history(String task, int limit) {
        return target.history(task, limit);
    }

    @Override
    public void setPaused(String task, boolean paused) {
        target.setPaused(task, paused);
    }

    @Override
    public boolean isPaused(String task) {
        return target.isPaused(task);
    }
}
