package io.chatty.maintenance.engine;

import dev.failsafe.CircuitBreaker;
import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import dev.failsafe.function.CheckedSupplier;
import dev.failsafe.spi.Scheduler;
import io.chatty.maintenance.run.ClaimLostException;
import io.chatty.maintenance.task.BatchResult;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * A task's retries and its circuit breaker.
 *
 * <p>The breaker opens after so many failed tries in a row, over runs too. Time does not close it: the next run is the try
 * that does, or does not.
 */
final class Attempts {

    private static final double JITTER = 0.25;

    private final RetryPolicy<BatchResult> retries;
    private final CircuitBreaker<BatchResult> breaker;

    Attempts(TaskSettings settings, EngineLog log) {
        Predicate<Throwable> retryIf = new GuardedPredicate(settings.retryIf(), TaskSettings::isTransient, log);
        breaker = CircuitBreaker.<BatchResult>builder()
                .withFailureThreshold(settings.breakerFailures())
                .withSuccessThreshold(1)
                .withDelay(Duration.ofDays(36_500))
                .build();
        var policy = RetryPolicy.<BatchResult>builder()
                .withMaxRetries(settings.retries())
                .handleIf(failure -> !isWithoutRetry(failure) && retryIf.test(failure))
                .abortIf((result, failure) -> breaker.isOpen())
                .withJitter(JITTER);
        retries = (settings.retryDelay().equals(settings.longestRetryDelay())
                        ? policy.withDelay(settings.retryDelay())
                        : policy.withBackoff(settings.retryDelay(), settings.longestRetryDelay()))
                .build();
    }

    /** A lost claim does not come back, and a run that is to stop is not tried again, whatever the host's predicate says. */
    private static boolean isWithoutRetry(Throwable failure) {
        return failure instanceof ClaimLostException || failure instanceof RunLoop.StoppedException;
    }

    /** Does a batch, and again when it fails in a way that may pass. */
    CompletableFuture<BatchResult> start(CheckedSupplier<BatchResult> batch, Scheduler scheduler) {
        return Failsafe.with(retries).with(scheduler).getAsync(batch);
    }

    void succeeded() {
        breaker.recordSuccess();
    }

    void failed() {
        breaker.recordFailure();
    }

    boolean isOpen() {
        return breaker.isOpen();
    }

    boolean isHalfOpen() {
        return breaker.isHalfOpen();
    }

    /** As the store has it: a run of another engine may have opened or closed it. */
    void restore(boolean open) {
        if (open && !breaker.isOpen()) {
            breaker.open();
        } else if (!open && !breaker.isClosed()) {
            breaker.close();
        }
    }

    /** Lets one try through. */
    void halfOpen() {
        breaker.halfOpen();
    }
}
