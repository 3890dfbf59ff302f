package io.chatty.maintenance.engine;

import io.chatty.maintenance.run.RunStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.LongSupplier;

/** What the parts of one engine share. */
final class Parts {

    /** What the last lines of the log and the last meters have of the bound of a close, each. */
    private static final Duration LAST_GRACE = Duration.ofSeconds(1);
    /** A signal's statement takes 2 s at most. */
    private static final Duration SETTLE = Duration.ofMillis(2500);

    final String owner;
    final RunStore store;
    final InstantSource clock;
    final LongSupplier ticker;
    final EngineLog log = new EngineLog();
    final Meters meters;
    final EventQueue events;
    final Timer timer;
    final Workers workers;
    final Dispatcher dispatcher;
    final LoadGate gate;
    final ClaimKeeper claims;
    final boolean isHostsClock;
    volatile EngineSettings settings;
    volatile boolean isClosed;

    /** @param systemClock for an engine whose host gave it none */
    Parts(MaintenanceEngine.Builder builder, String owner, InstantSource systemClock) {
        this.owner = owner;
        this.settings = builder.settings;
        this.store = builder.runStore;
        this.isHostsClock = builder.clock != null;
        this.clock = builder.clock != null ? builder.clock : systemClock;
        this.ticker = builder.ticker;
        this.meters = new Meters(builder.meterRegistry, log);
        this.events = new EventQueue(List.copyOf(builder.listeners), log);
        this.timer = new Timer(builder.scheduler, log);
        this.workers = new Workers(builder.workers, threads(settings));
        this.dispatcher = new Dispatcher(workers, settings);
        this.gate = new LoadGate(builder.signals, settings, ticker, log);
        this.claims = new ClaimKeeper(store, timer, ticker, log, settings);
    }

    /** One more than runs, so that due times are seen while all of them go on. */
    private static int threads(EngineSettings settings) {
        return settings.tasksAtOnce() + 1;
    }

    /** Sets what can change while the engine runs. */
    void apply(EngineSettings changed) {
        settings = changed;
        workers.resize(threads(changed));
        dispatcher.limits(changed);
        gate.settings(changed);
    }

    /** The now for a run or preview, in the microseconds that databases keep, so that it is the same after a restart. */
    Instant now() {
        Instant now = isHostsClock ? clock.instant() : store.now().orElseGet(clock::instant);
        return now.truncatedTo(ChronoUnit.MICROS);
    }

    /**
     * Does short work on the workers, beside the runs and beyond their limits.
     *
     * @param what for the log, if it fails
     * @return false if the workers refused it
     */
    boolean soon(String what, Runnable work) {
        try {
            workers.execute(() -> {
                try {
                    if (!isClosed) {
                        work.run();
                    }
                } catch (Throwable e) { // no error may end a worker
                    log.error("{} failed", what, e);
                }
            });
            return true;
        } catch (RuntimeException | Error e) { // an Error, when there is no memory for one more thread
            if (!isClosed) {
                log.error("{} was refused by the workers", what, e);
            }
            return false;
        }
    }

    /** Does work that may block on a thread of its own, off the timer. */
    static void aside(String name, Runnable work) {
        Workers.threads("chatty-maintenance-" + name).newThread(work).start();
    }

    /** The same, or here if there is no memory for a thread. */
    static void asideOrHere(String name, Runnable work) {
        try {
            aside(name, work);
        } catch (OutOfMemoryError e) {
            work.run();
        }
    }

    /**
     * Waits until nothing is at work any more that may hold a connection of the host's: workers for that long at most, claims and
     * signals not longer than {@link #SETTLE}; false if the waiting was interrupted.
     */
    boolean settle(Duration bound) {
        try {
            long until = System.nanoTime() + bound.toNanos();
            workers.awaitIdle(bound);
            long quickly = Math.min(until, System.nanoTime() + SETTLE.toNanos());
            claims.settle(Duration.ofNanos(quickly - System.nanoTime()));
            gate.settle(Duration.ofNanos(quickly - System.nanoTime()));
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Ends all threads; false if the waiting for events was interrupted. */
    boolean close(Duration bound) {
        timer.close();
        claims.close();
        workers.close();
        gate.close();
        meters.end();
        try {
            events.close(bound.minus(LAST_GRACE.multipliedBy(2)));
            meters.close(LAST_GRACE);
            log.close(LAST_GRACE);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
