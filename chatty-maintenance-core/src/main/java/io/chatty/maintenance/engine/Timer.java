package io.chatty.maintenance.engine;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One-shot actions on the host's scheduler or on a thread of its own. Nothing is periodic: what an action throws cannot end
 * the next, and none pile up, as they would with a periodic task of the executor. Actions only dispatch.
 */
final class Timer {

    /** A shot that will not come: the timer is closed. */
    private static final Shot NEVER = () -> {};

    private final @Nullable ScheduledExecutorService hosts;
    private final EngineLog log;
    private final Set<Pending> waiting = ConcurrentHashMap.newKeySet();
    private @Nullable ScheduledExecutorService own; // guarded by this
    private boolean closed; // guarded by this
    private volatile boolean refused;

    Timer(@Nullable ScheduledExecutorService hosts, EngineLog log) {
        this.hosts = hosts;
        this.log = log;
    }

    /** An action that is to come. */
    @FunctionalInterface
    interface Shot {
        /** It does not come, unless it has. */
        void cancel();
    }

    /** Does an action after that wait. */
    synchronized Shot after(Duration wait, Runnable action) {
        if (closed) {
            return NEVER;
        }
        // A millisecond more, so that a clock of coarser grain than the wait does not show a moment before the due
        // time.
        long nanos = (wait.isNegative() ? 0 : wait.toNanos()) + 1_000_000;
        Pending pending = new Pending(action);
        waiting.add(pending);
        schedule(pending, nanos);
        return pending;
    }

    /** On the host's; on an own one where the host gave none, or its own refuses: a shot that is lost would never be armed again. */
    private void schedule(Pending pending, long nanos) {
        if (hosts != null) {
            try {
                pending.on(hosts, nanos);
                refused = false;
                return;
            } catch (RuntimeException | Error e) { // an Error, when there is no memory for one more thread
                if (!refused) {
                    log.error(
                            "The host's scheduler refuses the engine's timer: a thread of the engine's own stands in for it",
                            e);
                }
                refused = true;
            }
        }
        if (own == null) {
            own = new ScheduledThreadPoolExecutor(1, Workers.threads("chatty-maintenance-timer"));
        }
        pending.on(own, nanos);
    }

    private final class Pending implements Shot, Runnable {
        private final Runnable action;
        private volatile @Nullable Executor executor;
        private volatile @Nullable Future<?> future;

        private Pending(Runnable action) {
            this.action = action;
        }

        private void on(ScheduledExecutorService scheduler, long nanos) {
            future = scheduler.schedule(this, nanos, TimeUnit.NANOSECONDS);
            executor = scheduler;
        }

        @Override
        public void run() {
            if (!waiting.remove(this)) {
                return; // cancelled at the last moment
            }
            try {
                action.run();
            } catch (Throwable e) { // nothing else would see it
                log.error("An action of the timer failed", e);
            }
        }

        @Override
        public void cancel() {
            waiting.remove(this);
            Future<?> known = future;
            if (known != null) {
                known.cancel(false);
                // Or it stays until its time: every batch has a shot, minutes off, that is cancelled when the batch has
                // ended.
                if (executor instanceof ThreadPoolExecutor queue && known instanceof Runnable queued) {
                    queue.remove(queued);
                }
            }
        }
    }

    /** Whether the host's scheduler refused the last shot. */
    boolean isRefused() {
        return refused;
    }

    synchronized void close() {
        closed = true;
        List.copyOf(waiting).forEach(Pending::cancel); // nothing of ours may stay with the host's
        if (own != null) {
            own.shutdownNow();
        }
    }
}
