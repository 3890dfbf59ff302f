package io.chatty.maintenance.engine;

import io.chatty.maintenance.task.BatchResult;
import io.chatty.maintenance.task.TaskRates;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How large the next batch of a run is, and how long it waits for the rate limits.
 *
 * <p>The size follows the speed of the last full batches towards the target time, by at most half as much again a batch, or by
 * one item; one that took more than twice the target, or failed, halves it. Used by one thread at a time.
 */
final class Pace {

    private static final double LARGEST_STEP = 1.5;
    private static final int FIRST_SIZE = 1000;
    private static final long BATCHES_A_SECOND = 10;
    private static final Duration SAVED_UP = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    private final TaskSettings settings;
    private TaskRates rates = TaskRates.none();
    private int size;
    private double operationsPerItem; // of the last batch
    private long itemsFrom;
    private long items;
    private long operations;
    private long bytes;
    private boolean started;

    Pace(TaskSettings settings) {
        this.settings = settings;
        this.size = clamped(FIRST_SIZE);
    }

    /** What the task keeps to where the settings say nothing. */
    void rates(TaskRates ofTask) {
        rates = ofTask;
    }

    int size() {
        return size;
    }

    private int clamped(double wanted) {
        // A tenth of a second's worth of items at most, or the rate would come in bursts.
        double most =
                Math.min(settings.largestBatch(), settings.itemsPerSecond().orElse(Long.MAX_VALUE) / BATCHES_A_SECOND);
        OptionalLong rate = operationsPerSecond();
        if (rate.isPresent() && operationsPerItem > 0) {
            most = Math.min(most, rate.getAsLong() / (double) BATCHES_A_SECOND / operationsPerItem);
        }
        return (int) Math.max(1, Math.min(most, Math.max(settings.smallestBatch(), wanted)));
    }

    private OptionalLong operationsPerSecond() {
        return settings.operationsPerSecond().isPresent()
                ? settings.operationsPerSecond()
                : rates.operationsPerSecond();
    }

    private OptionalLong bytesPerSecond() {
        return settings.bytesPerSecond().isPresent() ? settings.bytesPerSecond() : rates.bytesPerSecond();
    }

    /** After a batch that began and ended at those ticks. */
    void after(BatchResult result, long begun, long ended) {
        if (!started) {
            started = true;
            itemsFrom = begun;
        }
        long looked = looked(result);
        items += looked;
        operations += result.operations();
        operationsPerItem = (double) result.operations() / Math.max(1, looked);
        bytes += result.counts().sum("bytes");
        double ratio = (double) settings.targetBatchTime().toNanos() / Math.max(1, ended - begun);
        if (ratio < 0.5) {
            size = clamped(size / 2.0);
        } else if (looked >= size || ratio < 1) { // one that found less than it was asked for says little of more
            // By one at least if that fits: half of a small size again is none.
            double step = ratio >= 1 + 1.0 / size ? size + 1 : 0;
            size = clamped(Math.max(step, size * Math.min(ratio, LARGEST_STEP)));
        }
    }

    void afterFailure() {
        size = clamped(size / 2.0);
    }

    /** How many items it looked at, as it told, or by the counts that say so; if there are none, by all that are not bytes. */
    private static long looked(BatchResult result) {
        if (result.lookedAt().isPresent()) {
            return result.lookedAt().getAsLong();
        }
        long examined = result.counts().sum("examined");
        if (examined > 0) {
            return examined;
        }
        long all = result.counts().asMap().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return all - result.counts().sum("bytes");
    }

    /** How long the next batch has to wait for the rates. */
    Duration waitAt(long now) {
        if (!started) {
            return Duration.ZERO;
        }
        double seconds = Math.max(
                seconds(items, settings.itemsPerSecond()),
                Math.max(seconds(operations, operationsPerSecond()), seconds(bytes, bytesPerSecond())));
        long wait = (long) (Math.min(seconds, (double) LONGEST_WAIT.toSeconds()) * 1e9) - (now - itemsFrom);
        if (wait > 0) {
            return Duration.ofNanos(wait);
        }
        if (-wait > SAVED_UP.toNanos()) { // what was not used is not saved up, but for what timers are late by
            started = false;
            items = 0;
            operations = 0;
            bytes = 0;
        }
        return Duration.ZERO;
    }

    private static double seconds(long amount, OptionalLong perSecond) {
        return perSecond.isEmpty() ? 0 : (double) amount / perSecond.getAsLong();
    }
}
