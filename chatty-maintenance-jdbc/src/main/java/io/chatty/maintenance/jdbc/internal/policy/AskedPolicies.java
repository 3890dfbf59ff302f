package io.chatty.maintenance.jdbc.internal.policy;

import io.chatty.maintenance.jdbc.MessageCleanup;
import io.chatty.maintenance.retention.RetentionPolicies;
import io.chatty.maintenance.task.MaintenanceException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks policies of the host's own. One that fails or hangs costs what it would have decided, which is kept, and never a run:
 * it is asked on a thread beside the run's, and waited for {@value #BOUND_SECONDS} seconds a batch at most; while it still hangs,
 * not at all. Thread-safe.
 */
public final class AskedPolicies {

    private static final Logger LOG = LoggerFactory.getLogger(MessageCleanup.class);
    private static final int BOUND_SECONDS = 5;
    private static final long WARN_EVERY = Duration.ofMinutes(1).toNanos();

    private final ThreadPoolExecutor threads;
    private @Nullable Future<?> hanging; // guarded by this
    private long warnedAt = System.nanoTime() - WARN_EVERY; // guarded by this

    public AskedPolicies() {
        // They end a second after they were last of use: who makes a cleanup has nothing to close.
        this.threads =
                new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    Thread asked = new Thread(work, "chatty-maintenance-policies");
                    asked.setDaemon(true);
                    return asked;
                });
    }

    /** What was answered; what is missing is to be kept. */
    public static final class Answers<Q, A> {
        private final Map<Q, A> found = new ConcurrentHashMap<>();
        private volatile @Nullable Throwable failure;
        private volatile @Nullable MaintenanceException contradiction;

        /** What was answered; empty if that could not be had. */
        public Optional<A> about(Q question) {
            return Optional.ofNullable(found.get(question));
        }
    }

    /** A question to policies. */
    @FunctionalInterface
    public interface Asking<Q, A> {
        A ask(Q question);
    }

    /**
     * Asks those questions.
     *
     * @throws MaintenanceException if two policies contradict one another, which no one else can decide
     */
    public <Q, A> Answers<Q, A> about(Collection<Q> questions, Asking<Q, A> how) {
        return aboutAll(questions, () -> how);
    }

    /**
     * As {@link #about}, where something is to be done before the first question: by the same thread, within the same bound.
     */
    <Q, A> Answers<Q, A> aboutAll(Collection<Q> questions, Supplier<Asking<Q, A>> first) {
        Answers<Q, A> answers = new Answers<>();
        Future<?> asking = ask(questions, first, answers);
        if (asking == null) {
            warn("it still hangs", null);
            return answers;
        }
        try {
            asking.get(BOUND_SECONDS, TimeUnit.SECONDS);
            if (answers.contradiction != null) {
                throw answers.contradiction;
            }
            if (answers.failure != null) {
                warn("it failed", answers.failure);
            }
        } catch (TimeoutException e) {
            hangs(asking);
            warn("it does not answer", null);
        } catch (ExecutionException e) {
            warn("it failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MaintenanceException("interrupted while policies were asked", e);
        }
        return answers;
    }

    private synchronized void hangs(Future<?> asking) {
        hanging = asking;
    }

    /** Null while one that was waited for in vain still hangs. */
    private synchronized <Q, A> @Nullable Future<?> ask(
            Collection<Q> questions, Supplier<Asking<Q, A>> first, Answers<Q, A> answers) {
        if (hanging != null && !hanging.isDone()) {
            return null;
        }
        return threads.submit(() -> {
            Asking<Q, A> how = first.get();
            questions.forEach(question -> answer(answers, question, how));
        });
    }

    private static <Q, A> void answer(Answers<Q, A> answers, Q question, Asking<Q, A> how) {
        try {
            answers.found.put(question, how.ask(question));
        } catch (RetentionPolicies.ContradictionException e) {
            answers.contradiction = e;
        } catch (Throwable e) { // whatever it is, it is a plugin's
            answers.failure = e;
        }
    }

    private synchronized void warn(String what, @Nullable Throwable failure) {
        long now = System.nanoTime();
        if (now - warnedAt >= WARN_EVERY) {
            warnedAt = now;
            LOG.warn(
                    "A policy of the host's own could not be asked: {}. What it would have decided is kept, and counted as"
                            + " skipped.policyFailed",
                    what,
                    failure);
        }
    }
}
