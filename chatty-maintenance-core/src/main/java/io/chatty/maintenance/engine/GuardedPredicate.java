package io.chatty.maintenance.engine;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        try {
            Parts.aside("retry-if", () -> {
                try {
                    answer.complete(hosts.test(failure));
                } catch (Throwable e) { // told to who asks
                    answer.completeExceptionally(TaskErrors.readable(e));
                }
            });
            return answer.get(BOUND.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            log.warn("The predicate retryIf failed; the default decides", e);
        } catch (TimeoutException e) {
            log.warn("The predicate retryIf does not answer within {}; the default decides", BOUND);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (OutOfMemoryError e) { // none for a thread
            log.warn("The predicate retryIf could not be asked; the default decides", e);
        }
        return otherwise.test(failure);
    }
}
