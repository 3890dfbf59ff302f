package io.chatty.maintenance.testkit;

import io.chatty.maintenance.engine.InMemoryRunStore;
import io.chatty.maintenance.run.ClaimState;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A store, in memory if no other is given, of which a test changes one thing. */
class ForwardingStore implements RunStore {

    final RunStore target;

    ForwardingStore() {
        this(new InMemoryRunStore());
    }

    ForwardingStore(RunStore target) {
        this.target = target;
    }

    @Override
    public TaskRecord look(String task) {
        return target.look(task);
    }

    @Override
    public boolean begin(Run fresh, Optional<RunId> lastSeen, Duration claimFor) {
        return target.begin(fresh, lastSeen, claimFor);
    }

    @Override
    public boolean skip(Run skipped) {
        return target.skip(skipped);
    }

    @Override
    public Optional<Run> takeOver(Run seen, String owner, Duration claimFor) {
        return target.takeOver(seen, owner, claimFor);
    }

    @Override
    public ClaimState renew(RunClaim claim, Duration claimFor) {
        return target.renew(claim, claimFor);
    }

    @Override
    public boolean askCancel(RunId id) {
        return target.askCancel(id);
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
    public Optional<Run> settle(Run waiting, RunState state, String detail, Instant at) {
        return target.settle(waiting, state, detail, at);
    }

    @Override
    public void fold(Run uneventful) {
        target.fold(uneventful);
    }

    @Override
    public int forget(Instant endedBefore, int limit) {
        return target.forget(endedBefore, limit);
    }

    @Override
    public Optional<Run> find(RunId id) {
        return target.find(id);
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
    public void setBreaker(String task, Optional<Instant> openedAt) {
        target.setBreaker(task, openedAt);
    }
}
