package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.BatchRecord;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.run.ClaimState;
import io.chatty.maintenance.run.MaintenanceEvent;
import io.chatty.maintenance.run.Run;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunState;
import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.Counts;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.MaintenanceTask;
import io.chatty.maintenance.task.TaskFingerprints;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Does the batches of one claimed run, one after the other, until the task has finished, fails, or is asked to stop.
 *
 * <p>It works in turns, which the dispatcher gives it. Whenever it has to wait (for a signal, a rate, a retry, a worker), its
 * turn ends: a run that waits holds no thread, no connection and no transaction, and the timer queues it for its next turn.
 *
 * <p>It is asked to end by {@link #stop}: between two batches, or while it waits, the loop takes the wish and stores the state
 * that goes with it. The first wish that ends the run here wins; a wish to pause can be {@linkplain #withdrawPause withdrawn}
 * until it is taken.
 */
final class RunLoop implements Dispatcher.Turn, ClaimKeeper.Holder {

    /** After so long in turns on end, others of its priority go first. */
    private static final Duration SHARE = Duration.ofSeconds(1);

    /** Why a loop is to stop, and the state of a run that was; the later is the stronger. */
    enum Stop {
        PAUSE(RunState.PAUSED),
        CLOSE(RunState.INTERRUPTED),
        CANCEL(RunState.CANCELLED),
        /** The claim is lost, or may be: nothing is stored any more. */
        LOST(RunState.RUNNING);

        private final RunState state;

        Stop(RunState state) {
            this.state = state;
        }
    }

    private record Ending(RunState state, Optional<String> detail) {}

    /** A batch that was ended because the loop is to stop. */
    static final class StoppedException extends Exception {
        private static final long serialVersionUID = 1;

        StoppedException(@Nullable Throwable cause) {
            super(cause);
        }
    }

    private final Parts parts;
    private final TaskSlot slot;
    private final ClaimKeeper.Kept claim;
    private final Pace pace;
    private final UsageMeter usage;
    private final Tries tries = new Tries();
    private final CompletableFuture<Run> done = new CompletableFuture<>();

    private volatile @Nullable MaintenanceTask task; // made for the first batch
    private volatile String fingerprint = ""; // the task's
    private volatile Run run;
    private volatile Optional<Wait> waiting = Optional.empty();

    private final long begun;

    // Used by the turn alone; turns follow one another.
    private boolean announced;
    private boolean rested;
    private long waitingSince;
    private long turnBegan;
    private long worked;
    private Duration lastBatch = Duration.ZERO;

    private @Nullable Stop stop; // guarded by this
    private boolean taken; // guarded by this: the wish, or the end, is being stored
    private @Nullable BatchContext batch; // guarded by this
    private @Nullable Thread thread; // guarded by this: the one that is in the batch
    private Dispatcher.@Nullable Permit permit; // guarded by this
    private boolean writtenOff; // guarded by this
    private Timer.@Nullable Shot shot; // guarded by this: it ends the wait

    /** @param askedAt the tick before the run's claim was asked for */
    RunLoop(Parts parts, TaskSlot slot, Run run, long askedAt) {
        this.parts = parts;
        this.slot = slot;
        this.run = run;
        this.pace = new Pace(slot.settings());
        this.usage = new UsageMeter(parts.ticker);
        this.begun = parts.ticker.getAsLong();
        this.waitingSince = begun;
        slot.meters.begun();
        this.claim = parts.claims.keep(this, askedAt);
    }

    Run run() {
        return run;
    }

    /** The task; empty if none was made. */
    Optional<MaintenanceTask> task() {
        return Optional.ofNullable(task);
    }

    CompletableFuture<Run> done() {
        return done;
    }

    /** Why it waits at the moment; empty if it works, or waits for a worker. */
    Optional<Wait> waiting() {
        return waiting;
    }

    int batchSize() {
        return pace.size();
    }

    @Override
    public Priority priority() {
        return slot.settings().priority();
    }

    @Override
    public Optional<String> group() {
        return slot.settings().group();
    }

    // ---- wishes

    /**
     * Asks the loop to stop after the batch in flight.
     *
     * @return false if it is too late, since the loop is storing its end
     */
    boolean stop(Stop wish) {
        if (!note(wish)) {
            return false;
        }
        wake();
        return true;
    }

    /** The same for a loop that is in a batch; one that waits has to be woken by {@link #stop}. Does not block. */
    synchronized boolean note(Stop wish) {
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

    /** Whether it has taken a wish, or has come to its end by itself, and only has to store that. */
    synchronized boolean isEnding() {
        return taken;
    }

    /** Ends the batch in flight; what the task has to do for that is done aside, for it may hang. */
    void cancelBatch() {
        BatchContext current;
        synchronized (this) {
            current = batch;
        }
        if (current != null) {
            current.cancel();
        }
    }

    private synchronized @Nullable Stop takeStop() {
        taken = stop != null;
        return stop;
    }

    private synchronized boolean isStopWanted() {
        return stop != null;
    }

    private synchronized boolean isCancelWanted() {
        return stop == Stop.CANCEL;
    }

    private synchronized void setTaken(boolean isTaken) {
        taken = isTaken || writtenOff;
    }

    // ---- turns

    @Override
    public boolean isToEnd() {
        return isStopWanted();
    }

    @Override
    public void take(Dispatcher.Permit given) {
        synchronized (this) {
            permit = given;
        }
        boolean wasInterrupted = Thread.interrupted(); // before the run had this thread: the batch is not to see it
        turnBegan = parts.ticker.getAsLong();
        String waitedFor = waiting.map(Wait::kind).orElse(Wait.WORKER);
        usage.add("wait." + waitedFor, turnBegan - waitingSince);
        slot.meters.waited(waitedFor, turnBegan - waitingSince);
        waiting = Optional.empty();
        EngineLog.Mark mark = EngineLog.mark(run);
        Optional<Wait> wait = Optional.empty();
        try {
            // One that was to end, and is not any more since its pause was withdrawn, goes on within the limits.
            wait = given.counts() || isStopWanted() || parts.isClosed
                    ? goOn()
                    : Optional.of(new Wait(Duration.ZERO, Wait.WORKER, "others go first"));
        } catch (ClaimLostException e) {
            leave(e);
        } catch (Throwable e) { // nothing that a store does may end the engine's thread
            parts.log.of(run, Level.ERROR, "The run could not go on; it is taken up again at its next due time", e);
            leave(e);
        } finally {
            Thread.interrupted(); // an interrupt was meant for this run, not for the thread's next
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
            mark.restore();
            worked += parts.ticker.getAsLong() - turnBegan;
            waitingSince = parts.ticker.getAsLong();
        }
        wait.ifPresent(this::rest);
    }

    @Override
    public void refused(Throwable reason) {
        synchronized (this) {
            taken = true;
        }
        String detail = "the worker executor refused the run: " + reason;
        Parts.asideOrHere(
                "refused",
                () -> { // off the timer: it is the store that is to be told
                    try {
                        finish(new Ending(
                                parts.isClosed ? RunState.INTERRUPTED : RunState.FAILED, Optional.of(detail)));
                    } catch (RuntimeException e) {
                        parts.log.of(run, Level.ERROR, "The run could not go on: {}", detail, e);
                        leave(e);
                    }
                });
    }

    /** The last thing that a turn does: from here on, the next may begin on another thread. */
    private void rest(Wait wait) {
        boolean hurry;
        boolean queue = wait.kind().equals(Wait.WORKER);
        synchronized (this) {
            hurry = stop != null;
            if (!hurry && !queue) {
                waiting = Optional.of(wait);
                shot = parts.timer.after(wait.duration(), this::wake);
            }
        }
        if (hurry) {
            parts.dispatcher.hurry(this);
        } else if (queue) {
            parts.dispatcher.submit(this);
        }
    }

    /** Ends a wait: by the timer, or by a wish to stop, whichever comes first. */
    private void wake() {
        boolean waited;
        boolean hurry;
        synchronized (this) {
            waited = shot != null;
            hurry = stop != null;
            if (shot != null) {
                shot.cancel();
                shot = null;
            }
        }
        if (waited && !hurry) {
            parts.dispatcher.submit(this);
        } else if (waited || (hurry && parts.dispatcher.withdraw(this))) {
            parts.dispatcher.hurry(this);
        }
    }

    /** Does batches; gives why it has to wait, or nothing if it is over. */
    private Optional<Wait> goOn() {
        announce();
        while (true) {
            Optional<Ending> ending = ending();
            if (ending.isPresent()) {
                finish(ending.get());
                return Optional.empty();
            }
            Optional<Wait> wait = beforeBatch();
            if (wait.isPresent()) {
                return wait;
            }
            if (task == null) {
                ending = make();
                if (isWrittenOff()) {
                    slot.close(this);
                    comeBack();
                    return Optional.empty();
                }
                if (ending.isPresent()) {
                    finish(ending.get());
                    return Optional.empty();
                }
                if (task == null) {
                    continue; // the wish to stop is taken next
                }
            }
            if (tries.isRetry()) {
                slot.meters.retried();
            }
            tries.next(slot.breaker().attempts(), this::batch);
            if (isWrittenOff()) {
                comeBack();
                return Optional.empty();
            }
            Optional<Wait> untilRetry = tries.untilRetry();
            if (untilRetry.isPresent()) {
                return untilRetry;
            }
            if (after(tries.take())) {
                return Optional.empty();
            }
        }
    }

    private void comeBack() {
        slot.cameBack();
        parts.log.of(run, Level.INFO, "A thread that was written off has come back");
    }

    private void announce() {
        if (announced) {
            return;
        }
        announced = true;
        boolean resumed = run.token() > 1;
        parts.log.of(run, Level.INFO, "Run of {} {}, now is {}", run.task(), resumed ? "goes on" : "begins", run.now());
        parts.events.publish(resumed ? new MaintenanceEvent.RunResumed(run) : new MaintenanceEvent.RunStarted(run));
    }

    private Optional<Ending> ending() {
        Stop wish = takeStop();
        if (wish != null) {
            return Optional.of(new Ending(wish.state, Optional.empty()));
        }
        if (slot.isOutsideWindow(run)) {
            setTaken(true);
            return Optional.of(new Ending(RunState.PAUSED, Optional.of(slot.untilWindow())));
        }
        if (workedSoFar().compareTo(slot.settings().runTimeout()) > 0) {
            setTaken(true);
            return Optional.of(new Ending(
                    RunState.FAILED,
                    Optional.of("the run took longer than its timeout of "
                            + slot.settings().runTimeout())));
        }
        return Optional.empty();
    }

    private Duration workedSoFar() {
        return Duration.ofNanos(worked + parts.ticker.getAsLong() - turnBegan);
    }

    private Optional<Wait> beforeBatch() {
        Duration rate = pace.waitAt(parts.ticker.getAsLong());
        if (!rate.isZero()) {
            return Optional.of(new Wait(rate, Wait.RATE, "the rate limit"));
        }
        Optional<Wait> load = parts.gate.check(priority(), lastBatch, rested);
        rested = load.isPresent();
        if (load.isPresent()) {
            return load;
        }
        boolean hadItsShare = parts.ticker.getAsLong() - turnBegan > SHARE.toNanos();
        return parts.dispatcher.isWanted(this, hadItsShare)
                ? Optional.of(new Wait(Duration.ZERO, Wait.WORKER, "others go first"))
                : Optional.empty();
    }

    // ---- a batch

    private BatchContext context() {
        return new BatchContext(run.id(), run.lastCursor(), pace.size(), run.now(), usage, parts.log);
    }

    /** Makes the task, watched as a batch is: a factory is the host's, and may fail or hang. Gives the end of the run if it fails. */
    private Optional<Ending> make() {
        BatchContext context = context();
        if (!enter(context)) {
            return Optional.empty();
        }
        Duration timeout = batchTimeout();
        BatchWatch watch = BatchWatch.begin(parts, this, context, timeout);
        try {
            MaintenanceTask lent = slot.source().lend();
            try {
                fingerprint = TaskFingerprints.of(lent);
                pace.rates(Objects.requireNonNull(lent.rates(), "the task's rates() gave null"));
            } catch (Throwable e) {
                slot.source().closeBounded(lent, parts.log);
                throw e;
            }
            task = lent;
            tellChangedSettings();
            return Optional.empty();
        } catch (Throwable thrown) { // a factory's error must not end the engine
            Throwable e = TaskErrors.readable(thrown);
            if (isWrittenOff() || isEndedByWish(e, context)) {
                return Optional.empty();
            }
            setTaken(true);
            Throwable failure = inTime(e, context, "making the task", timeout);
            slot.failedBy(failure);
            return Optional.of(new Ending(
                    RunState.FAILED, Optional.of("the task could not be made: " + TaskErrors.describe(failure))));
        } finally {
            leaveBatch();
            watch.end();
        }
    }

    /** The cursor is the task's to check: a run goes on under other settings, and says so. */
    private void tellChangedSettings() {
        if (run.batches() > 0 && !run.fingerprint().equals(fingerprint)) {
            parts.log.of(
                    run,
                    Level.INFO,
                    "Run of {} goes on under other settings: their fingerprint was \"{}\", it is \"{}\"",
                    run.task(),
                    run.fingerprint(),
                    fingerprint);
        }
    }

    private BatchResult batch() throws Exception {
        if (!claim.isGood()) {
            stop(Stop.LOST);
        }
        MaintenanceTask made = Objects.requireNonNull(task);
        BatchContext context = context();
        if (!enter(context)) {
            throw new StoppedException(null);
        }
        Duration timeout = batchTimeout();
        Run before = run;
        BatchResult[] result = new BatchResult[1];
        long begun = parts.ticker.getAsLong();
        BatchWatch watch = BatchWatch.begin(parts, this, context, timeout);
        UsageMeter.Batch measured = usage.batch();
        try {
            run = parts.store.inBatch(before.claim(), made, () -> {
                result[0] = checked(made.runBatch(context), before.lastCursor(), "runBatch");
                measured.worked();
                // From here on its record decides.
                setTaken(result[0].isFinished() || result[0].awaited().isPresent());
                return new BatchRecord(result[0], usage.take(), parts.clock.instant(), fingerprint);
            });
        } catch (Throwable thrown) { // an Error of a task must not end the engine
            Throwable e = TaskErrors.readable(thrown);
            if (isWrittenOff()) {
                throw new StoppedException(e);
            }
            setTaken(false);
            throw failure(e, context, timeout);
        } finally {
            leaveBatch();
            watch.end();
            measured.ended();
        }
        if (isWrittenOff()) { // it came back while its end was being stored: that counts
            throw new StoppedException(null);
        }
        long ended = parts.ticker.getAsLong();
        lastBatch = Duration.ofNanos(ended - begun);
        pace.after(result[0], begun, ended);
        slot.breaker().succeeded();
        slot.meters.batch(result[0], context.batchSize(), lastBatch);
        parts.log.ofBatch(
                run,
                parts.settings.logBatches() ? Level.INFO : Level.DEBUG,
                "Batch {} of up to {} items took {}: {}",
                run.batches(),
                context.batchSize(),
                lastBatch,
                result[0]);
        parts.events.publish(new MaintenanceEvent.BatchCommitted(run, result[0]));
        return result[0];
    }

    private Duration batchTimeout() {
        Duration left = slot.settings().runTimeout().minus(workedSoFar()).plusMillis(1);
        Duration own = slot.settings().batchTimeout();
        return own.compareTo(left) < 0 ? own : left;
    }

    private synchronized boolean enter(BatchContext context) {
        if (stop != null) { // asked for after the loop looked
            return false;
        }
        batch = context;
        thread = Thread.currentThread();
        return true;
    }

    private synchronized void leaveBatch() {
        batch = null;
        thread = null;
        Thread.interrupted();
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

    private boolean isEndedByWish(Throwable thrown, BatchContext context) {
        return isStopWanted() && (context.isCancelled() || thrown instanceof InterruptedException);
    }

    /** What failed; a timeout if that is why. */
    private static Throwable inTime(Throwable thrown, BatchContext context, String what, Duration timeout) {
        if (!context.isLate()) {
            return thrown;
        }
        TimeoutException late = new TimeoutException(what + " took longer than its timeout of " + timeout);
        late.initCause(thrown);
        return late;
    }

    private Exception failure(Throwable thrown, BatchContext context, Duration timeout) {
        if (thrown instanceof ClaimLostException lost) {
            return lost;
        }
        if (isEndedByWish(thrown, context)) {
            parts.log.of(run, Level.INFO, "The batch in flight was ended and left no record: {}", thrown.toString());
            return new StoppedException(thrown);
        }
        Throwable failure = inTime(thrown, context, "the batch", timeout);
        pace.afterFailure();
        slot.failed(failure);
        parts.log.of(run, Level.WARN, "A batch of {} failed", run.task(), failure);
        return failure instanceof Exception exception ? exception : new CompletionException(failure);
    }

    /** Takes the outcome of a batch that was tried often enough; true if the run is over here. */
    private boolean after(CompletableFuture<BatchResult> tried) {
        try {
            BatchResult result = tried.join();
            if (!result.isFinished() && result.awaited().isEmpty()) {
                return false;
            }
            finish(new Ending(run.state(), result.awaited()));
            return true;
        } catch (CompletionException e) {
            Throwable failure = e;
            while (failure instanceof CompletionException && failure.getCause() != null) {
                failure = failure.getCause();
            }
            if (failure instanceof ClaimLostException lost) {
                throw lost;
            }
            if (failure instanceof StoppedException) {
                return false; // the wish is taken next
            }
            setTaken(true);
            String breaker = slot.breaker().isOpen() ? "the circuit breaker is open: " : "";
            finish(new Ending(RunState.FAILED, Optional.of(breaker + TaskErrors.describe(failure))));
            return true;
        }
    }

    // ---- the end

    /** For how long it has been here, waits included. */
    private Duration here() {
        return Duration.ofNanos(parts.ticker.getAsLong() - begun);
    }

    private void finish(Ending ending) {
        tries.end();
        if (ending.state() == RunState.RUNNING) {
            throw new ClaimLostException(run.claim());
        }
        Thread.interrupted(); // storing must not fail because the batch was interrupted
        if (run.state() == RunState.RUNNING) {
            run = parts.store.end(run.claim(), ending.state(), ending.detail(), parts.clock.instant());
        } else if (run.isAwaitingConfirmation() && isCancelWanted()) { // during the batch, when that could not be known
            run = parts.store
                    .settle(run, RunState.CANCELLED, "cancelled before it awaited confirmation", parts.clock.instant())
                    .orElse(run);
        }
        claim.release();
        slot.ended(this, Optional.of(run));
        slot.tellEnd(run, here());
        done.complete(run);
        slot.afterEnd(run);
    }

    /** The run no longer goes on here, and nothing of its end is stored. */
    private void leave(Throwable reason) {
        if (isWrittenOff()) {
            slot.cameBack();
            return;
        }
        if (reason instanceof ClaimLostException) {
            parts.log.of(run, Level.WARN, "{}; this engine leaves it alone", reason.toString());
        }
        claim.release();
        slot.ended(this, Optional.empty());
        slot.meters.left(here());
        slot.left();
        done.completeExceptionally(reason);
        slot.releaseQueued();
    }

    // ---- the claim

    @Override
    public RunClaim claim() {
        return run.claim();
    }

    @Override
    public void renewed(ClaimState state) {
        if (state.cancelAsked()) {
            if (stop(Stop.CANCEL)) {
                cancelBatch();
            }
        } else if (state.paused()) {
            stop(Stop.PAUSE);
        }
    }

    @Override
    public void lost() {
        if (stop(Stop.LOST)) {
            cancelBatch();
        }
    }

    @Override
    public void stale() {
        if (stop(Stop.LOST)) {
            parts.log.of(
                    run,
                    Level.ERROR,
                    "The claim on run {} could not be renewed in time: its work stops here before another engine may"
                            + " begin with it",
                    run.id());
            cancelBatch();
        }
    }

    // ---- a batch that hangs

    private synchronized boolean isWrittenOff() {
        return writtenOff;
    }

    /** Interrupts the thread that is in that batch. */
    synchronized void interruptBatch(BatchContext context) {
        if (batch == context && thread != null) {
            thread.interrupt();
        }
    }

    /** The innermost place that is not the JDK's: that all threads which hang are in some park says nothing. */
    private static String place(StackTraceElement[] stack) {
        return Stream.of(stack)
                .filter(frame -> !String.valueOf(frame.getModuleName()).matches("(java|jdk)\\..*"))
                .findFirst()
                .map(StackTraceElement::toString)
                .orElse("an unknown place");
    }

    /** Gives the thread up that is in that batch, and ends the run. */
    void writeOff(BatchContext context) {
        Dispatcher.Permit held;
        boolean replaced;
        String detail;
        synchronized (this) {
            if (batch != context || thread == null || permit == null) {
                return;
            }
            writtenOff = true;
            taken = true;
            held = permit;
            detail = (task == null ? "the making of the task" : "a batch")
                    + " hangs: it took longer than its timeout, and heeded neither cancel nor interrupt; it is in "
                    + place(thread.getStackTrace());
            // Before the thread can see that it is written off: it may come back while the store is told.
            replaced = parts.workers.writeOff();
            slot.hung(detail);
        }
        parts.log.of(
                run,
                Level.ERROR,
                "{}; its thread is written off{}",
                detail,
                replaced ? "" : ", and the engine is down: too many threads hang");
        claim.release();
        Run ended = run;
        try { // with a new token, so that the batch can commit nothing if it ever comes back
            ended = parts.store
                    .takeOver(run, parts.owner, parts.settings.claimFor())
                    .map(mine ->
                            parts.store.end(mine.claim(), RunState.FAILED, Optional.of(detail), parts.clock.instant()))
                    .orElse(run);
        } catch (RuntimeException e) {
            parts.log.of(run, Level.ERROR, "The end of the run could not be stored", e);
        }
        slot.ended(this, Optional.of(ended));
        if (replaced) {
            held.giveBack();
        }
        slot.tellEnd(ended, here());
        done.complete(ended);
        slot.releaseQueued();
    }
}
