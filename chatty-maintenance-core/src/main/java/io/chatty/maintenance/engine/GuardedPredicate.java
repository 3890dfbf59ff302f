package io.chatty.maintenance.engine;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Asks a predicate of the host's about a failure, on a thread of its own; where it fails or hangs, another one decides. */
record GuardedPredicate(Predicate<Throwable> hosts, Predicate<Throwable> otherwise, EngineLog log)
        implements Predicate<Throwable> {

    private static final Duration BOUND = Duration.ofSeconds(1);

    @Override
    public boolean test(Throwable failure) {
        try {
            return Asking.aside("retry-if", () -> hosts.test(failure)).get(BOUND.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            log.warn("The predicate retryIf failed; the default decides", e);
        } catch (TimeoutException e) {
            log.warn("The predicate retryIf does not answer within {}; the default decides", BOUND);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return otherwise.test(failure);
    }
}
