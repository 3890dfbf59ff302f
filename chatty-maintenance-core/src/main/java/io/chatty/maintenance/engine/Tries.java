package io.chatty.maintenance.engine;

import dev.failsafe.function.CheckedSupplier;
import dev.failsafe.spi.Scheduler;
import io.chatty.maintenance.task.BatchResult;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The tries of a run's batches, one batch after the other. What Failsafe wants done at once is done here and now; a retry that
 * is to wait is kept for a later turn. Used by the run's turn alone.
 */
final class Tries implements Scheduler {

    private @Nullable CompletableFuture<BatchResult> outcome; // of the batch that is tried
    private @Nullable Handed retry;
    private @Nullable Wait untilRetry;

    /** Whether the next try is a retry. */
    boolean isRetry() {
        return retry != null;
    }

    /** Does the next try: the retry that was kept, else the first of that batch. */
    void next(Attempts attempts, CheckedSupplier<BatchResult> batch) {
        Handed again = retry;
        if (again != null) {
            retry = null;
            again.run();
        } else {
            outcome = attempts.start(batch, this);
        }
    }

    /** The wait until the retry; empty if the batch was tried often enough. */
    Optional<Wait> untilRetry() {
        return Objects.requireNonNull(outcome).isDone()
                ? Optional.empty()
                : Optional.of(Objects.requireNonNull(untilRetry));
    }

    /** What came of the batch that was tried often enough. */
    CompletableFuture<BatchResult> take() {
        CompletableFuture<BatchResult> taken = Objects.requireNonNull(outcome);
        outcome = null;
        return taken;
    }

    /** Tries no more. */
    void end() {
        if (outcome != null) {
            outcome.cancel(false);
            retry = null;
        }
    }

    @Override
    public ScheduledFuture<?> schedule(Callable<?> work, long delay, TimeUnit unit) {
        Handed handed = new Handed(work);
        if (delay <= 0) {
            handed.run();
        } else {
            retry = handed;
            untilRetry =
                    new Wait(Duration.of(delay, unit.toChronoUnit()), Wait.RETRY, "a batch failed; it is tried again");
        }
        return handed;
    }

    /** A retry that Failsafe hands over, or the first try. */
    private static final class Handed extends FutureTask<Object> implements ScheduledFuture<Object> {

        @SuppressWarnings("unchecked") // its value is of no use to anyone
        private Handed(Callable<?> work) {
            super((Callable<Object>) work);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }
    }
}
