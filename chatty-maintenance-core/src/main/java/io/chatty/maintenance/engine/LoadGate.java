package io.chatty.maintenance.engine;

import io.chatty.maintenance.schedule.LoadReading;
import io.chatty.maintenance.schedule.LoadReading.Level;
import io.chatty.maintenance.schedule.LoadSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the signals between batches, and says how long to wait. Readings are good for the signal interval, for all runs; each
 * signal is read on a thread of its own, so that one that hangs costs the signal timeout once, and is unknown from then on
 * until it comes back. Thread-safe.
 */
final class LoadGate {

    private static final Duration SHORTEST_REST = Duration.ofMillis(10);
    private static final Duration LONGEST_REST = Duration.ofSeconds(10);

    /** What a signal said last, and since when it has said so. */
    private static final class Source {
        private final String name;
        private final LoadSignal signal;
        private volatile LoadReading last = LoadReading.normal("not asked yet");
        private @Nullable CompletableFuture<LoadReading> inFlight; // guarded by the gate
        private volatile boolean hangs; // it did not answer in time when it was asked last

        private Source(LoadSignal signal) {
            this.name = signal.name();
            this.signal = signal;
        }
    }

    private final List<Source> sources = new ArrayList<>();
    private final EngineLog log;
    private final LongSupplier ticker;
    private final ThreadPoolExecutor threads;
    private long readAt; // guarded by this
    private boolean wasRead; // guarded by this
    private volatile EngineSettings settings;

    LoadGate(List<LoadSignal> signals, EngineSettings settings, LongSupplier ticker, EngineLog log) {
        signals.forEach(signal -> sources.add(new Source(signal)));
        this.settings = settings;
        this.ticker = ticker;
        this.log = log;
        // Each signal has one reading in flight at most; a thread may give its answer and not yet be free for the next.
        this.threads = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                10,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Workers.threads("chatty-maintenance-signal"));
    }

    void settings(EngineSettings changed) {
        settings = changed;
    }

    /**
     * Whether the next batch has to wait.
     *
     * @param lastBatch how long the last batch took, zero before the first
     * @param rested whether the run has just rested for that batch
     */
    Optional<Wait> check(Priority priority, Duration lastBatch, boolean rested) {
        if (sources.isEmpty()) {
            return Optional.empty();
        }
        Optional<Source> worst = worst();
        if (worst.isEmpty()) {
            return Optional.empty();
        }
        String kind = Wait.SIGNAL + worst.get().name;
        LoadReading reading = worst.get().last;
        Level level = reading.level();
        String reason = level + ": " + reading.reason();
        if (level == Level.STOP || (level == Level.SLOW && priority == Priority.LOW)) {
            return Optional.of(new Wait(settings.signalInterval().multipliedBy(priority.patience()), kind, reason));
        }
        if (level == Level.SLOW && !rested) {
            Duration rest = lastBatch.multipliedBy(2L * priority.patience());
            return Optional.of(new Wait(
                    rest.compareTo(SHORTEST_REST) < 0
                            ? SHORTEST_REST
                            : rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest,
                    kind,
                    reason));
        }
        return Optional.empty();
    }

    /** The last reading of each signal, by name. Does not wait for one that is being asked. */
    Map<String, LoadReading> readings() {
        Map<String, LoadReading> readings = new LinkedHashMap<>();
        sources.forEach(source -> readings.put(source.name, source.last));
        return readings;
    }

    private synchronized Optional<Source> worst() {
        long now = ticker.getAsLong();
        if (!wasRead || now - readAt >= settings.signalInterval().toNanos()) {
            sources.forEach(source -> ask(source));
            long deadline = System.nanoTime() + settings.signalTimeout().toNanos();
            sources.forEach(source -> hear(source, deadline));
            readAt = ticker.getAsLong();
            wasRead = true;
        }
        return sources.stream()
                .filter(source -> source.last.level() == Level.SLOW || source.last.level() == Level.STOP)
                .max((one, other) -> one.last.level().compareTo(other.last.level()));
    }

    private void ask(Source source) {
        if (source.inFlight == null) {
            source.inFlight = Asking.on(threads, source.signal::read);
        }
    }

    private void hear(Source source, long deadline) {
        CompletableFuture<LoadReading> inFlight = source.inFlight;
        if (inFlight == null) {
            return;
        }
        LoadReading reading;
        try {
            long wait = source.hangs ? 0 : Math.max(0, deadline - System.nanoTime());
            reading = inFlight.get(wait, TimeUnit.NANOSECONDS);
            answered(source);
            if (reading == null) {
                reading = LoadReading.unknown(source.name + " gave null");
            }
        } catch (ExecutionException e) {
            answered(source);
            reading = LoadReading.unknown(source.name + " failed: " + e.getCause());
        } catch (TimeoutException e) {
            source.hangs = true;
            reading = LoadReading.unknown(source.name + " does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (reading.level() != source.last.level()) {
            String line = "Signal {} is {}, was {}: {}";
            if (reading.level() == Level.UNKNOWN) {
                log.warn(line, source.name, reading.level(), source.last.level(), reading.reason());
            } else {
                log.info(line, source.name, reading.level(), source.last.level(), reading.reason());
            }
        }
        source.last = reading;
    }

    private static void answered(Source source) {
        source.inFlight = null;
        source.hangs = false;
    }

    /** Asks no signal any more, and waits for answers that are due: an interrupt could break an embedded database. */
    void settle(Duration bound) throws InterruptedException {
        threads.shutdown();
        if (sources.stream().noneMatch(source -> source.hangs)) {
            var unused = threads.awaitTermination(bound.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    void close() {
        threads.shutdownNow();
    }
}
