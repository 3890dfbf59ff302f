package io.chatty.maintenance.engine;

import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * The end of an engine, within its bound: runs are asked to stop, then their batches are cancelled, then their threads
 * interrupted; then whatever else may hold a connection of the host's is waited for; at last all threads end. An interrupt cuts
 * each waiting short, and none of the steps.
 */
final class Closing {

    /** What a close adds to its bound, for batches that had to be ended, and once more for events not yet told. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Collection<TaskSlot> slots;
    private final Parts parts;
    private final long batchesUntil;
    private final long workUntil;
    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final Set<RunLoop> loops = new LinkedHashSet<>();
    private boolean interrupted;

    Closing(Collection<TaskSlot> slots, Parts parts) {
        this.slots = slots;
        this.parts = parts;
        this.batchesUntil = System.nanoTime() + parts.settings.closeTimeout().toNanos();
        this.workUntil = batchesUntil + GRACE.toNanos();
    }

    /**
     * Does all of it.
     *
     * @param awaitStart waits for a start in another thread, until that {@link System#nanoTime}; false if interrupted
     */
    void run(LongPredicate awaitStart) {
        askToStop();
        interrupted = !awaitStart.test(batchesUntil);
        loops.addAll(loops()); // those that the start took over meanwhile, and asked to stop
        if (!interrupted) {
            await(loops, until(batchesUntil));
        }
        endBatches();
        tellOutcomes();
        interrupted |= !parts.settle(interrupted ? Duration.ZERO : until(workUntil));
        interrupted |= !parts.close(GRACE);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Aside, for workers of the host may do the end of a run in the thread that hands it over, and its store may hang. */
    private void askToStop() {
        loops.addAll(loops());
        loops.forEach(loop ->
                loop.note(RunLoop.Stop.CLOSE)); // here: a batch that is cancelled before it knows why has failed
        Parts.asideOrHere("close", () -> {
            loops().forEach(loop -> loop.stop(RunLoop.Stop.CLOSE));
            parts.dispatcher.close();
            asked.complete(null);
        });
    }

    /** The runs that go on here. */
    private List<RunLoop> loops() {
        return slots.stream().flatMap(slot -> slot.loop().stream()).toList();
    }

    private void endBatches() {
        List<RunLoop> late =
                loops.stream().filter(loop -> !loop.done().isDone()).toList();
        if (late.isEmpty()) {
            return;
        }
        late.forEach(RunLoop::cancelBatch);
        // Not at once: an embedded database whose files are read by an interrupted thread is broken for the host too.
        await(late, GRACE.dividedBy(2));
        if (!late.stream().allMatch(loop -> loop.done().isDone())) {
            parts.workers.interrupt();
            await(late, GRACE.dividedBy(2));
        }
    }

    private void tellOutcomes() {
        for (RunLoop loop : loops) {
            parts.log.info("On close, the run of {} {}", loop.run().task(), outcome(loop));
            // Nobody may have to wait for a run that a shut down executor has dropped.
            loop.done()
                    .completeExceptionally(new MaintenanceException("the engine was closed before run "
                            + loop.run().id() + " of " + loop.run().task() + " ended"));
        }
    }

    private static String outcome(RunLoop loop) {
        if (!loop.done().isDone()) {
            return "did not end in time; it is taken over at the next start, and what it has not committed is done again";
        }
        return loop.done().isCompletedExceptionally()
                ? "was left, and its end could not be stored; it is taken over at the next start"
                : "is " + loop.run().state();
    }

    private void await(Collection<RunLoop> ending, Duration bound) {
        CompletableFuture<Void> all = CompletableFuture.allOf(
                Stream.concat(Stream.of(asked), ending.stream().map(RunLoop::done))
                        .toArray(CompletableFuture<?>[]::new));
        try {
            all.get(bound.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return; // each run's own log line says how it ended
        } catch (InterruptedException e) {
            interrupted = true;
        }
    }

    private static Duration until(long nanoTime) {
        return Duration.ofNanos(nanoTime - System.nanoTime());
    }
}
