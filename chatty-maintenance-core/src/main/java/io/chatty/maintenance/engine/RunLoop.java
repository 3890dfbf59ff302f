package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.run.RunStore;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Does the batches of one claimed run, one after the other, until the task has finished, fails, or is asked to stop.
 *
 * <p>It is asked by {@link #stop}: between two batches the loop takes the wish and stores the state that goes with it. The
 * first wish that ends the run here wins; a wish to pause can be {@linkplain #withdrawPause withdrawn} until it is taken.
 */
final class RunLoop {

    private static final Logger LOG = LoggerFactory.getLogger(RunLoop.class);
    private static final int DETAIL_LENGTH = 2000;

    /** Why a loop is to stop, and the state of a run that was. */
    enum Stop {
        PAUSE(RunState.PAUSED),
        CLOSE(RunState.INTERRUPTED),
        CANCEL(RunState.CANCELLED);

        private final RunState state;

        Stop(RunState state) {
            this.state = state;
        }
    }

    private final MaintenanceTask task;
    private final RunStore store;
    private final InstantSource clock;
    private final int batchSize;
    private final EventQueue events;
    private final CompletableFuture<Run> done = new CompletableFuture<>();

    private volatile Run run;
    private @Nullable Stop stop; // guarded by this
    private boolean taken; // guarded by this: the wish, or the end, is being stored
    private @Nullable BatchContext batch; // guarded by this

    RunLoop(MaintenanceTask task, Run run, RunStore store, InstantSource clock, int batchSize, EventQueue events) {
        this.task = task;
        this.run = run;
        this.store = store;
        this.clock = clock;
        this.batchSize = batchSize;
        this.events = events;
    }

    Run run() {
        return run;
    }

    CompletableFuture<Run> done() {
        return done;
    }

    /**
     * Asks the loop to stop after the batch in flight. A cancel is stronger than a close, a close than a pause.
     *
     * @return false if it is too late, since the loop is storing its end
     */
    synchronized boolean stop(Stop wish) {
        if (taken) {
            return false;
        }
        if (stop == null || wish.compareTo(stop) > 0) {
            stop = wish;
        }
        return true;
    }

    /** Takes a wish to pause back; false if it is too late, or another wish is in force. */
    synchronized boolean withdrawPause() {
        if (taken || (stop != null && stop != Stop.PAUSE)) {
            return false;
        }
        stop = null;
        return true;
    }

    /** Ends the batch in flight; what the task has to do for that is done by the executor. */
    void cancelBatch(Executor executor) {
        BatchContext current;
        synchronized (this) {
            current = batch;
        }
        if (current != null) {
            current.cancel(executor);
        }
    }

    private synchronized @Nullable Stop takeStop() {
        taken = stop != null;
        return stop;
    }

    private synchronized void setBatch(@Nullable BatchContext current) {
        batch = current;
        if (current != null && stop == Stop.CANCEL) {
            current.cancel(Runnable::run); // asked for between takeStop and here
        }
    }

    /**
     * Does the run. Throws nothing, and leaves the thread uninterrupted.
     *
     * @param release called when the run no longer goes on here, before anyone is told
     */
    void work(Runnable release) {
        MDC.put("task", run.task());
        MDC.put("run", run.id().value());
        try {
            boolean resumed = run.token() > 1;
            LOG.info("Run of {} {}, now is {}", run.task(), resumed ? "goes on" : "begins", run.now());
            events.publish(resumed ? new MaintenanceEvent.RunResumed(run) : new MaintenanceEvent.RunStarted(run));
            run = end(batches());
            String line = "Run of {} is {} after {} batches: {}{}";
            String detail = run.detail() == null ? "" : ", because " + run.detail();
            if (run.state() == RunState.FAILED) {
                LOG.error(line, run.task(), run.state(), run.batches(), run.counts(), detail);
            } else {
                LOG.info(line, run.task(), run.state(), run.batches(), run.counts(), detail);
            }
            release.run();
            events.publish(new MaintenanceEvent.RunStopped(run));
            done.complete(run);
        } catch (ClaimLostException e) {
            LOG.warn("{}; this engine leaves it alone", e.getMessage());
            release.run();
            done.completeExceptionally(e);
        } catch (Throwable e) { // nothing that a store does may end the engine's thread
            LOG.error("The end of the run could not be stored; it is taken up again at its next due time", e);
            release.run();
            done.completeExceptionally(e);
        } finally {
            Thread.interrupted(); // an interrupt was meant for this run, not for the thread's next
            MDC.remove("task");
            MDC.remove("run");
        }
    }

    private record Ending(RunState state, Optional<String> detail) {}

    private Run end(Ending ending) {
        Thread.interrupted(); // storing must not fail because the batch was interrupted
        return store.end(run.claim(), ending.state(), ending.detail(), clock.instant());
    }

    private Ending batches() {
        while (true) {
            Stop wish = takeStop();
            if (wish != null) {
                return new Ending(wish.state, Optional.empty());
            }
            BatchContext context = new BatchContext(run.id(), run.lastCursor(), batchSize, run.now());
            try {
                setBatch(context);
                BatchResult result = batch(context);
                if (result.isFinished()) {
                    markTaken();
                    return new Ending(RunState.SUCCEEDED, Optional.empty());
                }
            } catch (ClaimLostException e) {
                throw e;
            } catch (Throwable e) { // an Error of a task must not end the engine
                return afterFailure(e, context);
            } finally {
                setBatch(null);
            }
        }
    }

    private BatchResult batch(BatchContext context) throws Exception {
        BatchResult[] result = new BatchResult[1];
        Run before = run;
        run = store.inBatch(before.claim(), task, () -> {
            result[0] = checked(task.runBatch(context), before.lastCursor(), "runBatch");
            return result[0];
        });
        LOG.debug("Batch {}: {}", run.batches(), result[0]);
        events.publish(new MaintenanceEvent.BatchCommitted(run, result[0]));
        return result[0];
    }

    /** Refuses a result that breaks the contract of a task: null, and one with which the batches would never end. */
    static BatchResult checked(@Nullable BatchResult result, @Nullable Cursor given, String method) {
        Objects.requireNonNull(result, () -> method + " gave null instead of a BatchResult");
        if (result.counts().equals(Counts.none())
                && result.next().filter(next -> next.equals(given)).isPresent()) {
            throw new IllegalStateException(
                    method + " gave back the cursor that it was given and counted nothing:" + " it would never end");
        }
        return result;
    }

    private synchronized void markTaken() {
        taken = true;
    }

    private Ending afterFailure(Throwable failure, BatchContext context) {
        Stop wish = takeStop();
        if (wish != null && (context.isCancelled() || failure instanceof InterruptedException)) {
            LOG.info("The batch in flight was ended and left no record: {}", failure.toString());
            return new Ending(wish.state, Optional.empty());
        }
        markTaken();
        LOG.error("A batch of {} failed", run.task(), failure);
        return new Ending(RunState.FAILED, Optional.of(describe(failure)));
    }

    /** The failure and its causes, for a person. */
    private static String describe(Throwable failure) {
        StringBuilder text = new StringBuilder(failure.toString());
        Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (text.indexOf(String.valueOf(cause.getMessage())) < 0) {
                text.append("; caused by ").append(cause);
            }
            cause = cause.getCause();
        }
        return text.length() > DETAIL_LENGTH ? text.substring(0, DETAIL_LENGTH) : text.toString();
    }
}
