package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.ClaimState;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.run.RunStore;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Renews the claims of the runs that go on here, each at a third of its time, on threads that are neither the timer's nor a
 * worker's. At two thirds, counted by the monotonic clock from before the claim was last asked for, work under it stops:
 * whatever the network and the other clocks do, no other engine can have taken the run over by then.
 */
final class ClaimKeeper {

    private final RunStore store;
    private final Timer timer;
    private final LongSupplier ticker;
    private final EngineLog log;
    private final Duration claimFor;
    private final ScheduledThreadPoolExecutor threads;

    ClaimKeeper(RunStore store, Timer timer, LongSupplier ticker, EngineLog log, EngineSettings settings) {
        this.store = store;
        this.timer = timer;
        this.ticker = ticker;
        this.log = log;
        this.claimFor = settings.claimFor();
        // Two, so that a store that hangs on one renewal does not at once keep all others waiting.
        this.threads = new ScheduledThreadPoolExecutor(2, Workers.threads("chatty-maintenance-claims"));
        threads.setKeepAliveTime(10, TimeUnit.SECONDS);
        threads.allowCoreThreadTimeOut(true);
        threads.setRemoveOnCancelPolicy(true);
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** What a claim's holder is told. */
    interface Holder {
        /** The claim that is to be renewed. */
        RunClaim claim();

        /** What the store said while the claim still holds. */
        void renewed(ClaimState state);

        /** Another engine has the run, or it has ended. */
        void lost();

        /** Two thirds of the claim's time have passed without a renewal. */
        void stale();
    }

    /**
     * Keeps a claim until it is {@linkplain Kept#release released}.
     *
     * @param askedAt the tick before the claim was asked for
     */
    Kept keep(Holder holder, long askedAt) {
        Kept kept = new Kept(holder, askedAt);
        if (store.isShared()) {
            kept.begin();
        }
        return kept;
    }

    /** A claim that is kept. */
    final class Kept {
        private final Holder holder;
        private volatile long askedAt;
        private boolean released; // guarded by this
        private Timer.@Nullable Shot stale; // guarded by this

        private Kept(Holder holder, long askedAt) {
            this.holder = holder;
            this.askedAt = askedAt;
        }

        /** Whether less than two thirds of its time have passed. */
        boolean isGood() {
            return !store.isShared() || ticker.getAsLong() - askedAt < goodFor().toNanos();
        }

        private Duration goodFor() {
            return claimFor.multipliedBy(2).dividedBy(3);
        }

        private void begin() {
            armStale();
            next(claimFor.dividedBy(3));
        }

        private synchronized void armStale() {
            if (stale != null) {
                stale.cancel();
            }
            if (!released) {
                stale = timer.after(goodFor().minusNanos(ticker.getAsLong() - askedAt), this::lookIfStale);
            }
        }

        private void lookIfStale() {
            if (isGood()) {
                return; // renewed at the last moment
            }
            synchronized (this) {
                if (released) {
                    return;
                }
            }
            holder.stale();
        }

        private synchronized void next(Duration wait) {
            if (!released && !threads.isShutdown()) {
                var unused =
                        threads.schedule(this::renew, wait.toNanos(), TimeUnit.NANOSECONDS); // renew throws nothing
            }
        }

        private void renew() {
            synchronized (this) {
                if (released) {
                    return;
                }
            }
            Duration wait = claimFor.dividedBy(3);
            try {
                long before = ticker.getAsLong();
                ClaimState state = store.renew(holder.claim(), claimFor);
                if (!state.isHeld()) {
                    if (release()) { // a run that has ended here meanwhile is no loss
                        holder.lost();
                    }
                    return;
                }
                askedAt = before;
                armStale();
                holder.renewed(state);
            } catch (Throwable e) { // the next try may still be in time
                log.warn("The claim on {} could not be renewed; it is tried again", holder.claim(), e);
                wait = claimFor.dividedBy(12);
            }
            next(wait);
        }

        /** It is renewed no more; false if it was released before. */
        synchronized boolean release() {
            if (released) {
                return false;
            }
            released = true;
            if (stale != null) {
                stale.cancel();
            }
            return true;
        }
    }

    /** Begins no renewal any more, and waits for those that are under way: an interrupt could break an embedded database. */
    void settle(Duration bound) throws InterruptedException {
        threads.shutdown();
        var unused = threads.awaitTermination(bound.toNanos(), TimeUnit.NANOSECONDS);
    }

    void close() {
        threads.shutdownNow();
    }
}
