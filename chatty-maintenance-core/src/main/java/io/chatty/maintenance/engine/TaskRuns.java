package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.ClaimState;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.TaskRecord;
import io.chatty.maintenance.task.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What {@link InMemoryRunStore} knows of one task. Not thread-safe. */
final class TaskRuns {

    private final Map<RunId, Run> runs = new LinkedHashMap<>(); // the oldest first
    private boolean paused;
    private @Nullable Instant breaker;
    private @Nullable Run lastBegun; // as it is now; the only one that can be active
    private long claimedAt; // of the active run
    private Duration claimedFor = Duration.ZERO;
    private boolean cancelAsked;

    TaskRecord record() {
        Optional<Run> last = Optional.ofNullable(lastBegun);
        return new TaskRecord(
                paused,
                Optional.ofNullable(breaker),
                last.filter(run -> run.state().isActive()),
                last);
    }

    boolean begin(Run fresh, Optional<RunId> lastSeen, long nanoTime, Duration claimFor) {
        Optional<Run> last = Optional.ofNullable(lastBegun);
        if (last.filter(run -> run.state().isActive()).isPresent()
                || !last.map(Run::id).equals(lastSeen)) {
            return false;
        }
        claim(nanoTime, claimFor);
        cancelAsked = false;
        lastBegun = fresh;
        add(fresh);
        return true;
    }

    boolean skip(Run skipped) {
        if (runs.values().stream().anyMatch(run -> run.isSkipped() && Objects.equals(run.due(), skipped.due()))) {
            return false;
        }
        add(skipped);
        return true;
    }

    Optional<Run> takeOver(Run seen, String owner, long nanoTime, Duration claimFor) {
        return find(seen.id())
                .filter(run -> run.state().isActive() && run.token() == seen.token() && !run.isAwaitingConfirmation())
                .filter(run -> run.state() != RunState.RUNNING
                        || run.owner().equals(owner)
                        || nanoTime - claimedAt >= claimedFor.toNanos())
                .map(run -> {
                    claim(nanoTime, claimFor);
                    return replace(run.takenOver(owner));
                });
    }

    ClaimState renew(RunClaim claim, long nanoTime, Duration claimFor) {
        if (claimed(claim).isEmpty()) {
            return new ClaimState(false, false, false);
        }
        claim(nanoTime, claimFor);
        return new ClaimState(true, cancelAsked, paused);
    }

    private void claim(long nanoTime, Duration claimFor) {
        claimedAt = nanoTime;
        claimedFor = claimFor;
    }

    boolean askCancel(RunId id) {
        boolean running =
                find(id).filter(run -> run.state() == RunState.RUNNING).isPresent();
        cancelAsked |= running;
        return running;
    }

    Optional<Run> settle(Run waiting, RunState state, String detail, Instant at) {
        return find(waiting.id())
                .filter(run -> run.isAwaitingConfirmation() && run.token() == waiting.token())
                .map(run -> replace(run.ended(state, Optional.of(detail), at)));
    }

    Optional<Run> claimed(RunClaim claim) {
        return find(claim.runId())
                .filter(run -> run.state() == RunState.RUNNING && run.claim().equals(claim));
    }

    Optional<Run> find(RunId id) {
        return Optional.ofNullable(runs.get(id));
    }

    /** The newest first. */
    List<Run> newest(int limit) {
        List<Run> newest = new ArrayList<>(runs.values());
        Collections.reverse(newest);
        return List.copyOf(newest.subList(0, Math.min(limit, newest.size())));
    }

    Run replace(Run changed) {
        runs.put(changed.id(), changed);
        if (isLastBegun(changed)) {
            lastBegun = changed;
        }
        trim();
        return changed;
    }

    private void add(Run run) {
        runs.put(run.id(), run);
        trim();
    }

    private void trim() {
        boolean active = lastBegun != null && lastBegun.state().isActive();
        remove(run -> true, runs.size() - (active ? 1 : 0) - InMemoryRunStore.RUNS_KEPT);
    }

    int forget(Instant endedBefore, int limit) {
        return remove(run -> run.endedAt() != null && run.endedAt().isBefore(endedBefore), limit);
    }

    /** Removes the oldest of those, so many at most; never the newest that began, which may be active and is looked for. */
    private int remove(Predicate<Run> which, int limit) {
        int removed = 0;
        Iterator<Run> oldest = runs.values().iterator();
        while (removed < limit && oldest.hasNext()) {
            Run run = oldest.next();
            if (!isLastBegun(run) && which.test(run)) {
                oldest.remove();
                removed++;
            }
        }
        return removed;
    }

    private boolean isLastBegun(Run run) {
        return lastBegun != null && lastBegun.id().equals(run.id());
    }

    void fold(RunId id) {
        List<Run> begun = newest(runs.size()).stream()
                .filter(run -> !run.isSkipped())
                .dropWhile(run -> !run.id().equals(id))
                .limit(2)
                .toList();
        if (begun.size() == 2 && begun.get(0).isFoldableWith(begun.get(1))) {
            Run earlier = begun.get(1);
            runs.remove(earlier.id());
            replace(begun.get(0).folding(earlier));
        }
    }

    void setPaused(boolean isPaused) {
        paused = isPaused;
    }

    void setBreaker(Optional<Instant> openedAt) {
        breaker = openedAt.orElse(null);
    }
}
