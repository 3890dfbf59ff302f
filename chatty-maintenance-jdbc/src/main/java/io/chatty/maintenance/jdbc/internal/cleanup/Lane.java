package io.chatty.maintenance.jdbc.internal.cleanup;

import io.chatty.maintenance.jdbc.internal.database.Database;
import io.chatty.maintenance.jdbc.internal.database.Session;
import io.chatty.maintenance.jdbc.internal.run.LaneRows;
import io.chatty.maintenance.run.RunClaim;
import io.chatty.maintenance.task.Cursor;
import io.chatty.maintenance.task.RunId;
import io.chatty.maintenance.task.TaskContext;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A transaction beside a batch's own, in a thread of its own, which works on a piece of the walk. All but {@link #cancel} is
 * for the batch's thread.
 */
final class Lane {

    /** The lane's work on its session; {@code joined} is to be run once it has joined the batches in flight. */
    @FunctionalInterface
    interface Work {
        LaneRows.Done run(Session session, TaskContext context, Runnable joined) throws Exception;
    }

    private final int number;
    private final RunClaim claim;
    private final LaneRows.@Nullable Done before;
    private final Thread thread;
    private final CountDownLatch joined = new CountDownLatch(1);
    private final Map<String, Long> used = new TreeMap<>();
    private LaneRows.@Nullable Done done;
    private @Nullable Throwable failure;
    private @Nullable Session session; // guarded by this
    private boolean cancelled; // guarded by this

    /**
     * One that is started at once.
     *
     * @param number which it is, from 1
     * @param before what it has done since the run was last recorded
     * @param cursor its piece
     * @param size how many items it may look at
     */
    Lane(
            Database database,
            TaskContext batch,
            Session.Try attempt,
            RunClaim claim,
            int number,
            LaneRows.@Nullable Done before,
            Cursor cursor,
            int size,
            Work work) {
        this.number = number;
        this.claim = claim;
        this.before = before;
        Map<String, String> logged = MDC.getCopyOfContextMap();
        TaskContext context = context(batch, cursor, size);
        this.thread = new Thread(
                () -> {
                    if (logged != null) {
                        MDC.setContextMap(logged);
                    }
                    try {
                        database.besideBatch(attempt, own -> run(own, context, work))
                                .ifPresent(result -> done = result);
                    } catch (Throwable e) {
                        failure = e;
                    } finally {
                        joined.countDown();
                    }
                },
                Thread.currentThread().getName() + "-lane-" + number);
        thread.setDaemon(true);
        thread.start();
    }

    private LaneRows.Done run(Session own, TaskContext context, Work work) throws Exception {
        synchronized (this) {
            session = own;
            if (cancelled) {
                own.cancel();
            }
        }
        try {
            LaneRows.Done now = work.run(own, context, joined::countDown);
            LaneRows.Done all = before == null ? now : before.then(now);
            LaneRows.write(own, claim, number, all, before != null);
            return all;
        } finally {
            own.tellUsage(context);
            synchronized (this) {
                session = null; // what follows, commit or rollback, is not to be cancelled
            }
        }
    }

    int number() {
        return number;
    }

    /** Waits until it has joined the batches in flight, or has ended. */
    void awaitJoined() throws InterruptedException {
        joined.await();
    }

    /** Waits for its end. */
    void awaitEnd() throws InterruptedException {
        thread.join();
    }

    /** Ends its statement in flight, and lets it begin no other. */
    synchronized void cancel() {
        cancelled = true;
        if (session != null) {
            session.cancel();
        }
    }

    /** What it has done since the run was last recorded, once it has ended; empty if nothing, for want of a connection. */
    Optional<LaneRows.Done> done() {
        return Optional.ofNullable(done);
    }

    /** Why it failed. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** Tells the batch what it used, once it has ended. */
    void tellUsage(TaskContext batch) {
        used.forEach(batch::used);
        used.clear();
    }

    private TaskContext context(TaskContext batch, Cursor cursor, int size) {
        return new TaskContext() {
            @Override
            public RunId runId() {
                return batch.runId();
            }

            @Override
            public Optional<Cursor> cursor() {
                return Optional.of(cursor);
            }

            @Override
            public int batchSize() {
                return size;
            }

            @Override
            public Instant now() {
                return batch.now();
            }

            @Override
            public boolean isCancelled() {
                return batch.isCancelled();
            }

            @Override
            public void onCancel(Runnable action) {
                batch.onCancel(action);
            }

            @Override
            public void used(String name, long amount) {
                used.merge(name, amount, Long::sum);
            }
        };
    }
}
